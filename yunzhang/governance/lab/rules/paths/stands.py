"""How a government stands between the four modes, what a change costs, and what messages come to in it.

A stand is how well the line works and how many links there are: loose (weak line, none), authority (strong line, none),
cooperative (weak line, links), collaborative (both). All stands of a run share one tree, one order in which links are
added and the same messages, so that differences are of the stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from yunzhang.base.chance import mixed
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.links import Links, draw_links, make_links
from yunzhang.governance.lab.rules.sending import Conditions, draw_messages, send_all

DELIVERED, BUSIEST, HOPS, TRIES, WITHOUT_TOP = range(5)
WORLD, ENDS, CHANCES, POSTS = range(4)  # streams of one run


@dataclass(frozen=True, slots=True, order=True)
class Stand:
    """`line`: the chance 0..1 that a hop between a unit and its superior works; `links`: links per unit, 0 or more."""

    line: float
    links: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What changing and keeping costs, in building costs of one link; each an academic assumption, stated as data.

    `line`: of changing one unit's line from 0 to 1 or back; `link_upkeep`, `line_upkeep`: of one link, and of one
    unit's line at full strength, a year; `years`: how long the upkeep is counted.
    """

    link: float = 1.0
    line: float = 1.0
    link_upkeep: float = 0.1
    line_upkeep: float = 0.0
    years: float = 5.0

    def build(self, tree: Backbone, before: Stand, after: Stand) -> float:
        """What going from one stand to another costs once."""
        links = self.link * tree.count * abs(after.links - before.links)
        return links + self.line * edges_of(tree) * abs(after.line - before.line)

    def keep(self, tree: Backbone, stand: Stand, years: float) -> float:
        """What a stand costs in so many years."""
        a_year = self.link_upkeep * tree.count * stand.links + self.line_upkeep * edges_of(tree) * stand.line
        return a_year * years

    def equal_links(self, tree: Backbone, links: float, given_up: float) -> float:
        """Links per unit that who gives up so much of the line can pay with what `links` per unit cost who keeps it.

        Over the years, upkeep included; below 0 where not even the giving up is paid for.
        """
        freed = (self.line_upkeep * self.years - self.line) * given_up * edges_of(tree) / tree.count
        return links + freed / (self.link + self.link_upkeep * self.years)


@dataclass(frozen=True, slots=True)
class Setting:
    """In which world stands are tried. `lam`, `zeta`: law of links; `xi`: of demand; `across`: a hop along a link."""

    tree: Backbone
    xi: float = inf
    lam: float = 0.5
    zeta: float = 0.5
    across: float = 0.95
    retries: int = 0
    spread: bool = False
    messages: int = 2000
    runs: int = 10
    seed: int = 1


def stands_of(modes: Mapping[str, Any]) -> dict[str, Stand]:
    """Return the stands of the four modes from `strong_line`, `weak_line`, `links`."""
    strong, weak, links = modes["strong_line"], modes["weak_line"], modes["links"]
    return {
        "loose": Stand(weak, 0.0),
        "authority": Stand(strong, 0.0),
        "cooperative": Stand(weak, links),
        "collaborative": Stand(strong, links),
    }


def edges_of(tree: Backbone) -> int:
    """Return how many units have a superior."""
    return int((tree.parent >= 0).sum())


def stream(seed: int, run: int, which: int) -> int:
    """Return the seed of one stream of a run: of its links, the ends of messages, what happens to them, empty posts."""
    return int(mixed(seed, run * 16 + which)) >> 1


def draw_wiring(setting: Setting, run: int, wanted: Sequence[float]) -> dict[float, Links]:
    """Return the links of a run for each number of links per unit; fewer are always the first of more."""
    tree, counts = setting.tree, {links: round(links * setting.tree.count) for links in set(wanted)}
    pairs = draw_links(
        tree, lam=setting.lam, zeta=setting.zeta, count=max(counts.values()), seed=stream(setting.seed, run, WORLD)
    )
    return {links: make_links(tree, pairs[:count]) for links, count in counts.items()}


def try_stands(stands: Sequence[Stand], setting: Setting, tell: Callable[[int, int], None] | None = None) -> np.ndarray:
    """Return [stand, run, DELIVERED | BUSIEST | HOPS | TRIES | WITHOUT_TOP].

    The share of messages delivered, the largest share that one unit passes on, hops of a delivered message, attempts a
    message, and the share delivered while the posts at the top are empty. `tell` gets runs done and to do.
    """
    found = np.zeros((len(stands), setting.runs, 5))
    demand = prepare_demand(setting.tree, xi=setting.xi)
    top = setting.tree.parent < 0
    for run in range(setting.runs):
        wiring = draw_wiring(setting, run, [stand.links for stand in stands])
        messages = draw_messages(demand, count=setting.messages, seed=stream(setting.seed, run, ENDS))

        def go(place: int, run: int = run, wiring: dict[float, Links] = wiring, sent: np.ndarray = messages) -> None:
            links, seed = wiring[stands[place].links], stream(setting.seed, run, CHANCES)
            plain, headless = (
                send_all(setting.tree, links, sent, seed=seed, conditions=_conditions(setting, stands[place], vacant))
                for vacant in (None, top)
            )
            found[place, run] = (
                plain.share, plain.busiest, plain.mean_hops, plain.tries / max(plain.sent, 1), headless.share,
            )  # fmt: skip

        side_by_side(go, range(len(stands)))
        if tell is not None:
            tell(run + 1, setting.runs)
    return found


def _conditions(setting: Setting, stand: Stand, vacant: np.ndarray | None) -> Conditions:
    return Conditions(stand.line, setting.across, vacant, setting.retries, setting.spread)
