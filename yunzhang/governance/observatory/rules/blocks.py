"""What pairs leave at their blocks, kept as whole counts while threads come and go, so that no pair is looked at anew.

Equal to `horizontal.sum_pairs` where no need or due table names a pair: whole counts add up the same in any order.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.horizontal import (
    Blocks,
    Pairs,
    ought_as_top,
    ought_to_deal,
)
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree
from yunzhang.governance.observatory.terms import PARTS

_INSIDE, _OUTSIDE = range(2)
_MET, _ASKED = range(2)


@dataclass(slots=True)
class BlockSums:
    """`counts` is [inside | outside, met | asked, part, node]; `ought` says who ought to deal, by part and node."""

    counts: np.ndarray
    ought: np.ndarray

    def add(self, part: np.ndarray, a: np.ndarray, b: np.ndarray, met: np.ndarray, asked: np.ndarray) -> None:
        """Add these pairs, `b` -1 outside; negative numbers take away."""
        _add(self.counts, self.ought, part, a, b, met.astype(np.int64), asked.astype(np.int64))

    def charge(self, tree: Tree, needed: tuple[bool, ...]) -> Blocks:
        """Return the blocks, equal to those `horizontal.charge` makes of the same pairs."""
        government, top = tree.kind[: tree.count] == GOVERNMENT, ought_as_top(tree)
        shape = (len(PARTS), 2, tree.count)
        f, n = np.empty(shape), np.empty(shape)
        there, silent = np.empty(shape, np.bool_), np.empty(shape, np.bool_)

        def work(part: int) -> None:
            ought = np.stack([self.ought[part], top[part]]) & (not needed[part])
            counts = self.counts[:, :, part]
            f[part], n[part], there[part], silent[part] = _charge(counts, ought, government, tree.parent)

        side_by_side(work, range(len(PARTS)))
        return Blocks(
            f_below=f[:, 0],
            n_below=n[:, 0],
            below=there[:, 0],
            f_top=f[:, 1],
            n_top=n[:, 1],
            top=there[:, 1],
            silent_below=silent[:, 0],
            silent_top=silent[:, 1],
        )


def sum_blocks(tree: Tree, pairs: Pairs) -> BlockSums:
    """Return what these pairs leave at their blocks."""
    sums = BlockSums(np.zeros((2, 2, len(PARTS), tree.count), np.uint32), ought_to_deal(tree))
    sums.add(pairs.part, pairs.a, pairs.b, pairs.met, pairs.asked)
    return sums


@compiled
def _add(
    counts: np.ndarray,
    ought: np.ndarray,
    part: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    met: np.ndarray,
    asked: np.ndarray,
) -> None:
    for k in range(len(part)):
        p, one, other = part[k], a[k], b[k]
        if other < 0:
            counts[_OUTSIDE, _MET, p, one] += met[k]
            counts[_OUTSIDE, _ASKED, p, one] += asked[k]
            continue
        both = ought[p, one] == ought[p, other]  # both ought, or neither: charged to both
        if both or ought[p, one]:
            counts[_INSIDE, _MET, p, one] += met[k]
            counts[_INSIDE, _ASKED, p, one] += asked[k]
        if both or ought[p, other]:
            counts[_INSIDE, _MET, p, other] += met[k]
            counts[_INSIDE, _ASKED, p, other] += asked[k]


@compiled
def _charge(
    counts: np.ndarray, ought: np.ndarray, government: np.ndarray, parent: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    # of one part [below | top, node]: f, n, whether there is a block, whether it is silent
    size = len(parent)
    f, n = np.empty((2, size)), np.empty((2, size))
    there, silent = np.empty((2, size), np.bool_), np.empty((2, size), np.bool_)
    for node in range(size):
        f[1, node], n[1, node] = counts[_OUTSIDE, _MET, node], counts[_OUTSIDE, _ASKED, node]
    for node in range(size - 1, 0, -1):
        if not government[node]:  # what stands at a unit that is no government goes on to the unit above it as well
            f[1, parent[node]] += f[1, node]
            n[1, parent[node]] += n[1, node]
    for node in range(size):
        f[0, node], n[0, node] = counts[_INSIDE, _MET, node], counts[_INSIDE, _ASKED, node]
        if government[node]:
            f[0, node] += f[1, node]
            n[0, node] += n[1, node]
        for side in range(2):
            asked = n[side, node] > 0
            there[side, node] = asked or ought[side, node]
            silent[side, node] = there[side, node] and not asked
            n[side, node] = max(n[side, node], 1.0)
    return f, n, there, silent
