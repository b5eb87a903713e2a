"""H of every sub-tree: pairs, the blocks they are charged to, and the four parts (design §5 "H")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree
from yunzhang.governance.observatory.terms import EQUAL, PARTS

MANY = 1_000  # roots worth sharing out
DEPARTMENT, REGION, MARKET, SOCIETY = range(len(PARTS))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs with n > 0: inside two blocks of one superior, outside a unit and a class (`b` -1)."""

    part: np.ndarray
    a: np.ndarray
    b: np.ndarray
    met: np.ndarray
    n: np.ndarray
    asked: np.ndarray
    want: np.ndarray | None = None  # what need and due claim of each; without it, what n has beyond asked


@dataclass(frozen=True, slots=True)
class Blocks:
    """By part and node: f, n and whether there is a block, when the node stands below the root (`below`) and
    when it is the root itself (`top`); `ought` says which blocks ought to deal although they have no pair."""

    f_below: np.ndarray
    n_below: np.ndarray
    below: np.ndarray
    f_top: np.ndarray
    n_top: np.ndarray
    top: np.ndarray
    silent_below: np.ndarray
    silent_top: np.ndarray


def charge(tree: Tree, pairs: Pairs, needed: tuple[bool, ...]) -> Blocks:
    """Return the blocks; `needed` says for each part whether the need table has rows of it."""
    ought = ought_to_deal(tree)
    return _make_blocks(tree, sum_pairs(tree, pairs, ought), ought, needed)


def _make_blocks(
    tree: Tree, sums: tuple[np.ndarray, np.ndarray], ought: np.ndarray, needed: tuple[bool, ...]
) -> Blocks:
    # of what `sum_pairs` found inside and outside
    inside, outside = sums
    government = tree.kind[: tree.count] == GOVERNMENT
    below, top = inside + outside * government, outside
    has_below, has_top = below[1] > 0, top[1] > 0
    expected = np.array([not some for some in needed])[:, None]
    ought_top = ought_as_top(tree)
    there_below, there_top = has_below | (ought & expected), has_top | (ought_top & expected)
    return Blocks(
        f_below=below[0],
        n_below=np.maximum(below[1], 1.0),
        below=there_below,
        f_top=top[0],
        n_top=np.maximum(top[1], 1.0),
        top=there_top,
        silent_below=there_below & (below[2] <= 0),  # of the blocks that count: a need table leaves others out
        silent_top=there_top & (top[2] <= 0),
    )


def ought_to_deal(tree: Tree) -> np.ndarray:
    """Return by part and node who ought to deal when standing below the root; market and society: every government."""
    government = tree.kind[: tree.count] == GOVERNMENT
    ought = np.zeros((len(PARTS), tree.count), np.bool_)
    child = tree.parent >= 0
    for part, group in ((DEPARTMENT, child & ~government), (REGION, child & government)):
        sisters = np.bincount(tree.parent[group], minlength=tree.count)
        ought[part] = group & (sisters[np.maximum(tree.parent, 0)] > 1)
    ought[MARKET:] = government
    return ought


def ought_as_top(tree: Tree) -> np.ndarray:
    """Return by part and node who ought to deal when it is the root itself."""
    ought = np.zeros((len(PARTS), tree.count), np.bool_)
    ought[MARKET:] = (tree.kind[: tree.count] == GOVERNMENT) | _alone(tree)
    return ought


def _alone(tree: Tree) -> np.ndarray:
    # roots without any government in their sub-tree: they ought themselves
    before = np.concatenate([[0], np.cumsum(tree.kind[: tree.count] == GOVERNMENT)])
    return np.asarray(before[tree.end] == before[: tree.count], np.bool_)


def sum_pairs(tree: Tree, pairs: Pairs, ought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return [f | n | asked, part, node] of pairs inside, charged to their blocks, and outside, up to the nearest
    government."""
    shape = (len(PARTS), tree.count)
    inside, outside = np.zeros((3, *shape)), np.zeros((3, *shape))
    is_inside = pairs.b >= 0
    first, second = _charged(pairs, ought)
    for number, values in enumerate((pairs.met, pairs.n, pairs.asked)):
        for node in (first, second):
            charged = is_inside & (node >= 0)
            np.add.at(inside[number], (pairs.part[charged], node[charged]), values[charged])
        own = ~is_inside
        np.add.at(outside[number], (pairs.part[own], pairs.a[own]), values[own])
        _gather(outside[number], tree.parent, tree.kind)
    return inside, outside


def charged_blocks(tree: Tree, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Return the one or two blocks an inside pair is charged to (second -1 for one); outside: the unit inside, -1."""
    return _charged(pairs, ought_to_deal(tree))


def _charged(pairs: Pairs, ought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    is_inside = pairs.b >= 0
    a_ought = ought[pairs.part, pairs.a] & is_inside
    b_ought = ought[pairs.part, np.maximum(pairs.b, 0)] & is_inside
    only_b = b_ought & ~a_ought
    both = is_inside & (a_ought == b_ought)  # both ought, or neither
    return np.where(only_b, pairs.b, pairs.a), np.where(both, pairs.b, -1)


@compiled
def _gather(sums: np.ndarray, parent: np.ndarray, kind: np.ndarray) -> None:
    # what stands at a unit that is no government goes on to the unit above it as well
    for part in range(sums.shape[0]):
        for node in range(len(parent) - 1, 0, -1):
            if kind[node] != GOVERNMENT:
                sums[part, parent[node]] += sums[part, node]


def measure_h(
    tree: Tree,
    blocks: Blocks,
    roots: np.ndarray,
    parts: tuple[str, ...],
    tau: float,
    *,
    weights: tuple[float, ...] = EQUAL,
) -> np.ndarray:
    """Return rows H, then the four parts, by root; NaN where a part has no block. Range 0..1."""
    out = np.full((1 + len(PARTS), len(roots)), np.nan)

    def work(part: int) -> None:
        out[1 + part] = _part(tree, blocks, part, roots, tau)

    side_by_side(work, range(len(PARTS)) if len(roots) >= MANY else ())
    for part in range(len(PARTS) if len(roots) < MANY else 0):
        work(part)
    out[0] = mean_of_parts(out[1:], parts, weights)
    return out


def mean_of_parts(values: np.ndarray, parts: tuple[str, ...], weights: tuple[float, ...]) -> np.ndarray:
    """Return the weighted mean over the first axis (order of PARTS) of the declared parts that are not NaN.

    >>> mean_of_parts(np.array([[1.0], [0.0], [np.nan], [0.5]]), ("department", "region", "market"), (3, 1, 1, 1))
    array([0.75])
    """
    weight = np.array([weights[k] if part in parts else 0.0 for k, part in enumerate(PARTS)])
    weight = weight.reshape(-1, *[1] * (values.ndim - 1)) * ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(values * weight, axis=0) / weight.sum(axis=0))


def _part(tree: Tree, blocks: Blocks, part: int, roots: np.ndarray, tau: float) -> np.ndarray:
    sums = _sums_of_blocks(blocks.f_below[part], blocks.n_below[part], blocks.below[part], tree.parent, tau)[roots]
    top = _terms(blocks.f_top[part, roots], blocks.n_top[part, roots], blocks.top[part, roots], tau)
    f, n, count, fixed, borrowed = sums.T + top
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((fixed + tau * (f / n) * borrowed) / count)


def _terms(f: np.ndarray, n: np.ndarray, there: np.ndarray, tau: float) -> np.ndarray:
    return np.asarray(np.stack([f, n, np.ones(len(f)), f / (n + tau), 1.0 / (n + tau)]) * there)


@compiled
def _sums_of_blocks(f: np.ndarray, n: np.ndarray, there: np.ndarray, parent: np.ndarray, tau: float) -> np.ndarray:
    # by node the sums of f, n, 1, f / (n + tau), 1 / (n + tau) over the blocks strictly below it
    sums = np.zeros((len(parent), 5))
    for node in range(len(parent) - 1, 0, -1):
        up = parent[node]
        if there[node]:
            full = n[node] + tau
            terms = (f[node], n[node], 1.0, f[node] / full, 1.0 / full)
        else:
            terms = (0.0, 0.0, 0.0, 0.0, 0.0)
        for k in range(5):
            sums[up, k] += terms[k] + sums[node, k]
    return sums
