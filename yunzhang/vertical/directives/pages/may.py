"""Who may come through each door of 交办; the actions ask the same again on their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yunzhang.base.errors import Missing, Refused
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.matters import actions as matters
from yunzhang.vertical.directives import actions


def see_matter(by: Acting, /, *, at: datetime, loop: UUID, **_: Any) -> None:
    """The matter's parties, their superior lines, the place's office, auditors."""
    found = actions.find_matter(loop)
    if found not in matters.list_seen(by, actions.find_family(loop), at=at):  # the page shows the family as well
        raise Refused


def see_directive(by: Acting, /, *, at: datetime, directive: UUID, **_: Any) -> None:
    """Whoever may see at least one matter of the document."""
    loops = actions.find_siblings(directive)
    if not loops:
        raise Missing
    if not matters.list_seen(by, loops, at=at):
        raise Refused


def issue(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """Leader posts of a unit, and the office of a government."""
    if not actions.list_names(by, at=at):
        raise Refused


def work(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """Any working post; which matters it may move, the action decides for each of them."""
    actions.verify_worker(by, at=at)


def owe(by: Acting, /, *, at: datetime, loop: UUID, **_: Any) -> None:
    """Any working post of the debtor."""
    if not actions.find_roles(by, actions.find_matter(loop), at=at).owes:
        raise Refused


def handle(by: Acting, /, *, at: datetime, loop: UUID, **_: Any) -> None:
    """The handler, or a working post of the creditor."""
    if not actions.find_roles(by, actions.find_matter(loop), at=at).handles:
        raise Refused


def handle_ask(by: Acting, /, *, at: datetime, ask: UUID, **_: Any) -> None:
    """The handler of the matter the ask is about."""
    handle(by, at=at, loop=actions.find_ask(ask).loop)
