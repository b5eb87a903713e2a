"""Doors of 事项: my desk, the ledger of matters 督办台账 whose address is the saved view, the way to a room."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunzhang.base.clock import day_of, end_of
from yunzhang.base.errors import Invalid, Refused, zh
from yunzhang.ground.ledger.terms import Acting, LoopQuery, Outcome, State
from yunzhang.ground.matters import actions
from yunzhang.ground.matters.terms import LAMP_LABELS, WORST_FIRST, Lamp, Matter
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules as org_rules
from yunzhang.ground.org.terms import Duty
from yunzhang.kit.doors import DoorRequest, SeeOther, page, render, signed_in
from yunzhang.kit.lists import Column, Filter, ListSpec, Query, Scope, export
from yunzhang.kit.wording import term, term_lazy

KINDS = (("directive", term_lazy("directive")), ("report", term_lazy("report")), ("approval", term_lazy("approval")))
SIDES = (("owing", _("本单位承办")), ("owed", _("本单位交办或经办")))
LAMPS = tuple((lamp.value, _(LAMP_LABELS[lamp])) for lamp in WORST_FIRST)
COUNTED = (Outcome.OPEN, Outcome.MET, Outcome.LATE, Outcome.REFUSED)
BASIS = re.compile(r"(?:d([\d.]+)_)?(?:c([\d.]+)_)?(?:u(\d+)_)?r([a-z]+)")
STATES = tuple((one.value, term_lazy(f"state_{one.value}")) for one in State)


def see(by: Acting, /, *, at: Any, **_kwargs: Any) -> None:
    """Every post held today; what it sees is its scope. The administrator's is empty."""
    signed_in(by, at=at)
    org.find_standing(by, on=day_of(at))


def see_matter(by: Acting, /, *, at: Any, loop: UUID) -> None:
    """The matter's parties, their superior lines, the place's office, auditors."""
    actions.find_matter(by, loop, at=at)


def href(matter: Matter) -> str:
    """Return the address of a matter in its own room."""
    return reverse(f"{matter.room}:matter", kwargs={"loop": matter.loop.id})


def word_of(matter: Matter) -> str:
    """Return the light as an export writes it: word and number."""
    word, days = str(_(LAMP_LABELS[matter.light.lamp])), matter.light.days
    return f"{word} {days}" if days is not None else word


COLUMNS = (
    Column("title", _("事项"), lambda one: one.title, kind="data", href=href),
    Column("light", _("状态灯"), lambda one: one.light, kind="light"),
    Column("debtor", term_lazy("debtor"), lambda one: one.debtor, kind="data"),
    Column("creditor", term_lazy("creditor"), lambda one: one.creditor, kind="data"),
    Column("due_on", term_lazy("due"), lambda one: one.due_on, kind="day", order="due_at"),
    Column("kind", _("类别"), lambda one: term(one.loop.kind), narrow=False),
    Column("programme", term_lazy("programme"), lambda one: one.loop.programme, kind="data", narrow=False),
    Column("returns", _("退回"), lambda one: one.loop.returns, kind="number", narrow=False),
    Column("extended", _("延期"), lambda one: one.loop.extended, kind="number", narrow=False),
)


def spec() -> ListSpec:
    """Return what the ledger of matters offers; programmes are those in use."""
    programmes = tuple((one, one) for one in actions.list_programmes())
    return ListSpec(
        columns=COLUMNS,
        filters=(
            Filter("text", _("按标题查找"), kind="text"),
            Filter("side", _("与本单位的关系"), choices=SIDES),
            Filter("lamp", _("自身时限"), choices=LAMPS),
            Filter("state", _("办理状态"), choices=STATES, is_many=True),
            Filter("kind", _("类别"), choices=KINDS),
            Filter("programme", term_lazy("programme"), choices=programmes),
            Filter("due_from", _("时限自"), kind="day"),
            Filter("due_to", _("时限至"), kind="day"),
            Filter("unit", term_lazy("debtor"), kind="hidden"),
            Filter("basis", _("所依据的事项"), kind="hidden"),
        ),
        orders=(
            ("in_hand", _("在办优先")),
            ("due_at", _("时限由近及远")),
            ("-due_at", _("时限由远及近")),
            ("-opened_at", _("最近交办")),
        ),
    )


def read_query(query: Query, by: Acting, at: Any) -> LoopQuery:
    """Return the conditions of an address. Raises: Invalid."""
    asked: dict[str, Any] = {"text": query.one("text"), "programme": query.one("programme"), "order": query.order}
    asked |= {"page": query.page, "size": query.size}
    if query.one("kind"):
        asked["kinds"] = (query.one("kind"),)
    asked["states"] = tuple(State(one) for one in query.all("state"))
    if query.one("lamp"):
        asked |= actions.due_window(Lamp(query.one("lamp")), at=at)
        asked["states"] = asked["states"] or actions.ACTIVE
    if query.one("side") and by.unit is not None:
        asked["debtors" if query.one("side") == "owing" else "handlers"] = Scope((by.unit,))
    if query.one("unit"):
        asked["debtors"] = below(query.one("unit"), by, at)
    if query.one("basis"):
        asked |= read_basis(query.one("basis"), by, at)
    if day := query.day("due_from"):
        asked["due_after"] = end_of(day)
    if day := query.day("due_to"):
        asked["due_before"] = end_of(day).replace(microsecond=1)
    return LoopQuery(**asked)


def read_basis(text: str, by: Acting, at: Any) -> dict[str, Any]:
    """Return the conditions of rows a figure rests on: `d1.2_c3_rterritorial` are debtors, creditors and relation;
    `u4` are debtors anywhere below a unit. Withdrawn ones are left out. Raises: Invalid, Refused.
    """
    found = BASIS.fullmatch(text)
    if found is None:
        raise Invalid(field=zh("所依据的事项"), problem=zh("编号无法识别"))
    debtors, creditors, under, relation = found.groups()
    asked: dict[str, Any] = {"outcomes": COUNTED}
    asked |= {"debtors": read_ids(debtors)} if debtors else {}
    asked |= {"creditors": read_ids(creditors)} if creditors else {}
    asked |= {"axis": relation} if relation == "vertical" else {"relation": relation}
    if under:
        below(under, by, at)
        asked["debtors"] = Scope(tuple(unit.id for unit in org.list_subtree(int(under)) if unit.id != int(under)))
    return asked


def read_ids(text: str) -> Scope:
    """Return the units written as 1.2.3."""
    return Scope(tuple(int(each) for each in text.split(".") if each))


def below(text: str, by: Acting, at: Any) -> Scope:
    """Return a unit with everything below it. Raises: Invalid; Refused where even a count is not for the reader."""
    if not text.isdigit():
        raise Invalid(field=zh("责任单位"), problem=zh("编号无法识别"))
    on = day_of(at)
    if not org_rules.sees_unit(org.find_standing(by, on=on), org.find_line(int(text), on=on)):
        raise Refused
    return org.subtree_scope(int(text))


@page(may=see)
def list_matters(request: DoorRequest, by: Acting) -> HttpResponse:
    """The ledger of matters; `form=xlsx` gives the same rows as a file."""
    query = Query.parse(spec(), request.GET)
    found = actions.list_matters(by, read_query(query, by, request.at), at=request.at)
    if query.form:
        return export(query, found.rows, name=term("register"))
    return render(request, "matters/list.html", {"query": query, "page": found, "may_issue": may_issue(by, request)})


def may_issue(by: Acting, request: DoorRequest) -> bool:
    """Return whether to offer the issue form: leaders and the office."""
    return org.find_standing(by, on=day_of(request.at)).duty in (Duty.LEADER, Duty.OFFICE)


@page(may=see)
def show_desk(request: DoorRequest, by: Acting) -> HttpResponse:
    """What waits for my unit."""
    desk = actions.find_desk(by, at=request.at)
    context = {
        "desk": desk,
        "unit": org.find_unit(by.unit) if by.unit is not None else None,
        "may_issue": may_issue(by, request),
        "waiting": sum(desk.counts[name] for name in ("to_decide", "to_sign", "to_answer", "to_report", "to_accept")),
    }
    return render(request, "matters/desk.html", context)


@page(may=see_matter)
def go_to_matter(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Redirect to the page of the subject in the room that owns it."""
    room, subject = actions.find_room(loop)
    return SeeOther(reverse(f"{room}:subject", args=[subject]))
