"""From a unit table and a behaviour to what the engine runs: one flow for each edge, pair of sisters, and client.

Flows stand in the order of their debtors, relation by relation, so that the same table gives the same run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.backbone import Backbone, make_backbone
from yunzhang.governance.lab.rules.engine.parts import ACROSS, DIRECTIVE, REPORT, Flows, Units, make_flows, make_units
from yunzhang.governance.lab.terms import RELATIONS, Behaviour, Pace
from yunzhang.governance.observatory.rules.tree import FIRST_OUTSIDE, GOVERNMENT, VIRTUAL, Tree, read_tree
from yunzhang.governance.observatory.terms import UNIT_KINDS

MONTH = 30  # days of a window
ROLE = {name: REPORT if name.endswith("report") else DIRECTIVE if " " in name else ACROSS for name in RELATIONS}
OUTSIDE = {"enterprise": "market", "citizen": "society", "organisation": "society", "external": "region"}
SHARE = 3  # a client from outside deals with one government in three, as planted logs have it


@dataclass(frozen=True, slots=True)
class Composed:
    """What the engine runs, and how its flows read: `relation` (an index of RELATIONS) and `level` of the debtor.

    Units beyond the backbone are outsiders.
    """

    table: pa.Table
    tree: Tree
    backbone: Backbone
    flows: Flows
    units: Units
    relation: np.ndarray
    level: np.ndarray
    behaviour: Behaviour

    @property
    def ids(self) -> list[str]:
        """Ids of units, then of outsiders, by their numbers."""
        return self.tree.ids


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks whom, and as what; `rate` a month and `chance` of its own, None: as the behaviour has them."""

    relation: str
    creditor: int
    debtor: int
    rate: float | None = None
    chance: float | None = None


def compose(units: pa.Table, behaviour: Behaviour, asks: Iterable[Ask] | None = None) -> Composed:
    """Return the engine's arrays for a unit table (design §5).

    `asks` stand for the flows of the kinds of matters and levels they name; the structure gives the others.
    Raises BadTable naming the first bad row, ValueError where an outsider would owe a matter.
    """
    tree = read_tree(units)
    found = _fill(tree, list(list_asks(tree, behaviour.partners)), list(asks or ()))
    found = [ask for ask in found if behaviour.pace(ask.relation, int(tree.depth[ask.debtor])) is not None]
    found.sort(key=lambda ask: ask.debtor)  # the engine walks through flows and units side by side
    relation = np.array([RELATIONS.index(ask.relation) for ask in found], np.int8)
    debtor = np.array([ask.debtor for ask in found], np.int32)
    level = tree.depth[np.minimum(debtor, tree.count - 1)].astype(np.int16) if found else np.zeros(0, np.int16)
    backbone = make_backbone(tree.parent.astype(np.int32), tuple(tree.ids[: tree.count]))
    paces = [behaviour.pace(ask.relation, int(at)) for ask, at in zip(found, level, strict=True)]
    flows = _flows(found, [_own(ask, pace) for ask, pace in zip(found, paces, strict=True) if pace is not None])
    return Composed(units, tree, backbone, flows, units_of(tree, behaviour), relation, level, behaviour)


def _own(ask: Ask, pace: Pace) -> Pace:
    rate, chance = (pace.rate if ask.rate is None else ask.rate), (pace.chance if ask.chance is None else ask.chance)
    return Pace(rate, chance, pace.term)


def _fill(tree: Tree, structure: list[Ask], asks: list[Ask]) -> list[Ask]:
    if any(ask.debtor >= tree.count for ask in asks):
        raise ValueError("an outsider has no desk: turn its matter round")
    named = {(ask.relation, int(tree.depth[ask.debtor])) for ask in asks}
    return asks + [ask for ask in structure if (ask.relation, int(tree.depth[ask.debtor])) not in named]


def units_of(tree: Tree, behaviour: Behaviour) -> Units:
    """Return what each unit can do; the virtual unit over several roots passes nothing on."""
    given = {"capacity": min(behaviour.capacity, 1e9), "low": behaviour.attention, "rho": behaviour.refresh}
    given |= {"keep": kept(behaviour.halves_in), "hop": behaviour.hop, "aside": behaviour.aside}
    made = make_units(tree.count, relay=behaviour.relay, **given)
    made.hop[tree.kind[: tree.count] == VIRTUAL] = 0.0
    return made


def kept(halves_in: float) -> float:
    """Return what is left after a day of what halves in so many days.

    >>> kept(1), kept(float("inf"))
    (0.5, 1.0)
    """
    return float(2.0 ** (-1.0 / halves_in)) if halves_in > 0 else 0.0


def _flows(asks: list[Ask], paces: list[Pace]) -> Flows:
    role = np.array([ROLE[ask.relation] for ask in asks], np.int8)
    ends = np.array([[ask.creditor, ask.debtor] for ask in asks], np.int32).reshape(-1, 2).T
    rate = np.array([pace.rate / MONTH for pace in paces])
    chance = np.array([pace.chance for pace in paces])
    return make_flows(role, ends[0], ends[1], rate=rate, chance=chance, term=np.array([pace.term for pace in paces]))


def list_asks(tree: Tree, partners: int) -> Iterator[Ask]:
    """Yield every flow the structure gives: down and back up each edge, between sisters, and with outsiders."""
    yield from _vertical(tree)
    yield from _sisters(tree, partners)
    yield from _clients(tree)


def _vertical(tree: Tree) -> Iterator[Ask]:
    for line, upper in (("territorial", tree.above), ("functional", tree.guide)):
        for unit in range(tree.count):
            above = int(upper[unit])
            if above >= 0:
                yield Ask(f"{line} directive", above, unit)
                if tree.reports[unit]:
                    yield Ask(f"{line} report", above, unit)


def _sisters(tree: Tree, partners: int) -> Iterator[Ask]:
    groups: dict[tuple[int, bool], list[int]] = {}
    for unit in range(tree.count):
        if tree.parent[unit] >= 0:
            groups.setdefault((int(tree.parent[unit]), bool(tree.kind[unit] == GOVERNMENT)), []).append(unit)
    for (_, governments), group in groups.items():
        relation = "region" if governments else "department"
        for one, other in pairs_round(group, partners):
            yield Ask(relation, one, other)
            yield Ask(relation, other, one)


def pairs_round(group: list[int], partners: int) -> Iterator[tuple[int, int]]:
    """Yield each pair of a round table once: each with the next `partners` ones, or all with all (0).

    >>> list(pairs_round([1, 2, 3], 0)), len(list(pairs_round(list(range(10)), 2)))
    ([(1, 2), (1, 3), (2, 3)], 20)
    """
    size = len(group)
    if partners and partners * 2 < size - 1:
        for turn, one in enumerate(group):
            for step in range(1, partners + 1):
                yield one, group[(turn + step) % size]
        return
    for turn, one in enumerate(group):
        for other in group[turn + 1 :]:
            yield one, other


def _clients(tree: Tree) -> Iterator[Ask]:
    # outsiders stand behind the units; each deals with every third government, another third for the next one
    governments = [unit for unit in range(tree.count) if tree.kind[unit] == GOVERNMENT]
    step = SHARE if len(governments) > SHARE else 1
    for turn, outsider in enumerate(range(tree.count, len(tree.ids))):
        kind = UNIT_KINDS[int(tree.kind[outsider])]
        if int(tree.kind[outsider]) < FIRST_OUTSIDE:
            continue
        mine = governments if kind == "external" else governments[turn % step :: step]
        for unit in mine:
            yield Ask(OUTSIDE[kind], outsider, unit)
