"""Pure decisions about the tree of units: paths, who may stand under whom, on which day a change may fall.

Time is an argument; nothing here reads or writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from yunzhang.base.errors import zh
from yunzhang.base.ids import segment
from yunzhang.ground.org.terms import BadTree, GuidanceKind, Level, UnitKind, UnknownUnit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from yunzhang.ground.org.terms import Guidance, NewUnit, Unit

__all__ = [
    "GOVERNMENTS",
    "NewPlace",
    "check_day",
    "check_guidance",
    "check_move",
    "check_new_day",
    "check_retire",
    "day_of",
    "first_guides",
    "is_at_or_below",
    "jurisdiction_after_move",
    "last_order",
    "level_below",
    "measured_kind",
    "moved_path",
    "orders_after",
    "owes_reports",
    "path_below",
    "place_new",
]  # fmt: skip

PLACE = ZoneInfo("Asia/Shanghai")
DEEPEST = 16
GOVERNMENTS = (UnitKind.GOVERNMENT, UnitKind.TOWN)


def day_of(at: datetime) -> date:
    """Return the place's day of a moment (Asia/Shanghai)."""
    return at.astimezone(PLACE).date()


def path_below(parent_path: str, number: int) -> str:
    """Return the path of the unit `number` under a parent ('' for a root).

    >>> path_below("000001.", 10)
    '000001.00000a.'
    """
    return f"{parent_path}{segment(number)}."


def moved_path(path: str, old: str, new: str) -> str:
    """Return the path of a unit at or below `old` after `old` has become `new`.

    >>> moved_path("000001.00000a.00000b.", "000001.00000a.", "000002.00000a.")
    '000002.00000a.00000b.'
    """
    return new + path[len(old) :]


def is_at_or_below(path: str, top: str) -> bool:
    """Return True where the unit at `path` is `top` or stands below it."""
    return path.startswith(top)


def check_move(unit: Unit, parent: Unit | None, *, deepest: int) -> None:
    """Refuse a move under oneself, under a retired unit, or deeper than paths may go.

    Raises BadTree. `deepest` is the number of levels in the moved sub-tree, itself included.
    """
    if parent is None:
        return
    if is_at_or_below(parent.path, unit.path):
        raise BadTree(unit=unit.name, problem=zh("新的上级是它自己或它的下级"))
    if parent.to_on is not None:
        raise BadTree(unit=unit.name, problem=zh("新的上级已经撤销"))
    if parent.path.count(".") + deepest > DEEPEST:
        raise BadTree(unit=unit.name, problem=zh("层级超过十六级"))


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where a unit about to be added will stand."""

    id: int
    path: str
    jurisdiction: int


def place_new(rows: Sequence[NewUnit], known: Iterable[Unit], *, first: int) -> list[NewPlace]:
    """Return where the rows of a batch will stand, each after its superior. Raises UnknownUnit, BadTree.

    `known` are the superiors that stand already; rows without a number get one from `first` on.
    """
    places = {unit.id: NewPlace(unit.id, unit.path, unit.jurisdiction) for unit in known if unit.to_on is None}
    made = []
    for turn, row in enumerate(rows):
        number = first + turn if row.id is None else row.id
        if row.parent is not None and row.parent not in places:
            raise UnknownUnit(unit=row.parent)
        above = NewPlace(0, "", number) if row.parent is None else places[row.parent]
        own = number if row.kind in GOVERNMENTS else row.jurisdiction or above.jurisdiction
        if above.path.count(".") >= DEEPEST:
            raise BadTree(unit=row.name, problem=zh("层级超过十六级"))
        places[number] = NewPlace(number, path_below(above.path, number), own)
        made.append(places[number])
    return made


def check_new_day(rows: Sequence[NewUnit], on: date, *, today: date, last_changes: Iterable[date]) -> None:
    """Refuse a first day to come, or one before the superiors came to stand where they are. Raises BadTree."""
    if rows and on > today:
        raise BadTree(unit=rows[0].name, problem=zh("生效日期晚于今天"))
    if rows and any(on < day for day in last_changes):
        raise BadTree(unit=rows[0].name, problem=zh("该日期之后上级已有变动，只能按时间先后调整"))


def check_retire(unit: Unit, below: int) -> None:
    """Refuse to retire a unit while others stand below it. Raises BadTree."""
    if below:
        raise BadTree(unit=unit.name, problem=zh("其下仍有单位，请先调整或撤销下级"))


def check_guidance(upper: Unit, lower: Unit) -> None:
    """Refuse a body guiding itself, or a retired body. Raises BadTree."""
    if upper.id == lower.id:
        raise BadTree(unit=lower.name, problem=zh("单位不能指导自己"))
    if upper.to_on is not None:
        raise BadTree(unit=lower.name, problem=zh("指导单位已经撤销"))


def check_day(unit: Unit, on: date, *, today: date, last_changes: Iterable[date]) -> None:
    """Refuse a change on a day to come, or before the last change of anything it touches. Raises BadTree."""
    if unit.to_on is not None:
        raise BadTree(unit=unit.name, problem=zh("该单位已经撤销"))
    if on > today:
        raise BadTree(unit=unit.name, problem=zh("生效日期晚于今天"))
    if any(on < day for day in last_changes):
        raise BadTree(unit=unit.name, problem=zh("该日期之后已有变动，只能按时间先后调整"))


def jurisdiction_after_move(unit: Unit, old_parent: Unit | None, new_parent: Unit | None) -> int:
    """Return the place a unit belongs to after a move.

    A government stays its own place. A body that belonged to its parent's place follows to the new parent's;
    a body of another place's line (垂管, another branch) stays in its own place.
    """
    if unit.kind in GOVERNMENTS or new_parent is None:
        return unit.jurisdiction
    followed = old_parent is None or old_parent.jurisdiction == unit.jurisdiction
    return new_parent.jurisdiction if followed else unit.jurisdiction


def level_below(kind: UnitKind, above: Level) -> Level:
    """Return the level of a new unit below one of the level `above`: a government's is the next lower.

    >>> level_below(UnitKind.DEPARTMENT, Level.CITY).value, level_below(UnitKind.GOVERNMENT, Level.CITY).value
    ('city', 'county')
    """
    levels = list(Level)
    if kind is UnitKind.TOWN:
        return Level.TOWN
    step = 1 if kind is UnitKind.GOVERNMENT else 0
    return levels[min(levels.index(above) + step, len(levels) - 1)]


def last_order(siblings: Iterable[Unit]) -> int:
    """Return the official order that puts a new unit behind its siblings."""
    return max((each.official_order for each in siblings), default=0) + 1


def orders_after(listed: Sequence[Unit], unit: int, after: int | None) -> dict[int, int]:
    """Return the official orders that change when a unit is put behind another of its list (None: to the front).

    `listed` stand in official order, the unit among them. As few others as can be get another number, and only a
    higher one.

    Raises BadTree where the other is not of the list, or the unit stands there already.
    """
    moved = next(each for each in listed if each.id == unit)
    rest = [each for each in listed if each.id != unit]
    places = {each.id: place for place, each in enumerate(rest, start=1)}
    if after is not None and after not in places:
        raise BadTree(unit=moved.name, problem=zh("只能在同一列单位之间调整排序"))
    place = 0 if after is None else places[after]
    if listed[place].id == unit:
        raise BadTree(unit=moved.name, problem=zh("已经排在这里"))
    before, behind = rest[:place], rest[place:]
    first = before[-1].official_order + 1 if before else behind[0].official_order if behind else moved.official_order
    changed = {} if first == moved.official_order else {unit: first}
    last = first
    for each in behind:
        if each.official_order > last:
            break
        last += 1
        changed[each.id] = last
    return changed


STRENGTH = {GuidanceKind.VERTICAL: 0, GuidanceKind.DUAL: 1, GuidanceKind.GUIDANCE: 2}


def first_guides(relations: Iterable[Guidance]) -> dict[int, int]:
    """Return for each guided unit the one that counts: vertical before dual before guidance, then the oldest.

    Relations come oldest first.
    """
    ranked = sorted(relations, key=lambda each: (STRENGTH[each.kind], each.from_on), reverse=True)
    return {each.lower: each.upper for each in ranked}


def measured_kind(kind: UnitKind) -> str:
    """Return the kind as the measure reads it: towns are governments.

    >>> measured_kind(UnitKind.TOWN)
    'government'
    """
    return UnitKind.GOVERNMENT.value if kind is UnitKind.TOWN else kind.value


def owes_reports(kind: UnitKind) -> str:
    """Return "no" for towns, which sign and read but owe no reports, else "yes"."""
    return "no" if kind is UnitKind.TOWN else "yes"
