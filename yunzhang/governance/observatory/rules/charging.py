"""Which edge or pair each count is charged to: from the tally of threads and the claims to lines and pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from yunzhang.governance.observatory.rules.claims import Due, Need
from yunzhang.governance.observatory.rules.horizontal import Pairs
from yunzhang.governance.observatory.rules.placement import FUNCTIONAL, PART, TERRITORIAL, VERTICAL, Placed, place
from yunzhang.governance.observatory.rules.tally import (
    Tally,
    find_ends,
    is_trade,
    named,
    new_tally,
    pair_keys,
    seen_covers,
    split_keys,
)
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, make_line
from yunzhang.governance.observatory.terms import COVERS, PARTS, REPORT, TRADE_KINDS, Parameters

_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Charged:
    """Everything V and H are computed from, and the placement of each thread where threads are kept."""

    placed: Placed
    vertical: np.ndarray  # threads on a line
    owed_up: np.ndarray  # of these, owed by the lower unit
    lines: tuple[Line, Line]
    find_pairs: Callable[[], Pairs]  # put together once, when first asked for
    needed: tuple[bool, ...]
    covers: tuple[str, ...]
    claimed: bool  # need or due tables name pairs

    @property
    def pairs(self) -> Pairs:
        """Return the pairs, what is needed and due laid over what was asked."""
        return self.find_pairs()


@dataclass(frozen=True, slots=True)
class Claims:
    """The due table placed: rows owed by a lower unit by (debtor, creditor, kind), and lateral rows by pair."""

    keys: np.ndarray
    count: np.ndarray
    line: np.ndarray
    report: np.ndarray
    debtor: np.ndarray
    pair_keys: np.ndarray
    pair_count: np.ndarray
    kinds: dict[str, int]
    seen: frozenset[int]


def charge_threads(tree: Tree, threads: Threads, need: Need | None, due: Due | None, parameters: Parameters) -> Charged:
    """Return the charged edges and pairs of these threads."""
    claims = place_due(tree, due)
    tally = new_tally(tree, len(claims.keys))
    placed = count_threads(tree, tally, threads, claims)
    return charge_tally(tree, tally, need, claims, parameters, threads=threads, placed=placed)


def count_threads(tree: Tree, tally: Tally, threads: Threads, claims: Claims) -> Placed:
    """Place these threads and count them; returns where they stand."""
    placed = place(tree, threads.debtor, threads.creditor, is_trade(threads))
    count_placed(tree, tally, threads, placed, claims, ends=find_ends(tree))
    return placed


def count_placed(
    tree: Tree, tally: Tally, threads: Threads, placed: Placed, claims: Claims, *, ends: np.ndarray, sign: int = 1
) -> None:
    """Count threads that are placed, or take them away again with `sign` -1."""
    tally.add(tree, ends, threads, placed, sign=sign)
    if len(claims.keys):
        tally.claimed += sign * _count_claimed(tree, threads, placed, claims)


def _count_claimed(tree: Tree, threads: Threads, placed: Placed, claims: Claims) -> np.ndarray:
    mine = np.flatnonzero((placed.relation < VERTICAL) & (placed.a == threads.debtor) & threads.counts)
    kind = np.array([*(claims.kinds.get(name, -1) for name in threads.kinds), -1], np.int64)[threads.kind[mine]]
    mine, kind = mine[kind >= 0], kind[kind >= 0]
    keys = _claim_keys(tree, threads.debtor[mine], threads.creditor[mine], kind, len(claims.kinds))
    at = np.minimum(np.searchsorted(claims.keys, keys), len(claims.keys) - 1)
    return np.bincount(at[claims.keys[at] == keys], minlength=len(claims.keys))


def place_due(tree: Tree, due: Due | None) -> Claims:
    """Return the due table placed, rows of one key added up in an order no order of rows changes."""
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    if due is None:
        return Claims(none, nothing, none, none, none, none, nothing, {}, frozenset())
    kinds = {name: code for code, name in enumerate(due.kinds)}
    placed = place(tree, due.debtor, due.creditor, named(due.kinds, TRADE_KINDS)[due.kind])
    owed = (placed.relation < VERTICAL) & (placed.a == due.debtor)
    report = named(due.kinds, (REPORT,))[due.kind].astype(np.int64)
    keys, count, first = _summed(
        _claim_keys(tree, due.debtor[owed], due.creditor[owed], due.kind[owed], len(kinds)), due.count[owed]
    )
    across = placed.relation >= VERTICAL
    pairs, pair_count, _ = _summed(
        pair_keys(tree, placed.relation[across] - PART, placed.a[across], placed.b[across], placed.outside[across]),
        due.count[across],
    )
    line, owed_report, debtor = (column[owed][first] for column in (placed.relation, report, due.debtor))
    seen = frozenset(int(cell) for cell in np.unique(placed.relation[owed] * 2 + report[owed]))
    return Claims(keys, count, line, owed_report, debtor, pairs, pair_count, kinds, seen)


def _claim_keys(tree: Tree, debtor: np.ndarray, creditor: np.ndarray, kind: np.ndarray, kinds: int) -> np.ndarray:
    return np.asarray((debtor * np.int64(len(tree.ids)) + creditor) * np.int64(max(kinds, 1)) + kind)


def _summed(keys: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # different keys, the sum of their values added from the smallest up, and the first row of each key
    order = np.lexsort((values, keys))
    found, first, where = np.unique(keys[order], return_index=True, return_inverse=True)
    return found, np.bincount(where, values[order], len(found)), order[first]


def charge_tally(
    tree: Tree,
    tally: Tally,
    need: Need | None,
    claims: Claims,
    parameters: Parameters,
    *,
    threads: Threads | None = None,
    placed: Placed | None = None,
) -> Charged:
    """Return the charged edges and pairs of a tally, what is due and needed laid over what was asked."""
    covers = parameters.covers
    if covers is None:
        seen = seen_covers(tally) | claims.seen
        covers = tuple(cover for cell, cover in enumerate(COVERS) if cell in seen)
    wanted_keys, wanted, needed = _place_need(tree, need)
    keys, extra, _ = _summed(
        np.concatenate([claims.pair_keys, wanted_keys]), np.concatenate([claims.pair_count, wanted])
    )
    debtor = _NONE if threads is None else threads.debtor
    placed = placed or Placed(_NONE, _NONE.astype(np.bool_), _NONE, _NONE, _NONE)
    vertical = placed.relation < VERTICAL
    return Charged(
        placed=placed,
        vertical=vertical,
        owed_up=vertical & (placed.a == debtor),
        lines=_lines(tree, tally, claims, covers),
        find_pairs=cache(lambda: _pairs(tree, tally, keys, extra)),
        needed=needed,
        covers=covers,
        claimed=len(keys) > 0,
    )


def _lines(tree: Tree, tally: Tally, claims: Claims, covers: tuple[str, ...]) -> tuple[Line, Line]:
    asked, met = (np.ascontiguousarray(tally.edges[:, :, :, k].transpose(1, 2, 0)) for k in range(2))
    n = asked.copy()
    missing = np.maximum(claims.count - tally.claimed, 0.0) if len(claims.keys) else claims.count
    np.add.at(n, (claims.line, claims.report, claims.debtor), missing)
    return (
        _line(tree, tree.above, TERRITORIAL, (met, n, asked), covers),
        _line(tree, tree.guide, FUNCTIONAL, (met, n, asked), covers),
    )


def _line(
    tree: Tree, up: np.ndarray, line: int, counts: tuple[np.ndarray, np.ndarray, np.ndarray], covers: tuple[str, ...]
) -> Line:
    directives, reports = (COVERS[line * 2 + kind] in covers for kind in range(2))
    return make_line(
        up,
        *(values[line] for values in counts),
        counted=line == TERRITORIAL or directives or reports,
        directives=directives,
        reports=tree.reports & reports,
    )


def _place_need(tree: Tree, need: Need | None) -> tuple[np.ndarray, np.ndarray, tuple[bool, ...]]:
    if need is None:
        return np.zeros(0, np.int64), np.zeros(0), (False,) * len(PARTS)
    is_named = need.b >= 0
    placed = place(tree, need.a, np.where(is_named, need.b, 0), np.zeros(len(need.a), np.bool_))
    part = np.where(is_named, placed.relation - PART, need.part)
    a = np.where(is_named, placed.a, need.a)
    outside = ~is_named | placed.outside
    lateral = part >= 0  # a row between a superior and its own is no lateral need
    needed = tuple(bool((part == number).any()) for number in range(len(PARTS)))
    keys = pair_keys(tree, part[lateral], a[lateral], placed.b[lateral], outside[lateral])
    return keys, need.matters[lateral], needed


def find_pairs(tree: Tree, tally: Tally) -> Pairs:
    """Return the pairs of a tally by what was asked alone."""
    keys, asked, met = tally.pairs.found()
    return Pairs(*split_keys(tree, keys), met, asked, asked, np.zeros(len(keys)))


def _pairs(tree: Tree, tally: Tally, wanted: np.ndarray, extra: np.ndarray) -> Pairs:
    if not len(wanted):
        return find_pairs(tree, tally)
    keys, asked, met = tally.pairs.found()
    every = np.union1d(keys, wanted)
    at = np.searchsorted(every, keys)
    asked, met = _spread(asked, at, len(every)), _spread(met, at, len(every))
    want = _spread(extra, np.searchsorted(every, wanted), len(every))
    n = np.maximum(asked, want)
    there = n > 0
    return Pairs(*split_keys(tree, every[there]), met[there], n[there], asked[there], want[there])


def _spread(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    out = np.zeros(size)
    out[at] = values
    return out
