"""In how many days the push behind a programme halves, and when it was renewed: from the days of official acts alone.

The rate of new acts is level · 2^(−days since the last refresh / half-life). A refresh nobody wrote down may fall on
any day, likelier just before an act agreed at a meeting; the likelihood sums over all such days, so that campaigns do
not look like decay and no day is picked by hand. Recorded refreshes (inspections, an events table) are certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled

SHORTEST, LONGEST = 6.0, 720.0
COARSE, FINE = 15, 13
LEVELS = np.geomspace(0.8, 14.0, 7)  # of the mean rate
NEAR = np.geomspace(0.5, 2.0, 9)  # of the best level so far
DROP = 1.92  # half of the 95 % point of chi squared with one degree of freedom
YEAR = 365.0
FAINT = 1e-6  # a refresh day whose weight is below this is no longer followed
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
    lives = np.geomspace(SHORTEST, LONGEST, COARSE)
    heights, levels = _profile(days, counts, chances, lives, counts.sum() / len(days) * LEVELS)
    best = int(heights.argmax())
    fine = np.geomspace(lives[max(best - 1, 0)], lives[min(best + 1, COARSE - 1)], FINE)
    more, more_levels = _profile(days, counts, chances, fine, levels[best] * NEAR)
    order = np.argsort(np.concatenate([lives, fine]), kind="stable")
    lives, heights = np.concatenate([lives, fine])[order], np.concatenate([heights, more])[order]
    levels = np.concatenate([levels, more_levels])[order]
    top = int(heights.argmax())
    low, high = _ends(np.log(lives), heights, top)
    weights = _refresh_chances(days, counts, chances, float(lives[top]), float(levels[top]))
    if high is None or low is None:
        return Halving(len(acts), at_least=low if high is None else None)
    return Halving(len(acts), float(lives[top]), low, high, _likely(days, weights, certain))


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


def _profile(
    days: np.ndarray, counts: np.ndarray, chances: np.ndarray, lives: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    # the likelihood of each half-life at its best level; the top between three levels by a parabola
    values = _likelihoods(days, counts, chances, lives, levels)
    tops = values.argmax(axis=1)
    heights = values.max(axis=1)
    for row, top in enumerate(tops.tolist()):
        if 0 < top < len(levels) - 1:
            a, b, c = values[row, top - 1 : top + 2]
            bend = a - 2 * b + c
            heights[row] = b - (a - c) ** 2 / 8 / bend if bend < 0 else b
    return heights, levels[tops]


def _ends(logs: np.ndarray, heights: np.ndarray, top: int) -> tuple[float | None, float | None]:
    limit = heights[top] - DROP
    ends: list[float | None] = [None, None]
    for side, rows in enumerate((range(top, 0, -1), range(top, len(logs) - 1))):
        step = (-1, 1)[side]
        for row in rows:
            inner, outer = heights[row], heights[row + step]
            if outer < limit <= inner:
                part = (inner - limit) / (inner - outer)
                ends[side] = math.exp(logs[row] + part * (logs[row + step] - logs[row]))
    return ends[0], ends[1]


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


@compiled
def _likelihoods(
    days: np.ndarray, counts: np.ndarray, chances: np.ndarray, lives: np.ndarray, levels: np.ndarray
) -> np.ndarray:
    out = np.zeros((len(lives), len(levels)))
    since, weight = np.zeros(len(days), np.int64), np.zeros(len(days))
    span = days[-1] - days[0] + 1
    rate, none = np.zeros(span), np.zeros(span)
    for a in range(len(lives)):
        for b in range(len(levels)):
            for age in range(span):
                rate[age] = levels[b] * 2.0 ** (-age / lives[a])
                none[age] = np.exp(-rate[age])
            followed, total = 1, 0.0
            since[0], weight[0] = days[0], 1.0
            for d in range(1, len(days)):
                for k in range(followed):
                    weight[k] *= 1.0 - chances[d]
                since[followed], weight[followed] = days[d], chances[d]
                followed += 1
                mass = 0.0
                for k in range(followed):
                    age = days[d] - since[k]
                    value = weight[k] * none[age]
                    for _ in range(counts[d]):
                        value *= rate[age]
                    weight[k] = value
                    mass += value
                total += np.log(mass)
                kept = 0
                for k in range(followed):
                    share = weight[k] / mass
                    if share > FAINT:
                        weight[kept], since[kept] = share, since[k]
                        kept += 1
                followed = kept
            out[a, b] = total
    return out


@compiled
def _refresh_chances(
    days: np.ndarray, counts: np.ndarray, chances: np.ndarray, life: float, level: float
) -> np.ndarray:
    # forward weights of "last refresh on day k", then backward: how likely each day was a refresh, all acts known
    size = len(days)
    ahead = np.zeros(size + 1)  # log likelihood of everything from day d on, given a refresh on day d
    best = np.zeros(size)
    for first in range(size - 1, -1, -1):
        # sum over the next refresh day j: everything from first to j-1 with this refresh, then ahead[j]
        stay, top = 0.0, -1e300
        for j in range(first + 1, size + 1):
            gap = days[j - 1] - days[first]
            r = level * 2.0 ** (-gap / life)
            stay += counts[j - 1] * np.log(r) - r
            if j < size:
                value = stay + np.log(max(chances[j], 1e-300)) + ahead[j]
                stay += np.log(max(1.0 - chances[j], 1e-300))
            else:
                value = stay
            if value > top:
                best[first] = np.log(1.0 + np.exp(best[first] + top - value)) if top > -1e299 else 0.0
                top = value
            else:
                best[first] = np.log(np.exp(best[first]) + np.exp(value - top))
        ahead[first] = top + best[first]
    into = np.full(size, -1e300)
    into[0] = 0.0
    out = np.zeros(size)
    for first in range(size):
        if into[first] + ahead[first] - ahead[0] < -30.0:
            continue
        if first > 0:
            out[first] = np.exp(into[first] + ahead[first] - ahead[0])
        stay = 0.0
        for j in range(first + 1, size):
            gap = days[j - 1] - days[first]
            r = level * 2.0 ** (-gap / life)
            stay += counts[j - 1] * np.log(r) - r
            value = into[first] + stay + np.log(max(chances[j], 1e-300))
            stay += np.log(max(1.0 - chances[j], 1e-300))
            high, low = max(into[j], value), min(into[j], value)
            into[j] = high + np.log(1.0 + np.exp(low - high))
    return out
