"""Lazer and Friedman 2007 as a limit of the engine: no superior, everybody consults all its links every day.

On the same landscapes and beginnings, units in a line find slower and better than units that all see each other.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import Contents, choice_of, make_contents
from yunzhang.governance.lab.rules.landscape import find_heights, make_landscape
from yunzhang.governance.lab.rules.limits.checks import Check, Compared, Curve, Reference, above, near, near_all

AGENTS, DIMENSIONS, POWER, DAYS = 100, 20, 8, 200
LANDSCAPES = 240  # published: that the curves cross; with 60 the gap has a standard error of 0.024, with 240 of 0.012
TOP = "without interdependence every single change that helps leads to the top, in any network [S134]"
LINE, FULL = 0, 1
SHAPES = ("line", "full")


@dataclass(frozen=True, slots=True)
class Search:
    """How a search went on each landscape, [landscape, LINE | FULL, day from 0, the beginning].

    `score`: mean over agents of (height / highest)^8, 0..1. `distinct`: how many different solutions agents hold.
    """

    score: np.ndarray
    distinct: np.ndarray


def play(
    k: int, *, landscapes: int, seed: int, days: int = DAYS, tell: Callable[[int, int], None] | None = None
) -> Search:
    """Return searches on NK landscapes with k interdependences. Source [S134].

    `tell` gets the landscapes done and those to do.
    """
    found = Search(np.zeros((landscapes, 2, days + 1)), np.zeros((landscapes, 2, days + 1)))
    links = link_line(AGENTS), link_all(AGENTS)
    for start in range(0, landscapes, 4):
        batch = range(start, min(start + 4, landscapes))

        def go(number: int) -> None:
            heights = find_heights(make_landscape(DIMENSIONS, k, seed=seed, number=number))
            for shape, (starts, to) in enumerate(links):
                _search(heights, starts, to, seed=seed, number=number, score=found.score[number, shape],
                        distinct=found.distinct[number, shape])  # fmt: skip

        side_by_side(go, batch)
        if tell is not None:
            tell(batch.stop, landscapes)
    return found


def link_line(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the links of units in a line, each to the one before and the one after: starts and ends of entries."""
    to = [other for unit in range(count) for other in (unit - 1, unit + 1) if 0 <= other < count]
    starts = np.concatenate([[0], np.cumsum([(unit > 0) + (unit < count - 1) for unit in range(count)])])
    return starts.astype(np.int64), np.array(to, np.int32)


def link_all(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the links of units that all deal with each other: starts and ends of entries."""
    to = [other for unit in range(count) for other in range(count) if other != unit]
    return np.arange(count + 1, dtype=np.int64) * (count - 1), np.array(to, np.int32)


def _search(
    heights: np.ndarray, starts: np.ndarray, to: np.ndarray, *, seed: int, number: int, score: np.ndarray,
    distinct: np.ndarray,
) -> None:  # fmt: skip
    reality = np.ones(DIMENSIONS, np.int8)
    contents = make_contents(np.ones((AGENTS, DIMENSIONS), np.int8), reality, heights=heights)
    parent, nobody = np.full(AGENTS, -1, np.int32), np.zeros(0, np.uint8)
    first, kids = np.zeros(AGENTS + 1, np.int64), np.zeros(0, np.int32)
    everybody = np.ones(len(to), np.uint8)
    worths = (heights / heights.max()) ** POWER
    _play(contents, worths, everybody, nobody, parent, first, kids, starts, to, seed, number, score, distinct)


@compiled
def _play(
    contents: Contents,
    worths: np.ndarray,
    everybody: np.ndarray,
    nobody: np.ndarray,
    parent: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    seed: int,
    number: int,
    score: np.ndarray,
    distinct: np.ndarray,
) -> None:
    # a stream of its own beside that of the landscape, the same for either shape: the same beginning
    state = np.array([mixed(seed, -1 - number)], np.uint64)
    z, reality = contents.z, contents.reality
    for unit in range(len(z)):
        for dimension in range(len(reality)):
            z[unit, dimension] = 1 if uniform(state) < 0.5 else -1
    choices = np.empty(len(z), np.int64)
    for day in range(len(score)):
        if day > 0:
            learn(contents, nobody, nobody, everybody, nobody, parent, first, kids, link_start, link_to, state)
        total = 0.0
        for unit in range(len(z)):
            choices[unit] = choice_of(z, unit, reality)
            total += worths[choices[unit]]
        score[day], distinct[day] = total / len(z), len(np.unique(choices))


def find_crossing(line: np.ndarray, full: np.ndarray) -> float:
    """Return the first day after the beginning on which the line is at least as good; NaN where it never is."""
    days = np.flatnonzero(line[1:] >= full[1:])
    return float(days[0] + 1) if len(days) else float("nan")


def compare(
    published: Mapping[str, Reference],
    *,
    runs: int = LANDSCAPES,
    seed: int,
    tell: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return our searches on `runs` landscapes beside the published ones, and on smooth ones, where all find the top.

    `tell` gets the landscapes done and those to do. Source [S134].
    """
    smooth = max(runs // 6, 1)
    whole = runs + smooth
    rugged = play(5, landscapes=runs, seed=seed, tell=_onward(tell, 0, whole))
    easy = play(0, landscapes=smooth, seed=seed, tell=_onward(tell, runs, whole))
    score, distinct = rugged.score.mean(0), rugged.distinct.mean(0)
    checks = [
        *_check_levels(published, score),
        *_check_distinct(published["lazer_distinct"], distinct[LINE]),
        *(
            above(f"lazer/k=0/{name}", 1.0 - 1e-9, float(easy.score[:, shape, -1].mean()), TOP, expected=1.0)
            for shape, name in enumerate(SHAPES)
        ),
    ]
    return Compared(tuple(checks), _curves(published["lazer_scores"].value, score, distinct))


def _onward(tell: Callable[[int, int], None] | None, before: int, whole: int) -> Callable[[int, int], None] | None:
    if tell is None:
        return None
    return lambda done, _: tell(before + done, whole)


def _check_levels(published: Mapping[str, Reference], score: np.ndarray) -> list[Check]:
    gap, crossing, levels = (published[f"lazer_{name}"] for name in ("gap", "crossing", "scores"))
    ahead, days = float(score[LINE, -1] - score[FULL, -1]), levels.value["days"]
    low, high, expected = (crossing.value[name] for name in ("low", "high", "expected"))
    axes, wanted = {"network": SHAPES, "day": days}, [levels.value[name] for name in SHAPES]
    return [
        Check("lazer/crossing", expected, low, high, find_crossing(*score), crossing.source),
        near("lazer/gap", gap.value["expected"], gap.value["within"], ahead, gap.source),
        *near_all("lazer/score", axes, wanted, score[:, days], within=levels.value["within"], source=levels.source),
    ]


def _check_distinct(reference: Reference, line: np.ndarray) -> list[Check]:
    table = reference.value
    axes, found = {"day": table["days"]}, line[table["days"]]
    return near_all("lazer/distinct", axes, table["line"], found, within=table["within"], source=reference.source)


def _curves(table: Mapping[str, Any], score: np.ndarray, distinct: np.ndarray) -> tuple[Curve, ...]:
    every = tuple(float(day) for day in range(score.shape[1]))
    return (
        *(Curve(f"lazer/score/{name}", every, tuple(score[shape].tolist())) for shape, name in enumerate(SHAPES)),
        *(
            Curve(
                f"lazer/compared/{name}",
                tuple(float(day) for day in table["days"]),
                tuple(score[shape, table["days"]].tolist()),
                tuple(table[name]),
            )
            for shape, name in enumerate(SHAPES)
        ),
        *(Curve(f"lazer/distinct/{name}", every, tuple(distinct[shape].tolist())) for shape, name in enumerate(SHAPES)),
    )
