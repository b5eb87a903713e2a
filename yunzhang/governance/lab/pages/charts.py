"""Pictures and tables of findings: curves beside published ones, paths, the map by two chosen axes and one slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.words import paths, worlds
from yunzhang.governance.lab.words.checks import line_words, model_words
from yunzhang.governance.lab.words.pictures import list_figures, list_planes
from yunzhang.kit.mosaic import NARROW, draw_mosaic
from yunzhang.kit.pictures import NARROW_CHART, NARROW_PLANE, draw_lines

NAN = float("nan")
SHOWN = {  # the curves each published model is known by
    "nk": ("nk/optima", "nk/height"),
    "march": ("march/known",),
    "lazer": ("lazer/score", "lazer/compared"),
    "dodds": ("dodds/load", "dodds/left"),
}
MIDDLE = {"retries": 3, "given_up": 0.35, "line_upkeep": 0.0, "links": 1.0, "xi": 1.0, "vacancy": 0.1, "spread": False}
type_row = Mapping[str, Any]


def band(row: type_row) -> str:
    """Return the band of a number as text; an open end is left out."""
    low, high = row["low"], row["high"]
    if high is None:
        return f"≥ {low:.4g}"
    return f"≤ {high:.4g}" if low is None else f"{low:.4g}–{high:.4g}"


def describe_limit(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures of one published model, each with its table."""
    groups = [(prefix, [c for c in body["curves"] if c["name"].startswith(prefix)]) for prefix in SHOWN[name]]
    return {
        "title": model_words()[name],
        "charts": [_chart(axes()[prefix], curves) for prefix, curves in groups if curves],
    }


def axes() -> dict[str, tuple[str, str]]:
    """Return the title of each group of curves, and what runs along it."""
    links, days = _("每单位联系数"), _("天数")
    return {
        "nk/optima": (_("局部最优的个数"), "K"),
        "nk/height": (_("局部最优的平均高度"), "K"),
        "march/known": (_("组织所知，按个人学习速度 p1"), "p1"),
        "lazer/score": (_("求解得分，线形与全连"), days),
        "lazer/compared": (_("求解得分，与文献数值对照"), days),
        "dodds/load": (_("最忙单位负荷，按联系数"), links),
        "dodds/left": (_("自上而下移除后仍连通的比重"), _("移除单位数")),
    }


def _chart(words: tuple[str, str], curves: Sequence[type_row]) -> dict[str, Any]:
    title, along = words
    lines = [(line_words(one["name"]), one["xs"], _known(one["ys"]), _known(one["reference_ys"])) for one in curves]
    xs = curves[0]["xs"]
    places = range(len(xs)) if len(xs) <= 20 else sorted({*range(0, len(xs), 20), len(xs) - 1})
    heads, ours, published = [along], _("本引擎"), _("对照")
    for name, _xs, _own, theirs in lines:
        heads += [f"{name} · {ours}", *([f"{name} · {published}"] if theirs else [])]
    rows = []
    for place in places:
        cells = [f"{xs[place]:g}"]
        for _name, _xs, own, theirs in lines:
            cells += [f"{own[place]:.3f}", *([_three(theirs[place])] if theirs else [])]
        rows.append(cells)
    return {
        "title": title,
        "picture": draw_lines(lines, title, _("本引擎"), _("对照"), size=NARROW_CHART),
        "heads": heads,
        "rows": rows,
        "along": along,
    }


def _known(values: Sequence[float | None]) -> list[float]:
    return [NAN if value is None else value for value in values]


def _three(value: float) -> str:
    return "–" if isnan(value) else f"{value:.3f}"


def describe_paths(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the study's choice at equal links and at equal budget, planes with clouds, each figure of the paths."""
    heads, rows = paths.compare_ends(body["rows"])
    return {
        "said": paths.say_paths(body["rows"]),
        "loads": paths.say_loads(body["rows"]),
        "priced": [paths.say_costs(body["assumed"]), paths.say_walked()],
        "ends": {"heads": heads, "rows": rows},
        "planes": list(list_planes(body, NARROW_PLANE)),
        "figures": list(list_figures(body, NARROW_CHART)),
    }


def describe_map(body: Mapping[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """Return all worlds by two axes as a picture and a table, and one slice; what is not an axis falls back."""
    names = list(body["axes"])
    down, across = (asked.get(name, "") for name in ("down", "across"))
    down = down if down in names else worlds.DOWN
    across = across if across in names else worlds.ACROSS
    if across == down:
        across = next(name for name in names if name != down)
    mosaic = worlds.make_mosaic(body, down, across)
    heads, rows = worlds.count_panels(body, down, across)
    return {
        "said": worlds.say_map(body),
        "chance": worlds.say_chance(body),
        "budget": [worlds.say_budget(body["assumed"]), paths.say_costs(body["assumed"])],
        "pictures": [("wide", draw_mosaic(mosaic)), ("narrow", draw_mosaic(mosaic, width=NARROW))],
        "layout": worlds.say_layout(mosaic, body, down, across),
        "panels": {"heads": heads, "rows": rows},
        "where": worlds.say_where(body),
        **_slice(body, down, across, asked),
    }


def _slice(body: Mapping[str, Any], down: str, across: str, asked: Mapping[str, str]) -> dict[str, Any]:
    axes, words = body["axes"], worlds.axis_words()
    fixed = {name: _chosen(name, axes[name], asked) for name in axes if name not in (down, across)}
    rows = [row for row in body["rows"] if all(row[name] == value for name, value in fixed.items())]
    cells = {(row[down], row[across]): row for row in rows}
    return {
        "down": down,
        "across": across,
        "down_name": words[down],
        "across_name": words[across],
        "heads": [worlds.say_value(across, value) for value in axes[across]],
        "cells": [
            (worlds.say_value(down, value), [_cell(cells[value, other]) for other in axes[across]])
            for value in axes[down]
        ],
        "choices": [(name, words[name]) for name in axes],
        "selectors": [_selector(name, axes[name], value) for name, value in fixed.items()],
        "fixed": " · ".join(f"{words[name]} {worlds.say_value(name, value)}" for name, value in fixed.items()),
    }


def _chosen(name: str, values: Sequence[Any], asked: Mapping[str, str]) -> Any:
    spelt = {spell(value): value for value in values}
    middle = MIDDLE[name] if MIDDLE[name] in values else values[0]
    return spelt.get(asked.get(name, ""), middle)


def spell(value: Any) -> str:
    """Return a value of an axis as it stands in an address."""
    return str(value).lower() if isinstance(value, (bool, str)) else f"{value:g}"


def _selector(name: str, values: Sequence[Any], chosen: Any) -> dict[str, Any]:
    options = [(spell(value), worlds.say_value(name, value), value == chosen) for value in values]
    return {"name": name, "label": worlds.axis_words()[name], "options": options}


def _cell(row: type_row) -> dict[str, str]:
    if row["difference"] is None:
        return {"winner": row["winner"], "said": worlds.say_winner(row["winner"]), "gap": ""}
    gap = f"{row['difference']:+.3f}".replace("-", "−") + f" ± {row['se']:.3f}"
    return {"winner": row["winner"], "said": worlds.say_winner(row["winner"]), "gap": gap}
