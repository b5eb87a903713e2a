"""Paths between the modes as sequences of steps: what each step costs and what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.paths.stands import (
    BUSIEST,
    DELIVERED,
    HOPS,
    TRIES,
    WITHOUT_TOP,
    Costs,
    Setting,
    Stand,
    try_stands,
)

# Where who gives up the line ends with the budget that adding links while keeping it takes: a mode of its own.
AFFORDED = "cooperative_afforded"
# The paper's choice (keep the line and add links, or give it up for as many links, or for as many as the same budget
# pays for), how an authority comes to be, and mixtures.
PATHS: Mapping[str, tuple[str, ...]] = {
    "keep_line": ("authority", "collaborative"),
    "give_up_line": ("authority", "cooperative"),
    "give_up_line_afforded": ("authority", AFFORDED),
    "build_line": ("loose", "authority"),
    "line_then_links": ("loose", "authority", "collaborative"),
    "links_then_line": ("loose", "cooperative", "collaborative"),
    "both_at_once": ("loose", "collaborative"),
    "detour": ("authority", "cooperative", "collaborative"),
}
FIGURES = {
    "delivered": DELIVERED,
    "busiest": BUSIEST,
    "hops": HOPS,
    "tries": TRIES,
    "without_top": WITHOUT_TOP,
}
Place = Callable[[Stand], tuple[float, float]]


def lay_steps(stands: Sequence[Stand], steps: int) -> list[Stand]:
    """Return the stands a path goes through, `steps` equal steps for each leg, both ends included.

    >>> lay_steps([Stand(0.9, 0.0), Stand(0.5, 1.0)], 2)
    [Stand(line=0.9, links=0.0), Stand(line=0.7, links=0.5), Stand(line=0.5, links=1.0)]
    """
    way = [stands[0]]
    for before, after in pairwise(stands):
        for step in range(1, steps + 1):
            share = step / steps
            line, links = (round(a + share * (b - a), 12) for a, b in _both(before, after))
            way.append(Stand(line, links))
    return way


def _both(before: Stand, after: Stand) -> tuple[tuple[float, float], tuple[float, float]]:
    return (before.line, after.line), (before.links, after.links)


def find_afforded(modes: Mapping[str, Stand], setting: Setting, costs: Costs, *, steps: int = 4) -> Stand:
    """Return the stand with the weak line whose path from authority costs what the one to collaborative costs.

    Costs are those of the walk, step by step. Without links where the budget does not even pay for giving up the line:
    that path then costs more. Raises ValueError where links cost nothing.
    """
    start, linked, weak = modes["authority"], modes["collaborative"], modes["cooperative"].line

    def whole(end: Stand) -> float:
        return _spend(lay_steps([start, end], steps), setting, costs)[-1]["cost"]

    bare = whole(Stand(weak, start.links))
    each = whole(Stand(weak, start.links + 1.0)) - bare  # costs grow by as much with every further link
    if each <= 0:
        raise ValueError("links that cost nothing leave no budget to compare at")
    return Stand(weak, round(start.links + max(0.0, (whole(linked) - bare) / each), 12))


def walk_paths(
    modes: Mapping[str, Stand],
    setting: Setting,
    costs: Costs,
    *,
    paths: Mapping[str, tuple[str, ...]] = PATHS,
    steps: int = 4,
    place: Place | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> pa.Table:
    """Return one row for each step of each path; `modes` are those of `stands_of`, `AFFORDED` is found by their costs.

    `path`, `step` from 0, `line` 0..1, `links` per unit; `built`, `kept`, `cost`: spent so far per unit, in building
    costs of a link, the years of upkeep spread over the steps; `delivered` 0..1, `busiest` 0..1, `hops`, `tries`,
    `without_top` 0..1, each with `_se`, its Monte Carlo standard error (NaN for one run). `v`, `h`: where the engine
    places a stand on the plane of modes, by `place`; null without it.
    """
    if any(AFFORDED in path for path in paths.values()):
        modes = {**modes, AFFORDED: find_afforded(modes, setting, costs, steps=steps)}
    ways = {name: lay_steps([modes[mode] for mode in path], steps) for name, path in paths.items()}
    stands = sorted({stand for way in ways.values() for stand in way})
    found = try_stands(stands, setting, tell)
    where = {stand: place(stand) for stand in stands} if place else {}
    rows = [
        {
            "path": name,
            "step": step,
            "line": stand.line,
            "links": stand.links,
            **spent,
            **_figures(found[stands.index(stand)]),
            "v": where[stand][0] if place else None,
            "h": where[stand][1] if place else None,
        }
        for name, way in ways.items()
        for step, (stand, spent) in enumerate(zip(way, _spend(way, setting, costs), strict=True))
    ]
    return pa.Table.from_pylist(rows, schema=_schema())


def _schema() -> pa.Schema:
    figures = [f"{name}{end}" for name in FIGURES for end in ("", "_se")]
    reals = ["line", "links", "built", "kept", "cost", *figures, "v", "h"]
    return pa.schema([("path", pa.string()), ("step", pa.int32()), *((name, pa.float64()) for name in reals)])


def _spend(way: Sequence[Stand], setting: Setting, costs: Costs) -> list[dict[str, float]]:
    tree, built, kept = setting.tree, 0.0, 0.0
    spent = [{"built": 0.0, "kept": 0.0, "cost": 0.0}]
    for before, after in pairwise(way):
        built += costs.build(tree, before, after) / tree.count
        kept += costs.keep(tree, after, costs.years / (len(way) - 1)) / tree.count
        spent.append({"built": built, "kept": kept, "cost": built + kept})
    return spent


def _figures(runs: np.ndarray) -> dict[str, float]:
    count = len(runs)
    spread = runs.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.full(runs.shape[1], np.nan)
    means = runs.mean(axis=0)
    return {
        f"{name}{end}": float(values[at])
        for name, at in FIGURES.items()
        for end, values in (("", means), ("_se", spread))
    }
