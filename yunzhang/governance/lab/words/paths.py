"""What paths, axes and winners are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.paths.summary import sum_up_map


def path_words() -> dict[str, str]:
    """Return what each path is called."""
    return {
        "keep_line": _("保留层级、增加联系"),
        "give_up_line": _("放弃层级、换取联系"),
        "build_line": _("先建层级"),
        "line_then_links": _("先层级后联系"),
        "links_then_line": _("先联系后层级"),
        "both_at_once": _("同时推进"),
        "detour": _("先放弃后恢复"),
    }


def axis_words() -> dict[str, str]:
    """Return what each axis of the map is called."""
    return {
        "xi": _("需求范围 ξ"),
        "vacancy": _("负责人空缺"),
        "retries": _("重试次数"),
        "spread": _("绕开拥堵"),
        "given_up": _("放弃的层级"),
        "line_upkeep": _("层级年维持成本"),
        "links": _("预算（每单位联系）"),
    }


def winner_words() -> dict[str, str]:
    """Return what each outcome of a comparison is called."""
    return {
        "keep_line": _("保留层级"),
        "give_up_line": _("放弃层级"),
        "not_distinguishable": _("难分"),
        "unaffordable": _("付不起"),
    }


SIGNS = {"keep_line": "■", "give_up_line": "○", "not_distinguishable": "·", "unaffordable": "×"}


def value_word(value: object) -> str:
    """Return a value of an axis as text."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "∞" if value == "inf" else f"{value:g}" if isinstance(value, (int, float)) else str(value)


def say_map(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return in a sentence how many worlds go which way."""
    won = sum_up_map(rows).won
    said = _(
        "同等预算的 %(whole)s 种情形中，保留层级较好的有 %(keep)s 种，放弃层级较好的有 %(give_up)s 种，"
        "难分 %(alike)s 种，付不起 %(not)s 种"
    )
    told = {"whole": len(rows), "keep": won["keep_line"], "give_up": won["give_up_line"]}
    return said % (told | {"alike": won["not_distinguishable"], "not": won["unaffordable"]})
