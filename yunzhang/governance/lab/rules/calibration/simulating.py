"""The same months told by the engine: runs of the calibrated behaviour, each with plausible rates, moods and chances.

With units that are never full and forget nothing the engine must say what the posterior predictive says; where a
behaviour adds queues and fading attention, this is where they show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from yunzhang.governance.lab.rules.calibration.checks import Stretch
from yunzhang.governance.lab.rules.calibration.counts import draw_levels
from yunzhang.governance.lab.rules.calibration.drawing import (
    DUE,
    MET,
    days_of,
    draw_baseline,
    find_bands,
    has_answer,
    share_of,
    stream,
)
from yunzhang.governance.lab.rules.calibration.estimating import Calibrated, fit_days, fit_months
from yunzhang.governance.lab.rules.calibration.forecasting import Forecast, HeldOut, add_scores
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.rules.calibration.scoring import score
from yunzhang.governance.lab.rules.calibration.shares import draw_chances
from yunzhang.governance.lab.rules.composing import Composed, compose
from yunzhang.governance.lab.rules.engine import Setting, Sink, Stage, live, run
from yunzhang.governance.lab.rules.engine.parts import wire
from yunzhang.governance.lab.terms import RELATIONS, Behaviour

RUNS = 50
BASELINE_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Simulated:
    """Numbers [run, cell, month] due and met of the `ahead` months from place `stop` of the record on."""

    stop: int
    due: np.ndarray
    met: np.ndarray


def simulate_months(
    record: Record,
    calibrated: Calibrated,
    *,
    stop: int,
    ahead: int,
    runs: int = RUNS,
    seed: int = 1,
    behaviour: Behaviour | None = None,
    stop_if: Callable[[], bool] | None = None,
    tell: Callable[[int], None] = lambda done: None,
) -> Simulated:
    """Return what runs of the engine make of the months from place `stop` on, as estimated from those before.

    Each run has one plausible rate of every cell and, by the month something falls due, one mood and one chance; the
    engine then draws matters and answers. `behaviour` (default: the calibrated one) may add capacity and attention.
    Cells without a pace have none. `tell` is told after each run how many are done. Raises Stopped where `stop_if` says
    so.
    """
    made = compose(record.units, behaviour or calibrated.behaviour, calibrated.asks)
    cells = {cell: place for place, cell in enumerate(record.cells)}
    kinds = zip(made.relation.tolist(), made.level.tolist(), strict=True)
    cell = np.array([cells[RELATIONS[relation], level] for relation, level in kinds], np.int64)
    spans = [Stretch(one, int(record.first[one]), stop, ahead) for one in range(len(record.cells))]
    plan = MonthPlan(made, cell, days_of(record, Stretch(0, stop, stop, ahead)))
    levels, chances = _draw(record, spans, np.unique(cell), runs, seed)
    due, met = np.zeros((2, runs, len(spans), ahead), np.int64)
    for number in range(runs):
        setting = plan.setting(levels[number], chances[number])
        run(setting, seed=seed, number=number, sink=plan.counter(due[number], met[number]), stop=stop_if)
        tell(number + 1)
    return Simulated(stop, due, met)


def _draw(
    record: Record, spans: list[Stretch], cells: np.ndarray, runs: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    # [run, cell, month]: matters a day of a cell, and its chance
    ahead = spans[0].ahead if spans else 0
    levels, chances = np.zeros((2, runs, len(spans), ahead))
    for cell in cells.tolist():
        span = spans[cell]
        levels[:, cell] = draw_levels(fit_days(record, span), runs, ahead, stream(seed, cell, DUE, turn=2))
        chances[:, cell] = draw_chances(fit_months(record, span), runs, ahead, stream(seed, cell, MET, turn=2))
    return levels, chances


class MonthPlan:
    """The days of a run: the longest term, in which the first month's matters are opened, then the months."""

    def __init__(self, made: Composed, cell: np.ndarray, days: np.ndarray) -> None:
        self.made, self.cell = made, cell
        self.flows_of = np.maximum(np.bincount(cell, minlength=int(cell.max(initial=0)) + 1), 1)
        term = made.flows.term.astype(np.int64)
        self.before = int(term.max(initial=0)) + 1
        sums = np.concatenate([[0], np.cumsum(days)]).astype(np.int64)
        self.ends = self.before + sums  # month m is ends[m]..ends[m + 1]
        # what is opened on a day falls due a term later: each flow changes to a month's values that long before it
        turns = self.ends[:-1, None] - np.unique(term)[None]
        self.begins = np.unique(np.concatenate([[0], np.clip(turns.ravel(), 0, None)]))

    def setting(self, levels: np.ndarray, chances: np.ndarray) -> Setting:
        """Return the setting of one run; `levels` and `chances` are [cell, month]."""
        made = self.made
        stages = []
        for day in self.begins.tolist():
            month = np.searchsorted(self.ends, day + made.flows.term, "right") - 1
            month = np.clip(month, 0, levels.shape[1] - 1)
            flows = made.flows._replace(
                rate=levels[self.cell, month] / self.flows_of[self.cell], chance=chances[self.cell, month]
            )
            stages.append(Stage(int(day), wire(made.backbone), flows, made.units))
        late, refused = made.behaviour.late, made.behaviour.refused
        return Setting(made.backbone, tuple(stages), int(self.ends[-1]), late=late, refused=refused)

    def counter(self, due: np.ndarray, met: np.ndarray) -> Sink:
        """Return what takes the rows of a run and adds up those due, and met, by cell and month of the due day."""

        def take(rows: np.ndarray) -> None:
            month = np.searchsorted(self.ends, rows[:, live.DUE], "right") - 1
            inside = (month >= 0) & (month < due.shape[1])
            where = self.cell[rows[inside, live.FLOW]], month[inside]
            np.add.at(due, where, 1)
            np.add.at(met, where, rows[inside, live.ENDED] == live.DONE)

        return take


def add_simulated(record: Record, held: HeldOut, simulated: Simulated, *, seed: int = 1) -> HeldOut:
    """Return the held-out forecasts with what the engine made of the same months, its bands and scores."""
    cells = {cell: place for place, cell in enumerate(record.cells)}
    told = tuple(
        _add(record, one, Stretch(cell, int(record.first[cell]), held.stop, held.ahead), simulated, seed)
        for one in held.forecasts
        for cell in [cells[one.relation, one.level]]
    )
    return replace(held, forecasts=told, simulated_whole=add_scores(told, simulated=True))


def _add(record: Record, one: Forecast, span: Stretch, simulated: Simulated, seed: int) -> Forecast:
    due, met = simulated.due[:, span.cell].astype(np.float64), simulated.met[:, span.cell].astype(np.float64)
    months = slice(span.stop, span.stop + span.ahead)
    seen = record.due[span.cell, months].astype(np.float64)
    baseline = draw_baseline(record, span, one.what, seed=seed, draws=BASELINE_DRAWS)
    if one.what == DUE:
        drawn, observed, bands = due, seen, find_bands(due)
    else:  # as the share is asked for given how many fell due, so is what the engine says of it
        share = share_of(met, due)
        drawn, observed, bands = (
            _filled(share) * seen,
            record.met[span.cell, months].astype(np.float64),
            find_bands(share),
        )
    some = has_answer(seen, one.what) & ~np.isnan(bands.median)
    return replace(one, simulated=bands, simulated_score=score(drawn, observed, baseline, some=some))


def _filled(share: np.ndarray) -> np.ndarray:
    # a run in which nothing fell due has no share of its own: it takes the mean of the others
    some = ~np.isnan(share)
    mean = np.where(some, share, 0.0).sum(axis=0) / np.maximum(some.sum(axis=0), 1)
    return np.where(some, share, mean)
