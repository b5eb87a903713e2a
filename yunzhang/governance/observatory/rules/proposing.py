"""Pure decisions on drafts 拟办意见: who may draft, who decides, which step may follow which."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.ids import path_ids
from yunzhang.governance.observatory.terms import APPROVAL, Proposal, ProposalRoles, Step, WrongStep
from yunzhang.ground.ledger.terms import Loop
from yunzhang.ground.org.terms import Duty, UnitKind

if TYPE_CHECKING:
    from yunzhang.ground.org.terms import Line, Placement, Standing

PLACES = (UnitKind.GOVERNMENT, UnitKind.TOWN)
ASKING = (Duty.LEADER, Duty.OFFICE)
MAY_FOLLOW = {
    Step.DRAFTED: frozenset({Step.SUBMITTED, Step.DROPPED, Step.ADOPTED, Step.NOT_ADOPTED}),
    Step.SUBMITTED: frozenset({Step.DRAFTED, Step.ADOPTED, Step.NOT_ADOPTED}),
}


def may_draft(standing: Standing, unit: int) -> bool:
    """Return whether a post may draft on a unit's suggestions: its leaders, and the office of that government."""
    return standing.duty in ASKING and unit in (standing.unit, standing.office_of)


def decider_of(unit: Line) -> int | None:
    """Return who decides on a unit's suggestions: a government itself, of a body its government above it.

    A body its place's government does not stand above (垂管, other branches) asks its own superior; None without one.
    """
    if unit.kind in PLACES:
        return unit.unit
    above = path_ids(unit.path)[:-1]
    if unit.jurisdiction in above:
        return unit.jurisdiction
    return above[-1] if above else None


def superior_of(government: Line) -> int | None:
    """Return the unit directly above, the one a government asks (公文处理工作条例: one addressee, no level skipped)."""
    above = path_ids(government.path)[:-1]
    return above[-1] if above else None


def verify_step(now: Step, then: Step) -> None:
    """Return when a draft may go from one step to another. Raises WrongStep."""
    if then not in MAY_FOLLOW.get(now, frozenset()):
        raise WrongStep


def find_roles(proposal: Proposal, standing: Standing, *, superior: int | None) -> ProposalRoles:
    """Return what a post is to a draft: the asking unit's leaders and office move it, leaders of the decider decide.

    A draft of the decider's own leaders is decided as it stands, or put up to their `superior`, where there is one.
    """
    asks = standing.duty in ASKING and standing.unit == proposal.asker
    decides = standing.duty is Duty.LEADER and standing.unit == proposal.decider
    is_own = proposal.asker == proposal.decider
    powers: set[str] = set()
    if asks and proposal.step is Step.DRAFTED:
        powers |= {"revise", "drop"} | ({"submit"} if superior is not None or not is_own else set())
    if asks and proposal.step is Step.SUBMITTED:
        powers |= {"recall"}
    if decides and (proposal.step is Step.SUBMITTED or (is_own and proposal.step is Step.DRAFTED)):
        powers |= {"decide"}
    return ProposalRoles(asks=asks, decides=decides, powers=frozenset(powers))


def may_read(proposal: Proposal, standing: Standing, *, sees_matter: bool) -> bool:
    """Return whether a post may read a draft: its own unit and auditors always, the others once it was put up."""
    if standing.duty is Duty.ADMINISTRATOR or not sees_matter:
        return False
    is_private = proposal.step in (Step.DRAFTED, Step.DROPPED) and proposal.loop is None
    return not is_private or standing.unit == proposal.asker or standing.duty is Duty.AUDITOR


def open_question(proposal: Proposal, placement: Placement, *, new: UUID, at: datetime, due_at: datetime) -> Loop:
    """Return the loop a draft put up opens: the government owes the asking unit its decision by that moment.

    It is owed by the upper unit, so it counts in `responsiveness` and never in V (design §5).
    """
    return Loop(
        id=new,
        kind=APPROVAL,
        subject=proposal.id,
        parent=None,
        creditor=proposal.asker,
        debtor=proposal.decider,
        handled_by=proposal.asker,
        authority="",
        relation=placement.relation.value,
        axis="vertical" if placement.axis == "vertical" else "horizontal",
        programme="",
        opened_at=at,
        due_at=due_at,
    )
