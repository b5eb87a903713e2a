"""Column types that Django lacks; nothing here knows what the columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class ByteText(models.CharField):  # type: ignore[type-arg]
    """Text compared byte by byte on every engine: a range of prefixes is a range of the index."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Say COLLATE "C" on PostgreSQL, whose own order follows the locale; SQLite compares bytes anyway."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def next_prefix(prefix: str) -> str:
    """Return the first text after every text that starts with `prefix`.

    >>> next_prefix("00000a.")
    '00000a/'
    """
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
