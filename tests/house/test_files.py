"""Sizes and names of files, and what each room must carry with it."""

from __future__ import annotations

import ast
import configparser
import subprocess

from tests.house.tree import FILES, FLOORS, PACKAGE, ROOT, modules, parse, place, rooms

LONGEST = 600
README_LINES = 60
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools_misc"}
BUILT = ("actions", "rules", "pages", "api", "commands")


def own_python() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [name for name in listed.splitlines() if "/migrations/" not in name and (ROOT / name).exists()]


def test_no_file_is_longer_than_600_lines() -> None:
    long = {name: n for name in own_python() if (n := (ROOT / name).read_text("utf-8").count("\n")) > LONGEST}
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    bad = [name for name in own_python() if FORBIDDEN & {part.removesuffix(".py") for part in name.split("/")}]
    assert not bad


def test_every_module_says_what_it_is_for() -> None:
    bare = [place(file) for file in modules() if parse(file).body and not ast.get_docstring(parse(file))]
    assert not bare


def test_every_room_has_a_short_readme() -> None:
    built = [
        room for room in rooms() if any((room / f"{name}.py").exists() or (room / name).is_dir() for name in BUILT)
    ]
    for room in built:
        readme = room / "README.md"
        assert readme.exists(), f"{place(room)} has no README.md"
        assert len(readme.read_text("utf-8").splitlines()) <= README_LINES, place(readme)


def test_rooms_hold_only_the_files_of_the_room_plan() -> None:
    allowed = {*FILES, "__init__"}
    strange = [
        place(file)
        for floor in FLOORS
        for room in (PACKAGE / floor).glob("*/")
        for file in room.glob("*.py")
        if file.stem not in allowed
    ]
    assert not strange


def test_every_room_with_tables_is_named_in_the_contracts() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", "utf-8")
    private = {section.get("protected_modules", "").strip() for section in contracts.values()}
    for floor in FLOORS:
        for room in (PACKAGE / floor).glob("*/"):
            if (room / "store.py").exists() or (room / "store").is_dir():
                assert f"yunzhang.{floor}.{room.name}.store" in private, f"{room.name}: no contract keeps its store"


def test_no_text_to_translate_hides_in_an_f_string() -> None:
    """The extractor of messages does not see gettext inside an f-string, so its English would be missed silently."""
    hidden = [
        f"{place(file)}:{call.lineno}"
        for file in modules()
        for text in ast.walk(parse(file))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "gettext", "gettext_lazy", "zh"}
    ]
    assert not hidden
