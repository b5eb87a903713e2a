"""Issuing a directive and splitting a matter: loops open here and nowhere else in this room."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Refused
from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Draft, Subject, Verb
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.ground.org.terms import Ask as GateAsk
from yunzhang.ground.org.terms import GateClosed, UnknownUnit
from yunzhang.vertical.directives import rules, store
from yunzhang.vertical.directives.terms import ROOM, Directive, Note, Order, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from yunzhang.ground.ledger.terms import Acting, Loop, Receipt
    from yunzhang.ground.org.terms import Line, Standing, Verdict


def _lines(units: Sequence[int], on: date) -> dict[int, Line]:
    lines = org.find_lines(units, on=on)
    for unit in units:
        if unit not in lines:
            raise UnknownUnit(unit=unit)
    return lines


def _verdicts(order: Order, standing: Standing, lines: Mapping[int, Line], on: date) -> dict[int, Verdict]:
    ask = GateAsk(
        in_name_of=order.in_name_of,
        handled_by=standing.unit,
        authority=order.authority,
        number=order.authority_number,
        involves=order.involves,
        copied_to=frozenset(order.copied_to),
    )
    return {unit: org_rules.gate(ask, lines[order.in_name_of], lines[unit], on) for unit in order.to}


def _pass_gate(verdicts: Iterable[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.allowed:
            raise GateClosed(verdict)


def preview_order(by: Acting, order: Order, *, at: datetime) -> dict[int, Verdict]:
    """Return, for each addressee, what the gate says: allowed or not, the rule, its source, the lawful alternatives.

    Raises: UnknownUnit; Refused when the post is not held that day.
    """
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    lines = _lines([order.in_name_of, *order.to], on)
    return _verdicts(order, standing, lines, on)


@act
def issue_directive(by: Acting, order: Order, *, at: datetime) -> Receipt:
    """Return the receipt of one document issued to all its addressees: one matter each, and its reports.

    Raises: Refused (no right to issue in this name), GateClosed (the gate says why and what remains), PastDay,
    TooLate, UnknownUnit. Source: 公文处理工作条例 arts. 15–17; 减负若干规定.
    """
    on = day_of(at)
    rules.require_days(order.due_on, order.report_on, on)
    standing = org.find_standing(by, on=on)
    lines = _lines([order.in_name_of, *order.to], on)
    verdicts = _verdicts(order, standing, lines, on)
    if order.in_name_of in (standing.unit, standing.office_of):
        _pass_gate(verdicts.values())  # to whom a name is open the gate explains first, with the lawful form
    org_rules.may_issue(standing, lines[order.in_name_of], order.authority_number)
    _pass_gate(verdicts.values())
    directive = _directive(order, uuid7(at), handled_by=standing.unit, at=at)
    store.save_directive(directive)
    name = lines[order.in_name_of]
    shared = rules.Terms(directive.id, order.programme, _authority(order), standing.unit, at)
    loops = [
        loop
        for unit in order.to
        for loop in rules.open_loops(
            shared,
            creditor=order.in_name_of,
            debtor=lines[unit],
            placement=org_rules.place_pair(name, lines[unit]),
            due_on=order.due_on,
            report_on=order.report_on,
            parent=None,
            new_id=lambda: uuid7(at),
        )
    ]
    return ledger.record(by, [_issued(directive), *(_opened(loop) for loop in loops)], at=at)


def _authority(order: Order) -> str:
    return f"{order.authority.value}:{order.authority_number}" if order.authority_number else ""


def _directive(order: Order, new: UUID, *, handled_by: int, at: datetime) -> Directive:
    return Directive(
        id=new,
        title=order.title,
        programme=order.programme,
        requirement=order.requirement,
        in_name_of=order.in_name_of,
        handled_by=handled_by,
        source=order.source,
        number=order.number,
        urgency=order.urgency,
        authority=order.authority,
        authority_number=order.authority_number,
        issued_at=at,
        due_on=order.due_on,
        report_on=tuple(sorted(set(order.report_on))),
        involves=order.involves,
        copied_to=order.copied_to,
    )


def _issued(directive: Directive) -> Draft:
    return Draft(
        loop=directive.id,
        verb=Note.ISSUED,
        data={
            "in_name_of": directive.in_name_of,
            "handled_by": directive.handled_by,
            "source": directive.source.value,
            "urgency": directive.urgency.value,
            "due_on": directive.due_on.isoformat(),
            "copied_to": list(directive.copied_to),
            "countersigned": [one.unit for one in directive.involves if one.agreed],
        },
        texts={"requirement": directive.requirement, "number": directive.number},
        subject=Subject(directive.id, ROOM, directive.title, directive.programme),
    )


def _opened(loop: Loop, texts: Mapping[str, str] | None = None) -> Draft:
    return Draft(loop=loop.id, verb=Verb.OPENED, opens=loop, texts=texts or {})


@act
def split_matter(by: Acting, loop: UUID, parts: Sequence[Part], *, at: datetime) -> Receipt:
    """Return the receipt of a matter split to units directly below its debtor, one loop a part and its reports.

    The creditor of a part is the splitting unit. Raises: Refused, WrongState, NotOwnUnit, TooLate, PastDay.
    """
    on = day_of(at)
    matter = ledger.find_loop(loop)
    rules.require_own(matter)
    standing = org.find_standing(by, on=on)
    if not org_rules.may_owe(standing, matter.debtor):
        raise Refused
    rules.require_active(matter)
    lines = _lines([matter.debtor, *(part.to for part in parts)], on)
    debtor = lines[matter.debtor]
    shared = rules.Terms(matter.subject, matter.programme, matter.authority, standing.unit, at)
    drafts = [] if matter.state is not matter.state.OPEN else [Draft(loop=loop, verb=Verb.SIGNED)]
    for part in parts:
        rules.require_days(part.due_on, part.report_on, on)
        rules.require_part(lines[part.to], debtor, part.due_on, matter.due_at)
        opened = rules.open_loops(
            shared,
            creditor=matter.debtor,
            debtor=lines[part.to],
            placement=org_rules.place_pair(debtor, lines[part.to]),
            due_on=part.due_on,
            report_on=part.report_on,
            parent=loop,
            new_id=lambda: uuid7(at),
        )
        drafts.append(_opened(opened[0], {"requirement": part.requirement} if part.requirement else None))
        drafts += [_opened(report) for report in opened[1:]]
    return ledger.record(by, drafts, at=at)
