"""Tables of 交办: the document behind its loops, and asks waiting for a decision.

Trust and loss: both tables are conveniences. Every fact in them also stands in an entry or in a text whose digest an
entry holds; a lost row can be written again from there. The ledger may never be lost.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from yunzhang.ground.org.terms import Authority, Involved
from yunzhang.vertical.directives.terms import Ask, AskKind, Directive, Source, Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

__all__ = ["DirectiveAsk", "DirectivePaper"]


class DirectivePaper(models.Model):
    """One issued document; its id is the subject's."""

    id = models.UUIDField(primary_key=True)
    title = models.TextField()
    requirement = models.TextField()
    programme = models.CharField(max_length=120, blank=True)
    in_name_of = models.BigIntegerField(db_index=True)
    handled_by = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=20)
    number = models.CharField(max_length=80, blank=True)
    urgency = models.CharField(max_length=20)
    authority = models.CharField(max_length=20)
    authority_number = models.CharField(max_length=80, blank=True)
    issued_at = models.DateTimeField(db_index=True)
    due_on = models.DateField()
    report_on = models.TextField()
    involves = models.TextField()
    copied_to = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "directive_paper"


class DirectiveAsk(models.Model):
    """A debtor's ask; `entry` is the ledger entry that carries its reason."""

    id = models.UUIDField(primary_key=True)
    loop = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    entry = models.UUIDField()
    due_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "directive_ask"


def _ask(row: DirectiveAsk) -> Ask:
    return Ask(row.id, row.loop, AskKind(row.kind), row.entry, row.due_on, row.asked_at, row.decided_at, row.is_granted)


def save_directive(directive: Directive) -> None:
    """Write the document row."""
    DirectivePaper.objects.create(
        id=directive.id,
        title=directive.title,
        requirement=directive.requirement,
        programme=directive.programme,
        in_name_of=directive.in_name_of,
        handled_by=directive.handled_by,
        source=directive.source,
        number=directive.number,
        urgency=directive.urgency,
        authority=directive.authority,
        authority_number=directive.authority_number,
        issued_at=directive.issued_at,
        due_on=directive.due_on,
        report_on=json.dumps([day.isoformat() for day in directive.report_on]),
        involves=json.dumps([[one.unit, one.name, one.agreed] for one in directive.involves], ensure_ascii=False),
        copied_to=json.dumps(list(directive.copied_to)),
    )


def load_directives(ids: Sequence[UUID]) -> dict[UUID, Directive]:
    """Return the documents by id; unknown ids are left out."""
    return {row.id: _directive(row) for row in DirectivePaper.objects.filter(id__in=list(ids))}


def _directive(row: DirectivePaper) -> Directive:
    return Directive(
        id=row.id,
        title=row.title,
        programme=row.programme,
        requirement=row.requirement,
        in_name_of=row.in_name_of,
        handled_by=row.handled_by,
        source=Source(row.source),
        number=row.number,
        urgency=Urgency(row.urgency),
        authority=Authority(row.authority),
        authority_number=row.authority_number,
        issued_at=row.issued_at,
        due_on=row.due_on,
        report_on=tuple(date.fromisoformat(day) for day in json.loads(row.report_on)),
        involves=tuple(Involved(*one) for one in json.loads(row.involves)),
        copied_to=tuple(json.loads(row.copied_to)),
    )


def load_programmes() -> list[str]:
    """Return the programmes directives were issued under, in alphabetical order."""
    named = DirectivePaper.objects.exclude(programme="").values_list("programme", flat=True)
    return sorted(set(named.distinct()))


def save_ask(ask: Ask) -> None:
    """Write a new ask."""
    DirectiveAsk.objects.create(
        id=ask.id, loop=ask.loop, kind=ask.kind, entry=ask.entry, due_on=ask.due_on, asked_at=ask.asked_at
    )


def load_ask(ask: UUID) -> Ask | None:
    """Return one ask, or None."""
    row = DirectiveAsk.objects.filter(id=ask).first()
    return _ask(row) if row else None


def load_open_asks(loops: Sequence[UUID]) -> list[Ask]:
    """Return the undecided asks on these loops, oldest first."""
    rows = DirectiveAsk.objects.filter(loop__in=list(loops), decided_at=None).order_by("asked_at")
    return [_ask(row) for row in rows]


def decide(ask: UUID, *, granted: bool, at: datetime) -> bool:
    """Write the decision unless there is one already; return whether it was written."""
    waiting = DirectiveAsk.objects.filter(id=ask, decided_at=None)
    return waiting.update(decided_at=at, is_granted=granted) == 1


def void_asks(loops: Sequence[UUID], *, at: datetime) -> None:
    """Close the asks of loops that are withdrawn or answered: nothing is left to decide."""
    DirectiveAsk.objects.filter(loop__in=list(loops), decided_at=None).update(decided_at=at)
