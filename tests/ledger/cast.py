"""Ready-made actors, loops and drafts for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, find_receipt, record, seal
from yunzhang.ground.ledger.terms import Acting, Draft, Loop, Receipt, Subject, Verb

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def who(person: str = "p1", *, request: UUID | None = None) -> Acting:
    return Acting(person=person, post=7, unit=3, request=request or uuid4())


def moment(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def new_loop(*, at: datetime = T0, due: datetime | None = None, subject: UUID | None = None, **fields: Any) -> Loop:
    facts = {
        "id": uuid7(at),
        "kind": "directive",
        "subject": subject or uuid7(at),
        "parent": None,
        "creditor": 1,
        "debtor": 2,
        "handled_by": 3,
        "authority": "府纪〔2026〕3号",
        "relation": "territorial",
        "axis": "vertical",
        "programme": "p",
        "opened_at": at,
        "due_at": due,
    }
    return Loop(**{**facts, **fields})


def opening(loop: Loop, title: str = "推进数据共享") -> Draft:
    subject = Subject(loop.subject, "directives", title, "p")
    return Draft(loop.id, Verb.OPENED, opens=loop, subject=subject, texts={"content": f"关于{title}的通知"})


@act
def do(by: Acting, drafts: list[Draft], *, at: datetime) -> Receipt:
    """The smallest act: it records these drafts."""
    return record(by, drafts, at=at)


def sealed(receipt: Receipt) -> Receipt:
    """The receipt once the sequencer has been round (PostgreSQL); SQLite seals before the act returns."""
    seal(T0)
    return find_receipt(receipt.request)


def opened(loop: Loop | None = None, *, at: datetime = T0) -> Loop:
    loop = loop or new_loop(at=at, due=at + timedelta(days=10))
    do(who(), [opening(loop)], at=at)
    return loop
