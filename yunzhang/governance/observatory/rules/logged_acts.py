"""The acts of a log that has no ledger: each matter's opening, as the look `act_columns` would give it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.moments import NONE, read_moments, trimmed
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.terms import REPORT, UNIT_KINDS

MOMENT = pa.timestamp("us", tz="UTC")
ENTERPRISE = UNIT_KINDS.index("enterprise")
TABLE = "事项表"


def acts_of_loops(loops: pa.Table, tree: Tree) -> pa.Table:
    """Return one opening per row of a loop table with a column `programme`; reports and undated rows left out.

    Rows of one creditor, moment and programme are one act and one document. Without a column `authority` no act is
    known to be agreed at a meeting. Raises BadTable where a moment cannot be read.
    """
    opened, _ = read_moments(loops["opened_at"], table=TABLE, bare="start")
    due, _ = read_moments(loops["due_at"], table=TABLE, bare="end")
    creditor, debtor, kind, programme = (
        trimmed(loops[name]).cast(pa.string()) for name in ("creditor", "debtor", "kind", "programme")
    )
    keep = (opened != NONE) & ~np.asarray(pc.fill_null(pc.equal(kind, REPORT), fill_value=False), np.bool_)
    upper, lower = tree.look_up(creditor), tree.look_up(debtor)
    vertical = _is_vertical(tree, upper, lower)
    outside = upper >= tree.count
    market = outside & (tree.kind[np.maximum(upper, 0)] == ENTERPRISE)
    document = pc.binary_join_element_wise(creditor, pa.array(opened).cast(pa.string()), programme, "|")
    table = {
        "at": _moments(opened),
        "verb": pa.array(["opened"] * len(opened), pa.string()),
        "request": document,
        "subject": document,
        "programme": programme,
        "debtor": debtor,
        "axis": pa.array(np.where(vertical, "vertical", "horizontal").tolist(), pa.string()),
        "relation": pa.array(np.select([market, outside], ["market", "society"], "").tolist(), pa.string()),
        "authority": trimmed(loops["authority"]).cast(pa.string())
        if "authority" in loops.column_names
        else pa.array([""] * len(opened), pa.string()),
        "due_at": _moments(due),
    }
    return pa.table(table).filter(pa.array(keep))


def _is_vertical(tree: Tree, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    inside = (upper >= 0) & (upper < tree.count) & (lower >= 0) & (lower < tree.count)
    a, b = np.where(inside, upper, 0), np.where(inside, lower, 0)
    return np.asarray(inside & (((a < b) & (b < tree.end[a])) | (tree.guide[b] == a)))


def _moments(micros: np.ndarray) -> pa.Array:
    return pa.array(np.where(micros == NONE, 0, micros), pa.int64(), mask=micros == NONE).cast(MOMENT)
