"""Programmes to take up again: what was asked soon after a meeting or inspection is kept, what came late after it is
missed, and the last one lies long back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.suggesting.loads import falls_by_chance, mend_edges
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene, swing_of
from yunzhang.governance.observatory.rules.suggesting.rows import RELATIONS, Rows
from yunzhang.governance.observatory.terms import Advice

LEAST_ROWS = 10  # on either side of the halving day


@dataclass(frozen=True, slots=True)
class Pace:
    """A programme's rhythm 推进节奏: halves in so many days; refreshed at these moments (microseconds, ascending)."""

    halves_in_days: float
    refreshed_at: tuple[int, ...]


def programme_options(scene: Scene, rows: Rows, paces: Mapping[str, Pace], *, now: int) -> list[Option]:
    """Return programmes past their halving day since they were last taken up, with matters kept less often by then.

    At the top, where programmes are taken up, that the push halves is known and enough; below it the fall must be
    credible among the matters of the sub-tree itself, however many sub-trees and programmes were looked at.
    """
    top = scene.tree.above[scene.root] < 0
    tests = len(paces) * max(len(scene.tree.inner), 1)
    found = []
    for name, pace in sorted(paces.items()):
        quiet = (now - pace.refreshed_at[-1]) / DAY if pace.refreshed_at else 0.0
        if name in rows.programmes and quiet > pace.halves_in_days:
            own = _own(scene, rows, name)
            fresh, stale = _sides(rows, own, pace)
            enough = min(len(fresh), len(stale)) >= LEAST_ROWS
            falls = enough and rows.met[fresh].mean() > rows.met[stale].mean()
            if falls and (top or not falls_by_chance(rows.met[fresh], rows.met[stale], tests)):
                days = {"halves_in_days": pace.halves_in_days, "quiet_days": quiet}
                found.append(_option(scene, rows, own, sides=(fresh, stale), name=name, days=days))
    return found


def _own(scene: Scene, rows: Rows, name: str) -> np.ndarray:
    inside = rows.owed_up & (rows.debtor > scene.root) & (rows.debtor < scene.stop)
    return np.asarray(np.flatnonzero(inside & (rows.programme == rows.programmes.index(name))))


def _sides(rows: Rows, own: np.ndarray, pace: Pace) -> tuple[np.ndarray, np.ndarray]:
    # what was asked within the halving time of a refresh, and what was asked later than that
    refreshed = np.array(pace.refreshed_at, np.int64)
    turn = np.searchsorted(refreshed, rows.opened[own], "right") - 1
    after, turn = own[turn >= 0], turn[turn >= 0]
    age = (rows.opened[after] - refreshed[turn]) / DAY
    return after[age <= pace.halves_in_days], after[age > pace.halves_in_days]


def _option(
    scene: Scene,
    rows: Rows,
    own: np.ndarray,
    *,
    sides: tuple[np.ndarray, np.ndarray],
    name: str,
    days: Mapping[str, float],
) -> Option:
    fresh, stale = (rows.met[side] for side in sides)
    return Option(
        advice=Advice.PROGRAMME,
        figure="V",
        line="",
        nodes=(scene.root,),
        mends=mend_edges(scene, rows, sides[1], float(fresh.mean() - stale.mean())),
        met=float(rows.met[own].sum()),
        due=float(len(own)),
        relations=RELATIONS[:2],
        programme=name,
        under=scene.root,
        swing=swing_of(fresh, stale),
        details={**days, "fresh": float(fresh.mean()), "stale": float(stale.mean())},
    )
