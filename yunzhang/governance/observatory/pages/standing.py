"""The page of one unit: verdict, mode plane, lines with ranges, 方格示意图, main bottlenecks, table, shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.base.ids import path_ids
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import wording
from yunzhang.governance.observatory.pages.plane import Dot, draw_bar, draw_plane
from yunzhang.governance.observatory.terms import Gain, Mode
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.matters import actions as matters
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Unit, UnitKind
from yunzhang.kit.doors import DoorRequest, page, render
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

    unit: Unit
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

    unit: Unit
    name: str
    state: str = ""  # own | below | peer
    open: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """A unit with what stands around it, read once for the page and for its workbook."""

    unit: Unit
    snapshot: actions.Snapshot | None
    below: list[Unit]
    peers: list[Unit]
    figures: dict[int, dict[str, Any]]
    matters: dict[int, tuple[int, int]]

    @property
    def own(self) -> dict[str, Any] | None:
        """The unit's own figures; None where it has nobody below."""
        found = self.figures.get(self.unit.id)
        return found if found and "values" in found else None

    @property
    def has_h(self) -> bool:
        """Whether anything horizontal stands in the window."""
        return self.snapshot is not None and self.snapshot.has_h

    def rows(self) -> list[Row]:
        """The unit and those below that have figures, in official order."""
        places = [one for one in self.below if _is_place(one)]
        units = [one for one in (self.unit, *places) if "values" in self.figures.get(one.id, {})]
        return [Row(one, self.figures[one.id], *self.matters.get(one.id, (0, 0))) for one in units]


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


def see(by: Acting, /, *, at: datetime, unit: int, **_: Any) -> None:
    """The unit itself, its superior lines, the office of its place."""
    actions.verify_may_see(by, unit, at=at)


def see_own(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """Everybody who may see the placement of the own unit: all but the administrator."""
    actions.verify_may_see(by, actions.find_own_unit(by, at=at), at=at)


@page(may=see_own)
def show_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """The page of one's own unit, or of the government whose office one is."""
    return unit_page(request, actions.find_own_unit(by, at=request.at))


@page(may=see)
def show_unit(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """The page of one unit."""
    return unit_page(request, unit)


@page(may=see)
def export_unit(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """The table of the page as a workbook: same rows, same columns."""
    scene = find_scene(unit, at=request.at)
    body = export_xlsx(COLUMNS, scene.rows(), title=term("observatory"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"{scene.unit.name} {term('observatory')}.xlsx"
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition(name)})


def find_scene(number: int, *, at: datetime) -> Scene:
    """Return the unit, those below and beside it, their figures and their open matters."""
    unit = org.find_unit(number)
    below = org.list_children(number)
    level = org.list_children(unit.parent) if unit.parent is not None and _is_place(unit) else []
    peers = [one for one in level if one.id != number and one.kind is unit.kind]
    snapshot, figures = actions.find_newest([unit.parent or 0, *(one.id for one in (unit, *below, *peers))])
    seen = Scope(tuple(one.id for one in (unit, *below)))
    counts = matters.count_open(seen, at=at) if below or peers else {}
    return Scene(unit, snapshot, below, peers, figures, counts)


def _is_place(unit: Unit) -> bool:
    return unit.kind in (UnitKind.GOVERNMENT, UnitKind.TOWN)


def unit_page(request: DoorRequest, number: int) -> HttpResponse:
    """Return the page of a unit the reader may see."""
    scene = find_scene(number, at=request.at)
    research = scene.has_h and org.find_reader(int(request.user.pk or 0)) == "research"
    edges = list_own_edges(scene)
    said, sure = wording.verdict(scene.own, has_h=scene.has_h, research=research)
    if scene.own is None and edges:
        said = wording.owed(sum(row["met"] for row in edges), sum(row["asked"] for row in edges))
    context = {
        "unit": scene.unit,
        "scene": scene,
        "own": scene.own,
        "snapshot": scene.snapshot,
        "last_day": scene.snapshot.to_at - timedelta(seconds=1) if scene.snapshot else None,
        "said": said,
        "sure": sure,
        "explained": wording.explanation(scene.own, has_h=scene.has_h) if scene.own or not edges else "",
        "above": find_above(request.by, scene, at=request.at),
        "columns": [column.heading for column in COLUMNS],
        "rows": [(row.unit, [shown(column.value(row)) for column in COLUMNS[1:]]) for row in scene.rows()],
        "definitions": wording.definitions(),
        "tiles": list_tiles(scene),
        "edges": edges,
    }
    if scene.own:
        context |= {
            "planes": list_planes(scene),
            "bars": list_bars(scene.own),
            "shares": wording.list_shares(scene.own["coverage"]),
            "bottlenecks": list_bottlenecks(scene),
        }
    return render(request, "observatory/unit.html", context)


def shown(cell: float | str) -> str:
    """Return a cell as the screen writes it: measures with two places, counts as they are."""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def place_name(unit: Unit) -> str:
    """Return what a place is called on a tile or beside a dot: 甲区, not 甲区人民政府."""
    name = unit.name.removesuffix("人民政府") if _is_place(unit) else unit.short_name
    return name or unit.name


def find_above(by: Acting, scene: Scene, *, at: datetime) -> dict[str, Any] | None:
    """Return number and name of the superior one may go up to: while it is one's own unit or stands below it."""
    unit = scene.unit
    if unit.parent is None or unit.id == by.unit or unit.parent not in scene.figures:
        return None
    own = actions.find_own_unit(by, at=at)
    name = scene.figures[unit.parent].get("name", "")
    return {"id": unit.parent, "name": name} if own in path_ids(unit.path)[:-1] else None


def list_planes(scene: Scene) -> list[tuple[str, Any]]:
    """Return the plane for a wide and for a narrow screen."""
    dots = [dot_of(scene.figures[one.id], "peer") for one in scene.peers if _has_v(scene.figures.get(one.id))]
    dots += [
        dot_of(scene.figures[one.id], "below", place_name(one))
        for one in scene.below
        if _is_place(one) and _has_v(scene.figures.get(one.id))
    ]
    if _has_v(scene.own) and scene.own:
        dots.append(dot_of(scene.own, "own", place_name(scene.unit)))
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
    beside = [Tile(one, place_name(one), "peer") for one in scene.peers]
    if beside:
        beside.append(Tile(scene.unit, place_name(scene.unit), "own", *scene.matters.get(scene.unit.id, (0, 0))))
        beside.sort(key=lambda tile: tile.unit.official_order)
    below = [
        Tile(one, place_name(one), "below", *scene.matters.get(one.id, (0, 0))) for one in scene.below if _is_place(one)
    ]
    return {"beside": beside, "below": below}


def list_bottlenecks(scene: Scene) -> list[dict[str, Any]]:
    """Return at most five edges with both names, what was done of what was due, its range, and the expected gain."""
    edges = actions.find_bottlenecks(scene.own or {})
    units = {one.id: one for one in (scene.unit, *scene.below)}
    others = {int(number) for edge in edges for number in (edge.unit, edge.upper)} - set(units)
    units |= org.find_units(others) if others else {}
    return [
        {
            "upper": units[int(edge.upper)],
            "lower": units[int(edge.unit)],
            "line": term("v_territorial" if edge.line == "territorial" else "v_functional"),
            "gain": edge.gain,
            **_share(edge),
        }
        for edge in edges
    ]


def _share(edge: Gain) -> dict[str, Any]:
    low, high = share_range(edge.met, edge.due)
    share = edge.met / edge.due
    return {
        "met": round(edge.met),
        "due": round(edge.due),
        "share": share,
        "low": low,
        "high": high,
        "bar": draw_bar(share, low, high, vertical=True),
    }


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
    own = scene.figures.get(scene.unit.id, {}).get("own", {})
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
    path("<int:unit>", show_unit, name="unit"),
    path("<int:unit>/table.xlsx", export_unit, name="table"),
]
