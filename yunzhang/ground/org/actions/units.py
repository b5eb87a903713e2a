"""What one may ask of the tree: add, move, rename, retire, guide; find and list as of a day.

Changes are recorded on the stream of the unit they change; looks return values of terms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
from django.db.models import Q

from yunzhang.base.ids import path_ids, uuid7
from yunzhang.base.search import initials, is_initials
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject, type_json
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.rights import verify_editor
from yunzhang.ground.org.store import units as store
from yunzhang.ground.org.terms import TYPICAL, ListedUnit, UnknownUnit
from yunzhang.kit.lists import Page
from yunzhang.kit.memo import recall_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from yunzhang.ground.org.terms import Guidance, GuidanceKind, NewUnit, Unit, UnitQuery

__all__ = [
    "add_guidance", "add_units", "count_blocks", "end_guidance", "find_ancestors", "find_guides", "find_next_unit",
    "find_unit", "find_unit_of", "find_units", "list_around", "list_beside", "list_children",
    "list_children_of", "list_place",
    "list_register", "list_roots", "list_subtree", "move_unit", "rename_unit", "reorder_unit", "retire_unit",
    "search_units", "unit_columns",
]  # fmt: skip

OPEN = Q(to_on__isnull=True)


# ---- looks


def find_units(ids: Iterable[int], *, on: date | None = None) -> dict[int, Unit]:
    """Return the units by number: today's rows, or as they stood on a day. Raises UnknownUnit for any not found."""
    wanted = list(dict.fromkeys(ids))
    found = recall_each(f"unit {on}", wanted, lambda fresh: _by_ids(fresh, on))
    for number in wanted:
        if number not in found:
            raise UnknownUnit(unit=number)
    return found


def _by_ids(ids: list[int], on: date | None) -> dict[int, Unit]:
    rows = store.by_ids(ids) if on is None else store.dated_by_ids(ids, on)
    return {unit.id: unit for unit in rows}


def find_unit(unit: int, *, on: date | None = None) -> Unit:
    """Return one unit: today's row, or as it stood on a day. Raises UnknownUnit."""
    return find_units([unit], on=on)[unit]


def find_unit_of(stream: UUID) -> Unit:
    """Return the unit whose changes are recorded on this stream. Raises UnknownUnit."""
    rows = store.by_stream(stream)
    if not rows:
        raise UnknownUnit(unit=stream)
    return rows[0]


def list_roots(*, on: date | None = None) -> list[Unit]:
    """Return the units without a superior, in official order."""
    if on is None:
        return store.read_units(store.standing().filter(parent__isnull=True))
    return store.dated(Q(parent__isnull=True), on)


def list_children(unit: int, *, on: date | None = None) -> list[Unit]:
    """Return the units directly below, in official order."""
    if on is None:
        return store.read_units(store.standing().filter(parent=unit))
    return store.dated(Q(parent=unit), on)


def list_children_of(units: Iterable[int]) -> dict[int, list[Unit]]:
    """Return today's units directly below each of several, in official order; one query."""
    wanted = list(units)
    found: dict[int, list[Unit]] = {unit: [] for unit in wanted}
    for child in store.read_units(store.standing().filter(parent__in=wanted)):
        if child.parent is not None:
            found[child.parent].append(child)
    return found


def list_subtree(unit: int, *, on: date | None = None) -> list[Unit]:
    """Return the unit and everything below it, each after its superior, siblings in official order."""
    if on is None:
        rows = store.read_units(store.standing().filter(store.below(find_unit(unit).path)))
    else:
        rows = store.dated(store.below(find_unit(unit, on=on).path), on)
    return sorted(rows, key=lambda each: each.path.count("."))


def list_place(government: int, *, on: date | None = None) -> list[Unit]:
    """Return the bodies of a place: its government, departments, and those of other branches, in official order."""
    if on is None:
        return store.read_units(store.standing().filter(jurisdiction=government))
    return store.dated(Q(jurisdiction=government), on)


def list_beside(unit: Unit) -> list[Unit]:
    """Return the units a unit is listed with today, itself among them, in official order.

    A government or town: those of its kind under the same superior; any other body: those of its branch in its place.
    """
    if unit.kind in rules.GOVERNMENTS:
        return store.read_units(store.standing().filter(parent=unit.parent, kind=unit.kind))
    bodies = store.standing().filter(jurisdiction=unit.jurisdiction, branch=unit.branch)
    return store.read_units(bodies.exclude(kind__in=rules.GOVERNMENTS))


def list_around(unit: int, *, on: date | None = None) -> list[Unit]:
    """Return the bodies of a place and the units directly below one, in one look, in official order."""
    near = Q(jurisdiction=unit) | Q(parent=unit)
    return store.read_units(store.standing().filter(near)) if on is None else store.dated(near, on)


def find_ancestors(unit: int, *, on: date | None = None) -> list[Unit]:
    """Return the superiors of a unit, the root first; the unit itself is not among them."""
    above = path_ids(find_unit(unit, on=on).path)[:-1]
    found = find_units(above, on=on)
    return [found[number] for number in above]


def find_guides(units: Sequence[int], *, on: date | None = None) -> list[Guidance]:
    """Return who guides these units, or is guided by them, today or on a day; oldest first."""
    when = OPEN if on is None else store.on_day(on)
    return store.guidance_rows(when & (Q(lower__in=units) | Q(upper__in=units)))


def search_units(text: str, *, under: int | None = None, limit: int = 20) -> list[Unit]:
    """Return units standing today whose name, short name or pinyin initials hold the text; the highest first."""
    sought = text.strip()
    if not sought:
        return []
    path = None if under is None else find_unit(under).path
    return store.matching(sought, sought.lower() if is_initials(sought) else "", path, limit)


def list_register(query: UnitQuery) -> Page[ListedUnit]:
    """Return one page of the units that stand today, each with the names of its place and superior."""
    plain = {name: value for name in ("branch", "kind", "level") if (value := getattr(query, name))}
    where = Q(**plain)
    if query.text:
        where &= store.named_like(query.text, query.text.lower() if is_initials(query.text) else "")
    if query.is_unsourced:
        where &= Q(source=TYPICAL)
    if query.under is not None:
        where &= store.below(find_unit(query.under).path) | Q(jurisdiction=query.under)
    rows, total = store.register(where, query.order, page=query.page, size=query.size)
    names = store.names_of(list({number for row in rows for number in (row.jurisdiction, row.parent) if number}))
    listed = [ListedUnit(row, names[row.jurisdiction], names.get(row.parent or 0, "")) for row in rows]
    return Page(listed, total, query.page, query.size)


def count_blocks(unit: int, *, segments: int = 1) -> dict[int, dict[str, int]]:
    """Return for each unit `segments` levels below: how many units of each kind stand at or below it today.

    Kinds: government, town, department, and `other` for those outside.
    """
    path = find_unit(unit).path
    found: dict[int, dict[str, int]] = {}
    for block, every, *counts in store.blocks(path, segments):
        if len(block) == len(path) + store.STEP * segments:
            kinds = dict(zip((kind.value for kind in store.COUNTED), counts, strict=True))
            kinds["other"] = every - sum(counts)
            found[path_ids(block)[-1]] = {kind: number for kind, number in kinds.items() if number}
    return found


def find_next_unit() -> int:
    """Return the number the next unit will get."""
    return store.next_id()


def unit_columns(on: date) -> pa.Table:
    """Return the units of one day as the measure reads them: id, parent, guided_by, kind, jurisdiction, name, reports.

    Ids are text. Towns count as governments and owe no reports; every other official body counts as a department.
    """
    units = store.dated(Q(), on)
    guides = rules.first_guides(store.guidance_rows(store.on_day(on)))
    columns = {
        "id": [str(unit.id) for unit in units],
        "parent": [_text(unit.parent) for unit in units],
        "guided_by": [_text(guides.get(unit.id)) for unit in units],
        "kind": [rules.measured_kind(unit.kind) for unit in units],
        "jurisdiction": [str(unit.jurisdiction) for unit in units],
        "name": [unit.name for unit in units],
        "reports": [rules.owes_reports(unit.kind) for unit in units],
    }
    return pa.table(columns, schema=pa.schema([(name, pa.string()) for name in columns]))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


# ---- changes


@act
def add_units(by: Acting, rows: Sequence[NewUnit], *, at: datetime, on: date | None = None) -> Receipt:
    """Add units, superiors before those below them, standing from `on` (default the day of the act)."""
    day = on or rules.day_of(at)
    own = {row.id for row in rows}
    _check_editor(by, [row.parent for row in rows if row.parent is not None and row.parent not in own], at)
    made, guidance = _build(rows, at=at, day=day)
    store.save_units(made)
    store.save_guidance(guidance)
    return record(by, [_added(unit) for unit in made], at=at)


def _build(rows: Sequence[NewUnit], *, at: datetime, day: date) -> tuple[list[store.OrgUnit], list[store.OrgGuidance]]:
    known = store.by_ids(list({row.parent for row in rows if row.parent is not None}))
    _check_new(rows, known, day=day, today=rules.day_of(at))
    made = []
    for row, place in zip(rows, rules.place_new(rows, known, first=store.next_id()), strict=True):
        made.append(_row(row, place, day=day, stream=uuid7(at)))
    guidance = [
        _guidance(upper, unit.id, kind, day)
        for row, unit in zip(rows, made, strict=True)
        for upper, kind in row.guided_by
    ]
    return made, guidance


def _check_new(rows: Sequence[NewUnit], known: Sequence[Unit], *, day: date, today: date) -> None:
    above = list({number for unit in known for number in path_ids(unit.path)})
    rules.check_new_day(rows, day, today=today, last_changes=store.last_placements("", above))


def _row(row: NewUnit, place: rules.NewPlace, *, day: date, stream: UUID) -> store.OrgUnit:
    return store.OrgUnit(
        id=place.id, stream=stream, parent_id=row.parent, path=place.path, jurisdiction_id=place.jurisdiction,
        kind=row.kind, branch=row.branch, level=row.level, official_order=row.official_order, name=row.name,
        short_name=row.short_name, pinyin=_pinyin(row.name, row.short_name), code=row.code, division=row.division,
        uscc=row.uscc, source=row.source, from_on=day,
    )  # fmt: skip


def _pinyin(name: str, short: str) -> str:
    return f"{initials(short)} {initials(name)}"[:200]


def _guidance(upper: int, lower: int, kind: GuidanceKind, day: date) -> store.OrgGuidance:
    return store.OrgGuidance(upper_id=upper, lower_id=lower, kind=kind, from_on=day)


def _check_editor(by: Acting, units: Sequence[int], at: datetime) -> None:
    if not units:
        verify_editor(by, at=at)
    for place in find_units({unit.jurisdiction for unit in find_units(units).values()}).values():
        verify_editor(by, path=place.path, at=at)


def _added(unit: store.OrgUnit) -> Draft:
    facts: dict[str, type_json] = {
        "unit": unit.id, "parent": unit.parent_id, "jurisdiction": unit.jurisdiction_id, "kind": unit.kind,
        "branch": unit.branch, "level": unit.level, "code": unit.code, "division": unit.division,
        "from_on": unit.from_on.isoformat(),
    }  # fmt: skip
    subject = Subject(unit.stream, "org", unit.name)
    return Draft(unit.stream, "unit_added", facts, {"name": unit.name}, subject=subject)


def _note(unit: Unit, verb: str, facts: Mapping[str, type_json], **texts: str) -> Draft:
    assert unit.stream is not None  # noqa: S101 - every stored unit has one
    return Draft(unit.stream, verb, {"unit": unit.id, **facts}, texts)


@act
def move_unit(by: Acting, unit: int, to_parent: int | None, *, at: datetime, on: date | None = None) -> Receipt:
    """Put a unit with everything below it under another superior from a day on; past days stay as they were."""
    _check_editor(by, [unit] if to_parent is None else [unit, to_parent], at)
    moved, parent = find_unit(unit), None if to_parent is None else find_unit(to_parent)
    before = None if moved.parent is None else find_unit(moved.parent)
    day = on or rules.day_of(at)
    rules.check_move(moved, parent, deepest=store.depth_below(moved.path))
    touched = store.last_placements(moved.path, [*path_ids(parent.path)] if parent else [])
    rules.check_day(moved, day, today=rules.day_of(at), last_changes=touched)
    path = rules.path_below(parent.path if parent else "", unit)
    place = rules.jurisdiction_after_move(moved, before, parent)
    store.move(moved, to_parent, path=path, jurisdiction=place, on=day)
    facts: dict[str, type_json] = {"from": moved.parent, "to": to_parent, "jurisdiction": place, "on": day.isoformat()}
    return record(by, [_note(moved, "unit_moved", facts)], at=at)


@act
def rename_unit(
    by: Acting, unit: int, name: str, *, at: datetime, short_name: str = "", division: str = "", on: date | None = None
) -> Receipt:
    """Give a unit another name, or its place another division code, from a day on."""
    _check_editor(by, [unit], at)
    before, day = find_unit(unit), on or rules.day_of(at)
    rules.check_day(before, day, today=rules.day_of(at), last_changes=store.last_namings(unit))
    after = replace(before, name=name, short_name=short_name or name, division=division or before.division)
    store.rename(after, _pinyin(after.name, after.short_name), on=day)
    facts: dict[str, type_json] = {"division": after.division, "on": day.isoformat()}
    return record(by, [_note(after, "unit_renamed", facts, name=after.name)], at=at)


@act
def reorder_unit(by: Acting, unit: int, after: int | None, *, at: datetime) -> Receipt:
    """Put a unit behind another of its list (None: to the front), from now on. Raises BadTree."""
    _check_editor(by, [unit], at)
    moved, day = find_unit(unit), rules.day_of(at)
    rules.check_day(moved, day, today=day, last_changes=())
    orders = rules.orders_after(list_beside(moved), unit, after)
    store.reorder(orders)
    facts: dict[str, type_json] = {"after": after, "orders": [[number, order] for number, order in orders.items()]}
    return record(by, [_note(moved, "unit_reordered", facts)], at=at)


@act
def retire_unit(by: Acting, unit: int, *, at: datetime, on: date | None = None) -> Receipt:
    """Let a unit stand no longer from a day on; nothing may still stand below it, and its guidance ends that day."""
    _check_editor(by, [unit], at)
    before, day = find_unit(unit), on or rules.day_of(at)
    rules.check_retire(before, len(list_children(unit)))
    touched = [*store.last_placements(before.path, []), *store.last_namings(unit)]
    rules.check_day(before, day, today=rules.day_of(at), last_changes=touched)
    store.retire(unit, on=day)
    return record(by, [_note(before, "unit_retired", {"on": day.isoformat()})], at=at)


@act
def add_guidance(
    by: Acting, upper: int, lower: int, kind: GuidanceKind, *, at: datetime, on: date | None = None
) -> Receipt:
    """Let one body guide another from a day on; entered on the stream of the guided one."""
    _check_editor(by, [lower], at)
    units, day = find_units([upper, lower]), on or rules.day_of(at)
    rules.check_guidance(units[upper], units[lower])
    rules.check_day(units[lower], day, today=rules.day_of(at), last_changes=())
    store.save_guidance([_guidance(upper, lower, kind, day)])
    facts: dict[str, type_json] = {"upper": upper, "guidance": kind.value, "on": day.isoformat()}
    return record(by, [_note(units[lower], "guidance_added", facts)], at=at)


@act
def end_guidance(by: Acting, upper: int, lower: int, *, at: datetime, on: date | None = None) -> Receipt:
    """Let a body guide another no longer from a day on. Raises UnknownUnit where it does not guide it."""
    _check_editor(by, [lower], at)
    guided, day = find_unit(lower), on or rules.day_of(at)
    rules.check_day(guided, day, today=rules.day_of(at), last_changes=())
    if not store.close_guidance(upper, lower, on=day):
        raise UnknownUnit(unit=upper)
    facts: dict[str, type_json] = {"upper": upper, "on": day.isoformat()}
    return record(by, [_note(guided, "guidance_ended", facts)], at=at)
