"""Facets kept ready for pages: what one page needs of one unit, one snapshot per study and programme.

Trust and loss: nothing here is a source. Every row is computed from the ledger, or from a study's own files, and may
be lost at any time; the next refresh writes it again.
"""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ObsFacet", "ObsSnapshot"]


class ObsSnapshot(models.Model):
    """One measuring: of the office's ledger (study "") or of a study, whole (programme "") or of one programme."""

    study = models.CharField(max_length=40, default="")
    programme = models.CharField(max_length=80, default="")
    from_at = models.DateTimeField(null=True)
    to_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    size = models.BigIntegerField()
    facts = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_snapshot"


class ObsFacet(models.Model):
    """What one page shows of one unit in one snapshot."""

    snapshot = models.ForeignKey(ObsSnapshot, models.CASCADE, db_constraint=False, db_index=False)
    unit = models.BigIntegerField()
    facet = models.CharField(max_length=16)
    body = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_facet"
        constraints = [models.UniqueConstraint(fields=["snapshot", "facet", "unit"], name="obs_facet_once")]


type_row = tuple[int, str, "Mapping[str, Any]"]


def save(facts: Mapping[str, Any], rows: Iterable[type_row], *, study: str, programme: str, **own: Any) -> None:
    """Keep a new snapshot of a study's programme and drop the older ones."""
    with transaction.atomic():
        kept = json.dumps(facts, ensure_ascii=False)
        made = ObsSnapshot.objects.create(study=study, programme=programme, facts=kept, **own)
        ObsFacet.objects.bulk_create(
            (ObsFacet(snapshot=made, unit=unit, facet=facet, body=_text(body)) for unit, facet, body in rows),
            batch_size=500,
        )
        _drop(ObsSnapshot.objects.filter(study=study, programme=programme).exclude(pk=made.pk))


def drop_others(study: str, programmes: Iterable[str]) -> None:
    """Drop the snapshots of a study whose programme is not among these."""
    with transaction.atomic():
        _drop(ObsSnapshot.objects.filter(study=study).exclude(programme__in=list(programmes)))


def _drop(older: models.QuerySet[ObsSnapshot]) -> None:
    numbers = list(older.values_list("pk", flat=True))
    ObsFacet.objects.filter(snapshot__in=numbers).delete()
    ObsSnapshot.objects.filter(pk__in=numbers).delete()


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def snapshots(study: str) -> list[ObsSnapshot]:
    """Return the snapshots of a study, the newest first: one of the whole and one per programme."""
    return list(ObsSnapshot.objects.filter(study=study).order_by("-pk"))


def facets(snapshot: int, facet: str, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the facet of those of the units that have it."""
    rows = ObsFacet.objects.filter(snapshot=snapshot, facet=facet, unit__in=list(units)).values_list("unit", "body")
    return {unit: json.loads(text) for unit, text in rows}


def facets_of(snapshot: int, wanted: Mapping[str, Iterable[int]]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return several facets, each of its own units, in one query: by facet and unit."""
    asked = [models.Q(facet=facet, unit__in=list(units)) for facet, units in wanted.items()]
    rows = ObsFacet.objects.filter(reduce(or_, asked), snapshot=snapshot).values_list("facet", "unit", "body")
    found: dict[str, dict[int, dict[str, Any]]] = {facet: {} for facet in wanted}
    for facet, unit, text in rows:
        found[facet][unit] = json.loads(text)
    return found


def facts(snapshot: ObsSnapshot) -> dict[str, Any]:
    """Return the facts of a snapshot; lists as tuples."""
    found = json.loads(snapshot.facts)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
