"""What a record says of each kind of matter on each level: rate, chance, days to an answer; as a behaviour to simulate.

Everything is estimated as it was known at the end of the fitted months: no answer given later enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.governance.lab.rules.calibration.checks import Course, Stretch, find_course
from yunzhang.governance.lab.rules.calibration.counts import Rates, fit_rates, lean
from yunzhang.governance.lab.rules.calibration.lifetimes import Survival, survive
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.rules.calibration.shares import Shares, fit_shares
from yunzhang.governance.lab.rules.composing import MONTH, Ask
from yunzhang.governance.lab.terms import Behaviour, Pace
from yunzhang.governance.observatory.rules.moments import DAY, NONE

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the fitted months say of one kind of matter on one level; ranges are 90 %.

    `rate` matters a month of 30 days and flow; `index` of the months' moods (infinite: Poisson), `is_clumped` where
    they differ by more than chance. `chance` 0..1 that one is met, its range over flows that differ; `alike` how little
    they do (infinite: not at all). `days` by which half are answered, None where fewer ever are; `term` in days.
    """

    relation: str
    level: int
    months: int
    flows: int
    matters: int
    met: int
    rate: float
    rate_range: tuple[float, float]
    index: float
    is_clumped: bool
    chance: float
    chance_range: tuple[float, float]
    alike: float
    days: float | None
    days_range: tuple[float | None, float | None]
    term: int
    course: Course

    @property
    def pace(self) -> Pace:
        """The pace of such matters in a simulation."""
        return Pace(self.rate, self.chance, self.term)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Estimates of every cell, the behaviour made of them, and the flows it holds for (`prepare(…, asks)`).

    Each flow has a rate and chance of its own, leaned to those of its cell as far as it has few matters: a record's
    silent and weak places stay so. A cell without any matter in its months has an estimate and no pace. A matter owed
    by an outsider runs the other way round in `asks`: nobody outside has a desk in the engine.
    """

    estimates: tuple[Estimate, ...]
    behaviour: Behaviour
    asks: tuple[Ask, ...]


def estimate(record: Record, *, stop: int | None = None, seed: int = 1) -> Calibrated:
    """Return what the months before place `stop` (default: all) say; cells whose months are all cut off are left out.

    Source [S122], [S130], [S141], [S142].
    """
    stop = record.count if stop is None else stop
    spans = [Stretch(cell, int(record.first[cell]), stop, 0) for cell in range(len(record.cells))]
    spans = [span for span in spans if span.months > 0]
    found = tuple(_estimate(record, span, seed) for span in spans)
    asks = [ask for span, one in zip(spans, found, strict=True) if one.matters for ask in _asks(record, span)]
    return Calibrated(found, _behaviour(record, found, stop), tuple(asks))


def fit_days(record: Record, span: Stretch) -> Rates:
    """Return the plausible rates a day of a cell as a whole."""
    months = slice(span.begin, span.stop)
    return fit_rates(record.due[span.cell, months], record.days[months])


def fit_months(record: Record, span: Stretch) -> Shares:
    """Return the plausible shares met by month."""
    months = slice(span.begin, span.stop)
    return fit_shares(record.met[span.cell, months], record.due[span.cell, months])


def find_flows(record: Record, span: Stretch) -> np.ndarray:
    """Return the numbers of a cell's flows: of a line all there are; across those seen, or where none is the expected.

    A flow of a line that the structure does not have but somebody used is one too.
    """
    flows = record.flows
    own = flows.cell == span.cell
    seen = np.zeros(len(own), np.bool_)
    seen[record.flow[_inside(record, span)]] = True
    is_line = " " in record.cells[span.cell][0]
    chosen = own & (seen | flows.expected) if is_line or not seen.any() else own & seen
    return np.flatnonzero(chosen)


def _inside(record: Record, span: Stretch) -> np.ndarray:
    inside = (record.month >= span.begin) & (record.month < span.stop)
    return np.asarray(inside & (record.cell == span.cell))


def _estimate(record: Record, span: Stretch, seed: int) -> Estimate:
    flows = len(find_flows(record, span))
    inside = _inside(record, span)
    rates = fit_days(record, span)
    shares = fit_shares(*_by_flow(record, inside))
    survival = _survival(record, span)
    relation, level = record.cells[span.cell]
    months = slice(span.begin, span.stop)
    by_flow = MONTH / max(flows, 1)
    low, high = rates.quantiles(LOW, HIGH)
    return Estimate(
        relation=relation,
        level=level,
        months=span.months,
        flows=flows,
        matters=int(inside.sum()),
        met=int(record.matters.met[inside].sum()),
        rate=rates.mean * by_flow,
        rate_range=(low * by_flow, high * by_flow),
        index=rates.index,
        is_clumped=rates.is_clumped,
        chance=shares.mean,
        chance_range=shares.quantiles(LOW, HIGH),  # type: ignore[arg-type]
        alike=shares.index,
        days=survival.median,
        days_range=survival.median_range,
        term=_term(record, inside),
        course=find_course(record.due[span.cell, months], record.days[months], record.months[months], seed=seed),
    )


def _by_flow(record: Record, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, number = np.unique(record.flow[inside], return_inverse=True)
    due = np.bincount(number)
    return np.bincount(number, record.matters.met[inside], len(due)).astype(np.int64), due


def _survival(record: Record, span: Stretch) -> Survival:
    matters, ends = record.matters, record.begins(span.stop)
    own = (record.cell == span.cell) & (matters.opened != NONE) & (matters.opened < ends)
    opened, closed, left = matters.opened[own], matters.closed[own], matters.left[own]
    answered = (closed != NONE) & (closed < ends)
    gone = (left != NONE) & (left < ends) & (left > opened)
    last = np.where(answered, closed, np.where(gone, left, ends))
    # an answer of the same moment took no time; one that was given before the matter was opened cannot be
    return survive((last - opened) / DAY, answered)


def _term(record: Record, inside: np.ndarray) -> int:
    known = inside & (record.matters.opened != NONE)
    if not known.any():
        return 30
    spans = (record.matters.due[known] - record.matters.opened[known]) / DAY
    return max(int(np.floor(np.median(spans) + 0.5)), 1)


def _behaviour(record: Record, found: tuple[Estimate, ...], stop: int) -> Behaviour:
    paces = {(one.relation, one.level): one.pace for one in found if one.matters}
    matters, ends = record.matters, record.begins(stop)
    unmet = (record.month >= 0) & (record.month < stop) & ~matters.met
    late = unmet & matters.late & (matters.closed < ends)
    total = max(int(unmet.sum()), 1)
    return Behaviour(paces, late=int(late.sum()) / total, refused=int((unmet & matters.refused).sum()) / total)


def _asks(record: Record, span: Stretch) -> list[Ask]:
    flows, inside = find_flows(record, span), _inside(record, span)
    due, met = (
        np.bincount(record.flow[inside], weights, len(record.flows.cell))[flows]
        for weights in (None, record.matters.met[inside])
    )
    # as many as there were: the plausible mean of months that differ much lies above the mean of those seen
    rates = lean(due.astype(np.float64)) * MONTH / record.days[span.begin : span.stop].sum()
    chances = fit_shares(met.astype(np.int64), due.astype(np.int64)).own(met, due)
    relation, count = record.cells[span.cell][0], record.tree.count
    ends = [(int(record.flows.creditor[flow]), int(record.flows.debtor[flow])) for flow in flows]
    return [
        Ask(relation, *((asks, owes) if owes < count else (owes, asks)), rate=rate, chance=chance)
        for (asks, owes), rate, chance in zip(ends, rates.tolist(), chances.tolist(), strict=True)
    ]
