"""Between places and towards outsiders: pairs of governments with unmet demand, classes nobody deals with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yunzhang.governance.observatory.rules.horizontal import MARKET, REGION, SOCIETY, Blocks, Pairs
from yunzhang.governance.observatory.rules.suggesting.mending import shortfall_of_block
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene, is_weak
from yunzhang.governance.observatory.rules.tree import GOVERNMENT
from yunzhang.governance.observatory.terms import PARTS, Advice

LEAST_UNMET = 3  # matters of a pair that were asked or needed and not met in time


def agreement_options(scene: Scene, pairs: Pairs, blocks: Blocks) -> list[Option]:
    """Return pairs of places directly below the root whose demand on each other is credibly unmet."""
    tree = scene.tree
    # towns make no agreements of their own: a place has units below it
    government = (tree.kind[: tree.count] == GOVERNMENT) & (tree.end - np.arange(tree.count) > 1)
    chosen = (pairs.part == REGION) & (pairs.b >= 0) & (tree.parent[pairs.a] == scene.root) & government[pairs.a]
    chosen &= government[np.maximum(pairs.b, 0)]
    rows = np.flatnonzero(chosen)
    met, due = float(pairs.met[rows].sum()), float(pairs.n[rows].sum())
    found = []
    for row in rows.tolist():
        own_met, own_due = float(pairs.met[row]), float(pairs.n[row])
        rate = (met - own_met) / (due - own_due) if due > own_due else 0.0
        if own_due - own_met >= LEAST_UNMET and is_weak(own_met, own_due, rate, len(rows)):
            found.append(_agreement(scene, pairs, blocks, row))
    return found


def _agreement(scene: Scene, pairs: Pairs, blocks: Blocks, row: int) -> Option:
    ends = (int(pairs.a[row]), int(pairs.b[row]))
    unmet = float(pairs.n[row] - pairs.met[row])
    return Option(
        advice=Advice.AGREEMENT,
        figure="H",
        line=PARTS[REGION],
        nodes=ends,
        mends=mend_blocks(scene, blocks, REGION, dict.fromkeys(ends, unmet)),
        met=float(pairs.met[row]),
        due=float(pairs.n[row]),
        debtors=ends,
        creditors=ends,
        relations=(PARTS[REGION],),
        details={"asked": float(pairs.asked[row])},
    )


def mend_blocks(scene: Scene, blocks: Blocks, part: int, unmet: dict[int, float]) -> dict[tuple[int, int], float]:
    """Return which share of each block's shortfall these unmet matters are."""
    return {
        (part, node): min(count / shortfall_of_block(scene, blocks, part, node), 1.0)
        for node, count in unmet.items()
        if blocks.below[part, node]
    }


def channel_options(scene: Scene, blocks: Blocks) -> list[Option]:
    """Return for market and society the governments of the sub-tree that have dealt with nobody of that class."""
    return [option for part in (MARKET, SOCIETY) for option in _channel(scene, blocks, part)]


def _channel(scene: Scene, blocks: Blocks, part: int) -> Iterator[Option]:
    root, stop = scene.root, scene.stop
    there, silent = blocks.below[part, root:stop].copy(), blocks.silent_below[part, root:stop].copy()
    there[0], silent[0] = blocks.top[part, root], blocks.silent_top[part, root]
    there[1:] &= (scene.tree.end[root + 1 : stop] - np.arange(root + 1, stop)) > 1  # nothing more is asked of towns
    absent = np.flatnonzero(there & silent) + root
    if len(absent):
        nodes = tuple(int(node) for node in absent[np.argsort(scene.tree.depth[absent], kind="stable")])
        yield Option(
            advice=Advice.CHANNEL,
            figure="H",
            line=PARTS[part],
            nodes=nodes,
            mends={(part, node): 1.0 for node in nodes},
            met=0.0,
            due=float(len(nodes)),
            debtors=nodes,
            relations=(PARTS[part],),
            details={"governments": float(there.sum()), "absent": float(len(nodes))},
        )
