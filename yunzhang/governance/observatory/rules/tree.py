"""The organisation as arrays: units in preorder, so that a sub-tree is one slice; outsiders stand behind them.

Node 0 is the root, or the virtual unit `*` over several roots. Sisters stand in the order of their ids, whatever the
order of the table. Reads the unit table; measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.compiled import compiled
from yunzhang.base.errors import zh
from yunzhang.governance.observatory.rules import forest
from yunzhang.governance.observatory.rules.moments import trimmed
from yunzhang.governance.observatory.rules.names import Names, make_names
from yunzhang.governance.observatory.rules.refusals import check_columns, refusal, refuse_rows, row_number, row_refusal
from yunzhang.governance.observatory.terms import OUTSIDE_KINDS, ROOTS, UNIT_KINDS

TABLE = zh("机构表")
COLUMNS = ("id", "parent", "guided_by", "kind", "jurisdiction", "name")
GOVERNMENT = UNIT_KINDS.index("government")
FIRST_OUTSIDE = len(UNIT_KINDS) - len(OUTSIDE_KINDS)
VIRTUAL = -1  # the kind of `*`
MAX_WORK = 200_000_000  # units summed over all sub-trees: a chain of 20,000 levels; a real place needs under ten a unit


@dataclass(frozen=True, slots=True)
class Tree:
    """Arrays by node in preorder. `kind` and `ids` go on past `count` with the outsiders."""

    count: int  # nodes of the tree, `*` included
    ids: list[str]
    names: list[str]
    kind: np.ndarray
    parent: np.ndarray  # -1 for the root
    above: np.ndarray  # upper end of the territorial edge: the parent, -1 for roots and `*`
    guide: np.ndarray  # upper end of the functional edge, -1 where there is none or it is void
    place: np.ndarray  # J(x), the government of the place
    reports: np.ndarray  # False where the unit owes no reports
    depth: np.ndarray
    end: np.ndarray  # sub(x) is the slice x..end[x]
    table: np.ndarray  # columns of `forest`, whole numbers of 32 bits: parent, depth, heavy path, extents, place
    finder: Names

    @property
    def inner(self) -> np.ndarray:
        """Nodes that have children, in preorder."""
        return np.flatnonzero(self.end - np.arange(self.count) > 1)

    def look_up(self, column: pa.Array) -> np.ndarray:
        """Return the node of each id, -1 for an unknown one."""
        return self.finder.find(column)

    def homes(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the lowest node whose sub-tree holds both units of each pair."""
        return forest.commons(self.table, one, other)


def read_tree(table: pa.Table) -> Tree:
    """Return the tree of a unit table (design §5); raises BadTable naming the first bad row."""
    check_columns(table, COLUMNS, TABLE)
    if not table.num_rows:
        raise refusal(TABLE, zh("没有任何单位"))
    table = table.combine_chunks()
    text = {name: trimmed(table[name]) for name in COLUMNS}
    ids, refuse = text["id"], partial(_refuse, table)
    kind = np.asarray(pc.index_in(text["kind"], value_set=pa.array(UNIT_KINDS, ids.type)).fill_null(-1), np.int64)
    refuse(
        kind < 0,
        text["kind"],
        zh("类别“%(value)s”不在 government、department、enterprise、organisation、citizen、external 之中"),
    )
    refuse(np.asarray(pc.equal(ids, ""), np.bool_), ids, zh("编号为空"))
    refuse(np.asarray(pc.equal(ids, ROOTS), np.bool_), ids, zh("编号“%(value)s”是保留编号，代表多个最高单位之上的总体"))
    first = np.asarray(pc.index_in(ids, value_set=ids), np.int64)
    refuse(first != np.arange(len(ids)), ids, zh("编号“%(value)s”重复"))
    parent, guide = (_upper(table, text, column, kind) for column in ("parent", "guided_by"))
    return _build(table, text, kind, parent, guide)


def _refuse(table: pa.Table, bad: np.ndarray, cell: pa.Array, problem: str) -> None:
    refuse_rows(bad, TABLE, partial(row_number, table), problem, cell)


def _upper(table: pa.Table, text: dict[str, pa.Array], column: str, kind: np.ndarray) -> np.ndarray:
    cell, ids = text[column], text["id"]
    given = np.asarray(pc.not_equal(cell, ""), np.bool_)
    row = np.asarray(pc.index_in(cell, value_set=ids).fill_null(-1), np.int64)
    outside = kind >= FIRST_OUTSIDE
    upper = zh("上级 parent") if column == "parent" else zh("业务指导 guided_by")
    for bad, problem in (
        (given & (row < 0), zh("%(column)s 指向不存在的单位“%(value)s”")),
        (given & (row == np.arange(len(ids))), zh("%(column)s 指向本单位“%(value)s”")),
        (given & outside, zh("体制外主体不应有 %(column)s“%(value)s”")),
        (given & outside[row], zh("%(column)s 指向体制外主体“%(value)s”")),
    ):
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            raise row_refusal(TABLE, row_number(table, at), problem, column=upper, value=str(cell[at].as_py()))
    return np.where(given, row, -1)


def _build(table: pa.Table, text: dict[str, pa.Array], kind: np.ndarray, parent: np.ndarray, guide: np.ndarray) -> Tree:
    turn = np.asarray(pc.sort_indices(text["id"]), np.int64)
    is_inside = kind < FIRST_OUTSIDE
    inside, outside = np.flatnonzero(is_inside), turn[~is_inside[turn]]
    if not len(inside):
        raise refusal(TABLE, zh("没有政府或部门"))
    order, end = forest.preorder(parent, is_inside, turn)
    if len(order) < len(inside):
        _refuse_circle(table, text, int(np.setdiff1d(inside, order)[0]), zh("上级关系成环“%(value)s”"))
    several = int((parent[inside] < 0).sum()) > 1
    shift = int(several)
    count = len(order) + shift
    node = np.full(len(kind) + 1, -1, np.int64)  # of a row; the last cell answers for row -1
    node[order] = np.arange(len(order)) + shift
    node[outside] = np.arange(len(outside)) + count
    above = _virtual(node[parent[order]], several, -1)
    up = np.where(above < 0, 0, above) if several else above.copy()
    up[0] = -1
    depth = forest.depths(up)
    _refuse_depth(depth)
    stop = _virtual(end + shift, several, count)
    void = _virtual(node[guide[order]], several, -1)
    guides = np.where(_related(void, np.arange(count), stop), -1, void)
    if (looped := forest.find_loop(guides)) >= 0:
        _refuse_circle(table, text, int(order[looped - shift]), zh("业务指导关系成环“%(value)s”"))
    rows = np.concatenate([order, outside])
    kinds = _virtual(kind[rows], several, VIRTUAL)
    cells = node[np.asarray(pc.index_in(text["jurisdiction"], value_set=text["id"]).fill_null(-1), np.int64)][order]
    ids = pa.concat_arrays([pa.nulls(shift, text["id"].type), text["id"].take(pa.array(rows))])
    place = _places(_virtual(cells, several, -1), kinds, above, count)
    columns = [up, depth, *forest.heavy_paths(up, stop), stop, *forest.intervals(guides), place]
    return Tree(
        count=count,
        ids=[ROOTS] * shift + ids.slice(shift).to_pylist(),
        names=[ROOTS] * shift + text["name"].take(pa.array(rows)).to_pylist(),
        kind=kinds,
        parent=up,
        above=above,
        guide=guides,
        place=place,
        reports=_virtual(_owes_reports(table)[order], several, 1),
        depth=depth,
        end=stop,
        table=np.stack(columns, axis=1).astype(np.int32),
        finder=make_names(ids),
    )


def _refuse_circle(table: pa.Table, text: dict[str, pa.Array], row: int, problem: str) -> None:
    raise row_refusal(TABLE, row_number(table, row), problem, value=str(text["id"][row].as_py()))


def _refuse_depth(depth: np.ndarray) -> None:
    if int(depth.sum()) > MAX_WORK:
        levels = str(int(depth.max()))
        raise refusal(TABLE, zh("层级过深（%(levels)s 层），各级合计超出可测算的范围，请核对上级关系"), levels=levels)


def sums_below(values: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Return for each row of `values` and each node the sum over the nodes strictly below it."""
    sums = np.zeros(values.shape)
    forest.add_up(np.asarray(values, np.float64), sums, parent)
    return sums


def _virtual(column: np.ndarray, several: bool, value: int) -> np.ndarray:
    return np.asarray(np.concatenate([np.array([value], column.dtype), column])) if several else column


def _owes_reports(table: pa.Table) -> np.ndarray:
    if "reports" not in table.column_names:
        return np.ones(table.num_rows, np.bool_)
    cell = trimmed(table["reports"])
    known = np.asarray(pc.is_in(cell, value_set=pa.array(["", "yes", "no"], cell.type)), np.bool_)
    _refuse(table, ~known, cell, zh("reports “%(value)s”只能是 yes 或 no"))
    return np.asarray(pc.not_equal(cell, "no"), np.bool_)


def _related(other: np.ndarray, own: np.ndarray, end: np.ndarray) -> np.ndarray:
    at = np.maximum(other, 0)
    return np.asarray((other >= 0) & (((at <= own) & (own < end[at])) | ((own <= at) & (at < end[own]))))


@compiled
def _places(cell: np.ndarray, kind: np.ndarray, above: np.ndarray, count: int) -> np.ndarray:
    # J: the cell if it is a government of the table, else the nearest government at or above, else the root
    nearest, root, place = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    for node in range(count):
        up = above[node]
        root[node] = node if up < 0 else root[up]
        nearest[node] = node if kind[node] == GOVERNMENT else (-1 if up < 0 else nearest[up])
        named = cell[node]
        if 0 <= named < count and kind[named] == GOVERNMENT:
            place[node] = named
        else:
            place[node] = nearest[node] if nearest[node] >= 0 else root[node]
    return place
