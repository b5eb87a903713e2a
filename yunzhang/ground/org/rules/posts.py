"""Pure decisions about posts: who may hold what together, when a period may begin or end, who may lend to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yunzhang.ground.org.terms import (
    AlreadyHolds,
    Backdated,
    BadPeriod,
    Duty,
    OtherPlace,
    PostTaken,
    SeparatedPowers,
    UnknownPost,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from yunzhang.ground.org.terms import Appointment, Post

__all__ = ["check_appointment", "check_delegation", "check_end", "may_borrow", "overlap"]

SEPARATED = (Duty.AUDITOR, Duty.ADMINISTRATOR)


def overlap(from_a: date, to_a: date | None, from_b: date, to_b: date | None) -> bool:
    """Return whether two periods (end exclusive, None open) share a day."""
    starts, ends = max(from_a, from_b), [day for day in (to_a, to_b) if day is not None]
    return not ends or starts < min(ends)


def check_appointment(
    new: Appointment, post: Post, *, of_post: Sequence[Appointment], of_person: Sequence[tuple[Appointment, Duty]]
) -> None:
    """Return nothing if the appointment may stand beside those of the same post and of the same person.

    Raises BadPeriod; UnknownPost (the post stands no longer then); PostTaken (one holder a day); AlreadyHolds (a second
    post is concurrent or acting, and says so); SeparatedPowers (administrators and auditors hold nothing else).
    """
    if new.to_on is not None and new.to_on <= new.from_on:
        raise BadPeriod
    if post.to_on is not None and (new.to_on is None or new.to_on > post.to_on):
        raise UnknownPost(post=post.title)
    for held in of_post:
        if _overlap(new, held):
            raise PostTaken(post=post.title, name=held.name)
    for held, duty in of_person:
        if held.post != new.post and _overlap(new, held):
            _check_pair(new, held, {post.duty, duty})


def _check_pair(new: Appointment, held: Appointment, duties: set[Duty]) -> None:
    if duties & set(SEPARATED):
        raise SeparatedPowers
    if not (_is_marked(new) or _is_marked(held)):
        raise AlreadyHolds(name=new.name)


def _is_marked(held: Appointment) -> bool:
    return held.is_acting or held.is_concurrent


def _overlap(a: Appointment, b: Appointment) -> bool:
    return overlap(a.from_on, a.to_on, b.from_on, b.to_on)


def check_end(*, from_on: date, to_on: date | None, on: date, today: date) -> None:
    """Return nothing if a running period may end on a day: not before today, and not after it has ended anyway.

    Raises Backdated, BadPeriod.
    """
    if on < today:
        raise Backdated(day=on.isoformat())
    if on < from_on or (to_on is not None and to_on <= min(on, today)):
        raise BadPeriod


def may_borrow(lender: Post, borrower: Post) -> bool:
    """Return whether two posts are of the kind that may lend to one another: neither audits nor administers."""
    return lender.id != borrower.id and lender.duty not in SEPARATED and borrower.duty not in SEPARATED


def check_delegation(
    lender: Post, borrower: Post, *, places: Mapping[int, int], from_on: date, to_on: date | None, today: date
) -> None:
    """Return nothing if one post may lend its rights to another from a day on; `places` maps units to jurisdictions.

    Raises SeparatedPowers, OtherPlace, Backdated, BadPeriod.
    """
    if lender.duty in SEPARATED or borrower.duty in SEPARATED:
        raise SeparatedPowers
    if lender.id == borrower.id or places[lender.unit] != places[borrower.unit]:
        raise OtherPlace
    if from_on < today:
        raise Backdated(day=from_on.isoformat())
    if to_on is not None and to_on <= from_on:
        raise BadPeriod
