"""What ought to happen: the need table 应协同事项 and the due table 应办应报 of the window, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.errors import zh
from yunzhang.governance.observatory.rules.moments import trimmed
from yunzhang.governance.observatory.rules.refusals import check_columns, refuse_rows, row_number
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import PARTS

NEED, DUE = zh("应协同事项表"), zh("应办应报表")
NO_UNIT = zh("没有单位“%(value)s”")
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
    _refuse(table, NEED, left < 0, a, NO_UNIT)
    _refuse(table, NEED, (right < 0) & (whole < 0), b, NO_UNIT)
    _refuse(table, NEED, left == right, a, zh("单位“%(value)s”不能与自身协同"))
    _refuse(
        table, NEED, (left >= tree.count) & ((right >= tree.count) | (whole >= 0)), a, zh("双方均在体制外：“%(value)s”")
    )
    return Need(a=left, b=right, part=np.where(whole >= 0, whole + 2, -1), matters=_numbers(table, "matters", NEED))


def read_due(table: pa.Table, tree: Tree) -> Due:
    """Return the due table; raises BadTable as `read_need` does."""
    check_columns(table, DUE_COLUMNS, DUE)
    creditor, debtor = trimmed(table["creditor"]), trimmed(table["debtor"])
    kind = pc.dictionary_encode(trimmed(table["kind"]))
    upper, lower = tree.look_up(creditor), tree.look_up(debtor)
    _refuse(table, DUE, upper < 0, creditor, NO_UNIT)
    _refuse(table, DUE, lower < 0, debtor, NO_UNIT)
    _refuse(table, DUE, upper == lower, creditor, zh("单位“%(value)s”不能对自身负有事项"))
    _refuse(table, DUE, (upper >= tree.count) & (lower >= tree.count), creditor, zh("双方均在体制外：“%(value)s”"))
    codes = np.asarray(kind.indices, np.int64)
    return Due(upper, lower, kind.dictionary.to_pylist(), codes, _numbers(table, "count", DUE))


def _numbers(table: pa.Table, name: str, title: str) -> np.ndarray:
    text = trimmed(table[name])
    try:
        numbers = np.asarray(pc.cast(text, pa.float64()), np.float64)
    except pa.ArrowInvalid:
        numbers = np.array([_number(cell) for cell in text.to_pylist()])
    good = np.isfinite(numbers) & (numbers >= 0)
    _refuse(table, title, ~good, text, zh("数量“%(value)s”不是非负数"))
    return numbers


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _refuse(table: pa.Table, title: str, bad: np.ndarray, text: pa.Array, problem: str) -> None:
    refuse_rows(bad, title, partial(row_number, table), problem, text)
