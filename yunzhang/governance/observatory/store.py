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


def newest() -> tuple[int, datetime, datetime, datetime, int, dict[str, Any]] | None:
    """Return id, from, to, taken, size and facts of the newest snapshot."""
    row = ObsSnapshot.objects.order_by("-pk").first()
    if row is None:
        return None
    return row.pk, row.from_at, row.to_at, row.taken_at, row.size, json.loads(row.facts)


def figures_of(snapshot: int, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the figures of those of the units that have any."""
    rows = ObsFigure.objects.filter(snapshot=snapshot, unit__in=list(units)).values_list("unit", "figures")
    return {unit: json.loads(text) for unit, text in rows}
