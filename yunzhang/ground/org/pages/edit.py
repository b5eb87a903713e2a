"""The editor's forms of one unit: rename, move, end, add below, guidance; each from a day on, each recorded."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, Refused, zh
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.pages import words
from yunzhang.ground.org.terms import Branch, GuidanceKind, NewUnit, UnitKind
from yunzhang.kit.doors import change, done, page, render

if TYPE_CHECKING:
    from django.http import HttpResponse

    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import Unit
    from yunzhang.kit.doors import DoorRequest

Word = TypeVar("Word", UnitKind, Branch, GuidanceKind)
ADDABLE = (UnitKind.DEPARTMENT, UnitKind.TOWN, UnitKind.GOVERNMENT, UnitKind.ENTERPRISE, UnitKind.ORGANISATION)


def may_edit(by: Any, /, *, at: datetime, unit: int, **kwargs: Any) -> None:
    """The administrator of the unit's own place may. Raises Refused, UnknownUnit."""
    if by is None:
        raise Refused
    place = org.find_unit(org.find_unit(unit).jurisdiction)
    org.verify_editor(by, path=place.path, at=at)


@page(may=may_edit)
def show_forms(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """The forms for one unit."""
    shown = org.find_unit(unit)
    guides = [each for each in org.find_guides([unit]) if each.lower == unit]
    known = org.find_units({each.upper for each in guides})
    beside = org.list_beside(shown)
    place = [each.id for each in beside].index(unit) if shown.to_on is None else 0
    context = {
        "unit": shown,
        "beside": [each for each in beside if each.id != unit],
        "before": beside[place - 1].id if place else None,
        "today": rules.day_of(request.at),
        "guided_by": [(known[each.upper], words.GUIDANCE[each.kind]) for each in guides],
        "kinds": [(kind.value, words.KINDS[kind]) for kind in ADDABLE],
        "branches": [(branch.value, label) for branch, label in words.BRANCHES.items()],
        "guidance": [(kind.value, label) for kind, label in words.GUIDANCE.items()],
    }
    return render(request, "org/edit.html", context)


@change(may=may_edit)
def rename(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Give the unit another name."""
    name, short = needed(request, "name", zh("全称")), request.POST.get("short_name", "").strip()
    org.rename_unit(by, unit, name, short_name=short, at=request.at, on=day(request))
    return back(request, unit, _("已更名。"))


@change(may=may_edit)
def move(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Put the unit, with everything below it, under another superior."""
    org.move_unit(by, unit, found(request, "to").id, at=request.at, on=day(request))
    return back(request, unit, _("已调整隶属，此前日期的机构保持不变。"))


@change(may=may_edit)
def reorder(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Put the unit behind another of its list, or to the front."""
    after = request.POST.get("after", "").strip()
    if after and not (after.isascii() and after.isdigit()):
        raise Invalid(field=zh("排序"), problem=zh("没有这个选项"))
    org.reorder_unit(by, unit, int(after) if after else None, at=request.at)
    return back(request, unit, _("已调整排序。"))


@change(may=may_edit)
def retire(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Let the unit stand no longer."""
    org.retire_unit(by, unit, at=request.at, on=day(request))
    return back(request, unit, _("已撤销。"))


@change(may=may_edit)
def add(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Add a unit below."""
    above, name = org.find_unit(unit), needed(request, "name", zh("全称"))
    kind, branch = word(request, "kind", UnitKind), word(request, "branch", Branch)
    row = NewUnit(
        name, request.POST.get("short_name", "").strip() or name, kind, branch, rules.level_below(kind, above.level),
        unit, official_order=rules.last_order(org.list_children(unit)),
    )  # fmt: skip
    org.add_units(by, [row], at=request.at, on=day(request))
    return back(request, unit, _("已增设。"))


@change(may=may_edit)
def guide(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Let another body guide the unit."""
    upper = found(request, "upper").id
    org.add_guidance(by, upper, unit, word(request, "kind", GuidanceKind), at=request.at, on=day(request))
    return back(request, unit, _("已设立指导关系。"))


@change(may=may_edit)
def end_guide(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Let a body guide the unit no longer."""
    upper = request.POST.get("upper", "")
    org.end_guidance(by, int(upper) if upper.isascii() and upper.isdigit() else 0, unit, at=request.at)
    return back(request, unit, _("已终止指导关系。"))


def back(request: DoorRequest, unit: int, message: str) -> HttpResponse:
    """Return to the unit's page with word of what was done."""
    return done(request, reverse("org:unit", args=[unit]), message)


def needed(request: DoorRequest, name: str, label: str) -> str:
    """Return a field that must be filled. Raises Invalid."""
    text = request.POST.get(name, "").strip()
    if not text or len(text) > 120:
        raise Invalid(field=label, problem=zh("不能为空，且不超过 120 字"))
    return text


def day(request: DoorRequest) -> date | None:
    """Return the day the change holds from; today where none is given. Raises Invalid."""
    text = request.POST.get("on", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(field=zh("生效日期"), problem=zh("不是日期")) from None


def word(request: DoorRequest, name: str, words_: type[Word]) -> Word:
    """Return the choice of a field. Raises Invalid."""
    try:
        return words_(request.POST.get(name, ""))
    except ValueError:
        raise Invalid(field=name, problem=zh("没有这个选项")) from None


def found(request: DoorRequest, name: str) -> Unit:
    """Return the unit a field names by number or by name. Raises Invalid where none or several fit."""
    text = needed(request, name, zh("单位"))
    if text.isascii() and text.isdigit():
        return org.find_unit(int(text))
    fitting = org.search_units(text)
    exact = [each for each in fitting if text in (each.name, each.short_name)] or fitting
    if len(exact) != 1:
        names = "、".join(each.name for each in exact[:5]) or "—"
        raise Invalid(field=text, problem=_("须指明唯一的单位，现有：%(names)s") % {"names": names})
    return exact[0]
