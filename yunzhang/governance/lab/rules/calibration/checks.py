"""What keeps the record of one cell from bearing a forecast: too little of it, holes, reorganisations, changes, trends.

A forecast supposes that the coming months are like those that were fitted; every check here asks whether these were
like each other. None can see a change that comes after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.terms import Hindrance, Unforeseen
from yunzhang.governance.observatory.rules.changes import find_changes

LEAST_MONTHS = 6
LEAST_MATTERS = 20
LEVEL = 0.02  # chance of a false alarm, of each search for a change
RARE = 0.01  # likewise of a trend or season
MISSING = 7.0  # a month with none is missing where so many were to be expected (by chance once in a thousand)
MOVED = 0.05  # share of matters between units that were moved
SHUFFLES = 999
YEAR = 12
SEASONS = 2 * YEAR  # months before a season can be told from chance


@dataclass(frozen=True, slots=True)
class Stretch:
    """A cell's months that are fitted: places `begin`..`stop` of the record, then `ahead` months to be told."""

    cell: int
    begin: int
    stop: int
    ahead: int

    @property
    def months(self) -> int:
        """How many months are fitted."""
        return max(self.stop - self.begin, 0)


@dataclass(frozen=True, slots=True)
class Course:
    """How monthly counts go: relative change a month with its chance under no trend, and the chance of its seasons.

    `season_chance` is None before two years are on record: it cannot be told.
    """

    slope: float
    trend_chance: float
    season_chance: float | None


def find_hindrances(record: Record, stretch: Stretch, *, seed: int) -> list[Unforeseen]:
    """Return why a cell is not forecast from these months, worst first; nothing where it can be.

    Where months or matters are too few nothing else is looked for. Source [S143].
    """
    due = record.due[stretch.cell, stretch.begin : stretch.stop]
    few = list(_too_little(stretch, int(due.sum())))
    found = few or [*_holes(record, stretch), *_moves(record, stretch), *_unlike(record, stretch, seed)]
    relation, level = record.cells[stretch.cell]
    return [Unforeseen(relation, level, what, hindrance, params) for what, hindrance, params in found]


type_reason = tuple[str, Hindrance, dict[str, str]]


def _too_little(stretch: Stretch, matters: int) -> Iterator[type_reason]:
    months = stretch.months
    if months < LEAST_MONTHS:
        yield "", Hindrance.FEW_MONTHS, {"count": str(months), "least": str(LEAST_MONTHS)}
    if matters < LEAST_MATTERS:
        yield "", Hindrance.FEW_MATTERS, {"count": str(matters), "least": str(LEAST_MATTERS)}
    if LEAST_MONTHS <= months < stretch.ahead:
        yield "", Hindrance.SHORTER_THAN_AHEAD, {"ahead": str(stretch.ahead), "count": str(months)}


def _holes(record: Record, stretch: Stretch) -> Iterator[type_reason]:
    # a month in which the whole log opens nothing, or this cell, which is always busy, has nothing due; also among
    # those to be told, which then are no test
    span = slice(stretch.begin, stretch.stop + stretch.ahead)
    empty = np.zeros(len(record.months[span]), np.bool_)
    for counts in (record.opened[span], record.due[stretch.cell, span]):
        usual = counts[: stretch.months].sum() / max(stretch.months - 1, 1)
        empty |= (counts == 0) & (usual >= MISSING)
    if empty.any():
        names = "、".join(month_name(int(month)) for month in record.months[span][empty])
        yield "", Hindrance.NO_RECORDS, {"months": names}


def _moves(record: Record, stretch: Stretch) -> Iterator[type_reason]:
    own = (record.cell == stretch.cell) & (record.month >= stretch.begin) & (record.month < stretch.stop)
    moved = int(record.matters.moved[own].sum())
    if moved > MOVED * own.sum():
        yield "", Hindrance.REORGANISED, {"count": str(moved), "share": f"{moved / own.sum():.0%}"}


def _unlike(record: Record, stretch: Stretch, seed: int) -> Iterator[type_reason]:
    span = slice(stretch.begin, stretch.stop)
    due, met, days = record.due[stretch.cell, span], record.met[stretch.cell, span], record.days[span]
    months = record.months[span]
    for change in find_changes(met, due, seed=seed, level=LEVEL)[:1]:
        facts = {"month": month_name(int(months[change.month]))}
        yield (
            "met",
            Hindrance.CHANGED_SHARE,
            facts
            | {
                "before": f"{change.before:.0%}",
                "after": f"{change.after:.0%}",
            },
        )
    # a month's count as a share of what the busiest holds: shuffling months makes no use of where that share is from
    most = np.maximum(np.ceil((due / days).max() * days), due)
    for change in find_changes(due, most, seed=seed, level=LEVEL)[:1]:
        facts = {"month": month_name(int(months[change.month]))}
        one = float((due / days).max() * days.mean())
        yield (
            "due",
            Hindrance.CHANGED_NUMBER,
            facts
            | {
                "before": f"{change.before * one:.0f}",
                "after": f"{change.after * one:.0f}",
            },
        )
    course = find_course(due, days, months, seed=seed)
    if course.trend_chance <= RARE:
        yield "due", Hindrance.TREND, {"slope": f"{course.slope:+.0%}"}
    if course.season_chance is not None and course.season_chance <= RARE:
        yield "due", Hindrance.SEASON, {}


def month_name(month: int) -> str:
    """Return a month since 1970 as year and month.

    >>> month_name(681)
    '2026-10'
    """
    return str(np.datetime64(month, "M"))


def find_course(due: np.ndarray, days: np.ndarray, months: np.ndarray, *, seed: int) -> Course:
    """Return trend and seasons of a series of counts, judged by shuffling its months.

    The slope is that of a straight line through the counts per day, as a share of their mean, a month.
    """
    daily = due / days
    if len(due) < LEAST_MONTHS or not daily.any():
        return Course(0.0, 1.0, None)
    time = np.arange(len(due)) - (len(due) - 1) / 2
    slope = float((time * daily).sum() / (time * time).sum() / daily.mean())
    state = np.array([mixed(seed, len(due))], np.uint64)
    trend, season = _shuffle(daily, months % YEAR, SHUFFLES, state)
    return Course(slope, trend, season if len(due) >= SEASONS else None)


@compiled
def _shuffle(daily: np.ndarray, season: np.ndarray, shuffles: int, state: np.ndarray) -> tuple[float, float]:
    # how rare in shuffled series so steep a line is, and months of the year that differ so much
    values = daily - daily.mean()
    steep, unlike = abs(_lean(values)), _spread(values, season)
    steeper, more_unlike = 1, 1
    for _ in range(shuffles):
        for last in range(len(values) - 1, 0, -1):
            other = int(uniform(state) * (last + 1))
            values[last], values[other] = values[other], values[last]
        steeper += abs(_lean(values)) >= steep - 1e-12
        more_unlike += _spread(values, season) >= unlike - 1e-12
    return steeper / (shuffles + 1), more_unlike / (shuffles + 1)


@compiled
def _lean(values: np.ndarray) -> float:
    total = 0.0
    for place in range(len(values)):
        total += values[place] * (2 * place - len(values) + 1)
    return total


@compiled
def _spread(values: np.ndarray, season: np.ndarray) -> float:
    sums, many = np.zeros(12), np.zeros(12)
    for place in range(len(values)):
        sums[season[place]] += values[place]
        many[season[place]] += 1.0
    return float((sums * sums / np.maximum(many, 1.0)).sum())
