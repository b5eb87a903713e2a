"""The page "why" 原因: where directives stall, who does not deal with whom, who is absent, symptoms and risks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import frame
from yunzhang.governance.observatory.pages.why import across, lines, signs
from yunzhang.governance.observatory.pages.why.reason import find_reason
from yunzhang.governance.observatory.pages.why.words import place_word, short_word
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, page


@page(may=frame.may_see)
def show_why(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The reasons of one unit's figures."""
    place = frame.open_place(request, unit, study)
    body = actions.find_facet(place, "why")
    context: dict[str, Any] = {"body": body, "name": place_word(place.own.short_name)}
    if body is not None:
        names = find_names(place)
        context |= {
            "reason": find_reason(body, programme=place.programme),
            "lines": lines.find_lines(body, place.programme),
            "across": across.find_across(body, names),
            "symptoms": signs.list_symptoms(body),
            "risks": signs.list_risks(body, find_halving(place)),
            "rhythm": link_or_none(place, "rhythm"),
            "limits": signs.list_limits(body),
            "pairs_file": frame.link(place, "why_pairs"),
            "levels_file": frame.link(place, "why_levels"),
        }
    return frame.show(request, place, "why", "observatory/why.html", context)


@page(may=frame.may_see)
def export_levels(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The table under the curves as a workbook: levels and lines, no unit in it."""
    place = frame.open_place(request, unit, study)
    body = actions.find_facet(place, "why")
    rows = lines.list_levels(body) if body else []
    return frame.workbook(place, lines.COLUMNS, rows, place.own.name + " " + _("各级落实情况"))


@page(may=frame.may_see)
def export_pairs(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """All pairs with asked, met, expected as a workbook, in official order."""
    place = frame.open_place(request, unit, study)
    body = actions.find_facet(place, "why")
    rows = across.list_pairs(body, find_names(place)) if body else []
    return frame.workbook(place, across.COLUMNS, rows, place.own.name + " " + _("横向往来"))


def find_names(place: actions.Place) -> dict[int, str]:
    """Return the short names of the units directly below, by number; the place's own name is not said again."""
    own = place_word(place.own.short_name)
    return {one.number: short_word(one.short_name, own) for one in actions.list_below(place)}


def find_halving(place: actions.Place) -> list[tuple[str, dict[str, Any]]]:
    """Return how fast each programme's rhythm halves, as the page of rhythm has it; of the chosen programme alone."""
    whole = replace(place, programme="", snapshot=actions.find_snapshot(place.study))
    found = actions.find_facet(whole, "rhythm") or {}
    pairs = zip(found.get("programmes", ()), found.get("halving", ()), strict=False)
    return [(name, one) for name, one in pairs if place.programme in ("", name)]


def link_or_none(place: actions.Place, name: str) -> str:
    """Return the address of another page about this unit, or "" where no page serves it."""
    try:
        return frame.link(place, name)
    except NoReverseMatch:
        return ""


urlpatterns = [
    *frame.both("why", show_why, "why"),
    *frame.both("why/pairs.xlsx", export_pairs, "why_pairs"),
    *frame.both("why/levels.xlsx", export_levels, "why_levels"),
]
