"""Where the engine and the observatory place a stand on the plane of modes: its matters run, V and H measured.

Units of one parent deal with each other by hand along the line, linked ones straight. Who answers whom how readily is
planted, as in science.md §2.5: those nobody ties together seldom, those who have a link mostly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.composing import Ask, Composed, compose, list_asks
from yunzhang.governance.lab.rules.engine import Setting, Stage, run
from yunzhang.governance.lab.rules.engine.parts import ACROSS, wire
from yunzhang.governance.lab.rules.links import Links
from yunzhang.governance.lab.rules.measured import make_gauge, read_gauge
from yunzhang.governance.lab.rules.paths.stands import Setting as World
from yunzhang.governance.lab.rules.paths.stands import Stand, draw_wiring
from yunzhang.governance.lab.terms import ANY_LEVEL, Behaviour, Pace
from yunzhang.governance.observatory.rules.tree import read_tree

DAYS, RATE = 360, 0.5  # a year, about six matters a flow
LINES = ("territorial directive", "territorial report")


@dataclass(frozen=True, slots=True)
class Answers:
    """How readily matters across are answered, 0..1: between units without a link, and between linked ones."""

    apart: float = 0.35
    linked: float = 0.88


@dataclass(slots=True)
class Placing:
    """Places stands of one world on the plane; `found` keeps V and H of every run, [run, V | H], for the clouds."""

    world: World
    answers: Answers = field(default_factory=Answers)
    days: int = DAYS
    found: dict[Stand, np.ndarray] = field(default_factory=dict)

    def __call__(self, stand: Stand) -> tuple[float, float]:
        """Return V and H of a stand, 0..1, the means over the runs of its world."""
        if stand not in self.found:
            self.found[stand] = place_stand(stand, self.world, self.answers, self.days)
        v, h = self.found[stand].mean(axis=0).tolist()
        return v, h


def table_of(tree: Backbone) -> pa.Table:
    """Return the unit table of a tree of governments whose ids stand in the order of its numbers."""
    ids = [f"u{unit:07d}" for unit in range(tree.count)]
    columns = dict.fromkeys(("id", "jurisdiction", "name"), ids)
    columns["parent"] = ["" if above < 0 else ids[above] for above in tree.parent.tolist()]
    columns |= {"guided_by": [""] * tree.count, "kind": ["government"] * tree.count}
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def place_stand(stand: Stand, world: World, answers: Answers, days: int = DAYS) -> np.ndarray:
    """Return V and H of each run of a stand in its world, [run, V | H], 0..1."""
    table, found = table_of(world.tree), np.zeros((world.runs, 2))
    asks = list(list_asks(read_tree(table), partners=3))

    def go(number: int) -> None:
        links = draw_wiring(world, number, [stand.links])[stand.links]
        made = _compose(table, asks, _pairs(world.tree, links), stand, answers)
        wiring = wire(made.backbone, links.start, links.to)
        stage = Stage(0, wiring, made.flows, made.units)
        outcome = run(Setting(made.backbone, (stage,), days, retries=world.retries), seed=world.seed, number=number)
        due, met = outcome.tally.sum(axis=0).T
        values = read_gauge(make_gauge(made), due, met, parts=("region",))
        found[number] = values["V"][0], values["H"][0]

    side_by_side(go, range(world.runs))
    return found


def _compose(
    table: pa.Table, asks: list[Ask], linked: set[tuple[int, int]], stand: Stand, answers: Answers
) -> Composed:
    tied = [Ask("region", a, b) for a, b in sorted(linked)]
    apart = [ask for ask in asks if ask.relation != "region" or (ask.creditor, ask.debtor) not in linked]
    paces = {(name, ANY_LEVEL): Pace(RATE, stand.line) for name in LINES} | {("region", ANY_LEVEL): Pace(RATE, 1.0)}
    made = compose(table, Behaviour(paces, hop=stand.line, aside=1.0, by_hand=True), [*apart, *tied])
    across = made.flows.role == ACROSS
    is_tied = np.array([pair in linked for pair in zip(made.flows.creditor, made.flows.debtor, strict=True)])
    chance = np.where(across, np.where(is_tied, answers.linked, answers.apart), made.flows.chance)
    routed = across.astype(np.uint8)
    made.flows.chance[:], made.flows.routed[:] = chance, routed
    return made


def _pairs(tree: Backbone, links: Links) -> set[tuple[int, int]]:
    # both directions of each link across; one that skips a level of the line carries messages, but is no tie across
    owner = np.repeat(np.arange(tree.count), np.diff(links.start))
    low, high = np.minimum(owner, links.to), np.maximum(owner, links.to)
    beside = high >= tree.end[low]
    return set(zip(owner[beside].tolist(), links.to[beside].tolist(), strict=True))
