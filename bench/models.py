"""Two models everybody knows, on the loop of the lab's engine: compiled, one step a tick, units in turn, own chance.

The rules are those of Mesa's own examples (Boltzmann wealth on a grid, Schelling); they serve comparison and are no
part of the product.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled

HELD, SEATS = 0, 15  # column of cells; places behind it: sixteen units meet in one cell once in 10^12 times
EDGE = -1


@compiled
def shuffle(order: np.ndarray, state: np.ndarray) -> None:
    """Bring units into a random order (Fisher and Yates)."""
    for last in range(len(order) - 1, 0, -1):
        other = int(uniform(state) * (last + 1))
        order[last], order[other] = order[other], order[last]


@dataclass(frozen=True)
class Wealth:
    """Units on a grid: each goes to a neighbouring cell and, if it owns anything, gives 1 to somebody it meets there.

    `cells` holds how many there are and who, one line of memory each; `cell`, `seat` and `wealth` are of units. Leaving
    and meeting need no search, and hardly a branch: chance cannot be foreseen by a processor either.
    """

    cell: np.ndarray
    seat: np.ndarray
    wealth: np.ndarray
    cells: np.ndarray
    around: np.ndarray
    order: np.ndarray
    state: np.ndarray

    def step(self) -> None:
        """Let every unit act once, in random order."""
        shuffle(self.order, self.state)
        held = self.cell, self.seat, self.wealth, self.cells
        assert _give(*held, self.around, self.order, self.state), "a cell overflows"

    def gini(self) -> float:
        """Return how unequal wealth is, 0..1."""
        wealth, n = np.sort(self.wealth.astype(np.int64)), len(self.wealth)
        return float(1 + 1 / n - 2 * (wealth * (n - np.arange(n))).sum() / (n * wealth.sum()))


def make_wealth(count: int, wide: int, high: int, seed: int) -> Wealth:
    """Return units of wealth 1 in cells drawn at random."""
    state, inner = np.array([mixed(seed, 0)], np.uint64), _inner(wide, high)
    cells = np.zeros(((wide + 2) * (high + 2), 1 + SEATS), np.int32)
    cells[:, HELD] = EDGE
    cells[inner, HELD] = 0
    cell, seat = np.zeros(count, np.int32), np.zeros(count, np.int8)
    _seat(cell, seat, cells, inner, state)
    order = np.arange(count, dtype=np.int32)
    return Wealth(cell, seat, np.ones(count, np.int16), cells, _around(wide), order, state)


def _inner(wide: int, high: int) -> np.ndarray:
    # the cells of a grid with a border, so that no step asks where the edge is
    return (np.arange(1, high + 1)[:, None] * (wide + 2) + np.arange(1, wide + 1)).ravel().astype(np.int32)


def _around(wide: int) -> np.ndarray:
    row = wide + 2
    return np.array([-row - 1, -row, -row + 1, -1, 1, row - 1, row, row + 1], np.int32)


@compiled
def _seat(cell: np.ndarray, seat: np.ndarray, cells: np.ndarray, inner: np.ndarray, state: np.ndarray) -> None:
    for unit in range(len(cell)):
        _enter(unit, inner[int(uniform(state) * len(inner))], cell, seat, cells)


@compiled
def _enter(unit: int, at: int, cell: np.ndarray, seat: np.ndarray, cells: np.ndarray) -> int:
    held = cells[at, HELD]
    cell[unit], seat[unit] = at, held
    cells[at, 1 + held] = unit
    cells[at, HELD] = held + 1
    return int(held)


@compiled
def _leave(unit: int, at: int, seat: np.ndarray, cells: np.ndarray) -> None:
    # who came last takes the seat
    last, free = cells[at, HELD] - 1, seat[unit]
    other = cells[at, 1 + last]
    cells[at, 1 + free], seat[other] = other, free
    cells[at, HELD] = last


@compiled
def _give(
    cell: np.ndarray,
    seat: np.ndarray,
    wealth: np.ndarray,
    cells: np.ndarray,
    around: np.ndarray,
    order: np.ndarray,
    state: np.ndarray,
) -> bool:
    for unit in order:
        was = cell[unit]
        at = _neighbour(was, around, cells, state)
        if cells[at, HELD] == SEATS:
            return False
        _leave(unit, was, seat, cells)
        others = _enter(unit, at, cell, seat, cells)
        given = (wealth[unit] > 0) & (others > 0)
        met = cells[at, 1 + int(uniform(state) * others)]  # where nobody else is, the unit itself
        wealth[met] += given
        wealth[unit] -= given
    return True


@compiled
def _neighbour(at: int, around: np.ndarray, cells: np.ndarray, state: np.ndarray) -> int:
    # one of the up to eight cells around, each as likely: beyond the edge it is drawn again
    while True:
        other = at + around[int(uniform(state) * 8)]
        if cells[other, HELD] != EDGE:
            return int(other)


@dataclass(frozen=True)
class Segregation:
    """Units of two kinds on a grid; one with too few of its kind around is unhappy and moves to a random empty cell.

    `kind` by cell (0: empty) on a grid with a border of empty cells.
    """

    kind: np.ndarray
    around: np.ndarray
    cell: np.ndarray
    empty: np.ndarray
    happy: np.ndarray
    order: np.ndarray
    state: np.ndarray

    def step(self, wanted: float = 0.4) -> None:
        """Let the unhappy move, in random order; then ask everybody anew."""
        shuffle(self.order, self.state)
        _move(self.kind, self.cell, self.empty, self.happy, self.order, self.state)
        _ask(self.around, self.kind, self.cell, self.happy, wanted)


def make_segregation(wide: int, high: int, seed: int, *, density: float = 0.8, wanted: float = 0.4) -> Segregation:
    """Return units in a share `density` of the cells, half of each kind."""
    state, inner, around = np.array([mixed(seed, 0)], np.uint64), _inner(wide, high), _around(wide)
    kind = np.zeros((wide + 2) * (high + 2), np.int8)
    _settle(inner, kind, density, state)
    full = kind[inner] > 0
    cell = inner[full]
    order, happy = np.arange(len(cell), dtype=np.int32), np.zeros(len(cell), np.uint8)
    made = Segregation(kind, around, cell, inner[~full], happy, order, state)
    _ask(around, kind, cell, happy, wanted)
    return made


@compiled
def _settle(inner: np.ndarray, kind: np.ndarray, density: float, state: np.ndarray) -> None:
    for at in inner:
        if uniform(state) < density:
            kind[at] = 1 if uniform(state) < 0.5 else 2


@compiled
def _move(
    kind: np.ndarray, cell: np.ndarray, empty: np.ndarray, happy: np.ndarray, order: np.ndarray, state: np.ndarray
) -> None:
    for unit in order:
        if not happy[unit]:
            place = int(uniform(state) * len(empty))
            old, new = cell[unit], empty[place]
            kind[new], kind[old] = kind[old], 0
            cell[unit], empty[place] = new, old


@compiled
def _ask(around: np.ndarray, kind: np.ndarray, cell: np.ndarray, happy: np.ndarray, wanted: float) -> None:
    for unit in range(len(cell)):
        at, same, met = cell[unit], 0, 0
        own = kind[at]
        for step in around:
            other = kind[at + step]
            met += other > 0
            same += other == own
        happy[unit] = met > 0 and same >= wanted * met
