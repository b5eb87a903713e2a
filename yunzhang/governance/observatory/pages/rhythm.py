"""The page of programme rhythm of one unit, and the holder's own view. Per programme, never per person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import frame
from yunzhang.governance.observatory.pages.course import written_month
from yunzhang.governance.observatory.pages.heat import Row, draw_days, draw_months, draw_pair, draw_strip_of
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, change, done, page, render
from yunzhang.kit.lists import Column
from yunzhang.kit.wording import speaks_chinese, term, term_lazy

type_body = dict[str, Any]
RENEWALS_SHOWN = 4
ALMOST = 0.995


@dataclass(frozen=True, slots=True)
class Cell:
    """One programme in one month: a row of the table and of the workbook."""

    programme: str
    month: str
    acts: int
    share: float | None
    plan: int
    demand: int | None


COLUMNS: Sequence[Column] = (
    Column("programme", term_lazy("programme"), lambda row: row.programme),
    Column("month", gettext_lazy("月份"), lambda row: written_month(row.month)),
    Column("plan", gettext_lazy("到期事项"), lambda row: row.plan, kind="number"),
    Column("acts", gettext_lazy("上级办理次数"), lambda row: row.acts, kind="number"),
    Column("share", gettext_lazy("占当月办理"), lambda row: _share(row.share), kind="number"),
    Column(
        "demand",
        gettext_lazy("企业和群众提出"),
        lambda row: _("暂缺") if row.demand is None else row.demand,
        kind="number",
    ),
)


def _share(value: float | None) -> float | str:
    return "–" if value is None else round(value, 3)


@page(may=frame.may_see)
def show_rhythm(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The rhythm of every programme inside one unit's sub-tree."""
    place = frame.open_place(request, unit, study)
    body = find_body(place)
    context: dict[str, Any] = {"body": body, "mine": "" if study else reverse("observatory:own_rhythm")}
    if body:
        context |= describe(body) | {"table": frame.link(place, "rhythm_table")}
    return frame.show(request, place, "rhythm", "observatory/rhythm.html", context)


@page(may=frame.may_see)
def export_rhythm(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The table of the page as a workbook: same rows, same columns."""
    place = frame.open_place(request, unit, study)
    body = find_body(place)
    rows = list_cells(body) if body else []
    return frame.workbook(place, COLUMNS, rows, f"{place.own.name} {term('rhythm')}", term("rhythm"))


def find_body(place: actions.Place) -> type_body | None:
    """Return the facet of the unit; it holds all programmes, whichever the address names."""
    whole = replace(place, programme="", snapshot=actions.find_snapshot(place.study))
    return actions.find_facet(whole, "rhythm")


def list_cells(body: type_body) -> list[Cell]:
    """Return every programme and month, as the table shows them."""
    totals = [sum(column) for column in zip(*body["acts"], strict=True)]
    return [
        Cell(
            programme,
            month,
            body["acts"][k][m],
            body["acts"][k][m] / totals[m] if totals[m] else None,
            body["plan"][k][m],
            None if body["demand"] is None else body["demand"][k][m],
        )
        for k, programme in enumerate(body["programmes"])
        for m, month in enumerate(body["months"])
    ]


def describe(body: type_body) -> dict[str, Any]:
    """Return what the page says and draws of a facet."""
    cells = list_cells(body)
    return {
        "said": say(body),
        "explained": explain(body),
        "strips": [(width, draw(body, narrow=width == "narrow")) for width in ("wide", "narrow")],
        "has_renewals": any(one["refreshes"] for one in body["halving"]),
        "evenness": draw_months(body["entropy"]) if any(one is not None for one in body["entropy"]) else "",
        "last_evenness": body["entropy"][-1],
        "entropy": [
            (written_month(month), value) for month, value in zip(body["months"], body["entropy"], strict=True)
        ],
        "halvings": list_halvings(body),
        "pairs": list_pairs(body),
        "drift": list_drift(body),
        "columns": [str(column.heading) for column in COLUMNS],
        "cells": [[_shown(column.value(cell)) for column in COLUMNS] for cell in cells],
        "verbs": list_verbs(body),
    }


def _shown(value: object) -> str:
    return f"{value:.0%}" if isinstance(value, float) else str(value)


def say(body: type_body) -> str:
    """Return the verdict: who lags behind the plan, or that none does, or that too little is known."""
    drift = body["drift"]
    if drift["lagging"]:
        names = _("、").join(f"“{body['programmes'][k]}”" for k, _chance in drift["lagging"])
        return _("近 %(months)s 个月，%(names)s的办理明显少于计划") % {"months": drift["months"], "names": names}
    if not drift["told"]:
        return _("近 %(months)s 个月办理太少，暂不比较计划与行动") % {"months": drift["months"]}
    return _("近 %(months)s 个月，各专题的办理与计划大体相称") % {"months": drift["months"]}


def explain(body: type_body) -> str:
    """Return the line under the verdict: how much it rests on and what fades."""
    total = sum(map(sum, body["acts"]))
    told = _("%(months)s 个月内上级共办理 %(acts)s 次，涉及 %(programmes)s 个专题。") % {
        "months": len(body["months"]),
        "acts": f"{total:,}",
        "programmes": sum(1 for row in body["acts"] if any(row)),
    }
    fading = [k for k, one in enumerate(body["halving"]) if one["days"] is not None]
    if fading:
        told += _("其中 %(count)s 个专题看得出推进后逐渐减弱。") % {"count": len(fading)}
    return told + _("只统计台账中的正式办理，不涉及任何个人。")


def draw(body: type_body, *, narrow: bool) -> Any:
    """Return the heat strip for one width."""
    rows = [
        Row(name, counts, frozenset(_renewed(body["months"], one["refreshes"])))
        for name, counts, one in zip(body["programmes"], body["acts"], body["halving"], strict=True)
    ]
    months = [_short_month(month, first=place == 0, narrow=narrow) for place, month in enumerate(body["months"])]
    words = {"title": _("各专题逐月办理次数"), "told": _("数字为上级办理次数，数值见下表。")}
    return draw_strip_of(rows, months, narrow=narrow, words=words)


def _renewed(months: Sequence[str], refreshes: Sequence[Sequence[Any]]) -> list[int]:
    return [months.index(day[:7]) for day, *_rest in refreshes if day[:7] in months]


def _short_month(month: str, *, first: bool, narrow: bool) -> str:
    year, number = month.split("-")
    if narrow or not speaks_chinese():
        return str(int(number)) if narrow else month
    return f"{year}年{int(number)}月" if first or number == "01" else f"{int(number)}月"


def list_halvings(body: type_body) -> list[dict[str, Any]]:
    """Return for each programme in how many days its push halves, with range, or why that is not known."""
    return [
        one
        | {
            "name": name,
            "bar": draw_days(one["days"], one["low"], one["high"], one["at_least"]),
            "said": _halving(one),
            "renewed": [_renewal(*refresh) for refresh in one["refreshes"][-RENEWALS_SHOWN:]],
            "earlier": max(len(one["refreshes"]) - RENEWALS_SHOWN, 0),
        }
        for name, one in zip(body["programmes"], body["halving"], strict=True)
    ]


def _halving(one: type_body) -> str:
    if one["days"] is not None:
        return _("约 %(days)s 天（%(low)s–%(high)s 天）") % {name: round(one[name]) for name in ("days", "low", "high")}
    if one["at_least"] is not None:
        return _("看不出减弱；若有，至少 %(days)s 天") % {"days": round(one["at_least"])}
    return _("数据不足")


def _renewal(day: str, chance: float, recorded: bool) -> tuple[date, str]:
    sure = ">99" if chance > ALMOST else round(chance * 100)  # nothing inferred is certain
    told = _("有记录") if recorded else _("推算，把握 %(percent)s%%") % {"percent": sure}
    return date.fromisoformat(day), told


def list_pairs(body: type_body) -> list[dict[str, Any]]:
    """Return for each programme its share of the plan, of acts and of what the public asked, lately."""
    drift = body["drift"]
    if not drift["plan"]:
        return []
    demand = _demand_shares(body)
    most = max((*drift["plan"], *drift["acts"], *(demand or ())), default=0.0)
    return [
        {
            "name": name,
            "plan": drift["plan"][k],
            "acts": drift["acts"][k],
            "demand": None if demand is None else demand[k],
            "bars": draw_pair(drift["plan"][k], drift["acts"][k], None if demand is None else demand[k], most),
            "lags": k in [number for number, _chance in drift["lagging"]],
        }
        for k, name in enumerate(body["programmes"])
    ]


def _demand_shares(body: type_body) -> list[float] | None:
    if body["demand"] is None:
        return None
    lately = [sum(row[-body["drift"]["months"] :]) for row in body["demand"]]
    return [count / sum(lately) for count in lately] if sum(lately) else None


def list_drift(body: type_body) -> list[dict[str, Any]]:
    """Return the programmes that lag, with both shares."""
    drift = body["drift"]
    return [
        {"name": body["programmes"][k], "plan": round(drift["plan"][k] * 100), "acts": round(drift["acts"][k] * 100)}
        | {"chance": f"{chance:.1%}"}
        for k, chance in drift["lagging"]
    ]


def list_verbs(body: type_body) -> list[tuple[str, int]]:
    """Return what the acts were, in the field's words."""
    words = {
        "opened": _("交办和分解"),
        "urged": _("提醒和催办"),
        "inspected": _("督查"),
        "returned": _("退回补充"),
        "extended": _("同意延期"),
        "ask_refused": _("不同意延期或异议"),
        "accepted": _("验收办结"),
    }
    return [(words[name], count) for name, count in body["verbs"].items()]


# ---- the holder's own view


def holder(by: Acting, /, *, at: datetime, **_: Any) -> None:
    """The holder of the post acted from, in the own right; the route names no post, so nobody's but one's own opens."""
    actions.verify_holder(by, at=at)


@page(may=holder)
def show_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """The own view, or how to open it."""
    since = actions.find_own_view(by, at=request.at)
    context: dict[str, Any] = {"since": since, "own": None}
    if since is not None:
        own = actions.find_own_rhythm(by, at=request.at)
        rows = [Row(name, counts) for name, counts in zip(own.programmes, own.acts, strict=True)]
        words = {"title": _("本岗位各专题逐月办理次数"), "told": _("数值见下表。")}
        strips = []
        for width in ("wide", "narrow"):
            is_narrow = width == "narrow"
            months = [_short_month(one, first=k == 0, narrow=is_narrow) for k, one in enumerate(own.months)]
            strips.append((width, draw_strip_of(rows, months, narrow=is_narrow, words=words)))
        table = [(name, counts, sum(counts)) for name, counts in zip(own.programmes, own.acts, strict=True)]
        context |= {"own": own, "strips": strips, "table": table, "total": sum(row[2] for row in table)}
        context["months"] = [written_month(one) for one in own.months]
    return render(request, "observatory/own_rhythm.html", context)


@change(may=holder)
def open_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """Open the own view."""
    actions.open_own_rhythm(by, at=request.at)
    return done(request, reverse("observatory:own_rhythm"), _("已开启，仅您本人可见。"))


@change(may=holder)
def close_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """Close the own view."""
    actions.close_own_rhythm(by, at=request.at)
    return done(request, reverse("observatory:own_rhythm"), _("已关闭。"))


urlpatterns = [
    *frame.both("rhythm", show_rhythm, "rhythm"),
    *frame.both("rhythm/table.xlsx", export_rhythm, "rhythm_table"),
    path("rhythm/mine", show_own, name="own_rhythm"),
    path("rhythm/mine/open", open_own, name="open_own_rhythm"),
    path("rhythm/mine/close", close_own, name="close_own_rhythm"),
]
