"""What one may ask of divisions: load the list, apply changes, find a code as of a day.

Loading and changing leave one entry each on a stream of their own.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Q

from yunzhang.base.errors import zh
from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject, type_json
from yunzhang.ground.org import rules
from yunzhang.ground.org.store import divisions as store
from yunzhang.ground.org.terms import BadChange, ChangeKind, Division, DivisionChange, UnknownDivision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = [
    "LIST_DAY",
    "apply_division_changes",
    "find_division",
    "find_successor",
    "list_divisions",
    "load_divisions",
    "load_place",
]

LIST_DAY = date(2023, 6, 30)
LIST_SOURCE = zh("统计用区划代码 2023(china-division 2.7.0)")
LISTS = ("provinces", "cities", "areas", "streets")


def find_division(code: str, *, on: date | None = None) -> Division:
    """Return the division of a code today (its open row) or on a day. Raises UnknownDivision."""
    where = Q(code=code) if on else Q(code=code, to_on__isnull=True)
    found = store.divisions(where, on)
    if not found:
        raise UnknownDivision(division=code)
    return found[-1]


def list_divisions(above: str, *, on: date | None = None) -> list[Division]:
    """Return the real places directly under a code, today or on a day, in code order."""
    where = Q(above=above, is_pseudo=False)
    return store.divisions(where if on else where & Q(to_on__isnull=True), on)


def find_successor(code: str) -> Division | None:
    """Return the division a retired code has become, followed to its end; None where it simply ended.

    Raises UnknownDivision for a code never held.
    """
    rows = store.divisions(Q(code=code))
    if not rows:
        raise UnknownDivision(division=code)
    last = rows[-1]
    if last.to_on is None:
        return last
    return find_successor(last.into) if last.into else None


def load_place(place: str, *, villages: bool = False) -> list[Division]:
    """Return the divisions of a place and above it straight from the list files. Raises UnknownDivision."""
    names = (*LISTS, "villages") if villages else LISTS
    whole = place == rules.NATION
    found = rules.lift(store.read_list(names, "" if whole else place), from_on=LIST_DAY, source=LIST_SOURCE)
    if whole:
        return [Division(rules.NATION, zh("全国"), "", LIST_DAY, source=LIST_SOURCE), *found]
    if not any(each.code == place for each in found):
        raise UnknownDivision(division=place)
    return found


@act
def load_divisions(by: Acting, divisions: Sequence[Division], *, at: datetime) -> Receipt:
    """Lay divisions into the table, codes already held left alone; one entry says how many and their digest."""
    held = store.held_codes()
    new = [each for each in divisions if each.code not in held]
    store.save_divisions(new)
    text = "\n".join(f"{each.code},{each.name},{each.parent}" for each in new)
    facts: dict[str, type_json] = {"divisions": len(new), "sha256": sha256(text.encode()).hexdigest()}
    return record(by, [_entry("divisions_loaded", facts, LIST_SOURCE, at)], at=at)


@act
def apply_division_changes(by: Acting, changes: Sequence[DivisionChange], *, at: datetime) -> Receipt:
    """Rename, recode, merge, retire or add divisions, each from its day on. Raises BadChange naming the row."""
    drafts = []
    for row, change in enumerate(sorted(changes, key=lambda each: each.on), start=1):
        _apply(row, change)
        facts: dict[str, type_json] = {"code": change.code, "into": change.into, "on": change.on.isoformat()}
        drafts.append(_entry(f"division_{change.kind}", facts, f"{change.code} {change.name}".strip(), at))
    return record(by, drafts, at=at)


def _entry(verb: str, facts: Mapping[str, type_json], title: str, at: datetime) -> Draft:
    stream = uuid7(at)
    return Draft(stream, verb, facts, subject=Subject(stream, "org", title))


def _apply(row: int, change: DivisionChange) -> None:
    if change.kind is ChangeKind.ADDED:
        if store.divisions(Q(code=change.code, to_on__isnull=True)):
            raise BadChange(row=row, division=change.code, problem=zh("该代码已在使用"))
        store.save_divisions([Division(change.code, change.name, change.parent, change.on, source=change.source)])
        return
    known = store.divisions(Q(code=change.code, to_on__isnull=True))
    problem = rules.change_problem(change, known[0] if known else None)
    if problem:
        raise BadChange(row=row, division=change.code, problem=problem)
    store.close_division(change.code, on=change.on, into=change.into)
    before = known[0]
    if change.kind in (ChangeKind.RENAMED, ChangeKind.RECODED):
        code, name = change.into or before.code, change.name or before.name
        store.save_divisions(
            [Division(code, name, change.parent or before.parent, change.on, source=change.source or before.source)]
        )
    if change.into:
        store.lift_below(change.code, change.into, on=change.on)
