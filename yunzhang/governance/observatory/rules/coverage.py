"""What stands beside every figure: shares of silence, lateness, refusal…, by sub-tree (design §5)."""

from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.horizontal import Blocks
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree, sums_below
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import PARTS, REPORT

type_share = float | None


def count_beside(tree: Tree, threads: Threads, charged: Charged, blocks: Blocks) -> dict[str, np.ndarray]:
    """Return by name, for every node, the counts from which `shares` are taken; all of the node's sub-tree."""
    placed = charged.placed
    owed_down = charged.vertical & ~charged.owed_up
    counted = threads.counts & ~owed_down
    skipped = charged.owed_up & (threads.creditor != _superior(tree, charged, threads))
    flags = {
        "loops": counted,
        "late": counted & threads.late,
        "refused": counted & threads.refused,
        "withdrawn": counted & threads.withdrawn | (threads.gone & ~owed_down),
        "gone": threads.gone & ~owed_down,
        "vertical": counted & charged.vertical,
        "skipped": counted & skipped,
        "upper_asked": threads.counts & owed_down,
        "upper_met": threads.counts & owed_down & threads.met,
        "horizontal": counted & ~charged.vertical,
        "reports_asked": counted & np.array([kind == REPORT for kind in threads.kinds], np.bool_)[threads.kind],
    }
    for name in ("extended", "unconfirmed"):
        column: np.ndarray | None = getattr(threads, name)
        if column is not None:
            flags[name] = counted & column
    if threads.relation is not None:
        flags["moved"] = counted & (threads.relation != placed.relation)
    home = _charged_at(tree, threads, charged)
    own = [np.bincount(home[flag], minlength=tree.count) for flag in flags.values()]
    own += [*_edges(tree, charged), _outsiders(tree, threads, charged)]
    names = [*flags, "edges", "silent_edges", "outsiders"]
    values = np.stack(own).astype(np.float64)
    whole = dict(zip(names, values + sums_below(values, tree.parent), strict=True))
    return whole | _blocks(tree, blocks)


def _charged_at(tree: Tree, threads: Threads, charged: Charged) -> np.ndarray:
    # the lowest node whose sub-tree holds what the thread is charged to: the debtor's own edge, whoever the creditor
    functional = np.flatnonzero(tree.guide >= 0)
    edges = np.stack([tree.above, np.full(tree.count, -1)])
    edges[1, functional] = _homes(functional, tree.guide[functional], tree.parent, tree.depth)
    line = np.where(charged.owed_up, charged.placed.relation, 0)
    return np.where(charged.owed_up, edges[line, np.where(charged.owed_up, threads.debtor, 0)], charged.placed.home)


def _superior(tree: Tree, charged: Charged, threads: Threads) -> np.ndarray:
    line = np.stack([tree.above, tree.guide])
    debtor = np.where(charged.owed_up, threads.debtor, 0)
    return np.asarray(line[np.where(charged.vertical, charged.placed.relation, 0), debtor])


def _edges(tree: Tree, charged: Charged) -> tuple[np.ndarray, np.ndarray]:
    edges, silent = np.zeros(tree.count), np.zeros(tree.count)
    for line in charged.lines:
        if line.counted:
            lower = np.flatnonzero(line.up >= 0)
            home = _homes(lower, line.up[lower], tree.parent, tree.depth)
            edges += np.bincount(home, minlength=tree.count)
            silent += np.bincount(home[is_silent(line)[lower]], minlength=tree.count)
    return edges, silent


def is_silent(line: Line) -> np.ndarray:
    """Return for each unit whether nothing at all was asked along its edge of this line."""
    return np.asarray(line.asked.sum(axis=0) <= 0, np.bool_)


def _blocks(tree: Tree, blocks: Blocks) -> dict[str, np.ndarray]:
    below = np.stack([blocks.below.sum(axis=0), blocks.silent_below.sum(axis=0)]).astype(np.float64)
    top = np.stack([blocks.top.sum(axis=0), blocks.silent_top.sum(axis=0)])
    both = sums_below(below, tree.parent) + top
    return {"blocks": both[0], "silent_blocks": both[1]}


def _outsiders(tree: Tree, threads: Threads, charged: Charged) -> np.ndarray:
    # distinct ones of a sub-tree: one at each unit they deal with, less one where two neighbours in preorder meet
    dealt = threads.counts & charged.placed.outside
    width = np.int64(tree.count)
    pairs = np.unique(charged.placed.b[dealt] * width + charged.placed.a[dealt])
    unit, who = pairs % width, pairs // width
    same = np.flatnonzero(who[1:] == who[:-1])
    meet = _homes(unit[same], unit[same + 1], tree.parent, tree.depth)
    own = np.bincount(unit, minlength=tree.count) - np.bincount(meet, minlength=tree.count)
    return np.asarray(own)


@compiled
def _homes(one: np.ndarray, other: np.ndarray, parent: np.ndarray, depth: np.ndarray) -> np.ndarray:
    home = np.empty(len(one), np.int64)
    for k in range(len(one)):
        x, y = one[k], other[k]
        while x != y:
            if depth[x] >= depth[y]:
                x = parent[x]
            else:
                y = parent[y]
        home[k] = x
    return home


def shares(counts: dict[str, np.ndarray], roots: np.ndarray) -> dict[str, list[type_share]]:
    """Return by name and root the shares 0..1; None where nothing stands below the line, or the column is missing."""
    picked = {name: values[roots] for name, values in counts.items()}
    loops, asked = picked["loops"], picked["loops"] + picked["gone"]
    table = {
        "silent_edges": ("silent_edges", picked["edges"]),
        "silent_blocks": ("silent_blocks", picked["blocks"]),
        "late": ("late", loops),
        "refused": ("refused", loops),
        "withdrawn": ("withdrawn", asked),
        "extended": ("extended", loops),
        "unconfirmed": ("unconfirmed", loops),
        "moved": ("moved", loops),
        "skip_level": ("skipped", picked["vertical"]),
        "responsiveness": ("upper_met", picked["upper_asked"]),
    }
    return {name: _share(picked.get(upper), lower) for name, (upper, lower) in table.items()}


def _share(upper: np.ndarray | None, lower: np.ndarray) -> list[type_share]:
    if upper is None:
        return [None] * len(lower)
    return [float(a / b) if b > 0 else None for a, b in zip(upper, lower, strict=True)]


__all__ = ["PARTS", "count_beside", "is_silent", "shares"]
