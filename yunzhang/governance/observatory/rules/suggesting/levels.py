"""Levels: which pair of a superior and those below it to look at, because what goes down does not come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene, is_weak
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import LINES, Advice

LEAST_DUE = 6  # matters and reports below which an edge is left alone
LEAST_EDGES = 3  # weak edges under one superior that are said together


@dataclass(frozen=True, slots=True)
class _Edges:
    node: np.ndarray
    upper: np.ndarray
    met: np.ndarray
    due: np.ndarray
    rate: np.ndarray  # of the other edges of the same level


def level_options(scene: Scene) -> list[Option]:
    """Return weak edges inside the sub-tree, those under one superior together where most of them are weak.

    Weak: credibly below half, or credibly below the other edges of its level, however many edges were looked at.
    """
    lines = [(number, line) for number, line in enumerate(scene.lines) if line.counted]
    return [option for number, line in lines for option in _of_line(scene.tree, line, number, scene.root)]


def _of_line(tree: Tree, line: Line, number: int, root: int) -> Iterator[Option]:
    edges = _edges(tree, line, root)
    order = np.argsort(edges.upper, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(edges.upper[order])) + 1):
        if not len(group):
            continue
        weak = [int(k) for k in group if _is_weak(edges, int(k), len(edges.node))]
        met, due = float(edges.met[group].sum()), float(edges.due[group].sum())
        together = len(group) >= LEAST_EDGES and due >= LEAST_DUE and len(weak) * 2 > len(group)
        if together and is_weak(met, due, float(edges.rate[group].min()), len(edges.node)):
            yield _option(edges, group.tolist(), number)
        else:
            yield from (_option(edges, [k], number) for k in weak)


def _is_weak(edges: _Edges, k: int, tests: int) -> bool:
    return bool(edges.due[k] >= LEAST_DUE) and is_weak(
        float(edges.met[k]), float(edges.due[k]), float(edges.rate[k]), tests
    )


def _edges(tree: Tree, line: Line, root: int) -> _Edges:
    stop = int(tree.end[root])
    nodes = np.arange(root + 1, stop)
    nodes = nodes[(line.up[nodes] >= root) & (line.up[nodes] < stop)]
    met = line.s[0, nodes] + np.where(line.reports[nodes], line.s[1, nodes], 0.0)
    due = line.asked[0, nodes] + np.where(line.reports[nodes], line.asked[1, nodes], 0.0)
    depth = tree.depth[nodes]
    size = int(depth.max(initial=0)) + 1
    total = [np.bincount(depth, weights, size)[depth] - weights for weights in (met, due)]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(total[1] > 0, total[0] / np.maximum(total[1], 1.0), 0.0)
    return _Edges(nodes, line.up[nodes], met, due, rate)


def _option(edges: _Edges, chosen: list[int], number: int) -> Option:
    nodes = tuple(int(edges.node[k]) for k in chosen)
    upper = int(edges.upper[chosen[0]])
    return Option(
        advice=Advice.LEVEL,
        figure="V",
        line=LINES[number],
        nodes=(upper, *nodes),
        mends={(number, node): 1.0 for node in nodes},
        met=float(edges.met[chosen].sum()),
        due=float(edges.due[chosen].sum()),
        debtors=nodes,
        relations=(LINES[number],),
    )
