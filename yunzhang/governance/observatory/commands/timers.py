"""Timers of the observatory: what the worker keeps ready."""

from __future__ import annotations

from datetime import datetime, timedelta

from yunzhang.kit.jobs import timer


@timer("observatory", every=timedelta(minutes=10))
def refresh(now: datetime) -> None:
    """Keep the figures of the pages ready: measured anew when the ledger grew or the month turned."""
    from yunzhang.governance.observatory import actions

    actions.refresh_when_due(now)
    actions.refresh_studies_when_due(now)
