"""Which blocks under one unit ought to deal with each other and do not; which outside class is absent.

Pairs are those H is charged with: both directions of a pair are one (design §5 "H").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.horizontal import DEPARTMENT, REGION, Pairs
from yunzhang.governance.observatory.rules.placement import PART
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree, sums_below
from yunzhang.governance.observatory.terms import PARTS

CLASSES = ("market", "society", "region")  # enterprises; citizens and organisations; bodies of other regions
MOST = 40  # blocks in one matrix


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair of blocks a, b (nodes, a < b in official order); `need` is what was expected, at least what was asked.

    `ought` is true where the two should deal with each other: by the need table, or as sisters without one.
    """

    a: int
    b: int
    asked: float
    met: float
    need: float
    ought: bool

    @property
    def state(self) -> str:
        """met | partly | unmet | silent | none."""
        if self.asked <= 0:
            return "silent" if self.ought else "none"
        return "met" if self.met >= self.need else "partly" if self.met > 0 else "unmet"

    @property
    def lacking(self) -> float:
        """How many matters asked or needed were not met in time."""
        return max(self.need - self.met, 0.0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The pairs of blocks directly below one unit, in one part; blocks in the order of the unit table."""

    part: str
    blocks: list[int]
    cells: list[Cell]


class PairsBelow:
    """The pairs of a log by the unit they meet under; made once, asked for every unit."""

    def __init__(self, tree: Tree, pairs: Pairs, needed: tuple[bool, ...]) -> None:
        """Sort the inside pairs by their superior; `needed` says which parts the need table has rows of."""
        self._tree, self._pairs, self._needed = tree, pairs, needed
        inside = np.flatnonzero(pairs.b >= 0)
        upper = tree.parent[pairs.a[inside]]
        order = np.argsort(upper, kind="stable")
        self._rows, self._upper = inside[order], upper[order]
        children = np.argsort(tree.parent, kind="stable")
        self._children, self._parents = children, tree.parent[children]

    def children(self, root: int) -> np.ndarray:
        """Return the nodes directly below a unit, in the order of the unit table."""
        return _slice(self._children, self._parents, root)

    def matrix(self, root: int, part: int) -> Matrix | None:
        """Return the matrix of a part (DEPARTMENT or REGION) under a unit; None where fewer than two blocks ought."""
        children = self.children(root)
        is_government = self._tree.kind[children] == GOVERNMENT
        ought = children[is_government if part == REGION else ~is_government].tolist()
        found = {(cell.a, cell.b): cell for cell in self._found(root, part)}
        if len(ought) < 2 and not found:
            return None
        if not self._needed[part]:
            expected = {
                (a, b): Cell(a, b, 0.0, 0.0, 1.0, ought=True) for k, a in enumerate(ought) for b in ought[k + 1 :]
            }
            found = expected | {
                key: Cell(cell.a, cell.b, cell.asked, cell.met, max(cell.need, 1.0), ought=key in expected)
                for key, cell in found.items()
            }
        blocks = sorted({*ought, *(node for pair in found for node in pair)})
        return Matrix(PARTS[part], blocks, [found[key] for key in sorted(found)])

    def _found(self, root: int, part: int) -> list[Cell]:
        pairs, rows = self._pairs, _slice(self._rows, self._upper, root)
        rows = rows[pairs.part[rows] == part]
        columns = (column[rows].tolist() for column in (pairs.a, pairs.b, pairs.asked, pairs.met, pairs.n))
        needed = self._needed[part]
        return [
            Cell(a, b, asked, met, n, ought=needed and n > asked) for a, b, asked, met, n in zip(*columns, strict=True)
        ]


def _slice(values: np.ndarray, keys: np.ndarray, key: int) -> np.ndarray:
    low, high = np.searchsorted(keys, [key, key + 1])
    return values[low:high]


def count_unmet_pairs(tree: Tree, pairs: Pairs, needed: tuple[bool, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return by node, over its whole sub-tree: pairs of departments that ought to deal without one matter met, of all.

    With need rows of this part a pair ought where anything was asked or needed; else all sister departments do.
    """
    child = (tree.parent >= 0) & (tree.kind[: tree.count] != GOVERNMENT)
    there = (pairs.part == DEPARTMENT) & (pairs.b >= 0)
    ours = there & child[pairs.a] & child[np.maximum(pairs.b, 0)]
    good = np.bincount(tree.parent[pairs.a[ours & (pairs.met > 0)]], minlength=tree.count)
    if needed[DEPARTMENT]:
        every = np.bincount(tree.parent[pairs.a[ours]], minlength=tree.count).astype(np.float64)
    else:
        sisters = np.bincount(tree.parent[child], minlength=tree.count)
        every = sisters * (sisters - 1) / 2
    own = np.stack([every - good, every]).astype(np.float64)
    unmet, of_all = own + sums_below(own, tree.parent)
    return unmet, of_all


@dataclass(frozen=True, slots=True)
class Outside:
    """By class (CLASSES) and node, of the node's whole sub-tree: threads, distinct outsiders, governments that ought
    to deal and those of them that have any; `has` says it of the governments themselves."""

    asked: np.ndarray
    met: np.ndarray
    distinct: np.ndarray
    governments: np.ndarray
    dealing: np.ndarray
    has: np.ndarray


def count_outside(tree: Tree, threads: Threads, charged: Charged) -> Outside:
    """Return who deals with which class outside; a matter counts for the nearest government at or above the unit."""
    placed = charged.placed
    dealt = threads.counts & placed.outside
    number = np.array([PARTS.index(name) for name in CLASSES])
    shape = (len(CLASSES), tree.count)
    asked, met, distinct = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for k, part in enumerate(number):
        mine = dealt & (placed.relation == part + PART)
        asked[k] = np.bincount(placed.a[mine], minlength=tree.count)
        met[k] = np.bincount(placed.a[mine], threads.met[mine], tree.count)
        distinct[k] = _distinct(tree, placed.a[mine], placed.b[mine])
    government = tree.kind[: tree.count] == GOVERNMENT
    own = asked.copy()
    _lift(own, tree.parent, tree.kind)
    has = (own > 0) & government
    rows = np.concatenate([asked, met, distinct, np.broadcast_to(government, shape), has]).astype(np.float64)
    whole = (rows + sums_below(rows, tree.parent)).reshape(5, *shape)
    alone = whole[3] == 0  # a unit without any government in its sub-tree ought itself
    return Outside(
        asked=whole[0],
        met=whole[1],
        distinct=whole[2],
        governments=np.where(alone, 1.0, whole[3]),
        dealing=np.where(alone, whole[0] > 0, whole[4]),
        has=has,
    )


@compiled
def _lift(sums: np.ndarray, parent: np.ndarray, kind: np.ndarray) -> None:
    for row in range(sums.shape[0]):
        for node in range(len(parent) - 1, 0, -1):
            if kind[node] != GOVERNMENT:
                sums[row, parent[node]] += sums[row, node]


def _distinct(tree: Tree, unit: np.ndarray, who: np.ndarray) -> np.ndarray:
    # one at each unit that deals with somebody, less one where two neighbours in preorder of the same one meet
    pairs = np.unique(who * np.int64(tree.count) + unit)
    unit, who = pairs % tree.count, pairs // tree.count
    same = np.flatnonzero(who[1:] == who[:-1])
    meet = _meets(unit[same], unit[same + 1], tree.parent, tree.depth)
    return np.asarray(np.bincount(unit, minlength=tree.count) - np.bincount(meet, minlength=tree.count))


@compiled
def _meets(one: np.ndarray, other: np.ndarray, parent: np.ndarray, depth: np.ndarray) -> np.ndarray:
    home = np.empty(len(one), np.int64)
    for k in range(len(one)):
        x, y = one[k], other[k]
        while x != y:
            if depth[x] >= depth[y]:
                x = parent[x]
            else:
                y = parent[y]
        home[k] = x
    return home


__all__ = [
    "CLASSES",
    "DEPARTMENT",
    "MOST",
    "REGION",
    "Cell",
    "Matrix",
    "Outside",
    "PairsBelow",
    "count_outside",
    "count_unmet_pairs",
]
