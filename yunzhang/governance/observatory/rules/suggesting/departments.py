"""One responsible leader over these departments: communities of unmet demand among the departments of one place.

Louvain (Blondel et al. 2008, networkx) over many seeds and bootstraps of threads, joined by consensus (Lancichinetti &
Fortunato 2012); a group stands only where unmet demand inside it exceeds what any group would show were the same demand
spread by chance over all pairs of departments, where every member's demand lies mostly inside it (Radicchi et al.
2004), and where it stays together from run to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.horizontal import DEPARTMENT, Blocks, Pairs
from yunzhang.governance.observatory.rules.suggesting.between import mend_blocks
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree
from yunzhang.governance.observatory.terms import PARTS, Advice

RUNS = 40
NULLS = 40  # a group must stand out from every one of them: at most one false alarm in 41
STAYS = 0.6  # least share of runs in which a group is found whole
TOGETHER = 0.5  # two departments belong together where most runs say so
LEAST_UNMET = 5
MOST_MEMBERS = 7
type_groups = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What departments asked of each other: one row a pair; members, all that might be led, numbered from 0."""

    members: np.ndarray  # node of each member
    a: np.ndarray
    b: np.ndarray
    met: np.ndarray
    asked: np.ndarray
    n: np.ndarray

    @property
    def unmet(self) -> np.ndarray:
        """Matters asked or needed and not met in time."""
        return np.asarray(self.n - self.met)


def leader_options(
    scene: Scene,
    pairs: Pairs,
    blocks: Blocks,
    *,
    managed: np.ndarray,
    sectors: Sequence[frozenset[int]],
    seed: int,
) -> list[Option]:
    """Return groups of departments directly below the root that one leader might be made responsible for.

    `managed` bodies 垂管 never enter; a pair that one sector already holds is left out: it has its leader.
    """
    demand = read_demand(scene.tree, pairs, scene.root, managed=managed, sectors=sectors)
    return [
        _option(scene, blocks, demand, group, stays)
        for group, stays in find_groups(demand, seed=seed)
        if stays >= STAYS
    ]


def read_demand(
    tree: Tree, pairs: Pairs, root: int, *, managed: np.ndarray, sectors: Sequence[frozenset[int]]
) -> Demand:
    """Return the demand among the departments of one place that no leader answers for as a whole."""
    able = (tree.kind[: tree.count] != GOVERNMENT) & (tree.parent == root) & ~managed
    other = np.maximum(pairs.b, 0)
    chosen = (pairs.part == DEPARTMENT) & (pairs.b >= 0) & able[pairs.a] & able[other]
    held = [any(x in sector and y in sector for sector in sectors) for x, y in zip(pairs.a, other, strict=True)]
    rows = np.flatnonzero(chosen & ~np.array(held, np.bool_))
    members = np.flatnonzero(able)
    ends = np.searchsorted(members, np.stack([pairs.a[rows], pairs.b[rows]]))
    return Demand(members, ends[0], ends[1], pairs.met[rows], pairs.asked[rows], pairs.n[rows])


def find_groups(demand: Demand, *, seed: int) -> list[tuple[frozenset[int], float]]:
    """Return groups of members by number, each with the share of runs in which it stays together."""
    if demand.unmet.sum() < LEAST_UNMET or len(demand.members) < 2:
        return []
    rng = np.random.default_rng(seed)
    found = [group for group in _communities(demand, demand.unmet, 0) if _inside(demand, group, demand.unmet) > 0]
    hurdle = _hurdle(demand, rng, max((_excess(demand, group, demand.unmet) for group in found), default=0.0))
    if hurdle is None:
        return []
    runs = [_communities(demand, _resampled(demand, rng), turn + 1) for turn in range(RUNS)]
    groups = [_core(demand, group) for group in _consensus(len(demand.members), runs)]
    real = [
        group
        for group in groups
        if len(group) > 1
        and _inside(demand, group, demand.unmet) >= LEAST_UNMET
        and _excess(demand, group, demand.unmet) > hurdle
    ]
    return [(group, _stays(group, runs)) for group in real]


def _communities(demand: Demand, weight: np.ndarray, seed: int) -> type_groups:
    import networkx as nx  # only here: loading it costs a quarter of a second

    graph = nx.Graph()
    graph.add_nodes_from(range(len(demand.members)))
    for a, b, w in zip(demand.a.tolist(), demand.b.tolist(), weight.tolist(), strict=True):
        if w > 0:
            graph.add_edge(a, b, weight=w)
    if not graph.number_of_edges():
        return []
    return [frozenset(group) for group in nx.community.louvain_communities(graph, weight="weight", seed=seed)]


def _within(demand: Demand, group: Iterable[int]) -> np.ndarray:
    chosen = np.zeros(len(demand.members), np.bool_)
    chosen[list(group)] = True
    return np.asarray(chosen[demand.a] & chosen[demand.b])


def _inside(demand: Demand, group: Iterable[int], weight: np.ndarray) -> float:
    return float(weight[_within(demand, group)].sum())


def _degrees(demand: Demand, weight: np.ndarray) -> np.ndarray:
    size = len(demand.members)
    return np.asarray(np.bincount(demand.a, weight, size) + np.bincount(demand.b, weight, size))


def _excess(demand: Demand, group: frozenset[int], weight: np.ndarray) -> float:
    """Standardised excess of the weight inside a group over what chance alone would put there."""
    size, members = len(group), len(demand.members)
    expected = float(weight.sum()) * size * (size - 1) / (members * (members - 1))
    return (_inside(demand, group, weight) - expected) / float(np.sqrt(max(expected, 1e-9)))


def _hurdle(demand: Demand, rng: np.random.Generator, best: float) -> float | None:
    """Return the largest excess that chance alone gave in any null draw; None once one reaches the observed best."""
    total = round(float(demand.unmet.sum()))
    a, b = np.triu_indices(len(demand.members), 1)
    hurdle = 0.0
    for turn in range(NULLS):
        moved = rng.multinomial(total, np.full(len(a), 1 / len(a))).astype(np.float64)
        null = Demand(demand.members, a, b, np.zeros(len(a)), moved, moved)
        groups = _communities(null, moved, turn)
        hurdle = max([hurdle, *(_excess(null, group, moved) for group in groups if len(group) > 1)])
        if hurdle >= best:
            return None
    return hurdle


def _resampled(demand: Demand, rng: np.random.Generator) -> np.ndarray:
    """Unmet demand of one bootstrap over threads; what the need table expects beyond what was asked stays."""
    total = round(float(demand.asked.sum()))
    if total == 0:
        return demand.unmet
    asked = rng.multinomial(total, demand.asked / demand.asked.sum())
    with np.errstate(invalid="ignore"):
        rate = np.where(demand.asked > 0, demand.met / np.maximum(demand.asked, 1.0), 0.0)
    met = rng.binomial(asked, np.clip(rate, 0.0, 1.0))
    claimed = np.where(demand.n > demand.asked, demand.n, 0.0)
    return np.asarray(np.maximum(asked, claimed) - met)


def _consensus(size: int, runs: Sequence[type_groups]) -> type_groups:
    """Groups of members whom most runs put together, joined through each other."""
    often = np.zeros((size, size))
    for groups in runs:
        for whole in groups:
            members = list(whole)
            often[np.ix_(members, members)] += 1.0 / len(runs)
    left, found = set(range(size)), []
    while left:
        waiting = [min(left)]
        joined: set[int] = set()
        while waiting:
            member = waiting.pop()
            if member in left:
                left.remove(member)
                joined.add(member)
                waiting += [int(other) for other in np.flatnonzero(often[member] > TOGETHER) if int(other) in left]
        found.append(frozenset(joined))
    return found


def _core(demand: Demand, group: frozenset[int]) -> frozenset[int]:
    """The members whose unmet demand lies mostly among each other, nobody far less than the others; at most seven."""
    members, total = set(group), _degrees(demand, demand.unmet)
    while members:
        inside = _degrees(demand, np.where(_within(demand, members), demand.unmet, 0.0))
        least = min(members, key=lambda member: (inside[member] / max(total[member], 1e-9), inside[member], member))
        if 2 * inside[least] >= max(total[least], 1e-9) and len(members) <= MOST_MEMBERS:
            least = min(members, key=lambda member: (inside[member], member))
            if 2 * inside[least] * len(members) >= inside.sum():
                break
        members.remove(least)
    return frozenset(members)


def _stays(group: frozenset[int], runs: Sequence[type_groups]) -> float:
    return sum(any(group <= found for found in groups) for groups in runs) / len(runs)


def _option(scene: Scene, blocks: Blocks, demand: Demand, group: frozenset[int], stays: float) -> Option:
    within = _within(demand, group)
    unmet = _degrees(demand, np.where(within, demand.unmet, 0.0))
    nodes = tuple(sorted(int(demand.members[member]) for member in group))
    owed = {int(demand.members[member]): float(unmet[member]) for member in group}
    return Option(
        advice=Advice.LEADER,
        figure="H",
        line=PARTS[DEPARTMENT],
        nodes=nodes,
        mends=mend_blocks(scene, blocks, DEPARTMENT, owed),
        met=float(demand.met[within].sum()),
        due=float(demand.n[within].sum()),
        debtors=nodes,
        creditors=nodes,
        relations=(PARTS[DEPARTMENT],),
        stability=stays,
        details={"asked": float(demand.asked[within].sum())},
    )
