"""How unequal the true rates of edges (or pairs) of one kind are: kappa of Beta(kappa pi_l, kappa (1 - pi_l)).

Fitted by beta-binomial likelihood on a grid. One event an edge says nothing of it, so it is never fixed: each draw
takes one kappa from what the counts and a weak prior leave open.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import beta, uniform
from yunzhang.base.compiled import compiled

GRID = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
CENTRE = 16.0  # the prior is log-logistic about it: rates of ± .12 about a half, with heavy tails to both sides
PRIOR = np.log(GRID * CENTRE / (GRID + CENTRE) ** 2)
MOST = 48  # an edge with more events is read as this many: they say nothing more of kappa
EDGE = 0.01  # rates of a level nearer to 0 or 1 than this are read as this
ALIKE = 4.0  # how many events the other levels weigh against a level's own (the contract's tau)


@compiled
def fit(
    low: int,
    high: int,
    level: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    joins: np.ndarray,
    sums: np.ndarray,
    weights: np.ndarray,
    worth: np.ndarray,
) -> None:
    """Return nothing; fills what edges low..high that join say of kappa. `sums` [s | n, level] are their pools.

    `weights` gets the cumulative weight of each of GRID; `worth` [grid, level] how many single events the level's
    events are worth, as several on one edge tell less of the level than as many on several.
    """
    levels = worth.shape[1]
    counts = np.zeros((3, levels, MOST))
    worth[:] = 0.0
    for e in range(low, high):
        if joins[e]:
            for g in range(len(GRID)):
                worth[g, level[e]] += n[e] / (1.0 + (n[e] - 1.0) / (GRID[g] + 1.0))
            _count_tails(s[e], n[e], counts[:, level[e]])
    best = -np.inf
    for g in range(len(GRID)):
        weights[g] = PRIOR[g]
        for depth in range(levels):
            if sums[1, depth] > 0:
                rate = min(max(sums[0, depth] / sums[1, depth], EDGE), 1.0 - EDGE)
                weights[g] += _likelihood(GRID[g], rate, counts[:, depth])
        best = max(best, weights[g])
    total = 0.0
    for g in range(len(GRID)):
        total += np.exp(weights[g] - best)
        weights[g] = total


@compiled
def _count_tails(s: float, n: float, counts: np.ndarray) -> None:
    # one more edge that has more than k met, unmet, of either, for every k it has
    size = min(max(int(n + 0.5), 1), MOST)
    met = min(int(s / n * size + 0.5), size)
    for k in range(size):
        counts[0, k] += k < met
        counts[1, k] += k < size - met
        counts[2, k] += 1.0


@compiled
def _likelihood(kappa: float, rate: float, counts: np.ndarray) -> float:
    # log of the beta-binomial likelihood, summed over edges by how many exceed each k
    total, k = 0.0, 0
    while k < MOST and counts[2, k] > 0:
        total += counts[0, k] * np.log(kappa * rate + k) + counts[1, k] * np.log(kappa * (1.0 - rate) + k)
        total -= counts[2, k] * np.log(kappa + k)
        k += 1
    return total


@compiled
def draw_rates(state: np.ndarray, weights: np.ndarray, worth: np.ndarray, sums: np.ndarray, rates: np.ndarray) -> float:
    """Return a plausible kappa; `rates` gets kappa times a plausible mean rate of each level.

    A level is drawn from its own events and, worth ALIKE at most, from those of the others; never from its own twice.
    """
    last = len(GRID) - 1
    g, u = 0, uniform(state) * weights[last]
    while g < last and u > weights[g]:
        g += 1
    met, due = 0.0, 0.0
    for depth in range(len(rates)):
        if sums[1, depth] > 0:
            met += sums[0, depth] * worth[g, depth] / sums[1, depth]
            due += worth[g, depth]
    for depth in range(len(rates)):
        if sums[1, depth] > 0:
            own_due = worth[g, depth]
            own_met = sums[0, depth] * own_due / sums[1, depth]
            others = beta(state, met - own_met + 0.5, due - own_due - met + own_met + 0.5)
            weigh = min(ALIKE, due - own_due)
            a, b = own_met + 0.5 + weigh * others, own_due - own_met + 0.5 + weigh * (1.0 - others)
            rates[depth] = GRID[g] * beta(state, a, b)
    return float(GRID[g])
