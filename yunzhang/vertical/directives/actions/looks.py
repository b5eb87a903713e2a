"""Looks of 交办: the document, its tree, a matter's timeline, open asks. Looks change nothing and are never atomic."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Missing, Refused
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.ground.org.terms import Duty
from yunzhang.kit.memo import recall
from yunzhang.vertical.directives import rules, store
from yunzhang.vertical.directives.terms import Ask, Branch, Directive, Roles, TimelineRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from yunzhang.ground.ledger.terms import Acting, Loop


def find_directive(directive: UUID) -> Directive:
    """Return one issued document. Raises: Missing."""
    found = store.load_directives([directive]).get(directive)
    if found is None:
        raise Missing
    return found


def find_matter(loop: UUID) -> Loop:
    """Return one matter. Raises: Missing."""
    return next(one for one in find_family(loop) if one.id == loop)


def find_family(loop: UUID) -> list[Loop]:
    """Return every matter and report of the document this one belongs to, oldest first. Raises: Missing."""
    return recall(("family", loop), lambda: ledger.find_family(loop))


def find_siblings(directive: UUID) -> list[Loop]:
    """Return every loop about one document, oldest first."""
    return recall(("siblings", directive), lambda: ledger.find_subject_loops(directive))


def find_branch(loops: Sequence[Loop], root: UUID) -> Branch:
    """Return the tree of matters under `root`, built from the loops of one document."""
    return rules.grow(loops, root)


def list_timeline(loop: UUID) -> list[TimelineRow]:
    """Return the entries on a matter by step, each with the texts still held."""
    return [TimelineRow(entry, texts) for entry, texts in ledger.list_record(loop)]


def list_open_asks(loops: Sequence[UUID]) -> list[Ask]:
    """Return the undecided asks on these matters, oldest first."""
    return store.load_open_asks(loops)


def list_programmes() -> list[str]:
    """Return the programmes 专项 directives were issued under."""
    return store.load_programmes()


def find_ask(ask: UUID) -> Ask:
    """Return one ask, decided or not. Raises: Missing."""
    found = store.load_ask(ask)
    if found is None:
        raise Missing
    return found


def find_roles(by: Acting, loop: Loop, *, at: datetime) -> Roles:
    """Return what the acting post is to a matter, and what it may do with it now.

    Raises: Refused when the post is not held that day.
    """
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    owes = org_rules.may_owe(standing, loop.debtor)
    handles = org_rules.may_handle(standing, loop.creditor, loop.handled_by)
    asks = tuple(store.load_open_asks([loop.id]))
    found = rules.powers(loop, owes=owes, handles=handles, has_open_ask=bool(asks))
    if owes:
        found = rules.signs_only(found, org.find_line(loop.debtor, on=on).kind)
    return Roles(owes=owes, handles=handles, powers=found, asks=asks)


def verify_worker(by: Acting, *, at: datetime) -> None:
    """Return when the acting post works on matters at all: auditors and administrators do not. Raises: Refused."""
    if org.find_standing(by, on=day_of(at)).duty not in org_rules.WORKING:
        raise Refused


def list_names(by: Acting, *, at: datetime) -> list[int]:
    """Return the units in whose name the acting post may try to issue: its own, and the government whose office it is.

    What an office may not do in its own name the gate then explains, with the lawful form.
    """
    standing = org.find_standing(by, on=day_of(at))
    if standing.duty not in (Duty.LEADER, Duty.OFFICE):
        return []
    above = [] if standing.office_of is None else [standing.office_of]
    return [standing.unit, *(unit for unit in above if unit != standing.unit)]
