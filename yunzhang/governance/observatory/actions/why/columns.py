"""What the loop table says beside the measure: of each thread its programme, its time limit, the loop it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.rules import stalls
from yunzhang.governance.observatory.rules.moments import DAY, NONE, read_moments, trimmed
from yunzhang.governance.observatory.rules.rows import TABLE
from yunzhang.governance.observatory.rules.threads import first_rows

MOST = 12  # programmes told apart
type_column = pa.Array | pa.ChunkedArray


@dataclass(frozen=True, slots=True)
class Sides:
    """By thread: code of its programme (-1 none), days it was given (NaN unknown), code of its kind and programme,
    and the thread it was split from (-1 none; None where the log knows no parents)."""

    programmes: list[str]
    programme: np.ndarray | None
    days: np.ndarray
    group: np.ndarray
    above: np.ndarray | None
    blind: dict[str, Any]


def read_sides(material: Material) -> Sides:
    """Return the columns beside the measure; what is missing is told in `blind`, for the page to say."""
    measured, loops = material.measured, material.loops
    tree, threads = measured.tree, measured.threads
    rows = first_rows(loops, tree, measured.parameters)
    names, programme = _codes(loops, "programme", rows)
    above = _above(measured, loops, rows)
    blind = {
        "confirmed": threads.unconfirmed is None,
        "parents": above is None,
        "need": not measured.has_need,
        "set_aside": sum(threads.set_aside.values()),
    }
    wide = np.int64(len(names) + 1)
    group = threads.kind * wide + (0 if programme is None else programme + 1)
    shown = None if programme is None else np.where(programme < MOST, programme, -1)
    return Sides(names[:MOST], shown, _days(loops, rows), np.asarray(group, np.int64), above, blind)


def _codes(loops: pa.Table, name: str, rows: np.ndarray) -> tuple[list[str], np.ndarray | None]:
    # codes by how often a word stands, the commonest first; -1 where nothing stands
    if name not in loops.column_names:
        return [], None
    cells = pc.dictionary_encode(trimmed(loops[name]))
    words, codes = cells.dictionary.to_pylist(), np.asarray(cells.indices, np.int64)[rows]
    counts = np.bincount(codes, minlength=len(words))
    order = [k for k in np.argsort(-counts, kind="stable").tolist() if words[k] and counts[k]]
    rank = np.full(len(words) + 1, -1, np.int64)
    rank[order] = np.arange(len(order))
    return [words[k] for k in order], (rank[codes] if order else None)


def _days(loops: pa.Table, rows: np.ndarray) -> np.ndarray:
    opened, _ = read_moments(loops["opened_at"], table=TABLE, bare="start")
    due, _ = read_moments(loops["due_at"], table=TABLE, bare="end")
    known = (opened != NONE) & (due != NONE)
    days = np.where(known, (due - np.where(known, opened, 0)) / DAY, np.nan)
    return np.asarray(days[rows])


def _above(measured: rules.Measured, loops: pa.Table, rows: np.ndarray) -> np.ndarray | None:
    if "parent" not in loops.column_names:
        return None
    loop, parent = trimmed(loops["loop"]), trimmed(loops["parent"])
    words = pc.unique(loop)
    codes = np.asarray(pc.index_in(loop, value_set=words).fill_null(-1), np.int64)[rows]
    empty = np.asarray(pc.equal(parent, ""), np.bool_)
    upper = np.asarray(pc.index_in(parent, value_set=words).fill_null(-1), np.int64)
    split = np.where(empty, -1, upper)[rows]
    return stalls.link_chains(measured.tree, measured.threads, codes, split) if (split >= 0).any() else None
