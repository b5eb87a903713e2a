"""The list of units 机构名录: filters in the address, the same rows as xlsx and csv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunzhang.ground.org import actions as org
from yunzhang.ground.org.pages import words
from yunzhang.ground.org.terms import Branch, Level, UnitKind, UnitQuery
from yunzhang.kit.doors import page, render, signed_in
from yunzhang.kit.lists import Column, Filter, ListSpec, Query, export

if TYPE_CHECKING:
    from django.http import HttpResponse

    from yunzhang.ground.ledger.terms import Acting
    from yunzhang.ground.org.terms import ListedUnit
    from yunzhang.kit.doors import DoorRequest


def href(each: ListedUnit) -> str:
    """Return the address of a unit."""
    return reverse("org:unit", args=[each.unit.id])


def source(each: ListedUnit) -> Any:
    """Return where a unit was seen; by custom where nobody has seen it."""
    return words.UNVERIFIED if words.is_unsourced(each.unit.source) else each.unit.source


SPEC = ListSpec(
    columns=(
        Column("name", _("全称"), lambda each: each.unit.name, kind="data", href=href),
        Column("short_name", _("简称"), lambda each: each.unit.short_name, kind="data", narrow=False),
        Column("branch", _("系列"), lambda each: words.BRANCHES[each.unit.branch]),
        Column("kind", _("类别"), lambda each: words.KINDS[each.unit.kind]),
        Column("level", _("层级"), lambda each: words.LEVELS[each.unit.level]),
        Column("place", _("所属地方"), lambda each: each.place, kind="data"),
        Column("parent", _("上级"), lambda each: each.parent, kind="data", narrow=False),
        Column("source", _("出处"), source, kind="data", narrow=False),
        Column("id", _("编号"), lambda each: each.unit.id, kind="number", narrow=False),
    ),
    filters=(
        Filter("text", _("单位名称或拼音首字母"), kind="text"),
        Filter("branch", _("系列"), choices=[(each.value, label) for each, label in words.BRANCHES.items()]),
        Filter("kind", _("类别"), choices=[(each.value, label) for each, label in words.KINDS.items()]),
        Filter("level", _("层级"), choices=[(each.value, label) for each, label in words.LEVELS.items()]),
        Filter("unsourced", _("只看未查证出处的"), kind="flag"),
        Filter("under", _("所属地方"), kind="hidden"),
    ),
    orders=(("official", _("正式排序")), ("name", _("名称")), ("-from_on", _("最近设立"))),
)


@page(may=signed_in)
def show_register(request: DoorRequest, by: Acting) -> HttpResponse:
    """The units that stand today; `form=xlsx` or `csv` gives the same rows as a file."""
    query = Query.parse(SPEC, request.GET)
    found = org.list_register(read_query(query))
    if query.form:
        return export(query, found.rows, name=str(_("机构名录")))
    return render(request, "org/register.html", {"query": query, "page": found})


def read_query(query: Query) -> UnitQuery:
    """Return the conditions of an address."""
    under = query.one("under")
    return UnitQuery(
        text=query.one("text"),
        branch=Branch(query.one("branch")) if query.one("branch") else None,
        kind=UnitKind(query.one("kind")) if query.one("kind") else None,
        level=Level(query.one("level")) if query.one("level") else None,
        is_unsourced=query.flag("unsourced"),
        under=int(under) if under.isascii() and under.isdigit() else None,
        order=query.order,
        page=query.page,
        size=query.size,
    )
