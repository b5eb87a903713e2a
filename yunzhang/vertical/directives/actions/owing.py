"""What a debtor does: sign for, report progress, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Refused
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Draft, Verb
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.ground.org.terms import UnitKind
from yunzhang.vertical.directives import rules, store
from yunzhang.vertical.directives.terms import REPORT, Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from yunzhang.ground.ledger.terms import Acting, Loop, Receipt


def _owed(by: Acting, loop: UUID, at: datetime) -> Loop:
    matter = ledger.find_loop(loop)
    rules.require_own(matter)
    if not org_rules.may_owe(org.find_standing(by, on=day_of(at)), matter.debtor):
        raise Refused
    return matter


@act
def sign_matters(by: Acting, loops: Sequence[UUID], *, at: datetime) -> Receipt:
    """Return the receipt of matters signed for 签收; a town's signature is its accepted answer.

    Raises: Refused, WrongState. Source: 国办函〔2026〕12号 (towns sign and read).
    """
    matters = ledger.find_loops(loops)
    rules.require_own(*matters.values())
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    if not all(org_rules.may_owe(standing, matter.debtor) for matter in matters.values()):
        raise Refused
    closes = {"closes": True} if org.find_line(standing.unit, on=on).kind is UnitKind.TOWN else {}
    return ledger.record(by, [Draft(loop=loop, verb=Verb.SIGNED, data=closes) for loop in matters], at=at)


@act
def report_progress(by: Acting, loop: UUID, text: str, *, at: datetime) -> Receipt:
    """Return the receipt of a progress report 反馈: it closes a report that was due, or is a note on a matter.

    Raises: Refused, WrongState.
    """
    matter = _owed(by, loop, at)
    if matter.kind == REPORT:
        draft = Draft(loop=loop, verb=Verb.ANSWERED, data={"closes": True}, texts={"text": text})
    else:
        rules.require_active(matter)
        draft = Draft(loop=loop, verb=Note.PROGRESS, texts={"text": text})
    return ledger.record(by, [draft], at=at)


@act
def answer_matter(by: Acting, loop: UUID, text: str, *, at: datetime) -> Receipt:
    """Return the receipt of an answer; from now on the clock no longer runs against the debtor.

    Raises: Refused, WrongState.
    """
    _owed(by, loop, at)
    store.void_asks([loop], at=at)
    return ledger.record(by, [Draft(loop=loop, verb=Verb.ANSWERED, texts={"text": text})], at=at)
