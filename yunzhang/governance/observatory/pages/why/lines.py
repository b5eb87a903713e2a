"""The vertical half of the page: main bottlenecks, curves with their table, stages, programmes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory.pages.curves import BLUE, GREY, TEAL, Curve, draw_curves, draw_length
from yunzhang.governance.observatory.pages.why.reason import list_stages, weight_of
from yunzhang.governance.observatory.pages.why.words import (
    gain_word,
    level_word,
    line_word,
    percent,
    place_word,
    share_span,
    span,
)
from yunzhang.governance.observatory.rules.stalls import control_loss, share_range
from yunzhang.governance.observatory.terms import LINES
from yunzhang.kit.lists import Column
from yunzhang.kit.wording import term

SIZE = (360, 300)
LOOKS = {"territorial": (BLUE, "disc"), "functional": (TEAL, "square")}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one line and class of kind, as table and workbook show it."""

    level: int
    line: str
    kind: str
    edges: int
    reached: int
    answered: int
    asked: int
    met: int

    @property
    def share(self) -> str:
        """Met of asked."""
        return percent(self.met / self.asked) if self.asked else "–"


COLUMNS: Sequence[Column] = (
    Column("level", gettext_lazy("层级位置"), lambda row: level_word(row.level)),
    Column("line", gettext_lazy("线"), lambda row: line_word(row.line)),
    Column("kind", gettext_lazy("内容"), lambda row: kind_word(row.kind)),
    Column("edges", gettext_lazy("上下级关系"), lambda row: row.edges, kind="number"),
    Column("reached", gettext_lazy("有到期事项"), lambda row: row.reached, kind="number"),
    Column("answered", gettext_lazy("有按期办结"), lambda row: row.answered, kind="number"),
    Column("asked", gettext_lazy("到期事项"), lambda row: row.asked, kind="number"),
    Column("met", gettext_lazy("按期办结"), lambda row: row.met, kind="number"),
    Column("share", gettext_lazy("按期比例"), lambda row: row.share, kind="number"),
    Column("range", gettext_lazy("可能区间"), lambda row: share_span(row.met, row.asked) or "–", kind="number"),
)


def kind_word(kind: str) -> str:
    """Return the word of a class of kind."""
    return term("report") if kind == "report" else _("交办")


def find_lines(body: dict[str, Any], programme: str = "") -> dict[str, Any]:
    """Return what the template shows of the vertical half."""
    levels = list_levels(body)
    return {
        "v": term("v"),
        "edges": [_edge(edge) for edge in body["edges"]],
        "units": [_sum(one) for one in body["units"]],
        "leaders": [_sum(one) | {"titles": one["titles"], "edges": one["edges"]} for one in body["leaders"]],
        "curves": [curve for curve in (_level_curves(levels), _reach_curves(body)) if curve],
        "columns": [column.heading for column in COLUMNS],
        "levels": [[column.value(row) for column in COLUMNS] for row in levels],
        "reach": _reach_rows(body),
        "chains": _chain_rows(body),
        "stages": _stages(body, programme),
        "programmes": _programmes(body),
        "programme_levels": [level_word(k + 1) for k in range(_deepest(body))],
    }


def _edge(edge: dict[str, Any]) -> dict[str, Any]:
    met, due, asked = edge["met"], edge["due"], edge["asked"]
    low, high = share_range(met, due)
    return _sum(edge) | {
        "upper": place_word(edge["upper_name"]),
        "line": line_word(edge["line"]),
        "met": round(met),
        "asked": round(asked),
        "due": round(due),
        "bar": draw_length(met / due, low, high, vertical=True),
        "share": percent(met / due),
        "span": span(low, high),
    }


def _sum(one: dict[str, Any]) -> dict[str, Any]:
    span_of = f"{one['low']:.3f}–{one['high']:.3f}"
    return {"name": place_word(one["name"]), "gain": gain_word(one["gain"]), "gain_span": span_of}


def list_levels(body: dict[str, Any]) -> list[Level]:
    """Return the rows of the table under the curves: every level, line and class of kind with an edge."""
    return [
        Level(level + 1, line, kind, **counts)
        for line in LINES
        for level, kinds in enumerate(body["levels"][line])
        for kind, counts in kinds.items()
        if counts["edges"]
    ]


def _level_curves(levels: list[Level]) -> dict[str, Any] | None:
    curves = []
    for line in LINES:
        rows = [row for row in levels if row.line == line and row.kind == "directive" and row.asked]
        points = tuple((row.level - 1, row.met / row.asked, *share_range(row.met, row.asked)) for row in rows)
        if points:
            colour, mark = LOOKS[line]
            curves.append(Curve(line_word(line), colour, points, mark))
    if not curves:
        return None
    deepest = max(row.level for row in levels)
    title = _("每一级交办的按期办结比例")
    steps = [level_word(k + 1) for k in range(deepest)]
    return {"title": title, "picture": draw_curves(curves, steps, size=SIZE, title=title)}


def _reach_curves(body: dict[str, Any]) -> dict[str, Any] | None:
    curves = []
    for line in LINES:
        rows = list(enumerate(body["reach"][line]))
        points = tuple((k, *_reached(chances, linked)) for k, (_all, linked, chances) in rows if linked)
        if points:
            colour, mark = LOOKS[line]
            curves.append(Curve(line_word(line), colour, points, mark))
    chains = body["chains"] or []
    if chains:
        points = tuple((k, value, low, high) for k, (_risk, _met, value, low, high) in enumerate(chains))
        curves.append(Curve(_("逐级分解的事项"), GREY, points, "diamond", is_dashed=True))
    if not curves:
        return None
    title = _("从本级出发、经过几个环节仍按期的比例")
    steps = [_("%(links)s 个环节") % {"links": 1 + k} for k in range(max(len(curve.points) for curve in curves))]
    last = max(point[0] for curve in curves for point in curve.points)
    steps += [_("%(links)s 个环节") % {"links": 1 + k} for k in range(len(steps), last + 1)]
    return {"title": title, "picture": draw_curves(curves, steps, size=SIZE, title=title)}


def _reached(chances: float, linked: int) -> tuple[float, float, float]:
    return chances / linked, *share_range(chances, linked)


def _reach_rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for line in LINES:
        for k, (units, linked, chances) in enumerate(body["reach"][line]):
            if linked:
                share, low, high = _reached(chances, linked)
                kept, loss = control_loss(share, k + 1)
                row = {"line": line_word(line), "links": k + 1, "units": units, "linked": linked}
                found.append(
                    row
                    | {"share": percent(share), "span": span(low, high), "kept": percent(kept), "loss": percent(loss)}
                )
    return found


def _chain_rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"step": k + 1, "at_risk": risk, "met": met, "share": percent(value), "span": span(low, high)}
        for k, (risk, met, value, low, high) in enumerate(body["chains"] or [])
    ]


def _stages(body: dict[str, Any], programme: str) -> list[dict[str, Any]]:
    stages = [stage for stage in list_stages(body, programme) if weight_of(stage, programme) > 0]
    most = weight_of(stages[0], programme) if stages else 1.0
    return [_stage(stage, weight_of(stage, programme), most, whole=not programme) for stage in stages]


def _stage(stage: dict[str, Any], gain: float, most: float, *, whole: bool) -> dict[str, Any]:
    return {
        "word": _("%(level)s · %(line)s") % {"level": level_word(stage["level"]), "line": line_word(stage["line"])},
        "gain": gain_word(gain),
        "bar": draw_length(gain / most, vertical=stage["line"] == "territorial"),
        "asked": f"{stage['asked']:,}",
        "met": f"{stage['met']:,}",
        "silent": f"{stage['silent']:,}" if stage["silent"] and whole else "",
        "of_silent": percent(stage["silent_gain"] / stage["gain"]),
    }


def _deepest(body: dict[str, Any]) -> int:
    return max(
        (k + 1 for one in body["programmes"] for k, (asked, _met) in enumerate(one["levels"]) if asked), default=0
    )


def _programmes(body: dict[str, Any]) -> list[dict[str, Any]]:
    deepest = _deepest(body)
    return [
        {"name": one["name"], "cells": [_share_cell(met, asked) for asked, met in one["levels"][:deepest]]}
        for one in body["programmes"]
    ]


def _share_cell(met: int, asked: int) -> dict[str, Any]:
    low, high = share_range(met, asked)
    share = met / asked if asked else 0.0
    bar = draw_length(share, low, high, vertical=True) if asked else ""
    return {"met": met, "asked": asked, "share": percent(share) if asked else "–", "span": span(low, high), "bar": bar}
