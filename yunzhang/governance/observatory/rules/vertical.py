"""V of every sub-tree: edges, their pools and path values (design §5 "V"), pooled or raw (tau 0)."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.tree import Tree

MANY, SHARES = 1_000, 8  # roots worth sharing out, and into how many shares


@dataclass(frozen=True, slots=True)
class Line:
    """One line of command: `up` is the upper end of each unit's edge (-1 none); s of n by class of kind."""

    up: np.ndarray
    s: np.ndarray  # [class, node]
    n: np.ndarray
    asked: np.ndarray
    counted: bool  # the line is part of V
    directives: bool  # covered by directives
    reports: np.ndarray  # this unit's reports on this line enter v


def make_line(up: np.ndarray, met: np.ndarray, n: np.ndarray, asked: np.ndarray, **flags: object) -> Line:
    """Return a line whose every edge has n of at least 1; `flags` are those of Line."""
    return Line(up=up, s=met, n=np.maximum(n, 1.0), asked=asked, **flags)  # type: ignore[arg-type]


def measure_v(tree: Tree, lines: tuple[Line, Line], roots: np.ndarray, tau: float) -> np.ndarray:
    """Return rows V, V_territorial, V_functional by root, NaN where there is no edge. Range 0..1."""
    out = np.full((3, len(roots)), np.nan)
    sums, counts = np.zeros((2, len(roots))), np.zeros((2, len(roots)))
    for number, line in enumerate(lines):
        if line.counted:
            _measure_line(tree, line, roots, tau, sums[number], counts[number])
    with np.errstate(invalid="ignore"):
        out[1:] = sums / counts
        out[0] = sums.sum(axis=0) / counts.sum(axis=0)
    return out


def _measure_line(tree: Tree, line: Line, roots: np.ndarray, tau: float, sums: np.ndarray, counts: np.ndarray) -> None:
    # shares of the roots, large and small ones in each
    def work(share: slice) -> None:
        sums[share], counts[share] = _sums(roots[share], tree.end, tree.depth, *columns(line), tau)

    shares = SHARES if len(roots) >= MANY else 1
    side_by_side(work, [slice(first, None, shares) for first in range(shares)])


def columns(line: Line) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool, np.ndarray]:
    """Return the line as the compiled loops take it."""
    return line.up, line.s, line.n, line.directives, line.reports


@compiled
def pool(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    joins: np.ndarray,
    everyone: bool,
    sums: np.ndarray,
) -> tuple[float, float]:
    """Return S and D over the edges inside the sub-tree; `sums` gets S_l and D_l by depth below the root."""
    sums[:] = 0.0
    total, due = 0.0, 0.0
    for x in range(root + 1, stop):
        if (everyone or joins[x]) and root <= up[x] < stop:
            level = depth[x] - depth[root]
            sums[0, level] += s[x]
            sums[1, level] += n[x]
            total += s[x]
            due += n[x]
    return total, due


@compiled
def height(root: int, stop: int, depth: np.ndarray) -> int:
    """Return how many levels the sub-tree has below its root."""
    deepest = 0
    for x in range(root + 1, stop):
        deepest = max(deepest, depth[x] - depth[root])
    return deepest


@compiled
def edge_values(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    directives: bool,
    reports: np.ndarray,
    tau: float,
    values: np.ndarray,
) -> None:
    """Return nothing; `values` gets v_e of each edge inside the sub-tree, NaN elsewhere in its slice."""
    levels = height(root, stop, depth) + 1
    rates = np.zeros((2, levels))
    sums = np.zeros((2, levels))
    for kind in range(2):
        total, due = pool(root, stop, depth, up, s[kind], n[kind], reports, kind == 0, sums)
        pi = total / due if due > 0 else 0.0
        for level in range(levels):
            if sums[1, level] + tau > 0:
                rates[kind, level] = (sums[0, level] + tau * pi) / (sums[1, level] + tau)
    for x in range(root + 1, stop):
        if not root <= up[x] < stop:
            values[x] = np.nan
            continue
        level = depth[x] - depth[root]
        p = (s[0, x] + tau * rates[0, level]) / (n[0, x] + tau)
        r = (s[1, x] + tau * rates[1, level]) / (n[1, x] + tau)
        values[x] = (np.sqrt(p * r) if reports[x] else p) if directives else 0.0


@compiled
def path_sum(root: int, stop: int, up: np.ndarray, logs: np.ndarray) -> tuple[float, float]:
    """Return sum and number of path values inside the sub-tree; `logs` holds log v_e."""
    size, total, count = stop - root, 0.0, 0.0
    path, length, waiting = np.zeros(size), np.full(size, -1, np.int64), np.empty(size, np.int64)
    for x in range(root + 1, stop):
        node, held = x, 0
        while length[node - root] < 0 and root <= up[node] < stop:
            waiting[held], held, node = node, held + 1, up[node]
        length[node - root] = max(length[node - root], 0)
        while held > 0:  # every path is made once, from the one above it
            held -= 1
            node, above = waiting[held] - root, up[waiting[held]] - root
            path[node], length[node] = path[above] + logs[node + root], length[above] + 1
        if length[x - root] > 0:
            total += np.exp(path[x - root] / length[x - root])
            count += 1.0
    return total, count


@compiled
def _sums(
    roots: np.ndarray,
    end: np.ndarray,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    directives: bool,
    reports: np.ndarray,
    tau: float,
) -> tuple[np.ndarray, np.ndarray]:
    totals, counts = np.zeros(len(roots)), np.zeros(len(roots))
    values = np.zeros(len(up))
    for k in range(len(roots)):
        root = roots[k]
        stop = end[root]
        edge_values(root, stop, depth, up, s, n, directives, reports, tau, values)
        for x in range(root + 1, stop):
            values[x] = np.log(values[x])
        totals[k], counts[k] = path_sum(root, stop, up, values)
    return totals, counts
