"""The drift rule 计划与行动偏离: does a programme get fewer of the official acts than its share of the plan?

Documents are what is shuffled, not matters or acts: one document asks many units, so its acts come together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

SHUFFLES = 499
LEAST_DOCUMENTS = 8


class DriftSettings(Protocol):
    """What the rule reads of the settings."""

    @property
    def drift_level(self) -> float: ...
    @property
    def drift_gap(self) -> float: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Workload:
    """By document: its programme, how many matters fell due in the months looked at, how many acts it got."""

    programme: np.ndarray
    plan: np.ndarray
    acts: np.ndarray
    programmes: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Shares 0..1 of plan and acts by programme, how far apart they are (total variation), and who lags behind.

    `lagging` are (programme, probability of so large a gap by chance). `is_told` is False below 8 documents.
    """

    plan: tuple[float, ...] = ()
    acts: tuple[float, ...] = ()
    distance: float | None = None
    lagging: tuple[tuple[int, float], ...] = ()
    is_told: bool = False


def find_drift(work: Workload, *, settings: DriftSettings) -> Drift:
    """Return the drift of the months looked at: a programme lags where its act share is below its plan share by at
    least `drift_gap`, and shuffling programmes among documents gives the largest such gap with probability at most
    `drift_level` (Westfall and Young's step, so that many programmes do not make an alarm).
    """
    total = work.plan.sum(), work.acts.sum()
    if min(total) == 0:
        return Drift()
    plan = np.bincount(work.programme, work.plan, work.programmes) / total[0]
    acts = np.bincount(work.programme, work.acts, work.programmes) / total[1]
    distance = float(np.abs(plan - acts).sum() / 2)
    told = len(work.plan) >= LEAST_DOCUMENTS
    lagging = _lagging(work, acts - plan, settings) if told else ()
    return Drift(tuple(plan.tolist()), tuple(acts.tolist()), distance, lagging, told)


def _lagging(work: Workload, gaps: np.ndarray, settings: DriftSettings) -> tuple[tuple[int, float], ...]:
    if not (gaps <= -settings.drift_gap).any():
        return ()
    weight = work.acts / work.acts.sum() - work.plan / work.plan.sum()
    sizes = np.bincount(work.programme, minlength=work.programmes)
    spread = np.sqrt(np.maximum(sizes * (1 - sizes / len(weight)), 0))
    spread[spread == 0] = np.inf
    rng = np.random.default_rng(settings.seed)
    order = np.argsort(rng.random((SHUFFLES, len(weight))), axis=1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.zeros((SHUFFLES, len(weight) + 1))
    sums[:, 1:] = np.cumsum(weight[order], axis=1)
    shuffled = sums[:, starts + sizes] - sums[:, starts]
    largest = (shuffled / spread).min(axis=1)
    found = []
    for programme in np.flatnonzero(gaps <= -settings.drift_gap).tolist():
        chance = (1 + (largest <= gaps[programme] / spread[programme]).sum()) / (SHUFFLES + 1)
        if chance <= settings.drift_level:
            found.append((programme, float(chance)))
    return tuple(found)
