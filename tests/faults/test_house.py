"""Every check of the house is shown a fault it must find, in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.house.tree import ROOT

Fault = tuple[str, str, str]
DIRECTIVES = "yunzhang/vertical/directives"
CONTRACTS = [
    ("yunzhang/ground/ledger/rules.py", "import yunzhang.governance.observatory.terms", "Floors"),
    ("yunzhang/kit/guard.py", "import yunzhang.ground.org.terms", "Floors"),
    ("yunzhang/stray.py", "", "Floors"),
    ("yunzhang/ground/ledger/actions/looks.py", "import yunzhang.ground.org.terms", "Order on the ground floor"),
    (f"{DIRECTIVES}/terms.py", f"import {DIRECTIVES.replace('/', '.')}.rules", "Room plan"),
    (f"{DIRECTIVES}/services.py", "", "Room plan"),
    (f"{DIRECTIVES}/rules.py", "import random", "pure"),
    (f"{DIRECTIVES}/terms.py", "import django.utils.timezone", "pure"),
    ("yunzhang/base/clock.py", "import os", "pure"),
    (f"{DIRECTIVES}/actions/__init__.py", "import yunzhang.ground.org.store", "organisation's tables"),
    ("yunzhang/governance/observatory/actions.py", "import yunzhang.ground.ledger.store", "ledger's tables"),
    ("yunzhang/vertical/directives/pages/__init__.py", "import yunzhang.ground.org.pages", "Doors"),
]
CHECKS = [
    (f"{DIRECTIVES}/rules.py", "\nx = 1\n" * 400, "no_file_is_longer"),
    (f"{DIRECTIVES}/utils.py", '"""x"""', "has_a_name_that_says_nothing"),
    (f"{DIRECTIVES}/services.py", '"""x"""', "only_the_files_of_the_room_plan"),
    ("yunzhang/kit/bare.py", "x = 1", "says_what_it_is_for"),
    ("yunzhang/ground/org/README.md", "\n" * 80, "short_readme"),
    (f"{DIRECTIVES}/rules.py", "\nfrom datetime import datetime\n\nNOW = datetime.now()\n", "reads_the_clock"),
    (f"{DIRECTIVES}/rules.py", "\ndef bare() -> None: ...\n", "say_what_they_return"),
    (
        "yunzhang/ground/org/actions/units.py",
        '\ndef wreck_units(by: Acting, *, on: int) -> None:\n    """Wreck."""\n',
        "an_act_with_by_first",
    ),
    (f"{DIRECTIVES}/commands.py", '"""x"""\nfrom django.db import connection\n', "never_reach_a_store"),
    ("yunzhang/ground/org/rules/gate.py", '\n"""[S9999]"""\n', "every_cited_source"),
    ("docs/map.md", "\n[x](nowhere.md)\n", "every_link_leads"),
    ("docs/glossary.md", "| 又一 | again | loop | x |\n", "one_identifier"),
    ("docs/operations.md", "\n$ yunzhang explode\n", "every_verb_is_shown"),
    ("docs/decisions/0099-x.md", "x", "decisions_are_numbered"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Fault]], Path]:
    """Copy the tree and plant faults in it."""

    def make(faults: Sequence[Fault]) -> Path:
        folder = tmp_path_factory.mktemp("copy")
        leave = shutil.ignore_patterns("__pycache__", "static", "divisions", "locale", "node_modules")
        for name in ("yunzhang", "tests/house", "docs", "tools"):
            shutil.copytree(ROOT / name, folder / name, ignore=leave)
        for name in (".importlinter", "pyproject.toml", "tests/__init__.py", *(f.name for f in ROOT.glob("*.md"))):
            shutil.copyfile(ROOT / name, folder / name)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        for name, text, _ in faults:
            with (folder / name).open("a", encoding="utf-8") as out:
                out.write(f"\n{text}\n")
        return folder

    return make


def run(folder: Path, *words: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def linted(copy: Callable[[Sequence[Fault]], Path]) -> str:
    """What the contracts say of a tree with every planted import in it."""
    program = Path(sys.executable).parent / "lint-imports"
    return run(copy(CONTRACTS), str(program), "--no-cache", "--no-logo")


@pytest.fixture(scope="module")
def checked(copy: Callable[[Sequence[Fault]], Path]) -> str:
    """Which house tests fail in a tree with every planted fault in it."""
    words = ("-m", "pytest", "tests/house", "-p", "no:cacheprovider", "-p", "no:xdist", "-rf")
    return run(copy(CHECKS), sys.executable, *words)


@pytest.mark.parametrize(("name", "text", "contract"), CONTRACTS)
def test_a_contract_finds_its_fault(linted: str, name: str, text: str, contract: str) -> None:
    assert [line for line in linted.splitlines() if "BROKEN" in line and contract in line], linted
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    target = text.removeprefix("import ").partition(".")[0] if "yunzhang" not in text else text.removeprefix("import ")
    found = f"{module} -> {target}" if text else module
    assert found in linted, linted


@pytest.mark.parametrize(("name", "text", "check"), CHECKS)
def test_a_check_finds_its_fault(checked: str, name: str, text: str, check: str) -> None:
    assert [line for line in checked.splitlines() if line.startswith("FAILED") and check in line], checked[-3000:]
