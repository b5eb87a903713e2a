"""Dodds, Watts and Sabel 2003 as a limit of the engine: no beliefs, no queue, a tree with links and greedy routing.

Kinds of networks are compared by their load, the largest share of all messages that one unit passes on, and by what
stays connected when units fall away from the top. The paper says that multiscale networks are good in both senses at
once; that core-periphery has an even lower load at just m = 1 (its core is then nearly complete) is ours, not printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np

from yunzhang.base.chance import mixed
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import Backbone, regular_tree
from yunzhang.governance.lab.rules.connection import largest_share, topmost
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.limits.checks import Check, Compared, Curve, Reference, above, below, near, near_all
from yunzhang.governance.lab.rules.links import draw_links, make_links, no_links
from yunzhang.governance.lab.rules.sending import draw_messages, send_all

BRANCH, LEVELS = 5, 6
MESSAGES, NETWORKS = 10_000, 20
STREAMS = 1000  # of one network: more than there are kinds and cells
FALLING = ("local_team", "random", "interdivisional", "multiscale")  # loads at m = 1, the highest first


@dataclass(frozen=True, slots=True)
class Spec:
    """Links by one law: their law, how many for how many loads, and after how many removals to look."""

    lam: float
    zeta: float
    counts: tuple[int, ...]
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Networks:
    """What networks came to, the first axis being the network: `anchor` and `tree` [run], of each spec its loads and
    shares left [run, count] and [run, removal].
    """

    anchor: np.ndarray
    tree: np.ndarray
    loads: tuple[np.ndarray, ...]
    left: tuple[np.ndarray, ...]


def play(
    specs: Sequence[Spec],
    *,
    xi: float,
    runs: int,
    seed: int,
    messages: int = MESSAGES,
    tell: Callable[[int, int], None] | None = None,
) -> Networks:
    """Return loads and connection of `runs` networks of each spec, with `messages` messages each.

    Network r of any spec carries the same messages; shares left are those of the last count. `tell` gets the networks
    done and those to do. Source [S136].
    """
    tree = regular_tree(BRANCH, LEVELS)
    near_by, everywhere = prepare_demand(tree, xi=xi), prepare_demand(tree, xi=inf, by_pairs=True)
    found = Networks(
        np.zeros(runs), np.zeros(runs),
        tuple(np.zeros((runs, len(spec.counts))) for spec in specs),
        tuple(np.zeros((runs, len(spec.removed))) for spec in specs),
    )  # fmt: skip
    for run in range(runs):
        sent = draw_messages(near_by, count=messages, seed=_stream(seed, run, STREAMS - 1))
        anywhere = draw_messages(everywhere, count=messages, seed=_stream(seed, run, STREAMS - 2))

        def go(place: int, run: int = run, sent: np.ndarray = sent, anywhere: np.ndarray = anywhere) -> None:
            own = _stream(seed, run, place)
            if place == len(specs):
                found.tree[run] = send_all(tree, no_links(tree), sent, seed=own).busiest
                found.anchor[run] = send_all(tree, no_links(tree), anywhere, seed=own).busiest
            else:
                found.loads[place][run], found.left[place][run] = _try(tree, specs[place], sent, own)

        side_by_side(go, range(len(specs) + 1))
        if tell is not None:
            tell(run + 1, runs)
    return found


def _stream(seed: int, run: int, place: int) -> int:
    return int(mixed(seed, run * STREAMS + place)) >> 1


def _try(tree: Backbone, spec: Spec, sent: np.ndarray, seed: int) -> tuple[list[float], list[float]]:
    pairs = draw_links(tree, lam=spec.lam, zeta=spec.zeta, count=max(spec.counts), seed=seed)
    each = [make_links(tree, pairs[:count]) for count in spec.counts]
    loads = [send_all(tree, links, sent, seed=seed).busiest for links in each]
    at = spec.counts.index(tree.count) if spec.removed else 0
    left = [largest_share(tree, each[at], topmost(tree, removed, seed=seed)) for removed in spec.removed]
    return loads, left


def compare(
    published: Mapping[str, Reference],
    *,
    runs: int = NETWORKS,
    seed: int,
    messages: int = MESSAGES,
    tell: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return our networks beside the published ones, `runs` of each kind; `tell` gets the networks done and all.

    Source [S136].
    """
    kinds, grid = published["dodds_kinds"].value, published["dodds_grid"].value
    specs = [*_specs_of_kinds(published), *_specs_of_grid(grid)]
    found = play(specs, xi=published["dodds_tree"].value["xi"], runs=runs, seed=seed, messages=messages, tell=tell)
    loads = {kind: found.loads[place].mean(0) for place, kind in enumerate(kinds)}
    left = {kind: found.left[place].mean(0) for place, kind in enumerate(kinds)}
    cells = np.array([one.mean() for one in found.loads[len(kinds) :]]).reshape(len(grid["lam"]), -1)
    tree = float(found.tree.mean())
    checks = [
        *_check_trees(published, float(found.anchor.mean()), tree),
        *_check_loads(published, loads),
        *_check_orders(published, loads, tree),
        *_check_grid(published["dodds_grid"], cells),
        *_check_removal(published, left),
    ]
    return Compared(tuple(checks), (*_curves(published, loads, left), *_curves_of_grid(grid, cells)))


def _units() -> int:
    return regular_tree(BRANCH, LEVELS).count


def _specs_of_kinds(published: Mapping[str, Reference]) -> list[Spec]:
    counts = tuple(round(m * _units()) for m in published["dodds_load"].value["m"])
    removed = tuple(published["dodds_removal"].value["removed"])
    return [Spec(lam, zeta, counts, removed) for lam, zeta in published["dodds_kinds"].value.values()]


def _specs_of_grid(grid: Mapping[str, Sequence[float]]) -> list[Spec]:
    return [Spec(lam, zeta, (_units(),)) for lam in grid["lam"] for zeta in grid["zeta"]]


def _check_trees(published: Mapping[str, Reference], anchor: float, load: float) -> list[Check]:
    exact, tree = published["dodds_anchor"], published["dodds_tree"]
    share = exact.value["through"] / exact.value["pairs"]
    return [
        near("dodds/tree/pairs_alike", share, exact.value["within"], anchor, exact.source),
        near("dodds/tree/xi=1", tree.value["load"], tree.value["within"], load, tree.source),
    ]


def _check_loads(published: Mapping[str, Reference], loads: Mapping[str, np.ndarray]) -> list[Check]:
    table, source = published["dodds_load"].value, published["dodds_load"].source
    axes = {"m": table["m"]}
    return [
        check
        for kind, found in loads.items()
        for check in near_all(
            f"dodds/load/{kind}", axes, table[kind]["load"], found, within=table[kind]["within"], source=source
        )
    ]


def _check_orders(published: Mapping[str, Reference], loads: Mapping[str, np.ndarray], tree: float) -> list[Check]:
    ms, source = published["dodds_load"].value["m"], published["dodds_bands"].source
    bands, once, twice = published["dodds_bands"].value, ms.index(1), ms.index(2)
    multiscale = loads["multiscale"]
    gain = (tree - multiscale[once]) / (tree - multiscale[twice])
    return [
        *(
            above(f"dodds/order/m=1/{more}>{less}", 0.0, float(loads[more][once] - loads[less][once]), source)
            for more, less in pairwise(FALLING)
        ),
        *(
            above(f"dodds/order/m={m}/{kind}>multiscale", 0.0, float(loads[kind][at] - multiscale[at]), source)
            for at, m in enumerate(ms)
            for kind in FALLING[:-1]
            if m != 1
        ),
        above("dodds/relief", bands["least_relief"], float(1 - multiscale[once] / loads["random"][once]), source),
        above("dodds/gain", bands["least_gain"], float(gain), source),
    ]


def _check_grid(reference: Reference, cells: np.ndarray) -> list[Check]:
    table, source = reference.value, reference.source
    places = np.unravel_index(int(cells.argmin()), cells.shape)
    checks = near_all(
        "dodds/grid", {"lam": table["lam"], "zeta": table["zeta"]}, table["load"], cells, within=table["within"],
        source=source,
    )  # fmt: skip
    for name, at, aim in zip(("lam", "zeta"), places, table["lowest"], strict=True):
        axis, place = table[name], table[name].index(aim)
        low, high = axis[max(place - 1, 0)], axis[min(place + 1, len(axis) - 1)]
        checks.append(Check(f"dodds/grid/lowest/{name}", aim, low, high, float(axis[at]), source))
    return checks


def _check_removal(published: Mapping[str, Reference], left: Mapping[str, np.ndarray]) -> list[Check]:
    table, source = published["dodds_removal"].value, published["dodds_removal"].source
    bands, at = published["dodds_bands"].value, table["removed"].index(published["dodds_bands"].value["removed"])
    axes = {"removed": table["removed"]}
    broken = ("core_periphery", "local_team")
    return [
        *(
            check
            for kind, found in left.items()
            for check in near_all(f"dodds/left/{kind}", axes, table[kind], found, within=table["within"], source=source)
        ),
        above("dodds/robust/multiscale", bands["connected"], float(left["multiscale"][at]), source),
        *(below(f"dodds/robust/{kind}", bands["broken"], float(left[kind][at]), source) for kind in broken),
    ]


def _curves(
    published: Mapping[str, Reference], loads: Mapping[str, np.ndarray], left: Mapping[str, np.ndarray]
) -> list[Curve]:
    load, removal = published["dodds_load"].value, published["dodds_removal"].value
    ms, removed = (tuple(map(float, axis)) for axis in (load["m"], removal["removed"]))
    return [
        *(Curve(f"dodds/load/{kind}", ms, tuple(loads[kind].tolist()), tuple(load[kind]["load"])) for kind in loads),
        *(Curve(f"dodds/left/{kind}", removed, tuple(left[kind].tolist()), tuple(removal[kind])) for kind in left),
    ]


def _curves_of_grid(grid: Mapping[str, Any], cells: np.ndarray) -> list[Curve]:
    zetas = tuple(map(float, grid["zeta"]))
    rows = zip(grid["lam"], cells.tolist(), grid["load"], strict=True)
    return [Curve(f"dodds/grid/lam={lam}", zetas, tuple(row), tuple(printed)) for lam, row, printed in rows]
