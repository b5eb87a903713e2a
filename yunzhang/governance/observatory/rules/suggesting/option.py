"""An option: a suggestion before its gain is known, as nodes of the tree; and the significance tests options pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb, erf, sqrt

import numpy as np

from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import Advice

Z = 1.6449  # ends of a 90 % range
HALF = 0.5
SURE = 0.05  # chance of a false alarm allowed to one test, shared among all tests of one page


@dataclass(frozen=True, slots=True)
class Scene:
    """The sub-tree suggestions are made for."""

    tree: Tree
    lines: tuple[Line, Line]
    root: int
    tau: float

    @property
    def stop(self) -> int:
        """The first node behind the sub-tree."""
        return int(self.tree.end[self.root])


@dataclass(frozen=True, slots=True)
class Option:
    """What might be suggested. `mends` says which share of the shortfall of each edge (line, node) or block
    (part, node) it would mend: 1 makes it whole."""

    advice: Advice
    figure: str
    line: str
    nodes: tuple[int, ...]
    mends: Mapping[tuple[int, int], float]
    met: float
    due: float
    debtors: tuple[int, ...] = ()
    creditors: tuple[int, ...] = ()
    relations: tuple[str, ...] = ()
    programme: str = ""
    under: int = -1
    swing: tuple[float, float] = (1.0, 1.0)  # how far the ends of what is mended lie from its middle
    stability: float | None = None
    details: dict[str, float | str] = field(default_factory=dict)


def managed_nodes(tree: Tree, declared: frozenset[str] = frozenset()) -> np.ndarray:
    """Return which nodes are bodies under vertical management 垂管, never proposed for local leadership.

    Those declared by id; and bodies whose superior is a body of another place: the same body one level up (design §3).
    """
    body = tree.kind[: tree.count] == 1
    upper = np.maximum(tree.parent, 0)
    elsewhere = body & (tree.parent >= 0) & body[upper] & (tree.place[: tree.count] != tree.place[upper])
    named = np.array([unit in declared for unit in tree.ids[: tree.count]], np.bool_)
    return np.asarray(elsewhere | named)


def share_high(met: float, due: float) -> float:
    """Return the upper end of the 90 % range of a share (Wilson's interval).

    >>> round(share_high(1, 10), 2)
    0.35
    """
    share, squared = met / due, Z * Z / due
    middle, half = share + squared / 2, Z * sqrt(share * (1 - share) / due + squared / due / 4)
    return min((middle + half) / (1 + squared), 1.0)


def chance_of_at_most(met: float, due: float, rate: float) -> float:
    """Return the chance of so few met of so many due, were the rate true (binomial; normal beyond 200).

    >>> round(chance_of_at_most(1, 10, 0.5), 4)
    0.0107
    """
    count, size = round(met), max(round(due), 1)
    if rate <= 0 or count >= size:
        return 1.0
    if rate >= 1:
        return 0.0
    if size > 200:
        return _normal((count + 0.5 - size * rate) / sqrt(size * rate * (1 - rate)))
    return min(sum(comb(size, k) * rate**k * (1 - rate) ** (size - k) for k in range(count + 1)), 1.0)


def _normal(z: float) -> float:
    return 0.5 * (1 + erf(z / sqrt(2)))


def normal_tail(z: float) -> float:
    """Return the chance that a standard normal value lies beyond z.

    >>> round(normal_tail(1.6449), 3)
    0.05
    """
    return 1 - _normal(z)


def swing_of(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Return the ends of the 90 % range of a fall from one share to another, as multiples of it; never below 0."""
    rise = float(before.mean() - after.mean())
    errors = [float(side.mean() * (1 - side.mean())) / len(side) for side in (before, after)]
    half = Z * sqrt(sum(errors))
    return max(rise - half, 0.0) / rise, (rise + half) / rise


def is_weak(met: float, due: float, rate: float, tests: int) -> bool:
    """Return whether a share is credibly low: below half, or below the rate of its like, with `tests` such tests."""
    if share_high(met, due) < HALF:
        return True
    return chance_of_at_most(met, due, rate) < SURE / max(tests, 1)
