"""Triggers that refuse UPDATE, DELETE, replacing INSERT and TRUNCATE on the immutable tables.

They stop mistakes and honest programs; the owner of the database can drop them, which `verify` sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yunzhang.ground.ledger.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

# The unique keys of each immutable table. SQLite's INSERT OR REPLACE deletes silently unless a trigger looks first.
KEYS: Mapping[str, tuple[str, ...]] = {
    "ledger_entry": ("id", "loop_id, step", "request_id, ordinal"),
    "ledger_sealed": ("seq", "entry_id"),
    "ledger_checkpoint": ("size",),
}
FUNCTION = "ledger_refuse_change"
FUNCTION_BODY = " BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME; END "


def sqlite_triggers() -> dict[str, str]:
    """Name and statement of each trigger on SQLite."""
    made = {}
    for table, keys in KEYS.items():
        for change in ("update", "delete"):
            made[f"{table}_no_{change}"] = (
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END"
            )
        made[f"{table}_no_replace"] = (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} BEGIN "
            + "".join(_sqlite_look(table, key.split(", ")) for key in keys)
            + "END"
        )
    return made


def _sqlite_look(table: str, columns: list[str]) -> str:
    # The words are SQLite's own for a unique violation, so that callers see one error whichever came first.
    match = " AND ".join(f"{column} = NEW.{column}" for column in columns)
    words = ", ".join(f"{table}.{column}" for column in columns)
    return (
        f"SELECT RAISE(ABORT, 'UNIQUE constraint failed: {words}')"  # noqa: S608 - constants
        f" WHERE EXISTS (SELECT 1 FROM {table} WHERE {match}); "
    )


def postgres_function() -> str:
    """The statement that makes the refusing function on PostgreSQL."""
    return f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${FUNCTION_BODY}$$"


def postgres_triggers() -> dict[str, str]:
    """Name and statement of each trigger on PostgreSQL; ON CONFLICT DO UPDATE counts as UPDATE."""
    return {
        f"{table}_immutable": (
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        )
        for table in KEYS
    }


def create_statements(vendor: str) -> list[str]:
    """What puts the triggers in place."""
    if vendor == "sqlite":
        return list(sqlite_triggers().values())
    return [postgres_function(), *postgres_triggers().values()]


def drop_statements(vendor: str) -> list[str]:
    """What takes them away: migrations backwards, and tests that empty their tables."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in sqlite_triggers()]
    return [f"DROP TRIGGER IF EXISTS {table}_immutable ON {table}" for table in KEYS]


def missing_triggers(vendor: str) -> list[str]:
    """Names of triggers that are absent, switched off or not as they were made."""
    if vendor == "sqlite":
        found = dict(fetch("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        return [name for name, sql in sqlite_triggers().items() if found.get(name) != sql]
    sql = (
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgenabled IN ('O', 'A') AND t.tgtype = 58 AND p.proname = %s AND p.prosrc = %s"
    )
    present = {row[0] for row in fetch(sql, [FUNCTION, FUNCTION_BODY])}
    return [name for name in postgres_triggers() if name not in present]
