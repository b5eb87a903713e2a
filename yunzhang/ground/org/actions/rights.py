"""What one may ask about rights: standings, lines, scopes, the posts one may act from, and who acts.

Looks only. `remembering()` keeps standings and lines through one long transaction (building a home).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from yunzhang.base.errors import Refused
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import rules
from yunzhang.ground.org.store import lines as store
from yunzhang.ground.org.store import standing as standings
from yunzhang.ground.org.terms import (
    CONSOLE,
    Branch,
    Duty,
    Level,
    Line,
    NotHeld,
    UnitKind,
    UnknownUnit,
)
from yunzhang.kit.lists import Scope
from yunzhang.kit.memo import forget, recall, recall_each, remembering, spans_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from yunzhang.ground.org.terms import GuidanceKind, Hat, Standing

__all__ = [
    "find_line", "find_lines", "find_reader", "find_reader_of", "find_standing", "forget", "list_hats", "remembering",
    "resolve_acting", "scope_of", "subtree_scope", "verify_editor",
]  # fmt: skip

Guides = dict[int, "tuple[int, GuidanceKind]"]


def find_standing(by: Acting, *, on: date) -> Standing:
    """Return what the acting post may claim on a day, of its own or lent by another. One query.

    Raises NotHeld when the person does not hold the post that day, or the other post does not lend its rights to it.
    """
    found = recall(("standing", by.person, by.post, by.on_behalf, _since(on)), lambda: _standing(by, on))
    if found is None:
        raise NotHeld
    return found


def _standing(by: Acting, on: date) -> Standing | None:
    if by.post is None:
        return None
    return standings.standing(by.post, by.person, on, lent_by=by.on_behalf)


def find_lines(units: Iterable[int], *, on: date) -> dict[int, Line]:
    """Return where each unit stands on a day; a retired one keeps the place it had last.

    Two queries for any number of units, one more for every two further steps of guidance. Raises UnknownUnit.
    """
    wanted = list(dict.fromkeys(units))
    found = recall_each(f"line {_since(on)}", wanted, lambda fresh: _lines(fresh, on))
    missing = next((unit for unit in wanted if unit not in found), None)
    if missing is not None:
        raise UnknownUnit(unit=missing)
    return found


def _since(on: date) -> date:
    """The day since which the organisation is as on `on`: what is remembered holds until the next turning day."""
    if not spans_days():
        return on
    days = recall("turning days", standings.turning_days)
    passed = bisect_right(days, on)
    return days[passed - 1] if passed else on


def find_line(unit: int, *, on: date) -> Line:
    """Return where one unit stands on a day. Raises UnknownUnit."""
    return find_lines([unit], on=on)[unit]


def _lines(units: list[int], on: date) -> dict[int, Line]:
    guides = _guides_above(units, on) if units else {}
    return {line.unit: line for line in (_line(row, guides) for row in store.line_rows(units, on))}


def _line(row: tuple[Any, ...], guides: Guides) -> Line:
    number, name, kind, branch, path, place, place_path, level, code = row
    chain = rules.chain_of(number, guides)
    return Line(number, name, UnitKind(kind), Branch(branch), path, chain, place, place_path, Level(level), code)


def _guides_above(units: Iterable[int], on: date) -> Guides:
    guides: Guides = {}
    asked: set[int] = set()
    waiting = set(units)
    while waiting:
        fresh = rules.choose_guides(store.guides_of(waiting, on))  # two steps of every chain at once
        guides |= fresh
        asked |= waiting | {upper for lower, (upper, _) in fresh.items() if lower in waiting}
        waiting = {upper for upper, _ in fresh.values()} - asked
    return guides


def _guided_below(units: set[int], on: date) -> tuple[int, ...]:
    found: set[int] = set()
    waiting = units
    while waiting:
        chosen = rules.choose_guides(store.guides_of_guided_by(waiting, on))  # two steps at once
        nearest = {lower for lower, (upper, _) in chosen.items() if upper in waiting} - found - units
        next_below = {lower for lower, (upper, _) in chosen.items() if upper in nearest} - found - units - nearest
        found |= nearest | next_below
        waiting = next_below
    return tuple(sorted(found))


def scope_of(standing: Standing, *, on: date) -> Scope:
    """Return the units whose matters a standing may see: the query twin of `rules.may_see`.

    One query for every two steps of guidance below the unit (none for an auditor); the sub-tree stays a sub-query.
    """
    if standing.duty is Duty.ADMINISTRATOR:
        return Scope(())
    if standing.duty is Duty.AUDITOR:
        return Scope(store.in_place(standing.jurisdiction_path))
    if standing.office_of is None:
        return Scope(store.in_sight([standing.path], _guided_below({standing.unit}, on)))
    guided = _guided_below({standing.unit, standing.office_of}, on)
    return Scope(store.in_sight([standing.path, standing.jurisdiction_path], guided, standing.office_of))


def subtree_scope(unit: int) -> Scope:
    """Return a unit with everything below it, as a set of ids. Raises UnknownUnit."""
    path = store.path_of(unit)
    if path is None:
        raise UnknownUnit(unit=unit)
    return Scope(store.in_sight([path], ()))


def list_hats(user_id: int, on: date) -> list[Hat]:
    """Return the posts a signed-in person may act from on a day: own, acting, concurrent, then lent ones. One query."""
    return _hats(user_id, on)[1]


def _hats(user_id: int, on: date) -> tuple[str, list[Hat]]:
    return recall(("hats", user_id, on), lambda: standings.hats(user_id, on))


def resolve_acting(user_id: int, *, post: int | None, request: UUID, at: datetime) -> Acting:
    """Return who acts: the person of an account, in the chosen post if they may act from it today, else in the first.

    A lent post is chosen by its own number; the person then acts from the post they hold, on behalf of the lender.
    Raises NotHeld where the chosen post may not be acted from, or no post is held at all.
    """
    person, hats = _hats(user_id, rules.day_of(at))
    fitting = [hat for hat in hats if post is None or hat.key == post]
    if not fitting:
        raise NotHeld
    hat = fitting[0]
    return Acting(person=person, post=hat.post, unit=hat.unit, on_behalf=hat.on_behalf, request=request)


def find_reader(user_id: int) -> str:
    """Return how an account reads: office or research."""
    return standings.reader_of(user_id)


def find_reader_of(person: str) -> str:
    """Return how the account of a person reads: office or research."""
    return standings.reader_of_person(person)


def verify_editor(by: Acting, *, path: str = "", at: datetime) -> None:
    """Return nothing where one may edit the organisation at `path`: its administrator, or the machine's own console.

    Raises Refused.
    """
    if by.post is None and by.person == CONSOLE:
        return
    if not rules.may_edit_organisation(find_standing(by, on=rules.day_of(at)), path):
        raise Refused
