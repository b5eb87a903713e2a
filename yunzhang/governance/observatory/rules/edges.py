"""The edges of one line inside one sub-tree, packed side by side so that many draws can run over them."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled

# level below the root, place of the edge above (-1 none), length of the path, s and n [class, edge], enters reports
type_edges = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@compiled
def gather_edges(
    root: int, stop: int, depth: np.ndarray, up: np.ndarray, s: np.ndarray, n: np.ndarray, reports: np.ndarray
) -> type_edges:
    """Return the edges whose both ends are in the sub-tree, upper ones first."""
    lengths = np.zeros(stop - root, np.int64)
    longest = 0
    for x in range(root + 1, stop):
        node = x
        while root <= up[node] < stop:
            lengths[x - root] += 1
            node = up[node]
        longest = max(longest, lengths[x - root])
    starts = np.zeros(longest + 2, np.int64)
    for length in lengths:
        if length > 0:
            starts[length + 1] += 1
    starts = np.cumsum(starts)
    count = starts[-1]
    place = np.full(stop - root, -1, np.int64)
    level, above, length_of = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    own_s, own_n, joins = np.empty((2, count)), np.empty((2, count)), np.empty(count, np.bool_)
    for x in range(root + 1, stop):
        length = lengths[x - root]
        if length > 0:
            at = starts[length]
            starts[length] += 1
            place[x - root] = at
            level[at], length_of[at], joins[at] = depth[x] - depth[root], length, reports[x]
            above[at] = up[x] - root
            own_s[:, at], own_n[:, at] = s[:, x], n[:, x]
    for at in range(count):
        above[at] = place[above[at]]
    return level, above, length_of, own_s, own_n, joins


@compiled
def add_levels(level: np.ndarray, s: np.ndarray, n: np.ndarray, joins: np.ndarray, sums: np.ndarray) -> None:
    """Return nothing; `sums` gets S_l and D_l as [class, s | n, level], for edges that join the class."""
    sums[:] = 0.0
    for e in range(len(level)):
        for kind in range(2):
            if kind == 0 or joins[e]:
                sums[kind, 0, level[e]] += s[kind, e]
                sums[kind, 1, level[e]] += n[kind, e]


@compiled
def estimate_line(
    edges: type_edges, s: np.ndarray, n: np.ndarray, tau: float, sums: np.ndarray, paths: np.ndarray
) -> float:
    """Return the sum of path values with these s and n in place of the counted ones (design §5 "V").

    `sums` [class, s | n, level] and `paths` [edge] are room to work in.
    """
    level, above, length, _, _, joins = edges
    add_levels(level, s, n, joins, sums)
    rates = np.zeros((2, sums.shape[2]))
    for kind in range(2):
        due = sums[kind, 1].sum()
        pi = sums[kind, 0].sum() / due if due > 0 else 0.0
        for depth in range(sums.shape[2]):
            if sums[kind, 1, depth] + tau > 0:
                rates[kind, depth] = (sums[kind, 0, depth] + tau * pi) / (sums[kind, 1, depth] + tau)
    total = 0.0
    for e in range(len(level)):
        value = (s[0, e] + tau * rates[0, level[e]]) / (n[0, e] + tau)
        if joins[e]:
            value = np.sqrt(value * (s[1, e] + tau * rates[1, level[e]]) / (n[1, e] + tau))
        total += add_path(value, e, above, length, paths)
    return total


@compiled
def add_path(value: float, e: int, above: np.ndarray, length: np.ndarray, paths: np.ndarray) -> float:
    """Return the path value that ends with edge e, whose own value this is; `paths` keeps the sum of logs up to it."""
    paths[e] = np.log(value)
    if above[e] < 0:
        return value
    paths[e] += paths[above[e]]
    return float(np.exp(paths[e] / length[e]))
