"""Expected gains: V or H with a share of some shortfalls mended, minus V or H, other values and pi held (design §5).

A range comes from draws of the same posterior as the figures'; chance enters by the seed alone.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.horizontal import Blocks
from yunzhang.governance.observatory.rules.suggesting.option import Option
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, height, pool
from yunzhang.governance.observatory.terms import PARTS

RANGE = (0.05, 0.95)
DRAWS = 200
type_gain = tuple[float, float, float]


def gains_in_v(
    tree: Tree, lines: tuple[Line, Line], root: int, options: Sequence[Option], *, tau: float, seed: int
) -> list[type_gain]:
    """Return gain, low and high of each option in V of the sub-tree."""
    stop = int(tree.end[root])
    phi = np.zeros((2, len(options), stop - root))
    for k, option in enumerate(options):
        for (line, node), share in option.mends.items():
            phi[line, k, node - root] = share
    point, drawn, paths = np.zeros(len(options)), np.zeros((DRAWS, len(options))), 0.0
    for number, own in enumerate(lines):
        if own.counted:
            columns = (own.up, own.s, own.n, own.directives, own.reports)
            start = (seed + number) % 2**32
            paths += _rises(root, stop, tree.depth, *columns, tau, phi[number], start, point, drawn)
    return _summary(point / max(paths, 1.0), drawn / max(paths, 1.0))


def gains_in_h(
    blocks: Blocks, root: int, stop: int, options: Sequence[Option], *, parts: tuple[str, ...], tau: float, seed: int
) -> list[type_gain]:
    """Return gain, low and high of each option in H of the sub-tree."""
    rng = np.random.default_rng(seed)
    point, drawn = np.zeros(len(options)), np.zeros((DRAWS, len(options)))
    counted = [part for part in range(len(PARTS)) if PARTS[part] in parts and _there(blocks, part, root, stop).any()]
    for part in counted:
        f, n = _columns(blocks, part, root, stop)
        count = len(f)
        total, due = f.sum(), n.sum()
        held, rates = total / due, _betas(rng, np.full(DRAWS, total), np.full(DRAWS, due - total + 0.5))
        at = {int(node): place for place, node in enumerate(np.flatnonzero(_there(blocks, part, root, stop)) + root)}
        for k, option in enumerate(options):
            for (number, node), share in option.mends.items():
                if number == part and node in at:
                    got, asked = f[at[node]], n[at[node]]
                    weight = share / count / len(counted)
                    point[k] += weight * (1 - (got + tau * held) / (asked + tau))
                    drawn[:, k] += weight * (1 - _betas(rng, got + tau * rates, asked - got + tau * (1 - rates)))
    return _summary(point, drawn)


def shortfall_of_block(blocks: Blocks, part: int, node: int, root: int, stop: int, *, tau: float) -> float:
    """Return n times (1 - h) of a block, pooled: what `mends` shares of matters are measured against."""
    f, n = _columns(blocks, part, root, stop)
    got, asked = (
        (blocks.f_top[part, node], blocks.n_top[part, node])
        if node == root
        else (blocks.f_below[part, node], blocks.n_below[part, node])
    )
    return float(asked - got + tau * (1 - f.sum() / n.sum()))


def edge_shares(tree: Tree, line: Line, root: int, *, tau: float) -> np.ndarray:
    """Return pooled p and r of the edges inside the sub-tree, [class, node - root], NaN where there is no edge."""
    stop = int(tree.end[root])
    return _shares(root, stop, tree.depth, line.up, line.s, line.n, line.reports, tau)


def _there(blocks: Blocks, part: int, root: int, stop: int) -> np.ndarray:
    there = blocks.below[part, root:stop].copy()
    there[0] = blocks.top[part, root]
    return np.asarray(there)


def _columns(blocks: Blocks, part: int, root: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    f, n = blocks.f_below[part, root:stop].copy(), blocks.n_below[part, root:stop].copy()
    f[0], n[0] = blocks.f_top[part, root], blocks.n_top[part, root]
    there = _there(blocks, part, root, stop)
    return f[there], n[there]


def _betas(rng: np.random.Generator, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    tiny = 1e-12
    drawn = rng.beta(np.maximum(a, tiny), np.maximum(b, tiny))
    return np.asarray(np.where(a <= 0, 0.0, np.where(b <= 0, 1.0, drawn)))


def _summary(point: np.ndarray, drawn: np.ndarray) -> list[type_gain]:
    # draws of thin edges lie beside the figure (a mean of roots); a range holds its own figure
    low, high = np.quantile(drawn, RANGE, axis=0) if len(point) else (point, point)
    rows = zip(point.tolist(), np.minimum(low, point).tolist(), np.maximum(high, point).tolist(), strict=True)
    return list(rows)


@compiled
def _shares(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    reports: np.ndarray,
    tau: float,
) -> np.ndarray:
    levels = height(root, stop, depth) + 1
    sums, shares = np.zeros((2, levels)), np.full((2, stop - root), np.nan)
    for kind in range(2):
        total, due = pool(root, stop, depth, up, s[kind], n[kind], reports, kind == 0, sums)
        pi = total / due if due > 0 else 0.0
        for x in range(root + 1, stop):
            if root <= up[x] < stop:
                level = depth[x] - depth[root]
                rate = (sums[0, level] + tau * pi) / (sums[1, level] + tau) if sums[1, level] + tau > 0 else 0.0
                shares[kind, x - root] = (s[kind, x] + tau * rate) / (n[kind, x] + tau)
    return shares


@compiled
def _beta(a: float, b: float) -> float:
    if a <= 0.0:
        return 0.0
    if b <= 0.0:
        return 1.0
    return float(np.random.beta(a, b))


@compiled
def _rises(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    directives: bool,
    reports: np.ndarray,
    tau: float,
    phi: np.ndarray,
    seed: int,
    point: np.ndarray,
    drawn: np.ndarray,
) -> float:
    # adds to `point` and `drawn` the rise of the sum of path values; returns how many paths there are
    np.random.seed(seed)
    size, levels = stop - root, height(root, stop, depth) + 1
    shares = _shares(root, stop, depth, up, s, n, reports, tau)
    value = np.zeros(size)
    for i in range(1, size):
        value[i] = _value(shares[0, i], shares[1, i], directives, reports[root + i])
    paths = _add_rises(root, stop, up, value, phi, point)
    if not directives:
        return paths
    sums, rates, totals = np.zeros((2, 2, levels)), np.zeros((2, levels)), np.zeros((2, 2))
    for kind in range(2):
        total, due = pool(root, stop, depth, up, s[kind], n[kind], reports, kind == 0, sums[kind])
        totals[kind, 0], totals[kind, 1] = total, due
    for draw in range(len(drawn)):
        for kind in range(2):
            pi = _beta(totals[kind, 0], totals[kind, 1] - totals[kind, 0] + 0.5)
            for level in range(levels):
                got, owed = sums[kind, 0, level], sums[kind, 1, level]
                rates[kind, level] = _beta(got + tau * pi, owed - got + tau * (1.0 - pi))
        for x in range(root + 1, stop):
            if root <= up[x] < stop:
                p, r = 0.0, 0.0
                level = depth[x] - depth[root]
                p = _beta(s[0, x] + tau * rates[0, level], n[0, x] - s[0, x] + tau * (1.0 - rates[0, level]))
                if reports[x]:
                    r = _beta(s[1, x] + tau * rates[1, level], n[1, x] - s[1, x] + tau * (1.0 - rates[1, level]))
                value[x - root] = _value(p, r, directives, reports[x])
        _add_rises(root, stop, up, value, phi, drawn[draw])
    return paths


@compiled
def _value(p: float, r: float, directives: bool, reports: bool) -> float:
    if not directives:
        return 0.0
    return float(np.sqrt(p * r)) if reports else p


@compiled
def _add_rises(root: int, stop: int, up: np.ndarray, value: np.ndarray, phi: np.ndarray, rise: np.ndarray) -> float:
    count = 0.0
    mended = np.zeros(len(phi))
    for x in range(root + 1, stop):
        node, length, path = x, 0, 0.0
        mended[:] = 0.0
        while root <= up[node] < stop:
            i = node - root
            log = np.log(value[i])
            path += log
            for k in range(len(phi)):
                share = phi[k, i]
                mended[k] += np.log(value[i] + share * (1.0 - value[i])) if share > 0.0 else log
            length += 1
            node = up[node]
        if length:
            count += 1.0
            held = np.exp(path / length)
            for k in range(len(phi)):
                rise[k] += np.exp(mended[k] / length) - held
    return count
