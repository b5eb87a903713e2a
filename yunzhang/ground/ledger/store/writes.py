"""The statements that write the ledger: entries, loops, subjects, texts, seals. Called by its actions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yunzhang.base.merkle import Frontier
from yunzhang.ground.ledger.store.rows import (
    LOOP_COLUMNS,
    chunks,
    fetch,
    fetch_in,
    is_sqlite,
    loop_of,
    loop_row,
    marks,
    moment_out,
    uuid_in,
    uuid_out,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from yunzhang.ground.ledger.terms import Checkpoint, Loop, Subject

SEQUENCER = 0x79756E7A68616E67  # "yunzhang", the advisory lock of the one who numbers entries
FEW = 8
INSERT_ENTRY = (
    "INSERT INTO ledger_entry (id, loop_id, step, verb, acted_at, unit_id, post_id, person, on_behalf, request_id,"
    " ordinal, body) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
INSERT_SEALED = "INSERT INTO ledger_sealed (seq, entry_id, leaf) VALUES (%s, %s, %s)"
INSERT_PENDING = "INSERT INTO ledger_pending (entry_id) VALUES (%s)"
INSERT_LOOP = f"INSERT INTO ledger_loop ({LOOP_COLUMNS}) VALUES ({marks(range(20))})"  # noqa: S608
UPDATE_LOOP = (
    "UPDATE ledger_loop SET due_at = %s, answered_at = %s, closed_at = %s, outcome = %s, state = %s, step = %s,"
    " returns = %s, extended = %s WHERE id = %s"
)
INSERT_TEXT = "INSERT INTO ledger_text (entry_id, name, salt, text) VALUES (%s, %s, %s, %s)"
INSERT_SUBJECT = "INSERT INTO ledger_subject (id, room, title, programme, salt) VALUES (%s, %s, %s, %s, %s)"
UPDATE_SUBJECT = "UPDATE ledger_subject SET room = %s, title = %s, programme = %s, salt = %s WHERE id = %s"


def entries_of_request(request: UUID) -> list[tuple[UUID, int | None]]:
    """The act's entries in order, each with its sealed number or None."""
    sql = (
        "SELECT e.id, s.seq FROM ledger_entry e LEFT JOIN ledger_sealed s ON s.entry_id = e.id"
        " WHERE e.request_id = %s ORDER BY e.ordinal"
    )
    return [(uuid_in(entry), seq) for entry, seq in fetch(sql, [uuid_out(request)])]


def load_loops(ids: Collection[UUID]) -> dict[UUID, Loop]:
    """The loops among these ids, keyed by id; ids without a loop row are left out."""
    sql = f"SELECT {LOOP_COLUMNS} FROM ledger_loop WHERE id IN ({{}})"  # noqa: S608
    found = (loop_of(row) for row in fetch_in(sql, map(uuid_out, ids)))
    return {loop.id: loop for loop in found}


def last_steps(streams: Collection[UUID]) -> dict[UUID, int]:
    """The last step of each stream that has entries."""
    if len(streams) <= FEW:
        # One seek in UNIQUE(loop, step) each; grouping would read every entry of a stream, and streams grow for years.
        one = "SELECT MAX(step) FROM ledger_entry WHERE loop_id = %s"
        found = {stream: fetch(one, [uuid_out(stream)])[0][0] for stream in streams}
        return {stream: step for stream, step in found.items() if step is not None}
    sql = "SELECT loop_id, MAX(step) FROM ledger_entry WHERE loop_id IN ({}) GROUP BY loop_id"
    return {uuid_in(stream): step for stream, step in fetch_in(sql, map(uuid_out, streams))}


def known_subjects(ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that stand in the subject table."""
    return {uuid_in(row[0]) for row in fetch_in("SELECT id FROM ledger_subject WHERE id IN ({})", map(uuid_out, ids))}


def insert_entries(rows: Sequence[tuple[Any, ...]]) -> None:
    """Add entry rows; sorted by stream on PostgreSQL so that two acts never wait for each other in a ring."""
    write(INSERT_ENTRY, rows if is_sqlite() else sorted(rows, key=lambda row: (row[1], row[2])))


def insert_loops(loops: Iterable[Loop]) -> None:
    """Add loops just opened."""
    sqlite = is_sqlite()
    write(INSERT_LOOP, [loop_row(loop, sqlite=sqlite) for loop in loops])


def update_loops(loops: Iterable[Loop]) -> None:
    """Write back the columns that entries may change."""
    sqlite = is_sqlite()
    rows = [loop_row(loop, sqlite=sqlite) for loop in loops]
    write(UPDATE_LOOP, [(*row[12:20], row[0]) for row in rows])


def insert_texts(rows: Sequence[tuple[UUID, str, bytes, str]]) -> None:
    """Add erasable texts of entries."""
    write(INSERT_TEXT, [(uuid_out(entry), name, salt, text) for entry, name, salt, text in rows])


def put_subjects(subjects: Sequence[tuple[Subject, bytes]]) -> None:
    """Add subjects, or give those that stand their new title and salt."""
    known = known_subjects([subject.id for subject, _ in subjects])
    new = [(uuid_out(s.id), s.room, s.title, s.programme, salt) for s, salt in subjects if s.id not in known]
    old = [(s.room, s.title, s.programme, salt, uuid_out(s.id)) for s, salt in subjects if s.id in known]
    write(INSERT_SUBJECT, new)
    write(UPDATE_SUBJECT, old)


def insert_pending(entries: Sequence[UUID]) -> None:
    """Queue entries for the sequencer."""
    write(INSERT_PENDING, [(entry,) for entry in entries])


def insert_sealed(first: int, leaves: Sequence[tuple[UUID, bytes]]) -> None:
    """Number entries from `first` on."""
    write(INSERT_SEALED, [(first + i, uuid_out(entry), leaf) for i, (entry, leaf) in enumerate(leaves)])


def try_sequencer_lock() -> bool:
    """Whether this transaction may number entries: one at a time on PostgreSQL; SQLite has one writer anyway."""
    return is_sqlite() or bool(fetch("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER])[0][0])


def load_head() -> tuple[str, Frontier] | None:
    """The ledger's origin and frontier, or None before its first seal."""
    rows = fetch("SELECT origin, size, frontier FROM ledger_head WHERE id = 1")
    return (rows[0][0], Frontier.unpacked(rows[0][1], bytes(rows[0][2]))) if rows else None


def insert_head(origin: str) -> None:
    """Name the ledger, once for life."""
    sql = "INSERT INTO ledger_head (id, origin, hash_name, size, frontier) VALUES (1, %s, %s, 0, %s)"
    write(sql, [(origin, "sha256", b"")])


def update_head(frontier: Frontier) -> None:
    """Store the frontier after a batch."""
    write("UPDATE ledger_head SET size = %s, frontier = %s WHERE id = 1", [(frontier.size, frontier.packed())])


def insert_checkpoint(checkpoint: Checkpoint) -> None:
    """Keep a signed tree head."""
    sql = "INSERT INTO ledger_checkpoint (size, root, written_at, note) VALUES (%s, %s, %s, %s)"
    write(sql, [(checkpoint.size, checkpoint.root, moment_out(checkpoint.at), checkpoint.note)])


def load_pending(limit: int) -> list[tuple[int, UUID, bytes]]:
    """The queue as one look sees it, in causal order: number, entry, body."""
    sql = (
        "SELECT p.id, p.entry_id, e.body FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id"
        " ORDER BY p.id LIMIT %s"
    )
    return [(number, uuid_in(entry), bytes(body)) for number, entry, body in fetch(sql, [limit])]


def delete_pending(numbers: Iterable[int]) -> None:
    """Take sealed entries off the queue."""
    for chunk in chunks(numbers):
        write(f"DELETE FROM ledger_pending WHERE id IN ({marks(chunk)})", [chunk])  # noqa: S608
