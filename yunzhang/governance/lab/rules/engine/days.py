"""The days of a run as compiled loops: attention fades, matters arrive, units take up what they can, pass on."""

# ruff: noqa: PLR0917, C901 - compiled loops take their arrays by position and keep what is hot in one place
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import Contents, mean_worth
from yunzhang.governance.lab.rules.engine.live import (
    ALPHA,
    BUSY,
    CREDITOR,
    DEBTOR,
    DONE,
    DUE,
    FLOW,
    HEAD,
    HEARD,
    HELD,
    INFORMED,
    KEEP,
    LOW,
    OPEN,
    PROGRAMME,
    READY,
    RELAY,
    RELAYED,
    RHO,
    ROLE,
    TERM,
    TOLD,
    UNSET,
    VACANT,
    WRITTEN,
    finish,
    leave,
)
from yunzhang.governance.lab.rules.engine.matters import (
    begin,
    budget,
    hand_on,
    is_followed,
    led_chance,
    mark,
    miss,
    place,
)
from yunzhang.governance.lab.rules.engine.parts import ACROSS, DIRECTIVE, Meetings, Wiring


@compiled
def has_room(pool: np.ndarray, rows: np.ndarray, counts: np.ndarray, coming: int) -> bool:
    """Return whether pool and rows surely hold what a day may bring."""
    if len(pool) - counts[HELD] < coming:
        return False
    return len(rows) == 0 or len(rows) - counts[WRITTEN] >= counts[HELD] + coming


@compiled
def most_arrivals(total: float) -> int:
    """Return more matters than ever arrive in a day on which `total` are expected (one day in 10^20)."""
    return int(total + 10.0 * np.sqrt(total) + 50.0)


@compiled
def fade(day: int, units: np.ndarray, push: np.ndarray, meetings: Meetings) -> None:
    """Let attention and the push of programmes fade by a day, then hold the meetings of the day."""
    for unit in range(len(units)):
        low = units[unit, LOW]
        units[unit, ALPHA] = low + (units[unit, ALPHA] - low) * units[unit, KEEP]
    for programme in range(len(push)):
        floor = meetings.floor[programme]
        push[programme] = floor + (push[programme] - floor) * meetings.keep[programme]
    for which in range(len(meetings.every)):
        since = day - meetings.phase[which]
        if since >= 0 and since % meetings.every[which] == 0:
            for unit in range(meetings.start[which], meetings.stop[which]):
                units[unit, ALPHA] = min(1.0, units[unit, ALPHA] + meetings.gain[which])
            for programme in range(len(push)):
                if meetings.renewed[programme] == which:
                    push[programme] = meetings.push[programme]


@compiled
def arrive(
    day: int,
    upto: np.ndarray,
    flows: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    followed: np.ndarray,
    push: np.ndarray,
    wiring: Wiring,
    span: int,
    retries: int,
    state: np.ndarray,
) -> None:
    """Open the matters of a day: one Poisson stream through all flows in their order (`upto`: rates summed up to each).

    Flows of one debtor stand together, so memory is walked, not jumped about in. Every other day on average the stream
    runs backwards, so that nobody is always first in a queue.
    """
    total = upto[-1] if len(upto) else 0.0
    left, forward = most_arrivals(total), uniform(state) < 0.5
    at, flow = -np.log(uniform(state)), 0 if forward else len(upto) - 1
    while at < total and left > 0:
        left -= 1
        if forward:
            while upto[flow] <= at:
                flow += 1
        else:
            while flow > 0 and upto[flow - 1] > total - at:
                flow -= 1
        at -= np.log(uniform(state))
        programme, creditor = flows[flow, PROGRAMME], flows[flow, CREDITOR]
        if programme >= 0 and uniform(state) >= push[programme]:
            continue
        if creditor < len(desks) and desks[creditor, VACANT]:
            continue
        slot = begin(day, flow, UNSET, flows, pool, counts)
        place(day, slot, flows, units, desks, pool, rows, tally, counts, followed, wiring, span, retries, state)


@compiled
def serve(
    day: int,
    flows: np.ndarray,
    chance: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    marks: np.ndarray,
    consulted: np.ndarray,
    followed: np.ndarray,
    leaders: np.ndarray,
    led: np.ndarray,
    wiring: Wiring,
    late: float,
    refused: float,
    span: int,
    horizon: int,
    retries: int,
    state: np.ndarray,
) -> None:
    """Let each unit take up its queue in order, as many matters as capacity and attention allow today."""
    for unit in range(len(desks)):
        if desks[unit, HEAD] == UNSET:
            continue
        left = budget(unit, units, desks, followed, state)
        while desks[unit, HEAD] != UNSET:
            slot = desks[unit, HEAD]
            if pool[slot, READY] > day:
                break
            if day > pool[slot, DUE]:  # unread to its last day
                leave(desks, pool, unit)
                finish(pool, rows, tally, counts, slot, UNSET, OPEN, span)
                continue
            if left < 1.0:
                break
            left -= 1.0
            leave(desks, pool, unit)
            desks[unit, BUSY] += 1
            flow = pool[slot, FLOW]
            if flows[flow, DEBTOR] != unit:
                hand_on(day, slot, unit, flows, units, desks, pool, rows, tally, counts, wiring, span, retries, state)
                continue
            role, creditor, likely = flows[flow, ROLE], flows[flow, CREDITOR], chance[flow]
            if role == ACROSS:
                likely = led_chance(unit, creditor, likely, desks, leaders, led)
            if uniform(state) < likely * units[unit, ALPHA]:
                mark(unit, slot, flow, flows, units, desks, pool, marks, consulted)
                finish(pool, rows, tally, counts, slot, day, DONE, span)
            else:
                term = flows[flow, TERM]
                miss(pool, rows, tally, counts, slot, term, late, refused, span, horizon, state)
            if role == DIRECTIVE and is_followed(creditor, units, desks, followed):
                units[unit, ALPHA] = min(1.0, units[unit, ALPHA] + units[unit, RHO])


@compiled
def relay(
    day: int,
    flows: np.ndarray,
    down: np.ndarray,
    down_start: np.ndarray,
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
    """Pass directives heard today on to those below: one a unit and day, each with the chance of its relay."""
    for unit in range(len(desks)):
        above = desks[unit, RELAYED]
        if above == UNSET:
            continue
        desks[unit, RELAYED] = UNSET
        for at in range(down_start[unit], down_start[unit + 1]):
            if uniform(state) < units[unit, RELAY]:  # one a unit and day: what was heard is passed on together
                slot = begin(day, down[at], above, flows, pool, counts)
                place(
                    day, slot, flows, units, desks, pool, rows, tally, counts, followed, wiring, span, retries,
                    state,
                )  # fmt: skip


@compiled
def advance(
    first: int,
    last: int,
    flows: np.ndarray,
    chance: np.ndarray,
    upto: np.ndarray,
    down: np.ndarray,
    down_start: np.ndarray,
    units: np.ndarray,
    desks: np.ndarray,
    pool: np.ndarray,
    rows: np.ndarray,
    tally: np.ndarray,
    counts: np.ndarray,
    marks: np.ndarray,
    consulted: np.ndarray,
    followed: np.ndarray,
    push: np.ndarray,
    meetings: Meetings,
    leaders: np.ndarray,
    wiring: Wiring,
    contents: Contents,
    known: np.ndarray,
    late: float,
    refused: float,
    span: int,
    horizon: int,
    retries: int,
    coming: int,
    state: np.ndarray,
) -> int:
    """Return the day the loops stopped before: `last`, or an earlier one that needs more room first."""
    led = np.zeros(len(leaders))
    for day in range(first, last):
        if not has_room(pool, rows, counts, coming):
            return day
        led[:] = 0.0
        followed[:] = 0.0
        fade(day, units, push, meetings)
        arrive(day, upto, flows, units, desks, pool, rows, tally, counts, followed, push, wiring, span, retries, state)
        serve(
            day, flows, chance, units, desks, pool, rows, tally, counts, marks, consulted, followed, leaders, led,
            wiring, late, refused, span, horizon, retries, state,
        )  # fmt: skip
        if len(down):
            relay(
                day, flows, down, down_start, units, desks, pool, rows, tally, counts, followed, wiring, span, retries,
                state,
            )  # fmt: skip
        if len(known):
            remember(day, marks, consulted, wiring, contents, known, state)
    return last


@compiled
def remember(
    day: int,
    marks: np.ndarray,
    consulted: np.ndarray,
    wiring: Wiring,
    contents: Contents,
    known: np.ndarray,
    state: np.ndarray,
) -> None:
    """Let units learn from the contacts of the day, and wipe these out."""
    learn(
        contents, marks[HEARD], marks[TOLD], consulted, marks[INFORMED], wiring.parent, wiring.first, wiring.kids,
        wiring.link_start, wiring.link_to, state,
    )  # fmt: skip
    known[day] = mean_worth(contents)
    marks[:] = 0
    consulted[:] = 0
