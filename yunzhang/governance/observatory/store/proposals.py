"""Drafts 拟办意见 made of suggestions, with the figures these had.

Trust and loss: every fact here also stands in an entry of the ledger, or in a text whose digest an entry holds; a lost
row can be written again from there. Nothing is ever deleted: what was not adopted stays in the record.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from yunzhang.governance.observatory.terms import Proposal, Step, WrongStep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

__all__ = ["ObsProposal"]


class ObsProposal(models.Model):
    """One draft; its id is the subject's."""

    id = models.UUIDField(primary_key=True)
    unit = models.BigIntegerField(db_index=True)
    key = models.CharField(max_length=16)
    asker = models.BigIntegerField()
    decider = models.BigIntegerField(db_index=True)
    title = models.TextField()
    text = models.TextField()
    step = models.CharField(max_length=16)
    version = models.IntegerField(default=1)
    drafted_at = models.DateTimeField()
    loop = models.UUIDField(null=True, db_index=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    suggestion = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "obs_proposal"


NAMES = ("id", "unit", "key", "asker", "decider", "title", "text", "version", "drafted_at", "loop", "decided_at")


def insert(proposal: Proposal) -> None:
    """Keep a new draft."""
    body = json.dumps(proposal.suggestion, ensure_ascii=False)
    facts = {name: getattr(proposal, name) for name in NAMES}
    ObsProposal.objects.create(**facts, step=proposal.step.value, reason=proposal.reason, suggestion=body)


def move(proposal: Proposal, **changes: Any) -> None:
    """Change a draft that still stands as it was seen, and count its version. Raises WrongStep."""
    seen = ObsProposal.objects.filter(pk=proposal.id, step=proposal.step.value, version=proposal.version)
    if not seen.update(version=proposal.version + 1, **changes):
        raise WrongStep


def load(proposal: UUID) -> Proposal | None:
    """Return one draft."""
    row = ObsProposal.objects.filter(pk=proposal).first()
    return None if row is None else _proposal(row)


def of_units(units: Iterable[int] | None = None, *, steps: Iterable[Step] = ()) -> list[Proposal]:
    """Return the drafts on these units' suggestions (None: all), the newest first."""
    found = ObsProposal.objects.order_by("-drafted_at")
    if units is not None:
        found = found.filter(unit__in=list(units))
    if wanted := [step.value for step in steps]:
        found = found.filter(step__in=wanted)
    return [_proposal(row) for row in found]


def is_underway(unit: int, key: str) -> bool:
    """Return whether a draft on this suggestion waits for its next step."""
    open_steps = (Step.DRAFTED.value, Step.SUBMITTED.value)
    return ObsProposal.objects.filter(unit=unit, key=key, step__in=open_steps).exists()


def _proposal(row: ObsProposal) -> Proposal:
    facts: dict[str, Any] = {name: getattr(row, name) for name in NAMES}
    decided: datetime | None = row.decided_at
    facts |= {"decided_at": decided, "reason": row.reason, "suggestion": json.loads(row.suggestion)}
    return Proposal(**facts, step=Step(row.step))
