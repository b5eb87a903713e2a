"""Forests as arrays: order, extents, depths and nearest common superiors, all without climbing long paths."""

from __future__ import annotations

import numpy as np

from yunzhang.base.compiled import compiled

# columns of the one table of nodes: what is asked of a node together lies together in memory
PARENT, DEPTH, HEAVY, HEAD, END, AT, STOP, SEAT = range(8)


@compiled
def preorder(parent: np.ndarray, inside: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows in preorder, children in the order of `turn`, and for each place where its sub-tree ends.

    Rows that hang in a circle are left out.
    """
    count = len(parent)
    first, after = np.full(count + 1, -1, np.int64), np.full(count, -1, np.int64)
    for k in range(count - 1, -1, -1):
        row = turn[k]
        if inside[row]:
            after[row] = first[parent[row]]  # parent -1 is the last cell: the roots
            first[parent[row]] = row
    order, end = np.empty(count, np.int64), np.empty(count, np.int64)
    position = np.empty(count, np.int64)
    done, row = 0, first[count]
    while row >= 0:
        order[done], position[row], done = row, done, done + 1
        if first[row] >= 0:
            row = first[row]
            continue
        while row >= 0:
            end[position[row]] = done
            if after[row] >= 0:
                row = after[row]
                break
            row = parent[row]
    return order[:done].copy(), end[:done].copy()


def intervals(parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each node of a forest its place in preorder and where its sub-tree ends there."""
    everyone = np.arange(len(parent))
    order, end = preorder(parent, np.ones(len(parent), np.bool_), everyone)
    at, stop = np.empty(len(parent), np.int64), np.empty(len(parent), np.int64)
    at[order], stop[order] = np.arange(len(order)), end
    return at, stop


@compiled
def find_loop(upper: np.ndarray) -> int:
    """Return a node that stands in a circle of upper ends, or -1."""
    seen = np.full(len(upper), -1, np.int64)
    for start in range(len(upper)):
        node = start
        while node >= 0 and seen[node] < 0:
            seen[node] = start
            node = upper[node]
        if node >= 0 and seen[node] == start:
            return int(node)
    return -1


@compiled
def depths(parent: np.ndarray) -> np.ndarray:
    """Return the depth of each node, parents standing before their children."""
    depth = np.zeros(len(parent), np.int64)
    for node in range(1, len(parent)):
        depth[node] = depth[parent[node]] + 1
    return depth


@compiled
def heavy_paths(parent: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each node its child with the largest sub-tree (-1 none), and the top of the path such children make.

    A climb by tops takes at most log2(nodes) steps.
    """
    heavy, head = np.full(len(parent), -1, np.int64), np.empty(len(parent), np.int64)
    for node in range(len(parent) - 1, 0, -1):
        best = heavy[parent[node]]
        if best < 0 or end[node] - node >= end[best] - best:
            heavy[parent[node]] = node
    for node in range(len(parent)):
        up = parent[node]
        head[node] = head[up] if up >= 0 and heavy[up] == node else node
    return heavy, head


@compiled
def common(nodes: np.ndarray, x: int, y: int) -> tuple[int, int, int]:
    """Return the nearest common superior of two nodes and its children towards each (the node itself where it is)."""
    left, right = x, y
    top, other = nodes[x, HEAD], nodes[y, HEAD]
    while top != other:
        if nodes[top, DEPTH] >= nodes[other, DEPTH]:
            left = top
            x = nodes[left, PARENT]
            top = nodes[x, HEAD]
        else:
            right = other
            y = nodes[right, PARENT]
            other = nodes[y, HEAD]
    if nodes[x, DEPTH] < nodes[y, DEPTH]:
        return x, left, nodes[x, HEAVY]
    if nodes[y, DEPTH] < nodes[x, DEPTH]:
        return y, nodes[y, HEAVY], right
    return x, left, right


@compiled
def commons(nodes: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the nearest common superior, or the upper of the two, of each pair of nodes."""
    home = np.empty(len(one), np.int64)
    for k in range(len(one)):
        home[k] = common(nodes, one[k], other[k])[0]
    return home


@compiled
def add_up(values: np.ndarray, sums: np.ndarray, parent: np.ndarray) -> None:
    """Add to `sums` for each row of `values` and each node what the nodes strictly below it hold."""
    # from the leaves upwards, so that the rounding of a sub-tree stays its own
    for row in range(len(values)):
        for node in range(len(parent) - 1, 0, -1):
            sums[row, parent[node]] += values[row, node] + sums[row, node]
