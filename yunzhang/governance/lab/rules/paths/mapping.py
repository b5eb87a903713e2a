"""Where keeping the line wins and where giving it up does: both at the same budget, over a grid of worlds.

The claim tried is the paper's: authority should become collaborative by adding links and keeping its line. Against it
stands the cooperative path, which gives up part of the line and has what this frees for more links. Whatever comes out
is a statement about this model, a routing of messages that leans on the backbone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from math import inf

import numpy as np
import pyarrow as pa

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.links import Links
from yunzhang.governance.lab.rules.paths.stands import CHANCES, ENDS, POSTS, Costs, Setting, draw_wiring, stream
from yunzhang.governance.lab.rules.sending import Conditions, draw_messages, send_all

KEEP_LINE, GIVE_UP_LINE, ALIKE, UNAFFORDABLE = "keep_line", "give_up_line", "not_distinguishable", "unaffordable"
SURE = 2.0  # standard errors beyond which two shares are told apart
SHARE, BUSIEST, HOPS = range(3)


@dataclass(frozen=True, slots=True)
class Grid:
    """The worlds to try, each value with each other.

    `xi`: how far demand reaches; `vacancy`: the share 0..1 of superiors whose post is empty at a time (turnover times
    the time to fill it); `retries`; `spread`: routing that looks at loads and empty posts; `given_up`: how much of the
    line the cooperative path gives up; `line_upkeep`: what a full line costs a unit and year, in links: the more, the
    more links giving it up pays for; `links`: the budget, in links per unit that who keeps the line can add with it.
    """

    xi: tuple[float, ...] = (0.5, 1.0, 3.0, inf)
    vacancy: tuple[float, ...] = (0.0, 0.1, 0.3)
    retries: tuple[int, ...] = (0, 1, 3)
    spread: tuple[bool, ...] = (False, True)
    given_up: tuple[float, ...] = (0.1, 0.35)
    line_upkeep: tuple[float, ...] = (0.0, 1.0, 4.0)
    links: tuple[float, ...] = (0.25, 1.0, 4.0)


AXES = tuple(field.name for field in fields(Grid))
World = tuple[float, float, int, bool]  # xi, vacancy, retries, spread
Offer = tuple[float, float, float]  # given up, line upkeep, links
Arm = tuple[float, float]  # line, links per unit


def map_paths(
    setting: Setting,
    costs: Costs,
    *,
    line: float,
    grid: Grid | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> pa.Table:
    """Return one row for each world of the grid; `line` is the strong line both paths start from.

    The axes of the grid; `links_give_up`: links per unit the cooperative path has at the same budget; for either path
    (`_keep`, `_give_up`) `delivered` 0..1, `busiest` 0..1, `hops`, means over the runs; `difference` in delivered, keep
    minus give up, with its Monte Carlo standard error `se` over the runs, which share links, posts and messages;
    `winner`: keep_line, give_up_line, not_distinguishable within two standard errors, unaffordable where the budget
    does not even pay for giving up the line (then figures of that path are null). `tell` gets runs done and to do.
    Raises ValueError for fewer than two runs.
    """
    held = grid or Grid()
    if setting.runs < 2:
        raise ValueError("a standard error needs two runs")
    worlds = list(product(held.xi, held.vacancy, held.retries, held.spread))
    offers = _offers(setting.tree, costs, held, line)
    arms = sorted({arm for both in offers.values() for arm in both if arm[1] >= 0})
    found = np.full((len(worlds), len(arms), setting.runs, 3), np.nan)
    for run in range(setting.runs):
        _run(setting, worlds, arms, run, found)
        if tell is not None:
            tell(run + 1, setting.runs)
    rows = [
        dict(zip(AXES, (*world, *offer), strict=True)) | {"links_give_up": theirs[1]} | _set_against(
            found[at, arms.index(ours)], found[at, arms.index(theirs)] if theirs in arms else None
        )
        for at, world in enumerate(worlds)
        for offer, (ours, theirs) in offers.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_schema())


def _offers(tree: Backbone, costs: Costs, grid: Grid, line: float) -> dict[Offer, tuple[Arm, Arm]]:
    # for each way of giving up and each budget: how who keeps the line stands, and who gives it up
    offers = {}
    for given_up, upkeep, links in product(grid.given_up, grid.line_upkeep, grid.links):
        more = replace(costs, line_upkeep=upkeep).equal_links(tree, links, given_up)
        offers[given_up, upkeep, links] = (line, links), (round(line - given_up, 12), round(more, 12))
    return offers


def _run(setting: Setting, worlds: Sequence[World], arms: Sequence[Arm], run: int, found: np.ndarray) -> None:
    wiring = draw_wiring(setting, run, [links for _, links in arms])
    ends = {
        xi: draw_messages(
            prepare_demand(setting.tree, xi=xi), count=setting.messages, seed=stream(setting.seed, run, ENDS)
        )
        for xi in {world[0] for world in worlds}
    }
    empty = {vacancy: draw_vacant(setting, run, vacancy) for vacancy in {world[1] for world in worlds}}

    def go(place: int) -> None:
        xi, vacancy, retries, spread = worlds[place]
        for at, (line, links) in enumerate(arms):
            held = Conditions(line, setting.across, empty[vacancy], retries, spread)
            found[place, at, run] = _send(setting, wiring[links], ends[xi], held, run)

    side_by_side(go, range(len(worlds)))


def _send(setting: Setting, links: Links, ends: np.ndarray, held: Conditions, run: int) -> tuple[float, float, float]:
    sent = send_all(setting.tree, links, ends, seed=stream(setting.seed, run, CHANCES), conditions=held)
    return sent.share, sent.busiest, sent.mean_hops


def draw_vacant(setting: Setting, run: int, vacancy: float) -> np.ndarray:
    """Return which posts of superiors are empty in a run, a mask; more vacancy empties more of the same posts."""
    tree, state = setting.tree, np.array([mixed(stream(setting.seed, run, POSTS), 0)], np.uint64)
    lots = np.array([uniform(state) for _ in range(tree.count)])
    return np.asarray((lots < vacancy) & (np.diff(tree.first) > 0))


def _set_against(ours: np.ndarray, theirs: np.ndarray | None) -> dict[str, object]:
    keep, _, hops = _means(ours)
    row: dict[str, object] = {
        "delivered_keep": keep, "busiest_keep": float(ours[:, BUSIEST].mean()), "hops_keep": hops,
    }  # fmt: skip
    if theirs is None:
        return row | {"winner": UNAFFORDABLE}
    gaps = ours[:, SHARE] - theirs[:, SHARE]
    gap, error = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
    give_up, busiest, hops = _means(theirs)
    winner = ALIKE if abs(gap) < SURE * error or gap == 0 else KEEP_LINE if gap > 0 else GIVE_UP_LINE
    return row | {
        "delivered_give_up": give_up, "busiest_give_up": busiest, "hops_give_up": hops, "difference": gap,
        "se": error, "winner": winner,
    }  # fmt: skip


def _means(runs: np.ndarray) -> tuple[float, float, float]:
    share, busiest, hops = runs.mean(axis=0).tolist()
    return share, busiest, hops


def _schema() -> pa.Schema:
    kinds = {"retries": pa.int32(), "spread": pa.bool_()}
    figures = [f"{name}_{path}" for path in ("keep", "give_up") for name in ("delivered", "busiest", "hops")]
    reals = ["links_give_up", *figures, "difference", "se"]
    return pa.schema(
        [(axis, kinds.get(axis, pa.float64())) for axis in AXES]
        + [(name, pa.float64()) for name in reals]
        + [("winner", pa.string())]
    )
