"""Form targets of 交办: each does one act and goes back to the matter it was about."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunzhang.base.errors import Invalid, zh
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, change, done, safe_target
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.pages import may
from yunzhang.vertical.directives.pages.groups import own_groups
from yunzhang.vertical.directives.terms import Part


def back(loop: UUID) -> str:
    """Return the address of a matter."""
    return reverse("directives:matter", kwargs={"loop": loop})


def read_text(request: DoorRequest, name: str, label: str) -> str:
    """Return a required text. Raises: Invalid when it is empty."""
    text = request.POST.get(name, "").strip()
    if not text:
        raise Invalid(field=label, problem=zh("不能为空"))
    return text


def read_day(request: DoorRequest, name: str, label: str) -> date:
    """Return a required day. Raises: Invalid when it is none."""
    return parse_day(request.POST.get(name, ""), label)


def parse_day(text: str, label: str) -> date:
    """Return the day written as 2026-11-23. Raises: Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(field=label, problem=zh("请按 2026-11-23 的形式填写日期")) from None


def read_loops(request: DoorRequest) -> list[UUID]:
    """Return the matters ticked in a list. Raises: Invalid when there is none."""
    try:
        loops = [UUID(text) for text in dict.fromkeys(request.POST.getlist("loop"))]
    except ValueError:
        raise Invalid(field=zh("事项"), problem=zh("编号无法识别")) from None
    if not loops:
        raise Invalid(field=zh("事项"), problem=zh("请先勾选要办理的事项"))
    return loops


@change(may=may.work)
def sign(request: DoorRequest, by: Acting) -> HttpResponse:
    """Sign for one matter or for all ticked ones."""
    loops = read_loops(request)
    actions.sign_matters(by, loops, at=request.at)
    said = ngettext("已签收 %(n)d 件事项。", "已签收 %(n)d 件事项。", len(loops)) % {"n": len(loops)}
    return done(request, safe_target(request, request.POST.get("next", ""), back(loops[0])), said)


@change(may=may.work)
def accept(request: DoorRequest, by: Acting) -> HttpResponse:
    """Accept one answer or all ticked ones."""
    loops = read_loops(request)
    actions.accept_matters(by, loops, at=request.at)
    said = ngettext("已办结 %(n)d 件事项。", "已办结 %(n)d 件事项。", len(loops)) % {"n": len(loops)}
    return done(request, safe_target(request, request.POST.get("next", ""), back(loops[0])), said)


@change(may=may.owe)
def report(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Report progress."""
    actions.report_progress(by, loop, read_text(request, "text", zh("进展情况")), at=request.at)
    return done(request, back(loop), _("进展已反馈。"))


@change(may=may.owe)
def answer(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Answer the matter."""
    actions.answer_matter(by, loop, read_text(request, "text", zh("办理结果")), at=request.at)
    return done(request, back(loop), _("办理结果已报送，等待审核；等待期间不计入办理时限。"))


@change(may=may.handle)
def send_back(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Return the answer for completion."""
    actions.return_matter(by, loop, read_text(request, "text", zh("退回理由")), at=request.at)
    return done(request, back(loop), _("已退回补充。"))


@change(may=may.owe)
def extend(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Ask for more time."""
    due_on = read_day(request, "due_on", zh("延期日期"))
    actions.ask_extension(by, loop, due_on, read_text(request, "text", zh("延期理由")), at=request.at)
    return done(request, back(loop), _("延期申请已提交，待经办单位决定。"))


@change(may=may.owe)
def object_to(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Object to the matter."""
    actions.object_to_matter(by, loop, read_text(request, "text", zh("异议理由")), at=request.at)
    return done(request, back(loop), _("异议申请已提交，待经办单位决定。"))


@change(may=may.handle_ask)
def decide(request: DoorRequest, by: Acting, ask: UUID) -> HttpResponse:
    """Grant or refuse an ask."""
    is_granted = request.POST.get("decision") == "grant"
    reason = request.POST.get("text", "").strip()
    if not is_granted and not reason:
        raise Invalid(field=zh("不同意的理由"), problem=zh("不能为空"))
    loop = actions.find_ask(ask).loop
    actions.decide_ask(by, ask, granted=is_granted, reason=reason, at=request.at)
    return done(request, back(loop), _("决定已记录并告知责任单位。"))


@change(may=may.handle)
def withdraw(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Withdraw the matter."""
    actions.withdraw_matters(by, [loop], read_text(request, "text", zh("撤回理由")), at=request.at)
    return done(request, back(loop), _("事项已撤回。"))


@change(may=may.handle)
def strike_off(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Strike the closed matter off."""
    actions.strike_off_matters(by, [loop], at=request.at)
    return done(request, back(loop), _("事项已销号。"))


def read_parts(request: DoorRequest, loop: UUID) -> list[int]:
    """Return the units ticked one by one or as a group, those that have a part already left out of a group."""
    family, whole = actions.find_family(loop), set(request.POST.getlist("group"))
    taken = {one.debtor for one in family if one.parent == loop}
    groups = own_groups(actions.find_matter(loop).debtor)
    found = [unit.id for group in groups if group.key in whole for unit in group.units if unit.id not in taken]
    ticked = [int(text) for text in request.POST.getlist("to") if text.isdigit()]
    return list(dict.fromkeys([*ticked, *found]))


@change(may=may.owe)
def split(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Split the matter to the ticked units below."""
    due_on = read_day(request, "due_on", zh("办结时限"))
    days = request.POST.get("report_on", "").split()
    reports = tuple(parse_day(day, zh("反馈日期")) for day in days)
    units = read_parts(request, loop)
    if not units:
        raise Invalid(field=zh("下属单位"), problem=zh("请至少勾选一个单位"))
    shared = request.POST.get("requirement", "").strip()
    parts = [Part(unit, shared, due_on, reports) for unit in units]
    actions.split_matter(by, loop, parts, at=request.at)
    return done(request, back(loop), _("已分解到下属单位。"))
