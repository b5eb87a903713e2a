"""The chiefs wall 云长体系图: who stands at the head of what, level by level, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yunzhang.ground.org import actions as org
from yunzhang.ground.org.pages import words
from yunzhang.ground.org.pages.browse import Seat, first_place, seats
from yunzhang.ground.org.terms import Duty, UnitKind
from yunzhang.kit.doors import page, render, signed_in
from yunzhang.kit.home import current_home

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpResponse

    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import Scheme, Sector, Unit
    from yunzhang.kit.doors import DoorRequest

CHIEFS = (Duty.LEADER, Duty.OFFICE)


@dataclass(frozen=True, slots=True)
class Head:
    """A unit with the seat that answers for it, if it has one."""

    unit: Unit
    seat: Seat | None


@dataclass(frozen=True, slots=True)
class Wing:
    """A sector 系统: its chief, and the units in it with theirs."""

    name: str
    chief: Seat | None
    heads: list[Head]


@page(may=signed_in)
def show_wall(request: DoorRequest, by: Acting, place: int | None = None) -> HttpResponse:
    """The chiefs of a place: at the top, by sector, in its bodies, and in the places directly below."""
    day, on = words.asked_day(request)
    top = first_place(on) if place is None else org.find_unit(place, on=on)
    if top is None:
        return render(request, "org/empty.html", {"day": day, "on": on})
    near = org.list_around(top.id, on=on)
    bodies = [each for each in near if each.jurisdiction == top.id != each.id]
    below = [each for each in near if each.parent == top.id and each.kind is UnitKind.GOVERNMENT]
    by_unit = chief_seats([top, *bodies, *below], day)
    wings = [wing(each, by_unit, {unit.id: unit for unit in bodies}) for each in org.list_sectors(top.id, on=day)]
    shown = [seat for found in by_unit.values() for seat in found]
    own = [seat for seat in by_unit.get(top.id, ()) if not seat.post.sector]
    context = {
        "top": top, "day": day, "on": on, "scheme": find_scheme(),
        "ancestors": org.find_ancestors(top.id, on=on),
        "first": own[0] if own else None, "others": own[1:],
        "office": [Head(each, seat) for each in bodies for seat in by_unit.get(each.id, ())
                   if seat.post.duty is Duty.OFFICE],
        "wings": wings, "bodies": heads(bodies, by_unit), "below": heads(below, by_unit),
        "seats": len(shown), "held": sum(seat.holder is not None for seat in shown),
        "vacant": sum(seat.holder is None for seat in shown),
        "unsourced": sum(seat.is_unsourced for seat in shown),
    }  # fmt: skip
    return render(request, "org/chiefs.html", context)


def chief_seats(units: Sequence[Unit], day: object) -> dict[int, list[Seat]]:
    """Return the leading and office seats of units, by unit."""
    found: dict[int, list[Seat]] = {}
    for seat in seats([unit.id for unit in units], day):  # type: ignore[arg-type]
        if seat.post.duty in CHIEFS:
            found.setdefault(seat.post.unit, []).append(seat)
    return found


def heads(units: Sequence[Unit], by_unit: Mapping[int, Sequence[Seat]]) -> list[Head]:
    """Return each unit with the first of its leading seats."""
    return [Head(unit, leading(by_unit.get(unit.id, ()))) for unit in units]


def leading(found: Sequence[Seat]) -> Seat | None:
    """Return the first seat of a leader."""
    return next((seat for seat in found if seat.post.duty is Duty.LEADER), None)


def wing(sector: Sector, by_unit: Mapping[int, Sequence[Seat]], bodies: Mapping[int, Unit]) -> Wing:
    """Return a sector with its chief's seat and its units."""
    chief = next((seat for each in by_unit.values() for seat in each if seat.post.id == sector.chief), None)
    units = sorted((bodies[number] for number in sector.units if number in bodies), key=lambda u: u.official_order)
    return Wing(sector.name, chief, heads(units, by_unit))


def find_scheme() -> Scheme | None:
    """Return the scheme this office was born with, if it has a home."""
    home = current_home()
    return org.load_scheme(home.scheme) if home else None
