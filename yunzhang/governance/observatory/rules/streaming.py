"""A loop table of any size, read piece by piece into one tally; small tables take the very same way.

Rows of one loop usually stand side by side, and then a piece can be counted as it comes. Whether they do is proved, not
believed: every loop leaves a 64-bit hash where its run of rows begins, and equal ids have equal hashes, so a loop whose
rows stand apart always shows as a hash seen twice. Such loops, and the loops at both ends of a piece, are held back
and put together by their full ids at the end; where hashes came twice the table is read once more to hold them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Lock
from typing import Protocol

import numpy as np
import pyarrow as pa

from yunzhang.governance.observatory.rules.charging import Claims, count_placed
from yunzhang.governance.observatory.rules.keeping import keep_aside, keep_threads
from yunzhang.governance.observatory.rules.moments import NONE, read_moments
from yunzhang.governance.observatory.rules.names import hashes, run_starts, spelled
from yunzhang.governance.observatory.rules.placement import place
from yunzhang.governance.observatory.rules.refusals import ROW, check_names, row_number
from yunzhang.governance.observatory.rules.rows import MOMENTS, OPTIONAL, REASONS, TABLE, Reader, Rows, latest_moment
from yunzhang.governance.observatory.rules.tally import Tally, find_ends, is_trade, new_tally
from yunzhang.governance.observatory.rules.threads import (
    count_reasons,
    merge,
    order_rows,
    order_runs,
    wanted_columns,
)
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import Parameters

_NO_MARKS = np.zeros(0, np.uint64)
SLICE = 1 << 17  # rows counted at a time: their columns fit the processor's cache
PIECE = 1 << 20  # rows of a table in memory given to one thread at a time
WORKERS = 2


class Pieces(Protocol):
    """A table that can be read in pieces, each by any thread."""

    @property
    def names(self) -> list[str]:
        """Return the names of the columns."""

    @property
    def rows(self) -> int:
        """Return the number of rows."""

    @property
    def count(self) -> int:
        """Return the number of pieces, at least one."""

    def read(self, piece: int, columns: list[str]) -> Iterable[tuple[int, pa.Table]]:
        """Yield (index of its first row, table) of the parts of one piece, in the order of the rows."""

    def number(self, index: int) -> int:
        """Return the number a person sees beside a row in its file."""

    def largest(self, columns: tuple[str, ...]) -> dict[str, pa.Array] | None:
        """Return the largest value of each column if the file tells without being read, each in a column of its own."""


class Keep(Protocol):
    """Where every thread is kept as it is counted; a kind has the same number in every piece."""

    def begin(self) -> None:
        """Drop what was kept: the table is read anew."""

    def take(self, kept: dict[str, np.ndarray]) -> None:
        """Keep these threads; any thread of work may call."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """A table that stands in memory, as pieces."""

    table: pa.Table

    @property
    def names(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.table.column_names)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.table.num_rows)

    @property
    def count(self) -> int:
        """Return the number of pieces, at least one."""
        return max(1, -(-self.rows // PIECE))

    def read(self, piece: int, columns: list[str]) -> Iterator[tuple[int, pa.Table]]:
        """Yield one slice of the table."""
        yield piece * PIECE, self.table.select(columns).slice(piece * PIECE, PIECE)

    def number(self, index: int) -> int:
        """Return the number of a row in the file the table was read from, from 1 without a file."""
        return row_number(self.table, index)

    def largest(self, columns: tuple[str, ...]) -> dict[str, pa.Array] | None:
        """Return nothing: the columns must be read."""
        return None


@dataclass(frozen=True, slots=True)
class Log:
    """A whole loop table counted."""

    tally: Tally
    rows: int
    set_aside: dict[str, int]
    to_at: int | None
    kinds: list[str]
    scattered: int  # loops whose rows did not stand side by side


@dataclass(slots=True)
class _Hand:
    # what one thread of work has at hand; the tally is everyone's
    reader: Reader
    held: list[pa.Table] = field(default_factory=list)
    held_marks: list[np.ndarray] = field(default_factory=list)
    marks: list[np.ndarray] = field(default_factory=list)
    aside: np.ndarray = field(default_factory=lambda: np.zeros(len(REASONS), np.int64))
    rows: int = 0
    latest: int = NONE


@dataclass(frozen=True, slots=True)
class _Task:
    tree: Tree
    ends: np.ndarray
    claims: Claims
    parameters: Parameters
    pieces: Pieces
    columns: list[str]
    to_at: int | None
    tally: Tally
    apart: np.ndarray = field(default_factory=lambda: _NO_MARKS)  # marks of loops to hold back, sorted
    keep: Keep | None = None
    kinds: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


def count_log(tree: Tree, pieces: Pieces, claims: Claims, parameters: Parameters, *, keep: Keep | None = None) -> Log:
    """Return the counted table; raises BadTable for the first row that cannot be read.

    Neither the order of rows nor the number of workers changes the counts.
    """
    check_names(pieces.names, wanted_columns(parameters), TABLE)
    wanted = (*wanted_columns(parameters), *OPTIONAL, ROW)
    columns = [name for name in dict.fromkeys(wanted) if name in pieces.names]
    to_at = _latest(pieces) if parameters.to_at is None else parameters.to_at
    tally = new_tally(tree, len(claims.keys))
    task = _Task(tree, find_ends(tree), claims, parameters, pieces, columns, to_at, tally, keep=keep)
    while True:
        if keep:
            keep.begin()
        hands = _work(task, WORKERS)
        latest = max(hand.latest for hand in hands)
        to_at = _known(latest) if parameters.to_at is None else parameters.to_at
        twice = _seen_twice(hands)
        if to_at == task.to_at and not len(twice):
            return _whole(task, hands)
        tally = new_tally(tree, len(claims.keys))
        task = replace(task, to_at=to_at, apart=np.union1d(task.apart, twice), tally=tally)


def _latest(pieces: Pieces) -> int | None:
    # what the file says of itself is only a first guess: the reading proves it
    said = pieces.largest(MOMENTS)
    if said is not None:
        return _known(max(int(read_moments(said[name], table=TABLE, bare="start")[0].max()) for name in MOMENTS))
    latest = NONE
    for piece in range(pieces.count):
        for first, table in pieces.read(piece, list(MOMENTS)):
            latest = max(latest, latest_moment(table, lambda index, start=first: pieces.number(start + index)))  # type: ignore[misc]
    return _known(latest)


def _known(moment: int) -> int | None:
    return None if moment == NONE else moment


def _work(task: _Task, workers: int) -> list[_Hand]:
    hands = [
        _Hand(Reader(task.tree, task.parameters, task.kinds)) for _ in range(max(1, min(workers, task.pieces.count)))
    ]
    free: SimpleQueue[_Hand] = SimpleQueue()
    for hand in hands:
        free.put(hand)

    def take(piece: int) -> None:
        hand = free.get()
        try:
            for first, table in task.pieces.read(piece, task.columns):
                for begin in range(0, max(table.num_rows, 1), SLICE):
                    _count(task, hand, table.slice(begin, SLICE), first + begin)
        finally:
            free.put(hand)

    pool = ThreadPoolExecutor(len(hands))
    try:
        for _ in pool.map(take, range(task.pieces.count)):  # the first refusal in the order of the rows is raised
            pass
    finally:
        pool.shutdown(cancel_futures=True)
    return hands


def _count(task: _Task, hand: _Hand, part: pa.Table, first: int) -> None:
    part, places = hand.reader.cut(part)
    if not part.num_rows:
        hand.held.append(spelled(part))
        return
    rows = hand.reader.read(part, lambda index: task.pieces.number(first + int(places[index])))
    new = run_starts(rows.loop)
    run = np.cumsum(new) - 1
    marks = hashes(rows.loop)[new]
    held = np.isin(marks, task.apart) if len(task.apart) else np.zeros(len(marks), np.bool_)
    held[[0, -1]] = True
    hand.marks.append(np.sort(marks[~held]))
    hand.held_marks.append(marks[held])
    is_held = held[run]
    hand.held.append(spelled(part.filter(pa.array(is_held))))
    chosen = np.flatnonzero(~is_held)
    hand.rows += len(chosen)
    hand.aside += np.array([*count_reasons(rows.reason[chosen]).values()])
    hand.latest = max(hand.latest, rows.latest)
    if task.keep:
        task.keep.take(keep_aside(rows, chosen))
    _add(task, rows, *order_runs(rows, run, hand.reader, chosen), hand.reader)


def _add(task: _Task, rows: Rows, order: np.ndarray, starts: np.ndarray, reader: Reader) -> None:
    threads = merge(rows, order, starts, reader, task.to_at)
    placed = place(task.tree, threads.debtor, threads.creditor, is_trade(threads))
    if task.keep:
        task.keep.take(keep_threads(rows, order, starts, threads))
    with task.lock:  # whole numbers: whoever comes first, the sums are the same
        count_placed(task.tree, task.tally, threads, placed, task.claims, ends=task.ends)


def _seen_twice(hands: list[_Hand]) -> np.ndarray:
    held = np.unique(np.concatenate([marks for hand in hands for marks in hand.held_marks] or [_NO_MARKS]))
    lists = [held, *(marks for hand in hands for marks in hand.marks)]
    parts = 1 << max(0, (sum(map(len, lists)) >> 20).bit_length())
    edges = np.arange(1, parts, dtype=np.uint64) * np.uint64((2**64 - 1) // parts)
    cuts = [np.concatenate([[0], np.searchsorted(marks, edges), [len(marks)]]) for marks in lists]
    found = [
        _doubled([marks[cut[k] : cut[k + 1]] for marks, cut in zip(lists, cuts, strict=True)]) for k in range(parts)
    ]
    return np.concatenate(found)


def _doubled(lists: list[np.ndarray]) -> np.ndarray:
    every = np.sort(np.concatenate(lists))
    return np.unique(every[1:][every[1:] == every[:-1]])


def _whole(task: _Task, hands: list[_Hand]) -> Log:
    held = pa.concat_tables([table for hand in hands for table in hand.held]).combine_chunks()
    reader = hands[0].reader
    rows = reader.read(held, task.pieces.number)  # read before: nothing is left to refuse
    if task.keep:
        task.keep.take(keep_aside(rows, np.arange(held.num_rows)))
    _add(task, rows, *order_rows(rows, reader), reader)
    aside = sum((hand.aside for hand in hands), np.array([*count_reasons(rows.reason).values()]))
    total = sum(hand.rows for hand in hands) + held.num_rows
    return Log(
        task.tally,
        total,
        dict(zip(REASONS, aside.tolist(), strict=True)),
        task.to_at,
        list(task.kinds),
        len(task.apart),
    )
