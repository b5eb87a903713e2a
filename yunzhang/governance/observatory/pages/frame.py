"""What every page of the observatory shares: its door, tabs, programme selector, crumbs, and links between pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.terms import NotYourStudy
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, render
from yunzhang.kit.lists import Column, disposition, export_xlsx
from yunzhang.kit.wording import term, term_lazy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# name of the route, label; a tab whose route no page serves is not shown
TABS: tuple[tuple[str, Any], ...] = (
    ("unit", gettext_lazy("概览")),
    ("why", gettext_lazy("原因")),
    ("change", gettext_lazy("变化")),
    ("rhythm", term_lazy("rhythm")),
    ("suggestions", term_lazy("suggestions")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page about the same unit."""

    label: str
    href: str
    current: bool


def may_see(by: Acting, /, *, at: datetime, unit: int, study: str = "", **_: Any) -> None:
    """Of the office: the unit itself, its superior lines, the office of its place. Of a study: its readers."""
    actions.verify_may_see(by, unit, study=study, at=at)


def both(tail: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """Return the two addresses of a page: of a unit of the office, and of a unit of a study (`study_…`)."""
    slash = f"/{tail}" if tail else ""
    return [
        path(f"<int:unit>{slash}", view, name=name),
        path(f"studies/<slug:study>/<int:unit>{slash}", view, name=f"study_{name}"),
    ]


def open_place(request: DoorRequest, unit: int, study: str = "") -> actions.Place:
    """Return the unit of this page, seen for the programme of the address (`?programme=`; unknown ones are none)."""
    whole = actions.find_snapshot(study)
    asked = request.GET.get("programme", "")
    programme = asked if whole is not None and asked in whole.programmes else ""
    return actions.find_place(request.by, unit, study=study, programme=programme, at=request.at)


def link(place: actions.Place, name: str, unit: int | None = None, **more: str) -> str:
    """Return the address of a page about this unit, or another of the same office or study, same programme kept."""
    number = place.number if unit is None else unit
    if place.study:
        address = reverse(f"observatory:study_{name}", kwargs={"study": place.study, "unit": number})
    else:
        address = reverse(f"observatory:{name}", kwargs={"unit": number})
    asked = ({"programme": place.programme} if place.programme else {}) | more
    return f"{address}?{urlencode(asked)}" if asked else address


def list_tabs(place: actions.Place, current: str) -> list[Tab]:
    """Return the pages there are about this unit."""
    found = []
    for name, label in TABS:
        try:
            found.append(Tab(capfirst(str(label)), link(place, name), name == current))
        except NoReverseMatch:
            continue
    return found


def _way_to_studies(request: DoorRequest, place: actions.Place) -> list[Tab]:
    # from a page of the office, for those who may read studies
    if place.study:
        return []
    try:
        actions.verify_may_read_study(request.by, at=request.at)
    except NotYourStudy:
        return []
    return [Tab(term("studies"), reverse("observatory:studies"), current=False)]


def is_researcher(request: DoorRequest) -> bool:
    """Return whether the account reads as research: it is told the mode's name, an office a plain sentence."""
    return org.find_reader(int(request.user.pk or 0)) == "research"


def workbook(
    place: actions.Place, columns: Sequence[Column], rows: Iterable[Any], name: str, title: str = ""
) -> HttpResponse:
    """Return a table about one unit as a workbook under a name; a study's mark stands on top of it."""
    mark = mark_of(place)
    body = export_xlsx(columns, rows, title=title or term("observatory"), marks=[mark] if mark else [])
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": disposition(f"{name}.xlsx")})


def mark_of(place: actions.Place) -> str:
    """Return what every page and file about a study says of it, "" for the office's own ledger."""
    snapshot = place.snapshot
    return f"{term(f'study_{snapshot.mark}')} · {snapshot.title}" if snapshot and snapshot.mark else ""


def show(request: DoorRequest, place: actions.Place, tab: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page about one unit inside the observatory's frame; `links` leads to its other pages."""
    snapshot = place.snapshot
    frame = {
        "place": place,
        "snapshot": snapshot,
        "last_day": snapshot.to_at - timedelta(seconds=1) if snapshot else None,
        "tabs": [*list_tabs(place, tab), *_way_to_studies(request, place)],
        "above": [(one, link(place, tab, one.number)) for one in place.above],
        "programmes": snapshot.programmes if snapshot else (),
        "mark": term(f"study_{snapshot.mark}") if snapshot and snapshot.mark else "",
    }
    return render(request, template, frame | context)
