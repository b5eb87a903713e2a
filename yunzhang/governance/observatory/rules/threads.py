"""Threads: rows of one matter between the same two, merged, judged met or not, and held to the window (design §5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.moments import NONE
from yunzhang.governance.observatory.rules.refusals import check_columns, row_number
from yunzhang.governance.observatory.rules.rows import COLUMNS, REASONS, TABLE, Reader, Rows
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import OUTCOMES, Parameters

_MET, _LATE, _REFUSED, _WITHDRAWN = (OUTCOMES.index(name) for name in ("met", "late", "refused", "withdrawn"))


@dataclass(frozen=True, slots=True)
class Threads:
    """Columns by thread. `alive` is false where every row was withdrawn in time; `counts` holds the window."""

    kinds: list[str]
    kind: np.ndarray
    creditor: np.ndarray
    debtor: np.ndarray
    alive: np.ndarray
    counts: np.ndarray
    gone: np.ndarray  # withdrawn in time, with its due moment in the window
    met: np.ndarray
    late: np.ndarray
    refused: np.ndarray
    withdrawn: np.ndarray
    extended: np.ndarray | None
    unconfirmed: np.ndarray | None
    relation: np.ndarray | None  # as written when the loop opened: number in placement, -1 unknown
    due: np.ndarray
    rows: int
    set_aside: dict[str, int]
    to_at: int | None


def read_threads(table: pa.Table, tree: Tree, parameters: Parameters) -> Threads:
    """Return the threads of a whole loop table, wherever the rows of a loop stand in it.

    Raises BadTable where a column is missing or a moment cannot be read.
    """
    reader = Reader(tree, parameters)
    rows, _ = read_whole(table, reader)
    return gather_threads(rows, reader)


def first_rows(table: pa.Table, tree: Tree, parameters: Parameters) -> np.ndarray:
    """Return for each thread, in the order of `read_threads`, a row of the table it was made of; raises BadTable."""
    reader = Reader(tree, parameters)
    rows, numbers = read_whole(table, reader)
    order, starts = order_rows(rows, reader)
    return np.asarray(numbers[order[starts]])


def read_whole(table: pa.Table, reader: Reader) -> tuple[Rows, np.ndarray]:
    """Return the rows of the wanted programme, and where each stands in the table; raises BadTable."""
    check_columns(table, wanted_columns(reader.parameters), TABLE)
    part, places = reader.cut(table.unify_dictionaries().combine_chunks())
    return reader.read(part, lambda index: row_number(table, int(places[index]))), places


def wanted_columns(parameters: Parameters) -> tuple[str, ...]:
    """Return the columns a loop table must have."""
    return (*COLUMNS, "programme") if parameters.programme else COLUMNS


def gather_threads(rows: Rows, reader: Reader, to_at: int | None = None) -> Threads:
    """Return the threads of rows that stand in any order; without `to_at` the latest moment of the rows ends all."""
    if to_at is None:
        to_at = reader.parameters.to_at if reader.parameters.to_at is not None else rows.known_latest
    return merge(rows, *order_rows(rows, reader), reader, to_at)


def order_rows(rows: Rows, reader: Reader) -> tuple[np.ndarray, np.ndarray]:
    """Return the kept rows, those of one thread side by side wherever they stood, and where each thread begins."""
    coded = pc.dictionary_encode(rows.loop)
    loop = np.asarray(coded.indices, np.int64)
    kept = np.flatnonzero(rows.reason < 0)
    if len(coded.dictionary) == len(loop):
        return kept, np.arange(len(kept))
    order = kept[np.lexsort((*_keys(rows, reader, kept), loop[kept]))]
    return order, _starts(loop[order], *_keys(rows, reader, order))


def _keys(rows: Rows, reader: Reader, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = np.int64(len(reader.tree.ids))
    return rows.creditor[chosen] * size + rows.debtor[chosen], rows.kind[chosen]


def _starts(*keys: np.ndarray) -> np.ndarray:
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.ones(len(keys[0]), np.bool_)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(new)


def order_runs(rows: Rows, run: np.ndarray, reader: Reader, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chosen rows, those of one thread side by side, and where each thread begins.

    All rows of a loop stand side by side already; `run` numbers the loops.
    """
    kept = chosen[rows.reason[chosen] < 0]
    pair, kind = _keys(rows, reader, kept)
    of = run[kept]
    starts = _starts(of, pair, kind)
    if len(starts) > 1 and len(starts) != len(_starts(of)):  # several threads in one loop: put each together
        order = np.lexsort((pair, kind, of))
        kept, pair, kind, of = kept[order], pair[order], kind[order], of[order]
        starts = _starts(of, pair, kind)
    return kept, starts


def _any(flag: np.ndarray, starts: np.ndarray) -> np.ndarray:
    if len(starts) == len(flag):
        return flag
    return np.logical_or.reduceat(flag, starts) if len(starts) else np.zeros(0, np.bool_)


def _max(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    if len(starts) == len(values):
        return values
    return np.maximum.reduceat(values, starts) if len(starts) else np.zeros(0, np.int64)


def merge(rows: Rows, order: np.ndarray, starts: np.ndarray, reader: Reader, to_at: int | None) -> Threads:
    """Return the threads of rows in this order, each beginning at one of `starts`."""
    due, closed, outcome = rows.due[order], rows.closed[order], rows.outcome[order]
    stays = ~((outcome == _WITHDRAWN) & ((closed == NONE) | (closed <= due)))
    alive = _any(stays, starts)
    last_due = np.where(alive, _max(np.where(stays, due, NONE), starts), _max(due, starts))
    latest = _max(np.where(stays, closed, NONE), starts)
    some_closed, some_unclosed = _any(stays & (closed != NONE), starts), _any(stays & (closed == NONE), starts)
    refused = _any(outcome == _REFUSED, starts)
    pulled = _any(stays & (outcome == _WITHDRAWN), starts)
    unconfirmed = _flag(rows.unconfirmed, order, starts, stays)
    in_time = np.where(some_closed, ~some_unclosed & (latest <= last_due), ~_any(stays & (outcome != _MET), starts))
    is_late = np.where(some_closed, ~some_unclosed & (latest > last_due), _any(outcome == _LATE, starts))
    good = alive & ~refused & ~pulled
    inside = in_window(last_due, reader.parameters, to_at)
    first = order[starts]
    return Threads(
        kinds=list(reader.kinds),
        kind=rows.kind[first],
        creditor=rows.creditor[first],
        debtor=rows.debtor[first],
        alive=alive,
        counts=alive & inside,
        gone=~alive & inside,
        met=good & in_time & (True if unconfirmed is None else ~unconfirmed),
        late=good & is_late,
        refused=refused & alive,
        withdrawn=pulled,
        extended=_flag(rows.extended, order, starts, stays),
        unconfirmed=unconfirmed,
        relation=None if rows.relation is None else rows.relation[first],
        due=last_due,
        rows=len(rows.reason),
        set_aside=count_reasons(rows.reason),
        to_at=to_at,
    )


def _flag(said: np.ndarray | None, order: np.ndarray, starts: np.ndarray, stays: np.ndarray) -> np.ndarray | None:
    return None if said is None else _any(said[order] & stays, starts)


def count_reasons(reason: np.ndarray) -> dict[str, int]:
    """Return how many rows are set aside, by reason."""
    counts = np.bincount(reason + 1, minlength=len(REASONS) + 1)[1:]
    return dict(zip(REASONS, counts.tolist(), strict=True))


def in_window(due: np.ndarray, parameters: Parameters, to_at: int | None) -> np.ndarray:
    """Return which due moments count: from < due <= min(to, as_of)."""
    inside = np.ones(len(due), np.bool_)
    if parameters.from_at is not None:
        inside &= due > parameters.from_at
    for limit in (to_at, parameters.as_of):
        if limit is not None:
            inside &= due <= limit
    return inside


def no_threads(rows: int, set_aside: dict[str, int], to_at: int | None) -> Threads:
    """Return what is told of a table whose threads were counted and not kept."""
    none, never = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    columns = dict.fromkeys(("alive", "counts", "gone", "met", "late", "refused", "withdrawn"), never)
    return Threads([], none, none, none, **columns, extended=None, unconfirmed=None, relation=None, due=none,
                   rows=rows, set_aside=set_aside, to_at=to_at)  # fmt: skip
