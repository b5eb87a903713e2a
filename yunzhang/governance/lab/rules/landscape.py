"""NK landscapes: how well a choice of n yes-or-no answers does where each answer's worth depends on k others.

A choice is a number of n bits, bit d being dimension d. Heights are 0..1; the same seed gives the same landscape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled

LARGEST = 20  # dimensions whose 2^n heights are held at once: 8 MiB


@dataclass(frozen=True, slots=True)
class Landscape:
    """The height of a choice is the mean worth of its n answers; that of answer i hangs on itself and k others."""

    depends: np.ndarray  # int64 [n, k + 1]: the dimensions the worth of answer i depends on, i itself first
    worth: np.ndarray  # float64 [n, 2^(k + 1)], 0..1, by the bits of those dimensions in that order

    @property
    def n(self) -> int:
        """How many dimensions there are."""
        return len(self.depends)


def make_landscape(n: int, k: int, *, seed: int, number: int = 0) -> Landscape:
    """Return landscape `number` of a seed: k other dimensions drawn for each of n, every worth uniform in 0..1.

    Raises ValueError unless 1 <= n <= 20 and 0 <= k < n. Source [S133].

    >>> make_landscape(10, 3, seed=1).worth.shape
    (10, 16)
    """
    if not 1 <= n <= LARGEST or not 0 <= k < n:
        raise ValueError(f"1 <= n <= {LARGEST} and 0 <= k < n, not n={n}, k={k}")
    depends, worth = np.empty((n, k + 1), np.int64), np.empty((n, 1 << (k + 1)))
    _fill(depends, worth, np.array([mixed(seed, number)], np.uint64))
    return Landscape(depends, worth)


@compiled
def _fill(depends: np.ndarray, worth: np.ndarray, state: np.ndarray) -> None:
    n, size = depends.shape
    for i in range(n):
        others = np.arange(n)
        others[0], others[i] = i, 0
        for place in range(1, size):
            taken = place + int(uniform(state) * (n - place))
            others[place], others[taken] = others[taken], others[place]
        depends[i] = others[:size]
        for which in range(worth.shape[1]):
            worth[i, which] = uniform(state)


def find_heights(landscape: Landscape) -> np.ndarray:
    """Return the heights of all 2^n choices, 0..1, by their number."""
    return np.asarray(_heights(landscape.depends, landscape.worth))


@compiled
def _heights(depends: np.ndarray, worth: np.ndarray) -> np.ndarray:
    # the worth of an answer is looked up by bits that the lower and the upper half of a choice bring separately
    n, size = depends.shape
    half = n // 2
    low, high = np.zeros(1 << half, np.int64), np.zeros(1 << (n - half), np.int64)
    heights = np.zeros(1 << n)
    for i in range(n):
        low[:], high[:] = 0, 0
        for place in range(size):
            own = depends[i, place]
            part, bit = (low, own) if own < half else (high, own - half)
            for choice in range(len(part)):
                part[choice] |= ((choice >> bit) & 1) << place
        for upper in range(len(high)):
            base = upper << half
            for lower in range(len(low)):
                heights[base + lower] += worth[i, low[lower] | high[upper]]
    heights /= n
    return heights


@compiled
def find_optima(heights: np.ndarray) -> np.ndarray:
    """Return the choices that no change of one answer makes higher, in the order of their numbers."""
    found = np.empty(len(heights), np.int64)
    count = 0
    for choice in range(len(heights)):
        bit, is_top = 1, True
        while bit < len(heights) and is_top:
            is_top = heights[choice ^ bit] <= heights[choice]
            bit <<= 1
        if is_top:
            found[count] = choice
            count += 1
    return found[:count].copy()


def face_best(heights: np.ndarray) -> np.ndarray:
    """Return the same heights renumbered so that the highest choice is the last one, all bits set.

    Then a set bit means "as the best choice has it", which is how beliefs are compared with reality.
    """
    last = len(heights) - 1
    return np.asarray(heights[np.arange(len(heights)) ^ (int(heights.argmax()) ^ last)])
