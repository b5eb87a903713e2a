"""Pure changes of division codes: what forbids one, what it makes of the dated rows, which rows of a file are new.

Changes of one day are made in one order: what is added from the top down, then the rest from the bottom up, so that
places move before what stood above them ends. Time is an argument; nothing here reads or writes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yunzhang.base.errors import Sentence, zh
from yunzhang.base.identifiers import division_code
from yunzhang.ground.org.rules.cells import Bad, checked, choice, needed_day, plain, row_error
from yunzhang.ground.org.rules.divisions import NATION, is_pseudo, place_code
from yunzhang.ground.org.terms import ChangeKind, Division, DivisionChange, ImportKind, ImportPlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from yunzhang.ground.org.terms import FileRow, RowError

    _Read = tuple[FileRow, DivisionChange]

__all__ = [
    "DivisionRegister", "catch_up", "change_problem", "coming_codes", "in_order", "make_change", "plan_divisions",
]  # fmt: skip

KINDS = {
    "新设": ChangeKind.ADDED, "更名": ChangeKind.RENAMED, "变更代码": ChangeKind.RECODED,
    "调整隶属": ChangeKind.MOVED, "合并": ChangeKind.MERGED, "并入": ChangeKind.MERGED, "撤销": ChangeKind.RETIRED,
}  # fmt: skip
INTO = (ChangeKind.RECODED, ChangeKind.MERGED)
TAKING = (ChangeKind.ADDED, ChangeKind.RECODED)  # kinds that need a code nobody holds


class DivisionRegister:
    """The dated rows of codes, as read and as changed so far; one open row a code at most."""

    def __init__(self, rows: Iterable[Division]) -> None:
        self._rows: dict[str, dict[date, Division]] = {}
        self._below: dict[str, set[str]] = {}
        self._changed: dict[tuple[str, date], Division] = {}
        for row in rows:
            self.put(row)
        self._changed.clear()

    def put(self, row: Division) -> None:
        """Lay a row in; one of the same code and first day is replaced."""
        self._rows.setdefault(row.code, {})[row.from_on] = row
        self._below.setdefault(row.parent, set()).add(row.code)
        self._changed[row.code, row.from_on] = row

    def rows(self, code: str) -> list[Division]:
        """Return every row of a code, the oldest first."""
        return [row for _, row in sorted(self._rows.get(code, {}).items())]

    def standing(self, code: str) -> Division | None:
        """Return the open row of a code."""
        rows = self.rows(code)
        return rows[-1] if rows and rows[-1].to_on is None else None

    def below(self, code: str) -> list[Division]:
        """Return the open rows directly under a code."""
        found = (self.standing(each) for each in sorted(self._below.get(code, ())))
        return [row for row in found if row and row.parent == code]

    def changed(self) -> list[Division]:
        """Return the rows that are new or not as they were read."""
        return list(self._changed.values())


def in_order(changes: Iterable[DivisionChange]) -> list[DivisionChange]:
    """Return changes by day; of one day the added from the top down, then the others from the bottom up."""
    return sorted(changes, key=_turn)


def _turn(change: DivisionChange) -> tuple[date, bool, int]:
    is_added = change.kind is ChangeKind.ADDED
    return change.on, not is_added, len(change.code) * (1 if is_added else -1)


def coming_codes(changes: Iterable[DivisionChange]) -> frozenset[tuple[date, str]]:
    """Return the codes that changes bring, each with its day."""
    return frozenset((each.on, each.into or each.code) for each in changes if each.kind in TAKING)


def change_problem(
    register: DivisionRegister,
    change: DivisionChange,
    *,
    today: date,
    coming: frozenset[tuple[date, str]] = frozenset(),
) -> tuple[str, Sentence] | None:
    """Return the column and the reason for which a change cannot be made; None for one that can.

    `coming` holds the codes that other changes of the same day bring.
    """
    if change.on > today:
        return "on", Sentence(zh("变更日期晚于今天"))
    return (
        _lack(change)
        or _code_problem(register, change)
        or _other_problem(register, change, coming)
        or _below_problem(register, change)
    )


def _lack(change: DivisionChange) -> tuple[str, Sentence] | None:
    kind = change.kind
    if kind in (ChangeKind.ADDED, ChangeKind.RENAMED) and not change.name:
        return "name", Sentence(zh("新设、更名须写明名称"))
    if kind is ChangeKind.MOVED and not change.parent:
        return "parent", Sentence(zh("调整隶属须写明上级代码"))
    if kind in INTO and change.into in ("", change.code):
        return "into", Sentence(zh("须写明变更后的代码"))
    if kind not in INTO and change.into:
        return "into", Sentence(zh("只有变更代码、合并才填写变更后的代码"))
    return None


def _code_problem(register: DivisionRegister, change: DivisionChange) -> tuple[str, Sentence] | None:
    known = register.standing(change.code)
    if change.kind is not ChangeKind.ADDED:
        if known is None:
            return "code", Sentence(zh("该代码当前并不存在"))
        if change.on <= known.from_on:
            return "on", Sentence(zh("变更日期不晚于该代码的起始日或上一次变更"))
    if change.kind in TAKING:
        column, taken = ("code", change.code) if change.kind is ChangeKind.ADDED else ("into", change.into)
        rows = register.rows(taken)
        if rows and (rows[-1].to_on is None or rows[-1].to_on > change.on):
            return column, Sentence(zh("该代码已在使用"))
    return None


def _other_problem(
    register: DivisionRegister, change: DivisionChange, coming: frozenset[tuple[date, str]]
) -> tuple[str, Sentence] | None:
    def stands(code: str) -> bool:
        known = register.standing(code)
        return (known is not None and known.from_on <= change.on) or (change.on, code) in coming

    if change.kind is ChangeKind.MERGED and not stands(change.into):
        return "into", Sentence(zh("并入的代码当日并不存在"))
    own = change.into if change.kind is ChangeKind.RECODED else change.code
    if change.parent and change.parent != NATION and (len(change.parent) >= len(own) or not stands(change.parent)):
        return "parent", Sentence(zh("上级代码当日并不存在，或不是更高一级"))
    if change.kind is ChangeKind.ADDED and not change.parent:
        return "parent", Sentence(zh("新设须写明上级代码"))
    return None


def _below_problem(register: DivisionRegister, change: DivisionChange) -> tuple[str, Sentence] | None:
    if change.kind not in (*INTO, ChangeKind.RETIRED):
        return None
    below = register.below(change.code)
    left = [row for row in below if not row.is_pseudo]
    if change.kind is ChangeKind.RETIRED and left:
        return "code", Sentence(zh("其下仍有 %(code)s，请在同一文件中写明其去向"), {"code": left[0].code})
    later = next((row for row in below if row.from_on > change.on), None)
    return None if later is None else ("on", Sentence(zh("其下的 %(code)s 在该日期之后已有变更"), {"code": later.code}))


def make_change(register: DivisionRegister, change: DivisionChange) -> None:
    """Close the open row of the code and open what follows it; what stood under a code that ends goes along."""
    if change.kind is ChangeKind.ADDED:
        pseudo = is_pseudo(change.code, change.name)
        register.put(
            Division(change.code, change.name, change.parent, change.on, is_pseudo=pseudo, source=change.source)
        )
        return
    before = register.standing(change.code)
    assert before is not None  # noqa: S101 - change_problem has seen it
    register.put(replace(before, to_on=change.on, into=change.into))
    if change.kind in (ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.RECODED):
        code, name, parent = change.into or before.code, change.name or before.name, change.parent or before.parent
        source = change.source or before.source
        register.put(Division(code, name, parent, change.on, is_pseudo=before.is_pseudo, source=source))
    if change.into:
        for row in register.below(change.code):
            _lift(register, row, change.into, change.on)


def _lift(register: DivisionRegister, row: Division, into: str, on: date) -> None:
    if row.from_on < on:
        register.put(replace(row, to_on=on))
    register.put(replace(row, parent=into, from_on=max(row.from_on, on)))


def is_made(register: DivisionRegister, change: DivisionChange) -> bool:
    """Return whether the dated rows say already what a change says."""
    rows = register.rows(change.code)
    begun = next((row for row in rows if row.from_on == change.on), None)
    ended = next((row for row in rows if row.to_on == change.on), None)
    if change.kind is ChangeKind.ADDED:
        return begun is not None and begun.name == change.name
    if change.kind is ChangeKind.RETIRED:
        return ended is not None and begun is None and not ended.into
    if change.kind in INTO:
        return ended is not None and ended.into == change.into
    is_same = begun is not None and (not change.name or begun.name == change.name)
    return is_same and begun is not None and (not change.parent or begun.parent == change.parent)


# ---- files


def read_change(cells: Mapping[str, str]) -> DivisionChange:
    """Return the change a row speaks of; codes in their shortest form. Raises Bad."""
    code, kind = _code(cells, "code"), choice(cells, "kind", KINDS)
    if not code:
        raise Bad("code", zh("不能为空"))
    parent = NATION if cells.get("parent", "").strip() in (NATION, "000000") else _code(cells, "parent")
    name, source = plain(cells, "name", 60), plain(cells, "source", 200)
    return DivisionChange(needed_day(cells, "on"), kind, code, name, _code(cells, "into"), parent, source)


def _code(cells: Mapping[str, str], name: str) -> str:
    code = checked(cells, name, division_code)
    return place_code(code) if code else ""


def plan_divisions(rows: Sequence[FileRow], held: Iterable[Division], *, today: date) -> ImportPlan:
    """Return what the rows would change, in the order it is made; a change that the dated rows say already is counted.

    `held` are the dated rows of every code the file names and of what stands under them.
    """
    errors: list[RowError] = []
    read: list[_Read] = []
    for row in rows:
        try:
            read.append((row, read_change(row.cells)))
        except Bad as bad:
            errors.append(row_error(ImportKind.DIVISIONS, row, bad))
    made, refused = _attempt(read, list(held), today)
    errors += [row_error(ImportKind.DIVISIONS, row, bad) for row, _, bad in refused]
    unchanged = len(read) - len(made) - len(refused)
    return ImportPlan(ImportKind.DIVISIONS, tuple(made), unchanged, tuple(sorted(errors, key=lambda each: each.row)))


def _attempt(
    read: Sequence[_Read], held: Sequence[Division], today: date
) -> tuple[list[DivisionChange], list[tuple[FileRow, DivisionChange, Bad]]]:
    """Make the changes in order; a row that counted on a code brought by a refused row is refused as well."""
    coming = coming_codes(change for _, change in read)
    while True:
        register, made, refused = DivisionRegister(held), [], []
        for row, change in sorted(read, key=lambda each: _turn(each[1])):
            if is_made(register, change):
                continue
            problem = change_problem(register, change, today=today, coming=coming)
            if problem:
                refused.append((row, change, Bad(*problem)))
            else:
                make_change(register, change)
                made.append(change)
        lost = coming & coming_codes(change for _, change, _ in refused)
        if not lost:
            return made, refused
        coming -= lost


def catch_up(new: Iterable[Division], register: DivisionRegister) -> list[Division]:
    """Return rows about to be loaded as of an earlier day, each led through what has since become of its superior.

    Where the superior has got another code or was merged, the row ends that day and goes on under the other one.
    """
    return [part for row in new for part in _parts(row, register)]


def _parts(row: Division, register: DivisionRegister) -> list[Division]:
    ends = (above for above in register.rows(row.parent) if above.to_on and above.to_on > row.from_on)
    ended = next((above for above in ends if not _goes_on(above, register)), None)
    if ended is None or ended.to_on is None:
        return [row]
    first = replace(row, to_on=ended.to_on)
    if not ended.into:
        return [first]
    return [first, *_parts(replace(row, parent=ended.into, from_on=ended.to_on), register)]


def _goes_on(row: Division, register: DivisionRegister) -> bool:
    return not row.into and any(each.from_on == row.to_on for each in register.rows(row.code))
