"""How long answers take: survival of open matters by the product-limit estimate, and when half are answered."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

Z = 1.6448536269514722  # of 90 %


@dataclass(frozen=True, slots=True)
class Survival:
    """Share still unanswered from each of `days` on, with its 90 % range; steps where somebody answered."""

    days: np.ndarray
    open: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def median(self) -> float | None:
        """Days by which half are answered; None where the record does not reach so far."""
        return _first_below(self.days, self.open)

    @property
    def median_range(self) -> tuple[float | None, float | None]:
        """The 90 % range of the median: days whose range of the share holds one half; None for an open end."""
        return _first_below(self.days, self.low), _first_below(self.days, self.high)


def survive(days: np.ndarray, answered: np.ndarray) -> Survival:
    """Return survival of matters that were answered after so many days, or not yet when they were last seen.

    Product-limit estimate, Greenwood's variance, range on the log-log scale (that of the median as Brookmeyer and
    Crowley have it). Matters last seen on the day of an answer were still open on it. Source [S130], [S142].

    >>> survive(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, True])).open.tolist()
    [0.75, 0.5, 0.0]
    """
    steps, events = np.unique(days[answered], return_counts=True)
    at_risk = len(days) - np.searchsorted(np.sort(days), steps, "left")
    value, spread = 1.0, 0.0
    rows = []
    for risk, done in zip(at_risk.tolist(), events.tolist(), strict=True):
        value *= 1.0 - done / risk
        spread += done / (risk * (risk - done)) if risk > done else 0.0
        rows.append((value, *_range(value, spread)))
    table = np.array(rows).reshape(-1, 3)
    return Survival(steps, table[:, 0], table[:, 1], table[:, 2])


def _range(value: float, spread: float) -> tuple[float, float]:
    if not 0.0 < value < 1.0:
        return value, value
    half = Z * sqrt(spread) / abs(log(value))
    return value ** exp(half), value ** exp(-half)


def _first_below(days: np.ndarray, share: np.ndarray) -> float | None:
    reached = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(days[reached[0]]) if len(reached) else None
