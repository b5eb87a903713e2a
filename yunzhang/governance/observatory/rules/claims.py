"""What ought to happen: the need table 应协同事项 and the due table 应办应报 of the window, read and checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.moments import trimmed
from yunzhang.governance.observatory.rules.tree import Tree, check_columns
from yunzhang.governance.observatory.terms import PARTS, BadTable

NEED, DUE = "应协同事项表", "应办应报表"
NEED_COLUMNS = ("a", "b", "matters")
DUE_COLUMNS = ("creditor", "debtor", "kind", "count")


@dataclass(frozen=True, slots=True)
class Need:
    """`b` is a node, or -1 where the row names a whole class, whose number in PARTS `part` then holds."""

    a: np.ndarray
    b: np.ndarray
    part: np.ndarray
    matters: np.ndarray


@dataclass(frozen=True, slots=True)
class Due:
    """How many threads of a kind a debtor owed a creditor in the window."""

    creditor: np.ndarray
    debtor: np.ndarray
    kinds: list[str]
    kind: np.ndarray
    count: np.ndarray


def read_need(table: pa.Table, tree: Tree) -> Need:
    """Return the need table; raises BadTable for an unknown unit, a unit with itself, two outsiders, a bad number."""
    check_columns(table, NEED_COLUMNS, NEED)
    a, b = trimmed(table["a"]), trimmed(table["b"])
    whole = np.asarray(pc.index_in(b, value_set=pa.array(PARTS[2:], b.type)).fill_null(-1), np.int64)
    left, right = tree.look_up(a), tree.look_up(b)
    right = np.where(whole >= 0, -1, right)
    _refuse(NEED, left < 0, a, "没有单位“%s”")
    _refuse(NEED, (right < 0) & (whole < 0), b, "没有单位“%s”")
    _refuse(NEED, left == right, a, "单位“%s”不能与自身协同")
    _refuse(NEED, (left >= tree.count) & ((right >= tree.count) | (whole >= 0)), a, "双方均在体制外：“%s”")
    return Need(a=left, b=right, part=np.where(whole >= 0, whole + 2, -1), matters=_numbers(table, "matters", NEED))


def read_due(table: pa.Table, tree: Tree) -> Due:
    """Return the due table; raises BadTable as `read_need` does."""
    check_columns(table, DUE_COLUMNS, DUE)
    creditor, debtor = trimmed(table["creditor"]), trimmed(table["debtor"])
    kind = pc.dictionary_encode(trimmed(table["kind"]))
    upper, lower = tree.look_up(creditor), tree.look_up(debtor)
    _refuse(DUE, upper < 0, creditor, "没有单位“%s”")
    _refuse(DUE, lower < 0, debtor, "没有单位“%s”")
    _refuse(DUE, upper == lower, creditor, "单位“%s”不能对自身负有事项")
    _refuse(DUE, (upper >= tree.count) & (lower >= tree.count), creditor, "双方均在体制外：“%s”")
    codes = np.asarray(kind.indices, np.int64)
    return Due(upper, lower, kind.dictionary.to_pylist(), codes, _numbers(table, "count", DUE))


def _numbers(table: pa.Table, name: str, title: str) -> np.ndarray:
    text = trimmed(table[name])
    try:
        numbers = np.asarray(pc.cast(text, pa.float64()), np.float64)
    except pa.ArrowInvalid:
        _refuse(title, np.array([not _is_number(cell) for cell in text.to_pylist()]), text, f"{name} “%s”不是数")
        raise
    _refuse(title, ~(np.isfinite(numbers) & (numbers >= 0)), text, f"{name} “%s”不是非负数")
    return numbers


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _refuse(title: str, bad: np.ndarray, text: pa.Array, problem: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        row = int(rows[0])
        raise BadTable(table=title, problem=f"第 {row + 1} 行:{problem % text[row].as_py()}")
