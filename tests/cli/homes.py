"""Homes for tests of the command line, made without a scheme where none is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import sys
from pathlib import Path
from yunzhang.cli.office import building
from yunzhang.kit.home import Home
with building(Home(root=Path(sys.argv[1]), database=sys.argv[2])):
    from datetime import UTC, datetime
    from tests.lab.small_findings import keep
    from yunzhang.governance.lab.actions import FINDINGS
    keep({name: {} for name in FINDINGS}, datetime.now(UTC))
"""


def bare_home(folder: Path, database: str = "sqlite") -> Path:
    """Make a home with all tables and nothing in them; an embedded one is a copy of one that was made once.

    Its worker believes to have the lab's findings, which need no office and take minutes.
    """
    if database != "sqlite":
        return make(folder, database)
    shutil.copytree(Path(first().name) / "home", folder, dirs_exist_ok=True)
    return folder


@cache
def first() -> TemporaryDirectory[str]:
    """The folder of the home all others are copied from; it goes with this process."""
    kept = TemporaryDirectory(prefix="yzhome")
    make(Path(kept.name) / "home", "sqlite")
    return kept


def make(folder: Path, database: str) -> Path:
    """Make a home as the command does, in a process of its own."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("YUNZHANG")}, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", MAKE, str(folder), database], env=env, check=True)
    return folder
