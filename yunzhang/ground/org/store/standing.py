"""Who may act from which post on a day: one query for a standing, one for all the posts of an account. Reads only.

The rights of a lent post are read from the lending post; the person still acts from the one they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yunzhang.ground.org.store.accounts import OrgAccount
from yunzhang.ground.org.store.sql import day_out, fetch, held, stood
from yunzhang.ground.org.terms import Duty, Hat, HatKind, Reader, Standing

if TYPE_CHECKING:
    from datetime import date

STANDING = f"""
SELECT t.unit_id, t.duty, p.path, p.jurisdiction_id, q.path, t.sector
FROM org_appointment h
JOIN org_post o ON o.id = h.post_id AND {held("o")}
{{lent}}
JOIN org_unit u ON u.id = t.unit_id
JOIN org_placement p ON p.unit_id = u.id AND {stood("p", "u")}
JOIN org_unit j ON j.id = p.jurisdiction_id
JOIN org_placement q ON q.unit_id = j.id AND {stood("q", "j")}
WHERE h.post_id = %(post)s AND h.person_id = %(person)s AND {held("h")}
"""  # noqa: S608 - fixed texts, no value among them
OWN = "JOIN org_post t ON t.id = o.id"
LENT = f"""
JOIN org_delegation d ON d.to_post_id = o.id AND d.from_post_id = %(lender)s AND {held("d")}
JOIN org_post t ON t.id = d.from_post_id AND {held("t")}
"""
HATS = f"""
SELECT h.person_id, h.post_id, h.is_acting, h.is_concurrent, t.unit_id, t.title, t.duty, u.name, t.official_order, 0
FROM org_account a
JOIN org_appointment h ON h.person_id = a.person_id AND {held("h")}
JOIN org_post t ON t.id = h.post_id AND {held("t")}
JOIN org_unit u ON u.id = t.unit_id
WHERE a.user_id = %(user)s
UNION ALL
SELECT h.person_id, h.post_id, h.is_acting, h.is_concurrent, t.unit_id, t.title, t.duty, u.name, t.official_order, t.id
FROM org_account a
JOIN org_appointment h ON h.person_id = a.person_id AND {held("h")}
JOIN org_post o ON o.id = h.post_id AND {held("o")}
JOIN org_delegation d ON d.to_post_id = o.id AND {held("d")}
JOIN org_post t ON t.id = d.from_post_id AND {held("t")}
JOIN org_unit u ON u.id = t.unit_id
WHERE a.user_id = %(user)s
"""  # noqa: S608 - fixed texts, no value among them


DATED = ("org_placement", "org_naming", "org_guidance", "org_post", "org_appointment", "org_delegation")


def turning_days() -> list[date]:
    """Return, ascending, every day on which any dated row of the organisation begins or ends; between two of them
    nothing that a standing or a line rests on changes."""
    parts = [f"SELECT {day} FROM {table}" for table in DATED for day in ("from_on", "to_on")]  # noqa: S608 - fixed texts
    return sorted(day_out(row[0]) for row in fetch(" UNION ".join(parts), {}) if row[0] is not None)


def standing(post: int, person: str, day: date, *, lent_by: int | None = None) -> Standing | None:
    """Return what a post held by this person may claim on a day; with `lent_by`, what that post lends it."""
    sql = STANDING.format(lent=OWN if lent_by is None else LENT)
    rows = fetch(sql, {"post": post, "person": person, "lender": lent_by, "day": day})
    return _standing(post, rows[0], lent_by) if rows else None


def _standing(post: int, row: tuple[Any, ...], lent_by: int | None) -> Standing:
    unit, duty, path, place, place_path, sector = row
    office_of = place if duty == Duty.OFFICE else None
    return Standing(post, unit, Duty(duty), path, place, place_path, office_of, sector, lent_by)


def hats(user: int, day: date) -> tuple[str, list[Hat]]:
    """Return the person of an account and the posts they may act from on a day: own, acting, concurrent, lent."""
    rows = fetch(HATS, {"user": user, "day": day})
    return (rows[0][0] if rows else ""), sorted((_hat(row) for row in rows), key=_rank)


def _hat(row: tuple[Any, ...]) -> Hat:
    _, post, is_acting, is_concurrent, unit, title, duty, name, order, behalf = row
    kind = HatKind.ACTING if is_acting else HatKind.CONCURRENT if is_concurrent else HatKind.OWN
    if behalf:
        return Hat(post, unit, title, name, HatKind.DELEGATED, duty, int(behalf), order)
    return Hat(post, unit, title, name, kind, duty, None, order)


def _rank(hat: Hat) -> tuple[int, int, int]:
    return list(HatKind).index(hat.kind), hat.official_order, hat.post


def reader_of(user: int) -> str:
    """Return how an account reads; one without an account reads as an office."""
    return OrgAccount.objects.filter(user=user).values_list("reader", flat=True).first() or Reader.OFFICE


def reader_of_person(person: str) -> str:
    """Return how the account of a person reads; one without an account reads as an office."""
    return OrgAccount.objects.filter(person_id=person).values_list("reader", flat=True).first() or Reader.OFFICE
