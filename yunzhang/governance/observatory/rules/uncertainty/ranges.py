"""Ranges of every figure of many sub-trees, and the probability of each mode; work shared among the cores.

Why so (docs/decisions/0009-ranges.md): the contract's draws lie below V where edges are thin (a mean of roots), and
they count an inside thread once although it stands in two blocks; plain ranges of them cover 13–58 %.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.edges import (
    count_levels,
    estimate_line,
    find_life,
    gather_edges,
    spread_lines,
    type_edges,
    type_lines,
)
from yunzhang.governance.observatory.rules.pairs import (
    COUNT,
    estimate_part,
    gather_parts,
    type_across,
    type_parts,
)
from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK, Sampler, draw_contract
from yunzhang.governance.observatory.rules.uncertainty.across import draw_parts
from yunzhang.governance.observatory.rules.uncertainty.lines import BOOTSTRAP, ERROR, GIVEN, draw_lines
from yunzhang.governance.observatory.terms import FIGURES, PARTS

H = FIGURES.index("H")
LOW, HIGH = 0.05, 0.95
NORMAL = 1.6448536269514722  # beyond this many standard deviations lie 5 %
ENOUGH = 4_000  # edges and pairs up to which as many likes are simulated as there are draws
FEWEST = 40  # likes of a sub-tree however large; their ends are then read off the normal curve
FEW = 100  # below this many likes so too
BIG = 20_000  # units from which one sub-tree's draws are shared among the cores
SHARE = 10  # draws of a big sub-tree that one core takes at a time
BATCH = 20_000  # units of small sub-trees that one core takes at a time


@dataclass(frozen=True, slots=True)
class Ranges:
    """By figure (rows as FIGURES) and root: the figure, low, high; by mode and root: probability. NaN where null.

    `plain` [draws | bootstrap, low | high, figure, root] are the ranges before calibration.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    chances: np.ndarray
    plain: np.ndarray


def find_ranges(sampler: Sampler, roots: np.ndarray, *, parts: tuple[str, ...], weights: tuple[float, ...]) -> Ranges:
    """Return 90 % ranges of every figure, each holding its figure, and the probability of each mode."""
    shape = (len(FIGURES), len(roots))
    ends, plain = np.full((2, *shape), np.nan), np.full((2, 2, *shape), np.nan)
    values, chances = np.full(shape, np.nan), np.full((4, len(roots)), np.nan)
    weigh = np.array([weights[k] if part in parts else 0.0 for k, part in enumerate(PARTS)], np.float64)
    keys = np.array([sampler.key(int(root)) for root in roots], np.int64)
    sizes = sampler.tree.end[roots] - roots
    out = (values, ends, plain, chances)
    for k in np.flatnonzero(sizes >= BIG).tolist():
        _find_big(sampler, int(roots[k]), int(keys[k]), weigh, tuple(array[..., k] for array in out))
    small = np.flatnonzero(sizes < BIG)

    def work(batch: np.ndarray) -> None:
        _find_small(
            batch, roots, sampler.tree.end, keys, sampler.lines, sampler.across, sampler.tau, sampler.draws, weigh, *out
        )

    side_by_side(work, _batches(small, sizes))
    return Ranges(values, ends[0], ends[1], chances, plain)


def _batches(chosen: np.ndarray, sizes: np.ndarray) -> Iterator[np.ndarray]:
    number = np.cumsum(sizes[chosen]) // BATCH
    yield from np.split(chosen, np.flatnonzero(np.diff(number)) + 1) if len(chosen) else ()


def draw_whole(sampler: Sampler, root: int) -> np.ndarray:
    """Return the contract's draws of one root as `Sampler.sample` does, shared among the cores."""
    sample = np.full((len(FIGURES), sampler.draws), np.nan)
    key, inside = sampler.key(root), sampler.inside(root)

    def work(first: int) -> None:
        draw_contract(key, first, min(first + SHARE, sampler.draws), *inside, sampler.tau, sample)

    side_by_side(work, range(0, sampler.draws, SHARE))
    return sample


def _find_big(sampler: Sampler, root: int, key: int, weigh: np.ndarray, out: tuple[np.ndarray, ...]) -> None:
    edges, life, parts = sampler.inside(root)
    tau, likes = sampler.tau, how_many_likes(edges, parts, sampler.draws)
    more = np.full((3, len(FIGURES), likes), np.nan)

    def work(job: tuple[bool, int]) -> None:
        is_line, first = job
        last = min(first + SHARE, likes)
        if is_line:
            draw_lines(key, first, last, edges, life, tau, more)
        else:
            draw_parts(key, first, last, parts, tau, more)

    side_by_side(work, [(is_line, first) for is_line in (True, False) for first in range(0, likes, SHARE)])
    estimate_inside(edges, life, parts, tau, out[0])
    summarise(draw_whole(sampler, root), more, weigh, *out)


@compiled
def how_many_likes(edges: type_edges, parts: type_parts, draws: int) -> int:
    """Return how many likes of a sub-tree are simulated: all `draws`, fewer where thousands of edges smooth them."""
    size = edges[0][2] + parts[0][COUNT]
    return int(min(draws, max(FEWEST, draws * ENOUGH // max(size, 1))))


@compiled
def _find_small(
    batch: np.ndarray,
    roots: np.ndarray,
    end: np.ndarray,
    keys: np.ndarray,
    lines: type_lines,
    across: type_across,
    tau: float,
    draws: int,
    weigh: np.ndarray,
    values: np.ndarray,
    ends: np.ndarray,
    plain: np.ndarray,
    chances: np.ndarray,
) -> None:
    contract, more = np.empty((2 * COUNT, draws)), np.empty((3, 2 * COUNT, draws))
    for k in batch:
        root, stop = roots[k], end[roots[k]]
        edges, life, parts = (
            gather_edges(root, stop, lines),
            find_life(root, stop, lines),
            gather_parts(root, stop, across),
        )
        likes = how_many_likes(edges, parts, draws)
        contract[:], more[:] = np.nan, np.nan
        draw_contract(keys[k], 0, draws, edges, life, parts, tau, contract)
        draw_lines(keys[k], 0, likes, edges, life, tau, more)
        draw_parts(keys[k], 0, likes, parts, tau, more)
        estimate_inside(edges, life, parts, tau, values[:, k])
        summarise(contract, more[:, :, :likes], weigh, values[:, k], ends[:, :, k], plain[:, :, :, k], chances[:, k])


@compiled
def estimate_inside(edges: type_edges, life: np.ndarray, parts: type_parts, tau: float, out: np.ndarray) -> None:
    """Return nothing; `out` gets the figures themselves in the order of FIGURES, untouched where there is none."""
    sums, room, paths = np.zeros(2), np.zeros((2, 2, count_levels(edges) + 1)), np.empty(edges[0][2])
    for line in range(2):
        if life[line, 0]:
            sums[line] = estimate_line(line, edges, edges[4], edges[5], tau, room, paths)
    spread_lines(sums, edges[0], out)
    for part in range(COUNT):
        low, high = parts[5][part], parts[5][part + 1]
        if high > low:
            out[COUNT + part] = estimate_part(low, high, parts[6], parts[7], tau)


@compiled
def summarise(
    contract: np.ndarray,
    more: np.ndarray,
    weigh: np.ndarray,
    values: np.ndarray,
    ends: np.ndarray,
    plain: np.ndarray,
    chances: np.ndarray,
) -> None:
    """Return nothing; fills H, low and high of every figure, those before calibration, and the modes' probabilities."""
    weight, total = np.zeros(COUNT), 0.0
    for part in range(COUNT):
        if not np.isnan(values[COUNT + part]):
            weight[part] = weigh[part]
            total += weigh[part]
    if total > 0:
        values[H] = _mean(values, weight, total)
        for k in range(contract.shape[1]):
            contract[H, k] = _mean(contract[:, k], weight, total)
        for row in range(3):
            for k in range(more.shape[2]):
                more[row, H, k] = _mean(more[row, :, k], weight, total)
    for figure in range(2 * COUNT):
        if not np.isnan(values[figure]):
            plain[0, 0, figure], plain[0, 1, figure] = _ends(contract[figure], False)
            plain[1, 0, figure], plain[1, 1, figure] = _ends(more[BOOTSTRAP, figure], False)
            wide = max(plain[0, 1, figure] - plain[0, 0, figure], plain[1, 1, figure] - plain[1, 0, figure])
            given = _ends(
                more[GIVEN, figure], figure >= H
            )  # V is read twice over by a model that errs to the wide side
            ends[0, figure], ends[1, figure] = _calibrated(
                values[figure], given, _ends(more[ERROR, figure], True), wide
            )
    if not (np.isnan(values[0]) or np.isnan(values[3])):
        _count_modes(contract[0], contract[3], chances)


@compiled
def _mean(values: np.ndarray, weight: np.ndarray, total: float) -> float:
    found = 0.0
    for part in range(COUNT):
        if weight[part] > 0:
            found += weight[part] * values[COUNT + part]
    return found / total


@compiled
def _ends(sample: np.ndarray, cautious: bool) -> tuple[float, float]:
    # the 5 % and 95 % points; cautious: each further out by one standard error of itself, as few draws found it
    count = len(sample)
    if count < FEW:
        centre, spread = 0.0, 0.0
        for value in sample:
            centre += value / count
        for value in sample:
            spread += (value - centre) ** 2 / max(count - 1, 1)
        wide = NORMAL + np.sqrt(1.0 / count + NORMAL**2 / (2.0 * count)) * cautious
        return centre - wide * np.sqrt(spread), centre + wide * np.sqrt(spread)
    ordered = _sorted(sample)
    share = LOW - np.sqrt(LOW * HIGH / count) * cautious
    return _at(ordered, share), _at(ordered, 1.0 - share)


@compiled
def _sorted(sample: np.ndarray) -> np.ndarray:
    # by shrinking gaps: a few hundred numbers, and a fraction of what np.sort takes to compile
    ordered = np.empty(len(sample))
    for k in range(len(sample)):
        ordered[k] = sample[k]
    gap = len(ordered) // 2
    while gap > 0:
        for k in range(gap, len(ordered)):
            value, at = ordered[k], k
            while at >= gap and ordered[at - gap] > value:
                ordered[at] = ordered[at - gap]
                at -= gap
            ordered[at] = value
        gap = 1 if gap == 2 else gap * 5 // 11
    return ordered


@compiled
def _at(ordered: np.ndarray, share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    after = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[after] - ordered[below]))


@compiled
def _calibrated(
    value: float, given: tuple[float, float], error: tuple[float, float], wide: float
) -> tuple[float, float]:
    # the estimate less its error on likes, and the truth given the counts: two readings of one model, both are kept
    low, high = min(given[0], value - error[1]), max(given[1], value - error[0])
    # a figure outside its own range cannot be read; the contract's pooled V lies there now and then where levels differ
    low, high = min(low, value), max(high, value)
    lacking = wide - (high - low)
    if lacking > 0:  # never narrower than the wider of plain draws and bootstrap
        low, high = low - lacking / 2, high + lacking / 2
    return max(low, 0.0), min(high, 1.0)


@compiled
def _count_modes(v: np.ndarray, h: np.ndarray, chances: np.ndarray) -> None:
    for mode in range(len(chances)):
        chances[mode] = 0.0
    for k in range(len(v)):
        if (v[k] < WEAK or v[k] > STRONG) and (h[k] < WEAK or h[k] > STRONG):
            chances[int(v[k] > STRONG) + 2 * int(h[k] > STRONG)] += 1.0
    for mode in range(len(chances)):
        chances[mode] /= len(v)
