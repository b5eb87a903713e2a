"""Findings of a small tree in place of those a worker computes for minutes. As a program: keep them in a home.

Tests of pages need findings to show, tests of the worker need it to have nothing long to do; test_findings and
test_findings_pages try how they are made.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHECK = {"expected": None, "low": 0.1, "high": None, "source": "[S1]"}


def small(on: date) -> dict[str, dict[str, Any]]:
    """Findings of a small tree, and one limit of which one number fails."""
    from yunzhang.governance.lab import actions
    from yunzhang.governance.lab.rules.paths.learning import Work
    from yunzhang.governance.lab.rules.paths.mapping import Grid

    checks = [
        {**CHECK, "name": "march/known/p2=0.1/p1=0.9", "found": 0.2, "passed": True},
        {**CHECK, "name": "march/turnover/helps fast learners", "found": 0.05, "passed": False},
    ]
    curve = {"name": "march/known/p2=0.1", "xs": [0.1, 0.9], "ys": [0.8, 0.7], "reference_ys": [0.81, None]}
    limits = {name: {"checks": checks, "curves": [curve]} for name in actions.LIMITS}
    grid = Grid(xi=(1.0, float("inf")), vacancy=(0.0, 0.3), retries=(1,), spread=(False,), line_upkeep=(0.0, 4.0))
    return limits | {
        "paths": actions.find_paths(on, levels=3, runs=2),
        "map": actions.find_map(on, grid=grid, levels=3, runs=2),
        "learning": actions.find_learning(on, work=Work(k=(0,), turnover=(0.0,), days=(5,), runs=2), levels=3),
    }


def keep(found: dict[str, dict[str, Any]], at: datetime) -> None:
    """Keep findings as made by the engine of today."""
    from yunzhang.governance.lab import actions, store

    for name, body in found.items():
        store.keep_finding(name, actions.find_version(name, at.date()), body, at=at)


def keep_in(home: Path) -> None:
    """Keep small findings in a home, by a process of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    env = {**clean, "PYTHONPATH": str(ROOT), "YUNZHANG_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "tests.lab.small_findings"], env=env, cwd=ROOT, check=True)


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "yunzhang.web.settings"
    django.setup()
    now = datetime.now(UTC)
    keep(small(now.date()), now)
