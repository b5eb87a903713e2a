"""What a map of worlds comes to, as facts: who wins how often, where it never does, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt
from typing import Any

from yunzhang.governance.lab.rules.paths.mapping import ALIKE, AXES, GIVE_UP_LINE, KEEP_LINE, SURE, UNAFFORDABLE

WINNERS = (KEEP_LINE, GIVE_UP_LINE, ALIKE, UNAFFORDABLE)
CLEAR = 4.0  # standard errors that few worlds pass by chance, as `clear_by_chance` counts them

Row = Mapping[str, Any]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Counts of worlds by winner (`WINNERS`).

    `runs` of each world; `won`: all; `clear`: those told apart by more than four standard errors; `by_chance`,
    `clear_by_chance`: how many of either each path would seem to win were both alike everywhere; `where`: by axis and
    value; `never`: values of an axis with which giving up the line wins nowhere; `widest`: for either path the world
    where it is furthest ahead, absent where it wins none.
    """

    worlds: int
    runs: int
    won: Counts
    clear: Counts
    by_chance: float
    clear_by_chance: float
    where: dict[str, dict[Any, Counts]]
    never: tuple[tuple[str, Any], ...]
    widest: dict[str, Row]


def sum_up_map(rows: Sequence[Row], *, runs: int) -> MapFacts:
    """Return the facts of the rows of `map_paths`, as they are or made plain for JSON; each is of so many runs.

    Raises ValueError for fewer than two runs.
    """
    where = {axis: {value: _count(_with(rows, axis, value)) for value in _values(rows, axis)} for axis in AXES}
    compared = [row for row in rows if row["winner"] != UNAFFORDABLE]
    return MapFacts(
        worlds=len(rows),
        runs=runs,
        won=_count(rows),
        clear=_count([row for row in compared if is_clear(row)]),
        by_chance=tail_of(SURE, runs) * len(compared),
        clear_by_chance=tail_of(CLEAR, runs) * len(compared),
        where=where,
        never=tuple((axis, value) for axis in AXES for value, won in where[axis].items() if not won[GIVE_UP_LINE]),
        widest=_widest(rows),
    )


def is_clear(row: Row) -> bool:
    """Return whether a world is told apart by more than four standard errors."""
    return row["difference"] is not None and bool(abs(row["difference"]) > CLEAR * row["se"])


def tail_of(errors: float, runs: int) -> float:
    """Return the share 0..1 of worlds in which both are alike that pass so many standard errors on one side by chance.

    The error is of the runs themselves, so the share is that of Student's t with runs - 1 degrees of freedom. Raises
    ValueError for fewer than two runs. Source: Student, 1908; the sums are those of Abramowitz and Stegun 26.7.3-4.

    >>> round(tail_of(2.0, 10), 4), round(tail_of(2.0, 2), 4)
    (0.0383, 0.1476)
    """
    degrees = runs - 1
    if degrees < 1:
        raise ValueError("a standard error needs two runs")
    angle = atan(errors / sqrt(degrees))
    is_odd = degrees % 2
    term, whole = (cos(angle), 0.0) if is_odd else (1.0, 0.0)
    for step in range(1 + is_odd, degrees, 2):
        whole += term
        term *= cos(angle) ** 2 * step / (step + 1)
    middle = (angle + sin(angle) * whole) * 2 / pi if is_odd else sin(angle) * whole
    return (1 - middle) / 2


def _values(rows: Sequence[Row], axis: str) -> list[Any]:
    return list(dict.fromkeys(row[axis] for row in rows))


def _with(rows: Sequence[Row], axis: str, value: object) -> list[Row]:
    return [row for row in rows if row[axis] == value]


def _count(rows: Sequence[Row]) -> Counts:
    won = Counter(row["winner"] for row in rows)
    return {winner: won[winner] for winner in WINNERS}


def _widest(rows: Sequence[Row]) -> dict[str, Row]:
    found = {}
    for winner in (KEEP_LINE, GIVE_UP_LINE):
        ahead = [row for row in rows if row["winner"] == winner]
        if ahead:
            found[winner] = max(ahead, key=lambda row: abs(row["difference"]))
    return found
