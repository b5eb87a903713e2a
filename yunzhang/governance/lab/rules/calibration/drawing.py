"""What is drawn of the months of a cell: numbers due, numbers met, the same from the baseline; and bands of draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.calibration.checks import Stretch
from yunzhang.governance.lab.rules.calibration.counts import draw_counts, draw_levels
from yunzhang.governance.lab.rules.calibration.estimating import fit_days, fit_months
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.rules.calibration.scoring import FAIR
from yunzhang.governance.lab.rules.calibration.shares import draw_chances, draw_met

DUE, MET = "due", "met"
LAST = 3  # months whose mean the baseline carries forward
APART = 1 << 40  # numbers of streams no run of the engine has


@dataclass(frozen=True, slots=True)
class Bands:
    """By month: median and the ends of the 50 % and 90 % bands; NaN where a month has nothing to have a share of."""

    median: np.ndarray
    low50: np.ndarray
    high50: np.ndarray
    low90: np.ndarray
    high90: np.ndarray


def find_bands(draws: np.ndarray) -> Bands:
    """Return the bands of draws [draw, month]; draws that are NaN are left out, and a month is NaN where all are."""
    ends = np.full((5, draws.shape[1]), np.nan)
    for month in range(draws.shape[1]):
        known = draws[~np.isnan(draws[:, month]), month]
        if len(known):
            ends[:, month] = np.quantile(known, [0.5, 0.25, 0.75, 0.05, 0.95], method=FAIR)
    return Bands(*ends)


def stream(seed: int, cell: int, what: str, turn: int = 0) -> np.ndarray:
    """Return the state of a stream of chance of its own for a cell, what is told of it, and a turn 0..3."""
    return np.array([mixed(seed, APART + cell * 8 + turn * 2 + (what == MET))], np.uint64)


def days_of(record: Record, span: Stretch) -> np.ndarray:
    """Return the days of each month of a stretch, beyond the record too."""
    first = int(record.months[0])
    months = np.arange(first + span.begin, first + span.stop + span.ahead + 1).astype("datetime64[M]")
    return np.diff(months.astype("datetime64[D]")).astype(np.float64)


def draw_due(record: Record, span: Stretch, *, seed: int, draws: int) -> np.ndarray:
    """Return numbers due [draw, month] in the months of a stretch, those to be told behind those that were fitted."""
    days = days_of(record, span)
    state = stream(seed, span.cell, DUE)
    return draw_counts(draw_levels(fit_days(record, span), draws, len(days), state), days, state)


def draw_answers(record: Record, span: Stretch, due: np.ndarray, *, seed: int) -> np.ndarray:
    """Return numbers met [draw, month] of those due [draw, month], by the shares of the months that were fitted."""
    state = stream(seed, span.cell, MET)
    draws, months = due.shape
    return draw_met(draw_chances(fit_months(record, span), draws, months, state), due, state)


def draw_baseline(record: Record, span: Stretch, what: str, *, seed: int, draws: int) -> np.ndarray:
    """Return draws [draw, held-out month] of the baseline: the last three fitted months go on, with plain chance."""
    last = slice(max(span.begin, span.stop - LAST), span.stop)
    due, met = record.due[span.cell, last].sum(), record.met[span.cell, last].sum()
    state, shape = stream(seed, span.cell, what, turn=1), (draws, span.ahead)
    if what == DUE:
        daily = np.full(shape, due / record.days[last].sum())
        return draw_counts(daily, days_of(record, span)[span.months :], state)
    asked = record.due[span.cell, span.stop : span.stop + span.ahead].astype(np.float64)
    return draw_met(np.full(shape, (met + 0.5) / (due + 1.0)), np.tile(asked, (draws, 1)), state)


def share_of(met: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Return met of due, NaN where nothing is due."""
    return np.where(due > 0, met / np.maximum(due, 1), np.nan)


def has_answer(due: np.ndarray, what: str) -> np.ndarray:
    """Return which months have something to tell: those in which nothing fell due have no share."""
    return np.asarray((due > 0) | (what == DUE))
