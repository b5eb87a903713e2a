"""The database itself refuses to change what was recorded."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.ledger.cast import T0, opened
from yunzhang.ground.ledger.actions import seal
from yunzhang.ground.ledger.store import triggers

pytestmark = pytest.mark.django_db
TABLES = {"ledger_entry": "step = step", "ledger_sealed": "leaf = leaf", "ledger_checkpoint": "note = note"}


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture(autouse=True)
def _something_recorded() -> None:
    opened()
    seal(T0)
    with connection.cursor() as cursor:
        sql = "INSERT INTO ledger_checkpoint (size, root, written_at, note) VALUES (1, %s, %s, 'n')"
        cursor.execute(sql, [b"r", "2026-03-02 01:00:00"])


@pytest.mark.parametrize("table", TABLES)
def test_update_and_delete_are_refused(table: str) -> None:
    refused(f"UPDATE {table} SET {TABLES[table]}")
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_a_replacing_insert_is_refused_whatever_the_connection_has_set(table: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=OFF")
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers=ON")
    else:
        key = {"ledger_entry": "id", "ledger_sealed": "seq", "ledger_checkpoint": "size"}[table]
        refused(f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {TABLES[table]}")


@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused_where_there_is_one(table: str) -> None:
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {table}")


def test_a_dropped_trigger_is_noticed() -> None:
    assert triggers.missing_triggers(connection.vendor) == []
    with connection.cursor() as cursor:
        cursor.execute(triggers.drop_statements(connection.vendor)[0])
    assert len(triggers.missing_triggers(connection.vendor)) == 1
