"""Who has a message for whom: any unit as source, and a target the less likely the further away in the backbone.

A target is drawn in two steps: the lowest superior in common (kept for every source), then how far below it. Two trees
have the virtual unit over the roots in common.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.levels import Levels, count_below, lay_levels, pick_outside

SMALLEST = 600.0  # logs below the likeliest weight; the smallest number is at 745


class Demand(NamedTuple):
    """Weights of targets for each source, ready for compiled loops; units are numbered as in `levels`.

    `sums[opens[s] + i]`: the weight of all targets of s whose lowest superior in common stands at most i above s,
    relative to its likeliest kind of target, whose log weight is `top[s]`, or where no weight is too small for a number
    (`even`) to the likeliest of all. `chosen`: how likely a source is kept when
    it is drawn.
    """

    levels: Levels
    opens: np.ndarray  # int64, count + 1
    sums: np.ndarray  # float64
    top: np.ndarray  # float64
    chosen: np.ndarray  # float64, 0..1
    log_weight: np.ndarray  # float64 [i, j], -inf for what is too near
    weight: np.ndarray  # float64 [i, j], relative to the likeliest of all
    even: bool


def prepare_demand(tree: Backbone, *, xi: float, least: int = 2, by_pairs: bool = False) -> Demand:
    """Return a demand in which a source's target t has weight exp(-x / xi), x = sqrt(i² + j² - 2); xi = inf: all alike.

    i and j are the depths of source and target below their lowest common superior; `least` is the smallest distance
    i + j, at least 1 (at 1, x = 0). Every unit that has targets is a source as often as any other or, `by_pairs`, in
    proportion to the weight of its targets: with xi = inf all pairs are then alike. Raises ValueError for an xi that
    is not positive, a `least` below 1, or where nobody has a target. Source [S136].
    """
    if not (xi > 0 and least >= 1):
        raise ValueError("xi is positive, least is 1 or more")
    levels = lay_levels(tree)
    steps = np.arange(int(levels.depth.max(initial=0)) + 1)
    with np.errstate(over="ignore"):
        log_weight = -np.sqrt(np.maximum(steps[:, None] ** 2 + steps**2 - 2.0, 0.0)) / xi
    log_weight[steps[:, None] + steps < least] = -np.inf
    opens = np.zeros(len(levels.parent) + 1, np.int64)
    np.cumsum(levels.depth + 1, out=opens[1:])
    likeliest = float(log_weight.max())
    even = bool(np.where(np.isfinite(log_weight), log_weight, likeliest).min() > likeliest - SMALLEST)
    weight = np.exp(log_weight - likeliest) if np.isfinite(likeliest) else np.zeros_like(log_weight)
    sums, top = _sum_up(levels, opens, log_weight, weight, even, likeliest)
    whole = sums[opens[1:] - 1]
    whole[: levels.extra] = 0.0
    if not (whole > 0).any():
        raise ValueError("nobody has a target")
    chosen = (whole > 0).astype(np.float64)
    if by_pairs:
        scaled = np.where(whole > 0, np.log(np.maximum(whole, 1e-300)) + top, -np.inf)
        chosen = np.exp(scaled - scaled.max())
    return Demand(levels, opens, sums, top, chosen, log_weight, weight, even)


@compiled
def _sum_up(
    levels: Levels, opens: np.ndarray, log_weight: np.ndarray, weight: np.ndarray, even: bool, likeliest: float
) -> tuple[np.ndarray, np.ndarray]:
    # the inner loop calls nothing that is handed arrays: it runs for every unit and kind of target
    parent, depth, start, many, extra = levels.parent, levels.depth, levels.start, levels.many, levels.extra
    count = len(parent)
    sums, top = np.zeros(opens[count]), np.full(count, likeliest)
    for source in range(count):
        if not even:
            top[source] = _likeliest(source, levels, log_weight)
        home, branch, whole = source, -1, 0.0
        for i in range(depth[source] + 1):
            tall = start[home + 1] - start[home]
            inner = start[branch + 1] - start[branch] if branch >= 0 else 0
            for j in range(1 if home < extra else 0, tall):
                number = many[start[home] + j]
                if 0 < j <= inner:
                    number -= many[start[branch] + j - 1]
                if number > 0 and even:
                    whole += number * weight[i, j]
                elif number > 0 and top[source] > -np.inf:
                    whole += number * np.exp(log_weight[i, j] - top[source])
            sums[opens[source] + i] = whole
            home, branch = parent[home], home
    return sums, top


@compiled
def _likeliest(source: int, levels: Levels, log_weight: np.ndarray) -> float:
    best, home, branch = -np.inf, source, -1
    for i in range(levels.depth[source] + 1):
        for j in range(levels.start[home + 1] - levels.start[home]):
            if log_weight[i, j] > best and _targets(levels, home, branch, j) > 0:
                best = log_weight[i, j]
        home, branch = levels.parent[home], home
    return best


@compiled
def _targets(levels: Levels, home: int, branch: int, j: int) -> int:
    # units j below `home` outside the branch one comes from; the virtual unit is nobody's target
    if j == 0 and home < levels.extra:
        return 0
    number = count_below(home, j, levels.start, levels.many)
    if branch >= 0:
        number -= count_below(branch, j - 1, levels.start, levels.many)
    return number


@compiled
def draw_source(demand: Demand, state: np.ndarray) -> int:
    """Return a unit of the backbone that has something to send."""
    extra, count = demand.levels.extra, len(demand.chosen)
    while True:
        source = extra + min(int(uniform(state) * (count - extra)), count - extra - 1)
        keep = demand.chosen[source]
        if keep >= 1.0 or (keep > 0.0 and uniform(state) < keep):
            return source - extra


@compiled
def draw_target(source: int, demand: Demand, state: np.ndarray) -> int:
    """Return the unit a message of `source` is for, -1 where it has nobody to send to; O(log N) and less."""
    levels, top = demand.levels, demand.top[source + demand.levels.extra]
    unit = source + levels.extra
    opens, deep = demand.opens[unit], levels.depth[unit]
    whole = demand.sums[opens + deep]
    if whole <= 0.0:
        return -1
    rest, i, home, branch = uniform(state) * whole, 0, unit, -1
    while i < deep and rest >= demand.sums[opens + i]:
        i += 1
        home, branch = levels.parent[home], home
    if i > 0:
        rest -= demand.sums[opens + i - 1]
    taken, number = -1, 0
    for j in range(levels.start[home + 1] - levels.start[home]):
        several = _targets(levels, home, branch, j)
        weight = 0.0
        if several > 0:
            one = demand.weight[i, j] if demand.even else np.exp(demand.log_weight[i, j] - top)
            weight = several * one
        if weight > 0.0:
            taken, number = j, several
            if rest < weight:
                break
            rest -= weight
    if taken < 0:  # only where rounding led above the last superior in common with anybody
        return -1
    place = min(int(uniform(state) * number), number - 1)
    return pick_outside(home, taken, branch, place, levels) - levels.extra
