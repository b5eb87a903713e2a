"""Where two parties stand to each other, design §5 "Place" (1)-(4), for whole columns at once."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.forest import AT, END, SEAT, STOP, common
from yunzhang.governance.observatory.rules.tree import Tree

TERRITORIAL, FUNCTIONAL, DEPARTMENT, REGION, MARKET, SOCIETY = range(6)
VERTICAL = 2  # relations below this number are vertical
PART = 2  # a horizontal relation less this is the number of its part in terms.PARTS
_ENTERPRISE, _ORGANISATION, _CITIZEN, _EXTERNAL = 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Placed:
    """Columns by row: relation; vertical: `a` the lower, `b` the upper unit; inside pair: its two blocks, a < b;
    outside pair: `a` the unit inside, `b` the outsider. `home` is the lowest node whose sub-tree holds both."""

    relation: np.ndarray
    outside: np.ndarray
    a: np.ndarray
    b: np.ndarray
    home: np.ndarray


def place(tree: Tree, one: np.ndarray, other: np.ndarray, trade: np.ndarray) -> Placed:
    """Return the placement of each pair of known, different units, at most one of them outside.

    `trade` is true for kinds need, offer, contract, where an organisation is market.
    """
    return Placed(*_place(one, other, trade, tree.count, tree.kind, tree.table))


@compiled
def _outside_relation(kind: int, trade: bool) -> int:
    if kind == _ENTERPRISE or (kind == _ORGANISATION and trade):
        return MARKET
    return REGION if kind == _EXTERNAL else SOCIETY


@compiled
def _place(
    one: np.ndarray, other: np.ndarray, trade: np.ndarray, count: int, kind: np.ndarray, nodes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = len(one)
    relation, outside = np.empty(rows, np.int64), np.zeros(rows, np.bool_)
    low, high, home = np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64)
    for k in range(rows):
        x, y = one[k], other[k]
        if x >= count or y >= count:
            x, y = (y, x) if x >= count else (x, y)
            relation[k], outside[k] = _outside_relation(kind[y], trade[k]), True
            low[k], high[k], home[k] = x, y, x
        elif x <= y < nodes[x, END] or y <= x < nodes[y, END]:
            relation[k], low[k], high[k], home[k] = TERRITORIAL, max(x, y), min(x, y), min(x, y)
        else:
            home[k], left, right = common(nodes, x, y)
            if nodes[y, AT] < nodes[x, AT] < nodes[y, STOP]:  # y guides x, at whatever distance
                relation[k], low[k], high[k] = FUNCTIONAL, x, y
            elif nodes[x, AT] < nodes[y, AT] < nodes[x, STOP]:
                relation[k], low[k], high[k] = FUNCTIONAL, y, x
            else:
                low[k], high[k] = min(left, right), max(left, right)
                j, i = nodes[x, SEAT], nodes[y, SEAT]
                same = i <= j < nodes[i, END] or j <= i < nodes[j, END]
                relation[k] = DEPARTMENT if same else REGION
    return relation, outside, low, high, home
