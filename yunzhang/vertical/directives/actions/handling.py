"""What the handler or the creditor does: accept, return, withdraw, strike off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Refused
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Draft, Loop, Verb
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.vertical.directives import rules, store
from yunzhang.vertical.directives.terms import REPORT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from yunzhang.ground.ledger.terms import Acting, Receipt


def _handled(by: Acting, loops: Sequence[UUID], at: datetime) -> dict[UUID, Loop]:
    matters = ledger.find_loops(loops)
    rules.require_own(*matters.values())
    standing = org.find_standing(by, on=day_of(at))
    if not all(org_rules.may_handle(standing, one.creditor, one.handled_by) for one in matters.values()):
        raise Refused
    return matters


def _below(loops: Sequence[UUID]) -> list[Loop]:
    found: list[Loop] = []
    level = list(loops)
    while level:
        children = [child for group in ledger.find_children(level).values() for child in group]
        found += children
        level = [child.id for child in children]
    return found


@act
def accept_matters(by: Acting, loops: Sequence[UUID], *, at: datetime) -> Receipt:
    """Return the receipt of answers accepted 办结: each matter is closed at the moment of its answer.

    Reports of an accepted matter that are not yet due are withdrawn. Raises: Refused, WrongState.
    """
    matters = _handled(by, loops, at)
    drafts = [Draft(loop=loop, verb=Verb.ACCEPTED) for loop in matters]
    for group in ledger.find_children(list(matters)).values():
        drafts += [Draft(loop=one.id, verb=Verb.WITHDRAWN) for one in group if _is_void(one, at)]
    return ledger.record(by, drafts, at=at)


def _is_void(report: Loop, at: datetime) -> bool:
    is_due_later = report.due_at is not None and report.due_at > at
    return report.kind == REPORT and report.state in rules.ACTIVE and is_due_later


@act
def return_matter(by: Acting, loop: UUID, reason: str, *, at: datetime) -> Receipt:
    """Return the receipt of an answer sent back for completion 退回补充; the clock runs again from the old due day.

    Raises: Refused, WrongState.
    """
    _handled(by, [loop], at)
    return ledger.record(by, [Draft(loop=loop, verb=Verb.RETURNED, texts={"reason": reason})], at=at)


@act
def withdraw_matters(by: Acting, loops: Sequence[UUID], reason: str, *, at: datetime) -> Receipt:
    """Return the receipt of matters withdrawn, with every open part and report below them.

    Raises: Refused, WrongState.
    """
    matters = _handled(by, loops, at)
    below = [one.id for one in _below(list(matters)) if one.state in rules.UNSETTLED and one.id not in matters]
    store.void_asks([*matters, *below], at=at)
    drafts = [Draft(loop=loop, verb=Verb.WITHDRAWN, texts={"reason": reason}) for loop in matters]
    return ledger.record(by, drafts + [Draft(loop=loop, verb=Verb.WITHDRAWN) for loop in below], at=at)


@act
def strike_off_matters(by: Acting, loops: Sequence[UUID], *, at: datetime) -> Receipt:
    """Return the receipt of closed matters struck off 销号.

    Raises: Refused, WrongState.
    """
    matters = _handled(by, loops, at)
    return ledger.record(by, [Draft(loop=loop, verb=Verb.STRUCK_OFF) for loop in matters], at=at)
