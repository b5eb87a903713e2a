"""Raw counts by month of the due day: how many matters fell due in a sub-tree and how many were met in time.

Months do not overlap, unlike the trailing windows of the trajectory, so that changes can be tested on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.charging import Charged
from yunzhang.governance.observatory.rules.moments import DAY, ZONE
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree


@dataclass(frozen=True, slots=True)
class Monthly:
    """Cumulative met and due over the nodes in preorder, [axis, node, month]; axis 0 is vertical, 1 horizontal."""

    months: np.ndarray  # months since 1970
    met: np.ndarray
    due: np.ndarray

    def inside(self, first: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return met and due of the nodes first..stop, as [axis, month]."""
        return self.met[:, stop] - self.met[:, first], self.due[:, stop] - self.due[:, first]

    def each(self, end: np.ndarray, axis: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return met and due of an axis's matters owed in every node's sub-tree, itself included, as [node, month]."""
        nodes = np.arange(len(end))
        return self.met[axis, end] - self.met[axis, nodes], self.due[axis, end] - self.due[axis, nodes]


def count_months(tree: Tree, threads: Threads, charged: Charged, months: np.ndarray) -> Monthly:
    """Return the monthly counts of living threads by the month of their due day, in the place's zone.

    A vertical thread owed by the lower unit stands at its debtor; a horizontal one at its debtor, or at its creditor
    where the debtor is outside. Threads owed by the upper unit are left out, as in V.
    """
    month = _months(threads.due)
    place = month - months[0]
    inside = threads.alive & (place >= 0) & (place < len(months))
    node = np.where(threads.debtor < tree.count, threads.debtor, threads.creditor)
    axes = (inside & charged.owed_up, inside & ~charged.vertical)
    due = np.stack([_sum(node[axis], place[axis], None, tree.count, len(months)) for axis in axes])
    met = np.stack([_sum(node[axis], place[axis], threads.met[axis], tree.count, len(months)) for axis in axes])
    return Monthly(months, met, due)


def _months(micros: np.ndarray) -> np.ndarray:
    days = (micros + ZONE - 1) // DAY  # a due moment ends its day at 24:00
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _sum(node: np.ndarray, month: np.ndarray, weight: np.ndarray | None, nodes: int, months: int) -> np.ndarray:
    flat = np.bincount(node * months + month, weight, nodes * months).reshape(nodes, months)
    return np.concatenate([np.zeros((1, months)), np.cumsum(flat, axis=0)])
