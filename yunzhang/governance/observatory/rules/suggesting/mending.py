"""Expected gains: V or H with a share of some shortfalls mended, minus V or H, other values and pi held (design §5).

A range comes from drawing the rates of the mended edges or blocks anew, everything else held, as `gain_ranges` does for
one edge; chance enters by the seed alone.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.horizontal import Blocks
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, height, pool
from yunzhang.governance.observatory.terms import PARTS

RANGE = (0.05, 0.95)
DRAWS = 200
type_gain = tuple[float, float, float]


def gains_in_v(scene: Scene, options: Sequence[Option], *, seed: int) -> list[type_gain]:
    """Return gain, low and high of each option in V of the sub-tree."""
    tree, root, stop = scene.tree, scene.root, scene.stop
    phi = np.zeros((2, len(options), stop - root))
    for k, option in enumerate(options):
        for (line, node), share in option.mends.items():
            phi[line, k, node - root] = share
    point, drawn, paths = np.zeros(len(options)), np.zeros((DRAWS, len(options))), 0.0
    for number, own in enumerate(scene.lines):
        if own.counted:
            columns = (own.up, own.s, own.n, own.directives, own.reports)
            start = (seed + number) % 2**32
            paths += _rises(root, stop, tree.depth, *columns, scene.tau, phi[number], start, point, drawn)
    found = _summary(point / max(paths, 1.0), drawn / max(paths, 1.0))
    return [
        (gain, low * option.swing[0], high * option.swing[1])
        for option, (gain, low, high) in zip(options, found, strict=True)
    ]


def gains_in_h(
    scene: Scene,
    blocks: Blocks,
    options: Sequence[Option],
    *,
    parts: tuple[str, ...],
    weights: tuple[float, ...],
    seed: int,
) -> list[type_gain]:
    """Return gain, low and high of each option in H of the sub-tree."""
    rng, tau = np.random.default_rng(seed), scene.tau
    point, drawn = np.zeros(len(options)), np.zeros((DRAWS, len(options)))
    counted = [
        part
        for part in range(len(PARTS))
        if PARTS[part] in parts and weights[part] > 0 and len(_nodes(scene, blocks, part))
    ]
    total = sum(weights[part] for part in counted)
    for part in counted:
        nodes = _nodes(scene, blocks, part)
        f, n = _columns(scene, blocks, part)
        rate = tau * f.sum() / n.sum()
        at = {int(node): place for place, node in enumerate(nodes)}
        for k, option in enumerate(options):
            for node, share in [(own[1], each) for own, each in option.mends.items() if own[0] == part]:
                weight = share / len(nodes) * weights[part] / total
                got, asked = f[at[node]], n[at[node]]
                point[k] += weight * (1 - (got + rate) / (asked + tau))
                drawn[:, k] += weight * (1 - _draw(rng, got + rate, asked - got + tau - rate))
    return _summary(point, drawn)


def shortfall_of_block(scene: Scene, blocks: Blocks, part: int, node: int) -> float:
    """Return n times (1 - h) of a block, pooled: what `mends` shares of matters are measured against."""
    f, n = _columns(scene, blocks, part)
    is_top = node == scene.root
    got = (blocks.f_top if is_top else blocks.f_below)[part, node]
    asked = (blocks.n_top if is_top else blocks.n_below)[part, node]
    return float(asked - got + scene.tau * (1 - f.sum() / n.sum()))


def edge_shares(tree: Tree, line: Line, root: int, *, tau: float) -> np.ndarray:
    """Return pooled p and r of the edges inside the sub-tree, [class, node - root], NaN where there is no edge."""
    stop = int(tree.end[root])
    return _shares(root, stop, tree.depth, line.up, line.s, line.n, line.reports, tau)


def _nodes(scene: Scene, blocks: Blocks, part: int) -> np.ndarray:
    there = blocks.below[part, scene.root : scene.stop].copy()
    there[0] = blocks.top[part, scene.root]
    return np.asarray(np.flatnonzero(there) + scene.root)


def _columns(scene: Scene, blocks: Blocks, part: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, root = _nodes(scene, blocks, part), scene.root
    f = np.where(nodes == root, blocks.f_top[part, nodes], blocks.f_below[part, nodes])
    n = np.where(nodes == root, blocks.n_top[part, nodes], blocks.n_below[part, nodes])
    return f, n


def _draw(rng: np.random.Generator, a: float, b: float) -> np.ndarray:
    if a <= 0:
        return np.zeros(DRAWS)
    return np.ones(DRAWS) if b <= 0 else rng.beta(a, b, DRAWS)


def _summary(point: np.ndarray, drawn: np.ndarray) -> list[type_gain]:
    # draws of thin edges lie beside the figure (a mean of roots); a range holds its own figure
    low, high = np.quantile(drawn, RANGE, axis=0) if len(point) else (point, point)
    rows = zip(point.tolist(), np.minimum(low, point).tolist(), np.maximum(high, point).tolist(), strict=True)
    return list(rows)


@compiled
def _rates(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    reports: np.ndarray,
    tau: float,
) -> np.ndarray:
    # pi_l of each class and level below the root
    levels = height(root, stop, depth) + 1
    sums, rates = np.zeros((2, levels)), np.zeros((2, levels))
    for kind in range(2):
        total, due = pool(root, stop, depth, up, s[kind], n[kind], reports, kind == 0, sums)
        pi = total / due if due > 0 else 0.0
        for level in range(levels):
            if sums[1, level] + tau > 0:
                rates[kind, level] = (sums[0, level] + tau * pi) / (sums[1, level] + tau)
    return rates


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
    rates, shares = _rates(root, stop, depth, up, s, n, reports, tau), np.full((2, stop - root), np.nan)
    for x in range(root + 1, stop):
        if root <= up[x] < stop:
            for kind in range(2):
                rate = tau * rates[kind, depth[x] - depth[root]]
                shares[kind, x - root] = (s[kind, x] + rate) / (n[kind, x] + tau)
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
    rates, shares = (
        _rates(root, stop, depth, up, s, n, reports, tau),
        _shares(root, stop, depth, up, s, n, reports, tau),
    )
    value = np.zeros(stop - root)
    for i in range(1, stop - root):
        value[i] = _value(shares[0, i], shares[1, i], directives, reports[root + i])
    held, paths = np.log(value), 0.0
    touched = np.zeros(stop - root, np.bool_)
    for i in range(1, stop - root):
        touched[i] = phi[:, i].any()
    for x in range(root + 1, stop):
        paths += root <= up[x] < stop
    for draw in range(-1, len(drawn)):
        if draw >= 0 and directives:
            for x in range(root + 1, stop):
                if touched[x - root] and root <= up[x] < stop:
                    level = depth[x] - depth[root]
                    down, back = tau * rates[0, level], tau * rates[1, level]
                    p = _beta(s[0, x] + down, n[0, x] - s[0, x] + tau - down)
                    r = _beta(s[1, x] + back, n[1, x] - s[1, x] + tau - back) if reports[x] else 0.0
                    value[x - root] = _value(p, r, directives, reports[x])
        _add_rises(root, stop, up, held, value, touched, phi, point if draw < 0 else drawn[draw])
    return paths


@compiled
def _value(p: float, r: float, directives: bool, reports: bool) -> float:
    if not directives:
        return 0.0
    return float(np.sqrt(p * r)) if reports else p


@compiled
def _add_rises(
    root: int,
    stop: int,
    up: np.ndarray,
    held: np.ndarray,
    value: np.ndarray,
    touched: np.ndarray,
    phi: np.ndarray,
    rise: np.ndarray,
) -> None:
    own, mended = np.zeros(len(phi)), np.zeros(len(phi))
    for x in range(root + 1, stop):
        node, length, path, some = x, 0, 0.0, False
        own[:] = 0.0
        mended[:] = 0.0
        while root <= up[node] < stop:
            i = node - root
            if touched[i]:
                some = True
                for k in range(len(phi)):
                    share = phi[k, i]
                    if share > 0.0:  # drawn anew for the options that mend it, held for the others
                        own[k] += np.log(value[i])
                        mended[k] += np.log(value[i] + share * (1.0 - value[i]))
                    else:
                        own[k] += held[i]
                        mended[k] += held[i]
            else:
                path += held[i]
            length += 1
            node = up[node]
        if some:
            for k in range(len(phi)):
                rise[k] += np.exp((path + mended[k]) / length) - np.exp((path + own[k]) / length)
