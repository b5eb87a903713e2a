"""Plain SQL for the looks of every page and every act: as querysets these joins cost 100 times what they take to run.

One text for SQLite and PostgreSQL; days are handed over as each engine stores them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__: list[str] = []


def fetch(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query; days among the parameters are adapted to the engine."""
    ready = {name: adapt(value) for name, value in params.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql, ready)
        return list(cursor.fetchall())


def adapt(value: Any) -> Any:
    """Return a day as the engine stores it, anything else as it is."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def day_out(value: Any) -> Any:
    """Return a stored day as a date (SQLite keeps text)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def listed(name: str, ids: Sequence[int]) -> tuple[str, dict[str, int]]:
    """Return the placeholders and parameters of a list of numbers."""
    params = {f"{name}{turn}": number for turn, number in enumerate(ids)}
    return ", ".join(f"%({key})s" for key in params), params


def held(row: str) -> str:
    """Return the condition that a dated row holds on %(day)s."""
    return f"{row}.from_on <= %(day)s AND ({row}.to_on IS NULL OR {row}.to_on > %(day)s)"


def stood(row: str, unit: str) -> str:
    """Return the condition that a unit's dated row holds on %(day)s, or was its last before it was retired."""
    last = f"({unit}.to_on <= %(day)s AND {row}.to_on = {unit}.to_on)"
    return f"({row}.from_on <= %(day)s AND ({row}.to_on IS NULL OR {row}.to_on > %(day)s OR {last}))"
