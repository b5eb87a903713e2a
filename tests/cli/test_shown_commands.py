"""Every command the docs show is run, in one office, in the order a person would."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.test_serve import LONG, answers, free_port, start, until
from tests.conftest import ROOT, Command
from tests.lab.small_findings import keep_in

SHOWN = re.compile(r"^\s*\$ (yunzhang .*)$", re.MULTILINE)
ORDER = ("init", "export", "account", "verify", "work", "measure", "study", "import", "upgrade", "serve")
OWN = ("lab.md", "lab-calibration.md")  # their commands need no office; tests/docs runs them
DOCS = [file for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if file.name not in OWN]
COLUMNS = ("编号", "ID", "id", "post")


def shown() -> list[str]:
    lines = {line.strip() for file in DOCS for line in SHOWN.findall(file.read_text("utf-8"))}
    return sorted(lines, key=lambda line: (ORDER.index(line.split()[1]), "--reproduce" in line, line))


def test_docs_show_commands_of_most_verbs() -> None:
    assert {line.split()[1] for line in shown()} >= {"init", "export", "account", "verify", "measure", "serve"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.mark.parametrize("line", shown())
def test_a_shown_command_works(line: str, folder: Path, yunzhang: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    values = {"DIR": "office", "NAME": f"zhang{len(list(folder.iterdir()))}", "ID": some_post(), "FILE": "units.csv"}
    words = [values.get(word, word) for word in shlex.split(line)[1:]]
    if words[0] == "serve":
        serve(words)
        return
    if "--mapping" in words:
        copy_examples()
    elif words[0] in ("measure", "study", "import"):
        export("units", yunzhang)
        export("loops", yunzhang)
    done = yunzhang(*words)
    assert done.returncode == 0, done.stderr
    if words[0] == "init":
        keep_in(folder / "office")  # or the worker would spend minutes on them


def copy_examples() -> None:
    """Put the shipped mappings and their logs beside the reader, as the page about them says."""
    for file in (ROOT / "yunzhang" / "data" / "mappings").iterdir():
        shutil.copy(file, Path.cwd())


def some_post() -> str:
    """The number of any post, once the posts were exported."""
    if not Path("posts.csv").exists():
        return "?"
    with Path("posts.csv").open(encoding="utf-8-sig") as file:
        row = next(csv.DictReader(file))
    return next(row[name] for name in COLUMNS if name in row)


def export(what: str, yunzhang: Command) -> None:
    if not Path(f"{what}.csv").exists():
        assert yunzhang("export", what, "--home", "office", "--out", f"{what}.csv").returncode == 0


def serve(words: list[str]) -> None:
    port = str(free_port())
    if "--port" in words:
        at = words.index("--port")
        del words[at : at + 2]
    process = start(*words, "--port", port)
    try:
        until(lambda: answers(int(port)))
    finally:
        process.terminate()
        assert process.wait(LONG) == 0
