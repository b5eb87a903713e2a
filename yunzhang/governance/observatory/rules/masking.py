"""Which sub-trees of a masked export are withheld, so that nothing about fewer than five units can be had.

Sub-trees nest, so published counts can be subtracted. What is published is worth exactly the partition of the units
into *residuals*: a published sub-tree less the published ones inside it. Each residual must hold MINIMUM units or more;
a sub-tree that leaves too little above itself is withheld as well (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

MINIMUM = 5
SMALL, COMPLEMENTARY = "small", "complementary"


def list_withheld(roots: np.ndarray, end: np.ndarray, minimum: int = MINIMUM) -> dict[int, str]:
    """Return the withheld sub-trees by node with the reason; `roots` are nodes in preorder, x holds x..end[x].

    >>> list_withheld(np.array([0, 1]), np.array([7, 7, 3, 4, 5, 6, 7]))
    {1: 'complementary'}
    """
    held = {int(root): SMALL for root in roots if end[root] - root < minimum}
    inner: dict[int, list[int]] = {}  # of a published one: the outermost published inside it
    waiting: list[int] = []  # outermost published so far, the first in preorder last
    for root in (int(node) for node in roots[::-1] if int(node) not in held):
        inside: list[int] = []
        while waiting and waiting[-1] < end[root]:
            inside.append(waiting.pop())
        while inside and _rest(root, inside, end) < minimum:
            smallest = min(inside, key=lambda node: (end[node] - node, node))
            held[smallest] = COMPLEMENTARY
            inside.remove(smallest)
            inside += inner.pop(smallest)  # what it published stays, and is no part of what it leaves
        inner[root] = sorted(inside)
        waiting.append(root)
    return dict(sorted(held.items()))


def residuals(roots: np.ndarray, end: np.ndarray, held: Mapping[int, str]) -> dict[int, int]:
    """Return for each published sub-tree how many units it has beside the published ones inside it."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for root in (int(node) for node in roots[::-1] if int(node) not in held):
        inside: list[int] = []
        while waiting and waiting[-1] < end[root]:
            inside.append(waiting.pop())
        found[root] = _rest(root, inside, end)
        waiting.append(root)
    return found


def _rest(root: int, inside: list[int], end: np.ndarray) -> int:
    return int(end[root] - root) - sum(int(end[node] - node) for node in inside)


def round_count(count: float, base: int = MINIMUM) -> int:
    """Return a count rounded to the nearest multiple of the base, halves upwards.

    >>> [round_count(count) for count in (0, 2, 3, 7, 8)]
    [0, 0, 5, 5, 10]
    """
    return int((count + base / 2) // base) * base
