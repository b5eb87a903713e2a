"""V and H of a simulated government from the engine's counts: the very rules of the observatory, without the rows.

Measuring the rows of the same run gives the same figures to 1e-9; a test compares both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.governance.lab.rules.composing import Composed
from yunzhang.governance.lab.terms import KIND_OF, RELATIONS
from yunzhang.governance.observatory.rules.horizontal import Pairs, charge, measure_h
from yunzhang.governance.observatory.rules.placement import PART, VERTICAL, Placed, place
from yunzhang.governance.observatory.rules.vertical import Line, make_line, measure_v
from yunzhang.governance.observatory.terms import COVERS, EQUAL, FIGURES, LINES, PARTS, REPORT, TRADE_KINDS

_KINDS = tuple(KIND_OF[name] for name in RELATIONS)
TRADE = np.array([kind in TRADE_KINDS for kind in _KINDS])
IS_REPORT = np.array([kind == REPORT for kind in _KINDS])


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where each flow of a structure is counted, found once; then each run is measured in no time."""

    made: Composed
    placed: Placed
    report: np.ndarray
    pair_of: np.ndarray  # of each horizontal flow, its place in `pairs`
    pairs: np.ndarray  # [part, a, b]


def make_gauge(made: Composed) -> Gauge:
    """Return where the flows of this structure are counted."""
    flows, relation = made.flows, made.relation
    one, other = flows.debtor.astype(np.int64), flows.creditor.astype(np.int64)
    placed = place(made.tree, one, other, TRADE[relation])
    across = placed.relation >= VERTICAL
    ends = placed.relation[across] - PART, placed.a[across], np.where(placed.outside, -1, placed.b)[across]
    pairs, where = np.unique(np.stack(ends), axis=1, return_inverse=True)
    return Gauge(made, placed, IS_REPORT[relation].astype(np.int64), where.ravel(), pairs)


def read_gauge(
    gauge: Gauge,
    due: np.ndarray,
    met: np.ndarray,
    roots: np.ndarray | None = None,
    *,
    tau: float = 4.0,
    parts: tuple[str, ...] = PARTS,
    weights: tuple[float, ...] = EQUAL,
    covers: tuple[str, ...] | None = None,
) -> dict[str, np.ndarray]:
    """Return V, H and their lines and parts by root (the uppermost unit where none is named), 0..1, NaN for none.

    `due` and `met` count matters by flow. `covers`: what the line shows at all, None: what these counts hold.
    """
    tree = gauge.made.tree
    whole = np.zeros(1, np.int64) if roots is None else roots
    lines = _lines(gauge, due.astype(np.float64), met.astype(np.float64), covers)
    pairs = _pairs(gauge, due.astype(np.float64), met.astype(np.float64))
    v = measure_v(tree, lines, whole, tau)
    h = measure_h(tree, charge(tree, pairs, (False,) * len(PARTS)), whole, parts, tau, weights=weights)
    return dict(zip(FIGURES, np.concatenate([v, h]), strict=True))


def _lines(gauge: Gauge, due: np.ndarray, met: np.ndarray, covers: tuple[str, ...] | None) -> tuple[Line, Line]:
    tree, placed = gauge.made.tree, gauge.placed
    down = placed.relation < VERTICAL
    where = placed.relation[down], gauge.report[down], placed.a[down]
    counts = np.zeros((2, 2, 2, tree.count))  # met | due, line, class, unit
    np.add.at(counts[0], where, met[down])
    np.add.at(counts[1], where, due[down])
    seen = counts[1].sum(axis=2) > 0
    if covers is not None:
        seen = np.array([name in covers for name in COVERS]).reshape(2, 2)
    lines = []
    for line, up in enumerate((tree.above, tree.guide)):
        flags = {"counted": not line or bool(seen[line].any()), "directives": bool(seen[line, 0])}
        reports = tree.reports & bool(seen[line, 1])
        lines.append(make_line(up, counts[0, line], counts[1, line], counts[1, line], reports=reports, **flags))
    return lines[LINES.index("territorial")], lines[LINES.index("functional")]


def _pairs(gauge: Gauge, due: np.ndarray, met: np.ndarray) -> Pairs:
    across, size = gauge.placed.relation >= VERTICAL, gauge.pairs.shape[1]
    counted = [np.bincount(gauge.pair_of, each[across], size) for each in (met, due)]
    some = counted[1] > 0
    part, a, b = (row[some] for row in gauge.pairs)
    return Pairs(part, a, b, counted[0][some], counted[1][some], counted[1][some])
