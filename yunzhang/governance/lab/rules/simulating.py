"""Simulating a scenario: the same government with its what-ifs and without, run after run, each measured as a real one.

A run depends on seed, number and scenario alone; runs may be made in any order, on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.composing import MONTH, Ask
from yunzhang.governance.lab.rules.engine import Outcome, run
from yunzhang.governance.lab.rules.ledger_rows import make_log
from yunzhang.governance.lab.rules.measured import read_gauge
from yunzhang.governance.lab.rules.scenarios.staging import Built, Period, build
from yunzhang.governance.lab.rules.touched import KINDS, count_touched, summarise_touched
from yunzhang.governance.lab.terms import RELATIONS, Behaviour, Scenario
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.placement import VERTICAL
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, VIRTUAL, Tree
from yunzhang.governance.observatory.terms import FIGURES, ROOTS

YEAR = 12  # windows of a measurement: the trailing twelve months of the standard window
MOST_PLACES, BUSIEST = 200, 5
ACROSS = FIGURES[FIGURES.index("H") :]
LOW, MID, HIGH = 0.05, 0.5, 0.95
EAST = 8 * DAY // 24  # a run's first day begins at midnight in the east


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario ready to run: the government without its what-ifs and with them; `root` is who is measured."""

    scenario: Scenario
    before: Built
    after: Built
    root: str

    @property
    def months(self) -> int:
        """How many whole months a run has."""
        return self.scenario.days // MONTH

    @property
    def units(self) -> int:
        """How many units there are, outsiders left out."""
        return self.before.made.tree.count

    @property
    def named(self) -> frozenset[str]:
        """The units the what-ifs name, and those they bring."""
        named = {unit for one in self.scenario.what_ifs for unit in one.units}
        return frozenset(named | (set(self.after.made.ids) - set(self.before.made.ids) if named else set()))

    def side(self, *, changed: bool) -> Built:
        """Return the government with its what-ifs, or without."""
        return self.after if changed else self.before


@dataclass(frozen=True, slots=True)
class Trace:
    """What one run showed. `course` is [month, FIGURES] of the root over the trailing year, NaN where there is none.

    `places`: figures at the end of each government below, by id. `load`: share of all matters handled, by id, of the
    busiest units. `related`: due and met by relation over the last year; `touched`: of the units named, by kind.
    """

    number: int
    changed: bool
    course: np.ndarray
    places: dict[str, list[float]]
    load: dict[str, float]
    related: np.ndarray
    touched: np.ndarray
    opened: int
    ended: int
    met: int

    def pack(self) -> dict[str, Any]:
        """Return the trace as plain values; `unpack` makes it again, to the last bit."""
        plain = {"number": self.number, "changed": self.changed, "places": self.places, "load": self.load}
        counts = {"opened": self.opened, "ended": self.ended, "met": self.met}
        tables = {"related": self.related.tolist(), "touched": self.touched.tolist()}
        return plain | counts | {"course": _told(self.course)} | tables

    @staticmethod
    def unpack(given: dict[str, Any]) -> Trace:
        """Return the trace of plain values."""
        course = np.array([[np.nan if v is None else v for v in row] for row in given["course"]], np.float64)
        places = {name: [np.nan if v is None else v for v in row] for name, row in given["places"].items()}
        related = np.array(given["related"], np.int64).reshape(-1, 2)
        touched = np.array(given["touched"], np.int64).reshape(len(KINDS), 2)
        own = given | {"course": course.reshape(-1, len(FIGURES)), "places": places}
        own |= {"related": related, "touched": touched}
        return Trace(**own)


def _told(values: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


def prepare(
    units: pa.Table, behaviour: Behaviour, scenario: Scenario, asks: Sequence[Ask] = (), *, root: str = ""
) -> Prepared:
    """Return a scenario ready to run; `asks`: who asks whom by a record (`Calibrated.asks`).

    `root`: the unit whose sub-tree is measured, where others stand beside it; "": the uppermost, among bodies of one
    place its government.
    Raises BadTable, BadScenario, ScenarioTooLarge.
    """
    before = build(units, behaviour, scenario, asks, changed=False)
    after = build(units, behaviour, scenario, asks, changed=True) if scenario.what_ifs else before
    return Prepared(scenario, before, after, root or _uppermost(before.made.tree))


def _uppermost(tree: Tree) -> str:
    tops = [node for node in range(1, tree.count) if tree.parent[node] == 0 and tree.kind[node] == GOVERNMENT]
    return tree.ids[tops[0] if tree.kind[0] == VIRTUAL and len(tops) == 1 else 0]


def simulate(
    prepared: Prepared, *, seed: int, number: int, changed: bool, stop: Callable[[], bool] | None = None
) -> Trace:
    """Return what run `number` shows, with the what-ifs or without. Raises engine.Stopped."""
    built = prepared.side(changed=changed)
    outcome = run(built.setting, seed=seed, number=number, stop=stop)
    course = np.array([_figures(built, outcome, month, [prepared.root])[0] for month in range(prepared.months)])
    last = _last(built, prepared)
    lowest = _places(last, prepared.root)
    rows = _figures(built, outcome, prepared.months - 1, lowest)
    places = {name: [float(v) for v in row] for name, row in zip(lowest, rows, strict=True)}
    counted = outcome.tally[max(prepared.months - YEAR, 0) : max(prepared.months, 1)].sum(axis=0)
    related = _related(built, counted)
    ends = built.made.flows.creditor, built.made.flows.debtor
    touched = count_touched(built.made.ids, prepared.named, ends, counted)
    counts = outcome.opened, outcome.ended, outcome.met
    course = course.reshape(-1, len(FIGURES))
    return Trace(number, changed, course, places, _load(built, outcome), related, touched, *counts)


def _last(built: Built, prepared: Prepared) -> Period:
    return [each for each in built.periods if each.day < max(prepared.months * MONTH, 1)][-1]


def _places(period: Period, root: str) -> list[str]:
    tree = period.gauge.made.tree
    inner = [node for node in tree.inner.tolist() if tree.kind[node] == GOVERNMENT and tree.ids[node] != root]
    return [tree.ids[node] for node in inner[:MOST_PLACES]]


def _figures(built: Built, outcome: Outcome, month: int, names: Sequence[str]) -> np.ndarray:
    # windows of the trailing year that lie in the period of the month's last day
    ends = (month + 1) * MONTH
    period = [each for each in built.periods if each.day < ends][-1]
    first = _first_month(period, month)
    counted = outcome.tally[first : month + 1, :, :].sum(axis=0)[period.flows]
    tree = period.gauge.made.tree
    # several governments have a virtual unit above them until a higher level directs them: node 0 on either side
    roots = np.array([0 if name == ROOTS else tree.ids.index(name) for name in names], np.int64)
    found = read_gauge(period.gauge, counted[:, 0], counted[:, 1], roots)
    if not counted[period.gauge.placed.relation >= VERTICAL, 0].any():  # no matter across: H is unknown, not 0
        found |= {name: np.full(len(roots), np.nan) for name in ACROSS}
    return np.array([found[name] for name in FIGURES]).T


def _first_month(period: Period, month: int) -> int:
    return min(max(month + 1 - YEAR, -(-period.since // MONTH)), month)


def find_window(prepared: Prepared) -> tuple[int, int]:
    """Return from and to (microseconds of UTC) of what the figures at the end of a run with the what-ifs are of."""
    last, begins = max(prepared.months - 1, 0), _begins(prepared)
    first = _first_month(_last(prepared.after, prepared), last)
    return begins + first * MONTH * DAY, begins + (last + 1) * MONTH * DAY


def _begins(prepared: Prepared) -> int:
    return int(np.datetime64(prepared.scenario.begins, "us").astype(np.int64)) - EAST


def _related(built: Built, counted: np.ndarray) -> np.ndarray:
    due, met = (np.bincount(built.made.relation, counted[:, k], len(RELATIONS)) for k in range(2))
    return np.stack([due, met], axis=1).astype(np.int64)


def _load(built: Built, outcome: Outcome) -> dict[str, float]:
    whole = int(outcome.busy.sum())
    if not whole:
        return {}
    order = np.argsort(-outcome.busy, kind="stable")[: 4 * BUSIEST]
    return {built.made.ids[unit]: float(outcome.busy[unit] / whole) for unit in order.tolist() if outcome.busy[unit]}


# ---- all runs together


def summarise(prepared: Prepared, traces: Sequence[Trace], *, seed: int) -> dict[str, Any]:
    """Return what the runs came to, as plain values: ranges by month, differences at the end, places, load, shares met.

    Ranges hold 90 % of the runs. A difference is that of runs of the same number.
    """
    sides = {
        changed: sorted((t for t in traces if t.changed is changed), key=lambda t: t.number)
        for changed in (False, True)
    }
    before, after = sides[False], sides[True] or sides[False]
    return {
        "months": list(range(1, prepared.months + 1)),
        "runs": len(before),
        "seed": seed,
        "figures": {
            name: {"before": _band(before, place), "after": _band(after, place)} for place, name in enumerate(FIGURES)
        },
        "difference": {name: _difference(before, after, place) for place, name in enumerate(FIGURES)},
        "places": _compare_places(prepared, before, after),
        "busiest": _busiest(prepared, before, after),
        "delivered": {"before": _share_met(before), "after": _share_met(after)},
        "touched": summarise_touched([each.touched for each in before], [each.touched for each in after]),
        "relations": {
            name: {"before": _related_share(before, place), "after": _related_share(after, place)}
            for place, name in enumerate(RELATIONS)
        },
    }  # fmt: skip


def _quantiles(values: np.ndarray) -> list[float | None]:
    known = values[~np.isnan(values)]
    return [None] * 3 if not len(known) else [float(v) for v in np.quantile(known, (LOW, MID, HIGH))]


def _band(traces: Sequence[Trace], place: int) -> dict[str, list[float | None]]:
    rows = [
        _quantiles(np.array([each.course[month, place] for each in traces])) for month in range(len(traces[0].course))
    ]
    return {name: [row[k] for row in rows] for k, name in enumerate(("low", "mid", "high"))}


def _difference(before: Sequence[Trace], after: Sequence[Trace], place: int) -> dict[str, float | None]:
    pairs = list(zip(before, after, strict=False))
    if not pairs or not len(pairs[0][0].course):
        return {"low": None, "mid": None, "high": None, "chance_up": None}
    gains = np.array([b.course[-1, place] - a.course[-1, place] for a, b in pairs])
    known = gains[~np.isnan(gains)]
    up = float((known > 0).mean()) if len(known) else None
    return dict(zip(("low", "mid", "high"), _quantiles(gains), strict=True)) | {"chance_up": up}


def _compare_places(prepared: Prepared, before: Sequence[Trace], after: Sequence[Trace]) -> list[dict[str, Any]]:
    tree = _last(prepared.after, prepared).gauge.made.tree
    name_of = dict(zip(tree.ids, tree.names, strict=False))
    shared = sorted((name for name in after[0].places if name in before[0].places), key=_official_order(prepared))
    return [
        {"id": name, "name": name_of.get(name, name), "before": _place(before, name), "after": _place(after, name)}
        for name in shared
    ]


def _place(traces: Sequence[Trace], name: str) -> dict[str, list[float | None]]:
    rows = np.array([each.places[name] for each in traces])
    return {figure: _quantiles(rows[:, k]) for k, figure in enumerate(FIGURES)}


def _busiest(prepared: Prepared, before: Sequence[Trace], after: Sequence[Trace]) -> list[dict[str, Any]]:
    # at most five, in official order: nobody is ranked
    tree = prepared.after.made.tree
    mean = {side: _mean_load(traces) for side, traces in (("before", before), ("after", after))}
    most = sorted({*mean["before"], *mean["after"]}, key=lambda unit: -max(mean[s].get(unit, 0.0) for s in mean))
    shown = sorted(most[:BUSIEST], key=_official_order(prepared))
    return [
        {"id": unit, "name": tree.names[tree.ids.index(unit)]} | {side: mean[side].get(unit, 0.0) for side in mean}
        for unit in shown
    ]


def _official_order(prepared: Prepared) -> Callable[[str], int]:
    # the unit table's own, which the tree does not keep: there sisters stand by their ids
    tables = (prepared.side(changed=changed).made.table for changed in (False, True))
    ids = dict.fromkeys(str(unit) for table in tables for unit in table["id"].to_pylist())
    place_of = {unit: place for place, unit in enumerate(ids)}
    return lambda unit: place_of.get(unit, len(place_of))


def _mean_load(traces: Sequence[Trace]) -> dict[str, float]:
    units = {unit for each in traces for unit in each.load}
    return {unit: float(np.mean([each.load.get(unit, 0.0) for each in traces])) for unit in units}


def _share_met(traces: Sequence[Trace]) -> list[float | None]:
    sums = [each.related.sum(axis=0) for each in traces]
    return _quantiles(np.array([met / due if due else np.nan for due, met in sums]))


def _related_share(traces: Sequence[Trace], place: int) -> list[float | None]:
    rows = [each.related[place] for each in traces]
    return _quantiles(np.array([row[1] / row[0] if row[0] else np.nan for row in rows]))


def run_log(prepared: Prepared, *, seed: int, number: int, changed: bool) -> tuple[pa.Table, pa.Table]:
    """Return units and loops of one run, ready to be measured or opened as a study."""
    built, rows = prepared.side(changed=changed), list[np.ndarray]()
    run(built.setting, seed=seed, number=number, sink=rows.append)
    return built.made.table, make_log(built.made, rows, _begins(prepared))
