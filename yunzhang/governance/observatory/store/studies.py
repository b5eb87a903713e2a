"""The studies of a home: logs from elsewhere, apart from the office's ledger; their tables lie in HOME/studies/NAME/.

Trust and loss: a row here and the folder of its name are the only copy of what was loaded, with the digests of what it
was made from. What was read from them stands in facets and may be lost.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from yunzhang.governance.observatory.terms import Study

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ObsStudy"]


class ObsStudy(models.Model):
    """One loaded log: what it is called, where it comes from, who added it, and how big it is."""

    name = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=200)
    mark = models.CharField(max_length=16)
    stream = models.UUIDField()
    added_at = models.DateTimeField()
    person = models.CharField(max_length=64)
    post = models.BigIntegerField(null=True)
    units = models.BigIntegerField()
    loops = models.BigIntegerField()
    top = models.BigIntegerField()
    facts = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_study"


def insert(study: Study) -> None:
    """Keep a new study."""
    facts = json.dumps(study.facts, ensure_ascii=False)
    ObsStudy.objects.create(**{name: getattr(study, name) for name in PLAIN}, facts=facts)


PLAIN = ("name", "title", "mark", "stream", "added_at", "person", "post", "units", "loops", "top")


def find(name: str) -> Study | None:
    """Return one study, or None."""
    row = ObsStudy.objects.filter(name=name).first()
    return None if row is None else _study(row)


def every() -> list[Study]:
    """Return all studies, by name."""
    return [_study(row) for row in ObsStudy.objects.order_by("name")]


def _study(row: ObsStudy) -> Study:
    return Study(**{name: getattr(row, name) for name in PLAIN}, facts=json.loads(row.facts))


def update_facts(name: str, facts: dict[str, Any]) -> None:
    """Write what was found out about a study anew."""
    ObsStudy.objects.filter(name=name).update(facts=json.dumps(facts, ensure_ascii=False))


def delete(name: str) -> None:
    """Drop the row of a study."""
    ObsStudy.objects.filter(name=name).delete()


def when_kept(call: Callable[[], None]) -> None:
    """Run a call once the running transaction is kept; never where it is not."""
    transaction.on_commit(call)
