"""What findings say in words: one sentence each, names of models, what is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

type_row = Mapping[str, Any]


def mark() -> str:
    """Return what stands on every page and file of findings."""
    return _("学术情景 · 模拟")


def say_passed(passed: bool) -> str:
    """Return whether a number holds, as a shape and a word."""
    return "● " + _("在范围内") if passed else "✕ " + _("不在范围内")


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
