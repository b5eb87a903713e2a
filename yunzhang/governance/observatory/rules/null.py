"""H_null: H with the threads of each inside pair moved to a pair drawn from its like (design §5 "H_null").

"Those with the same part and depth of superior" are all pairs of sisters that could carry the part, silent ones too:
two governments below one superior for region, any two of which one is no government for department. What one pair was
asked moves as one; what need and due claim of a pair stays there; outside pairs stay.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.horizontal import (
    DEPARTMENT,
    REGION,
    Pairs,
    mean_of_parts,
    ought_to_deal,
    sum_pairs,
)
from yunzhang.governance.observatory.rules.pairs import first_at
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree

DOMAIN = 0x4E554C4C
BATCH = 50_000  # units of sub-trees that one core takes at a time
type_arrays = tuple[np.ndarray, ...]
type_world = tuple[type_arrays, type_arrays, type_arrays, type_arrays]  # what moves, what is claimed, sisters, blocks


@dataclass(frozen=True, slots=True)
class Null:
    """H_null and its four parts by root, as a mean over the draws; NaN where H or the part is null."""

    h: np.ndarray
    parts: np.ndarray


def find_null(
    tree: Tree,
    pairs: Pairs,
    roots: np.ndarray,
    *,
    found: np.ndarray,
    needed: tuple[bool, ...],
    parts: tuple[str, ...],
    weights: tuple[float, ...],
    tau: float,
    draws: int,
    seed: int,
) -> Null:
    """Return H_null of these roots; `found` [part, root] are the parts as measured, `needed` is that of `charge`."""
    moved = found.copy()
    ought = ought_to_deal(tree)
    outside = sum_pairs(tree, pairs, ought)[1]
    keys = np.array([mixed(seed, crc32(tree.ids[root].encode(), DOMAIN)) for root in roots.tolist()], np.uint64)
    governments, children = _children(tree)
    by_depth = np.lexsort((np.arange(tree.count), tree.depth))
    levels = np.searchsorted(tree.depth[by_depth], np.arange(tree.depth.max() + 2))
    sizes = np.cumsum(tree.end[roots] - roots) // BATCH
    batches = np.split(np.arange(len(roots)), np.flatnonzero(np.diff(sizes)) + 1)
    for part in (DEPARTMENT, REGION):
        bundles, wants = _inside(tree, pairs, part)
        like = _count_like(governments, np.diff(children[0]), part)
        sisters = (*children, governments, by_depth, levels, np.concatenate([[0], np.cumsum(like[by_depth])]))
        blocks = (ought[part], ought[part] & (not needed[part]), outside[0, part], outside[1, part])

        world = (bundles, wants, sisters, blocks)

        def move(batch: np.ndarray, part: int = part, world: type_world = world) -> None:
            places = np.stack([roots[batch], tree.end[roots[batch]], batch])
            _move(places, keys[batch], part, tree.depth, tree.kind, world, tau, draws, moved[part])

        if len(bundles[0]):
            side_by_side(move, batches)
    return Null(mean_of_parts(moved, parts, weights), moved)


def _children(tree: Tree) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    # how many children are governments; where the children of each begin, and all of them, governments first
    below = np.flatnonzero(tree.parent >= 0)
    is_government = tree.kind[below] == GOVERNMENT
    order = below[np.lexsort((~is_government, tree.parent[below]))]
    governments = np.bincount(tree.parent[below[is_government]], minlength=tree.count)
    starts = np.concatenate([[0], np.cumsum(np.bincount(tree.parent[below], minlength=tree.count))])
    return governments, (starts, order)


def _count_like(governments: np.ndarray, children: np.ndarray, part: int) -> np.ndarray:
    among = governments * (governments - 1) // 2
    return np.asarray(among if part == REGION else children * (children - 1) // 2 - among)


def _inside(tree: Tree, pairs: Pairs, part: int) -> tuple[type_arrays, type_arrays]:
    # superior, blocks, met and asked of what moves, where that of each node begins; the same of what is claimed
    claimed = np.where(pairs.n > pairs.asked, pairs.n, 0.0) if pairs.want is None else pairs.want
    return _sorted(tree, pairs, part, pairs.asked > 0, pairs.met, pairs.asked), _sorted(
        tree, pairs, part, claimed > 0, claimed
    )


def _sorted(tree: Tree, pairs: Pairs, part: int, chosen: np.ndarray, *values: np.ndarray) -> type_arrays:
    own = np.flatnonzero((pairs.part == part) & (pairs.b >= 0) & chosen)
    home = tree.parent[pairs.a[own]]
    own = own[np.lexsort((pairs.b[own], pairs.a[own], home))]
    starts = np.searchsorted(np.sort(home), np.arange(tree.count + 1))
    return (starts, pairs.a[own], pairs.b[own], *(value[own].astype(np.float64) for value in values))


@compiled
def _move(
    places: np.ndarray,
    keys: np.ndarray,
    part: int,
    depth: np.ndarray,
    kind: np.ndarray,
    world: type_world,
    tau: float,
    draws: int,
    out: np.ndarray,
) -> None:
    bundles, wants, sisters, blocks = world
    first, one, other, met, asked = bundles
    first_want, want_one, want_other, want = wants
    first_child, children, governments, by_depth, levels, like = sisters
    ought, expected, outside_f, outside_n = blocks
    state = np.zeros(1, np.uint64)
    for j in range(len(keys)):
        root, stop, place = places[0, j], places[1, j], places[2, j]
        low, high = first[root], first[stop]
        if low == high or np.isnan(out[place]):
            continue
        f, n = np.empty(stop - root), np.empty(stop - root)
        fresh = np.empty(first_want[stop] - first_want[root])
        begins, finishes = _ranges(root, stop, depth, by_depth, levels)
        total = 0.0
        for draw in range(draws):
            state[0] = mixed(keys[j], draw * 2 + part)
            _start(root, stop, kind, outside_f, outside_n, f, n)
            fresh[:] = 0.0
            for k in range(low, high):
                level = depth[one[k]] - 1 - depth[root]
                a, b, home = _drawn(
                    state, begins[level], finishes[level], like, by_depth, first_child, children, governments, part,
                    one[k], other[k],
                )  # fmt: skip
                at = _find(home, a, b, first_want, want_one, want_other)
                charged = asked[k]
                if at >= 0:
                    fresh[at - first_want[root]] += asked[k]
                    charged = 0.0
                _charge(a - root, b - root, ought[a], ought[b], met[k], charged, f, n)
            for w in range(first_want[root], first_want[stop]):
                a, b = want_one[w], want_other[w]
                due = max(fresh[w - first_want[root]], want[w])
                _charge(a - root, b - root, ought[a], ought[b], 0.0, due, f, n)
            total += _mean(root, expected, f, n, tau)
        out[place] = total / draws


@compiled
def _ranges(
    root: int, stop: int, depth: np.ndarray, by_depth: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    # for each depth below the root: where its nodes inside the sub-tree stand in `by_depth`
    count = len(levels) - 1 - depth[root]
    begins, finishes = np.empty(count, np.int64), np.empty(count, np.int64)
    for level in range(count):
        low, high = levels[depth[root] + level], levels[depth[root] + level + 1]
        begins[level] = first_at(by_depth, low, high, root)
        finishes[level] = first_at(by_depth, low, high, stop)
    return begins, finishes


@compiled
def _start(
    root: int, stop: int, kind: np.ndarray, outside_f: np.ndarray, outside_n: np.ndarray, f: np.ndarray, n: np.ndarray
) -> None:
    for x in range(root, stop):
        stays = x == root or kind[x] == GOVERNMENT
        f[x - root] = outside_f[x] if stays else 0.0
        n[x - root] = outside_n[x] if stays else 0.0


@compiled
def _drawn(
    state: np.ndarray,
    begin: int,
    finish: int,
    like: np.ndarray,
    by_depth: np.ndarray,
    first_child: np.ndarray,
    children: np.ndarray,
    governments: np.ndarray,
    part: int,
    one: int,
    other: int,
) -> tuple[int, int, int]:
    # a pair of sisters and their superior, one as likely as the other
    count = like[finish] - like[begin]
    if count <= 0:  # an odd pair that carries the part although no sisters could: it stays
        return one, other, -1
    number = like[begin] + min(int(uniform(state) * count), count - 1)
    at = first_at(like, begin, finish, number + 1) - 1
    home, number = by_depth[at], number - like[at]
    start, many = first_child[home], governments[home]
    few = first_child[home + 1] - start - many
    if part == REGION:
        i, k = _unrank(number)
    elif number < few * many:
        i, k = many + number // many, number % many
    else:
        i, k = _unrank(number - few * many)
        i, k = i + many, k + many
    a, b = children[start + i], children[start + k]
    return min(a, b), max(a, b), home


@compiled
def _unrank(number: int) -> tuple[int, int]:
    # the number-th of the pairs (1, 0), (2, 0), (2, 1), (3, 0)…
    i = int((1.0 + np.sqrt(1.0 + 8.0 * number)) / 2.0)
    while i * (i - 1) // 2 > number:
        i -= 1
    while (i + 1) * i // 2 <= number:
        i += 1
    return i, number - i * (i - 1) // 2


@compiled
def _find(home: int, a: int, b: int, first: np.ndarray, one: np.ndarray, other: np.ndarray) -> int:
    if home < 0:
        return -1
    for w in range(first[home], first[home + 1]):
        if one[w] == a and other[w] == b:
            return w
    return -1


@compiled
def _charge(
    a: int, b: int, a_ought: bool, b_ought: bool, met: float, asked: float, f: np.ndarray, n: np.ndarray
) -> None:
    if a_ought or not b_ought:
        f[a] += met
        n[a] += asked
    if b_ought or not a_ought:
        f[b] += met
        n[b] += asked


@compiled
def _mean(root: int, expected: np.ndarray, f: np.ndarray, n: np.ndarray, tau: float) -> float:
    met, due, count = 0.0, 0.0, 0
    for i in range(len(f)):
        if n[i] > 0 or (i > 0 and expected[root + i]):
            met += f[i]
            due += max(n[i], 1.0)
            count += 1
    pi, total = met / due, 0.0
    for i in range(len(f)):
        if n[i] > 0 or (i > 0 and expected[root + i]):
            total += (f[i] + tau * pi) / (max(n[i], 1.0) + tau)
    return total / count
