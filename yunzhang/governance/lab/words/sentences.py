"""A what-if as one sentence in the field's words: 自2027年3月1日起，明确一位负责同志牵头甲局、乙局.

Names of units and programmes stand in it as the records' own text, marked as such on an English page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.scenarios import FIELDS
from yunzhang.governance.lab.terms import Do
from yunzhang.kit.wording import data, write_day

NAMED = 6
type_step = Mapping[str, Any]


def say_what_if(step: Any, names: Mapping[str, str]) -> SafeString:
    """Return a step of a scenario, as it is written in a file or a form, as a sentence; `names`: units by id."""
    if not isinstance(step, Mapping) or str(step.get("do")) not in set(Do):
        return mark_safe(data(str(step)[:80]))  # noqa: S308 - escaped by data
    places = {name: conditional_escape(value) for name, value in _places(step, names).items()}
    said = conditional_escape(_sentences()[_kind(step)]) % places
    return mark_safe(conditional_escape(_when(step)) + said)  # noqa: S308 - all parts went through escape


def say_kind(do: Do) -> str:
    """Return what a kind of what-if tries, in a line for whoever chooses among them."""
    return {
        Do.APPOINT_LEADER: _("几个部门由一位负责同志统一牵头，跟进它们之间的横向事项"),
        Do.RAISE_SYSTEM: _("由更高一级直接统筹；只作学术比较"),
        Do.SIGN_AGREEMENT: _("几个地区之间约定互相办理的事项"),
        Do.OPEN_CHANNEL: _("群众或企业可以直接向这里提出事项"),
        Do.MOVE_OFFICE: _("办公室换到另一个部门，由它承接催办和协调"),
        Do.SET_MEETINGS: _("调度会开得更密或更疏，每次会议重新推动"),
        Do.CHANGE_PROGRAMME: _("一个专项的推进力度减半或加大"),
        Do.VACATE_POST: _("负责人空缺期间，事项到这里无人办理"),
        Do.MERGE_UNITS: _("几个部门并为一个，事项与能力归到第一个"),
        Do.SPLIT_UNIT: _("一个部门分出一个新部门"),
        Do.ADD_SUPERIOR: _("再增加一个条线上级，形成双重领导"),
        Do.ADD_LINKS: _("单位之间直接往来，不经上级转递"),
        Do.LOOSEN_LINE: _("上级对下级的约束放松或收紧"),
    }[do]


def _kind(step: type_step) -> str:
    do = str(step["do"])
    if do == Do.SET_MEETINGS and not step.get("units"):
        do = "set_meetings_everywhere"
    if do == Do.LOOSEN_LINE:
        do = "loosen_line" if _number(step, "factor") <= 1 else "tighten_line"
        return do if step.get("units") else f"{do}_everywhere"
    if do == Do.ADD_LINKS and not step.get("units"):
        return "draw_links"
    if do == Do.CHANGE_PROGRAMME and _number(step, "factor") == 0:
        return "stop_programme"
    return do


def _sentences() -> dict[str, str]:
    return {
        "appoint_leader": _("明确一位负责同志牵头%(units)s"),
        "raise_system": _("由更高一级统筹，直接影响 %(reach)s 个层级（学术情景）"),
        "sign_agreement": _("%(units)s签订协议，互相办理约定事项"),
        "open_channel": _("%(units)s开通%(who)s渠道，每月约 %(rate)s 件"),
        "move_office": _("办公室改设在%(units)s"),
        "set_meetings": _("%(units)s每 %(every)s 天召开一次调度会"),
        "set_meetings_everywhere": _("全域每 %(every)s 天召开一次调度会"),
        "change_programme": _("专项“%(programme)s”的推进力度变为原来的 %(factor)s 倍"),
        "stop_programme": _("专项“%(programme)s”停止推进"),
        "vacate_post": _("%(units)s负责人空缺"),
        "merge_units": _("%(others)s并入%(first)s"),
        "split_unit": _("%(units)s分出%(name)s，划出 %(share)s 的事项与能力"),
        "add_superior": _("%(superior)s成为%(units)s的又一个条线上级"),
        "add_links": _("%(units)s之间建立直接联系"),
        "draw_links": _("随机增加 %(count)s 条单位之间的直接联系"),
        "loosen_line": _("%(units)s对下级的约束减弱，办成可能为原来的 %(factor)s 倍"),
        "loosen_line_everywhere": _("各级上级对下级的约束减弱，办成可能为原来的 %(factor)s 倍"),
        "tighten_line": _("%(units)s对下级的约束加强，办成可能为原来的 %(factor)s 倍"),
        "tighten_line_everywhere": _("各级上级对下级的约束加强，办成可能为原来的 %(factor)s 倍"),
    }


def _when(step: type_step) -> str:
    on, until = _day(step.get("on")), _day(step.get("until"))
    if until:
        return _("%(on)s至%(until)s，") % {"on": on, "until": until}
    return _("自%(on)s起，") % {"on": on}


def _day(value: Any) -> str:
    try:
        return write_day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    except ValueError:
        return str(value or "")[:20]


def _places(step: type_step, names: Mapping[str, str]) -> dict[str, Any]:
    units = step.get("units")
    held = [data(names.get(str(each), str(each))) for each in units] if isinstance(units, list) else []
    whose = {"citizen": _("群众"), "enterprise": _("企业"), "organisation": _("社会组织")}
    told = {each.name: step.get(each.name, each.default) for each in FIELDS[Do(step["do"])]}
    return {
        **{name: _short(value) for name, value in told.items()},
        "units": _list(held),
        "first": held[0] if held else "",
        "others": _list(held[1:]),
        "who": whose.get(str(told.get("kind")), ""),
        "share": f"{_number(step, 'share'):.0%}" if "share" in told else "",
        "name": data(str(told.get("name") or "")) or _("一个新部门"),
        "programme": data(str(told.get("programme") or "")),
        "superior": data(names.get(str(told.get("superior")), str(told.get("superior") or ""))),
    }


def _list(names: list[Any]) -> SafeString:
    said = mark_safe(_("、").join(names[:NAMED]))  # noqa: S308 - each went through data
    if len(names) <= NAMED:
        return said
    return mark_safe(said + conditional_escape(_("等 %(count)s 个单位") % {"count": len(names)}))  # noqa: S308


def _number(step: type_step, name: str) -> float:
    default = next((each.default for each in FIELDS[Do(step["do"])] if each.name == name), 0.0)
    try:
        return float(step.get(name, default))
    except (TypeError, ValueError):
        return 0.0


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)[:40]
