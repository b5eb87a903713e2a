"""Planted organisations: units and a log with known rates, and the V and H that belong to them (science.md §2.5).

For tests, the bench and simulated studies. Nothing here is ever mixed with an office's own ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pyarrow as pa

from yunzhang.governance.observatory.rules.horizontal import Pairs, charge, measure_h
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.placement import PART, VERTICAL, Placed, place
from yunzhang.governance.observatory.rules.planted_place import plant_place, plant_tree
from yunzhang.governance.observatory.rules.tree import Tree, read_tree
from yunzhang.governance.observatory.rules.vertical import Line, make_line, measure_v
from yunzhang.governance.observatory.terms import CLASSES, COVERS, FIGURES, LINES, PARTS, REPORT, TRADE_KINDS, Mode

__all__ = ["QUADRANTS", "Plan", "Planted", "plant", "plant_place", "plant_tree", "rates_of"]

QUADRANTS = {
    Mode.LOOSE: (0.45, 0.40, 0.35),
    Mode.AUTHORITATIVE: (0.92, 0.88, 0.35),
    Mode.COOPERATIVE: (0.45, 0.40, 0.88),
    Mode.COLLABORATIVE: (0.92, 0.88, 0.88),
}
TERM_DAYS = 20
LATE, REFUSED = 0.6, 0.05  # of what is not met: closed late, refused; the rest stays open
type_ask = tuple[str, str, str, str]  # relation, kind, creditor, debtor


@dataclass(frozen=True, slots=True)
class Plan:
    """What to plant. `rates` by relation (COVERS and PARTS): the mean rate met, 0..1; a relation left out has no loops.

    `events`: threads per edge or pair, one number or by relation. `poisson`: that many on average, else exactly.
    `spread`: each edge and pair has its own rate from Beta(spread p, spread (1 - p)); 0 gives all the same.
    `partners`: how many sisters each body deals with (0: all). Moments are microseconds of UTC.
    """

    rates: Mapping[str, float]
    events: float | Mapping[str, float] = 3.0
    poisson: bool = False
    spread: float = 20.0
    partners: int = 0
    from_at: int = 20_454 * DAY  # 2026-01-01
    to_at: int = 20_819 * DAY
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Planted:
    """Tables as `measure` reads them, and by unit id the true figures (names of FIGURES), None where there is none."""

    units: pa.Table
    loops: pa.Table
    truth: dict[str, dict[str, float | None]]
    covers: tuple[str, ...]
    parts: tuple[str, ...]
    asks: list[type_ask] = field(default_factory=list)
    rates: np.ndarray = field(default_factory=lambda: np.zeros(0))  # true rate of each ask


def rates_of(mode: Mode, **changed: float) -> dict[str, float]:
    """Return the planted mean rates of a mode for every relation; names with a space are written with `_`.

    >>> rates_of(Mode.AUTHORITATIVE, territorial_report=0.5)["territorial report"]
    0.5
    """
    down, up, across = QUADRANTS[mode]
    rates = {cover: up if cover.endswith(REPORT) else down for cover in COVERS} | dict.fromkeys(PARTS, across)
    return rates | {name.replace("_", " "): rate for name, rate in changed.items()}


def plant(units: pa.Table, plan: Plan) -> Planted:
    """Return a log of these units by the plan, and the truth it was drawn from; the same seed, the same log."""
    rng = np.random.default_rng(plan.seed)
    asks = [ask for ask in _asks(units, plan, rng) if ask[0] in plan.rates]
    mean = np.array([plan.rates[relation] for relation, *_ in asks])
    rates = rng.beta(plan.spread * mean, plan.spread * (1 - mean)) if plan.spread else mean
    covers = tuple(cover for cover in COVERS if any(ask[0] == cover for ask in asks))
    parts = tuple(part for part in PARTS if any(ask[0] == part for ask in asks)) or PARTS
    loops = _loops(asks, rates, plan, rng)
    return Planted(units, loops, truth_of(units, asks, rates, covers, parts), covers, parts, asks, rates)


def truth_of(
    units: pa.Table, asks: list[type_ask], rates: np.ndarray, covers: tuple[str, ...], parts: tuple[str, ...]
) -> dict[str, dict[str, float | None]]:
    """Return by unit the V and H that the true rates make: the measure itself, each edge and pair at its own rate."""
    tree = read_tree(units)
    if not asks:
        return {}
    placed, report = _placed(tree, asks)
    lines = _lines(tree, placed, report, rates, covers)
    pairs = _pairs(placed, np.asarray(rates, np.float64))
    v = measure_v(tree, lines, tree.inner, 0.0)
    h = measure_h(tree, charge(tree, pairs, (False,) * len(PARTS)), tree.inner, parts, 0.0)
    columns = np.concatenate([v, h]).T.tolist()
    return {
        tree.ids[node]: {name: None if np.isnan(value) else value for name, value in zip(FIGURES, row, strict=True)}
        for node, row in zip(tree.inner.tolist(), columns, strict=True)
    }


def _placed(tree: Tree, asks: list[type_ask]) -> tuple[Placed, np.ndarray]:
    node = {unit: number for number, unit in enumerate(tree.ids)}
    _, kind, creditor, debtor = zip(*asks, strict=True)
    one, other = (np.array([node[unit] for unit in ends], np.int64) for ends in (debtor, creditor))
    placed = place(tree, one, other, np.array([name in TRADE_KINDS for name in kind]))
    return placed, np.array([name == REPORT for name in kind], np.int64)


def _lines(
    tree: Tree, placed: Placed, report: np.ndarray, rates: np.ndarray, covers: tuple[str, ...]
) -> tuple[Line, Line]:
    met, asked = np.zeros((2, 2, tree.count)), np.zeros((2, 2, tree.count))
    down = placed.relation < VERTICAL
    where = placed.relation[down], report[down], placed.a[down]
    np.add.at(met, where, rates[down])
    np.add.at(asked, where, 1.0)
    lines = []
    for number, (name, up) in enumerate(zip(LINES, (tree.above, tree.guide), strict=True)):
        directives, reports = (f"{name} {kind}" in covers for kind in CLASSES)
        counts, counted = (met[number], asked[number], asked[number]), not number or directives or reports
        joins = tree.reports & reports
        lines.append(make_line(up, *counts, reports=joins, counted=counted, directives=directives))
    return lines[0], lines[1]


def _pairs(placed: Placed, rates: np.ndarray) -> Pairs:
    across = placed.relation >= VERTICAL
    ends = placed.relation[across] - PART, placed.a[across], np.where(placed.outside, -1, placed.b)[across]
    keys, where = np.unique(np.stack(ends), axis=1, return_inverse=True)
    met, asked = np.bincount(where.ravel(), rates[across]), np.bincount(where.ravel()).astype(np.float64)
    return Pairs(keys[0], keys[1], keys[2], met, asked, asked)


def _asks(units: pa.Table, plan: Plan, rng: np.random.Generator) -> list[type_ask]:
    rows = units.to_pylist()
    kind = {row["id"]: row["kind"] for row in rows}
    outside = [row for row in rows if row["kind"] not in ("government", "department")]
    inside = [row for row in rows if row["kind"] in ("government", "department")]
    return [*_down(inside), *_across(inside, kind, plan), *_out(inside, outside, rng)]


def _down(inside: list[dict[str, str]]) -> list[type_ask]:
    found = []
    for row in inside:
        for line, column in (("territorial", "parent"), ("functional", "guided_by")):
            if row[column]:
                found.append((f"{line} directive", "directive", row[column], row["id"]))
                if row.get("reports") != "no":
                    found.append((f"{line} report", REPORT, row[column], row["id"]))
    return found


def _across(inside: list[dict[str, str]], kind: dict[str, str], plan: Plan) -> list[type_ask]:
    sisters: dict[tuple[str, str], list[str]] = {}
    for row in inside:
        sisters.setdefault((row["parent"], row["kind"]), []).append(row["id"])
    found = []
    for (parent, _), group in sisters.items():
        if parent:
            relation = "region" if kind[group[0]] == "government" else "department"
            found += [(relation, "consult", a, b) for a, b in _partners(group, plan.partners)]
    return found


def _partners(group: list[str], partners: int) -> list[tuple[str, str]]:
    # each with the next ones round the table, so that every body has partners on both sides
    size = len(group)
    if not partners or partners * 2 >= size - 1:
        return list(combinations(group, 2))
    return [(one, group[(k + step) % size]) for k, one in enumerate(group) for step in range(1, partners + 1)]


def _out(inside: list[dict[str, str]], outside: list[dict[str, str]], rng: np.random.Generator) -> list[type_ask]:
    # every government deals with one enterprise and one citizen in three, and with every other province
    words = {"enterprise": ("market", "need"), "citizen": ("society", "appeal"), "external": ("region", "request")}
    words["organisation"] = ("society", "consult")
    found = []
    governments = [row["id"] for row in inside if row["kind"] == "government"]
    for row in outside:
        relation, kind = words[row["kind"]]
        for unit in _clients(governments, row["kind"], rng):
            found.append((relation, kind, row["id"], unit))
    return found


def _clients(governments: list[str], kind: str, rng: np.random.Generator) -> list[str]:
    if kind == "external" or len(governments) < 4:
        return governments
    return [str(unit) for unit in rng.choice(governments, len(governments) // 3, replace=False)]


def _loops(asks: list[type_ask], rates: np.ndarray, plan: Plan, rng: np.random.Generator) -> pa.Table:
    each = plan.events if isinstance(plan.events, Mapping) else dict.fromkeys((*COVERS, *PARTS), plan.events)
    mean = np.array([each[ask[0]] for ask in asks])
    counts = rng.poisson(mean) if plan.poisson else np.floor(mean + rng.random(len(asks))).astype(np.int64)
    which = np.repeat(np.arange(len(asks)), counts)
    which = which[np.argsort(rng.random(len(which)), kind="stable")]
    size = len(which)
    opened = plan.from_at + np.sort(
        (rng.random(size) * (plan.to_at - plan.from_at - (TERM_DAYS + 1) * DAY)).astype(np.int64)
    )
    due = opened + TERM_DAYS * DAY
    met = rng.random(size) < rates[which]
    fate = rng.random(size)
    late, refused = ~met & (fate < LATE), ~met & (fate >= 1 - REFUSED)
    spent = np.where(met, rng.random(size), 1 + rng.exponential(0.5, size) + 1e-6)
    closed = opened + (spent * TERM_DAYS * DAY).astype(np.int64)
    outcome = np.select([met, late, refused], ["met", "late", "refused"], "open")
    columns = [pa.array([ask[k] for ask in asks], pa.string()).take(pa.array(which)) for k in range(1, 4)]
    moment = pa.timestamp("us", "UTC")
    return pa.table({
        "loop": [f"l{k:07d}" for k in range(size)],
        "kind": columns[0], "creditor": columns[1], "debtor": columns[2],
        "opened_at": pa.array(opened, moment), "due_at": pa.array(due, moment),
        "closed_at": pa.array(closed, moment, mask=~(met | late)), "outcome": pa.array(outcome.tolist(), pa.string()),
    })  # fmt: skip
