"""Doors of 存证核验: entries of the acts one may see, receipts, checkpoints, and the last verification.

They stand in this room and not in the ledger's: the ledger knows opaque units only, and what a post may see and what
units are called is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.base.clock import end_of
from yunzhang.base.errors import Invalid, Refused, zh
from yunzhang.ground.ledger import actions
from yunzhang.ground.ledger.terms import Acting, Entry, EntryQuery, NoSuchEntry, Parties, Verb
from yunzhang.ground.matters.actions import find_sight
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, change, done, page, render, signed_in
from yunzhang.kit.jobs import enqueue
from yunzhang.kit.lists import Column, Filter, ListSpec, Query, Scope, export
from yunzhang.kit.wording import term, term_lazy

SHOWN_CHECKPOINTS = 50
NOTHING: Mapping[Any, str] = MappingProxyType({})
VERBS: Mapping[str, str | Promise] = {
    Verb.OPENED: gettext_lazy("开立"),
    Verb.SIGNED: gettext_lazy("签收"),
    Verb.ANSWERED: gettext_lazy("报送办理结果"),
    Verb.ACCEPTED: gettext_lazy("审核通过，办结"),
    Verb.RETURNED: gettext_lazy("退回补充"),
    Verb.EXTENDED: gettext_lazy("同意延期"),
    Verb.REFUSED: gettext_lazy("同意不予办理"),
    Verb.WITHDRAWN: gettext_lazy("撤回"),
    Verb.STRUCK_OFF: gettext_lazy("销号"),
}
# Notes of the rooms above, as they stand in the record; one that is not here shows its code.
NOTES: Mapping[str, str | Promise] = {
    "directive_issued": gettext_lazy("印发"),
    "progress_reported": gettext_lazy("反馈进展"),
    "extension_asked": gettext_lazy("申请延期"),
    "objected": gettext_lazy("提出异议"),
    "ask_refused": gettext_lazy("不同意申请"),
    "suggestion_drafted": gettext_lazy("形成拟办意见"),
    "suggestion_revised": gettext_lazy("修改拟办意见"),
    "suggestion_submitted": gettext_lazy("呈批"),
    "suggestion_recalled": gettext_lazy("撤回呈批"),
    "suggestion_dropped": gettext_lazy("不再办理"),
    "suggestion_decided": gettext_lazy("批复"),
    "unit_added": gettext_lazy("列入"),
    "unit_moved": gettext_lazy("调整隶属"),
    "unit_renamed": gettext_lazy("更名"),
    "unit_reordered": gettext_lazy("调整排序"),
    "unit_retired": gettext_lazy("撤销"),
    "guidance_added": gettext_lazy("设立指导关系"),
    "guidance_ended": gettext_lazy("终止指导关系"),
    "place_built": gettext_lazy("建立机构"),
    "rows_imported": gettext_lazy("导入"),
    "divisions_loaded": gettext_lazy("装入行政区划"),
    "division_added": gettext_lazy("行政区划新设"),
    "division_renamed": gettext_lazy("行政区划更名"),
    "division_recoded": gettext_lazy("行政区划变更代码"),
    "division_moved": gettext_lazy("行政区划调整隶属"),
    "division_merged": gettext_lazy("行政区划合并"),
    "division_retired": gettext_lazy("行政区划撤销"),
    "sector_defined": gettext_lazy("设立系统"),
    "post_added": gettext_lazy("设立岗位"),
    "post_closed": gettext_lazy("撤销岗位"),
    "appointed": gettext_lazy("任职"),
    "appointment_ended": gettext_lazy("任职终止"),
    "delegated": gettext_lazy("委托"),
    "delegation_ended": gettext_lazy("委托终止"),
    "account_added": gettext_lazy("开立账号"),
    "password_reset": gettext_lazy("重置密码"),
    "study_added": gettext_lazy("装入外部日志"),
    "study_removed": gettext_lazy("移除外部日志"),
    "experiment_asked": gettext_lazy("发起情景推演"),
    "experiment_cancelled": gettext_lazy("取消情景推演"),
    "experiment_removed": gettext_lazy("移除情景推演"),
}


def units_in_sight(by: Acting, at: Any) -> Scope:
    """Return the units whose acts this post may see; who sees no matters is shown the acts of the own post alone."""
    try:
        return find_sight(by, at=at).scope
    except Refused:
        return Scope(())


def verb_word(verb: str) -> str:
    """Return an entry's verb in the reader's words."""
    return str(VERBS.get(verb) or NOTES.get(verb, verb))


def with_names(entries: list[Entry]) -> dict[int, str]:
    """Return the names of the units these entries were acts of."""
    asked = {entry.unit for entry in entries if entry.unit is not None}
    return {number: unit.name for number, unit in org.find_units(asked).items()}


def number_of(entry: Entry) -> str:
    """Return an entry's running number; without one it waits for its seal."""
    return _("待封存") if entry.seq is None else str(entry.seq)


def columns(names: Mapping[int, str], titles: Mapping[UUID, str]) -> tuple[Column, ...]:
    """Return the list's columns; units and subjects are called by name where they have one."""
    return (
        Column("verb", gettext_lazy("动作"), lambda one: verb_word(one.verb), href=lambda one: f"receipt?key={one.id}"),
        Column("loop", gettext_lazy("所属事项或对象"), lambda one: titles.get(one.loop, str(one.loop)), kind="data"),
        Column("unit", gettext_lazy("单位"), lambda one: names.get(one.unit or 0, ""), kind="data"),
        Column("at", gettext_lazy("时间"), lambda one: one.at, kind="moment"),
        Column("seq", term_lazy("entry"), number_of),
    )


def spec(names: Mapping[int, str] = NOTHING, titles: Mapping[UUID, str] = NOTHING) -> ListSpec:
    """Return what the list of entries offers."""
    filters = (
        Filter("verb", gettext_lazy("动作"), choices=tuple(VERBS.items()), is_many=True),
        Filter("from", gettext_lazy("自"), kind="day"),
        Filter("to", gettext_lazy("至"), kind="day"),
        Filter("loop", gettext_lazy("事项编号"), kind="hidden"),
    )
    return ListSpec(columns=columns(names, titles), filters=filters, orders=(("-at", gettext_lazy("最新在前")),))


def read_query(query: Query, units: Parties, post: int | None) -> EntryQuery:
    """Return the conditions of an address. Raises: Invalid."""
    first, last = query.day("from"), query.day("to")
    return EntryQuery(
        units=units,
        post=post,
        verbs=query.all("verb"),
        loop=read_key(query.one("loop")) if query.one("loop") else None,
        from_at=end_of(first - timedelta(days=1)) if first else None,
        to_at=end_of(last) if last else None,
        page=query.page,
        size=query.size,
    )


def read_key(text: str) -> UUID:
    """Return an entry's id or an act key. Raises: Invalid."""
    try:
        return UUID(text.strip())
    except ValueError:
        raise Invalid(field=zh("编号"), problem=zh("应为 36 位编号")) from None


@page(may=signed_in)
def list_records(request: DoorRequest, by: Acting) -> HttpResponse:
    """The entries of acts one may see; `form=xlsx` gives the same rows as a file."""
    query = Query.parse(spec(), request.GET)
    found = actions.list_records(read_query(query, units_in_sight(by, request.at), by.post))
    names = with_names(list(found.rows))
    titles = actions.find_titles({one.loop for one in found})
    query = Query.parse(spec(names, titles), request.GET)
    if query.form:
        return export(query, found.rows, name=term("records"))
    context = {"query": query, "page": found, "last": actions.find_verification()}
    return render(request, "records/list.html", {**context, "checkpoint": actions.find_checkpoint()})


@page(may=signed_in)
def show_receipt(request: DoorRequest, by: Acting) -> HttpResponse:
    """Look an act or an entry up by its number; what one may not see is as if it were not there."""
    asked, problem, found = request.GET.get("key", "").strip(), "", []
    if asked:
        try:
            found = actions.find_record(read_key(asked), units_in_sight(by, request.at), post=by.post)
        except (Invalid, NoSuchEntry):
            found = []
        problem = "" if found else _("没有您可以查看的这一编号。请核对办理编号或存证编号。")
    names = with_names(found)
    titles = actions.find_titles({one.loop for one in found})
    rows = [
        {"entry": one, "verb": verb_word(one.verb), "unit": names.get(one.unit or 0, ""), "title": titles.get(one.loop)}
        for one in found
    ]
    return render(request, "records/receipt.html", {"asked": asked, "rows": rows, "problem": problem})


@page(may=signed_in)
def list_checkpoints(request: DoorRequest, by: Acting) -> HttpResponse:
    """The signed heads, newest first, and the key under which anybody can check them."""
    context = {"checkpoints": actions.list_checkpoints(SHOWN_CHECKPOINTS), "key": actions.find_verifier_key()}
    return render(request, "records/checkpoints.html", context)


@page(may=signed_in)
def download_checkpoint(request: DoorRequest, by: Acting) -> HttpResponse:
    """The newest checkpoint as the text one keeps elsewhere."""
    newest = actions.find_checkpoint()
    body = newest.note if newest else ""
    headers = {"Content-Disposition": 'attachment; filename="checkpoint.txt"'}
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)


@change(may=signed_in)
def ask_to_verify(request: DoorRequest, by: Acting) -> HttpResponse:
    """Have the worker verify the whole ledger; the result appears on the page."""
    enqueue("ledger.verify", {}, at=request.at, request=by.request)
    return done(request, "/records/", _("已安排核验，结果稍后显示在本页。"))


app_name = "records"
urlpatterns = [
    path("", list_records, name="list"),
    path("receipt", show_receipt, name="receipt"),
    path("checkpoints", list_checkpoints, name="checkpoints"),
    path("checkpoint.txt", download_checkpoint, name="checkpoint"),
    path("verify", ask_to_verify, name="verify"),
]
