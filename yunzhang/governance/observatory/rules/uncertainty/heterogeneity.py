"""How unequal the true rates of edges (or pairs) of one kind are: kappa of Beta(kappa pi_l, kappa (1 - pi_l)).

Fitted by beta-binomial likelihood on a grid. One event an edge says nothing of it, so it is never fixed: each draw
takes one kappa from what the counts and a weak prior leave open.
"""

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

# cumulative weights of the grid; by grid value and level: events that n repeated ones on one edge are worth
type_fit = tuple[np.ndarray, np.ndarray]


@compiled
def fit(level: np.ndarray, s: np.ndarray, n: np.ndarray, joins: np.ndarray, sums: np.ndarray) -> type_fit:
    """Return the fit of one class: `sums` [s | n, level] are its pools, `joins` says which edges belong to it."""
    levels = sums.shape[1]
    more_met, more_unmet, more = np.zeros((levels, MOST)), np.zeros((levels, MOST)), np.zeros((levels, MOST))
    effective = np.zeros((len(GRID), levels))
    most = 0
    for e in range(len(level)):
        if joins[e]:
            for g in range(len(GRID)):
                effective[g, level[e]] += n[e] / (1.0 + (n[e] - 1.0) / (GRID[g] + 1.0))
            scale = min(1.0, MOST / n[e])
            size = int(np.round(n[e] * scale))
            met = min(int(np.round(s[e] * scale)), size)
            most = max(most, size)
            for k in range(size):
                more[level[e], k] += 1.0
                more_met[level[e], k] += k < met
                more_unmet[level[e], k] += k < size - met
    weights = PRIOR.copy()
    for depth in range(levels):
        if sums[1, depth] > 0:
            rate = min(max(sums[0, depth] / sums[1, depth], EDGE), 1.0 - EDGE)
            for g in range(len(GRID)):
                for k in range(most):
                    if more[depth, k] > 0:
                        weights[g] += more_met[depth, k] * np.log(GRID[g] * rate + k)
                        weights[g] += more_unmet[depth, k] * np.log(GRID[g] * (1.0 - rate) + k)
                        weights[g] -= more[depth, k] * np.log(GRID[g] + k)
    weights = np.exp(weights - weights.max())
    return np.cumsum(weights / weights.sum()), effective


@compiled
def draw_rates(state: np.ndarray, fitted: type_fit, sums: np.ndarray, rates: np.ndarray) -> float:
    """Return a plausible kappa; `rates` gets a plausible mean rate of each level.

    A level is drawn from its own events and, worth ALIKE at most, from those of the others; never from its own twice.
    """
    weights, effective = fitted
    g, u = 0, uniform(state)
    while g < len(GRID) - 1 and u > weights[g]:
        g += 1
    worth = effective[g]
    met, due = 0.0, worth.sum()
    for depth in range(len(rates)):
        if sums[1, depth] > 0:
            met += sums[0, depth] * worth[depth] / sums[1, depth]
    for depth in range(len(rates)):
        if sums[1, depth] > 0:
            own_due = worth[depth]
            own_met = sums[0, depth] * own_due / sums[1, depth]
            others = beta(state, met - own_met + 0.5, due - own_due - met + own_met + 0.5)
            weigh = min(ALIKE, due - own_due)
            a, b = own_met + 0.5 + weigh * others, own_due - own_met + 0.5 + weigh * (1.0 - others)
            rates[depth] = beta(state, a, b)
    return float(GRID[g])
