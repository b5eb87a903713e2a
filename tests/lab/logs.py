"""Logs of known rates for the tests of calibration: a small planted place over whole months, and what may happen."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.lab.rules.calibration import Record, read_record
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.planted import TERM_DAYS, Plan, plant, plant_place
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.terms import COVERS, PARTS, Parameters

RATES = dict(zip((*COVERS, *PARTS), (0.9, 0.8, 0.7, 0.85, 0.5, 0.6, 0.4, 0.3), strict=True))
JANUARY = 672  # 2026-01, in months since 1970
MONTHS = 18
UNITS = plant_place(counties=3, departments=5, towns=3, enterprises=4, citizens=4, organisations=0, provinces=0)


def plan(
    months: int, *, seed: int, first: int = JANUARY, events: float = 1.0, early: int = 0, **changed: float
) -> Plan:
    """A plan of so many months from `first`, `events` in 30 days and flow; opens matters `early` days before."""
    from_at, to_at = month_start(first) - early * DAY, month_start(first + months)
    days = (to_at - from_at) / DAY - TERM_DAYS - 1  # in which matters are opened
    rates = RATES | {name.replace("_", " "): rate for name, rate in changed.items()}
    return Plan(rates, events=events * days / 30, poisson=True, partners=2, from_at=from_at, to_at=to_at, seed=seed)


@lru_cache(maxsize=8)
def steady(seed: int = 1, *, months: int = MONTHS, events: float = 1.0) -> pa.Table:
    """A log in which nothing changes."""
    return plant(UNITS, plan(months, seed=seed, events=events)).loops


def turned(before: int, *, seed: int, months: int = MONTHS, events: float = 1.0, **changed: float) -> pa.Table:
    """A log that after `before` months goes on with these rates, and `events` a month and flow."""
    one = plant(UNITS, plan(before, seed=seed)).loops
    later = plan(months - before, seed=seed + 1000, first=JANUARY + before, events=events, early=TERM_DAYS, **changed)
    other = plant(UNITS, later).loops
    return pa.concat_tables([one, other.set_column(0, "loop", pc.binary_join_element_wise("x", other["loop"], ""))])


def record_of(loops: pa.Table, months: int = MONTHS) -> Record:
    """The record of a log of so many months."""
    return read_record(UNITS, loops, Parameters(to_at=month_start(JANUARY + months)))


def shuffled(loops: pa.Table, seed: int = 3) -> pa.Table:
    """The same rows in another order."""
    return loops.take(pa.array(np.random.default_rng(seed).permutation(loops.num_rows)))
