"""Pages of posts: who holds one and who did, appointing and ending, lending rights, who was responsible on a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions, rules
from yunzhang.ground.org.terms import Appointment, Duty, Post, Unit
from yunzhang.kit.doors import STATUS, DoorRequest, change, done, page, render, safe_target, signed_in
from yunzhang.kit.wording import explain

__all__ = ["urlpatterns"]
Row = TypeVar("Row")
DUTIES = {
    Duty.LEADER: gettext_lazy("负责同志（可以本单位名义发文）"),
    Duty.OFFICE: gettext_lazy("办公室（附依据文号，可以本级政府名义经办）"),
    Duty.OFFICER: gettext_lazy("办理人员"),
    Duty.AUDITOR: gettext_lazy("审计（可看本地事项，不能办理）"),
    Duty.ADMINISTRATOR: gettext_lazy("机构管理员（维护机构，不看事项）"),
}


# ---- doors


def edit(by: Acting, /, *, at: datetime, post: int, **_: Any) -> None:
    """The administrator of the post's place."""
    actions.verify_post_editor(by, actions.find_post(post), at=at)


def lend(by: Acting, /, *, at: datetime, post: int, **_: Any) -> None:
    """The holder of the post, or the administrator of its place."""
    actions.verify_post_lender(by, actions.find_post(post), at=at)


def take_back(by: Acting, /, *, at: datetime, delegation: int, **_: Any) -> None:
    """Who may lend the post whose rights were lent."""
    lender = actions.find_delegation(delegation).from_post
    actions.verify_post_lender(by, actions.find_post(lender), at=at)


# ---- looks


@page(may=signed_in)
def show_post(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """A post: its holder, everyone before, whom it lends to; forms for those who may change it."""
    return post_page(request, by, actions.find_post(post))


def post_page(
    request: DoorRequest, by: Acting, post: Post, *, error: YunzhangError | None = None, **more: Any
) -> HttpResponse:
    """Return the page of a post, with what went wrong and what was typed."""
    today, rights = day_of(request.at), actions.find_post_rights(by, post, at=request.at)
    unit = actions.find_unit(post.unit)
    units, posts = actions.list_place_posts(unit, on=today) if rights.lends else ([], [])
    shown = {post.id, *(other.id for other in posts if rights.edits)}
    held = actions.list_appointments(shown)  # of the whole place where its people may be chosen from
    history = [each for each in held if each.post == post.id]
    holder = next((each for each in history if each.holds_on(today)), None)
    context = {
        "post": post,
        "unit": unit,
        "duty": DUTIES[post.duty],
        "holder": holder,
        "history": sorted(history, key=lambda each: each.from_on, reverse=True),
        "lent": lent_rows([post.id], today),
        "rights": rights,
        "account": actions.find_account(holder.person) if holder and rights.edits else "",
        "borrowers": borrowers(post, units, posts),
        "people": people(post, units, posts, [each for each in held if each.holds_on(today)]) if rights.edits else [],
        "today": today,
        "typed": request.POST,
        "error": explain(error) if error else None,
    }
    return render(request, "org/post.html", context | more, STATUS[error.category] if error else 200)


def lent_rows(posts: list[int], today: date) -> list[dict[str, Any]]:
    """Return delegations from or to these posts that run or will, with both posts and the borrower's holder."""
    rows = [row for row in actions.list_delegations(posts) if row.to_on is None or row.to_on > today]
    known = actions.find_posts({number for row in rows for number in (row.from_post, row.to_post)})
    units = actions.find_units({post.unit for post in known.values()})
    holders = actions.find_holders(known, on=today)
    return [
        {
            "row": row,
            "lender": known[row.from_post],
            "borrower": known[row.to_post],
            "unit": units[known[row.to_post].unit],
            "lender_unit": units[known[row.from_post].unit],
            "holder": holders.get(row.to_post),
            "is_given": row.from_post in posts,
        }
        for row in rows
    ]


def borrowers(post: Post, units: list[Unit], posts: list[Post]) -> list[tuple[str, list[Post]]]:
    """Return the posts that may borrow this one's rights, by unit of the same place, the own unit first."""
    return by_unit(post, units, [other for other in posts if rules.may_borrow(post, other)], lambda other: other)


def people(
    post: Post, units: list[Unit], posts: list[Post], held: list[Appointment]
) -> list[tuple[str, list[tuple[Appointment, Post]]]]:
    """Return who holds a post in this place, by unit, the own unit first."""
    holders = {each.post: each for each in held}
    pairs = [(holders[other.id], other) for other in posts if other.id in holders]
    return by_unit(post, units, pairs, lambda pair: pair[1])


def by_unit(
    post: Post, units: list[Unit], rows: list[Row], post_of: Callable[[Row], Post]
) -> list[tuple[str, list[Row]]]:
    """Return rows grouped under their units' short names, the unit of `post` first."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(post_of(row).unit, []).append(row)
    ordered = sorted(units, key=lambda unit: (unit.id != post.unit, unit.official_order, unit.id))
    return [(unit.short_name or unit.name, found[unit.id]) for unit in ordered if unit.id in found]


@page(may=signed_in)
def show_delegation(request: DoorRequest, by: Acting) -> HttpResponse:
    """My delegation: what the post I act from lends and borrows, and a form to lend it."""
    return delegation_page(request, by)


def delegation_page(request: DoorRequest, by: Acting, error: YunzhangError | None = None) -> HttpResponse:
    """Return the page of my delegation, with what went wrong and what was typed."""
    assert by.post is not None  # noqa: S101 - the door has seen to it
    today, post = day_of(request.at), actions.find_post(by.on_behalf or by.post)
    unit = actions.find_unit(post.unit)
    may_lend = by.on_behalf is None and actions.find_post_rights(by, post, at=request.at).lends
    units, posts = actions.list_place_posts(unit, on=today) if may_lend else ([], [])
    context = {
        "post": post,
        "unit": unit,
        "is_lent": by.on_behalf is not None,
        "may_lend": may_lend,
        "lent": lent_rows([post.id], today),
        "borrowers": borrowers(post, units, posts),
        "today": today,
        "typed": request.POST,
        "error": explain(error) if error else None,
    }
    return render(request, "org/delegation.html", context, STATUS[error.category] if error else 200)


@page(may=signed_in)
def show_responsible(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Who was responsible for a unit on a day."""
    today = day_of(request.at)
    on = read_day(request.GET.get("on", ""), zh("日期")) or today
    rows = responsible_rows(unit, on)
    context = {
        "unit": actions.find_unit(unit),
        "ancestors": actions.find_ancestors(unit),
        "on": on,
        "responsible": rows,
        "filled": sum(1 for row in rows if row["holder"]),
    }
    return render(request, "org/responsible.html", context)


def responsible_rows(unit: int, on: date) -> list[dict[str, Any]]:
    """Return who answered for a unit on a day, ready for the fragment `org/_responsible.html`."""
    rows = actions.who_was_responsible(unit, on=on)
    borrowers = actions.find_posts({post for row in rows for post in row.delegated_to})
    return [
        {"post": row.post, "holder": row.holder, "lent_to": [borrowers[post] for post in row.delegated_to]}
        for row in rows
    ]


# ---- changes


@change(may=edit)
def appoint(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """Let a person hold the post."""
    try:
        actions.appoint(by, [read_appointment(request, post)], at=request.at)
    except YunzhangError as error:
        return post_page(request, by, actions.find_post(post), error=error, open="appoint")
    return done(request, address(post), _("任职已登记。"))


@change(may=edit)
def end(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """Let the holder leave the post."""
    try:
        on = read_day(request.POST.get("on", ""), zh("离任日期")) or day_of(request.at)
        actions.end_appointment(by, post, at=request.at, on=on)
    except YunzhangError as error:
        return post_page(request, by, actions.find_post(post), error=error, open="end")
    return done(request, address(post), _("离任已登记。"))


@change(may=lend)
def delegate(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """Lend the post's rights."""
    try:
        borrower = read_post(request)
        from_on = read_day(request.POST.get("from_on", ""), zh("开始日期"))
        to_on = read_day(request.POST.get("to_on", ""), zh("结束日期"))
        actions.delegate(by, post, borrower, at=request.at, from_on=from_on, to_on=to_on)
    except YunzhangError as error:
        if request.POST.get("own"):
            return delegation_page(request, by, error)
        return post_page(request, by, actions.find_post(post), error=error, open="delegate")
    return done(request, back(request, post), _("委托已登记。"))


@change(may=take_back)
def end_delegation(request: DoorRequest, by: Acting, delegation: int) -> HttpResponse:
    """Take lent rights back."""
    lender = actions.find_delegation(delegation).from_post
    actions.end_delegation(by, delegation, at=request.at)
    return done(request, back(request, lender), _("委托已收回。"))


@change(may=edit)
def open_account(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """Open an account for the holder; the password is shown on this one answer and nowhere again."""
    found, password = actions.find_post(post), actions.make_password(by.request)
    try:
        actions.add_account(by, request.POST.get("name", "").strip(), password, post=post, at=request.at)
    except YunzhangError as error:
        return post_page(request, by, found, error=error, open="account")
    return post_page(request, by, found, password=password)


@change(may=edit)
def renew_password(request: DoorRequest, by: Acting, post: int) -> HttpResponse:
    """Give the holder another password, shown on this one answer and nowhere again."""
    found, password = actions.find_post(post), actions.make_password(by.request)
    actions.reset_password(by, post, password, at=request.at)
    return post_page(request, by, found, password=password)


# ---- reading forms


def read_appointment(request: DoorRequest, post: int) -> Appointment:
    """Return the appointment a form asks for: someone of this place, or a new name. Raises: Invalid."""
    person, name = request.POST.get("person", ""), request.POST.get("name", "").strip()
    if not person and not name:
        raise Invalid(field=zh("姓名"), problem=zh("请选择现任人员，或填写新人员姓名"))
    kind = request.POST.get("kind", "")
    return Appointment(
        post=post,
        person=person,
        name=name,
        from_on=read_day(request.POST.get("from_on", ""), zh("任职日期")) or day_of(request.at),
        to_on=read_day(request.POST.get("to_on", ""), zh("离任日期")),
        is_acting=kind == "acting",
        is_concurrent=kind == "concurrent",
    )


def read_post(request: DoorRequest) -> int:
    """Return the post chosen. Raises: Invalid."""
    text = request.POST.get("to_post", "")
    if not text.isdigit():
        raise Invalid(field=zh("受托岗位"), problem=zh("请选择一个岗位"))
    return int(text)


def read_day(text: str, label: str) -> date | None:
    """Return a day written as 2026-11-23, or None. Raises: Invalid."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(field=label, problem=zh("请按 2026-11-23 的形式填写日期")) from None


def address(post: int) -> str:
    """Return the address of a post's page."""
    return reverse("org:post", kwargs={"post": post})


def back(request: DoorRequest, post: int) -> str:
    """Return where the form came from: my delegation, or the post."""
    return safe_target(request, request.POST.get("next", ""), address(post))


urlpatterns = [
    path("posts/<int:post>", show_post, name="post"),
    path("posts/<int:post>/appoint", appoint, name="appoint"),
    path("posts/<int:post>/end", end, name="end_appointment"),
    path("posts/<int:post>/delegate", delegate, name="delegate"),
    path("posts/<int:post>/account", open_account, name="open_account"),
    path("posts/<int:post>/password", renew_password, name="renew_password"),
    path("delegations/<int:delegation>/end", end_delegation, name="end_delegation"),
    path("delegation", show_delegation, name="delegation"),
    path("units/<int:unit>/responsible", show_responsible, name="responsible"),
]
