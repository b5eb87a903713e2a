"""Makes the ledger's entries, seals and checkpoints immutable in the database itself."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from yunzhang.ground.ledger.store import triggers


def create(apps: Any, editor: Any) -> None:
    for statement in triggers.create_statements(editor.connection.vendor):
        editor.execute(statement, params=None)


def drop(apps: Any, editor: Any) -> None:
    for statement in triggers.drop_statements(editor.connection.vendor):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("yunzhang", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
