"""Who plays: every post of the place gets an invented holder, every unit a diligence of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from yunzhang.base.ids import uuid7
from yunzhang.cli.demo import plan
from yunzhang.cli.demo.people import invent_name
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment, Duty, Post, Unit, UnitKind

VACANT = 0.015  # posts without a holder: the place as it is


@dataclass(frozen=True, slots=True)
class Cast:
    """The place as the play needs it: who stands where, who acts for whom, how reliable each unit is."""

    root: int
    place_name: str
    places: tuple[int, ...]
    departments: tuple[int, ...]
    departments_of: dict[int, list[int]]
    towns: dict[int, list[int]]
    guided: dict[int, tuple[int, ...]]
    line: dict[str, int]
    kinds: dict[int, UnitKind]
    officers: dict[int, Acting]
    leaders: dict[int, Acting]
    office: Acting
    diligence: dict[int, float]


def find_government() -> Unit:
    """Return the government of the place: its Party committee and other bodies stand beside it, not below."""
    return next(unit for unit in org.list_roots() if unit.kind is UnitKind.GOVERNMENT)


def list_all_units() -> list[Unit]:
    """Return every unit of the place, all branches."""
    return [unit for root in org.list_roots() for unit in org.list_subtree(root.id)]


def hold_posts(by: Acting, rng: Random, posts: Sequence[Post], *, on: date, at: datetime) -> None:
    """Appoint an invented person to every post; a few deputies' posts stay vacant."""
    rows = [
        Appointment(post.id, "", invent_name(rng), on)
        for post in posts
        if post.duty in (Duty.OFFICE, Duty.AUDITOR, Duty.ADMINISTRATOR) or rng.random() > VACANT
    ]
    org.appoint(by, rows, at=at)


def gather(rng: Random, *, on: date) -> Cast:
    """Return the cast from the organisation as it stands."""
    root = find_government()
    units = list_all_units()
    posts = org.list_posts([unit.id for unit in units], on=on)
    acting = _acting(posts, on)
    children = _children(units)
    departments_of = {
        unit: [one.id for one in below if one.kind is UnitKind.DEPARTMENT] for unit, below in children.items()
    }
    able = set(acting[Duty.OFFICER])
    officers = acting[Duty.OFFICER] | acting[Duty.OFFICE]
    office = next(iter(acting[Duty.OFFICE].values()))
    return Cast(
        root=root.id,
        place_name=root.short_name,
        places=tuple(one.id for one in children[root.id] if one.kind is UnitKind.GOVERNMENT and one.id in able),
        departments=tuple(unit for unit in departments_of[root.id] if unit in able),
        departments_of={unit: [one for one in held if one in able] for unit, held in departments_of.items()},
        towns={
            unit: [one.id for one in below if one.kind is UnitKind.TOWN and one.id in able]
            for unit, below in children.items()
        },
        guided=_guided([unit.id for unit in children[root.id] if unit.id in officers], on, able),  # it accepts, too
        line={unit.code: unit.id for unit in children[root.id] if unit.id in acting[Duty.LEADER]},
        kinds={unit.id: unit.kind for unit in units},
        officers=officers,
        leaders=acting[Duty.LEADER],
        office=office,
        diligence=_diligence(rng, units),
    )


def _acting(posts: Sequence[Post], on: date) -> dict[Duty, dict[int, Acting]]:
    held = org.find_holders([post.id for post in posts], on=on)
    found: dict[Duty, dict[int, Acting]] = {duty: {} for duty in Duty}
    for post in posts:
        if post.id in held:
            by = Acting(person=held[post.id].person, post=post.id, unit=post.unit)
            found[post.duty].setdefault(post.unit, by)
    return found


def _children(units: Sequence[Unit]) -> dict[int, list[Unit]]:
    found: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.parent is not None:
            found[unit.parent].append(unit)
    return found


def _guided(uppers: Sequence[int], on: date, able: set[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in org.find_guides(uppers, on=on):
        if row.upper in uppers and row.lower in able:
            found[row.upper].append(row.lower)
    return defaultdict(tuple, {unit: tuple(lower) for unit, lower in found.items()})


def _diligence(rng: Random, units: Sequence[Unit]) -> dict[int, float]:
    places = {unit.id: plan.place_diligence(rng) for unit in units if unit.kind is UnitKind.GOVERNMENT}
    return {unit.id: plan.diligence(rng, places.get(unit.jurisdiction, 0.85)) for unit in units}


def fresh(by: Acting, at: datetime) -> Acting:
    """Return the same acting with a new act key: each act is one request."""
    return Acting(by.person, by.post, by.unit, by.on_behalf, uuid7(at))
