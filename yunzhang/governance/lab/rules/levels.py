"""Where the units below each unit stand, level by level: how many there are, and how to reach the n-th of them.

Links and demand depend on two units only through the depth of their lowest common superior and their depths below it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.backbone import Backbone, make_backbone

DEEPEST = 128  # levels; the tables of classes grow with the cube


class Levels(NamedTuple):
    """A tree with one root and its units by depth.

    The units k levels below u are `order[at[start[u] + k]:][:many[start[u] + k]]`, for k from 0 to
    start[u + 1] - start[u] - 1. `extra` is 1 where unit 0 is the virtual unit over several roots, else 0: unit u of
    the backbone stands here as u + extra.
    """

    parent: np.ndarray  # int32
    depth: np.ndarray  # int32
    first: np.ndarray  # int64
    kids: np.ndarray  # int32
    start: np.ndarray  # int64, count + 1
    at: np.ndarray  # int32
    many: np.ndarray  # int32
    order: np.ndarray  # int32
    extra: int


def lay_levels(tree: Backbone) -> Levels:
    """Return the levels of a backbone, several roots set under one virtual unit.

    Raises ValueError beyond 128 levels.
    """
    roots = int((tree.parent < 0).sum())
    extra = int(roots > 1)
    held = make_backbone(np.concatenate([[-1], tree.parent + 1])) if extra else tree
    if held.count and held.depth.max() >= DEEPEST:
        raise ValueError(f"more than {DEEPEST} levels")
    order = np.argsort(held.depth, kind="stable").astype(np.int32)
    opens = np.searchsorted(held.depth[order], np.arange(DEEPEST + 1)).astype(np.int64)
    start, at, many = _below(held.parent, held.depth, held.end, opens)
    return Levels(held.parent, held.depth, held.first, held.kids, start, at, many, order, extra)


@compiled
def _below(
    parent: np.ndarray, depth: np.ndarray, end: np.ndarray, opens: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = len(parent)
    height = np.zeros(count, np.int64)
    for unit in range(count - 1, -1, -1):
        if parent[unit] >= 0:
            height[parent[unit]] = max(height[parent[unit]], height[unit] + 1)
    start = np.zeros(count + 1, np.int64)
    for unit in range(count):
        start[unit + 1] = start[unit] + height[unit] + 1
    at, many = np.zeros(start[count], np.int32), np.zeros(start[count], np.int32)
    seen = opens.copy()  # in preorder, the next of each level to come is the first below this unit
    for unit in range(count):
        for k in range(height[unit] + 1):
            at[start[unit] + k] = seen[depth[unit] + k]
        seen[depth[unit]] += 1
    for unit in range(count - 1, -1, -1):
        many[start[unit]] = 1
        if parent[unit] >= 0:
            for k in range(height[unit] + 1):
                many[start[parent[unit]] + k + 1] += many[start[unit] + k]
    return start, at, many


@compiled
def count_below(unit: int, k: int, start: np.ndarray, many: np.ndarray) -> int:
    """Return how many units stand exactly k levels below one; itself for 0, nobody for less."""
    if k < 0 or k >= start[unit + 1] - start[unit]:
        return 0
    return int(many[start[unit] + k])


@compiled
def pick_outside(home: int, k: int, branch: int, number: int, levels: Levels) -> int:
    """Return the number-th (from 0) of the units k levels below `home` that are not in the branch of its kid `branch`.

    `branch` below 0 leaves nobody out. `number` must be in range.
    """
    place = levels.at[levels.start[home] + k] + number
    if branch >= 0 and count_below(branch, k - 1, levels.start, levels.many) > 0:
        spot = levels.start[branch] + k - 1
        if place >= levels.at[spot]:
            place += levels.many[spot]
    return int(levels.order[place])
