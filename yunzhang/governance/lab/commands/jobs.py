"""The worker makes the runs of experiments, a minute at a time so that others come in between, and opens studies."""

from __future__ import annotations

from time import monotonic
from uuid import UUID

from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.jobs import Run, job

SLICE = 60.0  # seconds


@job("lab_run")
def make_runs(run: Run) -> None:
    """Make the next runs of an experiment."""
    from yunzhang.governance.lab import actions

    ends = monotonic() + SLICE
    number = UUID(run.arguments["experiment"])
    actions.keep_runs(number, at=run.at, is_over=lambda: monotonic() > ends, is_last=run.is_last)


@job("lab_study")
def open_study(run: Run) -> None:
    """Open a run of an experiment as a study, in the name of who asked for it; twice is once."""
    from yunzhang.governance.lab import actions

    told = run.arguments
    by = Acting(told["person"], told["post"], told["unit"], request=run.request)
    actions.open_run(UUID(told["experiment"]), told["title"], by=by, at=run.at)
