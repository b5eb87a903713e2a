"""All one may ask of 事项: the desk, the list of matters over all rooms, one matter's light. Looks only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import add_working_days, day_of
from yunzhang.base.errors import Missing, Refused
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import LoopQuery, State
from yunzhang.ground.matters import rules
from yunzhang.ground.matters.terms import DECISIONS, Desk, Lamp, LightRule, Matter
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.kit import parameters
from yunzhang.kit.calendar import load_calendar
from yunzhang.kit.lists import Page, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from yunzhang.ground.ledger.terms import Acting, Loop, Subject
    from yunzhang.ground.org.terms import Line, Standing

SHOWN = 10  # rows of each part of the desk; the ledger of matters holds them all
ACTIVE = (State.OPEN, State.SIGNED)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one post may see on one day."""

    standing: Standing
    scope: Scope


def light_rule(on: date) -> LightRule:
    """Return the place's rule of the light on a day (`data/parameters/lights.yaml`)."""
    value = parameters.load("lights")["due_soon_working_days"].on(on)
    return LightRule(soon_days=int(value.value), source=value.source)


def find_sight(by: Acting, *, at: datetime) -> Sight:
    """Return what the acting post may see. Raises: Refused when the post is not held that day."""
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    return Sight(standing, org.scope_of(standing, on=on))


def verify_sight(by: Acting, loops: Sequence[Loop], *, at: datetime) -> None:
    """Return when the acting post may see every one of these loops. Raises: Refused."""
    if len(list_seen(by, loops, at=at)) < len(loops):
        raise Refused


def _parties(loop: Loop, lines: dict[int, Line]) -> list[Line]:
    units = (loop.creditor, loop.debtor, loop.handled_by)
    return [lines[unit] for unit in units if unit is not None and unit in lines]


def list_seen(by: Acting, loops: Sequence[Loop], *, at: datetime) -> list[Loop]:
    """Return those of the loops that the acting post may see, in the given order."""
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    parties = {unit for loop in loops for unit in (loop.creditor, loop.debtor, loop.handled_by) if unit is not None}
    lines = org.find_lines(parties, on=on)
    return [loop for loop in loops if org_rules.may_see(standing, _parties(loop, lines))]


def show(
    loops: Sequence[Loop],
    *,
    at: datetime,
    below: Mapping[UUID, Sequence[Loop]] | None = None,
    subjects: Mapping[UUID, Subject] | None = None,
) -> list[Matter]:
    """Return loops as lists show them: title, parties' names, light. Three queries, whatever the number.

    A room that holds the parts in hand, or the subjects, already hands them in.
    """
    under = _parts(ledger.find_open_below([one.id for one in loops if one.state in ACTIVE]) if below is None else below)
    found = rules.lights(loops, under, at=at, calendar=load_calendar(), rule=light_rule(day_of(at)))
    about = ledger.find_subjects({loop.subject for loop in loops}) if subjects is None else subjects
    units = org.find_units({u for one in loops for u in (one.creditor, one.debtor, one.handled_by) if u is not None})
    names = {unit.id: unit.name for unit in units.values()}
    return [
        Matter(
            loop=loop,
            room=about[loop.subject].room,
            title=about[loop.subject].title,
            creditor=names.get(loop.creditor, ""),
            debtor=names.get(loop.debtor, ""),
            handler=names.get(loop.handled_by or 0, ""),
            due_on=rules.due_day(loop),
            light=found[loop.id],
        )
        for loop in loops
    ]


def _parts(below: Mapping[UUID, Sequence[Loop]]) -> dict[UUID, list[Loop]]:
    """The parts among the loops in hand under each loop: a report is no part, it has its own light."""
    return {
        parent: [one for one in children if one.state in ACTIVE and one.kind != "report"]
        for parent, children in below.items()
    }


def list_matters(by: Acting, query: LoopQuery, *, at: datetime) -> Page[Matter]:
    """Return one page of the matters the acting post may see, narrowed by `query`.

    Raises: Refused when the post is not held that day.
    """
    page = ledger.list_loops(replace(query, parties=find_sight(by, at=at).scope))
    return Page(rows=show(page.rows, at=at), total=page.total, page=page.page, size=page.size)


def find_matter(by: Acting, loop: UUID, *, at: datetime) -> Matter:
    """Return one matter. Raises: Missing, Refused."""
    found = ledger.find_loop(loop)
    verify_sight(by, [found], at=at)
    return show([found], at=at)[0]


def find_room(loop: UUID) -> tuple[str, UUID]:
    """Return the room and the subject a loop is about, for the redirect from /matters/<loop>. Raises: Missing."""
    found = ledger.find_loop(loop)
    subject = ledger.find_subjects([found.subject]).get(found.subject)
    if subject is None:
        raise Missing
    return subject.room, subject.id


def find_desk(by: Acting, *, at: datetime) -> Desk:
    """Return what waits for the acting post's unit: to decide, sign, answer, report, accept; what it asked upward;
    and what it is owed overdue.

    Raises: Refused when the post is not held that day.
    """
    unit = Scope((org.find_standing(by, on=day_of(at)).unit,))
    asked = {
        "to_sign": LoopQuery(debtors=unit, states=(State.OPEN,), but_kinds=("report", *DECISIONS)),
        "to_answer": LoopQuery(debtors=unit, states=(State.SIGNED,), but_kinds=("report", *DECISIONS)),
        "to_report": LoopQuery(debtors=unit, states=ACTIVE, kinds=("report",)),
        "to_accept": LoopQuery(handlers=unit, states=(State.ANSWERED,)),
        "owed_overdue": LoopQuery(handlers=unit, states=ACTIVE, but_kinds=DECISIONS, due_before=at),
        "to_decide": LoopQuery(debtors=unit, states=ACTIVE, kinds=DECISIONS),
        "asked_up": LoopQuery(handlers=unit, states=ACTIVE, kinds=DECISIONS),
    }
    pages = {name: ledger.list_loops(replace(one, order="due_at", size=SHOWN)) for name, one in asked.items()}
    matters = show([loop for page in pages.values() for loop in page.rows], at=at)
    by_id = {matter.loop.id: matter for matter in matters}
    lists = {name: tuple(by_id[loop.id] for loop in page.rows) for name, page in pages.items()}
    return Desk(**lists, counts={name: page.total for name, page in pages.items()})


def due_window(lamp: str, *, at: datetime) -> dict[str, datetime]:
    """Return the conditions on the due moment that a lamp of one's own term means, for a list's filter.

    `overdue`: before now; `due_soon`: from now to the end of the last working day of the rule; `on_track`: later.
    """
    if lamp == Lamp.OVERDUE:
        return {"due_before": at}
    on = day_of(at)
    edge = add_working_days(on, light_rule(on).soon_days, load_calendar()).at + timedelta(microseconds=1)
    return {"due_after": at, "due_before": edge} if lamp == Lamp.DUE_SOON else {"due_after": edge}


def list_programmes() -> list[str]:
    """Return every programme 专项 a matter was opened under."""
    return ledger.list_programmes()


def count_open(units: Scope, *, at: datetime) -> dict[int, tuple[int, int]]:
    """Return for each debtor how many matters it has in 办 and how many of them are overdue; one query."""
    found = ledger.count_loops_late(LoopQuery(debtors=units, states=ACTIVE), per="debtor", at=at)
    return {int(unit): counts for unit, counts in found.items()}
