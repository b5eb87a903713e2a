"""What a map of worlds comes to, as facts: who wins how often, where it never does, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunzhang.governance.lab.rules.paths.mapping import ALIKE, AXES, GIVE_UP_LINE, KEEP_LINE, UNAFFORDABLE

WINNERS = (KEEP_LINE, GIVE_UP_LINE, ALIKE, UNAFFORDABLE)
CLEAR = 4.0  # standard errors that not one world in ten thousand passes by chance
ONE_SIDED = 0.0228  # of equal worlds, the share told apart by chance at two standard errors, for either side

Row = Mapping[str, Any]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Counts of worlds by winner (`WINNERS`).

    `won`: all; `clear`: those told apart by more than four standard errors; `by_chance`: how many each path would seem
    to win were both alike everywhere; `where`: by axis and value; `never`: values of an axis with which giving up the
    line wins nowhere; `widest`: for either path the world where it is furthest ahead, absent where it wins none.
    """

    worlds: int
    won: Counts
    clear: Counts
    by_chance: float
    where: dict[str, dict[Any, Counts]]
    never: tuple[tuple[str, Any], ...]
    widest: dict[str, Row]


def sum_up_map(rows: Sequence[Row]) -> MapFacts:
    """Return the facts of the rows of `map_paths`, as they are or made plain for JSON."""
    where = {axis: {value: _count(_with(rows, axis, value)) for value in _values(rows, axis)} for axis in AXES}
    compared = [row for row in rows if row["winner"] != UNAFFORDABLE]
    return MapFacts(
        worlds=len(rows),
        won=_count(rows),
        clear=_count([row for row in compared if abs(row["difference"]) > CLEAR * row["se"]]),
        by_chance=ONE_SIDED * len(compared),
        where=where,
        never=tuple((axis, value) for axis in AXES for value, won in where[axis].items() if not won[GIVE_UP_LINE]),
        widest=_widest(rows),
    )


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
