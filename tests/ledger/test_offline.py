"""The stand-alone verifier: a process that imports hashlib and cryptography, and nothing of ours."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.cast import T0, do, moment, new_loop, opening, who
from yunzhang.ground.ledger.actions import find_verifier_key, seal, write_checkpoint, write_tiles
from yunzhang.ground.ledger.terms import Draft
from yunzhang.kit.home import Home, write_home

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "yunzhang" / "data" / "verify_offline.py"
pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(tmp_path: Path, settings: Any) -> Path:
    """A folder with the program, the tiles of 600 entries, the key and an earlier checkpoint, and nothing else."""
    settings.HOME = Home(tmp_path / "home")
    write_home(settings.HOME)
    loop = new_loop()
    do(who(), [opening(loop), *[Draft(loop.id, "noted", {"n": n}) for n in range(299)]], at=T0)
    seal(T0)
    write_checkpoint(T0)
    write_tiles()
    away = tmp_path / "away"
    away.mkdir()
    shutil.copy(settings.HOME.tiles / "checkpoint", away / "earlier")
    do(who(), [Draft(loop.id, "noted")] * 300, at=moment(1))
    seal(moment(1))
    write_checkpoint(moment(1))
    write_tiles()
    shutil.copytree(settings.HOME.tiles, away / "tiles")
    shutil.copy(PROGRAM, away / "verify_offline.py")
    (away / "key").write_text(find_verifier_key(), "utf-8")
    return away


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify_offline.py", *(words or ("tiles", "key"))]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={})


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} == {
        "__future__",
        "base64",
        "collections",
        "cryptography",
        "hashlib",
        "pathlib",
        "sys",
    }


def test_whole_tiles_pass_alone_and_against_an_earlier_checkpoint(copy: Path) -> None:
    assert run(copy).stdout == "whole: 600 entries\n"
    assert run(copy, "tiles", "key", "--against", "earlier").returncode == 0


def test_a_flipped_bit_anywhere_is_found(copy: Path) -> None:
    chance = random.Random(3)
    outdated = copy / "tiles" / "tile" / "1" / "000.p" / "1"  # belongs to the earlier checkpoint
    files = [path for path in (copy / "tiles" / "tile").rglob("*") if path.is_file() and path != outdated]
    for file in sorted(files):
        raw = file.read_bytes()
        bit = chance.randrange(len(raw) * 8)
        file.write_bytes(raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :])
        done = run(copy)
        assert (done.returncode, done.stdout.startswith("differs: ")) == (1, True), file
        file.write_bytes(raw)
    assert run(copy).returncode == 0


def test_it_names_the_first_bad_entry(copy: Path) -> None:
    bundle = copy / "tiles" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"n":41', b'"n":42'))
    assert run(copy).stdout == "differs: entry 42: differs from its tile\n"


def test_another_key_or_a_cut_ledger_is_refused(copy: Path) -> None:
    (copy / "tiles" / "checkpoint").rename(copy / "latest")
    shutil.copy(copy / "earlier", copy / "tiles" / "checkpoint")
    assert run(copy, "tiles", "key", "--against", "latest").returncode in (1, 2)
    other = (copy / "key").read_text("utf-8")
    assert run(copy, "tiles", other[:-6] + "AAAAA=").returncode == 2
    assert run(copy, "nowhere", "key").returncode == 2
    assert run(copy, "tiles").returncode == 2
