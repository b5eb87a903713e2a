"""Drafts 拟办意见: a person makes one of a suggestion, puts it up 呈批, a leader adopts it or not, with the reason.

The platform proposes and records; no step is taken by itself, and adopting one issues nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yunzhang.base.clock import add_working_days, day_of, end_of
from yunzhang.base.errors import Invalid, Missing, Refused, zh
from yunzhang.base.ids import uuid7
from yunzhang.governance.observatory.actions.places import find_facet, find_place, verify_may_see
from yunzhang.governance.observatory.rules import proposing as rules
from yunzhang.governance.observatory.store import proposals as store
from yunzhang.governance.observatory.terms import (
    ROOM,
    DraftNote,
    DraftTaken,
    Proposal,
    ProposalRoles,
    Step,
    SuggestionGone,
    WrongStep,
)
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Draft, Subject, Verb
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.kit.calendar import load_calendar

if TYPE_CHECKING:
    from yunzhang.ground.ledger.terms import Acting, Entry, Receipt
    from yunzhang.ground.org.terms import Line

__all__ = [
    "decide_proposal",
    "draft_proposal",
    "drop_proposal",
    "find_asked_of",
    "find_decision_day",
    "find_proposal",
    "find_proposal_of_loop",
    "find_proposal_roles",
    "find_suggestion",
    "list_proposal_record",
    "list_proposals",
    "recall_proposal",
    "revise_proposal",
    "submit_proposal",
    "verify_may_draft",
    "verify_may_read_proposal",
]
FACET = "suggest"
USUAL_DAYS = 10  # working days offered for a decision; the person sets the day


def verify_may_draft(by: Acting, unit: int, *, at: datetime) -> None:
    """Return when the acting post may draft on a unit's suggestions, and somebody decides on them. Raises Refused."""
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    if not rules.may_draft(standing, unit) or rules.decider_of(org.find_line(unit, on=on)) is None:
        raise Refused


def find_suggestion(by: Acting, unit: int, key: str, *, at: datetime) -> dict[str, Any]:
    """Return one suggestion of the newest figures, with its window. Raises SuggestionGone."""
    place = find_place(by, unit, at=at)
    body = find_facet(place, FACET) or {"suggestions": []}
    found: dict[str, Any] | None = next((each for each in body["suggestions"] if each["key"] == key), None)
    if found is None or place.snapshot is None:
        raise SuggestionGone
    snapshot = place.snapshot
    window = {"from": None if snapshot.from_at is None else snapshot.from_at.isoformat()}
    window |= {"to": snapshot.to_at.isoformat(), "taken": snapshot.taken_at.isoformat()}
    return found | {"window": window}


@act
def draft_proposal(by: Acting, unit: int, key: str, *, title: str, text: str, at: datetime) -> Receipt:
    """Return the receipt of a suggestion turned into a draft in the person's own words, with the figures it had.

    Raises Refused, SuggestionGone, DraftTaken.
    """
    verify_may_draft(by, unit, at=at)
    suggestion = find_suggestion(by, unit, key, at=at)
    if store.is_underway(unit, key):
        raise DraftTaken
    on = day_of(at)
    decider = rules.decider_of(org.find_line(unit, on=on))
    proposal = Proposal(
        id=uuid7(at),
        unit=unit,
        key=key,
        asker=org.find_standing(by, on=on).unit,
        decider=decider or unit,
        title=title,
        text=text,
        step=Step.DRAFTED,
        version=1,
        drafted_at=at,
        loop=None,
        decided_at=None,
        reason="",
        suggestion=suggestion,
    )
    store.insert(proposal)
    figures = json.dumps(suggestion, ensure_ascii=False, sort_keys=True)
    data = {"unit": unit, "advice": suggestion["advice"], "decider": proposal.decider}
    subject = Subject(proposal.id, ROOM, title, suggestion["basis"]["programme"])
    texts = {"text": text, "figures": figures}
    return ledger.record(by, [Draft(proposal.id, DraftNote.DRAFTED, data, texts, subject=subject)], at=at)


@act
def revise_proposal(by: Acting, proposal: UUID, text: str, *, version: int, at: datetime) -> Receipt:
    """Return the receipt of a draft reworded. Raises Refused; WrongStep where another has changed it meanwhile."""
    found = _seen(_moved_by(by, proposal, "revise", at), version)
    store.move(found, text=text)
    return ledger.record(by, [Draft(found.id, DraftNote.REVISED, texts={"text": text})], at=at)


@act
def submit_proposal(by: Acting, proposal: UUID, text: str, *, version: int, due_on: date, at: datetime) -> Receipt:
    """Return the receipt of a draft put up 呈批: the government owes the asking unit its decision by that day.

    Raises Refused, WrongStep, Invalid for a day that lies behind.
    """
    found = _seen(_moved_by(by, proposal, "submit", at), version)
    rules.verify_step(found.step, Step.SUBMITTED)
    on = day_of(at)
    if due_on < on:
        raise Invalid(field=zh("请于何日前批复"), problem=zh("早于今天"))
    asker = org.find_line(found.asker, on=on)
    decider = found.decider if found.decider != found.asker else (rules.superior_of(asker) or found.decider)
    put = replace(found, decider=decider)
    placement = org_rules.place_pair(org.find_line(decider, on=on), asker)
    loop = rules.open_question(put, placement, new=uuid7(at), at=at, due_at=end_of(due_on))
    store.move(found, text=text, step=Step.SUBMITTED.value, decider=decider, loop=loop.id)
    drafts = [
        Draft(found.id, DraftNote.SUBMITTED, {"loop": str(loop.id), "decider": decider}, {"text": text}),
        Draft(loop.id, Verb.OPENED, opens=loop),
    ]
    return ledger.record(by, drafts, at=at)


@act
def recall_proposal(by: Acting, proposal: UUID, reason: str, *, version: int, at: datetime) -> Receipt:
    """Return the receipt of a draft taken back before anybody decided; it is a draft again.

    Raises Refused, WrongStep, WrongState.
    """
    found = _seen(_moved_by(by, proposal, "recall", at), version)
    rules.verify_step(found.step, Step.DRAFTED)
    decider = rules.decider_of(org.find_line(found.unit, on=day_of(at)))
    store.move(found, step=Step.DRAFTED.value, decider=decider or found.decider)
    drafts = [Draft(found.id, DraftNote.RECALLED, texts={"reason": reason})]
    if found.loop is not None:
        drafts.append(Draft(found.loop, Verb.WITHDRAWN, texts={"reason": reason}))
    return ledger.record(by, drafts, at=at)


@act
def drop_proposal(by: Acting, proposal: UUID, reason: str, *, version: int, at: datetime) -> Receipt:
    """Return the receipt of a draft discarded by its own unit; it stays in the record. Raises Refused, WrongStep."""
    found = _seen(_moved_by(by, proposal, "drop", at), version)
    rules.verify_step(found.step, Step.DROPPED)
    store.move(found, step=Step.DROPPED.value, reason=reason, decided_at=at)
    return ledger.record(by, [Draft(found.id, DraftNote.DROPPED, texts={"reason": reason})], at=at)


@act
def decide_proposal(by: Acting, proposal: UUID, *, adopted: bool, reason: str, version: int, at: datetime) -> Receipt:
    """Return the receipt of a leader's decision, always with its reason; either answer closes the question put up.

    Raises Refused, WrongStep, WrongState. Nothing is issued by it.
    """
    found = _seen(_moved_by(by, proposal, "decide", at), version)
    step = Step.ADOPTED if adopted else Step.NOT_ADOPTED
    rules.verify_step(found.step, step)
    store.move(found, step=step.value, reason=reason, decided_at=at)
    data = {"decision": step.value}
    drafts = [Draft(found.id, DraftNote.DECIDED, data, {"reason": reason})]
    if found.step is Step.SUBMITTED and found.loop is not None:
        drafts.append(Draft(found.loop, Verb.ANSWERED, data | {"closes": True}, {"reason": reason}))
    return ledger.record(by, drafts, at=at)


def _moved_by(by: Acting, proposal: UUID, power: str, at: datetime) -> Proposal:
    found = find_proposal(proposal)
    roles = find_proposal_roles(by, found, at=at)
    may_ever = roles.decides if power == "decide" else roles.asks
    if not may_ever:
        raise Refused
    if power not in roles.powers:
        raise WrongStep
    return found


def _seen(proposal: Proposal, version: int) -> Proposal:
    """The draft as the person saw it: moving another version is refused by the store."""
    return replace(proposal, version=version)


def find_proposal(proposal: UUID) -> Proposal:
    """Return one draft. Raises Missing."""
    found = store.load(proposal)
    if found is None:
        raise Missing
    return found


def find_proposal_of_loop(loop: UUID) -> Proposal:
    """Return the draft a question put up belongs to. Raises Missing."""
    found = ledger.find_loop(loop)
    return find_proposal(found.subject)


def find_proposal_roles(by: Acting, proposal: Proposal, *, at: datetime) -> ProposalRoles:
    """Return what the acting post is to a draft, and what it may do with it now. Raises Refused."""
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    return rules.find_roles(proposal, standing, superior=rules.superior_of(org.find_line(proposal.asker, on=on)))


def find_asked_of(proposal: Proposal, *, at: datetime) -> int | None:
    """Return the unit a draft would be put up to now: its decider, or the superior of a decider that drafts itself."""
    if proposal.decider != proposal.asker:
        return proposal.decider
    return rules.superior_of(org.find_line(proposal.asker, on=day_of(at)))


def verify_may_read_proposal(by: Acting, proposal: UUID, *, at: datetime) -> None:
    """Return when one may read a draft: its parties, their superior lines, the office, auditors. Raises Refused."""
    found, on = find_proposal(proposal), day_of(at)
    standing = org.find_standing(by, on=on)
    lines: dict[int, Line] = org.find_lines({found.asker, found.decider}, on=on)
    sees = org_rules.may_see(standing, list(lines.values()))
    if not rules.may_read(found, standing, sees_matter=sees):
        raise Refused


def list_proposals(by: Acting, unit: int, *, at: datetime) -> list[Proposal]:
    """Return the drafts on a unit's suggestions that the acting post may read, the newest first.

    Whoever may see the unit's placement is of its line or its office, and so sees matters of its drafts' parties.
    Raises NotYours.
    """
    verify_may_see(by, unit, at=at)
    standing = org.find_standing(by, on=day_of(at))
    return [each for each in store.of_units([unit]) if rules.may_read(each, standing, sees_matter=True)]


def list_proposal_record(proposal: Proposal) -> list[tuple[Entry, dict[str, str]]]:
    """Return the entries on a draft by step, each with the texts still held."""
    return ledger.list_record(proposal.id)


def find_decision_day(at: datetime) -> date:
    """Return the day offered for a decision: ten working days from now."""
    return add_working_days(day_of(at), USUAL_DAYS, load_calendar()).on
