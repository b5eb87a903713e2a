"""The queries that read the ledger for its looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yunzhang.ground.ledger.store.rows import (
    LOOP_COLUMNS,
    chunks,
    fetch,
    fetch_in,
    loop_of,
    marks,
    moment_in,
    uuid_in,
    uuid_out,
)
from yunzhang.ground.ledger.terms import Checkpoint, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yunzhang.ground.ledger.terms import Loop

ENTRY_BODY = "SELECT e.id, e.body, s.seq FROM ledger_entry e LEFT JOIN ledger_sealed s ON s.entry_id = e.id"
SEALED_BODY = "SELECT e.id, e.body, s.seq FROM ledger_sealed s JOIN ledger_entry e ON e.id = s.entry_id"
CHECKPOINT = "SELECT size, root, written_at, note FROM ledger_checkpoint"


Written = tuple[UUID, bytes, int | None]  # an entry's id, its canonical bytes, its sealed number


def written(row: Sequence[Any]) -> Written:
    return uuid_in(row[0]), bytes(row[1]), row[2]


def entries_of(loop: UUID) -> list[Written]:
    """The entries of one loop or stream, by step."""
    return [written(row) for row in fetch(f"{ENTRY_BODY} WHERE e.loop_id = %s ORDER BY e.step", [uuid_out(loop)])]


def entry_by_id(entry: UUID) -> Written | None:
    """One entry, or None."""
    rows = fetch(f"{ENTRY_BODY} WHERE e.id = %s", [uuid_out(entry)])
    return written(rows[0]) if rows else None


def entry_at(seq: int) -> str | None:
    """The id of the entry with this number, or None."""
    rows = fetch("SELECT entry_id FROM ledger_sealed WHERE seq = %s", [seq])
    return str(uuid_in(rows[0][0])) if rows else None


def sealed_from(cursor: int, limit: int) -> list[Written]:
    """Sealed entries from a number on, in order."""
    sql = f"{SEALED_BODY} WHERE s.seq >= %s AND s.seq < %s ORDER BY s.seq"
    return [written(row) for row in fetch(sql, [cursor, cursor + limit])]


def record_of(loop: UUID) -> list[tuple[Written, str | None, str | None]]:
    """The entries of one loop or stream by step, once for each text still held beside them (or once without)."""
    sql = (
        "SELECT e.id, e.body, s.seq, t.name, t.text FROM ledger_entry e"
        " LEFT JOIN ledger_sealed s ON s.entry_id = e.id LEFT JOIN ledger_text t ON t.entry_id = e.id"
        " WHERE e.loop_id = %s ORDER BY e.step, t.name"
    )
    return [(written(row), row[3], row[4]) for row in fetch(sql, [uuid_out(loop)])]


def open_below(parents: Iterable[UUID]) -> list[Loop]:
    """The loops in hand anywhere below these, along chains of loops in hand."""
    columns = ", ".join(f"l.{name}" for name in LOOP_COLUMNS.split(", "))
    found: list[Loop] = []
    for part in chunks(parents):
        sql = (
            f"WITH RECURSIVE below AS (SELECT id FROM ledger_loop WHERE parent_id IN ({marks(part)})"  # noqa: S608
            " AND state IN ('open', 'signed') UNION SELECT l.id FROM ledger_loop l JOIN below b ON l.parent_id = b.id"
            f" WHERE l.state IN ('open', 'signed')) SELECT {columns} FROM ledger_loop l JOIN below b ON l.id = b.id"
            " ORDER BY l.opened_at, l.id"
        )
        found += [loop_of(row) for row in fetch(sql, [uuid_out(one) for one in part])]
    return found


def texts_of(loop: UUID) -> dict[tuple[UUID, str], str]:
    """The texts still held beside a loop's entries."""
    sql = (
        "SELECT t.entry_id, t.name, t.text FROM ledger_text t JOIN ledger_entry e ON e.id = t.entry_id"
        " WHERE e.loop_id = %s"
    )
    return {(uuid_in(entry), name): text for entry, name, text in fetch(sql, [uuid_out(loop)])}


def children_of(parents: Iterable[UUID]) -> dict[UUID, list[Loop]]:
    """The loops one level down, per parent, oldest first."""
    sql = f"SELECT {LOOP_COLUMNS} FROM ledger_loop WHERE parent_id IN ({{}}) ORDER BY opened_at, id"  # noqa: S608
    found: dict[UUID, list[Loop]] = {}
    for row in fetch_in(sql, map(uuid_out, parents)):
        found.setdefault(uuid_in(row[3]), []).append(loop_of(row))
    return found


def subjects_by_id(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """Subjects, keyed by id."""
    sql = "SELECT id, room, title, programme FROM ledger_subject WHERE id IN ({})"
    rows = fetch_in(sql, map(uuid_out, ids))
    found = (Subject(uuid_in(row[0]), *row[1:]) for row in rows)
    return {subject.id: subject for subject in found}


def loops_beside(loop: UUID) -> list[Loop]:
    """The loops about the subject of this loop, oldest first."""
    sql = (
        f"SELECT {LOOP_COLUMNS} FROM ledger_loop"  # noqa: S608
        " WHERE subject_id = (SELECT subject_id FROM ledger_loop WHERE id = %s) ORDER BY opened_at, id"
    )
    return [loop_of(row) for row in fetch(sql, [uuid_out(loop)])]


def loops_of_subject(subject: UUID) -> list[Loop]:
    """The loops about one subject, oldest first."""
    sql = f"SELECT {LOOP_COLUMNS} FROM ledger_loop WHERE subject_id = %s ORDER BY opened_at, id"  # noqa: S608
    return [loop_of(row) for row in fetch(sql, [uuid_out(subject)])]


def loops_opened_by(request: UUID) -> list[Loop]:
    """The loops one act opened, in the order of its entries."""
    columns = ", ".join(f"l.{name}" for name in LOOP_COLUMNS.split(", "))
    sql = (
        f"SELECT {columns} FROM ledger_entry e JOIN ledger_loop l ON l.id = e.loop_id"  # noqa: S608
        " WHERE e.request_id = %s AND e.verb = 'opened' ORDER BY e.ordinal"
    )
    return [loop_of(row) for row in fetch(sql, [uuid_out(request)])]


def checkpoints(limit: int) -> list[Checkpoint]:
    """The newest checkpoints, newest first."""
    rows = fetch(f"{CHECKPOINT} ORDER BY size DESC LIMIT %s", [limit])
    return [Checkpoint(size, bytes(root), _moment(at), note) for size, root, at, note in rows]


def _moment(value: Any) -> Any:
    return moment_in(value)
