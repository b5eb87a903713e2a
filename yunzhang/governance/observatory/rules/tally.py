"""What is kept of threads once they are placed: whole counts by edge, pair and node, in any order, by any hands.

Adding the same threads with `sign` -1 takes them away again.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.blocks import BlockSums
from yunzhang.governance.observatory.rules.counting import Counts
from yunzhang.governance.observatory.rules.placement import PART, VERTICAL, Placed
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import COVERS, REPORT, TRADE_KINDS

FLAGS = (
    "loops",
    "late",
    "refused",
    "withdrawn",
    "gone",
    "vertical",
    "skipped",
    "upper_asked",
    "upper_met",
    "horizontal",
    "reports_asked",
    "extended",
    "unconfirmed",
    "moved",
)
OPTIONAL = {"extended": "extended", "unconfirmed": "unconfirmed", "moved": "relation"}  # flag: column of Threads
_NO_FLAGS = np.zeros(0, np.bool_)
_NO_NUMBERS = np.zeros(0, np.int64)


@dataclass(slots=True)
class Tally:
    """Counts of threads. `edges` is [node, line, class, asked | met]; `own` is [node, flag]."""

    edges: np.ndarray
    own: np.ndarray
    alive: np.ndarray  # [line * 2 + class]: living threads owed by the lower unit, in the window or not
    pairs: Counts = field(default_factory=Counts)
    outsiders: Counts = field(default_factory=Counts)  # key: outsider * nodes + unit
    claimed: np.ndarray = field(default_factory=lambda: np.zeros(0))  # asked of each key of the due table
    columns: frozenset[str] = frozenset()  # optional flags the table could tell of
    blocks: BlockSums | None = None  # of the pairs, where a log is kept from day to day

    def add(self, tree: Tree, ends: np.ndarray, threads: Threads, placed: Placed, *, sign: int = 1) -> None:
        """Count these threads, or take them away again with `sign` -1."""
        if not len(threads.kind):
            return
        reports = np.array([kind == REPORT for kind in threads.kinds], np.bool_)[threads.kind]
        given = {flag: getattr(threads, column) for flag, column in OPTIONAL.items()}
        self.columns |= {flag for flag, column in given.items() if column is not None}
        _add(
            self.edges,
            self.own,
            self.alive,
            ends,
            placed.relation,
            placed.a,
            placed.home,
            threads.debtor,
            threads.creditor,
            reports,
            threads.alive,
            threads.counts,
            threads.gone,
            threads.met.astype(np.float64),
            threads.late,
            threads.refused,
            threads.withdrawn,
            _NO_FLAGS if threads.extended is None else threads.extended,
            _NO_FLAGS if threads.unconfirmed is None else threads.unconfirmed,
            _NO_NUMBERS if threads.relation is None else threads.relation,
            sign,
        )
        self._add_pairs(tree, threads, placed, sign)

    def _add_pairs(self, tree: Tree, threads: Threads, placed: Placed, sign: int) -> None:
        across = np.flatnonzero((placed.relation >= VERTICAL) & threads.counts)
        if not len(across):
            return
        one = np.full(len(across), float(sign))
        met = threads.met[across] * one
        a, outside = placed.a[across], placed.outside[across]
        self.pairs.add(pair_keys(tree, placed.relation[across] - PART, a, placed.b[across], outside), one, met)
        if self.blocks is not None:
            b = np.where(outside, -1, placed.b[across])
            self.blocks.add(placed.relation[across] - PART, a, b, met, one)
        if outside.any():
            who = placed.b[across][outside] * np.int64(tree.count) + a[outside]
            self.outsiders.add(who, one[outside], np.zeros(int(outside.sum())))


def new_tally(tree: Tree, claims: int = 0) -> Tally:
    """Return a tally of nothing; `claims` is how many keys of the due table it follows."""
    edges = np.zeros((tree.count, 2, 2, 2))
    return Tally(edges, np.zeros((tree.count, len(FLAGS)), np.uint32), np.zeros(4, np.int64), claimed=np.zeros(claims))


def find_ends(tree: Tree) -> np.ndarray:
    """Return [node, line, upper end | lowest node whose sub-tree holds the edge], -1 where there is no edge."""
    ends = np.full((tree.count, 2, 2), -1, np.int32)
    ends[:, 0] = tree.above[:, None]
    ends[:, 1] = tree.guide[:, None]
    guided = np.flatnonzero(tree.guide >= 0)
    ends[guided, 1, 1] = tree.homes(guided, tree.guide[guided])
    return ends


def named(kinds: list[str], wanted: tuple[str, ...]) -> np.ndarray:
    """Return for each kind whether it is one of these."""
    return np.array([kind in wanted for kind in kinds], np.bool_)


def is_trade(threads: Threads) -> np.ndarray:
    """Return which threads are of a kind that makes an organisation a partner on the market."""
    return named(threads.kinds, TRADE_KINDS)[threads.kind] if len(threads.kind) else np.zeros(0, np.bool_)


def pair_keys(tree: Tree, part: np.ndarray, a: np.ndarray, b: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return one number for each (part, a, b); b is left out where the pair is with a class outside."""
    size = np.int64(tree.count + 1)
    return np.asarray((part * size + a) * size + np.where(outside, 0, b + 1))


def split_keys(tree: Tree, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return part, a and b of each key, b -1 where the pair is with a class outside."""
    size = np.int64(tree.count + 1)
    return keys // size // size, keys // size % size, keys % size - 1


def seen_covers(tally: Tally) -> set[int]:
    """Return which of COVERS living threads owed by a lower unit hold."""
    return {cell for cell in range(len(COVERS)) if tally.alive[cell] > 0}


@compiled
def _add(  # noqa: C901 - one look at each thread for all counts
    edges: np.ndarray,
    own: np.ndarray,
    seen: np.ndarray,
    ends: np.ndarray,
    relation: np.ndarray,
    low: np.ndarray,
    home: np.ndarray,
    debtor: np.ndarray,
    creditor: np.ndarray,
    report: np.ndarray,
    alive: np.ndarray,
    counts: np.ndarray,
    gone: np.ndarray,
    met: np.ndarray,
    late: np.ndarray,
    refused: np.ndarray,
    withdrawn: np.ndarray,
    extended: np.ndarray,
    unconfirmed: np.ndarray,
    written: np.ndarray,
    sign: int,
) -> None:
    for k in range(len(relation)):
        line, x, node = relation[k], debtor[k], home[k]
        if line < VERTICAL and low[k] != x:  # owed by the upper unit: beside V
            if counts[k]:
                own[node, 7] += sign
                own[node, 8] += sign * (met[k] > 0)
            continue
        if line < VERTICAL:
            node = ends[x, line, 1]
            seen[line * 2 + report[k]] += sign * alive[k]
        if gone[k]:
            own[node, 3] += sign
            own[node, 4] += sign
        if not counts[k]:
            continue
        if line < VERTICAL:
            edges[x, line, np.int64(report[k]), 0] += sign
            edges[x, line, np.int64(report[k]), 1] += sign * met[k]
            own[node, 5] += sign
            own[node, 6] += sign * (creditor[k] != ends[x, line, 0])
        else:
            own[node, 9] += sign
        own[node, 0] += sign
        own[node, 1] += sign * late[k]
        own[node, 2] += sign * refused[k]
        own[node, 3] += sign * withdrawn[k]
        own[node, 10] += sign * report[k]
        if len(extended):
            own[node, 11] += sign * extended[k]
        if len(unconfirmed):
            own[node, 12] += sign * unconfirmed[k]
        if len(written):
            own[node, 13] += sign * (written[k] != line)
