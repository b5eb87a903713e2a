"""Pictures and tables of findings: curves beside published ones, planes of paths, the map of two chosen axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.pages import verdicts
from yunzhang.governance.lab.words.paths import axis_words
from yunzhang.kit.pictures import NARROW_CHART, NARROW_PLANE, draw_lines, draw_plane
from yunzhang.kit.wording import term

NAN = float("nan")
SHOWN = {  # the curves each published model is known by
    "nk": ("nk/optima", "nk/height"),
    "march": ("march/known",),
    "lazer": ("lazer/score", "lazer/compared"),
    "dodds": ("dodds/load", "dodds/left"),
}
FIGURES = ("delivered", "busiest", "without_top", "hops", "cost")
MIDDLE = {"retries": 1, "given_up": 0.35, "line_upkeep": 0.0, "links": 1.0, "xi": 1.0, "vacancy": 0.1, "spread": False}
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
        "title": verdicts.models()[name],
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
    lines = [
        (one["name"].rsplit("/", 1)[-1], one["xs"], _known(one["ys"]), _known(one["reference_ys"])) for one in curves
    ]
    xs = curves[0]["xs"]
    places = range(len(xs)) if len(xs) <= 20 else sorted({*range(0, len(xs), 20), len(xs) - 1})
    heads, ours, published = [along], _("本引擎"), _("文献")
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
        "picture": draw_lines(lines, title, _("本引擎"), _("文献"), size=NARROW_CHART),
        "heads": heads,
        "rows": rows,
        "along": along,
    }


def _known(values: Sequence[float | None]) -> list[float]:
    return [NAN if value is None else value for value in values]


def _three(value: float) -> str:
    return "–" if isnan(value) else f"{value:.3f}"


def describe_paths(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plane for each path with clouds at both ends, and each figure along the paths."""
    planes = [_plane(name, _rows_of(body, name), body["clouds"]) for name in body["paths"]]
    return {"planes": planes, "figures": [_figure(name, body) for name in FIGURES]}


def _rows_of(body: Mapping[str, Any], name: str) -> list[type_row]:
    return [row for row in body["rows"] if row["path"] == name]


def _plane(name: str, rows: Sequence[type_row], clouds: Mapping[str, Any]) -> dict[str, Any]:
    modes = ("authoritative", "collaborative", "loose", "cooperative")
    title = verdicts.path_name(name)
    words = {"title": title, "v": term("v"), "h": term("h"), "before": _("起点"), "after": _("终点")}
    words |= {mode: term(f"mode_{mode}") for mode in modes}
    first, last = (_cloud(row, clouds) for row in (rows[0], rows[-1]))
    way = [(row["v"], row["h"]) for row in rows]
    start, end = rows[0], rows[-1]
    said = _("V %(v)s → %(w)s，H %(h)s → %(i)s") % {
        "v": f"{start['v']:.2f}", "w": f"{end['v']:.2f}", "h": f"{start['h']:.2f}", "i": f"{end['h']:.2f}"
    }  # fmt: skip
    return {"title": title, "picture": draw_plane(first, last, way, words, size=NARROW_PLANE), "said": said}


def _cloud(row: type_row, clouds: Mapping[str, Any]) -> list[tuple[float, float]]:
    return [(v, h) for v, h in clouds[f"{row['line']:g} {row['links']:g}"]]


def _figure(figure: str, body: Mapping[str, Any]) -> dict[str, Any]:
    title = verdicts.figures()[figure]
    names = ("keep_line", "give_up_line", "line_then_links", "links_then_line", "both_at_once")
    lines = []
    for name in names:
        rows = _rows_of(body, name)
        shares = [row["step"] / max(len(rows) - 1, 1) for row in rows]
        lines.append((verdicts.path_name(name), shares, [row[figure] for row in rows], ()))
    return {"title": title, "picture": draw_lines(lines, title, "", "", size=NARROW_CHART)}


def describe_map(body: Mapping[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the map of two axes, the others fixed by what is asked; what is not on an axis falls back to a value."""
    names = list(body["axes"])
    down = asked.get("down", "") if asked.get("down", "") in names else "xi"
    across = asked.get("across", "") if asked.get("across", "") in names else "vacancy"
    if across == down:
        across = next(name for name in names if name != down)
    fixed = {name: _chosen(name, body["axes"][name], asked) for name in names if name not in (down, across)}
    rows = [row for row in body["rows"] if all(row[name] == value for name, value in fixed.items())]
    cells = {(row[down], row[across]): row for row in rows}
    words = axis_words()
    return {
        "down": down,
        "across": across,
        "down_name": words[down],
        "across_name": words[across],
        "heads": [verdicts.say_value(across, value) for value in body["axes"][across]],
        "cells": [
            (verdicts.say_value(down, value), [_cell(cells[value, other]) for other in body["axes"][across]])
            for value in body["axes"][down]
        ],
        "choices": [(name, words[name]) for name in names],
        "selectors": [_selector(name, body["axes"][name], value) for name, value in fixed.items()],
        "where": verdicts.say_where(body),
    }


def _chosen(name: str, values: Sequence[Any], asked: Mapping[str, str]) -> Any:
    spelt = {spell(value): value for value in values}
    middle = MIDDLE[name] if MIDDLE[name] in values else values[0]
    return spelt.get(asked.get(name, ""), middle)


def spell(value: Any) -> str:
    """Return a value of an axis as it stands in an address."""
    return str(value).lower() if isinstance(value, (bool, str)) else f"{value:g}"


def _selector(name: str, values: Sequence[Any], chosen: Any) -> dict[str, Any]:
    options = [(spell(value), verdicts.say_value(name, value), value == chosen) for value in values]
    return {"name": name, "label": axis_words()[name], "options": options}


def _cell(row: type_row) -> dict[str, str]:
    if row["difference"] is None:
        return {"winner": row["winner"], "said": verdicts.say_winner(row["winner"]), "gap": ""}
    gap = f"{row['difference']:+.3f}".replace("-", "−") + f" ± {row['se']:.3f}"
    return {"winner": row["winner"], "said": verdicts.say_winner(row["winner"]), "gap": gap}
