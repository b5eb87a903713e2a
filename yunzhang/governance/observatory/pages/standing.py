"""The page of one unit: verdict, mode plane, lines with ranges, 方格示意图, main bottlenecks, table, shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Named, Place
from yunzhang.governance.observatory.pages import frame, wording
from yunzhang.governance.observatory.pages.plane import Dot, draw_bar, draw_plane
from yunzhang.governance.observatory.terms import Mode
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.matters import actions as matters
from yunzhang.kit.doors import DoorRequest, page
from yunzhang.kit.lists import Column, Scope, disposition, export_xlsx
from yunzhang.kit.wording import term, term_lazy

WIDE, NARROW = (620, 500), (350, 430)
BARS = (
    ("V_territorial", "v_territorial"),
    ("V_functional", "v_functional"),
    ("H_department", "h_department"),
    ("H_region", "h_region"),
    ("H_market", "h_market"),
    ("H_society", "h_society"),
)
Z = 1.6449  # the 90 % range of a share, as the ranges of the draws


@dataclass(frozen=True, slots=True)
class Row:
    """One unit in the table: its figures of the window, and its matters of today."""

    unit: Named
    figures: dict[str, Any]
    open: int
    overdue: int

    def value(self, name: str) -> float | str:
        """The figure as screen and workbook show it: two places, or a dash."""
        value = self.figures["values"][name]
        return "–" if value is None else round(value, 2)

    def span(self, name: str) -> str:
        """The plausible range."""
        low, high = self.figures["low"].get(name), self.figures["high"].get(name)
        return "–" if low is None or high is None else f"{low:.2f}–{high:.2f}"


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the grid: a peer's has its name alone."""

    unit: Named
    name: str
    href: str = ""
    state: str = ""  # own | below | peer
    open: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """A unit with what stands around it, read once for the page and for its workbook."""

    place: Place
    below: list[Named]
    peers: list[Named]
    figures: dict[int, dict[str, Any]]
    matters: dict[int, tuple[int, int]]

    @property
    def unit(self) -> Named:
        """The unit of the page."""
        return self.place.own

    @property
    def own(self) -> dict[str, Any] | None:
        """The unit's own figures; None where it has nobody below."""
        found = self.figures.get(self.unit.number)
        return found if found and "values" in found else None

    @property
    def has_h(self) -> bool:
        """Whether anything horizontal stands in the window."""
        return self.place.snapshot is not None and self.place.snapshot.has_h

    def rows(self) -> list[Row]:
        """The unit and those below that have figures, in official order."""
        places = [one for one in self.below if one.is_place]
        units = [one for one in (self.unit, *places) if "values" in self.figures.get(one.number, {})]
        return [Row(one, self.figures[one.number], *self.matters.get(one.number, (0, 0))) for one in units]


COLUMNS: Sequence[Column] = (
    Column("unit", term_lazy("unit"), lambda row: row.unit.name),
    Column("v", "V", lambda row: row.value("V"), kind="number"),
    Column("v_range", term_lazy("interval"), lambda row: row.span("V"), kind="number"),
    Column("v_territorial", term_lazy("v_territorial"), lambda row: row.value("V_territorial"), kind="number"),
    Column("v_functional", term_lazy("v_functional"), lambda row: row.value("V_functional"), kind="number"),
    Column("h", "H", lambda row: row.value("H"), kind="number"),
    Column("h_range", term_lazy("interval"), lambda row: row.span("H"), kind="number"),
    Column("loops", gettext_lazy("计入事项"), lambda row: row.figures["loops"], kind="number"),
    Column("open", term_lazy("open"), lambda row: row.open, kind="number"),
    Column("overdue", term_lazy("late"), lambda row: row.overdue, kind="number"),
)


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
    scene = find_scene(frame.open_place(request, unit, study), at=request.at)
    body = export_xlsx(COLUMNS, scene.rows(), title=term("observatory"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"{scene.unit.name} {term('observatory')}.xlsx"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition(name)})


def find_scene(place: Place, *, at: datetime) -> Scene:
    """Return those below and beside the unit, their figures and, in the office, their open matters."""
    below, peers = actions.list_below(place), actions.list_beside(place)
    figures = actions.find_facets(place, "figures", [one.number for one in (place.own, *below, *peers)])
    seen = Scope(tuple(one.number for one in (place.own, *below)))
    counts = matters.count_open(seen, at=at) if (below or peers) and not place.study else {}
    return Scene(place, below, peers, figures, counts)


def unit_page(request: DoorRequest, number: int, study: str = "") -> HttpResponse:
    """Return the page of a unit the reader may see."""
    place = frame.open_place(request, number, study)
    scene = find_scene(place, at=request.at)
    research = scene.has_h and frame.is_researcher(request)
    edges = list_own_edges(scene)
    said, sure = wording.verdict(scene.own, has_h=scene.has_h, research=research)
    if scene.own is None and edges:
        said = wording.owed(sum(row["met"] for row in edges), sum(row["asked"] for row in edges))
    context: dict[str, Any] = {
        "scene": scene,
        "own": scene.own,
        "said": said,
        "sure": sure,
        "explained": wording.explanation(scene.own, has_h=scene.has_h) if scene.own or not edges else "",
        "table": frame.link(place, "table"),
        "columns": [column.heading for column in COLUMNS],
        "rows": [
            (row.unit, frame.link(place, "unit", row.unit.number), [shown(column.value(row)) for column in COLUMNS[1:]])
            for row in scene.rows()
        ],
        "definitions": wording.definitions(),
        "tiles": list_tiles(scene),
        "edges": edges,
    }
    if scene.own:
        context |= {
            "planes": list_planes(scene),
            "bars": list_bars(scene.own),
            "shares": wording.list_shares(scene.own["coverage"]),
            "bottlenecks": list_bottlenecks(scene.own),
        }
    return frame.show(request, place, "unit", "observatory/unit.html", context)


def shown(cell: float | str) -> str:
    """Return a cell as the screen writes it: measures with two places, counts as they are."""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def list_planes(scene: Scene) -> list[tuple[str, Any]]:
    """Return the plane for a wide and for a narrow screen."""
    dots = [dot_of(scene.figures[one.number], "peer") for one in scene.peers if _has_v(scene.figures.get(one.number))]
    dots += [
        dot_of(scene.figures[one.number], "below", one.short_name)
        for one in scene.below
        if one.is_place and _has_v(scene.figures.get(one.number))
    ]
    if _has_v(scene.own) and scene.own:
        dots.append(dot_of(scene.own, "own", scene.unit.short_name))
    words = {
        "title": term("mode_plane"),
        "v": f"{term('v')} V" if "V" not in term("v") else term("v"),
        "h": f"{term('h')} H" if "H" not in term("h") else term("h"),
        "missing": _("窗口期内没有横向事项，H 暂缺"),
    } | {str(mode): term(f"sentence_{mode}") for mode in Mode if mode is not Mode.UNDECIDED}
    ribbon = term("simulated") if settings.YUNZHANG_SIMULATED else ""
    return [
        (name, draw_plane(dots, size=size, words=words, ribbon=ribbon))
        for name, size in (("wide", WIDE), ("narrow", NARROW))
    ]


def _has_v(figures: dict[str, Any] | None) -> bool:
    return bool(figures and "values" in figures and figures["values"]["V"] is not None)


def dot_of(figures: dict[str, Any], role: str, label: str = "") -> Dot:
    """Return one unit's dot; a peer's carries no name."""
    value, low, high = figures["values"], figures["low"], figures["high"]
    h_range = None if value["H"] is None else (low["H"], high["H"])
    return Dot(role, value["V"], (low["V"], high["V"]), value["H"], h_range, label)


def list_bars(own: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each line and part with value, range and bar."""
    rows = []
    for name, word in BARS:
        value, low, high = own["values"][name], own["low"].get(name), own["high"].get(name)
        bar = draw_bar(value, low, high, vertical=name.startswith("V"))
        span = "" if low is None or high is None else f"{low:.2f}–{high:.2f}"
        rows.append({"label": term(word), "value": value, "range": span, "bar": bar})
    return rows


def list_tiles(scene: Scene) -> dict[str, list[Tile]]:
    """Return the tiles of one's own level (peers by name alone) and of the places below, in official order."""
    return {
        "beside": [Tile(one, one.short_name, state="peer") for one in scene.peers],
        "below": [_tile(scene, one) for one in scene.below if one.is_place],
    }


def _tile(scene: Scene, one: Named) -> Tile:
    href = frame.link(scene.place, "unit", one.number)
    return Tile(one, one.short_name, href, "below", *scene.matters.get(one.number, (0, 0)))


def list_bottlenecks(own: dict[str, Any]) -> list[dict[str, Any]]:
    """Return at most five edges with both names, what was done of what was due, its range, and the expected gain."""
    return [
        {
            "upper": edge["upper_name"].removesuffix("人民政府"),
            "lower": edge["name"],
            "line": term("v_territorial" if edge["line"] == "territorial" else "v_functional"),
            "gain": edge["gain"],
            **_share(edge["s"], edge["n"]),
        }
        for edge in own["bottlenecks"]
    ]


def _share(met: float, due: float) -> dict[str, Any]:
    low, high = share_range(met, due)
    bar = draw_bar(met / due, low, high, vertical=True)
    return {"met": round(met), "due": round(due), "share": met / due, "low": low, "high": high, "bar": bar}


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
            span = f"{low:.2f}–{high:.2f}"
            rows.append(
                {"label": term(f"v_{line}"), "met": round(met), "asked": round(asked), "bar": bar, "range": span}
            )
    return rows


urlpatterns = [
    path("", show_own, name="home"),
    *frame.both("", show_unit, "unit"),
    *frame.both("table.xlsx", export_unit, "table"),
]
