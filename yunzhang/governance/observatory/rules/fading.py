"""The likelihood of acts under a push that halves, summed over refreshes nobody wrote down; compiled loops, no choices.

The rate of new acts is level · 2^(−days since the last refresh / half-life); halving.py finds the half-life by it.
"""

from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled

FAINT = 1e-6  # a refresh day whose weight is below this is no longer followed
# a log may begin in mid-course: days since the last refresh on the day of its first act, begun afresh as likely as not
AGES = np.array([0, 15, 30, 60, 120, 240, 480, 960])
AGED = np.array([0.5, *[0.5 / 7] * 7])
GOLDEN = 0.6180339887498949


@compiled
def likelihood(days: np.ndarray, counts: np.ndarray, chances: np.ndarray, push: tuple[float, float]) -> float:
    """Return the log likelihood (without the factorials) of the acts of each working day.

    Days run from the first act on; `chances` is how likely each is a refresh; `push` the half-life in days and the
    acts a day at a refresh. What happened on the first day is given.
    """
    since, weight = np.zeros(len(days) + len(AGES), np.int64), np.zeros(len(days) + len(AGES))
    span = days[-1] - days[0] + 1 + AGES[-1]
    grown = np.log(push[1]) - np.arange(span) * np.log(2.0) / push[0]
    rate = np.exp(grown)
    quiet = np.exp(-rate)
    followed, total = len(AGES), 0.0
    for k in range(followed):
        since[k], weight[k] = days[0] - AGES[k], AGED[k]
    for d in range(1, len(days)):
        for k in range(followed):
            weight[k] *= 1.0 - chances[d]
        since[followed], weight[followed] = days[d], chances[d]
        ages = days[d] - since[: followed + 1]
        if counts[d]:
            total += _weigh_acts(weight[: followed + 1], counts[d] * grown[ages] - rate[ages])
        else:
            for k in range(followed + 1):
                weight[k] *= quiet[ages[k]]
        mass = weight[: followed + 1].sum()
        if not mass > 0.0:
            return -np.inf
        total += np.log(mass)
        followed = _keep(since, weight, followed + 1, mass)
    return float(total)


@compiled
def _weigh_acts(weight: np.ndarray, heights: np.ndarray) -> float:
    # the highest is taken out before the exponential, so that a day of many acts neither over- nor underflows
    top = -np.inf
    for k in range(len(weight)):
        if weight[k] > 0.0:
            top = max(top, heights[k])
    for k in range(len(weight)):
        weight[k] *= np.exp(min(heights[k] - top, 0.0))
    return float(top)


@compiled
def _keep(since: np.ndarray, weight: np.ndarray, followed: int, mass: float) -> int:
    kept = 0
    for k in range(followed):
        share = weight[k] / mass
        if share > FAINT:
            weight[kept], since[kept] = share, since[k]
            kept += 1
    return kept


@compiled
def best_level(
    days: np.ndarray, counts: np.ndarray, chances: np.ndarray, life: float, bounds: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the likeliest level of a half-life between bounds and its log likelihood; golden section on the logarithm.

    `bounds` are the lowest and highest level, and how close its logarithm must come;
    the likelihood falls on both sides of its top.
    """
    low, high = np.log(bounds[0]), np.log(bounds[1])
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left = likelihood(days, counts, chances, (life, np.exp(left)))
    at_right = likelihood(days, counts, chances, (life, np.exp(right)))
    while high - low > bounds[2]:
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = likelihood(days, counts, chances, (life, np.exp(left)))
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = likelihood(days, counts, chances, (life, np.exp(right)))
    if at_left > at_right:
        return np.exp(left), at_left
    return np.exp(right), at_right


@compiled
def refresh_chances(days: np.ndarray, counts: np.ndarray, chances: np.ndarray, push: tuple[float, float]) -> np.ndarray:
    """Return how likely each working day after the first was a refresh, all acts known: backward, then forward."""
    size = len(days)
    renewed = np.log(np.maximum(chances, 1e-300))
    ahead = np.zeros(size)  # log likelihood of everything from a day on, given a refresh on that day
    for first in range(size - 1, -1, -1):
        stay = _stay(days, counts, chances, push, first)
        ahead[first] = stay[size]
        for j in range(first + 1, size):
            ahead[first] = np.logaddexp(ahead[first], stay[j] + renewed[j] + ahead[j])
    into = np.full(size, -np.inf)  # log likelihood of everything before a day, and of a refresh on it
    into[0] = 0.0
    out = np.zeros(size)
    for first in range(size):
        if not into[first] + ahead[first] - ahead[0] > -30.0:
            continue
        if first > 0:
            out[first] = np.exp(into[first] + ahead[first] - ahead[0])
        stay = _stay(days, counts, chances, push, first)
        for j in range(first + 1, size):
            into[j] = np.logaddexp(into[j], into[first] + stay[j] + renewed[j])
    return out


@compiled
def _stay(
    days: np.ndarray, counts: np.ndarray, chances: np.ndarray, push: tuple[float, float], first: int
) -> np.ndarray:
    # by day: log likelihood of the days from the first up to it, without a refresh between; acts of the very first
    # day are given, as in `likelihood`
    size = len(days)
    out = np.full(size + 1, -np.inf)
    for k in range(len(AGES) if first == 0 else 1):
        stay = np.log(AGED[k]) if first == 0 else 0.0
        for j in range(first + 1, size + 1):
            if j - 1 > first:
                stay += np.log(max(1.0 - chances[j - 1], 1e-300))
            if j > 1:
                age = days[j - 1] - days[first] + (AGES[k] if first == 0 else 0)
                rate = push[1] * 2.0 ** (-age / push[0])
                stay += counts[j - 1] * np.log(rate) - rate
            out[j] = np.logaddexp(out[j], stay)
    return out
