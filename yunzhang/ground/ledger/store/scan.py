"""Raw reading for verification: stored bytes and stored columns, as they are, in order, from connections of its own.

A connection of its own lets several processes read at once; SQLite in memory has only the one there is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

from yunzhang.ground.ledger.store.rows import LOOP_COLUMNS, chunks, is_sqlite, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# An expression has no declared type, so no converter touches what is stored.
SQLITE_ENTRY = (
    "e.loop_id, e.step, e.verb, CAST(e.acted_at AS TEXT), e.unit_id, e.post_id, e.person, e.on_behalf, e.request_id,"
    " e.ordinal, e.body"
)
POSTGRES_ENTRY = (
    "e.loop_id::text, e.step, e.verb, to_char(e.acted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    " e.unit_id, e.post_id, e.person, e.on_behalf, e.request_id::text, e.ordinal, e.body"
)
FETCH = 2_000
SECONDS = "YYYY-MM-DD HH24:MI:SS"


class Reader:
    """One raw connection; texts come as stored, so that what is compared is what is there."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.entry = SQLITE_ENTRY if is_sqlite() else POSTGRES_ENTRY

    def stream(self, sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, fetched in pieces."""
        if is_sqlite():
            cursor = self.raw.cursor()
            cursor.arraysize = FETCH
            cursor.execute(sql.replace("%s", "?"), params)
        else:
            cursor = self.raw.cursor(name=f"verify{id(sql)}")
            cursor.itersize = FETCH
            cursor.execute(sql, params)
        with closing(cursor):
            yield from cursor

    def sealed(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """seq, entry, leaf, then the entry's columns and body, null where it is missing."""
        sql = (
            f"SELECT s.seq, s.entry_id, s.leaf, {self.entry} FROM ledger_sealed s"  # noqa: S608
            " LEFT JOIN ledger_entry e ON e.id = s.entry_id WHERE s.seq >= %s AND s.seq < %s ORDER BY s.seq"
        )
        return self.stream(sql, (start, stop))

    def since(self, stop: int) -> Iterator[tuple[Any, ...]]:
        """Entries sealed since, then those queued: entry, then columns and body."""
        sql = f"SELECT e.id, {self.entry} FROM ledger_sealed s JOIN ledger_entry e ON e.id = s.entry_id"  # noqa: S608
        yield from self.stream(f"{sql} WHERE s.seq >= %s ORDER BY s.seq", [stop])
        sql = f"SELECT e.id, {self.entry} FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id"  # noqa: S608
        yield from self.stream(f"{sql} ORDER BY p.id")

    def strays(self) -> Iterator[tuple[Any, ...]]:
        """Entries neither sealed nor queued; a full look, asked for only where the counts disagree."""
        sql = (
            f"SELECT e.id, {self.entry} FROM ledger_entry e"  # noqa: S608
            " WHERE NOT EXISTS (SELECT 1 FROM ledger_sealed s WHERE s.entry_id = e.id)"
            " AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.entry_id = e.id)"
        )
        return self.stream(sql)

    def loops(self, ids: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        """Loop rows in LOOP_COLUMNS order, moments as stored text."""
        columns = LOOP_COLUMNS
        if is_sqlite():
            for name in ("opened_at", "due_at", "answered_at", "closed_at"):
                columns = columns.replace(name, f"CAST({name} AS TEXT)")
        for chunk in chunks(ids):
            yield from self.stream(f"SELECT {columns} FROM ledger_loop WHERE id IN ({marks(chunk)})", chunk)  # noqa: S608

    def histories(self, streams: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        """Stream, seq, entry, body of all entries of these streams, by stream and step."""
        for chunk in chunks(streams):
            yield from self.stream(
                "SELECT e.loop_id, s.seq, e.id, e.body FROM ledger_entry e LEFT JOIN ledger_sealed s"  # noqa: S608
                f" ON s.entry_id = e.id WHERE e.loop_id IN ({marks(chunk)}) ORDER BY e.loop_id, e.step",
                chunk,
            )

    def texts(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """Texts still held by table number: entry, name, salt, text, the entry's seq and body."""
        sql = (
            "SELECT t.entry_id, t.name, t.salt, t.text, s.seq, e.body FROM ledger_text t"
            " LEFT JOIN ledger_entry e ON e.id = t.entry_id LEFT JOIN ledger_sealed s ON s.entry_id = t.entry_id"
            " WHERE t.id >= %s AND t.id < %s"
        )
        return self.stream(sql, (start, stop))

    def subjects(self) -> Iterator[tuple[Any, ...]]:
        """Subject rows."""
        return self.stream("SELECT id, room, title, programme, salt FROM ledger_subject")

    def one(self, sql: str) -> tuple[Any, ...]:
        """The first row of a query."""
        return next(iter(self.stream(sql)))

    def counts(self) -> tuple[int, int, int, int]:
        """How many entries, sealed, queued, loops."""
        found = self.one(
            "SELECT (SELECT COUNT(*) FROM ledger_entry), (SELECT COUNT(*) FROM ledger_sealed),"
            " (SELECT COUNT(*) FROM ledger_pending), (SELECT COUNT(*) FROM ledger_loop)"
        )
        return int(found[0]), int(found[1]), int(found[2]), int(found[3])

    def ends(self) -> tuple[int, int]:
        """One more than the last number, one more than the last text's number."""
        found = self.one(
            "SELECT (SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_sealed),"
            " (SELECT COALESCE(MAX(id) + 1, 0) FROM ledger_text)"
        )
        return int(found[0]), int(found[1])

    def head(self) -> tuple[str, str, int, bytes] | None:
        """Origin, hash, size and frontier as stored."""
        found = list(self.stream("SELECT origin, hash_name, size, frontier FROM ledger_head WHERE id = 1"))
        return (found[0][0], found[0][1], found[0][2], bytes(found[0][3])) if found else None

    def checkpoints(self) -> list[tuple[int, bytes, str, str]]:
        """Size, root, moment as stored text, note; by size."""
        at = "CAST(written_at AS TEXT)" if is_sqlite() else f"to_char(written_at AT TIME ZONE 'UTC', '{SECONDS}')"
        sql = f"SELECT size, root, {at}, note FROM ledger_checkpoint ORDER BY size"  # noqa: S608
        return [(size, bytes(root), written, note) for size, root, written, note in self.stream(sql)]

    def tolerate(self) -> None:
        """Read texts that are no UTF-8 any more without stopping."""
        if is_sqlite():
            self.raw.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def can_split() -> bool:
    """Whether other processes can open the same database."""
    return not is_in_memory()


def is_in_memory() -> bool:
    """Whether the database lives in this process alone (tests)."""
    return is_sqlite() and bool(connection.is_in_memory_db())  # type: ignore[attr-defined]


@contextmanager
def reader() -> Iterator[Reader]:
    """A reader on a connection of its own, at one moment; in memory, on the only connection there is."""
    if is_in_memory():
        connection.ensure_connection()
        try:
            yield Reader(connection.connection)
        finally:
            connection.connection.text_factory = str
    elif is_sqlite():
        with closing(sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True, timeout=20)) as raw:
            raw.isolation_level = None
            raw.execute("PRAGMA cache_size=-65536")
            raw.execute("BEGIN")
            yield Reader(raw)
    else:
        yield from _postgres_reader()


def _postgres_reader() -> Iterator[Reader]:
    if connection.in_atomic_block:  # a test's open transaction: only its own connection sees the rows
        yield Reader(connection.connection)
        return
    with closing(connection.copy()) as own:
        own.ensure_connection()
        own.connection.autocommit = False
        own.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Reader(own.connection)


def integrity() -> str:
    """What SQLite's own check says: "ok" or its first complaints; PostgreSQL checks pages as it reads them: ""."""
    if not is_sqlite():
        return ""
    with reader() as own:
        return "; ".join(str(row[0]) for row in own.stream("PRAGMA integrity_check(5)"))
