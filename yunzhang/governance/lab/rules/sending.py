"""Many messages sent through a government with unlimited capacity: what arrives, over how many hops, through whom.

Queues, attention and days are the engine's; here a unit passes on at once whatever reaches it.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.demand import Demand, draw_source, draw_target
from yunzhang.governance.lab.rules.links import Links
from yunzhang.governance.lab.rules.routing import FAR, next_hop, next_hop_spread, steps_to

EMPTY = 1 << 40  # the load of an empty post, so that whoever looks at loads avoids it
ENDS, WAYS = 0x454E4453, 0x57415953
NOT_SPREAD = -1

type_wires = tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which conditions messages are handed on.

    `line`: the chance 0..1 that a hop between a unit and its superior works, one for all or one by (lower) unit;
    `across`: the same of a hop along a link. `vacant`: units whose post is empty; they pass nothing on. `retries`: how
    often a holder tries the same hop again. `spread`: the holder looks at loads and empty posts and takes the least
    loaded of the neighbours nearest to the target or one step further, as long as the message moved sideways fewer
    than `detours` times; else it takes the nearest.
    """

    line: float | np.ndarray = 1.0
    across: float = 1.0
    vacant: np.ndarray | None = None
    retries: int = 0
    spread: bool = False
    detours: int = 2


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of messages. `sent` leaves out those from or to an empty post; `hops` are those of the delivered.

    `tries`: all attempts at a hop. `passed`: by unit, messages of others that came to it to be passed on.
    """

    sent: int
    delivered: int
    hops: int
    tries: int
    passed: np.ndarray

    @property
    def share(self) -> float:
        """The share delivered, 0..1; NaN where nothing was sent."""
        return self.delivered / self.sent if self.sent else float("nan")

    @property
    def mean_hops(self) -> float:
        """Hops of a delivered message on average; NaN where none was delivered."""
        return self.hops / self.delivered if self.delivered else float("nan")

    @property
    def busiest(self) -> float:
        """The largest share of all messages that came to one unit to be passed on, 0..1."""
        return float(self.passed.max(initial=0) / self.sent) if self.sent else float("nan")


def draw_messages(demand: Demand, *, count: int, seed: int) -> np.ndarray:
    """Return who writes to whom in `count` messages, int32 [count, 2]; message n depends on the seed and n alone."""
    return _draw_ends(demand, count, np.uint64(mixed(seed, ENDS)))


def send_all(
    tree: Backbone, links: Links, messages: np.ndarray, *, seed: int, conditions: Conditions | None = None
) -> Sent:
    """Return what comes of messages [count, 2] sent one after the other.

    Raises ValueError for chances outside 0..1 or a negative number of retries or detours. Source [S136].
    """
    held = conditions or Conditions()
    line = np.array(np.broadcast_to(np.asarray(held.line, np.float64), tree.count))
    least = min(held.retries, held.detours)
    if not (0 <= held.across <= 1 and least >= 0 and ((line >= 0) & (line <= 1)).all()):
        raise ValueError("chances lie in 0..1, retries and detours are 0 or more")
    vacant = np.zeros(tree.count, np.bool_) if held.vacant is None else np.asarray(held.vacant, np.bool_)
    wires = (tree.parent, tree.depth, tree.end, tree.first, tree.kids, links.start, links.to)
    load = np.where(vacant, EMPTY, 0).astype(np.int64)
    sideways = held.detours if held.spread else NOT_SPREAD
    sent, delivered, hops, tries = _send(
        wires, messages, line, held.across, vacant, held.retries, sideways, np.uint64(mixed(seed, WAYS)), load
    )
    return Sent(sent, delivered, hops, tries, load - np.where(vacant, EMPTY, 0))


@compiled
def _draw_ends(demand: Demand, count: int, key: np.uint64) -> np.ndarray:
    messages, state = np.empty((count, 2), np.int32), np.zeros(1, np.uint64)
    for number in range(count):
        state[0] = mixed(key, number)
        target = -1
        while target < 0:
            source = draw_source(demand, state)
            target = draw_target(source, demand, state)
        messages[number, 0], messages[number, 1] = source, target
    return messages


@compiled
def _send(
    wires: type_wires,
    messages: np.ndarray,
    line: np.ndarray,
    across: float,
    vacant: np.ndarray,
    retries: int,
    sideways: int,
    key: np.uint64,
    load: np.ndarray,
) -> tuple[int, int, int, int]:
    sent, delivered, hops, tries = 0, 0, 0, 0
    state = np.zeros(1, np.uint64)
    for number in range(len(messages)):
        state[0] = mixed(key, number)
        source, target = messages[number, 0], messages[number, 1]
        if vacant[source] or vacant[target]:
            continue
        sent += 1
        went, tried = _carry(source, target, wires, line, across, vacant, retries, sideways, load, state)
        tries += tried
        if went >= 0:
            delivered += 1
            hops += went
    return sent, delivered, hops, tries


@compiled
def _carry(
    source: int,
    target: int,
    wires: type_wires,
    line: np.ndarray,
    across: float,
    vacant: np.ndarray,
    retries: int,
    sideways: int,
    load: np.ndarray,
    state: np.ndarray,
) -> tuple[int, int]:
    # hops on the way to the target, -1 where it is not reached; and attempts. Hops not sideways bring it nearer
    parent, depth, end, first, kids, link_start, link_to = wires
    holder, hops, tries = source, 0, 0
    while holder != target:
        if hops > 0:
            load[holder] += 1
        if vacant[holder]:
            return -1, tries
        works, failed, unit = False, 0, -1
        while not works and failed <= retries:
            if sideways == NOT_SPREAD:
                unit = next_hop(holder, target, parent, depth, end, first, kids, link_start, link_to, state)
            else:
                slack = 1 if sideways > 0 else 0
                unit = next_hop_spread(
                    holder, target, parent, depth, end, first, kids, link_start, link_to, load, slack, state
                )
            if unit < 0:
                return -1, tries
            tries += 1
            chance = line[unit] if parent[unit] == holder else line[holder] if parent[holder] == unit else across
            works = chance >= 1.0 or uniform(state) < chance
            failed += 1
        if not works:
            return -1, tries
        if sideways > 0 and _is_sideways(holder, unit, target, parent, depth, end):
            sideways -= 1
        holder = unit
        hops += 1
    return hops, tries


@compiled
def _is_sideways(holder: int, unit: int, target: int, parent: np.ndarray, depth: np.ndarray, end: np.ndarray) -> bool:
    own = steps_to(holder, target, FAR, parent, depth, end)
    return steps_to(unit, target, own - 1, parent, depth, end) == FAR
