"""The acts of the record as columns: entries with what their matter is about, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yunzhang.ground.ledger.store.looks import ENTRY_BODY, Written, written
from yunzhang.ground.ledger.store.rows import fetch, marks, moment_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOMENT = pa.timestamp("us", tz="UTC")
OF_ENTRY = ("verb", "request_id", "loop_id", "unit_id", "post_id")
OF_LOOP = (
    "subject_id",
    "kind",
    "programme",
    "creditor",
    "debtor",
    "axis",
    "relation",
    "authority",
    "parent_id",
    "due_at",
)
NUMBERS = frozenset({"unit_id", "post_id", "creditor", "debtor"})


def act_table(
    verbs: Sequence[str], but_kinds: Sequence[str], to: datetime | None, post: int | None, person: str | None
) -> pa.Table:
    """The entries of these verbs on matters not of these kinds, in the order of their moments."""
    conditions: list[tuple[str, Sequence[Any]]] = [(f"e.verb IN ({marks(verbs)})", verbs)]
    if but_kinds:
        conditions.append((f"l.kind NOT IN ({marks(but_kinds)})", but_kinds))
    if to is not None:
        conditions.append(("e.acted_at < %s", [moment_out(to)]))
    if post is not None:
        conditions.append(("e.post_id = %s", [post]))
    if person is not None:
        conditions.append(("e.person = %s", [person]))
    columns = ", ".join(["e.acted_at", *(f"e.{name}" for name in OF_ENTRY), *(f"l.{name}" for name in OF_LOOP)])
    sql = f"SELECT {columns} FROM ledger_entry e JOIN ledger_loop l ON l.id = e.loop_id"  # noqa: S608
    sql += f" WHERE {' AND '.join(text for text, _ in conditions)} ORDER BY e.id"
    return _arrow(fetch(sql, [value for _, values in conditions for value in values]))


def entries_of_verbs(verbs: Sequence[str], after: datetime, to: datetime) -> list[Written]:
    """The entries of these verbs acted after a moment and before another, matters and streams alike, by moment."""
    sql = f"{ENTRY_BODY} WHERE e.verb IN ({marks(verbs)}) AND e.acted_at > %s AND e.acted_at < %s ORDER BY e.id"
    return [written(row) for row in fetch(sql, [*verbs, moment_out(after), moment_out(to)])]


def _arrow(rows: Sequence[Sequence[Any]]) -> pa.Table:
    names = (*OF_ENTRY, *OF_LOOP)
    columns = list(zip(*rows, strict=True)) or [()] * (1 + len(names))
    found = {"at": pa.array(columns[0], MOMENT)}
    for name, values in zip(names, columns[1:], strict=True):
        found[name.removesuffix("_id")] = _column(name, values)
    return pa.table(found)


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    if name == "due_at":
        return pa.array(values, MOMENT)
    if name in NUMBERS:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if name in ("request_id", "loop_id", "subject_id", "parent_id"):
        values = [None if value is None else str(value).replace("-", "") for value in values]
    return pa.array(values, pa.string())
