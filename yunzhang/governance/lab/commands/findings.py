"""The worker makes findings ready, one after the other: when it starts, and again when the engine or its data changed.

Each asks for the next only when it is made, and stands behind all else, so that what people ask for comes in between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yunzhang.kit.jobs import Run, enqueue, job, timer


@timer("lab_findings", every=timedelta(minutes=10))
def ask_for_findings(now: datetime) -> None:
    """Ask for the first finding that is missing or from another engine; asked twice is one job."""
    from yunzhang.governance.lab import actions

    _ask_for_one(actions.find_missing(now.date()), now)


@job("lab_finding")
def make_finding(run: Run) -> None:
    """Make one finding, and ask for the next even where it fails; one that is there, or of another engine, is left."""
    from yunzhang.governance.lab import actions

    name = run.arguments["name"]
    missing = actions.find_missing(run.at.date())
    try:
        actions.keep_finding(name, at=run.at, version=run.arguments["version"])
    finally:
        _ask_for_one(missing[missing.index(name) + 1 :] if name in missing else missing, run.at)


def _ask_for_one(missing: list[str], at: datetime) -> None:
    from yunzhang.governance.lab import actions

    if missing:
        version = actions.find_version(missing[0], at.date())
        request = actions.request_of(missing[0], version)
        enqueue("lab_finding", {"name": missing[0], "version": version}, at=at, request=request, behind=True)
