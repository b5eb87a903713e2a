"""Suggestions in the field's words: what is proposed, what it rests on, what the gain supposes, what would undo it.

A suggestion is a facet's dict; nothing here judges a person or a unit, and nothing is numbered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yunzhang.base.errors import zh
from yunzhang.governance.observatory.terms import Advice, Step
from yunzhang.kit.wording import data, term

STEPS = {
    Step.DRAFTED: zh("拟办中"),
    Step.SUBMITTED: zh("已呈批，待批复"),
    Step.ADOPTED: zh("已采纳"),
    Step.NOT_ADOPTED: zh("未采纳"),
    Step.DROPPED: zh("不再办理"),
}
KINDS = {
    Advice.LEADER: zh("明确牵头"),
    Advice.AGREEMENT: zh("区域协作"),
    Advice.CHANNEL: zh("对外渠道"),
    Advice.PROGRAMME: zh("专题调度"),
    Advice.LOAD: zh("统筹减负"),
    Advice.LEVEL: zh("办理卡点"),
}
type_names = Mapping[int, str]


def step_of(step: Step) -> str:
    """Return where a draft stands, in the reader's words."""
    return _(STEPS[step])


def count_cells(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return met and due of the table under the cards; of an absent class nothing was due."""
    if one["advice"] == Advice.CHANNEL:
        return "–", "–"
    return str(round(one["met"])), str(round(one["due"]))


def kind_of(one: Mapping[str, Any]) -> str:
    """Return what sort of suggestion it is, in two to four characters."""
    return _(KINDS[Advice(one["advice"])])


def figure_of(one: Mapping[str, Any]) -> str:
    """Return the name of the figure that would rise."""
    return term("v") if one["figure"] == "V" else term("h")


def list_names(one: Mapping[str, Any], names: type_names) -> list[str]:
    """Return the names of the units it concerns, as the facet carries them or shorter where known."""
    return [names.get(number, name) for number, name in one["units"]]


def joined(names: list[str], count: int) -> str:
    """Return names in a row, the rest counted.

    >>> joined(["甲", "乙"], 2)
    '甲、乙'
    """
    text = _("、").join(names)
    return text if count <= len(names) else _("%(names)s等 %(count)s 个单位") % {"names": text, "count": count}


def title_of(one: Mapping[str, Any], names: type_names) -> str:
    """Return what is proposed, in one sentence without a stop."""
    text, known = _title(one, names)
    return text % known


def title_html(one: Mapping[str, Any], names: type_names) -> SafeString:
    """Return the same for a page: names of units and programmes marked as data."""
    text, known = _title(one, names)
    return format_html(text.replace("%(", "{").replace(")s", "}"), **{name: data(each) for name, each in known.items()})


def _title(one: Mapping[str, Any], names: type_names) -> tuple[str, dict[str, str]]:
    advice, units, count = Advice(one["advice"]), list_names(one, names), one["count"]
    if advice is Advice.LEADER:
        return _("建议明确一位分管负责同志牵头%(units)s"), {"units": joined(units, count)}
    if advice is Advice.AGREEMENT:
        return _("建议%(one)s与%(other)s商定协作事项和办理时限"), {"one": units[0], "other": units[1]}
    if advice is Advice.CHANNEL:
        return _channel(one), {"units": joined(units[:3], count)}
    if advice is Advice.PROGRAMME:
        return _("建议近期就“%(programme)s”作一次专题调度"), {"programme": one["basis"]["programme"]}
    if advice is Advice.LOAD:
        return _load(one), {"unit": units[0]}
    if count > 2:
        known = {"upper": units[0], "count": str(count - 1)}
        return _("建议会商解决%(upper)s交办%(count)s个下属单位的办理卡点"), known
    return _("建议会商解决%(upper)s→%(lower)s的办理卡点"), {"upper": units[0], "lower": units[1]}


def _load(one: Mapping[str, Any]) -> str:
    if one["line"] == "handed_down":
        return _("建议统筹%(unit)s向下交办的数量和时限，合并或错开一部分")
    return _("建议统筹%(unit)s同时承办的事项，错开时限或分担一部分")


def _channel(one: Mapping[str, Any]) -> str:
    if one["line"] == "market":
        return _("建议%(units)s建立与企业常态化对接的渠道")
    return _("建议%(units)s开通征集和答复群众意见的渠道")


def ground_of(one: Mapping[str, Any], names: type_names) -> str:
    """Return what it rests on: counts of the window, one or two sentences."""
    advice, known = Advice(one["advice"]), _facts(one)
    if advice is Advice.LEADER:
        return _(
            "这些部门之间应协同或已提出的事项 %(due)s 件，按期办结 %(met)s 件；目前没有一位负责同志统一分管。"
            "重复计算中，%(stays)s的次数得到同一分组。"
        ) % (known | {"stays": f"{one['stability']:.0%}"})
    if advice is Advice.AGREEMENT:
        return _("双方之间应协同或已提出的事项 %(due)s 件，按期办结 %(met)s 件。") % known
    if advice is Advice.CHANNEL:
        return _outside(one)
    if advice is Advice.PROGRAMME:
        return (
            _(
                "距上一次集中推动已 %(quiet)s 天，推进力度减半约需 %(halves)s 天。集中推动后 %(halves)s 天内交办的，"
                "按期办结 %(fresh)s；之后交办的，按期办结 %(stale)s。"
            )
            % known
        )
    if advice is Advice.LOAD and one["line"] == "handed_down":
        return (
            _(
                "该单位交办的事项平均同时在办 %(at_once)s 件，同类单位一般为 %(usual)s 件。"
                "事项集中时按期办结 %(busy)s，其余时候 %(calm)s。"
            )
            % known
        )
    if advice is Advice.LOAD:
        return (
            _(
                "该单位平均同时承办 %(at_once)s 件，同类单位一般为 %(usual)s 件。"
                "事项集中时按期办结 %(busy)s，其余时候 %(calm)s。"
            )
            % known
        )
    line = term("v_territorial") if one["line"] == "territorial" else term("v_functional")
    return _(
        "%(line)s上到期 %(due)s 件，按期办结 %(met)s 件，占 %(share)s（可能区间 %(low)s–%(high)s），明显偏低。"
    ) % (known | {"line": line})


def _outside(one: Mapping[str, Any]) -> str:
    known = {"absent": round(one["details"]["absent"]), "all": round(one["details"]["governments"])}
    if one["line"] == "market":
        return _("%(all)s 个地方中，有 %(absent)s 个在窗口期内没有与企业往来的事项。") % known
    return _("%(all)s 个地方中，有 %(absent)s 个在窗口期内没有与公众往来的事项。") % known


def _facts(one: Mapping[str, Any]) -> dict[str, str]:
    details, due = one["details"], one["due"]
    found = {"met": str(round(one["met"])), "due": str(round(due)), "low": "", "high": ""}
    if due:
        found |= {name: f"{end:.0%}" for name, end in zip(("low", "high"), one["share"], strict=True)}
        found["share"] = f"{one['met'] / due:.0%}"
    found |= {name: f"{details[name]:.0%}" for name in ("fresh", "stale", "busy", "calm") if name in details}
    found |= {name: f"{details[name]:.1f}" for name in ("at_once", "usual") if name in details}
    days = {"quiet": "quiet_days", "halves": "halves_in_days"}
    return found | {name: str(round(details[key])) for name, key in days.items() if key in details}


def supposed(one: Mapping[str, Any]) -> str:
    """Return what the expected gain supposes; everything else is held."""
    advice = Advice(one["advice"])
    if advice in (Advice.LEADER, Advice.AGREEMENT):
        return _("假定相互之间的事项全部按期办结，其余不变。")
    if advice is Advice.CHANNEL:
        return _("假定这些地方与之往来的事项全部按期办结，其余不变。")
    if advice is Advice.PROGRAMME:
        return _("假定之后交办的事项恢复到集中推动后的按期水平，其余不变。")
    if advice is Advice.LOAD:
        return _("假定事项集中时的按期水平与其余时候相同，其余不变。")
    return _("假定该处事项全部按期办结，其余不变。")


def doubt_of(one: Mapping[str, Any]) -> str:
    """Return what would make it wrong, in a plain sentence."""
    return {
        Advice.LEADER: _(
            "若这些部门另有统一牵头的安排而未录入本平台，或未按期另有共同原因（如同一系统停用），此建议不成立。"
        ),
        Advice.AGREEMENT: _("若双方的往来主要不经本平台，或未按期是一方一时的情况，此建议不成立。"),
        Advice.CHANNEL: _("若往来存在而没有记入本平台，此建议不成立；是否需要该渠道，须由当地判断。"),
        Advice.PROGRAMME: _("若该专题已按计划收尾，或之后交办的事项本来更难，此建议不成立。"),
        Advice.LOAD: _("若集中的事项本来更难，或该单位人手近期已有调整，此建议不成立。"),
        Advice.LEVEL: _("若未按期集中在少数难办事项，或双方已在台账之外办结，此建议不成立。"),
    }[Advice(one["advice"])]


def gain_text(one: Mapping[str, Any]) -> str:
    """Return the expected gain with its range: 0.003（0.002–0.004）."""
    return _("%(gain)s（%(low)s–%(high)s）") % dict(zip(("gain", "low", "high"), gain_cells(one), strict=True))


def gain_cells(one: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return gain, low and high with three decimals, four where the range is narrower than a thousandth.

    >>> gain_cells({"gain": 0.0124, "low": 0.0101, "high": 0.0155})
    ('0.012', '0.010', '0.015')
    """
    places = 3 if one["high"] - one["low"] >= 0.001 else 4
    gain, low, high = (f"{one[name]:.{places}f}" for name in ("gain", "low", "high"))
    return gain, low, high


def draft_of(one: Mapping[str, Any], names: type_names, *, begins: str, ends: str) -> str:
    """Return the text a draft 拟办意见 begins with; the person edits it."""
    return _(
        "根据%(begins)s至%(ends)s的台账：%(ground)s\n"
        "%(title)s。%(supposed)s预计%(figure)s提升 %(gain)s。\n%(doubt)s\n妥否，请批示。"
    ) % {
        "begins": begins,
        "ends": ends,
        "ground": ground_of(one, names),
        "title": title_of(one, names),
        "supposed": supposed(one),
        "figure": figure_of(one),
        "gain": gain_text(one),
        "doubt": doubt_of(one),
    }


def window_days(window: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    """Return the first and the last day of the window a suggestion was computed for."""
    begins = datetime.fromisoformat(window["from"]) if window["from"] else None
    return begins, datetime.fromisoformat(window["to"]) - timedelta(seconds=1)
