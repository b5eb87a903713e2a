"""What findings say in words: one sentence each, names of paths, worlds and winners, what is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.paths.summary import sum_up_map
from yunzhang.governance.lab.words.paths import SIGNS, axis_words, path_words, winner_words

type_row = Mapping[str, Any]


def mark() -> str:
    """Return what stands on every page and file of findings."""
    return _("学术情景 · 模拟")


def name_of(check: str) -> str:
    """Return the path of a check with its model in words."""
    model, _slash, rest = check.partition("/")
    return f"{models().get(model, model)} · {rest.replace('/', ' · ')}"


def models() -> dict[str, str]:
    """Return the name of each published model."""
    return {
        "nk": _("NK 景观"),
        "march": _("March 1991：探索与利用"),
        "lazer": _("Lazer–Friedman 2007：网络与求解"),
        "dodds": _("Dodds–Watts–Sabel 2003：组织网络"),
    }


def say_passed(passed: bool) -> str:
    """Return whether a number holds, as a shape and a word."""
    return "● " + _("在范围内") if passed else "✕ " + _("不在范围内")


def say_checks(checks: Sequence[type_row]) -> str:
    """Return the verdict on the engine."""
    told = {"held": sum(check["passed"] for check in checks), "whole": len(checks)}
    if not checks:
        return _("引擎验证尚在计算")
    return _("%(whole)s 项文献数值中，本引擎有 %(held)s 项落在允许范围内") % told


def path_name(name: str) -> str:
    """Return a path in words."""
    return path_words().get(name, name)


def figures() -> dict[str, str]:
    """Return the columns of a step, by name."""
    return {
        "line": _("层级强度"),
        "links": _("每单位联系数"),
        "cost": _("累计成本"),
        "delivered": _("送达比重"),
        "delivered_se": _("送达标准误"),
        "busiest": _("最忙单位负荷"),
        "without_top": _("顶层空缺时送达"),
        "hops": _("平均经手数"),
        "v": _("纵向 V"),
        "h": _("横向 H"),
    }


def say_paths(body: Mapping[str, Any]) -> str:
    """Return what the paper's choice comes to: both paths from authority, at their ends."""
    ends = {row["path"]: row for row in body["rows"]}
    keep, give_up = ends["keep_line"], ends["give_up_line"]
    start = next(row for row in body["rows"] if row["path"] == "keep_line" and row["step"] == 0)
    told = {"start": f"{start['delivered']:.1%}", "keep": f"{keep['delivered']:.1%}"}
    told |= {"give_up": f"{give_up['delivered']:.1%}", "before": f"{start['busiest']:.1%}"}
    told |= {"after": f"{keep['busiest']:.1%}"}
    return (
        _(
            "从权威型出发，保留层级、增加联系后送达由 %(start)s 变为 %(keep)s，"
            "最忙单位负荷由 %(before)s 变为 %(after)s；放弃层级、换取联系后送达为 %(give_up)s"
        )
        % told
    )


def say_value(name: str, value: Any) -> str:
    """Return the value of an axis in words."""
    if name == "spread":
        return _("是") if value else _("否")
    if name in ("vacancy", "given_up"):
        return f"{value:.0%}"
    return "∞" if value == "inf" else f"{value:g}"


def say_winner(winner: str) -> str:
    """Return who wins a world, as a shape and a word."""
    return f"{SIGNS[winner]} {winner_words()[winner]}"


def say_where(body: Mapping[str, Any]) -> list[str]:
    """Return for each axis how often the advice fails at each of its values: where it fails, not why."""
    where, told = sum_up_map(body["rows"]).where, []
    for name, values in body["axes"].items():
        counts = [(value, where[name][value]) for value in values]
        parts = [f"{say_value(name, value)} → {won['give_up_line']}/{sum(won.values())}" for value, won in counts]
        told.append(axis_words()[name] + _("：") + " · ".join(parts))
    return told


def say_learning(body: Mapping[str, Any]) -> str:
    """Return who knows more where units have to learn."""
    won = Counter(row["winner"] for row in body["rows"])
    told = {"whole": len(body["rows"]), "keep": won["keep_line"], "give_up": won["give_up_line"]}
    told |= {"alike": won["not_distinguishable"]}
    said = _(
        "单位需要学习的 %(whole)s 种情形中：保留层级所知较多 %(keep)s 种，放弃层级 %(give_up)s 种，难分 %(alike)s 种。"
    )
    return said % told


def list_assumed(assumed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is assumed, word and value."""
    costs, modes = assumed["costs"], assumed["modes"]
    found = [
        (_("一条联系的建立成本、年维持成本"), f"{costs['link']:g}, {costs['link_upkeep']:g}"),
        (_("一个单位层级由无到有的成本、年维持成本"), f"{costs['line']:g}, {costs['line_upkeep']:g}"),
        (_("计算年数"), f"{costs['years']:g}"),
        (_("强、弱层级一跳成功的机会"), f"{modes['strong_line']:g}, {modes['weak_line']:g}"),
        (_("横向一跳成功的机会"), f"{modes['across']:g}"),
        (_("单位数、运行次数、种子"), f"{assumed['units']:,}, {assumed['runs']}, {assumed['seed']}"),
    ]
    if "placed_units" in assumed:
        found.append((_("测量 V、H 的单位数、运行次数"), f"{assumed['placed_units']:,}, {assumed['placed_runs']}"))
    return found
