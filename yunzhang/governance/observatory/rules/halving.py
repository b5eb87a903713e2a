"""In how many days the push behind a programme halves, and when it was renewed: from the days of official acts alone.

The rate of new acts is level · 2^(−days since the last refresh / half-life). A refresh nobody wrote down may fall on
any day, likelier just before an act agreed at a meeting; the likelihood sums over all such days, so that campaigns do
not look like decay and no day is picked by hand. Recorded refreshes (inspections, an events table) are certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yunzhang.governance.observatory.rules.fading import best_level, likelihood, refresh_chances

SHORTEST, LONGEST, COARSE = 6.0, 720.0, 15
LEVELS = np.geomspace(0.8, 14.0, 7)  # of the mean rate
STRIDE = 1.7  # a little more than one step of LEVELS
NEAR = 0.3  # of the standard error of a level
FLAT = 0.3  # of the logarithm of the likelihood
ROUNDS = 7
DROP = 1.92  # half of the 95 % point of chi squared with one degree of freedom
YEAR = 365.0
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Prior:
    """How many unrecorded refreshes a year to expect: before an act agreed at a meeting, and before any other."""

    meeting: float = 3.0
    other: float = 1.0
    least_acts: int = 10


@dataclass(frozen=True, slots=True)
class Halving:
    """`days` with its range, both None where the record does not say; `refreshes` are (day, probability, recorded)."""

    acts: int
    days: float | None = None
    low: float | None = None
    high: float | None = None
    refreshes: tuple[tuple[int, float, bool], ...] = ()
    at_least: float | None = None  # without an upper end: it takes at least so long

    @property
    def is_known(self) -> bool:
        """True where both ends of the range are inside what was tried."""
        return self.days is not None


def fit_halving(
    acts: np.ndarray, meetings: np.ndarray, working: np.ndarray, recorded: np.ndarray, *, prior: Prior
) -> Halving:
    """Return the half-life of one programme's push, in days, with its 95 % profile-likelihood interval.

    `acts` are day numbers of acts, `meetings` marks those agreed at a meeting, `working` the working days up to the
    last day looked at, `recorded` the days of refreshes that are certain. Not known below `prior.least_acts` acts or
    where the likelihood does not close the interval within 6 to 720 days.
    """
    if len(acts) < prior.least_acts:
        return Halving(len(acts))
    days, counts, chances, certain = _steps(acts, meetings, working, recorded, prior)
    if len(days) < prior.least_acts:
        return Halving(len(acts))
    steps = _Steps(days, counts, chances)
    tried = _scan(steps)
    top = _zoom(steps, tried)
    low, high = _ends(steps, tried, top)
    weights = refresh_chances(days, counts, chances, (top, tried[top][1]))
    if high is None or low is None:
        return Halving(len(acts), at_least=low if high is None else None)
    return Halving(len(acts), top, low, high, _likely(days, weights, certain))


def _steps(
    acts: np.ndarray, meetings: np.ndarray, working: np.ndarray, recorded: np.ndarray, prior: Prior
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    # working days from the first act on; acts of other days count to the next working day
    days = working[np.searchsorted(working, acts.min()) :]
    places = np.searchsorted(days, acts)
    inside = places < len(days)
    counts = np.bincount(places[inside], minlength=len(days))
    at_meeting = np.zeros(len(days), np.bool_)
    at_meeting[places[inside & meetings]] = True
    following = np.searchsorted(np.flatnonzero(counts), np.arange(len(days)))
    active = np.append(at_meeting[counts > 0], False)
    a_year = np.where(active[following], prior.meeting, prior.other)
    gaps = np.diff(days, prepend=days[:1] - 1) if len(days) else days
    chances = -np.expm1(-a_year * gaps / YEAR)
    certain = np.zeros(len(days), np.bool_)
    found = np.searchsorted(days, recorded[recorded > acts.min()])
    certain[found[found < len(days)]] = True
    chances[certain] = 1.0
    return days, counts, chances, certain


@dataclass(frozen=True, slots=True)
class _Steps:
    """Working days from the first act on, acts of each, and the chance that each is a refresh."""

    days: np.ndarray
    counts: np.ndarray
    chances: np.ndarray

    def profile(self, life: float, low: float, high: float) -> tuple[float, float]:
        """Return the log likelihood of a half-life at its best level between two levels, and that level."""
        near = NEAR / math.sqrt(float(self.counts.sum()))
        level, height = best_level(self.days, self.counts, self.chances, life, (low, high, near))
        return height, level


Tried = dict[float, tuple[float, float]]  # by half-life: height of the profile, level there


def _scan(steps: _Steps) -> Tried:
    # levels are tried on a grid first: with refreshes nobody wrote down the likelihood may have two tops
    mean = float(steps.counts.sum()) / len(steps.days)
    tried: Tried = {}
    for life in np.geomspace(SHORTEST, LONGEST, COARSE).tolist():
        heights = [likelihood(steps.days, steps.counts, steps.chances, (life, mean * level)) for level in LEVELS]
        best = mean * float(LEVELS[int(np.argmax(heights))])
        tried[life] = steps.profile(life, best / STRIDE, best * STRIDE)
    return tried


def _zoom(steps: _Steps, tried: Tried) -> float:
    # between the neighbours of the best half-life so far, until they hardly differ: many acts make a sharp top
    for _ in range(ROUNDS):
        lives = sorted(tried)
        top = max(tried, key=lambda life: tried[life][0])
        place = lives.index(top)
        around = lives[max(place - 1, 0)], lives[min(place + 1, len(lives) - 1)]
        if max(tried[top][0] - tried[side][0] for side in around) < FLAT:
            break
        for side in around:
            if side != top:
                _try(steps, tried, math.sqrt(side * top), tried[top][1])
    return max(tried, key=lambda life: tried[life][0])


def _try(steps: _Steps, tried: Tried, life: float, level: float) -> None:
    tried[life] = steps.profile(life, level / STRIDE, level * STRIDE)


def _ends(steps: _Steps, tried: Tried, top: float) -> tuple[float | None, float | None]:
    # the outermost crossings of the limit on either side, halved until close
    limit = tried[top][0] - DROP
    lives = sorted(tried)
    place = lives.index(top)
    ends: list[float | None] = []
    for way in (lives[place::-1], lives[place:]):
        crossings = [(a, b) for a, b in pairwise(way) if tried[b][0] < limit <= tried[a][0]]
        ends.append(_cross(steps, tried, crossings[-1], limit) if crossings else None)
    return ends[0], ends[1]


def _cross(steps: _Steps, tried: Tried, bracket: tuple[float, float], limit: float) -> float:
    inner, outer = bracket
    for _ in range(ROUNDS):
        middle = math.sqrt(inner * outer)
        _try(steps, tried, middle, tried[inner][1])
        inner, outer = (middle, outer) if tried[middle][0] >= limit else (inner, middle)
    return math.sqrt(inner * outer)


def _likely(days: np.ndarray, weights: np.ndarray, certain: np.ndarray) -> tuple[tuple[int, float, bool], ...]:
    # neighbouring days share one refresh: windows of 15 days, the heaviest first
    left, found = np.where(certain, 0.0, weights), [(int(day), 1.0, True) for day in days[certain]]
    while left.sum() > LIKELY:
        near = np.array([left[np.abs(days - day) <= 7].sum() for day in days])
        top = int(near.argmax())
        if near[top] < LIKELY:
            break
        close = np.abs(days - days[top]) <= 7
        peak = int(np.flatnonzero(close)[left[close].argmax()])
        found.append((int(days[peak]), float(min(near[top], 1.0)), False))
        left = np.where(close, 0.0, left)
    return tuple(sorted(found))
