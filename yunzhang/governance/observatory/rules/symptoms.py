"""The five symptoms of fragmented governance and two of the study's risks as figures of the log, for every sub-tree.

Each figure is a share with its counts, so that its range can be told; what the log cannot show is None, never 0.
The five are the study's own words (《电子政务》 2023): 业务规划不精准、地区发展不平衡、事项标准不统一、数据资源难共享、
政企合作不到位; the formulas are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree, sums_below

ODD = 0.5  # a time limit that departs from the kind's usual one by more than half of it
DRAWS = 200
type_counts = tuple[np.ndarray, np.ndarray]  # [node] how many, of how many; of the node's whole sub-tree


@dataclass(frozen=True, slots=True)
class Spread:
    """How far sister governments lie apart: the weighted mean distance of their shares met from the joint share.

    `chance` is what chance alone would give, 95 of 100 times at most, if all were alike. Range 0..1.
    """

    distance: float
    chance: float
    places: int
    met: float
    asked: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Units below a node with two superiors; asked by two or more superiors; asked by one that is neither of its own;
    with a programme asked by two or more; each of how many."""

    two_lines: type_counts
    two_askers: type_counts
    strange: type_counts
    same_programme: type_counts | None


def _whole(tree: Tree, home: np.ndarray, *flags: np.ndarray) -> list[np.ndarray]:
    own = np.stack([np.bincount(home[flag], minlength=tree.count) for flag in flags]).astype(np.float64)
    return list(own + sums_below(own, tree.parent))


def count_replanned(tree: Tree, threads: Threads, charged: Charged) -> type_counts:
    """Return how many directives and requests were extended or withdrawn, of all that fell due or were withdrawn.

    业务规划不精准: what was planned did not hold. Reports are left out.
    """
    kinds = np.array([kind != "report" for kind in threads.kinds] or [False])
    chosen = (threads.counts | threads.gone) & kinds[threads.kind] if len(threads.kind) else threads.counts
    changed = threads.withdrawn | threads.gone
    if threads.extended is not None:
        changed = changed | threads.extended
    upper, lower = _whole(tree, homes(tree, threads, charged), chosen & changed, chosen)
    return upper, lower


def count_odd_limits(
    tree: Tree, threads: Threads, charged: Charged, days: np.ndarray, group: np.ndarray
) -> type_counts:
    """Return how many matters had a time limit more than half off the usual one of their group, of all with a limit.

    事项标准不统一. `days` is each thread's limit (NaN unknown), `group` a code of its kind and programme; the usual
    limit is the median of the whole log.
    """
    chosen = threads.counts & np.isfinite(days) & (days > 0)
    usual = np.full(int(group.max()) + 1 if len(group) else 0, np.nan)
    order = np.flatnonzero(chosen)[np.argsort(group[chosen], kind="stable")]
    codes, starts = np.unique(group[order], return_index=True)
    for code, first, last in zip(codes, starts, [*starts[1:], len(order)], strict=False):
        usual[code] = np.median(days[order[first:last]])
    odd = np.zeros(len(days), np.bool_)
    odd[chosen] = np.abs(days[chosen] / usual[group[chosen]] - 1.0) > ODD
    upper, lower = _whole(tree, homes(tree, threads, charged), odd, chosen)
    return upper, lower


def homes(tree: Tree, threads: Threads, charged: Charged) -> np.ndarray:
    """Return for each thread its debtor where that stands in the tree, else the unit inside that deals with it."""
    return np.where(threads.debtor < tree.count, threads.debtor, charged.placed.a)


def spread_of(met: np.ndarray, asked: np.ndarray, *, seed: int) -> Spread | None:
    """Return how uneven sister governments are (地区发展不平衡); None where fewer than two were asked anything."""
    there = asked > 0
    met, asked = met[there], asked[there]
    if len(asked) < 2:
        return None
    rng = np.random.default_rng(seed)
    joint = met.sum() / asked.sum()
    drawn = rng.binomial(asked.astype(np.int64), joint, (DRAWS, len(asked)))
    chance = float(np.quantile(_distance(drawn, asked), 0.95))
    distance = float(_distance(met[None, :], asked)[0])
    return Spread(distance, chance, len(asked), float(met.sum()), float(asked.sum()))


def _distance(met: np.ndarray, asked: np.ndarray) -> np.ndarray:
    joint = met.sum(axis=1, keepdims=True) / asked.sum()
    return np.asarray((asked * np.abs(met / asked - joint)).sum(axis=1) / asked.sum())


def count_sub_trees(tree: Tree, charged: Charged) -> type_counts:
    """Return met and asked of all that was asked of the units of each sub-tree, its own edges among them."""
    met, asked = (sum(getattr(line, name).sum(axis=0) for line in charged.lines) for name in ("s", "asked"))
    own = np.stack([met, asked])
    upper, lower = own + sums_below(own, tree.parent)
    return upper, lower


def count_overlap(tree: Tree, threads: Threads, charged: Charged, programme: np.ndarray | None) -> Overlap:
    """Return overlapping bodies: units below each node with two superiors, with several askers, with strange askers.

    `programme` is a code by thread (-1 none), or None where the log has no programmes.
    """
    mine = charged.owed_up & threads.counts
    debtor, creditor = threads.debtor[mine], threads.creditor[mine]
    askers = np.unique(debtor * np.int64(len(tree.ids)) + creditor) // np.int64(len(tree.ids))
    asked = np.bincount(askers, minlength=tree.count)
    is_strange = (creditor != tree.above[debtor]) & (creditor != tree.guide[debtor])
    strange = np.bincount(debtor[is_strange], minlength=tree.count) > 0
    led = tree.above >= 0
    rows = np.stack([led & (tree.guide >= 0), led, asked > 1, asked > 0, strange]).astype(np.float64)
    both, every, several, some, odd = sums_below(rows, tree.parent)
    same = None if programme is None else _same_programme(tree, debtor, creditor, programme[mine])
    return Overlap((both, every), (several, some), (odd, some), same)


def _same_programme(tree: Tree, debtor: np.ndarray, creditor: np.ndarray, programme: np.ndarray) -> type_counts:
    named = programme >= 0
    width = np.int64(len(tree.ids))
    key = (programme[named] * np.int64(tree.count) + debtor[named]) * width + creditor[named]
    pairs, counts = np.unique(np.unique(key) // width, return_counts=True)
    unit = pairs % tree.count
    own = np.stack([np.bincount(unit[counts > 1], minlength=tree.count), np.bincount(unit, minlength=tree.count)])
    upper, lower = sums_below(own.astype(np.float64), tree.parent)
    return upper, lower
