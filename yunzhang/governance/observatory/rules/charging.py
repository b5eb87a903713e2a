"""Which thread is charged to which edge or pair, and how many of each sort; between threads and V, H."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yunzhang.governance.observatory.rules.claims import Due, Need
from yunzhang.governance.observatory.rules.horizontal import Pairs
from yunzhang.governance.observatory.rules.placement import (
    FUNCTIONAL,
    PART,
    TERRITORIAL,
    VERTICAL,
    Placed,
    place,
)
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, make_line
from yunzhang.governance.observatory.terms import COVERS, PARTS, REPORT, TRADE_KINDS, Parameters


@dataclass(frozen=True, slots=True)
class Charged:
    """Everything V and H are computed from, and the placement of each thread."""

    placed: Placed
    vertical: np.ndarray  # threads on a line
    owed_up: np.ndarray  # of these, owed by the lower unit
    lines: tuple[Line, Line]
    pairs: Pairs
    needed: tuple[bool, ...]
    covers: tuple[str, ...]


def charge_threads(tree: Tree, threads: Threads, need: Need | None, due: Due | None, parameters: Parameters) -> Charged:
    """Return the charged edges and pairs of the counted threads."""
    placed = place(tree, threads.debtor, threads.creditor, _named(threads.kinds, TRADE_KINDS)[threads.kind])
    vertical = placed.relation < VERTICAL
    owed_up = vertical & (placed.a == threads.debtor)
    claims = None if due is None else place(tree, due.debtor, due.creditor, _named(due.kinds, TRADE_KINDS)[due.kind])
    owed = None if due is None or claims is None else (claims.relation < VERTICAL) & (claims.a == due.debtor)
    covers = parameters.covers
    if covers is None:
        covers = _covers(threads, placed, owed_up & threads.alive, due, claims, owed)
    lines = _lines(tree, threads, placed, owed_up & threads.counts, due, claims, owed, covers)
    wanted, needed = _place_need(tree, need)
    pairs = _pairs(tree, threads, placed, due, claims, wanted)
    return Charged(placed, vertical, owed_up, lines, pairs, needed, covers)


def _named(kinds: list[str], wanted: tuple[str, ...]) -> np.ndarray:
    return np.array([kind in wanted for kind in kinds], np.bool_)


def _covers(
    threads: Threads,
    placed: Placed,
    owed: np.ndarray,
    due: Due | None,
    claims: Placed | None,
    due_owed: np.ndarray | None,
) -> tuple[str, ...]:
    seen = {*_cells(placed.relation[owed], _named(threads.kinds, (REPORT,))[threads.kind[owed]])}
    if due is not None and claims is not None and due_owed is not None:
        seen |= {*_cells(claims.relation[due_owed], _named(due.kinds, (REPORT,))[due.kind[due_owed]])}
    return tuple(cover for cell, cover in enumerate(COVERS) if cell in seen)


def _cells(relation: np.ndarray, is_report: np.ndarray) -> list[int]:
    return [int(cell) for cell in np.unique(relation * 2 + is_report)]


def _lines(
    tree: Tree,
    threads: Threads,
    placed: Placed,
    mine: np.ndarray,
    due: Due | None,
    claims: Placed | None,
    due_owed: np.ndarray | None,
    covers: tuple[str, ...],
) -> tuple[Line, Line]:
    size = np.int64(len(tree.ids))
    names = [*threads.kinds, *(due.kinds if due is not None else [])]
    number = {name: code for code, name in enumerate(dict.fromkeys(names))}
    codes = np.array([number[name] for name in names], np.int64)
    is_report = _named(list(number), (REPORT,))
    sort = np.int64(max(len(number), 1))
    key = (threads.debtor[mine] * size + threads.creditor[mine]) * sort + codes[threads.kind[mine]]
    relation, met = placed.relation[mine], threads.met[mine]
    keys, where = np.unique(key, return_inverse=True)
    asked: np.ndarray = np.bincount(where, minlength=len(keys)).astype(np.float64)
    ought: np.ndarray = np.zeros(len(keys))
    line = np.zeros(len(keys), np.int64)
    line[where] = relation
    if due is not None and claims is not None and due_owed is not None:
        later = codes[due.kind[due_owed] + len(threads.kinds)]
        due_key = (due.debtor[due_owed] * size + due.creditor[due_owed]) * sort + later
        all_keys = np.union1d(keys, due_key)
        at, due_at = np.searchsorted(all_keys, keys), np.searchsorted(all_keys, due_key)
        asked, line = _spread(asked, at, len(all_keys)), _spread(line, at, len(all_keys))
        line[due_at] = claims.relation[due_owed]
        ought = np.bincount(due_at, due.count[due_owed], len(all_keys))
        keys = all_keys
    kind, debtor = is_report[keys % sort].astype(np.int64), keys // sort // size
    n = np.maximum(asked, ought)
    shape = (2, 2, tree.count)
    s, due_n, seen = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(due_n, (line.astype(np.int64), kind, debtor), n)
    np.add.at(seen, (line.astype(np.int64), kind, debtor), asked)
    thread_kind = is_report[codes[threads.kind[mine]]].astype(np.int64)
    np.add.at(s, (relation, thread_kind, threads.debtor[mine]), met)
    return (
        _line(tree, tree.above, TERRITORIAL, s, due_n, seen, covers),
        _line(tree, tree.guide, FUNCTIONAL, s, due_n, seen, covers),
    )


def _spread(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    out = np.zeros(size, values.dtype)
    out[at] = values
    return out


def _line(
    tree: Tree, up: np.ndarray, line: int, s: np.ndarray, n: np.ndarray, seen: np.ndarray, covers: tuple[str, ...]
) -> Line:
    directives, reports = (COVERS[line * 2 + kind] in covers for kind in range(2))
    return make_line(
        up,
        s[line],
        n[line],
        seen[line],
        counted=line == TERRITORIAL or directives or reports,
        directives=directives,
        reports=tree.reports & reports,
    )


def _place_need(tree: Tree, need: Need | None) -> tuple[tuple[np.ndarray, ...], tuple[bool, ...]]:
    if need is None:
        empty = np.zeros(0, np.int64)
        return (empty, empty, empty, np.zeros(0)), (False,) * len(PARTS)
    named = need.b >= 0
    placed = place(tree, need.a, np.where(named, need.b, 0), np.zeros(len(need.a), np.bool_))
    part = np.where(named, placed.relation - PART, need.part)
    a = np.where(named, placed.a, need.a)
    b = np.where(named & ~placed.outside, placed.b, -1)
    lateral = part >= 0  # a row between a superior and its own is no lateral need
    needed = tuple(bool((part == number).any()) for number in range(len(PARTS)))
    return (part[lateral], a[lateral], b[lateral], need.matters[lateral]), needed


def _pairs(
    tree: Tree,
    threads: Threads,
    placed: Placed,
    due: Due | None,
    claims: Placed | None,
    wanted: tuple[np.ndarray, ...],
) -> Pairs:
    lateral = (placed.relation >= VERTICAL) & threads.counts
    columns: list[tuple[np.ndarray, ...]] = [_keys(placed, lateral)]
    extra = [np.zeros(int(lateral.sum()))]
    if due is not None and claims is not None:
        owed = claims.relation >= VERTICAL
        columns.append(_keys(claims, owed))
        extra.append(due.count[owed])
    columns.append(wanted[:3])
    extra.append(wanted[3])
    part, a, b = (np.concatenate([column[k] for column in columns]) for k in range(3))
    size = np.int64(tree.count + 1)
    keys, where = np.unique((part * size + a) * size + b + 1, return_inverse=True)
    count = int(lateral.sum())
    asked = np.bincount(where[:count], minlength=len(keys)).astype(np.float64)
    met = np.bincount(where[:count], threads.met[lateral], len(keys))
    want = np.bincount(where, np.concatenate(extra), len(keys))
    n = np.maximum(asked, want)
    there = n > 0
    keys = keys[there]
    ends = keys // size // size, keys // size % size, keys % size - 1
    return Pairs(*ends, met[there], n[there], asked[there], want[there])


def _keys(placed: Placed, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    inside = np.where(placed.outside, -1, placed.b)
    return placed.relation[chosen] - PART, placed.a[chosen], inside[chosen]
