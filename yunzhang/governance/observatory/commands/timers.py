"""Timers of the observatory: what the worker keeps ready."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yunzhang.kit.jobs import Run, job, timer


@timer("observatory", every=timedelta(minutes=10))
def refresh(now: datetime) -> None:
    """Keep the figures of the pages ready: measured anew when the ledger grew or the month turned."""
    from yunzhang.governance.observatory import actions

    actions.refresh_when_due(now)
    actions.refresh_studies_when_due(now)
    actions.sweep_loads(now)


@job("observatory_check_load")
def check_load(run: Run) -> None:
    """Check an uploaded log that is too large to wait for."""
    from yunzhang.governance.observatory import actions

    actions.check_load(UUID(run.arguments["load"]))


@job("observatory_add_load")
def add_load(run: Run) -> None:
    """Add an uploaded log as a study, as its uploader confirmed."""
    from yunzhang.governance.observatory import actions

    actions.add_load(UUID(run.arguments["load"]), request=run.request, at=run.at)
