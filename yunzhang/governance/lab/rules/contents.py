"""What units believe, the truth it is about, and what beliefs are worth; how they change stands in `beliefs`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yunzhang.base.compiled import compiled


class Contents(NamedTuple):
    """Beliefs, the truth they are about, and how fast each unit learns; arrays of length 0 switch a thing off."""

    z: np.ndarray  # int8 [unit, dimension]: -1, 1, or 0 where the unit has no belief
    reality: np.ndarray  # int8 by dimension: -1 or 1
    heights: np.ndarray  # float64 [2^dimensions]: worth of agreeing with reality on the set bits; none: share right
    p_down: np.ndarray  # float64 by unit: chance a day to move a belief towards a superior heard
    p_up: np.ndarray  # float64 by unit: chance a day that one report more on a side convinces it
    turnover: np.ndarray  # float64 by unit: chance a day that a newcomer takes the place
    turbulence: float  # chance a day that a dimension of reality turns over
    gradual: bool  # a wrong belief is first given up, then replaced; False: replaced at once (the known trap)


def make_contents(
    z: np.ndarray,
    reality: np.ndarray,
    *,
    heights: np.ndarray | None = None,
    p_down: float | np.ndarray = 0.0,
    p_up: float | np.ndarray = 0.0,
    turnover: float | np.ndarray = 0.0,
    turbulence: float = 0.0,
    gradual: bool = True,
) -> Contents:
    """Return contents that own their arrays; a number given for all units is spread over them.

    Raises ValueError where sizes do not fit, a belief is none of -1, 0, 1, reality is none of -1, 1, or a chance is
    outside 0..1: compiled loops do not look.
    """
    count, size = z.shape
    heights = np.zeros(0) if heights is None else heights
    chances = [np.array(np.broadcast_to(np.asarray(each, np.float64), count)) for each in (p_down, p_up, turnover)]
    if len(reality) != size or len(heights) not in {0, 1 << size}:
        raise ValueError("sizes do not fit")
    if not np.isin(z, (-1, 0, 1)).all() or not np.isin(reality, (-1, 1)).all():
        raise ValueError("beliefs are -1, 0 or 1, reality is -1 or 1")
    if not all(((each >= 0) & (each <= 1)).all() for each in (*chances, np.array([turbulence]))):
        raise ValueError("chances are 0..1")
    down, up, leaves = (each if each.any() else np.zeros(0) for each in chances)  # off: no number is drawn for it
    # z always lies row by row in memory, so that one compiled loop serves all
    own = np.array(z, np.int8, order="C"), np.array(reality, np.int8), np.array(heights, np.float64)
    return Contents(*own, down, up, leaves, float(turbulence), bool(gradual))


def no_contents() -> Contents:
    """Return the contents of units that know nothing and learn nothing."""
    return make_contents(np.zeros((0, 0), np.int8), np.zeros(0, np.int8))


@compiled
def weigh(z: np.ndarray, reality: np.ndarray, heights: np.ndarray, score: np.ndarray) -> None:
    """Write what the beliefs of each unit are worth into `score`; see `worth`."""
    for unit in range(len(score)):
        score[unit] = worth(z, unit, reality, heights)


@compiled
def worth(z: np.ndarray, unit: int, reality: np.ndarray, heights: np.ndarray) -> float:
    """Return what row `unit` of beliefs, or of acts, is worth.

    Without a landscape: dimensions right minus dimensions wrong, as a share of all, -1..1. With one: the height, 0..1,
    of the choice whose bits are the dimensions that are as reality has them; no belief counts as a wrong one.
    """
    # cutting the row out of z, calling another function or returning early would each cost several times the sum itself
    right, choice = 0, np.int64(0)
    if len(heights) > 0:
        for dimension in range(len(reality)):
            choice |= np.int64(z[unit, dimension] == reality[dimension]) << dimension
    else:
        for dimension in range(len(reality)):
            right += z[unit, dimension] * reality[dimension]
    return heights[choice] if len(heights) > 0 else right / len(reality)


@compiled
def choice_of(z: np.ndarray, unit: int, reality: np.ndarray) -> int:
    """Return the number of a unit's choice: bit d is set where dimension d is as reality has it."""
    choice = np.int64(0)
    for dimension in range(len(reality)):
        choice |= np.int64(z[unit, dimension] == reality[dimension]) << dimension
    return int(choice)


@compiled
def mean_worth(contents: Contents) -> float:
    """Return what the beliefs of all units are worth on average; 0 where there are none."""
    total = 0.0
    for unit in range(len(contents.z)):
        total += worth(contents.z, unit, contents.reality, contents.heights)
    return total / len(contents.z) if len(contents.z) > 0 else 0.0
