"""Rows of the loop table as loads and programmes need them: who owes whom on which line, from when to when, met or not.

A row is not a thread: these readings ask when a matter was in hand, which a merged thread no longer tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.moments import DAY, NONE, read_moments, trimmed
from yunzhang.governance.observatory.rules.placement import VERTICAL, place
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import REPORT, Basis, Parameters

TABLE = "事项表"
WITHDRAWN = "withdrawn"
RELATIONS = ("territorial", "functional", "department", "region", "market", "society")


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by row that is due inside the window; moments in microseconds. `owed_up`: on a line, by the lower."""

    debtor: np.ndarray
    creditor: np.ndarray
    relation: np.ndarray
    owed_up: np.ndarray
    is_report: np.ndarray
    opened: np.ndarray
    due: np.ndarray
    met: np.ndarray
    programme: np.ndarray  # number in `programmes`, -1 none
    programmes: tuple[str, ...]


def read_rows(loops: pa.Table, tree: Tree, parameters: Parameters) -> Rows:
    """Return the rows between known units that are due inside the window, withdrawn ones left out."""
    debtor, creditor = (tree.look_up(trimmed(loops[name])) for name in ("debtor", "creditor"))
    opened, due, closed = read_times(loops, parameters.term_days)
    outcome = trimmed(loops["outcome"])
    keep = (debtor >= 0) & (creditor >= 0) & (debtor != creditor)
    keep &= (debtor < tree.count) | (creditor < tree.count)
    keep &= ~np.asarray(pc.equal(outcome, WITHDRAWN), np.bool_) & (opened != NONE)
    for limit, sign in ((parameters.from_at, 1), (parameters.to_at, -1)):
        if limit is not None:
            keep &= due > limit if sign > 0 else due <= limit
    rows = np.flatnonzero(keep)
    placed = place(tree, debtor[rows], creditor[rows], np.zeros(len(rows), np.bool_))
    codes, names = _programmes(loops)
    return Rows(
        debtor=debtor[rows],
        creditor=creditor[rows],
        relation=placed.relation,
        owed_up=(placed.relation < VERTICAL) & (placed.a == debtor[rows]),
        is_report=np.asarray(pc.equal(trimmed(loops["kind"]), REPORT), np.bool_)[rows],
        opened=opened[rows],
        due=due[rows],
        met=is_met(outcome, due, closed)[rows],
        programme=codes[rows],
        programmes=names,
    )


def read_times(loops: pa.Table, term_days: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return opened, due (opened + term where none is given) and closed of each row."""
    opened, _ = read_moments(loops["opened_at"], table=TABLE, bare="start")
    given, _ = read_moments(loops["due_at"], table=TABLE, bare="end")
    closed, _ = read_moments(loops["closed_at"], table=TABLE, bare="start")
    return opened, np.where(given == NONE, opened + np.int64(round(term_days * DAY)), given), closed


def is_met(outcome: pa.Array, due: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Return which rows were met in time: not refused, closed by the due time, or `met` where no closing is given."""
    refused = np.asarray(pc.equal(outcome, "refused"), np.bool_)
    said = np.asarray(pc.equal(outcome, "met"), np.bool_)
    return np.asarray(~refused & np.where(closed == NONE, said, closed <= due))


def list_creditors(rows: Rows, debtors: Sequence[int], relations: Sequence[str]) -> list[int]:
    """Return the superiors these debtors owed rows of these relations, on a line, lowest node first."""
    chosen = rows.owed_up & np.isin(rows.debtor, debtors)
    chosen &= np.isin(rows.relation, [RELATIONS.index(name) for name in relations])
    return [int(node) for node in np.unique(rows.creditor[chosen])]


def _programmes(loops: pa.Table) -> tuple[np.ndarray, tuple[str, ...]]:
    if "programme" not in loops.column_names:
        return np.full(loops.num_rows, -1, np.int64), ()
    coded = pc.dictionary_encode(trimmed(loops["programme"]))
    names = tuple(coded.dictionary.to_pylist())
    codes = np.asarray(coded.indices, np.int64)
    return (np.where(codes == names.index(""), -1, codes) if "" in names else codes), names


def count_basis(
    loops: pa.Table, basis: Basis, *, after: int | None, until: int | None, below: Sequence[str] = ()
) -> tuple[int, int]:
    """Return how many rows of a basis fell due after one moment and until another, met and in all.

    `below` are the units under `basis.under`. Needs the table's own `relation`; withdrawn rows are left out.
    Units: moments in microseconds of UTC.
    """
    outcome = trimmed(loops["outcome"])
    _, due, closed = read_times(loops, 30)
    keep = ~np.asarray(pc.equal(outcome, WITHDRAWN), np.bool_)
    wanted = (("debtor", basis.debtors or tuple(below)), ("creditor", basis.creditors), ("relation", basis.relations))
    for name, values in (*wanted, ("programme", (basis.programme,) if basis.programme else ())):
        if values:
            text = trimmed(loops[name])
            keep &= np.asarray(pc.is_in(text, value_set=pa.array(values, text.type)), np.bool_)
    if after is not None:
        keep &= due > after
    if until is not None:
        keep &= due <= until
    return int((keep & is_met(outcome, due, closed)).sum()), int(keep.sum())
