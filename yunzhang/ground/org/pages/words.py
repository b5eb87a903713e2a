"""Words of the organisation's pages: kinds, branches, levels, duties, verbs; and the day a reader asks about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yunzhang.base.errors import Invalid, zh
from yunzhang.ground.org import rules
from yunzhang.ground.org.terms import TYPICAL, Branch, Duty, GuidanceKind, Level, UnitKind
from yunzhang.kit.wording import term_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from yunzhang.kit.doors import DoorRequest

KINDS: Mapping[UnitKind, str | Promise] = {
    UnitKind.GOVERNMENT: _("政府"),
    UnitKind.TOWN: _("乡镇街道"),
    UnitKind.DEPARTMENT: _("部门"),
    UnitKind.ENTERPRISE: _("企业"),
    UnitKind.ORGANISATION: _("社会组织"),
    UnitKind.CITIZEN: _("公众"),
    UnitKind.EXTERNAL: _("外单位"),
}
BRANCHES: Mapping[Branch, str | Promise] = {
    Branch.PARTY: _("党委"),
    Branch.CONGRESS: _("人大"),
    Branch.GOVERNMENT: _("政府"),
    Branch.CPPCC: _("政协"),
    Branch.COURT: _("法院"),
    Branch.PROCURATORATE: _("检察院"),
    Branch.GROUP: _("群团"),
}
LEVELS: Mapping[Level, str | Promise] = {
    Level.NATION: _("国家级"),
    Level.PROVINCE: _("省级"),
    Level.CITY: _("市级"),
    Level.COUNTY: _("县级"),
    Level.TOWN: _("乡级"),
}
DUTIES: Mapping[Duty, str | Promise] = {
    Duty.LEADER: _("负责同志"),
    Duty.OFFICE: _("办公室"),
    Duty.OFFICER: _("经办"),
    Duty.AUDITOR: _("审计督查"),
    Duty.ADMINISTRATOR: _("机构管理"),
}
GUIDANCE: Mapping[GuidanceKind, str | Promise] = {
    GuidanceKind.GUIDANCE: term_lazy("guidance"),
    GuidanceKind.DUAL: term_lazy("dual"),
    GuidanceKind.VERTICAL: term_lazy("vertical_management"),
}
UNVERIFIED = _("未查证，按通例")
VERBS: Mapping[str, str | Promise] = {
    "unit_added": _("列入"),
    "unit_moved": _("调整隶属"),
    "unit_renamed": _("更名"),
    "unit_reordered": _("调整排序"),
    "unit_retired": _("撤销"),
    "guidance_added": _("设立指导关系"),
    "guidance_ended": _("终止指导关系"),
}


def asked_day(request: DoorRequest) -> tuple[date, date | None]:
    """Return the day the page shows, and the same to ask with: None for today. Raises Invalid."""
    today, text = rules.day_of(request.at), request.GET.get("on", "").strip()
    if not text:
        return today, None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise Invalid(field=zh("查询日期"), problem=zh("不是日期")) from None
    return (today, None) if on >= today else (on, on)


def is_unsourced(source: str) -> bool:
    """Return True for an entry set up by custom, without a source anybody has seen."""
    return source == TYPICAL
