"""A whole foreign log read by its mapping: units, loops, need and due tables, and what was read, said openly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Cells
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.rules.logs import sides
from yunzhang.governance.observatory.rules.logs.desk import Desk
from yunzhang.governance.observatory.rules.logs.documents import read_documents
from yunzhang.governance.observatory.rules.logs.events import read_events
from yunzhang.governance.observatory.rules.logs.matters import read_matters
from yunzhang.governance.observatory.rules.logs.messages import read_messages
from yunzhang.governance.observatory.rules.logs.spec import ROLES, DocumentRules, EventRules, Mapping
from yunzhang.governance.observatory.rules.logs.tally import LoopRows, Reject, Tally
from yunzhang.governance.observatory.rules.logs.units import COLUMNS, Directory
from yunzhang.governance.observatory.terms import BadMapping

READERS = {"matters": read_matters, "events": read_events, "messages": read_messages, "documents": read_documents}
PERSON = ("person", "unit")
type_rows = Iterable[tuple[int, Cells[str, str]]]


@dataclass(frozen=True, slots=True)
class Source:
    """One file opened for reading: the headings it has, and its rows with their numbers."""

    headings: tuple[str, ...]
    rows: type_rows
    is_complete: bool = True  # False where later rows may bring other headings


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a log gave: the tables of the measure, what became of its rows, and those that were set aside."""

    units: pa.Table
    loops: pa.Table
    need: pa.Table | None
    due: pa.Table | None
    coverage: dict[str, Any]
    rejects: list[Reject]


def load_log(mapping: Mapping, log: Source, beside: Callable[[str], Source]) -> Loaded:
    """Return the tables of a log; `beside` opens a file the mapping names.

    Raises BadMapping where a column the mapping names is not in the file.
    """
    tally = Tally()
    desk = Desk(mapping, Directory(mapping.units, tally), LoopRows(), tally)
    _check_columns(mapping, log)
    _fill_units(mapping, desk, beside)
    READERS[mapping.log](log.rows, desk)
    pairs: Counter[tuple[str, str]] = Counter()
    overlap, due = _read_sides(mapping, desk, beside, pairs)
    coverage = _coverage(mapping, desk) | ({"overlap": overlap} if overlap else {})
    need = sides.need_table(pairs)
    return Loaded(desk.units.table(), desk.loops.table(), need, due, coverage, tally.rejects)


def _check_columns(mapping: Mapping, log: Source) -> None:
    must = ROLES[mapping.log][0]
    columns = {role: source.column for role, source in mapping.columns.items() if source.column}
    wanted = {f"columns.{role}": name for role, name in columns.items() if log.is_complete or role in must}
    wanted |= {f"only.{number}": column for number, (column, _) in enumerate(mapping.only, 1)}
    if mapping.units.parent is not None and mapping.units.parent.column and log.is_complete:
        wanted["units.parent"] = mapping.units.parent.column
    for where, column in wanted.items():
        _find_column(column, log, where)


def _find_column(column: str, source: Source, where: str) -> None:
    if column not in source.headings:
        known = ", ".join(source.headings[:30])
        raise BadMapping(at=where, problem=Sentence(NO_COLUMN, {"column": column, "known": known}))


NO_COLUMN = zh("文件中没有“%(column)s”列；有的列是 %(known)s")


def _open(name: str, columns: Iterable[str], where: str, beside: Callable[[str], Source]) -> type_rows:
    source = beside(name)
    for column in columns:
        _find_column(column, source, where)
    return source.rows


def _fill_units(mapping: Mapping, desk: Desk, beside: Callable[[str], Source]) -> None:
    rules = mapping.units
    if rules.table:
        for _, cells in _open(rules.table, ("id", "kind"), "units.table", beside):
            if cells.get("id", "").strip():
                desk.units.add(cells)
    for row in rules.more:
        desk.units.add(row)
    if rules.people:
        for _, cells in _open(rules.people, PERSON, "units.people", beside):
            person, unit = (cells.get(name, "").strip() for name in PERSON)
            if person and unit:
                desk.units.people[person] = desk.units.people[person.lower()] = unit


def _read_sides(
    mapping: Mapping, desk: Desk, beside: Callable[[str], Source], pairs: Counter[tuple[str, str]]
) -> tuple[dict[str, Any], pa.Table | None]:
    overlap, due = {}, None
    for name, side in mapping.sides.items():
        rows = _open(side.file, side.columns.values(), f"tables.{name}", beside)
        if name == "need":
            sides.read_needs(rows, side, desk, pairs)
        elif name == "groups":
            overlap = sides.read_groups(rows, side, desk, pairs)
        else:
            due = sides.read_due(rows, side, desk)
    return overlap, due


def _coverage(mapping: Mapping, desk: Desk) -> dict[str, Any]:
    tally, loops = desk.tally, desk.loops
    kinds = Counter(row["kind"] for row in desk.units.rows.values())
    derived = len(desk.units.rows) - len(desk.units.given)
    closed = sum(at is not None for at in loops.closed_at)
    return {
        "log": mapping.log,
        "rows": tally.read,
        "used": tally.used,
        "set_aside": _counts(tally.set_aside),
        "ambiguous": _counts(tally.ambiguous),
        "parts_set_aside": _counts(tally.parts),
        "loops": len(loops.loop),
        "closed": closed,
        "units": dict(sorted(kinds.items())),
        "units_derived": derived,
        "first_opened_at": min(loops.opened_at, default=None),
        "last_opened_at": max(loops.opened_at, default=None),
        "blind": list_blind_spots(mapping) + ["all_closed"] * (closed == len(loops.loop) > 0),
    }


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sorted(counter.items()) if count}


BLIND = {
    "only_answered": zh("只看得见已落实的文件：没有落实的不在数据中，纵向贯通度偏高"),
    "only_handed_over": zh("交接类日志看不见无人接办的事项，按期率偏高"),
    "no_time_limit": zh("没有时限：按默认期限计"),
    "reply_is_no_report": zh("答复邮件不等于办结报告；口头、电话往来不在其中"),
    "all_closed": zh("全部事项都已办结：日志可能只收录有结果的事项，数值偏高"),
    "units_derived": zh("机构由日志中的名称推出，层级关系不完整"),
}


def list_blind_spots(mapping: Mapping) -> list[str]:
    """Return what a log of this kind cannot show, as keys of BLIND.

    >>> sorted(BLIND)[0]
    'all_closed'
    """
    loops, found = mapping.loops, []
    if isinstance(loops, DocumentRules) and loops.cites is not None and loops.cites.silent == "none":
        found.append("only_answered")
    if isinstance(loops, EventRules) and loops.how == "handover":
        found.append("only_handed_over")
    limits = [mapping.within_days, getattr(loops, "within_days", None)]
    if mapping.log in ("matters", "events") and "due" not in mapping.columns and limits == [None, None]:
        found.append("no_time_limit")
    if mapping.log == "messages":
        found.append("reply_is_no_report")
    if not mapping.units.table:
        found.append("units_derived")
    return found


__all__ = ["BLIND", "COLUMNS", "Loaded", "Source", "list_blind_spots", "load_log"]
