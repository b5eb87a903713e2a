"""What happens to one matter in a run, as compiled steps: opened, laid on a desk, handed on, read, done or missed."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.engine.live import (
    ABOVE,
    AFTER,
    ALL,
    ALPHA,
    ASIDE,
    BUSY,
    CAPACITY,
    CREDITOR,
    DEBTOR,
    DUE,
    ENTRY,
    FLOW,
    FREE,
    HEAD,
    HEARD,
    HELD,
    HOP,
    HOST,
    INFORMED,
    LATE,
    NUMBER,
    OPEN,
    OPENED,
    READY,
    REFUSED,
    RELAY,
    RELAYED,
    ROLE,
    ROUTED,
    SERIAL,
    TERM,
    TOLD,
    TRIES,
    UNSET,
    VACANT,
    WATCH,
    finish,
    join,
    leave,
)
from yunzhang.governance.lab.rules.engine.parts import DIRECTIVE, REPORT, UNBOUNDED, Wiring
from yunzhang.governance.lab.rules.routing import next_hop


@compiled
def begin(day: int, flow: int, above: int, flows: np.ndarray, pool: np.ndarray, counts: np.ndarray) -> int:
    """Open one matter and return its slot."""
    slot = counts[FREE]
    counts[FREE] = pool[slot, AFTER]
    counts[HELD] += 1
    counts[ALL] += 1
    pool[slot, FLOW], pool[slot, OPENED], pool[slot, DUE] = flow, day, day + flows[flow, TERM]
    pool[slot, READY], pool[slot, TRIES] = day, 0
    pool[slot, SERIAL], pool[slot, ABOVE] = counts[NUMBER], above
    counts[NUMBER] += 1
    return int(slot)


@compiled
def place(
    day: int,
    slot: int,
    flows: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    followed: np.ndarray,
    wiring: Wiring,
    span: int,
    retries: int,
    state: np.ndarray,
) -> None:
    """Lay a new matter on its debtor's desk; one that goes by hand is passed on by who asks."""
    flow = pool[slot, FLOW]
    creditor = flows[flow, CREDITOR]
    if flows[flow, ROLE] == DIRECTIVE and desks[creditor, HOST] >= 0:
        followed[desks[creditor, HOST]] += 1.0
    if flows[flow, ROUTED]:
        hand_on(day, slot, creditor, flows, units, desks, pool, rows, tally, counts, wiring, span, retries, state)
    else:
        join(desks, pool, flows[flow, DEBTOR], slot)


@compiled
def hand_on(
    day: int,
    slot: int,
    holder: int,
    flows: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    wiring: Wiring,
    span: int,
    retries: int,
    state: np.ndarray,
) -> None:
    """Pass a matter that goes by hand one step on; where that fails it stays for another try, or is lost."""
    hop = next_hop(
        holder,
        flows[pool[slot, FLOW], DEBTOR],
        wiring.parent,
        wiring.depth,
        wiring.end,
        wiring.first,
        wiring.kids,
        wiring.link_start,
        wiring.link_to,
        state,
    )
    pool[slot, READY] = day + 1
    if hop >= 0:
        along = wiring.parent[hop] == holder or wiring.parent[holder] == hop
        chance = units[holder, HOP] if along else units[holder, ASIDE]
        if not desks[holder, VACANT] and uniform(state) < chance:
            join(desks, pool, hop, slot)
            return
    pool[slot, TRIES] += 1
    if hop >= 0 and pool[slot, TRIES] <= retries:
        join(desks, pool, holder, slot)
    else:
        finish(pool, rows, tally, counts, slot, UNSET, OPEN, span)


@compiled
def budget(unit: int, units: np.ndarray, desks: np.ndarray, followed: np.ndarray, state: np.ndarray) -> float:
    """Return how many matters a unit takes up today: capacity times attention, rounded by chance, the mean kept."""
    if desks[unit, VACANT]:
        return 0.0
    if units[unit, CAPACITY] >= UNBOUNDED:
        return UNBOUNDED
    return float(np.floor(units[unit, CAPACITY] * units[unit, ALPHA] + uniform(state)) - followed[unit])


@compiled
def led_chance(
    unit: int, creditor: int, chance: float, desks: np.ndarray, leaders: np.ndarray, led: np.ndarray
) -> float:
    """Return the chance of a matter across: higher where one leader stands over both and still has capacity today."""
    leader = desks[unit, WATCH]
    if leader < 0 or creditor >= len(desks) or desks[creditor, WATCH] != leader or led[leader] >= leaders[leader, 0]:
        return chance
    led[leader] += 1.0
    return float(max(chance, leaders[leader, 1]))


@compiled
def is_followed(creditor: int, units: np.ndarray, desks: np.ndarray, followed: np.ndarray) -> bool:
    """Return whether the directives of this unit are followed up today: its host can, or it needs none."""
    host = desks[creditor, HOST]
    return bool(host < 0 or followed[host] <= units[host, CAPACITY] * units[host, ALPHA])


@compiled
def mark(
    unit: int,
    slot: int,
    flow: int,
    flows: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    marks: np.ndarray,
    consulted: np.ndarray,
) -> None:
    """Note what a matter acted on does beyond itself: heard, to be relayed, told, informed, consulted."""
    role, creditor = flows[flow, ROLE], flows[flow, CREDITOR]
    if role == DIRECTIVE:
        marks[HEARD, unit] = 1
        if units[unit, RELAY] > 0.0:
            desks[unit, RELAYED] = pool[slot, SERIAL]
    elif role == REPORT:
        marks[TOLD, unit] = 1
        desks[creditor, BUSY] += 1  # the superior reads it
    elif creditor >= len(desks):
        marks[INFORMED, unit] = 1
    elif flows[flow, ENTRY] >= 0:
        consulted[flows[flow, ENTRY]] = 1


@compiled
def miss(
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    slot: int,
    term: int,
    late: float,
    refused: float,
    span: int,
    horizon: int,
    state: np.ndarray,
) -> None:
    """End a matter that was read and not acted on: late (by how much is exponential), refused, or never answered."""
    fate, closed, outcome = uniform(state), UNSET, OPEN
    if fate < late:
        answered = pool[slot, DUE] + 1 + int(-np.log(uniform(state)) * 0.5 * term)
        if answered < horizon:
            closed, outcome = answered, LATE
    elif fate >= 1.0 - refused:
        outcome = REFUSED
    finish(pool, rows, tally, counts, slot, closed, outcome, span)


@compiled
def flush(
    desks: np.ndarray, pool: np.ndarray, rows: np.ndarray, tally: np.ndarray, counts: np.ndarray, span: int
) -> None:
    """End every matter still under way when the run is over: it stays open."""
    for unit in range(len(desks)):
        while desks[unit, HEAD] != UNSET:
            finish(pool, rows, tally, counts, leave(desks, pool, unit), UNSET, OPEN, span)
