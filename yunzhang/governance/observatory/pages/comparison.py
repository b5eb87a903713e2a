"""Before and after an act: what was asked in the address, and the answer in words, picture and table.

Matched units are never named and never fewer than five; nothing here speaks of a cause.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages.course import written_month
from yunzhang.governance.observatory.pages.lines import draw_two
from yunzhang.governance.observatory.rules.comparing import Comparison, Panel, compare
from yunzhang.kit.wording import speaks_chinese

MOST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: an official act by its place in the list, or a month and units.

    `across`: of horizontal matters, else of those assigned.
    """

    act: int | None
    month: str
    units: tuple[int, ...]
    across: bool = False


def read_asked(request: HttpRequest, place: actions.Place, below: Sequence[actions.Named]) -> Asked | None:
    """Return what is asked; units other than this one and those directly below are passed over."""
    act, across = request.GET.get("act", ""), request.GET.get("of") == "across"
    if act.isdigit():
        return Asked(int(act), "", (), across)
    month = request.GET.get("month", "")
    if not month:
        return None
    allowed = {place.number, *(one.number for one in below)}
    units = [int(text) for text in request.GET.getlist("unit") if text.isdigit() and int(text) in allowed]
    return Asked(None, month, tuple(dict.fromkeys(units))[:MOST], across)


def describe_comparison(
    asked: Asked,
    body: dict[str, Any],
    panel: dict[str, Any] | None,
    place: actions.Place,
    below: Sequence[actions.Named],
) -> dict[str, Any]:
    """Return the answer: its sentence, and where there is one its picture, table and what would make it wrong."""
    month, units = asked.month, asked.units
    if asked.act is not None:
        if asked.act >= len(body["acts"]):
            return {"said": _("没有这一项举措，请重新选择。")}
        chosen = body["acts"][asked.act]
        month, units = chosen["on"][:7], tuple(chosen["units"])
    panel = panel.get("across") if panel and asked.across else panel
    if panel is None or month not in panel["months"]:
        return {"said": _("没有这个月的数据，请重新选择。")}
    places = [number for number, unit in enumerate(panel["units"]) if unit in set(units)]
    if not places:
        return {"said": _("请至少选择一个有到期事项的单位。")}
    found = compare(panel_of(panel), np.array(places), panel["months"].index(month))
    names = {one.number: one.short_name for one in (place.own, *below)}
    told = _("、").join(names[unit] for unit in units if unit in names) or _("有关单位")
    of = AXES[asked.across]()
    return {"said": say(found), "who": told, "month": written_month(month), "of": of, "found": found} | (
        _draw(found, panel["months"], told) if not found.problem else {}
    )


def panel_of(body: dict[str, Any]) -> Panel:
    """Return the panel of a facet as arrays."""
    return Panel(*(np.array(body[name]) for name in ("level", "kind", "node", "end", "met", "due")))


AXES = {False: lambda: _("交办事项"), True: lambda: _("横向事项")}
PROBLEMS = {
    "before": lambda: _("该月之前的数据不足 3 个月，暂不比较。"),
    "after": lambda: _("该月之后的数据不足 2 个月，暂不比较。"),
    "volume": lambda: _("所选单位前后到期的事项太少，暂不比较。"),
    "matches": lambda: _("条件相近的单位不足 5 个，暂不比较。"),
}


def say(found: Comparison) -> str:
    """Return the answer in one sentence; what is not clear is not claimed."""
    if found.problem:
        return str(PROBLEMS[found.problem]())
    words = {"units": found.units, "effect": _points(found.effect), "low": _points(found.low)}
    words |= {"high": _points(found.high)}
    if found.low is None:
        return (
            _(
                "与 %(units)s 个条件相近的单位相比，按期办结比重多变化 %(effect)s 个百分点；"
                "可作对照的单位太少，给不出可能区间。"
            )
            % words
        )
    if not found.is_clear:
        return (
            _(
                "与 %(units)s 个条件相近的单位相比，看不出明显差别：%(effect)s 个百分点"
                "（可能区间 %(low)s 至 %(high)s）。"
            )
            % words
        )
    return (
        _(
            "若没有同时发生的其他变化，则该举措前后按期办结比重预计变化 %(effect)s 个百分点"
            "（可能区间 %(low)s 至 %(high)s），已扣除 %(units)s 个条件相近的单位同期的变化。"
        )
        % words
    )


def _points(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:+.0f}".replace("-", "−")


def _draw(found: Comparison, months: Sequence[str], told: str) -> dict[str, Any]:
    own, matched = ([None if math.isnan(one) else one for one in values] for values in (found.own, found.matched))
    shown = months[found.first : found.stop]
    labels = [_label(month) for month in shown]
    words = {"title": _("前后对照"), "told": _("数值见下表。"), "act": _("举措当月"), "name": "before-after"}
    words |= {"own": told if len(told) <= 5 else _("所选单位"), "matched": _("条件相近")}
    at = found.at - found.first
    pictures = [(width, draw_two(own, matched, at, labels, width=width, words=words)) for width in ("wide", "narrow")]
    table = [(written_month(month), _percent(a), _percent(b)) for month, a, b in zip(shown, own, matched, strict=True)]
    return {"pictures": pictures, "table": table}


def _label(month: str) -> str:
    year, number = month.split("-")
    return f"{year[2:]}.{int(number)}" if speaks_chinese() else f"{int(number)}/{year[2:]}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
