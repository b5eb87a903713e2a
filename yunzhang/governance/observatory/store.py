"""Tables of 观测: figures kept ready for pages, one snapshot per window and size of the ledger.

Trust and loss: nothing here is a source. Every row is computed from the ledger and may be lost at any time; the next
refresh writes it again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["ObsFigure", "ObsSnapshot"]


class ObsSnapshot(models.Model):
    """One measuring: window, parameters, size of the ledger it saw."""

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    size = models.BigIntegerField()
    facts = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_snapshot"


class ObsFigure(models.Model):
    """The figures of one unit in one snapshot."""

    snapshot = models.ForeignKey(ObsSnapshot, models.CASCADE, db_constraint=False, db_index=False)
    unit = models.BigIntegerField()
    figures = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_figure"
        constraints = [models.UniqueConstraint(fields=["snapshot", "unit"], name="obs_figure_once")]


def save(facts: Mapping[str, Any], rows: Iterable[tuple[int, Mapping[str, Any]]], **own: Any) -> None:
    """Keep a new snapshot and drop the older ones."""
    with transaction.atomic():
        made = ObsSnapshot.objects.create(facts=json.dumps(facts, ensure_ascii=False), **own)
        ObsFigure.objects.bulk_create(
            [ObsFigure(snapshot=made, unit=unit, figures=json.dumps(row, ensure_ascii=False)) for unit, row in rows],
            batch_size=500,
        )
        older = ObsSnapshot.objects.exclude(pk=made.pk)
        ObsFigure.objects.filter(snapshot__in=older).delete()
        older.delete()


type_found = tuple[int, "datetime", "datetime", "datetime", int, dict[str, Any]]


def newest() -> type_found | None:
    """Return id, from, to, taken, size and facts of the newest snapshot."""
    row = ObsSnapshot.objects.order_by("-pk").first()
    return None if row is None else _facts(row)


def _facts(row: ObsSnapshot) -> type_found:
    return row.pk, row.from_at, row.to_at, row.taken_at, row.size, json.loads(row.facts)


def newest_of(units: Iterable[int]) -> tuple[type_found | None, dict[int, dict[str, Any]]]:
    """Return the newest snapshot and the figures of those of the units that have any: one query, or two where none has.

    One snapshot is kept; saving it and dropping the older is one transaction.
    """
    rows = list(ObsFigure.objects.filter(unit__in=list(units)).select_related("snapshot").order_by("snapshot"))
    if not rows:
        return newest(), {}
    last = rows[-1].snapshot
    return _facts(last), {row.unit: json.loads(row.figures) for row in rows if row.snapshot_id == last.pk}


def figures_of(snapshot: int, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the figures of those of the units that have any."""
    rows = ObsFigure.objects.filter(snapshot=snapshot, unit__in=list(units)).values_list("unit", "figures")
    return {unit: json.loads(text) for unit, text in rows}
