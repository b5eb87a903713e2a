"""Every room's tests of tables once more, on PostgreSQL: one run a folder, its summary shown where it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import new_database

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("kit", "ledger", "org", "matters", "directives", "observatory", "lab")


@pytest.mark.postgres
@pytest.mark.parametrize("folder", [name for name in FOLDERS if (ROOT / "tests" / name).is_dir()])
def test_the_rooms_tests_pass_on_postgresql(postgres: str, folder: str) -> None:
    words = ["-m", "pytest", f"tests/{folder}", "-m", "django_db and not postgres and not browser"]
    words += ["-p", "no:cacheprovider", "-p", "no:xdist"]
    env = {**os.environ, "YUNZHANG_DATABASE": new_database(postgres)}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED), done.stdout[-6000:] + done.stderr[-2000:]
