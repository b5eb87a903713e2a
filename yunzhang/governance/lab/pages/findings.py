"""Findings of the lab that concern no office: the engine beside published models, paths, the map of where each wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages import charts, verdicts
from yunzhang.governance.lab.pages.saying import list_tabs
from yunzhang.governance.lab.words.checks import check_words, cited_words, list_differences, say_held, say_sources
from yunzhang.governance.lab.words.paths import figure_words, path_words
from yunzhang.governance.lab.words.worlds import axis_words, say_value, say_winner
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, page, render
from yunzhang.kit.lists import Column, disposition, export_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
type_row = Mapping[str, Any]


def may_read(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Everybody who acts from a post but administrators: no data of any unit stands on these pages."""
    actions.verify_may_read_findings(by, at=at)


@page(may=may_read)
def show_validation(request: DoorRequest, by: Acting) -> HttpResponse:
    """Each published number beside ours, and the curves of the three papers."""
    found = _find(request, tuple(actions.LIMITS))
    checks = _checks(found)
    limits = [charts.describe_limit(name, body) for name, body in found.items()]
    held: dict[str, Any] = {"limits": limits, "checks": checks, "columns": check_columns()}
    held["said"] = say_held(sum(check["passed"] for check in checks), len(checks))
    if checks:
        held |= {"sources": say_sources(check["source"] for check in checks), "differences": list_differences()}
    return _show(request, "validation", found, actions.LIMITS, held)


@page(may=may_read)
def export_validation(request: DoorRequest, by: Acting) -> HttpResponse:
    """The published numbers and ours as a workbook."""
    written = Column("written", _("来源（原文）"), lambda row: row["source"])
    return _workbook(_("引擎验证"), [*check_columns(), written], _checks(_find(request, tuple(actions.LIMITS))))


@page(may=may_read)
def show_paths(request: DoorRequest, by: Acting) -> HttpResponse:
    """What each path between the modes costs and brings, step by step."""
    found = _find(request, ("paths",))
    held = charts.describe_paths(found["paths"]) if found else {}
    if held:
        held |= {"table": _table(path_columns(), found["paths"]["rows"], ".3f")}
    return _show(request, "paths", found, ("paths",), held)


@page(may=may_read)
def export_paths(request: DoorRequest, by: Acting) -> HttpResponse:
    """All steps of all paths as a workbook."""
    found = _find(request, ("paths",))
    return _workbook(_("转型路径"), path_columns(), found["paths"]["rows"] if found else [])


@page(may=may_read)
def show_map(request: DoorRequest, by: Acting) -> HttpResponse:
    """Where keeping the line wins at equal budget and where giving it up does."""
    found = _find(request, ("map", "learning"))
    held: dict[str, Any] = {}
    if "map" in found:
        held = charts.describe_map(found["map"], request.GET)
    if "learning" in found:
        held |= {"learning": _table(learning_columns(), found["learning"]["rows"], ".3f")}
        held |= {"learnt": verdicts.say_learning(found["learning"]), "stands": found["learning"]["stands"]}
    return _show(request, "map", found, ("map", "learning"), held)


@page(may=may_read)
def export_map(request: DoorRequest, by: Acting) -> HttpResponse:
    """Every world of the map as a workbook."""
    found = _find(request, ("map",))
    return _workbook(_("路径对照图"), map_columns(), found["map"]["rows"] if found else [])


@page(may=may_read)
def export_learning(request: DoorRequest, by: Acting) -> HttpResponse:
    """What both stands know where the work is hard, as a workbook."""
    found = _find(request, ("learning",))
    return _workbook(_("工作复杂时"), learning_columns(), found["learning"]["rows"] if found else [])


# ---- columns


def check_columns() -> list[Column]:
    """Return the columns of the published numbers."""
    return [
        Column("name", _("对照项"), lambda row: check_words(row["name"])),
        Column("expected", _("对照数值"), lambda row: _digits(row["expected"]), kind="number"),
        Column("band", _("允许范围"), charts.band, kind="number"),
        Column("found", _("本引擎"), lambda row: _digits(row["found"]), kind="number"),
        Column("passed", _("结果"), lambda row: verdicts.say_passed(row["passed"])),
        Column("source", _("来源"), lambda row: cited_words(row["source"])),
    ]


def path_columns() -> list[Column]:
    """Return the columns of the steps of paths."""
    heads = figure_words()
    return [
        Column("path", _("路径"), lambda row: path_words().get(row["path"], row["path"])),
        Column("step", _("步"), lambda row: row["step"], kind="number"),
        *(Column(name, heads[name], _reader(name), kind="number") for name in heads),
    ]


def map_columns() -> list[Column]:
    """Return the columns of the worlds of the map."""
    return [
        *(Column(name, head, _world(name)) for name, head in axis_words().items()),
        Column("links_give_up", _("放弃路径的联系数"), _reader("links_give_up"), kind="number"),
        Column("keep", _("保留层级：送达"), _reader("delivered_keep"), kind="number"),
        Column("give_up", _("放弃层级：送达"), _reader("delivered_give_up"), kind="number"),
        *_gap_columns(),
    ]


def learning_columns() -> list[Column]:
    """Return the columns of what both stands know."""
    return [
        Column("k", _("相互依赖 K"), lambda row: row["k"], kind="number"),
        Column("turnover", _("每日更替"), lambda row: f"{row['turnover']:.0%}", kind="number"),
        Column("day", _("第几天"), lambda row: row["day"], kind="number"),
        Column("keep", _("保留层级：所知"), _reader("known_keep"), kind="number"),
        Column("give_up", _("放弃层级：所知"), _reader("known_give_up"), kind="number"),
        *_gap_columns(),
    ]


def _gap_columns() -> list[Column]:
    return [
        Column("difference", _("差值（保留减放弃）"), _reader("difference"), kind="number"),
        Column("se", _("标准误"), _reader("se"), kind="number"),
        Column("winner", _("较好的一方"), lambda row: say_winner(row["winner"])),
    ]


def _reader(name: str) -> Any:
    return lambda row: None if row[name] is None else round(row[name], 3) + 0.0  # no minus before nothing


def _world(name: str) -> Any:
    return lambda row: say_value(name, row[name])


def _digits(value: float | None) -> float | str:
    return "–" if value is None else float(f"{value:.4g}")


# ---- what is shared


def _find(request: DoorRequest, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the bodies of the findings that are there; an older engine's are not shown as of this one."""
    held = {name: actions.find_finding(name, on=request.at.date()) for name in names}
    return {name: one.body for name, one in held.items() if one and one.is_current}


def _checks(found: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [check for body in found.values() for check in body["checks"]]


def _table(columns: Sequence[Column], rows: Sequence[type_row], spelt: str = "g") -> dict[str, Any]:
    cells = [[(_cell(column.value(row), spelt), column.kind) for column in columns] for row in rows]
    return {"columns": columns, "rows": cells}


def _cell(value: object, spelt: str) -> str:
    return "–" if value is None else f"{value:{spelt}}".replace("-", "−") if isinstance(value, float) else str(value)


def _show(
    request: DoorRequest, tab: str, found: Mapping[str, Any], wanted: Any, held: Mapping[str, Any]
) -> HttpResponse:
    if tab == "validation" and held.get("checks"):
        held = {**held, "table": _table(held["columns"], held["checks"])}
    waiting = len(wanted) - len(found)
    assumed = next((verdicts.list_assumed(body["assumed"]) for body in found.values() if "assumed" in body), [])
    context = {"tabs": list_tabs(tab), "tab": tab, "waiting": waiting, "assumed": assumed, **held}
    return render(request, f"lab/{tab}.html", context)


def _workbook(title: str, columns: Sequence[Column], rows: Sequence[type_row]) -> HttpResponse:
    body = export_xlsx(columns, rows, title=title, marks=[verdicts.mark()])
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": disposition(f"{title}.xlsx")})


urlpatterns = [
    path("validation", show_validation, name="validation"),
    path("validation/table.xlsx", export_validation, name="validation_table"),
    path("paths", show_paths, name="paths"),
    path("paths/table.xlsx", export_paths, name="paths_table"),
    path("paths/map", show_map, name="map"),
    path("paths/map/table.xlsx", export_map, name="map_table"),
    path("paths/map/learning.xlsx", export_learning, name="learning_table"),
]
