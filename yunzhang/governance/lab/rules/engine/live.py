"""What changes from day to day in a run, packed so that a step touches few lines of memory: units, matters, rows.

Each table holds one thing a row; the names below say which column is what. A matter under way has a slot of the pool;
queues are chains through it.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.engine.parts import Flows, Units

ROLE, CREDITOR, DEBTOR, TERM, PROGRAMME, ROUTED, ENTRY = range(7)  # columns of flows, int32
CAPACITY, LOW, KEEP, RHO, HOP, ASIDE, RELAY, ALPHA = range(8)  # columns of units, float64; ALPHA is attention today
HEAD, TAIL, VACANT, WATCH, HOST, RELAYED, BUSY = range(7)  # columns of desks, int32
FLOW, OPENED, DUE, READY, TRIES, SERIAL, ABOVE, AFTER = range(8)  # columns of the pool, int32
CLOSED, ENDED = 3, 4  # columns of rows, int32, beside FLOW, OPENED, DUE; then SERIAL, ABOVE
HEARD, TOLD, INFORMED = range(3)  # rows of marks, uint8 by unit
FREE, HELD, NUMBER, WRITTEN, ALL, MET = range(6)  # places of counts, int64
OPEN, DONE, LATE, REFUSED = range(4)  # how a matter ended
UNSET = -1


def pack_flows(flows: Flows) -> np.ndarray:
    """Return flows as one table."""
    columns = (flows.role, flows.creditor, flows.debtor, flows.term, flows.programme, flows.routed, flows.entry)
    table = np.zeros((len(flows.rate), 8), np.int32)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table


def pack_units(units: Units) -> np.ndarray:
    """Return what units can do as one table, everybody at full attention."""
    columns = (units.capacity, units.low, units.keep, units.rho, units.hop, units.aside, units.relay)
    return np.stack([*(np.asarray(column, np.float64) for column in columns), np.ones(len(units.capacity))], axis=1)


def pack_desks(units: Units) -> np.ndarray:
    """Return empty desks."""
    count = len(units.capacity)
    desks = np.full((count, 8), UNSET, np.int32)
    desks[:, VACANT], desks[:, WATCH], desks[:, HOST] = units.vacant, units.watch, units.host
    desks[:, BUSY] = 0
    return desks


def make_pool(size: int) -> np.ndarray:
    """Return a pool of free slots, each leading to the next, the last to none."""
    pool = np.zeros((size, 8), np.int32)
    pool[:, AFTER] = np.arange(1, size + 1)
    if size:
        pool[-1, AFTER] = UNSET
    return pool


def grow_pool(pool: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """Return the pool with room for `size` more; the free slots are chained anew."""
    more = make_pool(size)
    more[:-1, AFTER] += len(pool)
    more[-1, AFTER] = counts[FREE]
    counts[FREE] = len(pool)
    return np.concatenate([pool, more])


def make_counts() -> np.ndarray:
    """Return counts before the first day: nothing is free, held or written."""
    counts = np.zeros(8, np.int64)
    counts[FREE] = UNSET
    return counts


@compiled
def join(desks: np.ndarray, pool: np.ndarray, unit: int, slot: int) -> None:
    """Put a matter at the end of a unit's queue."""
    pool[slot, AFTER] = UNSET
    if desks[unit, HEAD] == UNSET:
        desks[unit, HEAD] = slot
    else:
        pool[desks[unit, TAIL], AFTER] = slot
    desks[unit, TAIL] = slot


@compiled
def leave(desks: np.ndarray, pool: np.ndarray, unit: int) -> int:
    """Take the first matter out of a unit's queue and return its slot."""
    slot = int(desks[unit, HEAD])
    desks[unit, HEAD] = pool[slot, AFTER]
    return slot


@compiled
def finish(
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    slot: int,
    closed: int,
    outcome: int,
    span: int,
) -> None:
    """End a matter: count it in the window of its due day, write its row, free its slot.

    `tally` is [window, flow, due | met]. A matter due after the last window counts nowhere.
    """
    flow, window = pool[slot, FLOW], pool[slot, DUE] // span
    if window < tally.shape[0]:
        tally[window, flow, 0] += 1
        if outcome == DONE:
            tally[window, flow, 1] += 1
    if outcome == DONE:
        counts[MET] += 1
    if len(rows) > 0:
        row = counts[WRITTEN]
        rows[row, FLOW], rows[row, OPENED], rows[row, DUE] = flow, pool[slot, OPENED], pool[slot, DUE]
        rows[row, CLOSED], rows[row, ENDED] = closed, outcome
        rows[row, SERIAL], rows[row, ABOVE] = pool[slot, SERIAL], pool[slot, ABOVE]
    counts[WRITTEN] += 1
    pool[slot, AFTER] = counts[FREE]
    counts[FREE] = slot
    counts[HELD] -= 1
