"""Every check of the house is shown a fault it must find, in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

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


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns("__pycache__", "static", "divisions", "locale", "node_modules")
    for folder in ("yunzhang", "tests/house", "docs", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave)
    for name in (".importlinter", "pyproject.toml", "tests/__init__.py", *(file.name for file in ROOT.glob("*.md"))):
        shutil.copyfile(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def plant(copy: Path, name: str, text: str) -> None:
    file = copy / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(f"\n{text}\n")


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(words, cwd=copy, env=env, capture_output=True, text=True, check=False)


def lint(copy: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return run(copy, str(program), "--no-cache", "--no-logo")


@pytest.mark.parametrize(("name", "text", "contract"), CONTRACTS)
def test_a_contract_finds_its_fault(copy: Path, name: str, text: str, contract: str) -> None:
    plant(copy, name, text)
    done = lint(copy)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if "BROKEN" in line and contract in line], done.stdout


@pytest.mark.parametrize(("name", "text", "check"), CHECKS)
def test_a_check_finds_its_fault(copy: Path, name: str, text: str, check: str) -> None:
    plant(copy, name, text)
    words = (
        "-m",
        "pytest",
        "tests/house",
        "-k",
        check,
        "-p",
        "no:cacheprovider",
    )
    done = run(copy, sys.executable, *words)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-3000:]
