"""What stands beside every figure: shares of silence, lateness, refusal…, by sub-tree (design §5)."""

from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.horizontal import Blocks
from yunzhang.governance.observatory.rules.tally import FLAGS, OPTIONAL, Tally
from yunzhang.governance.observatory.rules.tree import Tree, sums_below
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import PARTS

type_share = float | None


def count_beside(tree: Tree, tally: Tally, charged: Charged, blocks: Blocks) -> dict[str, np.ndarray]:
    """Return by name, for every node, the counts from which `shares` are taken; all of the node's sub-tree."""
    whole = np.zeros((tree.count, len(FLAGS) + 3))  # whole numbers, so that sums are exact
    whole[:, : len(FLAGS)] = tally.own
    for k, own in enumerate((*_edges(tree, charged), _outsiders(tree, tally))):
        whole[:, len(FLAGS) + k] = own
    _gather(whole, tree.parent)
    names = (*FLAGS, "edges", "silent_edges", "outsiders")
    found = {name: whole[:, k] for k, name in enumerate(names)}
    missing = [name for name in OPTIONAL if name not in tally.columns]
    return {name: column for name, column in found.items() if name not in missing} | _blocks(tree, blocks)


@compiled
def _gather(counts: np.ndarray, parent: np.ndarray) -> None:
    # what stands at a node stands at every node above it
    for node in range(len(parent) - 1, 0, -1):
        for k in range(counts.shape[1]):
            counts[parent[node], k] += counts[node, k]


def _edges(tree: Tree, charged: Charged) -> tuple[np.ndarray, np.ndarray]:
    edges, silent = np.zeros(tree.count), np.zeros(tree.count)
    for line in charged.lines:
        if line.counted:
            lower = np.flatnonzero(line.up >= 0)
            home = line.up[lower].copy()
            over = np.flatnonzero(home != tree.parent[lower])
            home[over] = tree.homes(lower[over], home[over])
            edges += np.bincount(home, minlength=tree.count)
            silent += np.bincount(home[is_silent(line)[lower]], minlength=tree.count)
    return edges, silent


def is_silent(line: Line) -> np.ndarray:
    """Return for each unit whether nothing at all was asked along its edge of this line."""
    return np.asarray(line.asked.sum(axis=0) <= 0, np.bool_)


def _blocks(tree: Tree, blocks: Blocks) -> dict[str, np.ndarray]:
    below = np.stack([_count(blocks.below), _count(blocks.silent_below)])
    top = np.stack([_count(blocks.top), _count(blocks.silent_top)])
    both = sums_below(below, tree.parent) + top
    return {"blocks": both[0], "silent_blocks": both[1]}


def _count(there: np.ndarray) -> np.ndarray:
    count = np.zeros(there.shape[1])
    for part in there:
        count += part
    return count


def _outsiders(tree: Tree, tally: Tally) -> np.ndarray:
    # distinct ones of a sub-tree: one at each unit they deal with, less one where two neighbours in preorder meet
    pairs, _, _ = tally.outsiders.found()
    unit, who = pairs % tree.count, pairs // tree.count
    same = np.flatnonzero(who[1:] == who[:-1])
    meet = tree.homes(unit[same], unit[same + 1])
    own = np.bincount(unit, minlength=tree.count) - np.bincount(meet, minlength=tree.count)
    return np.asarray(own)


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
