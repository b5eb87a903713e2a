"""Months told and months seen, as pictures with the same numbers in tables: for pages and reports alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.calibration.whole import Calibration
from yunzhang.governance.lab.words.calibration import kind_word, number, spanned, what_word
from yunzhang.kit.lists import ribbon
from yunzhang.kit.pictures import draw_months, draw_months_legend

type_row = Mapping[str, Any]


def list_kinds(calibration: Calibration) -> Iterator[dict[str, Any]]:
    """Yield each kind on each level of which held-out months are told: its name and a chart of number and share."""
    kinds: dict[str, list[type_row]] = {}
    for one in calibration.held:
        kinds.setdefault(kind_word(one), []).append(one)
    for name, forecasts in kinds.items():
        yield {"name": name, "charts": [_chart(name, one) for one in forecasts]}


def draw_legend() -> str:
    """Return what the signs of the charts mean."""
    words = {"title": _("图例"), "seen": _("实际"), "held": _("实际（留出的月份）"), "band": _("90% 区间")}
    return draw_months_legend(words | {"beside": _("引擎的 90% 区间")})


def month_heads() -> tuple[str, ...]:
    """Return the headings of the table under a chart."""
    return (_("月份"), _("实际"), _("推算的中位"), _("90% 区间"), _("引擎的 90% 区间"), _("是否在区间内"))


def _chart(name: str, one: type_row) -> dict[str, Any]:
    what, held, months = one["what"], one["held"], one["months"]
    words = {"title": f"{name} · {what_word(what)}", "first": months[0], "last": months[-1], "held": _("留出")}
    picture = draw_months(
        one["observed"], _ends(one["bands"]), _ends(one["simulated"]), words, held=held, is_share=what == "met"
    )
    return {
        "what": what_word(what),
        "picture": picture,
        "rows": list(_rows(one)),
        "score": _say_score(one["score"]),
    }


def _ends(bands: type_row | None) -> dict[str, Any]:
    return {} if bands is None else {"low": bands["low90"], "mid": bands["median"], "high": bands["high90"]}


def _rows(one: type_row) -> Iterator[tuple[str, ...]]:
    what, bands, engine = one["what"], one["bands"], one["simulated"]
    for place, month in enumerate(one["months"]):
        ahead = place - one["held"]
        seen, low, high = one["observed"][place], bands["low90"][place], bands["high90"][place]
        said = _("%(month)s（留出）") % {"month": month} if ahead >= 0 else month
        beside = "" if ahead < 0 or engine is None else spanned(engine["low90"][ahead], engine["high90"][ahead], what)
        inside = "" if seen is None or low is None else _("在内") if low <= seen <= high else _("在外")
        yield said, number(seen, what), number(bands["median"][place], what), spanned(low, high, what), beside, inside


def _say_score(score: type_row | None) -> str:
    if score is None or not score["months"]:
        return ""
    return _("留出的 %(months)s 个月中 %(inside)s 个在区间内") % {"months": score["months"], "inside": score["inside"]}


def list_marks() -> list[str]:
    """Return what stands on every page and file of a calibration."""
    return [*ribbon(), _("记录校准 · 推演所得为模拟"), _("学术测量，不代表官方评价")]
