"""Loads: a unit whose matters are kept when few run at once and missed when many do, and that has more than its
sisters: of what it owes, or of what it hands down. It is described by its load, never by a person; nothing is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.suggesting.mending import edge_shares
from yunzhang.governance.observatory.rules.suggesting.option import SURE, Option, Scene, normal_tail, swing_of
from yunzhang.governance.observatory.rules.suggesting.rows import RELATIONS, Rows
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import Advice

MORE = 1.5  # times the median load of its sisters
LEAST_ROWS = 20
LEAST_SISTERS = 3
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class _Load:
    """What one unit owed: how many matters ran at once when each was opened, and what became of it."""

    rows: np.ndarray
    at_once: np.ndarray
    per_week: float

    @property
    def mean(self) -> float:
        """How many ran at once on average."""
        return float(self.at_once.mean()) if len(self.rows) else 0.0

    def heavy(self, usual: float) -> np.ndarray:
        """The rows opened when clearly more ran at once than its sisters usually have."""
        return np.asarray(self.at_once > MORE * usual)


def load_options(scene: Scene, rows: Rows) -> list[Option]:
    """Return units directly below the root whose matters are credibly missed by volume, with more than its sisters.

    Both what a unit owes and what it hands down. Volume is what was given: matters whose term covers the moment,
    however fast anybody works.
    """
    return [*_of_side(scene, rows, rows.debtor), *_of_side(scene, rows, rows.creditor)]


def _of_side(scene: Scene, rows: Rows, side: np.ndarray) -> list[Option]:
    kind = scene.tree.kind
    loads = {unit: _load(rows, side, unit) for unit in np.flatnonzero(scene.tree.parent == scene.root).tolist()}
    found = []
    for unit, load in loads.items():
        sisters = [each.mean for other, each in loads.items() if other != unit and kind[other] == kind[unit]]
        usual = float(np.median(sisters)) if len(sisters) >= LEAST_SISTERS else float("inf")
        # sisters that hand down nothing are no measure
        much = usual > 0 and len(load.rows) >= LEAST_ROWS and load.mean >= MORE * usual
        if much and _is_by_volume(rows, load, usual, 2 * len(loads)):
            found.append(_option(scene, rows, load, (unit, side is rows.creditor), usual))
    return found


def _load(rows: Rows, side: np.ndarray, unit: int) -> _Load:
    own = np.flatnonzero(rows.owed_up & (side == unit))
    opened, due = np.sort(rows.opened[own]), np.sort(rows.due[own])
    at = rows.opened[own]
    at_once = np.searchsorted(opened, at, "right") - np.searchsorted(due, at, "right")
    span = float(opened[-1] - opened[0]) if len(own) else 0.0
    return _Load(own, at_once.astype(np.float64), len(own) / max(span / WEEK, 1.0))


def _is_by_volume(rows: Rows, load: _Load, usual: float, tests: int) -> bool:
    met, heavy = rows.met[load.rows], load.heavy(usual)
    return not falls_by_chance(met[~heavy], met[heavy], tests)


def _option(scene: Scene, rows: Rows, load: _Load, whose: tuple[int, bool], usual: float) -> Option:
    unit, hands_down = whose
    met, heavy = rows.met[load.rows], load.heavy(usual)
    busy, calm = float(met[heavy].mean()), float(met[~heavy].mean())
    known = {"per_week": load.per_week, "at_once": load.mean, "usual": usual, "busy": busy, "calm": calm}
    return Option(
        advice=Advice.LOAD,
        figure="V",
        line="handed_down" if hands_down else "",
        nodes=(unit,),
        mends=mend_edges(scene, rows, load.rows[heavy], calm - busy),
        met=float(met.sum()),
        due=float(len(met)),
        debtors=tuple(np.unique(rows.debtor[load.rows]).tolist()),
        creditors=(unit,) if hands_down else (),
        relations=RELATIONS[:2],
        swing=swing_of(met[~heavy], met[heavy]),
        details=dict(known),
    )


def falls_by_chance(before: np.ndarray, after: np.ndarray, tests: int) -> bool:
    """Return whether a share that fell from one group of rows to another may have done so by chance alone."""
    if not len(before) or not len(after):
        return True
    share = (before.sum() + after.sum()) / (len(before) + len(after))
    error = sqrt(share * (1 - share) * (1 / len(before) + 1 / len(after)))
    return error == 0 or normal_tail((before.mean() - after.mean()) / error) > SURE / max(tests, 1)


def mend_edges(scene: Scene, rows: Rows, chosen: np.ndarray, rise: float) -> dict[tuple[int, int], float]:
    """Return which share of each edge's shortfall would be mended, were these rows met by so much more often."""
    mends: dict[tuple[int, int], float] = {}
    inside = rows.owed_up[chosen] & (rows.debtor[chosen] > scene.root) & (rows.debtor[chosen] < scene.stop)
    for number, line in enumerate(scene.lines):
        own = chosen[inside & (rows.relation[chosen] == number)]
        if not len(own) or not line.counted or not line.directives:
            continue
        shares = edge_shares(scene.tree, line, scene.root, tau=scene.tau)
        more = np.zeros((2, scene.tree.count))
        np.add.at(more, (rows.is_report[own].astype(np.int64), rows.debtor[own]), rise)
        for node in np.unique(rows.debtor[own]).tolist():
            share = _mended(line, shares[:, node - scene.root], more[:, node] / (line.n[:, node] + scene.tau), node)
            if share > 0:
                mends[number, node] = share
    return mends


def _mended(line: Line, share: np.ndarray, more: np.ndarray, node: int) -> float:
    better = np.minimum(share + more, 1.0)
    if line.reports[node]:
        value, mended = float(np.sqrt(share.prod())), float(np.sqrt(better.prod()))
    else:
        value, mended = float(share[0]), float(better[0])
    return (mended - value) / (1 - value) if value < 1 else 0.0
