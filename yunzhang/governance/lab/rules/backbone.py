"""The backbone of a simulated government: its units as arrays in preorder, so that a sub-tree is one slice.

Every other file of the room hands these arrays to its compiled loops. Sisters stand in the order they were given.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from yunzhang.base.compiled import compiled

NONE = -1


@dataclass(frozen=True, slots=True)
class Backbone:
    """Units 0..count-1 in preorder; sub(u) is the slice u..end[u], right below are kids[first[u]:first[u + 1]]."""

    parent: np.ndarray  # int32, -1 for a root
    depth: np.ndarray  # int32, 0 for a root
    end: np.ndarray  # int32, exclusive
    first: np.ndarray  # int64, count + 1
    kids: np.ndarray  # int32
    ids: tuple[str, ...] = field(default=())  # of the units, where they have any

    @property
    def count(self) -> int:
        """How many units there are."""
        return len(self.parent)


def make_backbone(parent: np.ndarray, ids: tuple[str, ...] = ()) -> Backbone:
    """Return the backbone of units that stand in preorder already, each with the number of its superior.

    Raises ValueError where they do not stand in preorder.
    """
    parent = np.asarray(parent, np.int32)
    count = len(parent)
    if (parent >= np.arange(count)).any() or not _is_preorder(parent):
        raise ValueError("not in preorder")
    depth, end = _walk(parent)
    order = np.argsort(parent, kind="stable").astype(np.int32)
    kids = order[parent[order] >= 0]
    first = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(parent[parent >= 0], minlength=count), out=first[1:])
    return Backbone(parent, depth, end, first, kids, ids)


def regular_tree(branch: int, levels: int) -> Backbone:
    """Return the full tree with `branch` units below each and `levels` levels, the root's included.

    >>> regular_tree(5, 6).count
    3906
    """
    size = sum(branch**level for level in range(levels))
    return make_backbone(_grow(branch, levels, size))


@compiled
def _grow(branch: int, levels: int, size: int) -> np.ndarray:
    parent = np.full(size, -1, np.int32)
    sizes = np.ones(levels, np.int64)  # of a sub-tree whose root is at a depth
    for level in range(levels - 2, -1, -1):
        sizes[level] = 1 + branch * sizes[level + 1]
    depth = np.zeros(size, np.int32)
    for unit in range(size):
        if depth[unit] == levels - 1:
            continue
        step = sizes[depth[unit] + 1]
        for turn in range(branch):
            kid = unit + 1 + turn * step
            parent[kid], depth[kid] = unit, depth[unit] + 1
    return parent


@compiled
def _walk(parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    count = len(parent)
    depth, end = np.zeros(count, np.int32), np.arange(1, count + 1).astype(np.int32)
    for unit in range(count):
        if parent[unit] >= 0:
            depth[unit] = depth[parent[unit]] + 1
    for unit in range(count - 1, -1, -1):
        above = parent[unit]
        if above >= 0:
            end[above] = max(end[above], end[unit])
    return depth, end


@compiled
def _is_preorder(parent: np.ndarray) -> bool:
    # the superior of each unit is the unit before it, or one above that
    for unit in range(1, len(parent)):
        above = unit - 1
        while above >= 0 and above != parent[unit]:
            above = parent[above]
        if above != parent[unit]:
            return False
    return True


@compiled
def common(parent: np.ndarray, depth: np.ndarray, a: int, b: int) -> int:
    """Return the lowest unit whose sub-tree holds both, -1 where none does."""
    while depth[a] > depth[b]:
        a = parent[a]
    while depth[b] > depth[a]:
        b = parent[b]
    while a != b and a >= 0:
        a, b = parent[a], parent[b]
    return a


@compiled
def distance(parent: np.ndarray, depth: np.ndarray, a: int, b: int) -> int:
    """Return how many steps of the tree lie between two units; a very large number where no way leads."""
    home = common(parent, depth, a, b)
    if home < 0:
        return 1 << 30
    return int(depth[a] + depth[b] - 2 * depth[home])
