"""Links between units beside the backbone: the law of Dodds, Watts and Sabel, and links as arrays by unit.

A pair of units is of class (D, i, j): the depth of its lowest common superior, and how far below it either stands.
All pairs of a class are alike, so a draw first decides how many fall to each class, then which ones. Nothing is given
up: where a class is used up the others take over. Two trees have the virtual unit over the roots in common.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.levels import Levels, count_below, lay_levels, pick_outside

DOMAIN = 0x4C494E4B
RENEWED = 4096  # draws after which the sum of weights is taken anew, against rounding
_HASH, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


@dataclass(frozen=True, slots=True)
class Links:
    """Undirected links: those of unit u lead to `to[start[u]:start[u + 1]]`, in the order of the units."""

    start: np.ndarray  # int64, count + 1
    to: np.ndarray  # int32, each link twice

    @property
    def count(self) -> int:
        """How many links there are."""
        return len(self.to) // 2


def no_links(tree: Backbone) -> Links:
    """Return no links at all."""
    return Links(np.zeros(tree.count + 1, np.int64), np.zeros(0, np.int32))


def make_links(tree: Backbone, pairs: np.ndarray) -> Links:
    """Return the links of these pairs of units [count, 2]: each once, none to itself or along the backbone.

    Raises ValueError for a unit that does not exist.
    """
    pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= tree.count):
        raise ValueError("a link of a unit that does not exist")
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    apart = (low != high) & (tree.parent[high] != low)  # a superior stands before its own in preorder
    keys = np.unique(low[apart] * tree.count + high[apart])
    low, high = keys // max(tree.count, 1), keys % max(tree.count, 1)
    ends = np.sort(np.concatenate([keys, high * tree.count + low]))
    start = np.zeros(tree.count + 1, np.int64)
    np.cumsum(np.bincount(ends // max(tree.count, 1), minlength=tree.count), out=start[1:])
    return Links(start, (ends % max(tree.count, 1)).astype(np.int32))


def draw_links(tree: Backbone, *, lam: float, zeta: float, count: int, seed: int) -> np.ndarray:
    """Return pairs of units int32 [count, 2], drawn one after the other without replacement; fewer if no more exist.

    P ~ exp(-D / lam) exp(-x / zeta), x = sqrt(i² + j² - 2); `lam` and `zeta` from 0 to infinity, both included: at 0
    only pairs with D = 0 (or x = 0) can be drawn. The first n pairs of a draw are themselves a draw of n. Units of
    one edge of the backbone are never a pair. Raises ValueError for a negative `lam`, `zeta` or `count`. Source [S136].

    >>> from yunzhang.governance.lab.rules.backbone import regular_tree
    >>> draw_links(regular_tree(3, 2), lam=1, zeta=0, count=9, seed=1).shape  # three sisters make three pairs
    (3, 2)
    """
    if not (lam >= 0 and zeta >= 0 and count >= 0):
        raise ValueError("lam, zeta and count are 0 or more")
    levels = lay_levels(tree)
    kinds, numbers = count_classes(levels)
    heights = log_weights(kinds, lam, zeta)
    order = np.argsort(-heights, kind="stable")
    order = order[heights[order] > -np.inf]
    count = min(count, int(numbers[order].sum()))
    state = np.array([mixed(seed, DOMAIN)], np.uint64)
    drawn = order[_draw_classes(numbers[order].copy(), heights[order], count, state)]
    pairs = np.empty((count, 2), np.int32)
    for which in order.tolist():
        places = np.flatnonzero(drawn == which)
        if len(places):
            ranks = _draw_ranks(int(numbers[which]), len(places), state)
            by_rank = np.argsort(ranks, kind="stable")
            pairs[places[by_rank]] = _pairs_of(levels, kinds[which], ranks[by_rank])
    return np.sort(pairs - np.int32(levels.extra), axis=1)


def count_classes(levels: Levels) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes (D, i, j), i <= j, that have pairs, and how many pairs each has; edges of the tree left out.

    D counts from the root, or from the virtual unit where there are several.
    """
    table = _class_table(levels, int(levels.depth.max(initial=0)) + 1)
    table[:, 0, :2] = 0
    if levels.extra:
        table[0, 0] = 0
    kinds = np.argwhere(table > 0)
    return kinds, table[table > 0]


def log_weights(kinds: np.ndarray, lam: float, zeta: float) -> np.ndarray:
    """Return log P of each class up to a constant, -inf where it cannot be drawn."""
    deep = kinds[:, 0].astype(np.float64)
    far = np.sqrt(np.maximum((kinds[:, 1:] ** 2).sum(axis=1) - 2.0, 0.0))
    return np.asarray(-(_share_of(deep, lam) + _share_of(far, zeta)))


def _share_of(far: np.ndarray, scale: float) -> np.ndarray:
    if scale == 0:
        return np.asarray(np.where(far > 0, np.inf, 0.0))
    with np.errstate(over="ignore"):
        return np.asarray(far / scale)


@compiled
def _class_table(levels: Levels, size: int) -> np.ndarray:
    table = np.zeros((size, size, size), np.int64)
    start, many, parent = levels.start, levels.many, levels.parent
    for unit in range(len(parent)):
        deep, tall = levels.depth[unit], start[unit + 1] - start[unit]
        for j in range(tall):
            below = np.int64(many[start[unit] + j])
            for i in range(j + 1):
                both = below * many[start[unit] + i]
                table[deep, i, j] += both
                if parent[unit] >= 0:  # pairs inside one branch have a lower superior in common
                    table[deep - 1, i + 1, j + 1] -= both
    for deep in range(size):
        for i in range(size):
            table[deep, i, i] //= 2
    return table


@compiled
def _draw_classes(left: np.ndarray, heights: np.ndarray, count: int, state: np.ndarray) -> np.ndarray:
    # classes by falling weight; weights are relative to the heaviest with pairs left, so that none vanishes for good
    drawn = np.empty(count, np.int64)
    top, weights, total = -1, np.exp(heights), 0.0
    for number in range(count):
        if top < 0 or left[top] == 0 or number % RENEWED == 0:
            while top < 0 or left[top] == 0:
                top += 1
            weights = np.exp(heights - heights[top])
            total = 0.0
            for which in range(top, len(left)):
                total += left[which] * weights[which]
        rest, taken = uniform(state) * total, top
        for which in range(top, len(left)):
            if left[which] > 0:
                taken = which
                rest -= left[which] * weights[which]
                if rest < 0.0:
                    break
        drawn[number] = taken
        left[taken] -= 1
        total -= weights[taken]
    return drawn


@compiled
def _draw_ranks(size: int, count: int, state: np.ndarray) -> np.ndarray:
    # `count` of the numbers 0..size - 1, each order as likely as any other
    if 2 * count >= size:
        ranks = np.arange(size)
        for place in range(count):
            other = place + min(int(uniform(state) * (size - place)), size - place - 1)
            ranks[place], ranks[other] = ranks[other], ranks[place]
        return ranks[:count].copy()
    room = 4
    while room < 4 * count:
        room *= 2
    ranks, seen = np.empty(count, np.int64), np.full(room, -1, np.int64)
    place = 0
    while place < count:
        rank = min(int(uniform(state) * size), size - 1)
        if _is_new(rank, seen):
            ranks[place] = rank
            place += 1
    return ranks


@compiled
def _is_new(key: int, seen: np.ndarray) -> bool:
    mask = len(seen) - 1
    spot = int((np.uint64(key) * _HASH) >> _SHIFT) & mask
    while seen[spot] >= 0:
        if seen[spot] == key:
            return False
        spot = (spot + 1) & mask
    seen[spot] = key
    return True


@compiled
def _pairs_of(levels: Levels, kind: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    # the pairs of one class are numbered by common superior, then branch of the first, then first, then second;
    # `ranks` rise, so one walk finds them all
    deep, i, j = kind[0], kind[1], kind[2]
    pairs = np.empty((len(ranks), 2), np.int32)
    opens = levels.at[levels.start[0] + deep]
    done, base = 0, 0
    for home in levels.order[opens : opens + count_below(0, deep, levels.start, levels.many)]:
        if done == len(ranks):
            break
        whole = count_below(home, j, levels.start, levels.many)
        if whole == 0:
            continue
        if i == 0:
            while done < len(ranks) and ranks[done] < base + whole:
                pairs[done, 0], pairs[done, 1] = home, pick_outside(home, j, -1, ranks[done] - base, levels)
                done += 1
            base += whole
            continue
        done, base = _pairs_under(levels, home, i, j, ranks, done, base, pairs)
    return pairs


@compiled
def _pairs_under(
    levels: Levels, home: int, i: int, j: int, ranks: np.ndarray, done: int, base: int, pairs: np.ndarray
) -> tuple[int, int]:
    whole, passed = count_below(home, j, levels.start, levels.many), 0
    for place in range(levels.first[home], levels.first[home + 1]):
        branch = levels.kids[place]
        firsts = count_below(branch, i - 1, levels.start, levels.many)
        inside = count_below(branch, j - 1, levels.start, levels.many)
        passed += inside
        others = whole - inside if i < j else whole - passed  # of two at one level, the later branch is the second
        while done < len(ranks) and ranks[done] < base + firsts * others:
            number = ranks[done] - base
            pairs[done, 0] = pick_outside(branch, i - 1, -1, number // others, levels)
            if i < j:
                pairs[done, 1] = pick_outside(home, j, branch, number % others, levels)
            else:
                pairs[done, 1] = pick_outside(home, j, -1, passed + number % others, levels)
            done += 1
        base += firsts * others
    return done, base
