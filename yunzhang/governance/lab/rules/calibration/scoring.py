"""How good a forecast was: share of months inside the 90 % band, and the CRPS beside that of an honest baseline.

The CRPS [S144] is in matters, whatever is told, so that scores of cells add up; smaller is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np

OUTSIDE = 0.1  # share of months a 90 % band leaves out
UNLIKELY = 0.01
FAIR: Literal["weibull"] = (
    "weibull"  # ends between which one more draw falls as often as is said, however few there are
)


@dataclass(frozen=True, slots=True)
class Score:
    """How `months` months of one or several cells were told: `inside` the band, sums of the CRPS and the baseline's."""

    months: int
    inside: int
    crps_sum: float
    baseline_sum: float

    def __add__(self, other: Score) -> Score:
        return Score(
            self.months + other.months,
            self.inside + other.inside,
            self.crps_sum + other.crps_sum,
            self.baseline_sum + other.baseline_sum,
        )

    @property
    def covered(self) -> float | None:
        """Share of months inside the 90 % band, 0..1; None where there is none."""
        return self.inside / self.months if self.months else None

    @property
    def crps(self) -> float | None:
        """Mean CRPS, in matters."""
        return self.crps_sum / self.months if self.months else None

    @property
    def baseline(self) -> float | None:
        """Mean CRPS of the baseline, in matters."""
        return self.baseline_sum / self.months if self.months else None

    @property
    def skill(self) -> float | None:
        """1 - CRPS / CRPS of the baseline: 1 perfect, 0 no better, below 0 worse; None where that never erred."""
        return 1.0 - self.crps_sum / self.baseline_sum if self.baseline_sum > 0 else None

    @property
    def is_unlike(self) -> bool:
        """True where more months lie outside the band than chance leaves there, a hundred to one.

        What came was then unlike what was fitted. Months are taken as independent.
        """
        outside = self.months - self.inside
        chance = sum(
            comb(self.months, k) * OUTSIDE**k * (1 - OUTSIDE) ** (self.months - k)
            for k in range(outside, self.months + 1)
        )
        return self.months > 0 and outside > 0 and chance <= UNLIKELY


NOTHING = Score(0, 0, 0.0, 0.0)


def score(draws: np.ndarray, observed: np.ndarray, baseline: np.ndarray, *, some: np.ndarray) -> Score:
    """Return how draws [draw, month] told the numbers observed in `some` months, beside the draws of the baseline."""
    draws, observed, baseline = draws[:, some], observed[some], baseline[:, some]
    if not len(observed):
        return NOTHING
    low, high = np.quantile(draws, [0.05, 0.95], axis=0, method=FAIR)
    inside = int(((low <= observed) & (observed <= high)).sum())
    return Score(len(observed), inside, float(crps(draws, observed).sum()), float(crps(baseline, observed).sum()))


def crps(draws: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return for each month the continuous ranked probability score of draws [draw, month].

    Mean distance to what was observed, less half the mean distance between two different draws. Source [S144].

    >>> crps(np.array([[3.0], [5.0]]), np.array([4.0])).tolist()
    [0.0]
    """
    count = len(draws)
    ordered = np.sort(draws, axis=0)
    lean = 2.0 * np.arange(1, count + 1) - count - 1.0
    between = (lean[:, None] * ordered).sum(axis=0) * 2.0 / max(count * (count - 1), 1)
    return np.asarray(np.abs(draws - observed).mean(axis=0) - between / 2.0)
