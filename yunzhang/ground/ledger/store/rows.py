"""Rows as the database driver takes and gives them: the hot path goes without ORM objects.

SQLite keeps a UUID as 32 hex digits and a moment as text; PostgreSQL has both types of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from yunzhang.ground.ledger.terms import Loop, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

CHUNK = 400
LOOP_COLUMNS = (
    "id, kind, subject_id, parent_id, creditor, debtor, handled_by, authority, relation, axis, programme,"
    " opened_at, due_at, answered_at, closed_at, outcome, state, step, returns, extended"
)
OUTCOMES = {member.value: member for member in Outcome}
STATES = {member.value: member for member in State}


_held: ContextVar[CursorWrapper | None] = ContextVar("ledger_cursor", default=None)


@cache
def is_sqlite() -> bool:
    """Whether the embedded database is used; a process serves one home, so the answer is kept."""
    return bool(connection.vendor == "sqlite")


@contextmanager
def one_cursor() -> Iterator[None]:
    """Use one cursor for all statements inside: an act of ten statements is a third cheaper for it."""
    with connection.cursor() as cursor:
        token = _held.set(cursor)
        try:
            yield
        finally:
            _held.reset(token)


def is_step_clash(clash: Exception) -> bool:
    """Whether a unique violation came from UNIQUE(loop, step): two acted on one loop at once."""
    return "ledger_entry_loop_step" in str(clash) or "ledger_entry.loop_id, ledger_entry.step" in str(clash)


def uuid_out(value: UUID) -> Any:
    """A UUID as the driver takes it."""
    return value.hex if is_sqlite() else value


def uuid_in(value: Any) -> UUID:
    """A UUID as the driver gave it."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def moment_out(value: datetime) -> Any:
    """A moment as the driver takes it; on SQLite exactly as Django writes it, so that queries compare well."""
    return moment_text(value) if is_sqlite() else value


def moment_text(at: datetime) -> str:
    """A moment as Django writes it on SQLite: UTC, without its zone."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(" ")[:-6]


def moment_in(value: Any) -> datetime | None:
    """A moment as the driver gave it."""
    if value is None:
        return None
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def loop_row(loop: Loop, *, sqlite: bool) -> tuple[Any, ...]:
    """The loop's columns in LOOP_COLUMNS order; the live write and the verification share it."""
    parent, moments = loop.parent, (loop.opened_at, loop.due_at, loop.answered_at, loop.closed_at)
    ids: tuple[Any, ...]
    if sqlite:
        ids = loop.id.hex, loop.subject.hex, parent.hex if parent else None
        moments_out: Iterable[Any] = [at and moment_text(at) for at in moments]
    else:
        ids, moments_out = (loop.id, loop.subject, parent), moments
    return (
        ids[0],
        loop.kind,
        ids[1],
        ids[2],
        loop.creditor,
        loop.debtor,
        loop.handled_by,
        loop.authority,
        loop.relation,
        loop.axis,
        loop.programme,
        *moments_out,
        loop.outcome.value,
        loop.state.value,
        loop.step,
        loop.returns,
        loop.extended,
    )


def loop_of(row: Sequence[Any]) -> Loop:
    """The loop a row of LOOP_COLUMNS holds."""
    ids = uuid_in(row[0]), row[1], uuid_in(row[2]), uuid_in(row[3]) if row[3] else None
    moments = (moment_in(value) for value in row[11:15])
    facts: tuple[Any, ...] = (*ids, *row[4:11], *moments, OUTCOMES[row[15]], STATES[row[16]], *row[17:20])
    return Loop(*facts)


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The values in lists short enough for one IN (…)."""
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def marks(values: Sequence[Any]) -> str:
    """The placeholders of one IN (…)."""
    return ",".join(["%s"] * len(values))


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    cursor = _held.get() or connection.cursor()
    cursor.execute(sql, params)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def fetch_in(sql: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of `sql`, whose {} is filled with the placeholders of the values, chunk by chunk."""
    for chunk in chunks(values):
        yield from fetch(sql.format(marks(chunk)), chunk)


def write(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run one statement for each row; returns how many rows the database says it changed."""
    if not rows:
        return 0
    cursor = _held.get() or connection.cursor()
    if len(rows) == 1:
        cursor.execute(sql, rows[0])
    else:
        cursor.executemany(sql, rows)
    return int(cursor.rowcount)
