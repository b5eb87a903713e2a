"""The organisation as of a day: one place or unit at a time, and the picker by name or pinyin initials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.urls import reverse

from yunzhang.base.ids import path_ids
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.pages import words
from yunzhang.ground.org.terms import UnitKind, UnknownDivision, UnknownPost, UnknownUnit
from yunzhang.kit.doors import SeeOther, page, render, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from django.http import HttpResponse

    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import Appointment, Division, Guidance, Post, Unit
    from yunzhang.kit.doors import DoorRequest

SHOWN_GUIDED = 60


@dataclass(frozen=True, slots=True)
class Seat:
    """A post with its holder on the day shown."""

    post: Post
    duty: Any
    holder: Appointment | None
    is_unsourced: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A unit in a list, and whether anybody has seen its source."""

    unit: Unit
    is_unsourced: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The bodies of one branch."""

    label: Any
    units: list[Named]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry about the unit."""

    verb: Any
    at: Any
    seq: int | None


@page(may=signed_in)
def show_unit(request: DoorRequest, by: Acting, unit: int | None = None) -> HttpResponse:
    """One unit as of a day: where it stands, what stands in its place and below, posts and holders."""
    day, on = words.asked_day(request)
    shown = first_place(on) if unit is None else org.find_unit(unit, on=on)
    if shown is None:
        return render(request, "org/empty.html", {"day": day, "on": on})
    guides = org.find_guides([shown.id], on=on)
    known = neighbours(shown, guides, on)
    near = org.list_around(shown.id, on=on)
    bodies = [each for each in near if each.jurisdiction == shown.id and shown.kind is UnitKind.GOVERNMENT]
    children = [each for each in near if each.parent == shown.id]
    context = {
        "unit": shown,
        "day": day,
        "on": on,
        "ancestors": [known[number] for number in path_ids(shown.path)[:-1]],
        "groups": by_branch(bodies, shown.id),
        "places": [each for each in children if each.kind is UnitKind.GOVERNMENT],
        "towns": [each for each in children if each.kind is UnitKind.TOWN],
        "parts": [] if bodies else named(each for each in children if each.kind not in rules.GOVERNMENTS),
        "unsourced": sum(words.is_unsourced(each.source) for each in bodies),
        "bodies": len([each for each in bodies if each.id != shown.id]),
        "parent": known.get(shown.parent or 0),
        "place": known.get(shown.jurisdiction),
        "guided_by": [(known[g.upper], words.GUIDANCE[g.kind]) for g in guides if g.lower == shown.id],
        "guiding": [known[g.lower] for g in guides if g.upper == shown.id][:SHOWN_GUIDED],
        "more_guided": max(0, sum(g.upper == shown.id for g in guides) - SHOWN_GUIDED),
        "seats": seats([shown.id], day),
        "division": division(shown, day),
        "labels": labels(shown),
        "changes": changes(shown),
        "may_edit": on is None and may_edit(by, known.get(shown.jurisdiction) or shown, request),
    }
    return render(request, "org/unit.html", context)


def first_place(on: date | None) -> Unit | None:
    """Return the government at the top of this office's organisation."""
    roots = org.list_roots(on=on)
    return next((each for each in roots if each.kind is UnitKind.GOVERNMENT), roots[0] if roots else None)


def neighbours(unit: Unit, guides: Sequence[Guidance], on: date | None) -> dict[int, Unit]:
    """Return every unit the page names beside its own lists, in one query."""
    lower = [g.lower for g in guides if g.upper == unit.id][:SHOWN_GUIDED]
    upper = [g.upper for g in guides if g.lower == unit.id]
    return org.find_units({*path_ids(unit.path), unit.jurisdiction, *lower, *upper}, on=on)


def named(units: Iterable[Unit]) -> list[Named]:
    """Return units with the mark of those nobody has seen a source for."""
    return [Named(each, words.is_unsourced(each.source)) for each in units]


def by_branch(bodies: Iterable[Unit], own: int) -> list[Group]:
    """Return the bodies of a place by branch, in the order a place is always named."""
    rest = [each for each in bodies if each.id != own]
    groups = ((label, [each for each in rest if each.branch is branch]) for branch, label in words.BRANCHES.items())
    return [Group(label, named(units)) for label, units in groups if units]


def seats(units: Sequence[int], day: date) -> list[Seat]:
    """Return the posts of units with their holders on a day."""
    posts = org.list_posts(units, on=day)
    holders = org.find_holders([post.id for post in posts], on=day)
    return [
        Seat(post, words.DUTIES[post.duty], holders.get(post.id), words.is_unsourced(post.source)) for post in posts
    ]


def labels(unit: Unit) -> dict[str, Any]:
    """Return what the unit is, in words."""
    return {"kind": words.KINDS[unit.kind], "branch": words.BRANCHES[unit.branch], "level": words.LEVELS[unit.level]}


def changes(unit: Unit) -> list[Change]:
    """Return what the ledger holds about the unit, the newest first."""
    entries = ledger.list_entries(unit.stream) if unit.stream else []
    return [Change(words.VERBS.get(e.verb, e.verb), e.at, e.seq) for e in reversed(entries)]


def division(unit: Unit, day: date) -> Division | None:
    """Return what the unit's division code is, or has become by a day; None where no list tells."""
    try:
        return org.find_successor(unit.division, on=day) if unit.division else None
    except UnknownDivision:
        return None


def may_edit(by: Acting, place: Unit, request: DoorRequest) -> bool:
    """Return whether the one who looks may change this unit."""
    standing = org.find_standing(by, on=rules.day_of(request.at))
    return rules.may_edit_organisation(standing, place.path)


@page(may=signed_in)
def pick(request: DoorRequest, by: Acting) -> HttpResponse:
    """Units by name or pinyin initials: a page, a fragment for htmx, or JSON."""
    text = request.GET.get("q", "").strip()[:60]
    under = request.GET.get("under", "")
    found = org.search_units(text, under=int(under) if under.isascii() and under.isdigit() else None)
    if request.GET.get("form") == "json":
        rows = [{"id": str(each.id), "name": each.name, "short_name": each.short_name} for each in found]
        return JsonResponse({"units": rows})
    places = org.find_units({each.jurisdiction for each in found})
    rows_html = [(each, places[each.jurisdiction]) for each in found]
    template = "org/found.html" if getattr(request, "htmx", False) else "org/pick.html"
    return render(request, template, {"text": text, "found": rows_html})


@page(may=signed_in)
def show_subject(request: DoorRequest, by: Acting, subject: UUID) -> HttpResponse:
    """Lead from a stream of the ledger to its page: a unit's, a post's unit's, or the top where it is neither's."""
    try:
        return SeeOther(reverse("org:unit", args=[org.find_unit_of(subject).id]))
    except UnknownUnit:
        pass
    try:
        return SeeOther(reverse("org:unit", args=[org.find_post_of(subject).unit]))
    except UnknownPost:
        if subject in ledger.find_subjects([subject]):  # a sector, an import, the building of the place
            return SeeOther(reverse("org:browse"))
        raise
