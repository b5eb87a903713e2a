"""Programmes to take up again: what was asked soon after a meeting or inspection is kept, what came late after it is
missed, and the last one lies long back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.suggesting.loads import falls_by_chance, mend_edges
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene
from yunzhang.governance.observatory.rules.suggesting.rows import RELATIONS, Rows
from yunzhang.governance.observatory.terms import Advice

LEAST_ROWS = 10  # on either side of the halving day


@dataclass(frozen=True, slots=True)
class Pace:
    """A programme's rhythm 推进节奏: halves in so many days; refreshed at these moments (microseconds, ascending)."""

    halves_in_days: float
    refreshed_at: tuple[int, ...]


def programme_options(scene: Scene, rows: Rows, paces: Mapping[str, Pace], *, now: int) -> list[Option]:
    """Return programmes past their halving day since the last refresh, whose matters are credibly missed by then."""
    found = []
    for name, pace in sorted(paces.items()):
        quiet = (now - pace.refreshed_at[-1]) / DAY if pace.refreshed_at else 0.0
        if name in rows.programmes and quiet > pace.halves_in_days:
            fresh, stale = _sides(scene, rows, name, pace)
            few = min(len(fresh), len(stale)) < LEAST_ROWS
            if not few and not falls_by_chance(rows.met[fresh], rows.met[stale], len(paces)):
                found.append(_option(scene, rows, name, (fresh, stale), halves=pace.halves_in_days, quiet=quiet))
    return found


def _sides(scene: Scene, rows: Rows, name: str, pace: Pace) -> tuple[np.ndarray, np.ndarray]:
    # what was asked within the halving time of a refresh, and what was asked later than that
    inside = rows.owed_up & (rows.debtor > scene.root) & (rows.debtor < scene.stop)
    own = np.flatnonzero(inside & (rows.programme == rows.programmes.index(name)))
    refreshed = np.array(pace.refreshed_at, np.int64)
    turn = np.searchsorted(refreshed, rows.opened[own], "right") - 1
    own, turn = own[turn >= 0], turn[turn >= 0]
    age = (rows.opened[own] - refreshed[turn]) / DAY
    return own[age <= pace.halves_in_days], own[age > pace.halves_in_days]


def _option(
    scene: Scene, rows: Rows, name: str, sides: tuple[np.ndarray, np.ndarray], *, halves: float, quiet: float
) -> Option:
    fresh, stale = (float(rows.met[side].mean()) for side in sides)
    both = np.concatenate(sides)
    return Option(
        advice=Advice.PROGRAMME,
        figure="V",
        line="",
        nodes=(scene.root,),
        mends=mend_edges(scene, rows, sides[1], fresh - stale),
        met=float(rows.met[both].sum()),
        due=float(len(both)),
        relations=RELATIONS[:2],
        programme=name,
        details={"halves_in_days": halves, "quiet_days": quiet, "fresh": fresh, "stale": stale},
    )
