"""What a debtor asks and the handler decides: more time, or that the matter is not its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import day_of, end_of
from yunzhang.base.errors import Refused
from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Draft, Verb
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.vertical.directives import rules, store
from yunzhang.vertical.directives.actions.handling import withdraw_matters
from yunzhang.vertical.directives.terms import Ask, AskDecided, AskKind, AskOpen, Note, PastDay

if TYPE_CHECKING:
    from datetime import date, datetime

    from yunzhang.ground.ledger.terms import Acting, Receipt


def _ask(by: Acting, ask: Ask, reason: str, *, at: datetime) -> Receipt:
    verb = Note.EXTENSION_ASKED if ask.kind is AskKind.EXTENSION else Note.OBJECTED
    matter = ledger.find_loop(ask.loop)
    rules.require_own(matter)
    if not org_rules.may_owe(org.find_standing(by, on=day_of(at)), matter.debtor):
        raise Refused
    rules.require_active(matter)
    if any(one.kind is ask.kind for one in store.load_open_asks([ask.loop])):
        raise AskOpen
    if ask.due_on and (matter.due_at is None or end_of(ask.due_on) <= matter.due_at or matter.due_at < at):
        raise PastDay(field="延期日期", day=ask.due_on.isoformat())
    data = {"ask": str(ask.id)} | ({"due_on": ask.due_on.isoformat()} if ask.due_on else {})
    receipt = ledger.record(by, [Draft(loop=ask.loop, verb=verb, data=data, texts={"reason": reason})], at=at)
    store.save_ask(Ask(ask.id, ask.loop, ask.kind, receipt.entries[-1], ask.due_on, at))
    return receipt


@act
def ask_extension(by: Acting, loop: UUID, due_on: date, reason: str, *, at: datetime) -> Receipt:
    """Return the receipt of an extension asked 申请延期, before the due day, for a later day.

    Raises: Refused, WrongState, AskOpen, PastDay (the day is no later, or the matter is overdue already).
    """
    return _ask(by, Ask(uuid7(at), loop, AskKind.EXTENSION, loop, due_on, at), reason, at=at)


@act
def object_to_matter(by: Acting, loop: UUID, reason: str, *, at: datetime) -> Receipt:
    """Return the receipt of an objection 异议申请: the debtor holds that the matter is not its own.

    Raises: Refused, WrongState, AskOpen.
    """
    return _ask(by, Ask(uuid7(at), loop, AskKind.OBJECTION, loop, None, at), reason, at=at)


@act
def decide_ask(by: Acting, ask: UUID, *, granted: bool, reason: str, at: datetime) -> Receipt:
    """Return the receipt of the handler's decision: an extension moves the due day, an upheld objection withdraws.

    Raises: Refused, AskDecided, WrongState.
    """
    waiting = store.load_ask(ask)
    if waiting is None:
        raise AskDecided
    matter = ledger.find_loop(waiting.loop)
    standing = org.find_standing(by, on=day_of(at))
    if not org_rules.may_handle(standing, matter.creditor, matter.handled_by):
        raise Refused
    if not store.decide(ask, granted=granted, at=at):
        raise AskDecided
    if granted and waiting.kind is AskKind.OBJECTION:
        return withdraw_matters(by, [waiting.loop], reason, at=at)
    texts = {"reason": reason} if reason else {}
    if not granted:
        draft = Draft(loop=waiting.loop, verb=Note.ASK_REFUSED, data={"ask": str(ask)}, texts=texts)
    else:
        due_at = end_of(waiting.due_on or day_of(at)).isoformat()
        draft = Draft(loop=waiting.loop, verb=Verb.EXTENDED, data={"due_at": due_at, "ask": str(ask)}, texts=texts)
    return ledger.record(by, [draft], at=at)
