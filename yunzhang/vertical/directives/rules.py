"""Pure decisions of 交办: which loops an order opens, which verb a state allows, who is asked for what.

Moments and new ids are arguments; nothing here reads a clock, a table or a random source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from yunzhang.base.clock import day_of, end_of
from yunzhang.ground.ledger.terms import Loop, NoSuchLoop, State, WrongState
from yunzhang.ground.org.terms import UnitKind
from yunzhang.vertical.directives.terms import DIRECTIVE, REPORT, Branch, NotOwnUnit, PastDay, TooLate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from yunzhang.ground.org.terms import Line, Placement

ACTIVE = frozenset({State.OPEN, State.SIGNED})
UNSETTLED = frozenset({State.OPEN, State.SIGNED, State.ANSWERED})


@dataclass(frozen=True, slots=True)
class Terms:
    """What every loop of one order shares."""

    subject: UUID
    programme: str
    authority: str
    handled_by: int | None
    at: datetime


def last_day(due_at: datetime) -> date:
    """Return the day that ends at `due_at`, the due day as people write it.

    >>> from datetime import UTC
    >>> last_day(datetime(2026, 11, 23, 16, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return day_of(due_at - timedelta(microseconds=1))


def require_active(loop: Loop) -> None:
    """Return when `loop` is in 办: notes and parts come only then. Verbs that move it are judged by the ledger.

    Raises: WrongState otherwise.
    """
    if loop.state not in ACTIVE:
        raise WrongState(state=loop.state.value)


def require_own(*loops: Loop) -> None:
    """Return when these are loops of this room: what another room opened is moved there alone. Raises: NoSuchLoop."""
    for loop in loops:
        if loop.kind not in (DIRECTIVE, REPORT):
            raise NoSuchLoop(loop=loop.id)


def require_days(due_on: date, report_on: Iterable[date], today: date) -> None:
    """Return when the due day and every report day are today or later, and no report falls after the due day.

    Raises: PastDay, TooLate.
    """
    if due_on < today:
        raise PastDay(field="办结时限", day=due_on.isoformat())
    for day in report_on:
        if day < today:
            raise PastDay(field="反馈日期", day=day.isoformat())
        if day > due_on:
            raise TooLate(due_on=day.isoformat(), limit=due_on.isoformat())


def require_part(line: Line, debtor: Line, due_on: date, limit: datetime | None) -> None:
    """Return when a part may go to `line`: a unit directly below the debtor, due no later than the matter itself.

    Raises: NotOwnUnit, TooLate.
    """
    if not line.path.startswith(debtor.path) or line.path.count(".") != debtor.path.count(".") + 1:
        raise NotOwnUnit(unit=line.name)
    if limit is not None and end_of(due_on) > limit:
        raise TooLate(due_on=due_on.isoformat(), limit=last_day(limit).isoformat())


def open_loops(
    terms: Terms,
    *,
    creditor: int,
    debtor: Line,
    placement: Placement,
    due_on: date,
    report_on: Sequence[date],
    parent: UUID | None,
    new_id: Callable[[], UUID],
) -> list[Loop]:
    """Return the loops one addressee gets: its matter and, unless it is a town, one report for each stated day.

    Source: 国办函〔2026〕12号 and the burden rules, by which towns sign and read.
    """

    def loop(kind: str, day: date, above: UUID | None) -> Loop:
        return Loop(
            id=new_id(),
            kind=kind,
            subject=terms.subject,
            parent=above,
            creditor=creditor,
            debtor=debtor.unit,
            handled_by=terms.handled_by,
            authority=terms.authority,
            relation=placement.relation.value,
            axis="vertical" if placement.axis == "vertical" else "horizontal",
            programme=terms.programme,
            opened_at=terms.at,
            due_at=end_of(day),
        )

    matter = loop(DIRECTIVE, due_on, parent)
    if debtor.kind is UnitKind.TOWN:
        return [matter]
    return [matter, *(loop(REPORT, day, matter.id) for day in sorted(set(report_on)))]


def grow(loops: Sequence[Loop], root: UUID) -> Branch:
    """Return the tree of matters under `root`, parts and reports in the order they were opened."""
    below: dict[UUID | None, list[Loop]] = {}
    for loop in sorted(loops, key=lambda one: (one.opened_at, one.due_at or one.opened_at, one.id)):
        below.setdefault(loop.parent, []).append(loop)
    by_id = {loop.id: loop for loop in loops}

    def branch(loop: Loop) -> Branch:
        children = below.get(loop.id, [])
        parts = tuple(branch(child) for child in children if child.kind != REPORT)
        return Branch(loop, parts, tuple(child for child in children if child.kind == REPORT))

    return branch(by_id[root])


def descendants(loops: Iterable[Loop], root: UUID) -> list[Loop]:
    """Return the loops below `root`, nearest first, the root itself left out."""
    below: dict[UUID | None, list[Loop]] = {}
    for loop in loops:
        below.setdefault(loop.parent, []).append(loop)
    found: list[Loop] = []
    level = [root]
    while level:
        children = [child for one in level for child in below.get(one, [])]
        found += children
        level = [child.id for child in children]
    return found


def powers(loop: Loop, *, owes: bool, handles: bool, has_open_ask: bool) -> frozenset[str]:
    """Return what a post may do with a matter now: the names of this room's acts, for the buttons of its page.

    `owes`: a working post of the debtor; `handles`: of the handler or creditor. Design §3, rights.
    """
    found: set[str] = set()
    is_active = loop.state in ACTIVE
    if owes and is_active:
        found |= {"report"} if loop.kind == REPORT else {"answer", "report", "split"}
        found |= {"sign"} if loop.state is State.OPEN and loop.kind != REPORT else set()
        found |= set() if has_open_ask or loop.kind == REPORT else {"extend", "object"}
    if handles and loop.kind != REPORT:
        found |= {"accept", "return"} if loop.state is State.ANSWERED else set()
        found |= {"withdraw"} if loop.state in UNSETTLED else set()
        found |= {"strike_off"} if loop.state is State.CLOSED else set()
        found |= {"decide"} if has_open_ask and is_active else set()
    return frozenset(found)


def signs_only(powers_held: frozenset[str], kind: UnitKind) -> frozenset[str]:
    """Return the powers of a debtor of that kind: a town signs and reads, nothing else is asked of it."""
    if kind is not UnitKind.TOWN:
        return powers_held
    return powers_held - {"answer", "report", "split", "extend"}
