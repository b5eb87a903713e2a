"""How far a gain may lie from its figure: the edge's or block's own rate drawn anew, everything else held.

The same rate as in the posterior (design §5 "Mode"): p_e ~ Beta(s + tau pi_l, n - s + tau (1 - pi_l)), with pi_l held.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, columns, edge_values, height, pool
from yunzhang.governance.observatory.terms import Gain

RANGE = (0.05, 0.95)
DOMAIN = 0x57485931
type_edge = tuple[int, int]  # number of the line in LINES, node of the debtor


def draw_gains(
    tree: Tree, charged: Charged, root: int, edges: Sequence[type_edge], *, tau: float, draws: int, seed: int
) -> np.ndarray:
    """Return [edge, draw]: the gain in V of each edge with its own rate drawn, other values and pi held.

    Sums over edges of which no path holds two (one leader, one debtor, one level) are draws of their joint gain.
    """
    rng = np.random.default_rng([seed, crc32(tree.ids[root].encode(), DOMAIN)])
    found, count = np.zeros((len(edges), draws)), 0.0
    for number, line in enumerate(charged.lines):
        mine = [k for k, (own, _) in enumerate(edges) if own == number]
        if not line.counted:
            continue
        rests, paths = _rests(tree, line, root, np.array([edges[k][1] for k in mine], np.int64), tau)
        count += paths
        rates = _rates(tree, line, root, tau) if mine else np.zeros((2, 1))
        for k, rest in zip(mine, rests, strict=True):
            node = edges[k][1]
            level = int(tree.depth[node] - tree.depth[root])
            values = _draw_values(line, node, rates[:, level], tau=tau, draws=draws, rng=rng)
            power = 1.0 / np.arange(1, len(rest) + 1)
            found[k] = (rest[:, None] * (1.0 - values[None, :] ** power[:, None])).sum(axis=0)
    return found / max(count, 1.0)


def ranges_of(draws: np.ndarray) -> list[tuple[float, float]]:
    """Return low and high (5 % and 95 %) of each row of draws.

    >>> ranges_of(np.array([[0.0, 1.0, 0.0, 1.0]]))
    [(0.0, 1.0)]
    """
    if not draws.size:
        return [(0.0, 0.0)] * len(draws)
    low, high = np.quantile(draws, RANGE, axis=1)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def block_range(gain: Gain, rate: float, share: float, *, tau: float, draws: int, seed: int) -> tuple[float, float]:
    """Return the range of a block's gain in H: `share` is its weight in H, `rate` the pi of its part, held."""
    rng = np.random.default_rng([seed, crc32(f"{gain.line} {gain.unit}".encode(), DOMAIN)])
    values = _beta(gain.met + tau * rate, gain.due - gain.met + tau * (1.0 - rate), draws, rng)
    return ranges_of((share * (1.0 - values))[None, :])[0]


def _rests(tree: Tree, line: Line, root: int, nodes: np.ndarray, tau: float) -> tuple[np.ndarray, float]:
    # [edge, length - 1]: sum over the paths through the edge of the product of the other values to the 1/length
    stop = int(tree.end[root])
    values, rank = np.zeros(tree.count), np.full(tree.count, -1, np.int64)
    edge_values(root, stop, tree.depth, *columns(line), tau, values)
    rank[nodes] = np.arange(len(nodes))
    longest, count = _longest(root, stop, line.up)
    out = np.zeros((len(nodes), max(longest, 1)))
    _add_rests(root, stop, line.up, values, rank, out)
    return out, count


@compiled
def _longest(root: int, stop: int, up: np.ndarray) -> tuple[int, float]:
    longest, count = 0, 0.0
    for x in range(root + 1, stop):
        node, length = x, 0
        while root <= up[node] < stop:
            length += 1
            node = up[node]
        longest = max(longest, length)
        count += length > 0
    return longest, count


@compiled
def _add_rests(root: int, stop: int, up: np.ndarray, values: np.ndarray, rank: np.ndarray, out: np.ndarray) -> None:
    for x in range(root + 1, stop):
        node, length, zeros, path = x, 0, 0, 0.0
        while root <= up[node] < stop:
            length += 1
            if values[node] <= 0.0:
                zeros += 1
            else:
                path += np.log(values[node])
            node = up[node]
        node = x
        while root <= up[node] < stop:
            if rank[node] >= 0:
                own = values[node]
                if zeros == (1 if own <= 0.0 else 0):
                    rest = path if own <= 0.0 else path - np.log(own)
                    out[rank[node], length - 1] += np.exp(rest / length)
            node = up[node]


def _rates(tree: Tree, line: Line, root: int, tau: float) -> np.ndarray:
    # [class of kind, level below the root]: pi_l
    stop = int(tree.end[root])
    rates = np.zeros((2, height(root, stop, tree.depth) + 1))
    for kind in range(2):
        sums = np.zeros(rates.shape)
        total, due = pool(root, stop, tree.depth, line.up, line.s[kind], line.n[kind], line.reports, kind == 0, sums)
        pi = total / due if due > 0 else 0.0
        below = sums[1] + tau
        rates[kind] = np.divide(sums[0] + tau * pi, below, out=rates[kind], where=below > 0)
    return rates


def _draw_values(
    line: Line, x: int, rates: np.ndarray, *, tau: float, draws: int, rng: np.random.Generator
) -> np.ndarray:
    if not line.directives:
        return np.zeros(draws)
    drawn = []
    for kind, rate in enumerate(rates.tolist()[: 2 if line.reports[x] else 1]):
        s, n = float(line.s[kind, x]), float(line.n[kind, x])
        drawn.append(_beta(s + tau * rate, n - s + tau * (1.0 - rate), draws, rng))
    return np.asarray(drawn[0] if len(drawn) == 1 else np.sqrt(drawn[0] * drawn[1]))


def _beta(a: float, b: float, draws: int, rng: np.random.Generator) -> np.ndarray:
    if a <= 0.0:
        return np.zeros(draws)
    return np.ones(draws) if b <= 0.0 else rng.beta(a, b, draws)
