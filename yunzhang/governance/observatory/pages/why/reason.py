"""The sentence the page opens with: the level that holds V back most, and how H stands, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.why.words import gain_word, level_word, line_word, percent
from yunzhang.kit.wording import term

HALF = 0.5
GOOD = 0.85  # a stage with so much in time is no stall, only where most is left to gain
SMALL = 0.01  # a stage that would lift V by less is no stall


@dataclass(frozen=True, slots=True)
class Reason:
    """`said` follows the unit's name; `told` are the sentences under it."""

    said: str
    told: list[str]


def find_reason(body: dict[str, Any], *, programme: str = "") -> Reason:
    """Return the main reason: the stage with the largest gain, told as silence or as delay, then how H stands.

    Of one programme silence is no reason: it may just not concern the unit; the stage is chosen by delay alone.
    """
    stages = list_stages(body, programme)
    if not stages:
        return Reason(_("窗口期内没有可以计算的下级往来"), [_across(body)])
    if weight_of(stages[0], programme) < SMALL:
        return Reason(_("各级交办大多按期返回，没有突出的卡点"), [_across(body)])
    told = [_stage(stages[0], body, programme), _across(body)]
    return Reason(_said(stages[0], programme), told)


def list_stages(body: dict[str, Any], programme: str) -> list[dict[str, Any]]:
    """Return line and level by what mending them would lift, the most first."""
    return sorted(body["stages"], key=lambda stage: -weight_of(stage, programme))


def weight_of(stage: dict[str, Any], programme: str) -> float:
    """Return the gain of a stage; of one programme without what lies in edges that had no dealings."""
    return float(stage["gain"] - (stage["silent_gain"] if programme else 0.0))


def _said(stage: dict[str, Any], programme: str) -> str:
    words = {"level": level_word(stage["level"]), "line": line_word(stage["line"])}
    if not programme and stage["silent_gain"] > HALF * stage["gain"]:
        return _("主要卡在%(line)s%(level)s：往来少") % words
    if stage["met"] >= GOOD * stage["asked"]:
        return _("多数按期返回，提升空间主要在%(line)s%(level)s") % words
    return _("主要卡在%(line)s%(level)s：按期返回少") % words


def _stage(stage: dict[str, Any], body: dict[str, Any], programme: str) -> str:
    asked, met, silent = stage["asked"], stage["met"], stage["silent"]
    told = []
    if asked:
        words = {"asked": f"{asked:,}", "met": f"{met:,}", "share": percent(met / asked)}
        told.append(_("这一级到期 %(asked)s 件，按期办结 %(met)s 件（%(share)s）") % words + _kinds(stage, body))
    if silent and programme:
        told.append(_("没有往来的上下级关系可能只因该专题不涉及，不作为原因"))
    elif silent:
        told.append(_("%(count)s 处上下级关系在窗口期内没有任何往来") % {"count": f"{silent:,}"})
    words = {"v": term("v"), "gain": gain_word(weight_of(stage, programme))}
    told.append(_("若全部按期、其余不变，%(v)s预计提升约 %(gain)s") % words)
    return _("；").join(told) + _("。")


def _kinds(stage: dict[str, Any], body: dict[str, Any]) -> str:
    levels = body["levels"][stage["line"]]
    if stage["level"] > len(levels):
        return ""
    down, up = (levels[stage["level"] - 1][kind] for kind in ("directive", "report"))
    if not (down["asked"] and up["asked"]):
        return ""
    shares = {"down": percent(down["met"] / down["asked"]), "up": percent(up["met"] / up["asked"])}
    return _("，其中交办 %(down)s、进展反馈 %(up)s") % shares


def _across(body: dict[str, Any]) -> str:
    if not body["has_h"]:
        return _("窗口期内没有横向事项，横向原因暂不能说明。")
    found = next((one for one in body["matrices"] if one["part"] == "department"), None)
    absent = [one for one in body["outside"] if not one["asked"]]
    told = []
    if found and found["pairs"]:
        told.append(_pairs(found))
    if absent:
        names = _("、").join(class_word(one["class"]) for one in absent)
        told.append(_("与%(classes)s没有往来") % {"classes": names})
    elif body["outside"]:
        told.append(_("三类体制外主体都有往来"))
    return _("横向：") + _("；").join(told) + _("。") if told else ""


def _pairs(found: dict[str, Any]) -> str:
    words = {"pairs": f"{found['pairs']:,}", "silent": f"{len(found['silent']):,}"}
    if found["silent"]:
        return _("部门之间应往来 %(pairs)s 对，其中 %(silent)s 对没有往来") % words
    late = sum(met < need for _a, _b, _asked, met, need, _ought in found["cells"])
    words["late"] = f"{late:,}"
    return _("部门之间应往来的 %(pairs)s 对都有往来，其中 %(late)s 对未全部按期") % words


def class_word(name: str) -> str:
    """Return the word of a class outside."""
    return {"market": _("企业"), "society": _("社会组织和群众"), "region": _("其他地区")}[name]
