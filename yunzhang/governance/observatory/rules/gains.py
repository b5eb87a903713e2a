"""Why: how far V or H of one sub-tree would rise if one edge, block or leader were whole (design §5 "Why")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.horizontal import Blocks
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, columns, edge_values, path_sum
from yunzhang.governance.observatory.terms import EQUAL, LINES, PARTS, Gain


@dataclass(frozen=True, slots=True)
class _Paths:
    gains: np.ndarray
    count: float


def edge_gains(tree: Tree, charged: Charged, root: int, tau: float) -> list[Gain]:
    """Return the gain in V of every edge inside the sub-tree, largest first, other values and pi held."""
    rows = gain_rows(tree, charged, root, tau)
    found = [
        edge_gain(tree, charged, number, int(x) + root, float(rows[number, x]))
        for number, x in zip(*np.nonzero(rows > 0), strict=True)
    ]
    return sorted(found, key=lambda gain: (-gain.gain, gain.unit, gain.line))


def gain_rows(tree: Tree, charged: Charged, root: int, tau: float) -> np.ndarray:
    """Return [line, node - root]: the gain in V of each node's own edge inside the sub-tree, 0 where there is none.

    A path holds at most one edge of one leader, of one debtor on a line, and of one level: those gains add exactly.
    """
    paths = [_edge_gains(tree, line, root, tau) for line in charged.lines]
    count = sum(path.count for path in paths)
    return np.stack([path.gains for path in paths]) / max(count, 1.0)


def set_gain(tree: Tree, charged: Charged, root: int, chosen: np.ndarray, tau: float) -> float:
    """Return the gain in V of a set of edges, all at 1 together: `chosen` is [line, node] by the debtor's node.

    Exact where a path holds several of them as well, where single gains do not add.
    """
    stop, total, count = int(tree.end[root]), 0.0, 0.0
    for number, line in enumerate(charged.lines):
        if not line.counted:
            continue
        values = np.zeros(tree.count)
        edge_values(root, stop, tree.depth, *columns(line), tau, values)
        with np.errstate(divide="ignore"):
            before, after = np.log(values), np.log(np.where(chosen[number], 1.0, values))
        was, paths = path_sum(root, stop, line.up, before)
        total += path_sum(root, stop, line.up, after)[0] - was
        count += paths
    return total / count if count else 0.0


def edge_gain(tree: Tree, charged: Charged, number: int, x: int, gain: float) -> Gain:
    """Return the gain of one edge with both ends and what was done of what was due; `number` is its line's in LINES."""
    return _edge(tree, charged.lines[number], number, x, gain)


def _edge(tree: Tree, line: Line, number: int, x: int, gain: float) -> Gain:
    met, due = (float(values[0, x] + (values[1, x] if line.reports[x] else 0.0)) for values in (line.s, line.n))
    return Gain(LINES[number], tree.ids[x], tree.ids[line.up[x]], gain, met, due)


def leader_gains(edges: list[Gain]) -> dict[str, float]:
    """Return the gain of each leader, all its edges whole: a path holds at most one of them, so gains add.

    >>> leader_gains([Gain("territorial", "b", "a", 0.1, 0, 1), Gain("territorial", "c", "a", 0.2, 0, 1)])["a"]
    0.30000000000000004
    """
    sums: dict[str, float] = {}
    for edge in edges:
        sums[edge.upper] = sums.get(edge.upper, 0.0) + edge.gain
    return sums


def unit_gains(edges: list[Gain]) -> dict[str, float]:
    """Return the gain of each unit, all edges whole in which it is the debtor: its lines are paths of their own.

    >>> unit_gains([Gain("territorial", "b", "a", 0.1, 0, 1), Gain("functional", "b", "c", 0.25, 0, 1)])
    {'b': 0.35}
    """
    sums: dict[str, float] = {}
    for edge in edges:
        sums[edge.unit] = sums.get(edge.unit, 0.0) + edge.gain
    return sums


def block_gains(
    tree: Tree,
    blocks: Blocks,
    root: int,
    *,
    parts: tuple[str, ...],
    tau: float,
    weights: tuple[float, ...] = EQUAL,
) -> list[Gain]:
    """Return the gain in H of every block of the declared parts, largest first."""
    stop = int(tree.end[root])
    found: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []
    for number, part in enumerate(PARTS):
        there = blocks.below[number, root:stop].copy()
        there[0] = blocks.top[number, root]
        if part in parts and weights[number] > 0 and there.any():
            f, n = blocks.f_below[number, root:stop].copy(), blocks.n_below[number, root:stop].copy()
            f[0], n[0] = blocks.f_top[number, root], blocks.n_top[number, root]
            found.append((number, np.flatnonzero(there), f, n))
    gains = []
    total = sum(weights[number] for number, _, _, _ in found)
    for number, nodes, f, n in found:
        pi = f[nodes].sum() / n[nodes].sum()
        rise = (1.0 - (f[nodes] + tau * pi) / (n[nodes] + tau)) / len(nodes) * (weights[number] / total)
        for x, gain in zip(nodes, rise, strict=True):
            gains.append(Gain(PARTS[number], tree.ids[root + x], "", float(gain), float(f[x]), float(n[x])))
    return sorted(gains, key=lambda gain: (-gain.gain, gain.unit, gain.line))


def _edge_gains(tree: Tree, line: Line, root: int, tau: float) -> _Paths:
    stop = int(tree.end[root])
    if not line.counted:
        return _Paths(np.zeros(stop - root), 0.0)
    values = np.zeros(tree.count)
    edge_values(root, stop, tree.depth, *columns(line), tau, values)
    return _Paths(*_path_gains(root, stop, line.up, values))


@compiled
def _path_gains(root: int, stop: int, up: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    gains, count = np.zeros(stop - root), 0.0
    for x in range(root + 1, stop):
        node, length, zeros, path, only = x, 0, 0, 0.0, -1
        while root <= up[node] < stop:
            length += 1
            if values[node] <= 0.0:
                zeros, only = zeros + 1, node
            else:
                path += np.log(values[node])
            node = up[node]
        if length == 0:
            continue
        count += 1.0
        if zeros == 1:
            gains[only - root] += np.exp(path / length)
        if zeros > 0:
            continue
        node = x
        while root <= up[node] < stop:
            gains[node - root] += np.exp((path - np.log(values[node])) / length) - np.exp(path / length)
            node = up[node]
    return gains, count
