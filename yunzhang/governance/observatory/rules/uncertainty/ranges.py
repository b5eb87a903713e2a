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
from yunzhang.governance.observatory.rules.posterior import (
    STRONG,
    WEAK,
    Sampler,
    draw_contract,
    gather_inside,
    type_inside,
    type_world,
)
from yunzhang.governance.observatory.rules.uncertainty.simulating import (
    BOOTSTRAP,
    ERROR,
    GIVEN,
    draw_lines,
    draw_parts,
    estimate_inside,
)
from yunzhang.governance.observatory.terms import FIGURES, PARTS

H = FIGURES.index("H")
LOW, HIGH = 0.05, 0.95
NORMAL = 1.6448536269514722  # beyond this many standard deviations lie 5 %
ENOUGH = 4_000  # edges and pairs up to which as many likes are simulated as there are draws
FEWEST = 40  # likes of a sub-tree however large; their ends are then read off the normal curve
FEW = 100  # below this many likes so too
BIG = 20_000  # units from which one sub-tree's draws are shared among the cores
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
    keys = np.array([sampler.key(int(root)) for root in roots], np.uint64)
    sizes = sampler.tree.end[roots] - roots
    out = (values, ends, plain, chances)
    for k in np.flatnonzero(sizes >= BIG).tolist():
        _find_big(sampler, int(roots[k]), keys[k], weigh, tuple(array[..., k] for array in out))
    small = np.flatnonzero(sizes < BIG)

    def work(batch: np.ndarray) -> None:
        _find_small(
            roots[batch], sampler.tree.end[roots[batch]], keys[batch], sampler.world, sampler.tau, sampler.draws, weigh,
            batch, *out,
        )  # fmt: skip

    side_by_side(work, _batches(small, sizes))
    return Ranges(values, ends[0], ends[1], chances, plain)


def _batches(chosen: np.ndarray, sizes: np.ndarray) -> Iterator[np.ndarray]:
    number = np.cumsum(sizes[chosen]) // BATCH
    yield from np.split(chosen, np.flatnonzero(np.diff(number)) + 1) if len(chosen) else ()


def _find_big(sampler: Sampler, root: int, key: np.uint64, weigh: np.ndarray, out: tuple[np.ndarray, ...]) -> None:
    inside = sampler.inside(root)
    draws, likes = sampler.draws, how_many_likes(inside, sampler.draws)
    contract, more = np.full((len(FIGURES), draws), np.nan), np.full((3, len(FIGURES), likes), np.nan)

    def work(job: tuple[int, int, int]) -> None:
        kind, first, last = job
        if kind == 0:
            draw_contract(key, first, last, inside, sampler.tau, contract)
        elif kind == 1:
            draw_lines(key, first, last, inside, sampler.tau, more)
        else:
            draw_parts(key, first, last, inside, sampler.tau, more)

    jobs = [(kind, k, min(k + 10, end)) for kind, end in enumerate((draws, likes, likes)) for k in range(0, end, 10)]
    side_by_side(work, jobs)
    out[0][:] = estimate_inside(inside, sampler.tau)
    summarise(out[0], contract, more, weigh, *out[1:])


@compiled
def how_many_likes(inside: type_inside, draws: int) -> int:
    """Return how many likes of a sub-tree are simulated: all `draws`, fewer where thousands of edges smooth them."""
    size = len(inside[0][0][0]) + len(inside[0][1][0])
    for part in range(4):
        size += len(inside[1][part][0])
    return min(draws, max(FEWEST, draws * ENOUGH // max(size, 1)))


@compiled
def _find_small(
    roots: np.ndarray,
    ends_of: np.ndarray,
    keys: np.ndarray,
    world: type_world,
    tau: float,
    draws: int,
    weigh: np.ndarray,
    places: np.ndarray,
    values: np.ndarray,
    ends: np.ndarray,
    plain: np.ndarray,
    chances: np.ndarray,
) -> None:
    for j in range(len(roots)):
        inside = gather_inside(roots[j], ends_of[j], world)
        likes = how_many_likes(inside, draws)
        contract, more = np.full((8, draws), np.nan), np.full((3, 8, likes), np.nan)
        draw_contract(keys[j], 0, draws, inside, tau, contract)
        draw_lines(keys[j], 0, likes, inside, tau, more)
        draw_parts(keys[j], 0, likes, inside, tau, more)
        k = places[j]
        values[:, k] = estimate_inside(inside, tau)
        summarise(values[:, k], contract, more, weigh, ends[:, :, k], plain[:, :, :, k], chances[:, k])


@compiled
def summarise(
    values: np.ndarray,
    contract: np.ndarray,
    more: np.ndarray,
    weigh: np.ndarray,
    ends: np.ndarray,
    plain: np.ndarray,
    chances: np.ndarray,
) -> None:
    """Return nothing; fills low and high of every figure, those before calibration, and the modes' probabilities."""
    weight = np.zeros(4)
    for part in range(4):
        if not np.isnan(values[4 + part]):
            weight[part] = weigh[part]
    if weight.sum() > 0:
        weight /= weight.sum()
        values[3] = _mean(values[4:], weight)
        for k in range(contract.shape[1]):
            contract[3, k] = _mean(contract[4:, k], weight)
        for row in range(3):
            for k in range(more.shape[2]):
                more[row, 3, k] = _mean(more[row, 4:, k], weight)
    for figure in range(8):
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
def _mean(parts: np.ndarray, weight: np.ndarray) -> float:
    total = 0.0
    for part in range(4):
        if weight[part] > 0:
            total += weight[part] * parts[part]
    return total


@compiled
def _ends(sample: np.ndarray, cautious: bool) -> tuple[float, float]:
    # the 5 % and 95 % points; cautious: each further out by one standard error of itself, as few draws found it
    count = len(sample)
    if count < FEW:
        spread = sample.std() * np.sqrt(count / max(count - 1.0, 1.0))
        wide = NORMAL + np.sqrt(1.0 / count + NORMAL**2 / (2.0 * count)) * cautious
        return sample.mean() - wide * spread, sample.mean() + wide * spread
    ordered = np.sort(sample)
    share = LOW - np.sqrt(LOW * HIGH / count) * cautious
    return _at(ordered, share), _at(ordered, 1.0 - share)


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
    chances[:] = 0.0
    for k in range(len(v)):
        if (v[k] < WEAK or v[k] > STRONG) and (h[k] < WEAK or h[k] > STRONG):
            chances[int(v[k] > STRONG) + 2 * int(h[k] > STRONG)] += 1.0
    chances /= len(v)
