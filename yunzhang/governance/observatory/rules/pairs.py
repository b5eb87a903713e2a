"""The pairs of one part inside one sub-tree with the blocks they are charged to, packed for many draws."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.horizontal import Blocks, Pairs, charged_blocks
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree

# home (the superior, or the unit inside), first block, second (-1 none), is outside, met, n, asked: sorted by home
type_pairs = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
# first and second block, met and n by pair; f, n and rest by block; any asked at all
type_part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, bool]


def sort_pairs(tree: Tree, pairs: Pairs) -> tuple[type_pairs, ...]:
    """Return the pairs of each part sorted by home, so that those of a sub-tree are one slice."""
    first, second = charged_blocks(tree, pairs)
    outside = pairs.b < 0
    home = np.where(outside, pairs.a, tree.parent[pairs.a])
    columns = (home, first, second, outside, pairs.met.astype(np.float64), pairs.n, pairs.asked)
    order = np.argsort(home, kind="stable")
    part = pairs.part[order]
    return tuple(
        tuple(np.ascontiguousarray(column[order[part == number]]) for column in columns)  # type: ignore[misc]
        for number in range(4)
    )


def no_pairs() -> Pairs:
    """Return an empty table of pairs."""
    number, count = np.zeros(0, np.int64), np.zeros(0)
    return Pairs(number, number, number, count, count, count)


def nearest_government(tree: Tree) -> np.ndarray:
    """Return for each node the nearest government at or above it, -1 where there is none."""
    return _nearest(tree.parent, tree.kind[: tree.count] == GOVERNMENT)


@compiled
def _nearest(parent: np.ndarray, government: np.ndarray) -> np.ndarray:
    found = np.full(len(parent), -1, np.int64)
    for x in range(len(parent)):
        if government[x]:
            found[x] = x
        elif parent[x] >= 0:
            found[x] = found[parent[x]]
    return found


def block_columns(blocks: Blocks) -> tuple[np.ndarray, ...]:
    """Return the blocks as the compiled loops take them."""
    return blocks.f_below, blocks.n_below, blocks.below, blocks.f_top, blocks.n_top, blocks.top


@compiled
def gather_part(
    root: int, stop: int, pairs: type_pairs, government: np.ndarray, part: int, blocks: tuple[np.ndarray, ...]
) -> type_part:
    """Return the pairs charged inside the sub-tree, and its blocks; `rest` is what of n no pair holds (silence)."""
    f_below, n_below, below, f_top, n_top, top = blocks
    place = np.full(stop - root, -1, np.int64)
    f, n = np.empty(stop - root), np.empty(stop - root)
    count = 0
    for x in range(root, stop):
        if top[part, x] if x == root else below[part, x]:
            place[x - root] = count
            f[count] = f_top[part, x] if x == root else f_below[part, x]
            n[count] = n_top[part, x] if x == root else n_below[part, x]
            count += 1
    home, one, other, outside, met, asked_n, asked = pairs
    low, high = np.searchsorted(home, root), np.searchsorted(home, stop)
    first, second = np.empty(high - low, np.int64), np.full(high - low, -1, np.int64)
    rest = n[:count].copy()
    seen = 0.0
    for k in range(low, high):
        at = one[k]
        if outside[k]:
            at = max(government[at], root)  # an ancestor above the root gives way to the root itself
        first[k - low] = place[at - root]
        rest[first[k - low]] -= asked_n[k]
        if other[k] >= 0:
            second[k - low] = place[other[k] - root]
            rest[second[k - low]] -= asked_n[k]
        seen += asked[k]
    return first, second, met[low:high], asked_n[low:high], f[:count].copy(), n[:count].copy(), rest, seen > 0


@compiled
def estimate_part(f: np.ndarray, n: np.ndarray, tau: float) -> float:
    """Return the mean of h over the blocks with these f and n (design §5 "H")."""
    due = n.sum()
    pi = f.sum() / due if due > 0 else 0.0
    total = 0.0
    for i in range(len(f)):
        if n[i] + tau > 0:
            total += (f[i] + tau * pi) / (n[i] + tau)
    return total / len(f)
