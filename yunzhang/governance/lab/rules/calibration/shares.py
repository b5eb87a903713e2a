"""Met of due in groups as beta-binomial: which shares, and which differences of groups, the counts leave plausible.

Groups are flows where the chance of a kind of matter is asked, months where coming months are. Each has a share of its
own from Beta(k p, k (1 - p)); k without bound: all alike. Exact on a grid of p and k.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma

import numpy as np

from yunzhang.base.chance import beta, binomial, uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.calibration.counts import INDEX, PRIOR, median_index, quantiles_of, weights_of

TINY = 1e-300
STEPS, REACH = 81, 6.0  # of the grid of shares, which reaches so many standard errors to either side


@dataclass(frozen=True, slots=True)
class Shares:
    """Plausible pairs of an index k (a place in INDEX) and a mean share, 0..1; `weight` sums to 1."""

    share: np.ndarray  # [index, step]
    weight: np.ndarray

    def quantiles(self, *chances: float) -> tuple[float, ...]:
        """Return shares below which the mean share lies with these chances."""
        return quantiles_of(self.share, self.weight, chances)

    @property
    def mean(self) -> float:
        """The mean of the plausible shares."""
        return float((self.share * self.weight).sum())

    @property
    def index(self) -> float:
        """The median index k; infinite where groups that do not differ are as likely as not."""
        return median_index(self.weight)

    def own(self, met: np.ndarray, due: np.ndarray) -> np.ndarray:
        """Return the expected share of each group with these counts, 0..1: few of its own lean it to the others'."""
        k, weight = INDEX[:, None], self.weight.sum(axis=1)
        middle = (self.share * self.weight).sum(axis=1) / np.maximum(weight, TINY)
        return np.asarray(((k * middle[:, None] + met) / (k + due) * weight[:, None]).sum(axis=0))


def fit_shares(met: np.ndarray, due: np.ndarray) -> Shares:
    """Return the plausible mean shares of groups with these counts; Jeffreys' prior. Groups with none due say nothing.

    Where groups do not differ the posterior is Beta(met + 1/2, due - met + 1/2). Source [S122].
    """
    some = due > 0
    pairs, many = np.unique(np.stack([met[some], due[some]], axis=1), axis=0, return_counts=True)
    counts = pairs.reshape(-1, 2).astype(np.float64)
    share, height = _grid(counts[:, 0].copy(), counts[:, 1].copy(), many.astype(np.float64), INDEX, PRIOR)
    return Shares(share, weights_of(height))


@compiled
def _grid(
    met: np.ndarray, due: np.ndarray, many: np.ndarray, indices: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    share, height = np.empty((len(indices), STEPS)), np.empty((len(indices), STEPS))
    good, bad = (met * many).sum() + 0.5, ((due - met) * many).sum() + 0.5
    for g in range(len(indices)):
        k, worth = indices[g], 0.0  # how many single matters these are worth, as several of one group tell less
        for row in range(len(due)):
            worth += many[row] * due[row] / (1.0 + (due[row] - 1.0) / (k + 1.0))
        part = (worth + 1.0) / (good + bad)
        error = np.sqrt(1.0 / (good * part) + 1.0 / (bad * part))
        for step in range(STEPS):
            logit = np.log(good / bad) + error * REACH * (2.0 * step / (STEPS - 1) - 1.0)
            p = 1.0 / (1.0 + np.exp(-logit))
            share[g, step] = p
            height[g, step] = prior[g] + 0.5 * (np.log(p) + np.log1p(-p)) + np.log(error) if 0.0 < p < 1.0 else -np.inf
            for row in range(len(due)):
                if height[g, step] > -np.inf:
                    height[g, step] += many[row] * log_met(met[row], due[row], p, k)
    return share, height


@compiled
def log_met(met: float, due: float, p: float, k: float) -> float:
    """Return the log chance, but for a constant, of so many met of due under the beta-binomial; binomial beyond 1e8."""
    if k > 1e8:
        return float(met * np.log(p) + (due - met) * np.log1p(-p))
    a, b = k * p, k * (1.0 - p)
    return lgamma(a + met) - lgamma(a) + lgamma(b + (due - met)) - lgamma(b) + lgamma(k) - lgamma(k + due)


def draw_chances(shares: Shares, draws: int, groups: int, state: np.ndarray) -> np.ndarray:
    """Return plausible shares [draw, group] of groups to come: each row has one mean share and index."""
    out = np.empty((draws, groups))
    _draw_chances(shares.share, np.cumsum(shares.weight), INDEX, out, state)
    return out


@compiled
def _draw_chances(
    share: np.ndarray, below: np.ndarray, indices: np.ndarray, out: np.ndarray, state: np.ndarray
) -> None:
    steps = share.shape[1]
    for row in range(out.shape[0]):
        at = min(np.searchsorted(below, uniform(state) * below[-1]), len(below) - 1)
        g, step = at // steps, at % steps
        near = min(step + 1, steps - 1) if uniform(state) < 0.5 else max(step - 1, 0)
        p = share[g, step] + (share[g, near] - share[g, step]) * 0.5 * uniform(state)
        for group in range(out.shape[1]):
            out[row, group] = beta(state, indices[g] * p, indices[g] * (1.0 - p)) if indices[g] < 1e8 else p


@compiled
def draw_met(chances: np.ndarray, due: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return how many [draw, month] are met of `due` [draw, month] at these chances."""
    out = np.empty_like(chances)
    for row in range(out.shape[0]):
        for month in range(out.shape[1]):
            out[row, month] = binomial(state, int(due[row, month]), chances[row, month])
    return out
