"""What one may ask about posts: add and close them, appoint, lend rights, sectors; and who was responsible on a day.

Every change is an entry on the stream of its post (or sector); names of persons never enter the ledger.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q

from yunzhang.base.errors import Refused
from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.rights import find_standing, verify_editor
from yunzhang.ground.org.actions.units import find_units, list_place
from yunzhang.ground.org.store import posts as store
from yunzhang.ground.org.store.lines import place_paths
from yunzhang.ground.org.terms import (
    CONSOLE,
    Delegation,
    Duty,
    NotHeld,
    PostRights,
    Responsible,
    Signatures,
    UnknownDelegation,
    UnknownPost,
    UnknownUnit,
)
from yunzhang.kit.memo import forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from yunzhang.ground.ledger.terms import type_json
    from yunzhang.ground.org.terms import Appointment, NewPost, Post, Sector, Unit

__all__ = [
    "add_posts",
    "appoint",
    "close_post",
    "define_sector",
    "delegate",
    "end_appointment",
    "end_delegation",
    "find_delegation",
    "find_holders",
    "find_next_post",
    "find_post",
    "find_post_of",
    "find_post_rights",
    "find_posts",
    "find_signatures",
    "list_appointments",
    "list_delegations",
    "list_place_posts",
    "list_posts",
    "list_sectors",
    "verify_post_editor",
    "verify_post_lender",
    "who_was_responsible",
]  # fmt: skip

RANK = {Duty.LEADER: 0, Duty.OFFICE: 1, Duty.OFFICER: 2, Duty.AUDITOR: 3, Duty.ADMINISTRATOR: 4}


# ---- looks


def find_posts(ids: Iterable[int]) -> dict[int, Post]:
    """Return these posts by number. Raises UnknownPost."""
    wanted = list(dict.fromkeys(ids))
    found = {each.id: each for each in store.posts_by_ids(wanted)}
    for number in wanted:
        if number not in found:
            raise UnknownPost(post=number)
    return found


def find_post(post: int) -> Post:
    """Return one post. Raises UnknownPost."""
    return find_posts([post])[post]


def find_post_of(stream: UUID) -> Post:
    """Return the post whose changes are recorded on this stream. Raises UnknownPost."""
    found = store.posts(Q(stream=stream))
    if not found:
        raise UnknownPost(post=stream)
    return found[0]


def find_next_post() -> int:
    """Return the number the next post will get."""
    return store.next_post()


def list_posts(units: int | Iterable[int], *, on: date | None) -> list[Post]:
    """Return the posts of one or more units that stand on a day (None: ever stood), in official order."""
    return store.posts_of([units] if isinstance(units, int) else list(units), on)


def find_holders(posts: Iterable[int], *, on: date) -> dict[int, Appointment]:
    """Return who holds each of these posts on a day; a vacant post is left out."""
    return {held.post: held for held in store.appointments_of(list(posts), on)}


def find_signatures(posts: Iterable[int], persons: Iterable[str]) -> Signatures:
    """Return the titles of these posts, ended ones too, and the names of these persons. One query."""
    return Signatures(*store.signatures_of(list(posts), list(persons)))


def list_appointments(posts: Iterable[int]) -> list[Appointment]:
    """Return all appointments to these posts, the oldest first."""
    return store.appointments_of(list(posts))


def find_delegation(delegation: int) -> Delegation:
    """Return one delegation by number. Raises UnknownDelegation."""
    rows = store.delegations(Q(id=delegation))
    if not rows:
        raise UnknownDelegation
    return rows[0]


def list_place_posts(unit: Unit, *, on: date) -> tuple[list[Unit], list[Post]]:
    """Return the bodies of the place a unit belongs to, and their posts on a day. Two queries."""
    units = list_place(unit.jurisdiction)
    return units, store.posts_of([each.id for each in units], on)


def list_delegations(posts: Iterable[int], *, on: date | None = None) -> list[Delegation]:
    """Return the delegations from or to these posts, running on a day or ever."""
    return store.delegations_of(list(posts), on)


def who_was_responsible(unit: int, *, on: date) -> list[Responsible]:
    """Return who answered for a unit on a day: its posts, leaders first, each with holder and posts it lent to."""
    posts = sorted(store.posts_of([unit], on), key=lambda each: (RANK[each.duty], each.official_order, each.id))
    ids = [post.id for post in posts]
    held, lent = find_holders(ids, on=on), store.lent_by(ids, on)
    return [
        Responsible(post, held.get(post.id), tuple(each.to_post for each in lent if each.from_post == post.id))
        for post in posts
    ]


def verify_post_editor(by: Acting, post: Post, *, at: datetime) -> None:
    """Return nothing where one may fill, close or open accounts for a post: the administrator of its place.

    Raises Refused.
    """
    _check_editor_of(by, {post.unit}, at)


def verify_post_lender(by: Acting, post: Post, *, at: datetime) -> None:
    """Return nothing where one may lend a post's rights: its holder, or the administrator. Raises Refused."""
    _check_lender(by, post, at)


def find_post_rights(by: Acting, post: Post, *, at: datetime) -> PostRights:
    """Return what one may do with a post today."""
    edits = _passes(lambda: verify_post_editor(by, post, at=at))
    return PostRights(edits, edits or _passes(lambda: verify_post_lender(by, post, at=at)))


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def list_sectors(place: int, *, on: date) -> list[Sector]:
    """Return the sectors 系统 of a place, each with its chief's post and the units in it on a day."""
    return store.sectors(Q(place=place), on)


# ---- changes


@act
def add_posts(by: Acting, rows: Sequence[NewPost], *, at: datetime, on: date | None = None) -> Receipt:
    """Add posts to units, standing from `on` (default the day of the act), with or without a holder later."""
    day = on or rules.day_of(at)
    _check_editor_of(by, {row.unit for row in rows}, at)
    first = store.next_post()
    made = [_post(row, first + turn, at=at, day=day) for turn, row in enumerate(rows)]
    store.save_posts(made)
    forget()
    return record(by, [_post_added(post) for post in made], at=at)


def _post(row: NewPost, number: int, *, at: datetime, day: date) -> store.OrgPost:
    return store.OrgPost(
        id=number if row.id is None else row.id, stream=uuid7(at), unit_id=row.unit, kind=row.kind, title=row.title,
        duty=row.duty, sector=row.sector, official_order=row.official_order, source=row.source, from_on=day,
    )  # fmt: skip


def _post_added(post: store.OrgPost) -> Draft:
    facts: dict[str, type_json] = {
        "post": post.id, "unit": post.unit_id, "kind": post.kind, "duty": str(post.duty), "sector": post.sector,
        "from_on": post.from_on.isoformat(),
    }  # fmt: skip
    return Draft(post.stream, "post_added", facts, subject=Subject(post.stream, "org", post.title))


@act
def close_post(by: Acting, post: int, *, at: datetime, on: date | None = None) -> Receipt:
    """Let a post stand no longer from a day on; who holds it then leaves it that day."""
    closed, day, today = find_post(post), on or rules.day_of(at), rules.day_of(at)
    _check_editor_of(by, {closed.unit}, at)
    rules.check_end(from_on=closed.from_on or day, to_on=closed.to_on, on=day, today=today)
    for held in store.appointments_of([post]):
        if held.to_on is None or held.to_on > day:
            store.close_appointment(held, on=max(day, held.from_on))
    store.close_post(post, on=day)
    forget()
    return record(by, [_note(closed, "post_closed", {"on": day.isoformat()})], at=at)


@act
def appoint(by: Acting, rows: Sequence[Appointment], *, at: datetime) -> Receipt:
    """Let persons hold posts from a day on, in their own right, acting 代理 or concurrent 兼任.

    A row without a person id names somebody new. Raises UnknownPost, BadPeriod, PostTaken, AlreadyHolds,
    SeparatedPowers.
    """
    posts = find_posts(row.post for row in rows)
    _check_editor_of(by, {post.unit for post in posts.values()}, at)
    store.lock_posts(list(posts))
    named = [row if row.person else replace(row, person=str(uuid7(at))) for row in rows]
    _check_appointments(named, posts)
    store.save_persons({row.person: row.name for row in named})
    store.save_appointments(named)
    forget()
    return record(by, [_appointed(posts[row.post], row) for row in named], at=at)


def _check_appointments(rows: Sequence[Appointment], posts: dict[int, Post]) -> None:
    of_post: dict[int, list[Appointment]] = {}
    of_person: dict[str, list[tuple[Appointment, Duty]]] = {}
    for held in store.appointments_of(list(posts)):
        of_post.setdefault(held.post, []).append(held)
    for held, duty in store.held_by_persons([row.person for row in rows]):
        of_person.setdefault(held.person, []).append((held, duty))
    for row in rows:
        post, same_post = posts[row.post], of_post.setdefault(row.post, [])
        same_person = of_person.setdefault(row.person, [])
        rules.check_appointment(row, post, of_post=same_post, of_person=same_person)
        same_post.append(row)
        same_person.append((row, post.duty))


def _appointed(post: Post, row: Appointment) -> Draft:
    facts: dict[str, type_json] = {
        "person": row.person, "from_on": row.from_on.isoformat(), "to_on": _text(row.to_on),
        "acting": row.is_acting, "concurrent": row.is_concurrent,
    }  # fmt: skip
    return _note(post, "appointed", facts)


@act
def end_appointment(by: Acting, post: int, *, at: datetime, on: date | None = None) -> Receipt:
    """Let the holder leave a post from a day on, today at the earliest: days gone by keep who was responsible.

    Raises NotHeld where nobody holds it, Backdated, BadPeriod.
    """
    left, today = find_post(post), rules.day_of(at)
    day = on or today
    _check_editor_of(by, {left.unit}, at)
    store.lock_posts([post])
    running = [held for held in store.appointments_of([post]) if held.to_on is None or held.to_on > today]
    if not running:
        raise NotHeld
    rules.check_end(from_on=running[0].from_on, to_on=running[0].to_on, on=day, today=today)
    store.close_appointment(running[0], on=day)
    forget()
    return record(by, [_note(left, "appointment_ended", {"person": running[0].person, "on": day.isoformat()})], at=at)


@act
def delegate(
    by: Acting, from_post: int, to_post: int, *, at: datetime, from_on: date | None = None, to_on: date | None = None
) -> Receipt:
    """Lend the rights of a post to the holder of another post of the same place, by its holder or the administrator.

    Raises Refused, NotHeld, SeparatedPowers, OtherPlace, Backdated, BadPeriod.
    """
    posts, today = find_posts([from_post, to_post]), rules.day_of(at)
    lender, borrower = posts[from_post], posts[to_post]
    _check_lender(by, lender, at)
    places = {unit.id: unit.jurisdiction for unit in find_units({lender.unit, borrower.unit}).values()}
    row = Delegation(0, from_post, to_post, from_on or today, to_on)
    rules.check_delegation(lender, borrower, places=places, from_on=row.from_on, to_on=to_on, today=today)
    number = store.save_delegation(row)
    forget()
    facts: dict[str, type_json] = {"delegation": number, "to": to_post, "from_on": row.from_on.isoformat()}
    facts["to_on"] = _text(to_on)
    return record(by, [_note(lender, "delegated", facts)], at=at)


@act
def end_delegation(by: Acting, delegation: int, *, at: datetime, on: date | None = None) -> Receipt:
    """Take back lent rights from a day on, today at the earliest.

    Raises UnknownDelegation, Refused, Backdated, BadPeriod.
    """
    day, row = on or rules.day_of(at), find_delegation(delegation)
    lender = find_post(row.from_post)
    _check_lender(by, lender, at)
    rules.check_end(from_on=min(day, row.from_on), to_on=row.to_on, on=day, today=rules.day_of(at))
    store.close_delegation(delegation, on=max(day, row.from_on))
    forget()
    return record(by, [_note(lender, "delegation_ended", {"delegation": delegation, "on": day.isoformat()})], at=at)


@act
def define_sector(
    by: Acting,
    place: int,
    code: str,
    name: str,
    *,
    units: Sequence[int],
    at: datetime,
    chief: int | None = None,
    on: date | None = None,
) -> Receipt:
    """Name a sector 系统 of a place, its chief's post and its units; called again it changes them from a day on."""
    _check_editor_of(by, {place}, at)
    day = on or rules.day_of(at)
    sector = store.find_sector(place, code) or store.OrgSector(stream=uuid7(at), place_id=place, code=code)
    sector.name, sector.chief_id = name, chief
    store.put_sector(sector, units, on=day)
    facts: dict[str, type_json] = {"place": place, "code": code, "chief": chief, "on": day.isoformat()}
    facts["units"] = list(units)
    subject = Subject(sector.stream, "org", name)
    return record(by, [Draft(sector.stream, "sector_defined", facts, {"name": name}, subject=subject)], at=at)


def _check_editor_of(by: Acting, units: set[int], at: datetime) -> None:
    if by.post is None and by.person == CONSOLE:
        return
    paths = place_paths(units)
    if not paths:
        raise UnknownUnit(unit=", ".join(map(str, units)))
    for path in paths:
        verify_editor(by, path=path, at=at)


def _check_lender(by: Acting, lender: Post, at: datetime) -> None:
    if by.post is not None and rules.may_delegate(find_standing(by, on=rules.day_of(at)), lender.id):
        return
    _check_editor_of(by, {lender.unit}, at)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _note(post: Post, verb: str, facts: dict[str, type_json]) -> Draft:
    assert post.stream is not None  # noqa: S101 - every stored post has one
    return Draft(post.stream, verb, {"post": post.id, **facts})
