"""What stays connected when units fall away from the top down."""

from __future__ import annotations

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.links import Links

DOMAIN = 0x544F5053


def topmost(tree: Backbone, count: int, *, seed: int) -> np.ndarray:
    """Return the `count` highest units of a backbone as a mask, in a drawn order where a level is taken in part."""
    state = np.array([mixed(seed, DOMAIN)], np.uint64)
    lots = np.array([uniform(state) for _ in range(tree.count)])
    gone = np.zeros(tree.count, np.bool_)
    gone[np.lexsort((lots, tree.depth))[:count]] = True
    return gone


def largest_share(tree: Backbone, links: Links, gone: np.ndarray) -> float:
    """Return the share 0..1 of the units left that the largest connected part holds; NaN where none is left."""
    left = int(tree.count - np.count_nonzero(gone))
    if not left:
        return float("nan")
    return _largest(tree.parent, links.start, links.to, np.asarray(gone, np.bool_)) / left


@compiled
def _largest(parent: np.ndarray, link_start: np.ndarray, link_to: np.ndarray, gone: np.ndarray) -> int:
    count = len(parent)
    group, sizes = np.arange(count), np.ones(count, np.int64)
    most = 1
    for unit in range(count):
        if gone[unit]:
            continue
        for place in range(link_start[unit] - 1, link_start[unit + 1]):
            other = parent[unit] if place < link_start[unit] else link_to[place]
            if other < 0 or gone[other]:
                continue
            a, b = _home(unit, group), _home(other, group)
            if a == b:
                continue
            if sizes[a] < sizes[b]:
                a, b = b, a
            group[b] = a
            sizes[a] += sizes[b]
            most = max(most, sizes[a])
    return most


@compiled
def _home(unit: int, group: np.ndarray) -> int:
    while group[unit] != unit:
        group[unit] = group[group[unit]]
        unit = group[unit]
    return unit
