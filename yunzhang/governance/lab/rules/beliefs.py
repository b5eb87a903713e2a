"""What units believe and how they learn within a day: from their superior, from those below, from whom they consult.

One compiled function, `learn`, is the content of a day of the engine. March 1991 [S131] and Lazer and Friedman 2007
[S134] are exact limits of it (`limits`). Whom a unit met that day is told by flags; nothing here moves a message.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.contents import Contents, weigh, worth


@compiled
def learn(
    contents: Contents,
    heard: np.ndarray,
    told: np.ndarray,
    consulted: np.ndarray,
    informed: np.ndarray,
    parent: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    state: np.ndarray,
) -> None:
    """Let units learn from the contacts of a day; writes in `contents.z` and `contents.reality`.

    Flags are uint8: `heard[u]` u read a directive of its superior, `told[u]` its superior read a report of u,
    `consulted[e]` by entry of `link_to`, `informed[u]` an outsider brought u a fact; length 0: nobody. All read
    what others believed when the day began (after newcomers came and reality turned); where a unit learns in several
    ways it does so in this order: consulting, hearing, being told, being informed. Source [S131], [S132], [S134].
    """
    z, reality, heights = contents.z, contents.reality, contents.heights
    if z.size == 0:
        return
    replace(z, contents.turnover, state)
    turn(reality, contents.turbulence, state)
    down, up = len(heard) > 0 and len(contents.p_down) > 0, len(told) > 0 and len(contents.p_up) > 0
    if down or up or len(consulted) > 0:
        before = z.copy()
        if len(consulted) > 0:
            consult(z, before, reality, heights, consulted, link_start, link_to, state)
        if down:
            hear(z, before, heard, parent, contents.p_down, contents.gradual, state)
        if up:
            be_told(z, before, reality, heights, told, first, kids, contents.p_up, state)
    for unit in range(len(informed)):
        if informed[unit]:
            dimension = int(uniform(state) * len(reality))
            z[unit, dimension] = reality[dimension]


@compiled
def replace(z: np.ndarray, turnover: np.ndarray, state: np.ndarray) -> None:
    """Give the place of each unit that leaves to a newcomer, whose beliefs are -1, 0 or 1 alike."""
    for unit in range(len(turnover)):
        if turnover[unit] > 0.0 and uniform(state) < turnover[unit]:
            for dimension in range(z.shape[1]):
                z[unit, dimension] = int(uniform(state) * 3.0) - 1


@compiled
def turn(reality: np.ndarray, turbulence: float, state: np.ndarray) -> None:
    """Turn each dimension of reality over with this chance."""
    if turbulence > 0.0:
        for dimension in range(len(reality)):
            if uniform(state) < turbulence:
                reality[dimension] = -reality[dimension]


@compiled
def hear(
    z: np.ndarray,
    before: np.ndarray,
    heard: np.ndarray,
    parent: np.ndarray,
    p_down: np.ndarray,
    gradual: bool,
    state: np.ndarray,
) -> None:
    """Move beliefs of units that heard their superior towards what it believes, by one step of -1, 0, 1.

    Where the superior has no belief nothing moves. The paper alone does not say that it is one step; its figure does
    not come out otherwise [S132].
    """
    for unit in range(len(heard)):
        above = parent[unit]
        if not heard[unit] or above < 0 or p_down[unit] <= 0.0:
            continue
        for dimension in range(z.shape[1]):
            aim = before[above, dimension]
            if aim == 0:
                continue
            own = z[unit, dimension]
            if own != aim and uniform(state) < p_down[unit]:
                z[unit, dimension] = own + aim if gradual else aim


@compiled
def be_told(
    z: np.ndarray,
    before: np.ndarray,
    reality: np.ndarray,
    heights: np.ndarray,
    told: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    p_up: np.ndarray,
    state: np.ndarray,
) -> None:
    """Let superiors take over what most of those did who reported to them and did better than they know themselves.

    What is judged and copied are acts: without a belief a unit acts one way or the other by chance, so that a lucky
    one may be taken for a good one [S132]. A superior that differs from the majority by a margin k changes its
    belief with chance 1 - (1 - p)^k.
    """
    size = z.shape[1]
    acts, votes = np.empty((1, size), np.int8), np.empty(size, np.int64)
    for unit in range(len(p_up)):
        if p_up[unit] <= 0.0 or first[unit] == first[unit + 1]:
            continue
        votes[:], heeded = 0, False
        own = worth(before, unit, reality, heights)
        for place in range(first[unit], first[unit + 1]):
            below = kids[place]
            if not told[below]:
                continue
            act(before, below, acts, state)
            if worth(acts, 0, reality, heights) > own:
                heeded = True
                for dimension in range(size):
                    votes[dimension] += acts[0, dimension]
        if heeded:
            side_with(z, unit, votes, p_up[unit], state)


@compiled
def act(beliefs: np.ndarray, unit: int, acts: np.ndarray, state: np.ndarray) -> None:
    """Write what a unit does into the only row of `acts`: what it believes, a coin's side where it believes nothing."""
    for dimension in range(beliefs.shape[1]):
        acts[0, dimension] = beliefs[unit, dimension]
        if acts[0, dimension] == 0:
            acts[0, dimension] = 1 if uniform(state) < 0.5 else -1


@compiled
def side_with(z: np.ndarray, unit: int, votes: np.ndarray, chance: float, state: np.ndarray) -> None:
    """Let a unit follow a majority, dimension by dimension; a tie moves nothing."""
    for dimension in range(len(votes)):
        margin = votes[dimension]
        if margin == 0:
            continue
        side = 1 if margin > 0 else -1
        if z[unit, dimension] != side and uniform(state) < 1.0 - (1.0 - chance) ** abs(margin):
            z[unit, dimension] = side


@compiled
def consult(
    z: np.ndarray,
    before: np.ndarray,
    reality: np.ndarray,
    heights: np.ndarray,
    consulted: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    state: np.ndarray,
) -> None:
    """Let units copy the best of those they consulted if it is better; else try one change and keep it if better.

    Of several equally good ones a unit copies any with the same chance. Source [S134].
    """
    score = np.empty(len(z))
    weigh(before, reality, heights, score)
    for unit in range(len(z)):
        best, found, asked, alike = score[unit], -1, False, 1.0
        for entry in range(link_start[unit], link_start[unit + 1]):
            if not consulted[entry]:
                continue
            asked, other = True, link_to[entry]
            if score[other] > best:
                best, found, alike = score[other], other, 1.0
            elif found >= 0 and score[other] == best:
                alike += 1.0
                if uniform(state) * alike < 1.0:
                    found = other
        if found >= 0:
            for dimension in range(z.shape[1]):
                z[unit, dimension] = before[found, dimension]
        elif asked:
            explore(z, unit, reality, heights, score[unit], state)


@compiled
def explore(z: np.ndarray, unit: int, reality: np.ndarray, heights: np.ndarray, own: float, state: np.ndarray) -> None:
    """Try the other side of a dimension drawn by chance (either side where nothing is believed), keep it if better."""
    dimension = int(uniform(state) * z.shape[1])
    held = z[unit, dimension]
    z[unit, dimension] = -held
    if held == 0:
        z[unit, dimension] = 1 if uniform(state) < 0.5 else -1
    if worth(z, unit, reality, heights) <= own:
        z[unit, dimension] = held
