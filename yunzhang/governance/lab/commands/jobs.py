"""The worker makes the runs of experiments, a minute at a time, so that other jobs come in between."""

from __future__ import annotations

from time import monotonic
from uuid import UUID

from yunzhang.kit.jobs import Run, job

SLICE = 60.0  # seconds


@job("lab_run")
def make_runs(run: Run) -> None:
    """Make the next runs of an experiment."""
    from yunzhang.governance.lab import actions

    ends = monotonic() + SLICE
    actions.keep_runs(UUID(run.arguments["experiment"]), at=run.at, is_over=lambda: monotonic() > ends)
