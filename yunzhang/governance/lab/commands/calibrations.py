"""The worker keeps calibrations ready: of the places at the top, and of every unit somebody once asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from yunzhang.kit.jobs import Run, enqueue, job, timer


@timer("lab_calibrations", every=timedelta(hours=6))
def ask_for_calibrations(now: datetime) -> None:
    """Ask for every calibration that is missing or of an earlier record; asked twice is one job."""
    from yunzhang.governance.lab import actions

    version = actions.find_calibration_version(now)
    for unit in actions.list_due_calibrations(now):
        request = actions.request_of_calibration(unit, version)
        enqueue("lab_calibration", {"unit": unit}, at=now, request=request, behind=True)


@job("lab_calibration")
def make_calibration(run: Run) -> None:
    """Make the calibration of one unit; one that is there already is left."""
    from yunzhang.governance.lab import actions

    actions.keep_calibration(int(run.arguments["unit"]), at=run.at)
