"""The organisation as arrays: units in preorder, so that a sub-tree is one slice; outsiders stand behind them.

Node 0 is the root, or the virtual unit `*` over several roots. Reads the unit table; measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.moments import trimmed
from yunzhang.governance.observatory.terms import OUTSIDE_KINDS, ROOTS, UNIT_KINDS, BadTable

TABLE = "机构表"
COLUMNS = ("id", "parent", "guided_by", "kind", "jurisdiction", "name")
GOVERNMENT = UNIT_KINDS.index("government")
FIRST_OUTSIDE = len(UNIT_KINDS) - len(OUTSIDE_KINDS)
VIRTUAL = -1  # the kind of `*`


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
    id_column: pa.Array  # ids as Arrow text, in node order (`*` null), for look-ups

    @property
    def inner(self) -> np.ndarray:
        """Nodes that have children, in preorder."""
        return np.flatnonzero(self.end - np.arange(self.count) > 1)

    def look_up(self, column: pa.Array) -> np.ndarray:
        """Return the node of each id, -1 for an unknown one."""
        found = pc.index_in(column, value_set=self.id_column).fill_null(-1)
        return np.asarray(found, np.int64)


def check_columns(table: pa.Table, wanted: tuple[str, ...], name: str) -> None:
    """Return nothing; raises BadTable naming the columns that are missing or doubled."""
    missing = [column for column in wanted if column not in table.column_names]
    if missing:
        raise BadTable(table=name, problem=f"缺少列 {', '.join(missing)}")
    doubled = sorted({column for column in wanted if table.column_names.count(column) > 1})
    if doubled:
        raise BadTable(table=name, problem=f"列 {', '.join(doubled)} 重复")


def read_tree(table: pa.Table) -> Tree:
    """Return the tree of a unit table (design §5); raises BadTable naming the first bad row."""
    check_columns(table, COLUMNS, TABLE)
    if not table.num_rows:
        raise BadTable(table=TABLE, problem="没有任何单位")
    text = {name: trimmed(table[name]) for name in COLUMNS}
    ids = text["id"]
    kind = np.asarray(pc.index_in(text["kind"], value_set=pa.array(UNIT_KINDS, ids.type)).fill_null(-1), np.int64)
    _refuse(
        kind < 0, text, "kind", "类别“%s”不在 government、department、enterprise、organisation、citizen、external 之中"
    )
    _refuse(np.asarray(pc.equal(ids, ""), np.bool_), text, "id", "编号为空%s")
    first = np.asarray(pc.index_in(ids, value_set=ids), np.int64)
    _refuse(first != np.arange(len(ids)), text, "id", "编号“%s”重复")
    parent, guide = _upper(text, "parent", kind), _upper(text, "guided_by", kind)
    return _build(table, text, kind, parent, guide)


def _refuse(bad: np.ndarray, text: dict[str, pa.Array], column: str, problem: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        row = int(rows[0])
        raise BadTable(table=TABLE, problem=f"第 {row + 1} 行:{problem % text[column][row].as_py()}")


def _upper(text: dict[str, pa.Array], column: str, kind: np.ndarray) -> np.ndarray:
    cell, ids = text[column], text["id"]
    given = np.asarray(pc.not_equal(cell, ""), np.bool_)
    row = np.asarray(pc.index_in(cell, value_set=ids).fill_null(-1), np.int64)
    outside = kind >= FIRST_OUTSIDE
    _refuse(given & (row < 0), text, column, f"{column} 指向不存在的单位“%s”")
    _refuse(given & (row == np.arange(len(ids))), text, column, f"{column} 指向本单位“%s”")
    _refuse(given & outside, text, column, f"体制外主体不应有 {column}“%s”")
    _refuse(given & outside[row], text, column, f"{column} 指向体制外主体“%s”")
    return np.where(given, row, -1)


def _build(table: pa.Table, text: dict[str, pa.Array], kind: np.ndarray, parent: np.ndarray, guide: np.ndarray) -> Tree:
    inside = np.flatnonzero(kind < FIRST_OUTSIDE)
    outside = np.flatnonzero(kind >= FIRST_OUTSIDE)
    if not len(inside):
        raise BadTable(table=TABLE, problem="没有政府或部门")
    order, end = _preorder(parent, kind < FIRST_OUTSIDE)
    if len(order) < len(inside):
        lost = np.setdiff1d(inside, order)
        raise BadTable(table=TABLE, problem=f"第 {lost[0] + 1} 行：上级关系成环“{text['id'][int(lost[0])].as_py()}”")
    several = int((parent[inside] < 0).sum()) > 1
    shift = int(several)
    count = len(order) + shift
    node = np.full(len(kind) + 1, -1, np.int64)  # of a row; the last cell answers for row -1
    node[order] = np.arange(len(order)) + shift
    node[outside] = np.arange(len(outside)) + count
    above = _virtual(node[parent[order]], several, -1)
    up = np.where(above < 0, 0, above) if several else above.copy()
    up[0] = -1
    stop = _virtual(end + shift, several, count)
    void = _virtual(node[guide[order]], several, -1)
    guides = np.where(_related(void, np.arange(count), stop), -1, void)
    _refuse_guidance_loop(guides, text, np.concatenate([np.full(shift, -1), order]))
    rows = np.concatenate([order, outside])
    kinds = _virtual(kind[rows], several, VIRTUAL)
    cells = node[np.asarray(pc.index_in(text["jurisdiction"], value_set=text["id"]).fill_null(-1), np.int64)][order]
    star = pa.nulls(shift, text["id"].type)
    id_column = pa.concat_arrays([star, text["id"].take(pa.array(rows))])
    return Tree(
        count=count,
        ids=[ROOTS] * shift + id_column.slice(shift).to_pylist(),
        names=[ROOTS] * shift + text["name"].take(pa.array(rows)).to_pylist(),
        kind=kinds,
        parent=up,
        above=above,
        guide=guides,
        place=_places(_virtual(cells, several, -1), kinds, above, count),
        reports=_virtual(_owes_reports(table)[order], several, 1),
        depth=_depths(up),
        end=stop,
        id_column=id_column,
    )


def sums_below(values: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Return for each row of `values` and each node the sum over the nodes strictly below it."""
    sums = np.zeros(values.shape)
    _add_up(np.asarray(values, np.float64), sums, parent)
    return sums


@compiled
def _add_up(values: np.ndarray, sums: np.ndarray, parent: np.ndarray) -> None:
    # from the leaves upwards, so that the rounding of a sub-tree stays its own
    for row in range(len(values)):
        for node in range(len(parent) - 1, 0, -1):
            sums[row, parent[node]] += values[row, node] + sums[row, node]


def _virtual(column: np.ndarray, several: bool, value: int) -> np.ndarray:
    return np.asarray(np.concatenate([np.array([value], column.dtype), column])) if several else column


def _owes_reports(table: pa.Table) -> np.ndarray:
    if "reports" not in table.column_names:
        return np.ones(table.num_rows, np.bool_)
    cell = trimmed(table["reports"])
    known = np.asarray(pc.is_in(cell, value_set=pa.array(["", "yes", "no"], cell.type)), np.bool_)
    _refuse(~known, {"reports": cell}, "reports", "reports “%s”只能是 yes 或 no")
    return np.asarray(pc.not_equal(cell, "no"), np.bool_)


def _refuse_guidance_loop(guide: np.ndarray, text: dict[str, pa.Array], rows: np.ndarray) -> None:
    looped = _find_loop(guide)
    if looped >= 0:
        row = int(rows[looped])
        raise BadTable(table=TABLE, problem=f"第 {row + 1} 行：业务指导关系成环“{text['id'][row].as_py()}”")


def _related(other: np.ndarray, own: np.ndarray, end: np.ndarray) -> np.ndarray:
    at = np.maximum(other, 0)
    return np.asarray((other >= 0) & (((at <= own) & (own < end[at])) | ((own <= at) & (at < end[own]))))


@compiled
def _preorder(parent: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # rows in preorder (children in the order of the table), and for each place where its sub-tree ends
    count = len(parent)
    first, after = np.full(count + 1, -1, np.int64), np.full(count, -1, np.int64)
    for row in range(count - 1, -1, -1):
        if inside[row]:
            after[row] = first[parent[row]]  # parent -1 is the last cell: the roots
            first[parent[row]] = row
    order, end = np.empty(count, np.int64), np.empty(count, np.int64)
    position = np.empty(count, np.int64)
    done, row = 0, first[count]
    while row >= 0:
        order[done], position[row], done = row, done, done + 1
        if first[row] >= 0:
            row = first[row]
            continue
        while row >= 0:
            end[position[row]] = done
            if after[row] >= 0:
                row = after[row]
                break
            row = parent[row]
    return order[:done].copy(), end[:done].copy()


@compiled
def _find_loop(guide: np.ndarray) -> int:
    seen = np.full(len(guide), -1, np.int64)
    for start in range(len(guide)):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = guide[node]
        if node >= 0 and seen[node] == start:
            return int(node)
    return -1


@compiled
def _depths(parent: np.ndarray) -> np.ndarray:
    depth = np.zeros(len(parent), np.int64)
    for node in range(1, len(parent)):
        depth[node] = depth[parent[node]] + 1
    return depth


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
