"""What stands around one unit, read once for its page, its workbook and its papers: a fixed number of looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Named, Place
from yunzhang.governance.observatory.pages import frame
from yunzhang.governance.observatory.pages.course import Month, read_months
from yunzhang.governance.observatory.pages.wording import span
from yunzhang.ground.matters import actions as matters
from yunzhang.kit.lists import Column, Scope
from yunzhang.kit.wording import term_lazy


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
        return span(self.figures["low"].get(name), self.figures["high"].get(name)) or "–"


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
    """A unit with what stands around it."""

    place: Place
    below: list[Named]
    peers: list[Named]
    figures: dict[int, dict[str, Any]]
    matters: dict[int, tuple[int, int]]
    months: list[Month]
    facets: dict[str, dict[str, Any]]  # further facets of the unit, by name, where they were asked for

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
        """Whether the unit has H: something horizontal stands in the window, and one of its parts can exist here."""
        whole = self.place.snapshot is not None and self.place.snapshot.has_h
        return whole and self.own is not None and self.own["values"]["H"] is not None

    @property
    def places(self) -> list[Named]:
        """The places below that have figures, in official order."""
        return [one for one in self.below if one.is_place and has_v(self.figures.get(one.number))]

    def rows(self) -> list[Row]:
        """The unit and those below that have figures, in official order."""
        places = [one for one in self.below if one.is_place]
        units = [one for one in (self.unit, *places) if "values" in self.figures.get(one.number, {})]
        return [Row(one, self.figures[one.number], *self.matters.get(one.number, (0, 0))) for one in units]


COLUMNS: Sequence[Column] = (
    Column("unit", term_lazy("unit"), lambda row: row.unit.name),
    Column("v", term_lazy("v"), lambda row: row.value("V"), kind="number"),
    Column("v_range", term_lazy("interval"), lambda row: row.span("V"), kind="number"),
    Column("v_territorial", term_lazy("v_territorial"), lambda row: row.value("V_territorial"), kind="number"),
    Column("v_functional", term_lazy("v_functional"), lambda row: row.value("V_functional"), kind="number"),
    Column("h", term_lazy("h"), lambda row: row.value("H"), kind="number"),
    Column("h_range", term_lazy("interval"), lambda row: row.span("H"), kind="number"),
    Column("loops", gettext_lazy("计入事项"), lambda row: row.figures["loops"], kind="number"),
)
TODAY: Sequence[Column] = (
    Column("open", term_lazy("open"), lambda row: row.open, kind="number"),
    Column("overdue", term_lazy("late"), lambda row: row.overdue, kind="number"),
)


def columns_of(place: Place) -> Sequence[Column]:
    """Return the columns of the table: a study has no open matters of today."""
    return COLUMNS if place.study else (*COLUMNS, *TODAY)


def has_v(figures: dict[str, Any] | None) -> bool:
    """Return whether figures of a sub-tree with V are there."""
    return bool(figures and "values" in figures and figures["values"]["V"] is not None)


def find_scene(place: Place, *, at: datetime, more: Sequence[str] = ()) -> Scene:
    """Return those below and beside the unit, their figures, its months and, in the office, their open matters.

    `more` names further facets of the unit, read with the same look.
    """
    below, peers = actions.list_below(place), actions.list_beside(place)
    around = [one.number for one in (place.own, *below, *peers)]
    wanted = {"figures": around} | {facet: [place.number] for facet in ("trail", *more)}
    found = actions.find_facets_of(place, wanted)
    own = {facet: found[facet].get(place.number, {}) for facet in ("trail", *more)}
    seen = Scope(tuple(one.number for one in (place.own, *below)))
    counts = matters.count_open(seen, at=at) if (below or peers) and not place.study else {}
    return Scene(place, below, peers, found["figures"], counts, read_months(own["trail"]), own)


def at_month(scene: Scene, month: str) -> Scene:
    """Return the scene as of a past month: one's own figures and months up to then, and nobody else's.

    The newest month, and one that is not there, change nothing.
    """
    past = [one.month for one in scene.months]
    if scene.own is None or month not in past[:-1]:
        return scene
    months = scene.months[: past.index(month) + 1]
    chosen = months[-1]
    about = {name: chosen.about.get(name, scene.own[name]) for name in ("raw", "mode", "p_mode", "loops")}
    figures = {
        "values": chosen.values,
        "low": chosen.low,
        "high": chosen.high,
        "bottlenecks": [],
        "chances": {},
        "null": {},
    }
    own = scene.own | about | figures
    return replace(scene, peers=[], below=[], figures={scene.unit.number: own}, months=months)


def list_tiles(scene: Scene) -> dict[str, list[Tile]]:
    """Return the tiles of one's own level (peers by name alone) and of the places below, in official order."""
    return {
        "beside": [Tile(one, one.short_name, state="peer") for one in scene.peers],
        "below": [_tile(scene, one) for one in scene.below if one.is_place],
    }


def _tile(scene: Scene, one: Named) -> Tile:
    href = frame.link(scene.place, "unit", one.number)
    return Tile(one, one.short_name, href, "below", *scene.matters.get(one.number, (0, 0)))
