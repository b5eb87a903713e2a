"""A run of an experiment opened as a study: its rows are measured and shown as any log is, marked simulated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yunzhang.base.errors import YunzhangError
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions.experiments import find_run_tables
from yunzhang.governance.lab.actions.rights import find_experiment
from yunzhang.governance.lab.terms import State
from yunzhang.governance.observatory import actions as observatory
from yunzhang.governance.observatory.terms import NoSuchStudy
from yunzhang.ground.ledger.terms import Acting

__all__ = ["find_study_of", "open_run", "place_study"]


def place_study(experiment: UUID) -> str:
    """Return the name of the study an experiment opens as."""
    return f"lab-{experiment.hex[-6:]}"


def find_study_of(experiment: UUID) -> str:
    """Return the study an experiment was opened as, or "" where it was not."""
    try:
        return observatory.find_study(place_study(experiment)).name
    except NoSuchStudy:
        return ""


def open_run(experiment: UUID, title: str, *, by: Acting, at: datetime) -> None:
    """Return when the first run with the what-ifs is a study; where it was one already nothing is done.

    What forbids it is kept with the experiment, for its page to say.
    """
    found = find_experiment(experiment)
    if found.state is not State.DONE or find_study_of(experiment):
        return
    name = place_study(experiment)
    try:
        with observatory.place_stage(name) as stage:
            tables, window = find_run_tables(found)
            unit = str(found.unit)
            ready = observatory.prepare_study(stage, name, title, tables, window, at=at, simulated=True, top=unit)
            observatory.add_study(by, ready, at=at)
    except YunzhangError as error:
        store.move(experiment, State.DONE, among=[State.DONE], facts=found.facts | {"not_opened": error.code})
