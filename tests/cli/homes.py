"""Homes for tests of the command line, made without a scheme where none is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import sys
from pathlib import Path
from yunzhang.cli.office import building
from yunzhang.kit.home import Home
with building(Home(root=Path(sys.argv[1]), database=sys.argv[2])):
    pass
"""


def bare_home(folder: Path, database: str = "sqlite") -> Path:
    """Make a home with all tables and nothing in them."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("YUNZHANG")}, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", MAKE, str(folder), database], env=env, check=True)
    return folder
