"""The edges of both lines inside one sub-tree, packed side by side so that many draws can run over them.

Plain arrays and loops on purpose: nested tuples and array functions take Numba many times longer to compile.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled

# where each line begins and ends; level below the root, place of the edge above (-1 none), length of the path,
# s and n [class, edge], whether reports enter
type_edges = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
# depth; up, s, n, asked, reports [line, …]; counted and directives [line]
type_lines = tuple[
    np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray
]  # fmt: skip


@compiled
def gather_edges(root: int, stop: int, lines: type_lines) -> type_edges:
    """Return the edges whose both ends are in the sub-tree, those of the first line first, upper ones first."""
    depth, up, s, n, _, reports, counted, _ = lines
    size = stop - root
    lengths, place = np.zeros((2, size), np.int64), np.empty(size, np.int64)
    starts = np.zeros((2, size + 1), np.int64)
    at = np.zeros(3, np.int64)
    for line in range(2):
        many = _path_lengths(root, stop, up[line], lengths[line], starts[line]) if counted[line] else 0
        at[line + 1] = at[line] + many
    count = at[2]
    level, above, length_of = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    own_s, own_n, joins = np.empty((2, count)), np.empty((2, count)), np.empty(count, np.bool_)
    for line in range(2):
        before = at[line]
        for length in range(size + 1):
            many = starts[line, length]
            starts[line, length] = before
            before += many
        for x in range(root + 1, stop):
            length = lengths[line, x - root]
            if length > 0:
                e = starts[line, length]
                starts[line, length] += 1
                place[x - root] = e
                level[e], length_of[e], joins[e] = depth[x] - depth[root], length, reports[line, x]
                above[e] = up[line, x] - root if length > 1 else -1
                for kind in range(2):
                    own_s[kind, e], own_n[kind, e] = s[line, kind, x], n[line, kind, x]
        for e in range(at[line], at[line + 1]):
            if above[e] >= 0:
                above[e] = place[above[e]]
    return at, level, above, length_of, own_s, own_n, joins


@compiled
def _path_lengths(root: int, stop: int, up: np.ndarray, lengths: np.ndarray, starts: np.ndarray) -> int:
    # edges on the path that ends at each unit, how many paths there are of each length, and of any
    many = 0
    for x in range(root + 1, stop):
        node, length = x, 0
        while root <= up[node] < stop:
            length += 1
            node = up[node]
        if length > 0:
            lengths[x - root] = length
            starts[length] += 1
            many += 1
    return many


@compiled
def find_life(root: int, stop: int, lines: type_lines) -> np.ndarray:
    """Return [line, class]: counted, covered by directives, and something of the class was asked in the sub-tree."""
    _, up, _, _, asked, _, counted, directives = lines
    life = np.zeros((2, 2), np.bool_)
    for line in range(2):
        if counted[line] and directives[line]:
            for x in range(root + 1, stop):
                if root <= up[line, x] < stop:
                    for kind in range(2):
                        if asked[line, kind, x] > 0:
                            life[line, kind] = True
    return life


@compiled
def count_levels(edges: type_edges) -> int:
    """Return how many levels the edges span, the root's own included."""
    most = 0
    for level in edges[1]:
        most = max(most, level)
    return most + 1


@compiled
def add_levels(line: int, edges: type_edges, s: np.ndarray, n: np.ndarray, sums: np.ndarray) -> None:
    """Return nothing; `sums` [class, s | n, level] gets S_l and D_l, the last level's place the whole S and D."""
    at, level, _, _, _, _, joins = edges
    whole = sums.shape[2] - 1
    for kind in range(2):
        for what in range(2):
            for depth in range(whole + 1):
                sums[kind, what, depth] = 0.0
    for e in range(at[line], at[line + 1]):
        for kind in range(2):
            if kind == 0 or joins[e]:
                sums[kind, 0, level[e]] += s[kind, e]
                sums[kind, 1, level[e]] += n[kind, e]
    for kind in range(2):
        for what in range(2):
            for depth in range(whole):
                sums[kind, what, whole] += sums[kind, what, depth]


@compiled
def estimate_line(
    line: int, edges: type_edges, s: np.ndarray, n: np.ndarray, tau: float, sums: np.ndarray, paths: np.ndarray
) -> float:
    """Return the sum of path values with these s and n in place of the counted ones (design §5 "V").

    `sums` as in `add_levels` and `paths` [edge] are room to work in.
    """
    at, level, above, length, _, _, joins = edges
    add_levels(line, edges, s, n, sums)
    whole = sums.shape[2] - 1
    for kind in range(2):
        due = sums[kind, 1, whole]
        pi = sums[kind, 0, whole] / due if due > 0 else 0.0
        for depth in range(whole):
            if sums[kind, 1, depth] + tau > 0:  # the level's rate takes the place of its sum
                sums[kind, 0, depth] = (sums[kind, 0, depth] + tau * pi) / (sums[kind, 1, depth] + tau)
    total = 0.0
    for e in range(at[line], at[line + 1]):
        value = (s[0, e] + tau * sums[0, 0, level[e]]) / (n[0, e] + tau)
        if joins[e]:
            value = np.sqrt(value * (s[1, e] + tau * sums[1, 0, level[e]]) / (n[1, e] + tau))
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


@compiled
def spread_lines(sums: np.ndarray, at: np.ndarray, out: np.ndarray) -> None:
    """Return nothing; `out` gets V and V of both lines from sums of path values, untouched where there is no edge."""
    for line in range(2):
        if at[line + 1] > at[line]:
            out[1 + line] = sums[line] / (at[line + 1] - at[line])
    if at[2] > 0:
        out[0] = (sums[0] + sums[1]) / at[2]
