"""Monthly counts as gamma-Poisson: which rates and which moods of months a series leaves plausible, and draws of more.

A month's count is Poisson with mean rate x exposure x mood, the mood gamma with mean 1 and index k (negative binomial;
k without bound: Poisson). Exact on a grid of both, so that twelve months are not taken for many.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma

import numpy as np

from yunzhang.base.chance import binomial, gamma, uniform
from yunzhang.base.compiled import compiled

PLAIN = 1e9  # an index beyond all others: Poisson
INDEX = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, PLAIN])
CENTRE = 12.0  # the prior of k is log-logistic about it: months that differ by three tenths, with heavy tails
STEPS, REACH = 81, 6.0  # of the grid of rates, which reaches so many standard errors to either side


def _prior() -> np.ndarray:
    # two to one against months that do not differ at all
    bounded = INDEX[:-1] * CENTRE / (INDEX[:-1] + CENTRE) ** 2
    return np.asarray(np.log(np.append(bounded / bounded.sum(), 0.5)))


PRIOR = _prior()


@dataclass(frozen=True, slots=True)
class Rates:
    """Plausible pairs of an index (a place in INDEX) and a rate per unit of exposure; `weight` sums to 1."""

    rate: np.ndarray  # [index, step]
    weight: np.ndarray

    def quantiles(self, *chances: float) -> tuple[float, ...]:
        """Return rates below which the rate lies with these chances."""
        return quantiles_of(self.rate, self.weight, chances)

    @property
    def mean(self) -> float:
        """The mean of the plausible rates."""
        return float((self.rate * self.weight).sum())

    @property
    def index(self) -> float:
        """The median index k of the months' moods; infinite where Poisson is as likely as not."""
        return median_index(self.weight)

    @property
    def is_clumped(self) -> bool:
        """True where months differ by more than chance, nineteen to one."""
        return bool(self.weight[-1].sum() < 0.05)


def quantiles_of(values: np.ndarray, weight: np.ndarray, chances: tuple[float, ...]) -> tuple[float, ...]:
    """Return the values below which a weighted grid lies with these chances."""
    order = np.argsort(values, axis=None, kind="stable")
    sorted_ = weight.ravel()[order]
    middle = np.cumsum(sorted_) - sorted_ / 2
    return tuple(float(np.interp(chance, middle, values.ravel()[order])) for chance in chances)


def median_index(weight: np.ndarray) -> float:
    """Return the median of the index of a weighted grid [index, step]."""
    place = min(int(np.searchsorted(np.cumsum(weight.sum(axis=1)), 0.5)), len(INDEX) - 1)
    return float("inf") if INDEX[place] == PLAIN else float(INDEX[place])


def weights_of(height: np.ndarray) -> np.ndarray:
    """Return weights that sum to 1 of log heights."""
    weight = np.exp(height - height.max())
    return np.asarray(weight / weight.sum())


def fit_rates(counts: np.ndarray, exposure: np.ndarray) -> Rates:
    """Return the plausible rates of a series of monthly counts with these exposures (> 0).

    With no overdispersion the posterior is Gamma(sum + 1/2, exposure), Jeffreys' prior. Source [S122], [S141].
    """
    rate, height = _grid(counts.astype(np.float64), exposure.astype(np.float64), INDEX, PRIOR)
    return Rates(rate, weights_of(height))


@compiled
def _grid(
    counts: np.ndarray, exposure: np.ndarray, indices: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    months, total, whole = len(counts), counts.sum() + 0.5, exposure.sum()
    rate, height = np.empty((len(indices), STEPS)), np.empty((len(indices), STEPS))
    for g in range(len(indices)):
        k = indices[g]
        error = np.sqrt(1.0 / total + 1.0 / (k * max(months, 1)))
        for step in range(STEPS):
            log_rate = np.log(total / whole) + error * REACH * (2.0 * step / (STEPS - 1) - 1.0)
            rate[g, step] = np.exp(log_rate)
            # Jeffreys' prior in the rate, times the width of a step
            height[g, step] = prior[g] + 0.5 * log_rate + np.log(error)
            for month in range(months):
                height[g, step] += log_count(counts[month], rate[g, step] * exposure[month], k)
    return rate, height


@compiled
def log_count(count: float, mean: float, k: float) -> float:
    """Return the log chance of a count under the negative binomial with this mean and index, Poisson beyond 1e8."""
    if k > 1e8:
        return float(count * np.log(mean) - mean - lgamma(count + 1.0))
    rising = lgamma(count + k) - lgamma(k) - lgamma(count + 1.0)
    return float(rising - k * np.log1p(mean / k) + count * np.log(mean / (k + mean)))


def lean(counts: np.ndarray) -> np.ndarray:
    """Return the expected numbers of groups that were seen alike long: each leaned to the mean as far as chance goes.

    Linear empirical Bayes by moments; where the counts differ no more than chance has them differ, all are the mean.
    Source [S145].
    """
    mean = counts.mean()
    beyond = max(counts.var() - mean, 0.0)
    return np.asarray(mean + (counts - mean) * (beyond / (beyond + mean) if mean else 0.0))


def draw_levels(rates: Rates, draws: int, months: int, state: np.ndarray) -> np.ndarray:
    """Return plausible rates [draw, month] per unit of exposure, moods included: each row has one rate and index."""
    out = np.empty((draws, months))
    _draw_levels(rates.rate, np.cumsum(rates.weight), INDEX, out, state)
    return out


@compiled
def _draw_levels(rate: np.ndarray, below: np.ndarray, indices: np.ndarray, out: np.ndarray, state: np.ndarray) -> None:
    steps = rate.shape[1]
    for row in range(out.shape[0]):
        at = min(np.searchsorted(below, uniform(state) * below[-1]), len(below) - 1)
        g, step = at // steps, at % steps
        beside = min(step + 1, steps - 1) if uniform(state) < 0.5 else max(step - 1, 0)  # between two steps
        mean = rate[g, step] * (rate[g, beside] / rate[g, step]) ** (0.5 * uniform(state))
        for month in range(out.shape[1]):
            out[row, month] = mean * (gamma(state, indices[g]) / indices[g] if indices[g] < 1e8 else 1.0)


def draw_counts(levels: np.ndarray, exposure: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return counts [draw, month] of months with these levels and exposures."""
    return _draw_counts(levels * exposure, state)


@compiled
def _draw_counts(means: np.ndarray, state: np.ndarray) -> np.ndarray:
    out = np.empty(means.shape)
    for row in range(means.shape[0]):
        for month in range(means.shape[1]):
            out[row, month] = poisson(state, means[row, month])
    return out


@compiled
def poisson(state: np.ndarray, mean: float) -> float:
    """Return how many come when `mean` are expected: by waiting times, many at a time while many are left."""
    found, left = 0.0, mean
    while left > 30.0:
        many = int(0.875 * left)
        waited = gamma(state, float(many))  # until the last of these came
        if waited > left:
            return float(found + binomial(state, many - 1, left / waited))
        found, left = found + many, left - waited
    left += np.log(uniform(state))
    while left > 0.0:
        found, left = found + 1.0, left + np.log(uniform(state))
    return float(found)
