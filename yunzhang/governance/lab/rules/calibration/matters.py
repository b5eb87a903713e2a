"""The matters of a log with what calibration asks of each: read, merged and placed by the observatory's own rules.

Only what `measure` charges to an edge or pair is kept: matters owed by the upper unit of a line stand beside V.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yunzhang.governance.observatory.rules.moments import NONE, read_moments
from yunzhang.governance.observatory.rules.placement import FUNCTIONAL, VERTICAL, Placed, place
from yunzhang.governance.observatory.rules.rows import TABLE, Reader
from yunzhang.governance.observatory.rules.tally import is_trade, named
from yunzhang.governance.observatory.rules.threads import Threads, merge, order_rows, read_whole
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import COVERS, REPORT, Parameters

REACH = len(COVERS) - VERTICAL  # a horizontal relation of the observatory and this give its place in RELATIONS
LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Matters:
    """Columns by living matter. Moments are microseconds of UTC, NONE where unknown.

    `relation` is a place in RELATIONS; `level` of the debtor, or of the unit inside where the debtor stands outside.
    On a line `creditor` is the upper end of the debtor's own edge, whoever asked.
    """

    relation: np.ndarray
    level: np.ndarray
    creditor: np.ndarray
    debtor: np.ndarray
    met: np.ndarray
    late: np.ndarray
    refused: np.ndarray
    opened: np.ndarray
    closed: np.ndarray  # when it was answered
    left: np.ndarray  # when it was refused, or withdrawn too late
    due: np.ndarray
    moved: np.ndarray  # its units stand elsewhere than when it was opened, or than before


def read_matters(tree: Tree, loops: pa.Table, parameters: Parameters, moved: np.ndarray) -> Matters:
    """Return the matters of a loop table (design §5); `moved` marks units that stand elsewhere than before.

    Raises BadTable where a column is missing or a moment cannot be read.
    """
    reader = Reader(tree, parameters)
    rows, numbers = read_whole(loops, reader)
    opened, _ = read_moments(loops["opened_at"], table=TABLE, bare="start")
    order, starts = order_rows(rows, reader)
    threads = merge(rows, order, starts, reader, None)
    placed = place(tree, threads.debtor, threads.creditor, is_trade(threads))
    begun, ended = _first(opened[numbers][order], starts), _last(rows.closed[order], starts)
    answered, gone = threads.met | threads.late, threads.refused | threads.withdrawn
    relation, level, creditor = _stand(tree, threads, placed)
    columns = (
        relation, level, creditor, threads.debtor, threads.met, threads.late, threads.refused, begun,
        np.where(answered, ended, NONE), np.where(gone, ended, NONE), threads.due, _moves(threads, placed, moved),
    )  # fmt: skip
    chosen = np.flatnonzero(threads.alive & ((placed.relation >= VERTICAL) | (placed.a == threads.debtor)))
    return Matters(*(column[chosen] for column in columns))


def _first(moments: np.ndarray, starts: np.ndarray) -> np.ndarray:
    if not len(starts):
        return np.zeros(0, np.int64)
    found = np.minimum.reduceat(np.where(moments == NONE, LATEST, moments), starts)
    return np.where(found == LATEST, NONE, found)


def _last(moments: np.ndarray, starts: np.ndarray) -> np.ndarray:
    # known only where every row has one
    if not len(starts):
        return np.zeros(0, np.int64)
    whole = np.minimum.reduceat(moments, starts) != NONE
    return np.where(whole, np.maximum.reduceat(moments, starts), NONE)


def _stand(tree: Tree, threads: Threads, placed: Placed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    report = named(threads.kinds, (REPORT,))[threads.kind].astype(np.int64) if len(threads.kind) else threads.kind
    vertical = placed.relation < VERTICAL
    relation = np.where(vertical, placed.relation * 2 + report, placed.relation + REACH)
    inside = np.where(threads.debtor < tree.count, threads.debtor, threads.creditor)
    upper = np.where(placed.relation == FUNCTIONAL, tree.guide[inside], tree.above[inside])
    return relation, tree.depth[inside], np.where(vertical, upper, threads.creditor)


def _moves(threads: Threads, placed: Placed, moved: np.ndarray) -> np.ndarray:
    found = moved[threads.debtor] | moved[threads.creditor]
    written = threads.relation
    return np.asarray(found if written is None else found | ((written >= 0) & (written != placed.relation)))


def moved_units(tree: Tree, units: pa.Table, before: pa.Table | None) -> np.ndarray:
    """Return which nodes, outsiders included, have another superior on either line than in the table `before`.

    A unit that was not there before is moved; nobody is where there is no such table.
    """
    if before is None:
        return np.zeros(len(tree.ids), np.bool_)
    old, new = _edges(before), _edges(units)
    return np.array([old.get(unit) != new.get(unit) for unit in tree.ids], np.bool_)


def _edges(units: pa.Table) -> dict[str, tuple[str, str]]:
    columns = ([str(cell or "") for cell in units[name].to_pylist()] for name in ("id", "parent", "guided_by"))
    return {unit: (parent, guide) for unit, parent, guide in zip(*columns, strict=True)}
