"""The worker makes findings ready, one a job: first when it starts, again when the engine or its data changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from yunzhang.kit.jobs import Run, enqueue, job, timer


@timer("lab_findings", every=timedelta(minutes=10))
def ask_for_findings(now: datetime) -> None:
    """Ask for every finding that is missing or from another engine; asked twice is one job."""
    from yunzhang.governance.lab import actions

    version = actions.find_version(now.date())
    for name in actions.find_missing(now.date()):
        enqueue("lab_finding", {"name": name, "version": version}, at=now, request=actions.request_of(name, version))


@job("lab_finding")
def make_finding(run: Run) -> None:
    """Make one finding; where it is there already, or the engine has changed since, do nothing."""
    from yunzhang.governance.lab import actions

    actions.keep_finding(run.arguments["name"], at=run.at, version=run.arguments["version"])
