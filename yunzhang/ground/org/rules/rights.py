"""What a post may do and see on one day, design §3 "Rights". Every predicate is a function of values alone.

`store.scopes` holds the query twin of `may_see`; a property test keeps the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yunzhang.base.ids import path_ids
from yunzhang.ground.org.rules.placement import guiding_chain
from yunzhang.ground.org.terms import Duty, NoAuthority, NotInYourName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yunzhang.ground.org.terms import Line, Standing

__all__ = [
    "WORKING",
    "may_delegate",
    "may_edit_organisation",
    "may_handle",
    "may_issue",
    "may_owe",
    "may_see",
    "sees_unit",
]

WORKING = frozenset({Duty.LEADER, Duty.OFFICE, Duty.OFFICER})


def may_see(standing: Standing, parties: Sequence[Line]) -> bool:
    """Return whether a post may see a matter of these parties (creditor, debtor, handler).

    A party itself, its superior lines, the office of its place, the auditors of a place that contains it; the
    administrator sees no matters.
    """
    return any(sees_unit(standing, line) for line in parties)


def sees_unit(standing: Standing, line: Line) -> bool:
    """Return whether matters of one unit are in a post's sight."""
    if standing.duty is Duty.ADMINISTRATOR:
        return False
    if standing.duty is Duty.AUDITOR:
        return line.jurisdiction_path.startswith(standing.jurisdiction_path)
    above = {*path_ids(line.path), *guiding_chain(line)}
    if standing.unit in above:
        return True
    office = standing.office_of
    return office is not None and (office in above or office == line.jurisdiction)


def may_issue(standing: Standing, name: Line, authority: str) -> None:
    """Return nothing if the post may issue in the name of `name`: its leaders, or its office with an authority number.

    Raises NotInYourName, or NoAuthority where the office gives no number of minutes or instruction.
    """
    if standing.duty is Duty.LEADER and standing.unit == name.unit:
        return
    if standing.office_of != name.unit:
        raise NotInYourName(unit=name.name)
    if not authority.strip():
        raise NoAuthority(unit=name.name)


def may_handle(standing: Standing, creditor: int, handled_by: int | None) -> bool:
    """Return whether the post may accept, return, extend, withdraw and strike off: the handler's or the creditor's."""
    return standing.duty in WORKING and standing.unit in (creditor, handled_by)


def may_owe(standing: Standing, debtor: int) -> bool:
    """Return whether the post may sign, split, answer, ask to extend and object: any working post of the debtor."""
    return standing.duty in WORKING and standing.unit == debtor


def may_edit_organisation(standing: Standing, path: str = "") -> bool:
    """Return whether the post may edit the organisation at `path` (anywhere in its place where none is given)."""
    inside = not path or path.startswith(standing.jurisdiction_path)
    return standing.duty is Duty.ADMINISTRATOR and inside


def may_delegate(standing: Standing, post: int) -> bool:
    """Return whether one may pass on the rights of `post`: its own holder, and nobody who holds them by delegation.

    Auditors and administrators keep theirs: separated powers are not lent (三员分立).
    """
    return standing.duty in WORKING and standing.acting_for is None and standing.post == post
