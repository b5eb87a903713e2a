"""Threads: rows of the loop table merged, judged met or not, and held to the window (design §5 "Thread")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.moments import DAY, NONE, ZONE, read_moments, trimmed
from yunzhang.governance.observatory.rules.tree import Tree, check_columns
from yunzhang.governance.observatory.terms import OUTCOMES, BadTable, Parameters

TABLE = "事项表"
COLUMNS = ("loop", "kind", "creditor", "debtor", "opened_at", "due_at", "closed_at", "outcome")
REASONS = (
    "unknown_unit",
    "owed_to_itself",
    "both_outside",
    "unknown_outcome",
    "closed_before_opened",
    "due_before_opened",
)
_MET, _LATE, _REFUSED, _WITHDRAWN = (OUTCOMES.index(name) for name in ("met", "late", "refused", "withdrawn"))
_EMPTY = len(OUTCOMES)


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


@dataclass(frozen=True, slots=True)
class _Rows:
    keep: np.ndarray
    loop: np.ndarray
    loops: int  # how many different ones
    kind: np.ndarray
    kinds: list[str]
    creditor: np.ndarray
    debtor: np.ndarray
    due: np.ndarray
    closed: np.ndarray
    outcome: np.ndarray
    set_aside: dict[str, int]
    latest: int | None


def read_threads(table: pa.Table, tree: Tree, parameters: Parameters) -> Threads:
    """Return the threads of a loop table; rows that cannot be judged are set aside and counted by reason.

    Raises BadTable where a column is missing or a moment cannot be read.
    """
    check_columns(table, (*COLUMNS, *(["programme"] if parameters.programme else [])), TABLE)
    if parameters.programme:
        table = table.filter(pc.equal(trimmed(table["programme"]), parameters.programme))
    rows = _read_rows(table, tree, parameters.term_days)
    order = _order(rows, np.flatnonzero(rows.keep), len(tree.ids))
    return _merge(table, rows, order, _starts(rows, order), parameters)


def first_rows(table: pa.Table, tree: Tree, parameters: Parameters) -> np.ndarray:
    """Return for each thread, in the order of `read_threads`, a row of the table it was made of; raises BadTable."""
    numbers = np.arange(table.num_rows)
    if parameters.programme and "programme" in table.column_names:
        mine = np.asarray(pc.equal(trimmed(table["programme"]), parameters.programme), np.bool_)
        table, numbers = table.filter(pa.array(mine)), numbers[mine]
    rows = _read_rows(table, tree, parameters.term_days)
    order = _order(rows, np.flatnonzero(rows.keep), len(tree.ids))
    return np.asarray(numbers[order[_starts(rows, order)]])


def _order(rows: _Rows, kept: np.ndarray, ids: int) -> np.ndarray:
    # rows of one thread side by side; where no loop has a second row each stands alone already
    if rows.loops == len(rows.loop):
        return kept
    pair = rows.creditor[kept] * np.int64(ids) + rows.debtor[kept]
    name = rows.loop[kept] * np.int64(max(len(rows.kinds), 1)) + rows.kind[kept]
    return np.asarray(kept[np.lexsort((pair, name))])


def _starts(rows: _Rows, order: np.ndarray) -> np.ndarray:
    if not len(order):
        return np.zeros(0, np.int64)
    if rows.loops == len(rows.loop):
        return np.arange(len(order))
    new = np.ones(len(order), np.bool_)
    keys = (rows.loop, rows.kind, rows.creditor, rows.debtor)
    new[1:] = np.logical_or.reduce([key[order[1:]] != key[order[:-1]] for key in keys])
    return np.flatnonzero(new)


def _read_rows(table: pa.Table, tree: Tree, term_days: float) -> _Rows:
    loop, kind = (pc.dictionary_encode(trimmed(table[name])) for name in ("loop", "kind"))
    _refuse_empty(loop)
    creditor, debtor = (tree.look_up(trimmed(table[name])) for name in ("creditor", "debtor"))
    opened, _ = read_moments(table["opened_at"], table=TABLE, bare="start")
    given, _ = read_moments(table["due_at"], table=TABLE, bare="end")
    closed, dated = read_moments(table["closed_at"], table=TABLE, bare="start")
    same_day = dated & (opened != NONE) & ((opened + ZONE) // DAY == (closed + ZONE) // DAY)
    closed = np.where(same_day, np.maximum(opened, closed), closed)
    _refuse_undated(opened, given)
    due = np.where(given == NONE, opened + np.int64(round(term_days * DAY)), given)
    outcome = _outcomes(table)
    bad = (
        (creditor < 0) | (debtor < 0),
        creditor == debtor,
        (creditor >= tree.count) & (debtor >= tree.count),
        outcome < 0,
        (opened != NONE) & (closed != NONE) & (closed < opened),
        (opened != NONE) & (due < opened),
    )
    reason = np.select(bad, range(len(REASONS)), -1)
    counts = {name: int((reason == number).sum()) for number, name in enumerate(REASONS)}
    latest = max((int(column.max()) for column in (opened, given, closed) if len(column)), default=NONE)
    return _Rows(
        keep=reason < 0,
        loop=np.asarray(loop.indices, np.int64),
        loops=len(loop.dictionary),
        kind=np.asarray(kind.indices, np.int64),
        kinds=kind.dictionary.to_pylist(),
        creditor=creditor,
        debtor=debtor,
        due=due,
        closed=closed,
        outcome=outcome,
        set_aside=counts,
        latest=None if latest == NONE else latest,
    )


def _refuse_empty(loop: pa.DictionaryArray) -> None:
    empty = pc.index(loop.dictionary, pa.scalar("", loop.dictionary.type)).as_py()
    if empty >= 0:
        row = int(np.flatnonzero(np.asarray(loop.indices) == empty)[0])
        raise BadTable(table=TABLE, problem=f"第 {row + 1} 行没有事项编号 loop")


def _refuse_undated(opened: np.ndarray, due: np.ndarray) -> None:
    undated = np.flatnonzero((opened == NONE) & (due == NONE))
    if len(undated):
        raise BadTable(table=TABLE, problem=f"第 {undated[0] + 1} 行既无 opened_at 也无 due_at")


def _outcomes(table: pa.Table) -> np.ndarray:
    text = trimmed(table["outcome"])
    return np.asarray(pc.index_in(text, value_set=pa.array([*OUTCOMES, ""], text.type)).fill_null(-1), np.int64)


def _any(flag: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.logical_or.reduceat(flag, starts) if len(starts) else np.zeros(0, np.bool_)


def _max(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.maximum.reduceat(values, starts) if len(starts) else np.zeros(0, np.int64)


def _merge(table: pa.Table, rows: _Rows, order: np.ndarray, starts: np.ndarray, parameters: Parameters) -> Threads:
    due, closed, outcome = rows.due[order], rows.closed[order], rows.outcome[order]
    dropped = (outcome == _WITHDRAWN) & ((closed == NONE) | (closed <= due))
    stays = ~dropped
    alive = _any(stays, starts)
    last_due = np.where(alive, _max(np.where(stays, due, NONE), starts), _max(due, starts))
    latest = _max(np.where(stays, closed, NONE), starts)
    some_closed, some_unclosed = _any(stays & (closed != NONE), starts), _any(stays & (closed == NONE), starts)
    refused = _any(outcome == _REFUSED, starts)
    pulled = _any(stays & (outcome == _WITHDRAWN), starts)
    unconfirmed = _flag(table, "confirmed", order, starts, stays)
    in_time = np.where(some_closed, ~some_unclosed & (latest <= last_due), ~_any(stays & (outcome != _MET), starts))
    is_late = np.where(some_closed, ~some_unclosed & (latest > last_due), _any(outcome == _LATE, starts))
    good = alive & ~refused & ~pulled
    to_at = parameters.to_at if parameters.to_at is not None else rows.latest
    inside = _in_window(last_due, parameters, to_at)
    return Threads(
        kinds=rows.kinds,
        kind=rows.kind[order[starts]],
        creditor=rows.creditor[order[starts]],
        debtor=rows.debtor[order[starts]],
        alive=alive,
        counts=alive & inside,
        gone=~alive & inside,
        met=good & in_time & (True if unconfirmed is None else ~unconfirmed),
        late=good & is_late,
        refused=refused & alive,
        withdrawn=pulled,
        extended=_flag(table, "extended", order, starts, stays),
        unconfirmed=unconfirmed,
        relation=_relations(table, order, starts),
        due=last_due,
        rows=table.num_rows,
        set_aside=rows.set_aside,
        to_at=to_at,
    )


def _in_window(due: np.ndarray, parameters: Parameters, to_at: int | None) -> np.ndarray:
    inside = np.ones(len(due), np.bool_)
    if parameters.from_at is not None:
        inside &= due > parameters.from_at
    for limit in (to_at, parameters.as_of):
        if limit is not None:
            inside &= due <= limit
    return inside


def _flag(table: pa.Table, name: str, order: np.ndarray, starts: np.ndarray, stays: np.ndarray) -> np.ndarray | None:
    if name not in table.column_names:
        return None
    text = trimmed(table[name])
    said = pc.equal(text, "no") if name == "confirmed" else pc.invert(pc.is_in(text, value_set=_nothing(text.type)))
    return _any(np.asarray(said, np.bool_)[order] & stays, starts)


def _nothing(kind: pa.DataType) -> pa.Array:
    return pa.array(["", "0", "0.0", "no", "false"], kind)


def _relations(table: pa.Table, order: np.ndarray, starts: np.ndarray) -> np.ndarray | None:
    if "relation" not in table.column_names:
        return None
    text = trimmed(table["relation"])
    names = pa.array(["territorial", "functional", "department", "region", "market", "society"], text.type)
    return np.asarray(np.asarray(pc.index_in(text, value_set=names).fill_null(-1), np.int64)[order[starts]])
