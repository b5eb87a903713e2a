"""Who may simulate what, and who sees an experiment 情景推演.

An experiment is seen by whoever asked for it, and by whoever may see the placement of its unit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yunzhang.base.clock import day_of
from yunzhang.base.ids import path_ids
from yunzhang.governance.lab import store
from yunzhang.governance.lab.terms import Experiment, MayNotSimulate, NoSuchExperiment
from yunzhang.governance.observatory import actions as observatory
from yunzhang.governance.observatory.terms import NotYours
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty, Reader

__all__ = [
    "BASES",
    "find_bases",
    "find_experiment",
    "find_scope",
    "list_experiments",
    "tell_may_simulate",
    "verify_may_calibrate",
    "verify_may_change",
    "verify_may_run",
    "verify_may_see_experiment",
    "verify_may_simulate",
]
MOST_LISTED = 300
BASES = FILLED, RECORD, ASSUMED = "filled", "record", "assumed"


def verify_may_simulate(by: Acting, *, at: datetime) -> None:
    """Return nothing for offices, leaders of governments and researchers, never administrators.

    Raises MayNotSimulate.
    """
    standing = org.find_standing(by, on=day_of(at))
    is_leader = standing.duty is Duty.LEADER and standing.unit == standing.jurisdiction
    if standing.duty is Duty.ADMINISTRATOR:
        raise MayNotSimulate
    if standing.office_of is None and not is_leader and org.find_reader_of(by.person) != Reader.RESEARCH:
        raise MayNotSimulate


def tell_may_simulate(by: Acting, *, at: datetime) -> bool:
    """Return whether one simulates anything at all."""
    try:
        verify_may_simulate(by, at=at)
    except MayNotSimulate:
        return False
    return True


def verify_may_run(by: Acting, unit: int, *, at: datetime) -> None:
    """Return nothing where one may simulate this unit: who simulates at all and sees it, or studies its place.

    Raises MayNotSimulate, NotYours.
    """
    verify_may_simulate(by, at=at)
    if not _studies(by, unit, at):
        observatory.verify_may_see(by, unit, at=at)


def verify_may_calibrate(by: Acting, unit: int, *, at: datetime) -> None:
    """Return nothing where one may simulate this unit by its record: whoever sees its placement and simulates at all.

    Raises MayNotSimulate, NotYours; the latter also for researchers, who try its place from assumptions alone.
    """
    verify_may_simulate(by, at=at)
    observatory.verify_may_see(by, unit, at=at)


def _studies(by: Acting, unit: int, at: datetime) -> bool:
    # researchers try what-ifs in the place their post is in, from assumptions: what its record says is not theirs
    place = org.find_standing(by, on=day_of(at)).jurisdiction
    is_below = place in path_ids(org.find_lines([unit], on=day_of(at))[unit].path)
    return is_below and org.find_reader_of(by.person) == Reader.RESEARCH


def find_scope(by: Acting, *, at: datetime) -> int:
    """Return the government one simulates first: that whose office one is, else that of one's place."""
    standing = org.find_standing(by, on=day_of(at))
    return standing.office_of or standing.jurisdiction


def find_bases(by: Acting, unit: int, *, at: datetime) -> tuple[str, ...]:
    """Return where the behaviour of units may come from: the record is for those who may see the unit's placement."""
    return BASES if _sees(by, unit, at) else (ASSUMED,)


def verify_may_see_experiment(by: Acting, experiment: UUID, *, at: datetime) -> None:
    """Return nothing where one asked for an experiment, or may see the unit it is about.

    Raises NoSuchExperiment, NotYours.
    """
    found = find_experiment(experiment)
    if not _asked(by, found):
        observatory.verify_may_see(by, found.unit, at=at)


def _asked(by: Acting, experiment: Experiment) -> bool:
    return (experiment.person, experiment.post) == (by.person, by.post)


def verify_may_change(by: Acting, experiment: UUID, *, at: datetime) -> None:
    """Return nothing where one may stop, remove or repeat an experiment: who sees it and may simulate its unit.

    Raises NoSuchExperiment, MayNotSimulate, NotYours.
    """
    verify_may_see_experiment(by, experiment, at=at)
    verify_may_run(by, find_experiment(experiment).unit, at=at)


def find_experiment(experiment: UUID) -> Experiment:
    """Return an experiment. Raises NoSuchExperiment."""
    found = store.find(experiment)
    if found is None:
        raise NoSuchExperiment
    return found


def list_experiments(by: Acting, *, at: datetime) -> list[Experiment]:
    """Return the experiments this post may see, the newest first."""
    found = store.every(None, most=MOST_LISTED)
    seen = {unit for unit in {one.unit for one in found} if _sees(by, unit, at)}
    return [one for one in found if one.unit in seen or _asked(by, one)]


def _sees(by: Acting, unit: int, at: datetime) -> bool:
    try:
        observatory.verify_may_see(by, unit, at=at)
    except NotYours:
        return False
    return True
