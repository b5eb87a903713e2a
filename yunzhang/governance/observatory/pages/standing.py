"""The overview of one unit: the sentence, the plane, lines and parts, where to look next, tiles, table, what stands
beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import sqrt
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Place
from yunzhang.governance.observatory.pages import frame, wording
from yunzhang.governance.observatory.pages.course import YEAR, month_columns, shown_figures, written_month
from yunzhang.governance.observatory.pages.pictures import FEW, list_multiples, list_pictures
from yunzhang.governance.observatory.pages.plane import draw_bar
from yunzhang.governance.observatory.pages.scene import Scene, at_month, columns_of, find_scene, list_tiles
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, page
from yunzhang.kit.lists import Column
from yunzhang.kit.wording import term

Z = 1.6449  # the 90 % range of a share, as the ranges of the draws
SHOWN_EDGES = 3


def see_own(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """Everybody who may see the placement of the own unit: all but the administrator."""
    actions.verify_may_see(by, actions.find_own_unit(by, at=at), at=at)


@page(may=see_own)
def show_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """The page of one's own unit, or of the government whose office one is."""
    return unit_page(request, actions.find_own_unit(by, at=request.at))


@page(may=frame.may_see)
def show_unit(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The page of one unit."""
    return unit_page(request, unit, study)


@page(may=frame.may_see)
def export_unit(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The table of the page as a workbook: same rows, same columns."""
    place = frame.open_place(request, unit, study)
    scene = at_month(find_scene(place, at=request.at), request.GET.get("month", ""))
    return frame.workbook(place, columns_of(place), scene.rows(), f"{scene.unit.name} {term('observatory')}")


@page(may=frame.may_see)
def export_months(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The table of months as a workbook: same rows, same columns."""
    whole = find_scene(frame.open_place(request, unit, study), at=request.at)
    scene = at_month(whole, request.GET.get("month", ""))
    columns = month_columns(shown_figures(scene.months, has_h=scene.has_h))
    return frame.workbook(scene.place, columns, scene.months, scene.unit.name + " " + _("逐月数据"))


def unit_page(request: DoorRequest, number: int, study: str = "") -> HttpResponse:
    """Return the page of a unit the reader may see."""
    place = frame.open_place(request, number, study)
    whole = find_scene(place, at=request.at)
    scene = at_month(whole, request.GET.get("month", ""))
    research = scene.has_h and frame.is_researcher(request)
    context = _sentence(scene, research=research) | {
        "scene": scene,
        "own": scene.own,
        "tiles": list_tiles(scene),
        "edges": list_own_edges(scene),
        "next": list_next(place),
        "columns": _headings(columns_of(place)),
        "rows": _rows(scene),
        "table": frame.link(place, "table", None, **_kept(whole, scene)),
        "picks": list_picks(whole, scene),
        "is_past": scene is not whole,
        "last_shown": written_month(scene.months[-1].month) if scene.months else "",
    }
    if scene.own:
        context |= _figures(whole, scene, scene.own, research=research)
    return frame.show(request, place, "unit", "observatory/unit.html", context)


def _sentence(scene: Scene, *, research: bool) -> dict[str, Any]:
    edges = scene.figures.get(scene.unit.number, {}).get("own", {}).values()
    said, sure = wording.verdict(scene.own, has_h=scene.has_h, research=research)
    if scene.own is None and any(asked for _, asked in edges):
        return {"said": wording.owed(*(round(sum(column)) for column in zip(*edges, strict=True))), "sure": ""}
    return {"said": said, "sure": sure, "explained": wording.explanation(scene.own, has_h=scene.has_h)}


def _figures(whole: Scene, scene: Scene, own: dict[str, Any], *, research: bool) -> dict[str, Any]:
    months = scene.months if len(scene.months) > 1 else []
    kept = _kept(whole, scene)
    columns = month_columns(shown_figures(months, has_h=scene.has_h))
    return {
        "pictures": list_pictures(scene, research=research),
        "multiples": list_multiples(own, months, has_h=scene.has_h),
        "heads": list_heads(scene, own),
        "chances": wording.list_chances(own, research=research) if scene.has_h else [],
        "definitions": wording.definitions(),
        "shares": wording.list_shares(own["coverage"]),
        "covers": wording.said_covers(own["coverage"]),
        "bottlenecks": list_bottlenecks(own)[:SHOWN_EDGES],
        "has_course": bool(months),
        "course_left": len(scene.places) < FEW,
        "has_part": any(month.held < YEAR for month in months),
        "month_columns": _headings(columns),
        "months": [[shown(column.value(month)) for column in columns] for month in reversed(months)],
        "months_table": frame.link(scene.place, "months", None, **kept),
    }


def _kept(whole: Scene, scene: Scene) -> dict[str, str]:
    # an export of a page that looks back is of the same month
    return {} if scene is whole else {"month": scene.months[-1].month}


def list_picks(whole: Scene, scene: Scene) -> list[tuple[str, str, bool]]:
    """Return the months one may look back to, the newest first: its name, how it is written, whether it is shown."""
    last = scene.months[-1].month if scene.months else ""
    newest = whole.months[-1].month if whole.months else ""
    shown = [month.month for month in reversed(whole.months)]
    return [("" if each == newest else each, written_month(each), each == last) for each in shown]


def _headings(columns: Sequence[Column]) -> list[str]:
    return [capfirst(str(column.heading)) for column in columns]


def _rows(scene: Scene) -> list[tuple[Any, str, list[str]]]:
    columns = columns_of(scene.place)[1:]
    return [
        (row.unit, frame.link(scene.place, "unit", row.unit.number), [shown(column.value(row)) for column in columns])
        for row in scene.rows()
    ]


def shown(cell: float | str) -> str:
    """Return a cell as the screen writes it: measures with two places, counts in groups of three digits.

    >>> shown(0.704), shown(23354), shown("–")
    ('0.70', '23,354', '–')
    """
    if isinstance(cell, str):
        return cell
    return f"{cell:.2f}" if isinstance(cell, float) else f"{cell:,}"


def list_heads(scene: Scene, own: dict[str, Any]) -> list[dict[str, Any]]:
    """Return V and H with range and definition; H with what it is above chance, or None where it is missing."""
    rows = [_head("V", own, "")]
    if not scene.has_h:
        return rows
    return [*rows, _head("H", own, wording.said_chance(wording.above_chance(own)))]


def _head(name: str, own: dict[str, Any], more: str) -> dict[str, Any]:
    definition, formula = wording.definition(name)
    span = wording.span(own["low"].get(name), own["high"].get(name))
    kind = "vertical" if name == "V" else "horizontal"
    return {"name": wording.noun(name), "kind": kind, "value": own["values"][name], "span": span, "more": more} | {
        "definition": definition,
        "formula": formula,
    }


def list_next(place: Place) -> dict[str, str]:
    """Return the addresses of the other pages about this unit that there are, by name."""
    found = {}
    for name in ("why", "change", "rhythm", "suggestions", "brief_pdf", "brief_docx", "report_pdf", "report_docx"):
        try:
            found[name] = frame.link(place, name)
        except NoReverseMatch:
            continue
    return found


def list_bottlenecks(own: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the edges that hold V back most, with both names, what was done of what was due, and the expected gain."""
    return [
        {
            "upper": edge["upper_name"].removesuffix("人民政府"),
            "lower": edge["name"],
            "line": term("v_territorial" if edge["line"] == "territorial" else "v_functional"),
            "gain": edge["gain"],
            "met": round(edge["s"]),
            "due": round(edge["n"]),
        }
        for edge in own.get("bottlenecks", ())
    ]


def share_range(met: float, due: float) -> tuple[float, float]:
    """Return the 90 % range of a share (Wilson's interval).

    >>> [round(end, 2) for end in share_range(3, 4)]
    [0.36, 0.94]
    """
    share, squared = met / due, Z * Z / due
    middle, half = share + squared / 2, Z * sqrt(share * (1 - share) / due + squared / due / 4)
    return max((middle - half) / (1 + squared), 0.0), min((middle + half) / (1 + squared), 1.0)


def list_own_edges(scene: Scene) -> list[dict[str, Any]]:
    """Return what the unit itself owed its superiors in the window, by line."""
    own = scene.figures.get(scene.unit.number, {}).get("own", {})
    rows = []
    for line, (met, asked) in own.items():
        if asked:
            low, high = share_range(met, asked)
            bar = draw_bar(met / asked, low, high, vertical=True)
            about = {"label": term(f"v_{line}"), "met": round(met), "asked": round(asked)}
            rows.append(about | {"bar": bar, "range": wording.span(low, high)})
    return rows


urlpatterns = [
    path("", show_own, name="home"),
    *frame.both("", show_unit, "unit"),
    *frame.both("table.xlsx", export_unit, "table"),
    *frame.both("months.xlsx", export_months, "months"),
]
