"""The days of a run as compiled loops: attention fades, matters arrive, units take up what they can, pass on."""

# ruff: noqa: PLR0917, C901 - compiled loops take their arrays by position and keep what is hot in one place
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import Contents, mean_worth
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
    DONE,
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
    KEEP,
    LATE,
    LOW,
    NUMBER,
    OPEN,
    OPENED,
    PROGRAMME,
    READY,
    REFUSED,
    RELAY,
    RELAYED,
    RHO,
    ROLE,
    ROUTED,
    SERIAL,
    TERM,
    TOLD,
    TRIES,
    UNSET,
    VACANT,
    WATCH,
    WRITTEN,
    finish,
    join,
    leave,
)
from yunzhang.governance.lab.rules.engine.parts import ACROSS, DIRECTIVE, REPORT, UNBOUNDED, Meetings, Wiring
from yunzhang.governance.lab.rules.routing import next_hop

STAYS, MOVED, LOST = 0, 1, 2


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


@compiled
def flush(
    desks: np.ndarray, pool: np.ndarray, rows: np.ndarray, tally: np.ndarray, counts: np.ndarray, span: int
) -> None:
    """End every matter still under way when the run is over: it stays open."""
    for unit in range(len(desks)):
        while desks[unit, HEAD] != UNSET:
            finish(pool, rows, tally, counts, leave(desks, pool, unit), UNSET, OPEN, span)
