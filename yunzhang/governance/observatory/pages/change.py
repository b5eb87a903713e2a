"""The page of change over time of one unit: trajectory, raw months with change points, an act before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import frame, wording
from yunzhang.governance.observatory.pages.comparison import AXES, Asked, describe_comparison, read_asked
from yunzhang.governance.observatory.pages.course import Month, read_months, written_month
from yunzhang.governance.observatory.pages.lines import Line, Raw, draw_lines, draw_raw
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, page
from yunzhang.kit.lists import Column
from yunzhang.kit.wording import speaks_chinese, term

FULL = 12
PICTURES = {"vertical": ("V", "V_territorial", "V_functional"), "horizontal": ("H", *wording.H_PARTS)}
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 3")
type_body = dict[str, Any]


@page(may=frame.may_see)
def show_change(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """How the unit has changed by month, and an act before and after."""
    place = frame.open_place(request, unit, study)
    whole = replace(place, programme="", snapshot=actions.find_snapshot(place.study))
    below = actions.list_below(whole)
    asked = read_asked(request, whole, below)
    found = actions.find_facets_of(whole, {"trail": [place.number]} | ({"panel": [0]} if asked else {}))
    body = found["trail"].get(place.number)
    context: dict[str, Any] = {"body": body, "asked": asked}
    if body:
        has_h = bool(whole.snapshot and whole.snapshot.has_h)
        context |= describe(body, has_h=has_h) | _form(whole, body, below, asked)
        context |= {"table": frame.link(place, "change_table"), "result": None}
        if asked:
            context["result"] = describe_comparison(asked, body, found.get("panel", {}).get(0), whole, below)
    return frame.show(request, place, "change", "observatory/change.html", context)


@page(may=frame.may_see)
def export_change(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The table of raw months as a workbook: same rows, same columns."""
    place = frame.open_place(request, unit, study)
    whole = replace(place, programme="", snapshot=actions.find_snapshot(place.study))
    body = actions.find_facet(whole, "trail")
    columns, rows = (raw_columns(body), list_raw(body)) if body else ([], [])
    return frame.workbook(place, columns, rows, place.own.name + " " + _("逐月按期办结"), _("变化"))


# ---- what is said


def describe(body: type_body, *, has_h: bool) -> dict[str, Any]:
    """Return what the page says and draws of a facet."""
    months = read_months(body)
    series = body["raw"]["series"]
    return {
        "said": say(body),
        "explained": explain(months, body),
        "lines": list_lines(body, months, has_h=has_h),
        "raws": [draw_series(body, axis) for axis in ("vertical", "horizontal") if axis in series],
        "changes": list_changes(body),
        "columns": [str(column.heading) for column in raw_columns(body)],
        "rows": [[_shown(column.value(row)) for column in raw_columns(body)] for row in list_raw(body)],
        "breaks": [written_month(month) for month in body["breaks"]],
        "thin": next((row["held"] for row in body["months"] if row["held"] < FULL), None),
    }


def say(body: type_body) -> str:
    """Return the verdict: the clearest change point (the larger one of two), or that none is seen."""
    changes = [(one, axis) for axis, series in body["raw"]["series"].items() for one in series["changes"]]
    if not changes:
        due = sum(map(sum, (series["due"] for series in body["raw"]["series"].values())))
        return _("没有看到明显变化") if due and len(body["raw"]["months"]) >= 6 else _("月份太少，暂不判断变化")
    one, axis = min(changes, key=lambda change: (change[0]["chance"], -abs(change[0]["after"] - change[0]["before"])))
    words = {"month": written_month(one["month"]), "before": f"{one['before']:.0%}", "after": f"{one['after']:.0%}"}
    if axis == "horizontal":
        return _("%(month)s起，横向事项按期办结由 %(before)s 变为 %(after)s") % words
    return _("%(month)s起，交办事项按期办结由 %(before)s 变为 %(after)s") % words


def explain(months: Sequence[Month], body: type_body) -> str:
    """Return the line under the verdict: where V stood and stands, and whether the two compare."""
    known = [month for month in months if month.values.get("V") is not None]
    if len(known) < 2:
        return _("每月观测一次，窗口为截至该月的 12 个月。")
    first, last = known[0], known[-1]
    told = _("%(name)s %(from)s为 %(first)s，%(to)s为 %(last)s。") % {
        "name": wording.noun("V"),
        "from": written_month(first.month),
        "first": f"{first.values['V']:.2f}",
        "to": written_month(last.month),
        "last": f"{last.values['V']:.2f}",
    }
    if any(row["held"] < FULL for row in body["months"]):
        told += _("台账不足 12 个月的窗口已注明，首尾不宜直接比较。")
    return told


# ---- pictures


def list_lines(body: type_body, months: Sequence[Month], *, has_h: bool) -> list[dict[str, Any]]:
    """Return the trajectory of V with its lines and, where there is H, of H with its parts."""
    if len(months) < 2:
        return []
    found = [_lines("vertical", _("纵向"), body, months)]
    return [*found, _lines("horizontal", _("横向"), body, months)] if has_h else found


def _lines(axis: str, title: str, body: type_body, months: Sequence[Month]) -> dict[str, Any]:
    periods = [row["period"] for row in body["months"]]
    names = [name for name in PICTURES[axis] if any(month.values.get(name) is not None for month in months)]
    lines = [
        Line(
            wording.noun(name),
            axis == "vertical",
            [month.values.get(name) for month in months],
            [month.range_of(name) for month in months],
            periods,
            is_thin=place > 0,
            dash=DASHES[place % len(DASHES)],
        )
        for place, name in enumerate(names)
    ]
    breaks = [place for place in range(1, len(periods)) if periods[place] != periods[place - 1]]
    words = {"title": _("%(name)s逐月走势") % {"name": title}, "told": _("数值见逐月数据表。")}
    words |= {"break": _("机构调整"), "name": f"lines-{axis}"}
    labels = [_short(month.month) for month in months]
    drawn = [
        (width, draw_lines(lines, labels, width=width, words=words, breaks=breaks)) for width in ("wide", "narrow")
    ]
    return {"title": words["title"], "pictures": drawn, "axis": axis}


def _short(month: str) -> str:
    year, number = month.split("-")
    return f"{year[2:]}.{int(number)}" if speaks_chinese() else f"{int(number)}/{year[2:]}"


def draw_series(body: type_body, axis: str) -> dict[str, Any]:
    """Return the raw months of one axis with their change points."""
    months, series = body["raw"]["months"], body["raw"]["series"][axis]
    changes = [(months.index(one["month"]), one["before"], one["after"]) for one in series["changes"]]
    title = _("交办事项按期办结") if axis == "vertical" else _("横向事项按期办结")
    words = {"title": title, "told": _("数值见逐月数据表。"), "name": f"raw-{axis}"}
    raw = Raw(series["met"], series["due"], changes, axis == "vertical")
    labels = [_short(month) for month in months]
    return {"title": title, "pictures": [(w, draw_raw(raw, labels, width=w, words=words)) for w in ("wide", "narrow")]}


def list_changes(body: type_body) -> list[str]:
    """Return the change points as sentences."""
    names = {"vertical": _("交办事项"), "horizontal": _("横向事项")}
    return [
        _("%(month)s起，%(name)s按期办结由 %(before)s 变为 %(after)s；没有变化时出现这样差别的可能性约 %(chance)s。")
        % {
            "month": written_month(one["month"]),
            "name": names[axis],
            "before": f"{one['before']:.0%}",
            "after": f"{one['after']:.0%}",
            "chance": f"{one['chance']:.1%}",
        }
        for axis, series in body["raw"]["series"].items()
        for one in series["changes"]
    ]


# ---- tables


@dataclass(frozen=True, slots=True)
class RawMonth:
    """One month: due and met by axis, None where the axis holds nothing."""

    month: str
    cells: dict[str, tuple[int, int]]

    def due(self, axis: str) -> int:
        """How many fell due."""
        return self.cells[axis][1]

    def met(self, axis: str) -> int:
        """How many were met in time."""
        return self.cells[axis][0]

    def share(self, axis: str) -> float | str:
        """The share met in time."""
        met, due = self.cells[axis]
        return round(met / due, 3) if due else "–"


def list_raw(body: type_body) -> list[RawMonth]:
    """Return the raw months, the oldest first."""
    series = body["raw"]["series"]
    return [
        RawMonth(month, {axis: (one["met"][place], one["due"][place]) for axis, one in series.items()})
        for place, month in enumerate(body["raw"]["months"])
    ]


def raw_columns(body: type_body) -> list[Column]:
    """Return the columns of the raw table: for each axis due, met and share."""
    columns = [Column("month", _("月份"), lambda row: written_month(row.month))]
    names = {"vertical": _("交办"), "horizontal": _("横向")}
    for axis in body["raw"]["series"]:
        columns += [
            Column(f"{axis}_due", names[axis] + " · " + _("到期"), _reader("due", axis), kind="number"),
            Column(f"{axis}_met", f"{names[axis]} · {term('met')}", _reader("met", axis), kind="number"),
            Column(f"{axis}_share", names[axis] + " · " + _("按期比重"), _reader("share", axis), kind="number"),
        ]
    return columns


def _reader(name: str, axis: str) -> Any:
    return lambda row: getattr(row, name)(axis)


def _shown(value: object) -> str:
    return f"{value:.0%}" if isinstance(value, float) else str(value)


def _form(place: actions.Place, body: type_body, below: Sequence[actions.Named], asked: Asked | None) -> dict[str, Any]:
    months, series = body["raw"]["months"][3:-2], body["raw"]["series"]
    return {
        "months": [(month, written_month(month)) for month in reversed(months)],
        "below": below,
        "acts": [(number, tell_act(one)) for number, one in enumerate(body["acts"])],
        "action": frame.link(place, "change"),
        "chosen": set(asked.units) if asked else set(),
        "axes": [(key, AXES[key == "across"]()) for key in ("", "across")] if "horizontal" in series else [],
        "axis": "across" if asked and asked.across else "",
    }


ACTS = {
    "appointed": gettext_lazy("负责人到任"),
    "sector_defined": gettext_lazy("明确系统牵头"),
    "unit_moved": gettext_lazy("机构调整"),
    "suggestion_adopted": gettext_lazy("参考建议采纳"),
}


def tell_act(one: dict[str, Any]) -> str:
    """Return an official act in words: day and kind; a person is never named."""
    on = date.fromisoformat(one["on"])
    day = f"{on.year}年{on.month}月{on.day}日" if speaks_chinese() else on.isoformat()
    return f"{day} {ACTS[one['kind']]}"


urlpatterns = [
    *frame.both("change", show_change, "change"),
    *frame.both("change/table.xlsx", export_change, "change_table"),
]
