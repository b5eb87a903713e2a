"""The pairs of all parts inside one sub-tree with the blocks they are charged to, packed for many draws."""

from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.horizontal import Blocks, Pairs, charged_blocks
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree
from yunzhang.governance.observatory.terms import PARTS

COUNT = len(PARTS)
# pairs sorted by part and home (the superior, or the unit inside): that key, first block, second (-1 none), is outside,
# met, n, asked; the nearest government of each node; f, n and whether there is a block, [below | top, part, node]
type_across = tuple[
    np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray,
    np.ndarray, np.ndarray, np.ndarray,
]  # fmt: skip
# where the pairs of each part begin; first and second block, met, n; where the blocks of each part begin; f, n, and
# rest: what of n no pair holds; whether anything at all was asked in the part
type_parts = tuple[
    np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray,
    np.ndarray,
]  # fmt: skip


def pack_pairs(tree: Tree, pairs: Pairs, blocks: Blocks) -> type_across:
    """Return pairs and blocks as the compiled loops take them; those of a part and sub-tree are one slice."""
    first, second = charged_blocks(tree, pairs)
    outside = pairs.b < 0
    key = pairs.part * tree.count + np.where(outside, pairs.a, tree.parent[pairs.a])
    order = np.argsort(key, kind="stable")
    sorted_ = [
        np.ascontiguousarray(column[order])
        for column in (key, first, second, outside, pairs.met.astype(np.float64), pairs.n, pairs.asked)
    ]
    nearest = _nearest(tree.parent, tree.kind[: tree.count] == GOVERNMENT)
    f, n = np.stack([blocks.f_below, blocks.f_top]), np.stack([blocks.n_below, blocks.n_top])
    return (*sorted_, nearest, f, n, np.stack([blocks.below, blocks.top]))  # type: ignore[return-value]


def no_pairs() -> Pairs:
    """Return an empty table of pairs."""
    number, count = np.zeros(0, np.int64), np.zeros(0)
    return Pairs(number, number, number, count, count, count)


@compiled
def _nearest(parent: np.ndarray, government: np.ndarray) -> np.ndarray:
    found = np.empty(len(parent), np.int64)
    for x in range(len(parent)):
        found[x] = -1 if parent[x] < 0 else found[parent[x]]
        if government[x]:
            found[x] = x
    return found


@compiled
def first_at(ordered: np.ndarray, low: int, high: int, value: int) -> int:
    """Return the first place in low..high whose entry is not below the value, else high."""
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _count_blocks(root: int, stop: int, there: np.ndarray) -> int:
    count = int(there[1, root])
    for x in range(root + 1, stop):
        count += there[0, x]
    return count


@compiled
def gather_parts(root: int, stop: int, across: type_across) -> type_parts:
    """Return the pairs charged inside the sub-tree, and its blocks; `rest` is silence."""
    key, one, other, outside, met, asked_n, asked, nearest, f, n, there = across
    nodes = f.shape[2]
    pair_at, block_at = np.zeros(COUNT + 1, np.int64), np.zeros(COUNT + 1, np.int64)
    begins = np.zeros(COUNT, np.int64)
    for part in range(COUNT):
        begins[part] = first_at(key, 0, len(key), part * nodes + root)
        pair_at[part + 1] = pair_at[part] + first_at(key, begins[part], len(key), part * nodes + stop) - begins[part]
        block_at[part + 1] = block_at[part] + _count_blocks(root, stop, there[:, part])
    pairs, blocks = pair_at[COUNT], block_at[COUNT]
    first, second = np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    own_met, own_n, lives = np.empty(pairs), np.empty(pairs), np.zeros(COUNT, np.bool_)
    block_f, block_n, rest = np.empty(blocks), np.empty(blocks), np.empty(blocks)
    place = np.empty(stop - root, np.int64)
    for part in range(COUNT):
        at = block_at[part]
        for x in range(root, stop):
            side = 1 if x == root else 0
            place[x - root] = at
            if there[side, part, x]:
                block_f[at], block_n[at], rest[at] = f[side, part, x], n[side, part, x], n[side, part, x]
                at += 1
        for k in range(pair_at[part + 1] - pair_at[part]):
            row, to = begins[part] + k, pair_at[part] + k
            unit = one[row]
            if outside[row]:
                unit = max(nearest[unit], root)  # a government above the root gives way to the root itself
            first[to], second[to] = place[unit - root], -1
            own_met[to], own_n[to] = met[row], asked_n[row]
            rest[first[to]] -= own_n[to]
            if other[row] >= 0:
                second[to] = place[other[row] - root]
                rest[second[to]] -= own_n[to]
            if asked[row] > 0:
                lives[part] = True
    return pair_at, first, second, own_met, own_n, block_at, block_f, block_n, rest, lives


@compiled
def estimate_part(low: int, high: int, f: np.ndarray, n: np.ndarray, tau: float) -> float:
    """Return the mean of h over the blocks low..high with these f and n (design §5 "H")."""
    met, due, total = 0.0, 0.0, 0.0
    for i in range(low, high):
        met += f[i]
        due += n[i]
    borrowed = tau * met / due if due > 0 else 0.0
    for i in range(low, high):
        if n[i] + tau > 0:
            total += (f[i] + borrowed) / (n[i] + tau)
    return total / (high - low)
