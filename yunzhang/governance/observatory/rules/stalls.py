"""Where directives stall: level curves of each line, how far a command gets, and how split chains survive.

Counts come by unit and level below it, for all units at once; ranges are Wilson's, or Greenwood's for chains.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import REPORT

Z = 1.6449  # of a 90 % range
LEVELS = 12  # deeper levels are left out of the curves; V counts them all
COUNTED = ("edges", "reached", "answered", "asked", "met")


@dataclass(frozen=True, slots=True)
class Levels:
    """[count, class of kind, node, level - 1] of one line: COUNTED of the edges inside each node's sub-tree."""

    counts: np.ndarray


@dataclass(frozen=True, slots=True)
class Reach:
    """[node, links - 1] of one line: units that many links below, those whose every link was asked something, and the
    sum of their chances to be reached (0 where a link was asked nothing)."""

    units: np.ndarray
    linked: np.ndarray
    chances: np.ndarray


@dataclass(frozen=True, slots=True)
class Chains:
    """[node, step - 1]: parts of split directives whose links above were all met, and how many of them were met."""

    at_risk: np.ndarray
    met: np.ndarray


def count_levels(tree: Tree, line: Line) -> Levels:
    """Return how many edges each level below each unit has; asked, met threads; units asked, units that answered."""
    own = np.zeros((len(COUNTED), 2, tree.count))
    own[0, 0], own[0, 1] = 1.0, line.reports
    own[1], own[2] = line.asked > 0, line.s > 0
    own[3], own[4] = line.asked, line.s
    counts = np.zeros((len(COUNTED), 2, tree.count, _levels(tree)))
    _add_levels(tree.parent, tree.end, line.up, own, counts)
    return Levels(counts)


def _levels(tree: Tree) -> int:
    return max(1, min(LEVELS, int(tree.depth.max())))


@compiled
def _add_levels(parent: np.ndarray, end: np.ndarray, up: np.ndarray, own: np.ndarray, counts: np.ndarray) -> None:
    levels = counts.shape[3]
    for x in range(len(parent)):
        if up[x] < 0:
            continue
        root, level = parent[x], 0
        while root >= 0 and level < levels:
            if root <= up[x] < end[root]:
                for what in range(own.shape[0]):
                    for kind in range(2):
                        counts[what, kind, root, level] += own[what, kind, x]
            root, level = parent[root], level + 1


def count_groups(tree: Tree, threads: Threads, charged: Charged, group: np.ndarray, groups: int) -> np.ndarray:
    """Return [asked | met, group, node, level - 1] of the threads on both lines, by a code of each thread (-1 none)."""
    mine = np.flatnonzero(charged.owed_up & threads.counts & (group >= 0))
    counts = np.zeros((2, groups, tree.count, _levels(tree)))
    lines = np.stack([line.up for line in charged.lines])
    up = lines[charged.placed.relation[mine], threads.debtor[mine]]
    _add_groups(tree.parent, tree.end, threads.debtor[mine], up, group[mine], threads.met[mine], counts)
    return counts


@compiled
def _add_groups(
    parent: np.ndarray,
    end: np.ndarray,
    debtor: np.ndarray,
    up: np.ndarray,
    group: np.ndarray,
    met: np.ndarray,
    counts: np.ndarray,
) -> None:
    for k in range(len(debtor)):
        root, level = parent[debtor[k]], 0
        while root >= 0 and level < counts.shape[3]:
            if root <= up[k] < end[root]:
                counts[0, group[k], root, level] += 1.0
                counts[1, group[k], root, level] += met[k]
            root, level = parent[root], level + 1


def measure_reach(tree: Tree, line: Line) -> Reach:
    """Return how far a command from each unit gets along a line: a unit's chance is the product of the raw shares of
    directives met on its path inside the sub-tree; an edge that was asked nothing passes nothing."""
    rates = line.s[0] / line.n[0] if line.directives else np.zeros(tree.count)
    shape = (tree.count, _levels(tree))
    found = Reach(*(np.zeros(shape) for _ in range(3)))
    if line.counted:
        _add_reach(tree.parent, tree.end, line.up, rates, line.asked[0] > 0, found.units, found.linked, found.chances)
    return found


@compiled
def _add_reach(
    parent: np.ndarray,
    end: np.ndarray,
    up: np.ndarray,
    rates: np.ndarray,
    asked: np.ndarray,
    units: np.ndarray,
    linked: np.ndarray,
    chances: np.ndarray,
) -> None:
    for x in range(len(parent)):
        node, links, chance, whole = x, 0, 1.0, True
        root = parent[x]
        while root >= 0:  # the path inside a higher sub-tree goes on where the lower one's ended
            while root <= up[node] < end[root]:
                chance *= rates[node]
                whole = whole and asked[node]
                links += 1
                node = up[node]
            if links > units.shape[1]:
                break
            if links > 0:
                units[root, links - 1] += 1.0
                linked[root, links - 1] += whole
                chances[root, links - 1] += chance
            root = parent[root]


def link_chains(tree: Tree, threads: Threads, loop: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Return for each thread the thread it was split from, -1 for none.

    `loop` and `parent` are codes of the threads' loops and of the loops these were split from (-1 none). Of several
    threads of a parent loop it is the one that the asker owed, else the first.
    """
    found = np.full(len(loop), -1, np.int64)
    size = np.int64(len(tree.ids) + 1)
    keys = loop * size + threads.debtor + 1
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    split = np.flatnonzero(parent >= 0)
    if not len(split):
        return found
    for debtor, same in ((0, size), (threads.creditor[split] + 1, np.int64(1))):
        wanted = parent[split] * size + debtor
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[at] // same == wanted // same
        found[split[hit]] = order[at[hit]]
    return found


def count_chains(tree: Tree, threads: Threads, charged: Charged, above: np.ndarray) -> Chains:
    """Return for each unit, by step, the parts of directives that began one level below it and were split on.

    Reports go up and are left out. A part is at risk where every link above it inside the sub-tree was met; links in
    one branch are correlated.
    """
    shape = (tree.count, _levels(tree))
    at_risk, met = np.zeros(shape), np.zeros(shape)
    is_report = np.array([kind == REPORT for kind in threads.kinds] or [False])
    chosen = charged.owed_up & threads.counts & ~is_report[threads.kind]
    _add_chains(
        tree.parent, tree.end, tree.depth, threads.debtor, charged.placed.home, above, chosen, threads.met, at_risk, met
    )
    return Chains(at_risk, met)


@compiled
def _add_chains(
    parent: np.ndarray,
    end: np.ndarray,
    depth: np.ndarray,
    debtor: np.ndarray,
    home: np.ndarray,
    above: np.ndarray,
    chosen: np.ndarray,
    done: np.ndarray,
    at_risk: np.ndarray,
    met: np.ndarray,
) -> None:
    for thread in range(len(debtor)):
        if not chosen[thread]:
            continue
        top, step, root = thread, 0, home[thread]
        whole = True
        while root >= 0 and whole:
            link = above[top]
            while link >= 0 and chosen[link] and root <= home[link] < end[root] and step < at_risk.shape[1]:
                whole = whole and done[link]
                top, step = link, step + 1
                link = above[top]
            if whole and step < at_risk.shape[1] and depth[debtor[top]] == depth[root] + 1:
                at_risk[root, step] += 1.0
                met[root, step] += done[thread]
            root = parent[root]


def share_range(met: float, asked: float) -> tuple[float, float]:
    """Return the 90 % range of a share (Wilson's interval); (0, 1) where nothing was asked.

    >>> [round(end, 2) for end in share_range(3, 4)]
    [0.36, 0.94]
    """
    if asked <= 0:
        return 0.0, 1.0
    share, squared = met / asked, Z * Z / asked
    middle, half = share + squared / 2, Z * sqrt(max(share * (1 - share), 0.0) / asked + squared / asked / 4)
    return max((middle - half) / (1 + squared), 0.0), min((middle + half) / (1 + squared), 1.0)


def survive(at_risk: np.ndarray, met: np.ndarray) -> list[tuple[float, float, float]]:
    """Return survival after each step with its 90 % range: the product of met over at risk (Kaplan and Meier).

    The range is Greenwood's on the log-log scale; a survival of 0 or 1 has Wilson's of its last step.
    """
    found, value, spread = [], 1.0, 0.0
    for risk, done in zip(at_risk.tolist(), met.tolist(), strict=True):
        if risk <= 0 or value <= 0.0:
            break
        value *= done / risk
        spread += (risk - done) / (risk * done) if done > 0 else 0.0
        if 0.0 < value < 1.0:
            half = Z * sqrt(spread) / abs(log(value))
            found.append((value, value ** exp(half), value ** exp(-half)))
        else:
            found.append((value, *share_range(done, risk)))
    return found


def control_loss(reached: float, links: int) -> tuple[float, float]:
    """Return Williamson's mean share kept per link, reached^(1/links), and the control lost after that many links.

    Source: Williamson 1967, hierarchical control and optimum firm size.

    >>> [round(value, 3) for value in control_loss(0.512, 3)]
    [0.8, 0.488]
    """
    return reached ** (1.0 / links), 1.0 - reached
