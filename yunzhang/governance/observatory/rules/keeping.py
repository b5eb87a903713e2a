"""What is kept of every thread of a log, so that a later day is added and counted without reading the log again.

A thread is 43 bytes: two 64-bit hashes of its loop's id, when it is due, who owes whom, and what was said of it. From
them its counts can be taken away again, and a window can be moved. A day's table holds all rows of every loop that is
new or has changed; what was known of these loops is dropped, and the outcome equals a full run over the table so made.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.observatory.rules.charging import Claims, count_placed
from yunzhang.governance.observatory.rules.names import checks, hashes, plain_text, spelled
from yunzhang.governance.observatory.rules.placement import place
from yunzhang.governance.observatory.rules.rows import REASONS, Reader, Rows
from yunzhang.governance.observatory.rules.tally import Tally, find_ends, is_trade
from yunzhang.governance.observatory.rules.threads import Threads, in_window, merge, order_rows
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import Parameters

KEPT: dict[str, np.dtype[Any]] = {
    "mark": np.dtype("<u8"),
    "check": np.dtype("<u8"),
    "due": np.dtype("<i8"),
    "debtor": np.dtype("<i4"),
    "creditor": np.dtype("<i4"),
    "kind": np.dtype("<i4"),  # of a row set aside: the number of the reason
    "rows": np.dtype("<i4"),
    "said": np.dtype("<u2"),
    "relation": np.dtype("i1"),
}
SAID = ("alive", "met", "late", "refused", "withdrawn", "extended", "unconfirmed")
ASIDE = 1 << len(SAID)
type_kept = Mapping[str, np.ndarray]
ZONE = 1 << 16  # threads of which the first and last due moment are known
_SHARES = 8


@dataclass(slots=True)
class Kept:
    """A log as it is kept: its counts in a window, every thread, and which of these are gone since."""

    tally: Tally
    parameters: Parameters  # of the window the tally stands in; `to_at` is given
    kinds: list[str]
    set_aside: dict[str, int]
    rows: int
    threads: type_kept
    dead: np.ndarray  # places of threads no longer there
    zones: np.ndarray  # [first | last due, run of ZONE threads]


def keep_threads(rows: Rows, order: np.ndarray, starts: np.ndarray, threads: Threads) -> dict[str, np.ndarray]:
    """Return what is kept of threads, made of rows in this order, each beginning at one of `starts`."""
    loop = rows.loop.take(pa.array(order[starts]))
    said = np.zeros(len(starts), np.int64)
    for bit, name in enumerate(SAID):
        column = getattr(threads, name)
        if column is not None:
            said |= np.asarray(column, np.int64) << bit
    columns = {
        "mark": hashes(loop),
        "check": checks(loop),
        "due": threads.due,
        "debtor": threads.debtor,
        "creditor": threads.creditor,
        "kind": threads.kind,
        "rows": np.diff(np.append(starts, len(order))),
        "said": said,
        "relation": np.full(len(starts), -1) if threads.relation is None else threads.relation,
    }
    return {name: columns[name].astype(kind) for name, kind in KEPT.items()}


def keep_aside(rows: Rows, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is kept of those of the chosen rows that are set aside: of which loop, and why."""
    bad = chosen[rows.reason[chosen] >= 0]
    loop = rows.loop.take(pa.array(bad))
    columns = {name: np.full(len(bad), -1, kind) for name, kind in KEPT.items() if kind.kind == "i"}
    columns |= {"mark": hashes(loop), "check": checks(loop), "said": np.full(len(bad), ASIDE, KEPT["said"])}
    columns |= {"kind": rows.reason[bad].astype(KEPT["kind"]), "rows": np.ones(len(bad), KEPT["rows"])}
    return columns


def join_kept(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return several pieces of what is kept as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in KEPT}


def add_day(
    tree: Tree, claims: Claims, kept: Kept, table: pa.Table, parameters: Parameters
) -> tuple[Kept, dict[str, np.ndarray]]:
    """Return the log with a day's table laid over it, in the window of the parameters, and what is to be kept anew.

    The tally of `kept` is changed in place. Raises BadTable for a row of the day that cannot be read.
    """
    table = spelled(table)
    reader = Reader(tree, parameters, kinds={kind: code for code, kind in enumerate(kept.kinds)})
    loop = plain_text(table["loop"])  # of every programme: a changed loop may have left the wanted one
    held: dict[str, Any] = {}

    def read() -> None:
        held["rows"] = rows = reader.read_table(table)
        held["order"], held["starts"] = order_rows(rows, reader)

    def look() -> None:
        held["known"] = _find(kept.threads, _different(hashes(loop), checks(loop)))

    side_by_side(lambda work: work(), (read, look))
    rows, order, starts = held["rows"], held["order"], held["starts"]
    threads = merge(rows, order, starts, reader, parameters.to_at)
    fresh = join_kept([keep_threads(rows, order, starts, threads), keep_aside(rows, np.arange(len(rows.reason)))])
    gone = _without(held["known"], kept.dead)
    moved = _without(_moved(kept, parameters), np.concatenate([kept.dead, gone]))
    book = _Book(tree, find_ends(tree), claims, kept.tally)
    book.count(_rebuilt(kept.threads, gone, threads, kept.parameters), sign=-1)
    book.count(_rebuilt(kept.threads, moved, threads, kept.parameters), sign=-1)
    book.count(_rebuilt(kept.threads, moved, threads, parameters), sign=1)
    book.count(threads, sign=1)
    dead = np.sort(np.concatenate([kept.dead, gone]))
    changed = _aside(fresh, np.arange(len(fresh["said"]))) - _aside(kept.threads, gone)
    set_aside = {name: kept.set_aside[name] + int(more) for name, more in zip(REASONS, changed, strict=True)}
    count = kept.rows + len(rows.reason) - int(kept.threads["rows"][gone].sum())
    return Kept(kept.tally, parameters, list(reader.kinds), set_aside, count, kept.threads, dead, kept.zones), fresh


def find_zones(threads: type_kept, known: np.ndarray | None = None, count: int = 0) -> np.ndarray:
    """Return [first | last due, run of ZONE threads], first > last where nothing is due; `known` are those of the first
    `count` threads.
    """
    whole = 0 if known is None else count // ZONE  # the last run may have been left unfilled
    found = _zones(threads["due"][whole * ZONE :], threads["said"][whole * ZONE :], ZONE)
    return found if known is None else np.hstack([known[:, :whole], found])


@dataclass(frozen=True, slots=True)
class _Book:
    tree: Tree
    ends: np.ndarray
    claims: Claims
    tally: Tally

    def count(self, threads: Threads, *, sign: int) -> None:
        if len(threads.kind):
            placed = place(self.tree, threads.debtor, threads.creditor, is_trade(threads))
            count_placed(self.tree, self.tally, threads, placed, self.claims, ends=self.ends, sign=sign)


def _without(places: np.ndarray, dead: np.ndarray) -> np.ndarray:
    return np.setdiff1d(places, dead, assume_unique=False)


def _rebuilt(kept: type_kept, places: np.ndarray, like: Threads, parameters: Parameters) -> Threads:
    # kinds, and which columns the table has, are those of the day's threads
    said = np.asarray(kept["said"][places])
    places, said = places[said & ASIDE == 0], said[said & ASIDE == 0]
    flag = {name: (said >> bit & 1).astype(np.bool_) for bit, name in enumerate(SAID)}
    told = {name: None if getattr(like, name) is None else flag[name] for name in SAID}
    due = np.asarray(kept["due"][places])
    inside = in_window(due, parameters, parameters.to_at)
    return Threads(
        kinds=like.kinds,
        kind=kept["kind"][places].astype(np.int64),
        creditor=kept["creditor"][places].astype(np.int64),
        debtor=kept["debtor"][places].astype(np.int64),
        counts=flag["alive"] & inside,
        gone=~flag["alive"] & inside,
        relation=None if like.relation is None else kept["relation"][places].astype(np.int64),
        due=due,
        rows=0,
        set_aside={},
        to_at=parameters.to_at,
        **told,  # type: ignore[arg-type]
    )


def _aside(kept: type_kept, places: np.ndarray) -> np.ndarray:
    is_aside = kept["said"][places] & ASIDE > 0
    return np.bincount(kept["kind"][places][is_aside], minlength=len(REASONS))


def _different(mark: np.ndarray, check: np.ndarray) -> np.ndarray:
    # the different pairs of both, in their order
    order = np.argsort(mark)
    mark, check = mark[order], check[order]
    beside = mark[1:] == mark[:-1]
    if (beside & (check[1:] != check[:-1])).any():  # two loops share the first hash: hardly ever
        return np.unique(np.stack([mark, check]), axis=1)
    first = np.append([True], ~beside)[: len(mark)]
    return np.stack([mark[first], check[first]])


def _find(kept: type_kept, named: np.ndarray) -> np.ndarray:
    # the threads of these loops: by the first hash among all, then by both
    sieve = _sieve(named[0], 1 << max(12, (32 * named.shape[1]).bit_length()))
    found = _in_shares(len(kept["mark"]), lambda first, stop: _sifted(kept["mark"][first:stop], sieve) + first)
    mark, check = np.asarray(kept["mark"][found]), np.asarray(kept["check"][found])
    at = np.searchsorted(named[0], mark)
    same = np.zeros(len(found), np.bool_)
    for step in range(2):  # two loops of the day may share the first hash
        near = np.minimum(at + step, named.shape[1] - 1)
        same |= (named[0][near] == mark) & (named[1][near] == check)
    return found[same]


def _moved(kept: Kept, new: Parameters) -> np.ndarray:
    # threads that enter or leave the window; runs of threads that are due at other times are not looked at
    due, edges = kept.threads["due"], (*_edges(kept.parameters), *_edges(new))
    if edges[:2] == edges[2:]:
        return np.zeros(0, np.int64)
    low, high = kept.zones
    near = np.zeros(len(low), np.bool_)
    for begin, end in _between(*edges):
        near |= (low <= end) & (high > begin)
    zones = np.flatnonzero(near)
    return _in_shares(len(zones), lambda first, stop: _crossed(due, zones[first:stop], ZONE, *edges))


def _between(old_from: int, old_to: int, new_from: int, new_to: int) -> list[tuple[int, int]]:
    # what two windows do not share lies in (begin, end] of one of these
    return [(min(old_from, new_from), max(old_from, new_from)), (min(old_to, new_to), max(old_to, new_to))]


def _edges(parameters: Parameters) -> tuple[int, int]:
    limits = [moment for moment in (parameters.to_at, parameters.as_of) if moment is not None]
    begins = np.iinfo(np.int64).min if parameters.from_at is None else parameters.from_at
    return begins, min(limits, default=np.iinfo(np.int64).max)


def _in_shares(size: int, look: Callable[[int, int], np.ndarray]) -> np.ndarray:
    found: dict[int, np.ndarray] = {}

    def work(share: int) -> None:
        found[share] = look(size * share // _SHARES, size * (share + 1) // _SHARES)

    side_by_side(work, range(_SHARES))
    return np.concatenate([found[share] for share in range(_SHARES)])


@compiled
def _sieve(marks: np.ndarray, bits: int) -> np.ndarray:
    # two bits for each mark: one of its lower, one of its upper half
    sieve, last = np.zeros(bits >> 6, np.uint64), np.uint64(bits - 1)
    for mark in marks:
        for bit in (mark & last, (mark >> np.uint64(32)) & last):
            sieve[np.int64(bit >> np.uint64(6))] |= np.uint64(1) << (bit & np.uint64(63))
    return sieve


@compiled
def _sifted(mark: np.ndarray, sieve: np.ndarray) -> np.ndarray:
    found, count, last = np.empty(len(mark), np.int64), 0, np.uint64(len(sieve) * 64 - 1)
    for k in range(len(mark)):
        one = mark[k] & last
        if sieve[np.int64(one >> np.uint64(6))] >> (one & np.uint64(63)) & np.uint64(1):
            other = (mark[k] >> np.uint64(32)) & last
            if sieve[np.int64(other >> np.uint64(6))] >> (other & np.uint64(63)) & np.uint64(1):
                found[count] = k
                count += 1
    return found[:count].copy()


@compiled
def _zones(due: np.ndarray, said: np.ndarray, run: int) -> np.ndarray:
    count = -(-len(due) // run)
    zones = np.empty((2, count), np.int64)
    zones[0], zones[1] = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for k in range(len(due)):
        if said[k] & ASIDE == 0:  # a row set aside is due never
            zone = k // run
            zones[0, zone] = min(zones[0, zone], due[k])
            zones[1, zone] = max(zones[1, zone], due[k])
    return zones


@compiled
def _crossed(
    due: np.ndarray, zones: np.ndarray, run: int, old_from: int, old_to: int, new_from: int, new_to: int
) -> np.ndarray:
    found, count = np.empty(len(zones) * run, np.int64), 0
    for zone in zones:
        for k in range(zone * run, min((zone + 1) * run, len(due))):
            if (old_from < due[k] <= old_to) != (new_from < due[k] <= new_to):
                found[count] = k
                count += 1
    return found[:count].copy()
