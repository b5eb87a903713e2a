"""Where a message goes next: to the neighbour nearest to its target in the backbone, or to a less loaded one beside it.

Neighbours are superior, subordinates and linked units. Several roots stand under one virtual unit, which passes nothing
on itself. Nothing here knows how many messages there are: see `sending`.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled

FAR = 1 << 30  # beyond every distance


@compiled
def steps_to(unit: int, target: int, limit: int, parent: np.ndarray, depth: np.ndarray, end: np.ndarray) -> int:
    """Return how many steps of the tree lie between two units, or FAR where they are more than `limit`.

    Two trees meet one step above their roots.
    """
    lead = depth[target] - depth[unit]
    most = (limit - lead) >> 1
    climbed = 0
    while climbed <= most:
        if unit < 0 or unit <= target < end[unit]:
            return int(2 * climbed + lead)
        climbed += 1
        unit = parent[unit]
    return FAR


@compiled
def toward(holder: int, target: int, parent: np.ndarray, end: np.ndarray, first: np.ndarray, kids: np.ndarray) -> int:
    """Return the superior or subordinate one step nearer to another unit, -1 where the way leads above a root."""
    if not holder <= target < end[holder]:
        return int(parent[holder])
    low, high = first[holder], first[holder + 1]
    while high - low > 1:  # the last subordinate that does not stand behind the target
        middle = (low + high) // 2
        if kids[middle] <= target:
            low = middle
        else:
            high = middle
    return int(kids[low])


@compiled
def next_hop(  # noqa: C901, PLR0912 - called for every hop: no inner call passes arrays on, which costs more than the loop
    holder: int,
    target: int,
    parent: np.ndarray,
    depth: np.ndarray,
    end: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    state: np.ndarray,
) -> int:
    """Return the neighbour of `holder` nearest to `target`, ties at random; -1 where none is nearer than the holder.

    Every hop brings a message at least one step nearer, so it never comes back. `holder` is not `target`; links are
    `link_to[link_start[u]:link_start[u + 1]]`; `state` is one uint64 of `yunzhang.base.chance` and moves on at ties.
    Source [S136].
    """
    if holder <= target < end[holder]:
        low, high = first[holder], first[holder + 1]
        while high - low > 1:  # the last subordinate that does not stand behind the target
            middle = (low + high) // 2
            if kids[middle] <= target:
                low = middle
            else:
                high = middle
        chosen = int(kids[low])
    else:
        chosen = int(parent[holder])
    here, stop = link_start[holder], link_start[holder + 1]
    if here == stop or chosen == target:
        return chosen
    goal = depth[target]
    unit, climbed = holder, 0
    while unit >= 0 and (unit > target or target >= end[unit]):
        climbed += 1
        unit = parent[unit]
    best = 2 * climbed + goal - depth[holder] - 1
    ties = 1 if chosen >= 0 else 0
    for place in range(here, stop):
        linked = link_to[place]
        lead = goal - depth[linked]
        most = (best - lead) >> 1  # who must climb higher to stand above the target is further than the best so far
        unit, climbed = linked, 0
        while climbed <= most:
            if unit < 0 or unit <= target < end[unit]:
                if 2 * climbed + lead < best:
                    best, chosen, ties = 2 * climbed + lead, int(linked), 1
                else:
                    ties += 1
                    if ties == 1 or uniform(state) * ties < 1.0:
                        chosen = int(linked)
                break
            climbed += 1
            unit = parent[unit]
    return chosen


@compiled
def next_hop_spread(
    holder: int,
    target: int,
    parent: np.ndarray,
    depth: np.ndarray,
    end: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    load: np.ndarray,
    slack: int,
    state: np.ndarray,
) -> int:
    """Return the least loaded of the neighbours at most `slack` steps further from `target` than the nearest is.

    Ties at random; the target itself is always taken; -1 where no neighbour is nearer than the holder. With a slack of
    0 each hop brings a message nearer; with 1 it may also move sideways, and whoever calls this must bound how often.
    """
    along = toward(holder, target, parent, end, first, kids)
    here, stop = link_start[holder], link_start[holder + 1]
    if here == stop or along == target:
        return along
    goal = depth[target]
    best = steps_to(holder, target, FAR, parent, depth, end) - 1
    # of the nearest so far, and of those one step further: which, its load, how many are as little loaded
    chosen, least, ties = along, load[max(along, 0)], 1 if along >= 0 else 0
    beside, lesser, more = -1, least, 0
    for place in range(here, stop):
        linked = link_to[place]
        if linked == target:
            return target
        lead = goal - depth[linked]
        most = (best + slack - lead) >> 1
        unit, climbed = linked, 0
        while climbed <= most and unit >= 0 and (unit > target or target >= end[unit]):
            climbed += 1
            unit = parent[unit]
        if climbed > most:
            continue
        far = 2 * climbed + lead
        if far < best:
            beside, lesser, more = (chosen, least, ties) if far + slack == best else (-1, least, 0)
            best, ties = far, 0
        if far == best:
            chosen, least, ties = _less_loaded(chosen, least, ties, int(linked), load[linked], 1, state)
        else:
            beside, lesser, more = _less_loaded(beside, lesser, more, int(linked), load[linked], 1, state)
    if ties == 0:
        return -1
    return _less_loaded(chosen, least, ties, beside, lesser, more, state)[0]


@compiled
def _less_loaded(
    one: int, its_load: int, ties: int, other: int, other_load: int, more: int, state: np.ndarray
) -> tuple[int, int, int]:
    # of two picks, each from so many equals (0: nobody): the less loaded, at a tie each equal with the same chance
    if more == 0 or (ties > 0 and its_load < other_load):
        return one, its_load, ties
    if ties == 0 or other_load < its_load:
        return other, other_load, more
    whole = ties + more
    return (other if uniform(state) * whole < more else one), its_load, whole
