"""Who may act from which post on a day: one query for a standing, one for all the posts of an account. Reads only.

The rights of a lent post are read from the lending post; the person still acts from the one they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, Q, Value

from yunzhang.ground.org.store.accounts import OrgAccount
from yunzhang.ground.org.store.lines import held_on
from yunzhang.ground.org.store.posts import OrgAppointment, OrgDelegation, OrgPost
from yunzhang.ground.org.store.units import OrgGuidance, OrgNaming, OrgPlacement, on_day
from yunzhang.ground.org.terms import Duty, Hat, HatKind, Reader, Standing

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model, QuerySet

PLACES = "unit__placements__"
JURISDICTION = "unit__placements__jurisdiction__placements__"


def standing(post: int, person: str, day: date, *, lent_by: int | None = None) -> Standing | None:
    """Return what a post held by this person may claim on a day; with `lent_by`, what that post lends it."""
    top = "post__" if lent_by is None else "post__borrowed__from_post__"
    when = on_day(day) & on_day(day, top) & held_on(day, top + PLACES, f"{top}unit__")
    when &= held_on(day, top + JURISDICTION, f"{top}{PLACES}jurisdiction__")
    if lent_by is not None:
        when &= on_day(day, "post__") & on_day(day, "post__borrowed__") & Q(post__borrowed__from_post=lent_by)
    columns = ("unit_id", "duty", "unit__placements__path", "unit__placements__jurisdiction_id", f"{JURISDICTION}path")
    rows = OrgAppointment.objects.filter(when, post=post, person=person)
    row = rows.values_list(*(top + column for column in columns), f"{top}sector").first()
    return _standing(post, row, lent_by) if row else None


def turning_days() -> list[date]:
    """Return, ascending, every day on which any dated row of the organisation begins or ends; between two of them
    nothing that a standing or a line rests on changes."""
    dated = (OrgPlacement, OrgNaming, OrgGuidance, OrgPost, OrgAppointment, OrgDelegation)
    days = {day for table in dated for column in ("from_on", "to_on") for day in _days(table, column)}
    return sorted(days)


def _days(table: type[Model], column: str) -> QuerySet[Any, date]:
    rows = table._default_manager.exclude(**{column: None}).values_list(column, flat=True)
    return rows.distinct().order_by()


def _standing(post: int, row: tuple[Any, ...], lent_by: int | None) -> Standing:
    unit, duty, path, place, place_path, sector = row
    office_of = place if duty == Duty.OFFICE else None
    return Standing(post, unit, Duty(duty), path, place, place_path, office_of, sector, lent_by)


def hats(user: int, day: date) -> tuple[str, list[Hat]]:
    """Return the person of an account and the posts they may act from on a day: own, acting, concurrent, lent."""
    held = OrgAppointment.objects.filter(on_day(day), on_day(day, "post__"), person__account__user=user)
    lent = held.filter(on_day(day, "post__borrowed__") & on_day(day, "post__borrowed__from_post__"))
    own = _columns(held, "post__", Value(0, BigIntegerField()))
    rows = own.union(_columns(lent, "post__borrowed__from_post__", F("post__borrowed__from_post_id")), all=True)
    made = [(row[0], _hat(row)) for row in rows]
    found = [hat for _, hat in sorted(made, key=lambda each: _rank(each[1]))]
    return (made[0][0] if made else ""), found


def _columns(rows: Any, top: str, behalf: Any) -> Any:
    names = ("post_id", "is_acting", "is_concurrent")
    shown = {
        "at_unit": F(f"{top}unit_id"), "at_title": F(f"{top}title"), "at_duty": F(f"{top}duty"),
        "at_name": F(f"{top}unit__name"), "at_order": F(f"{top}official_order"), "at_behalf": behalf,
    }  # fmt: skip
    return rows.annotate(**shown).values_list("person_id", *names, *shown)


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
