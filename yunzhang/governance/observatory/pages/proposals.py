"""One draft 拟办意见: its text and the figures it had, what may be done with it now, and everything done so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, Refused, YunzhangError, zh
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import advice
from yunzhang.governance.observatory.pages.suggestions import FACET, make_card, rows_href, short_names
from yunzhang.governance.observatory.terms import DraftNote, Proposal, Step
from yunzhang.ground.ledger.terms import Acting, Entry
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import STATUS, DoorRequest, SeeOther, change, done, page, render
from yunzhang.kit.wording import explain

NOTES = {
    DraftNote.DRAFTED: zh("形成拟办意见"),
    DraftNote.REVISED: zh("修改拟办意见"),
    DraftNote.SUBMITTED: zh("呈批"),
    DraftNote.RECALLED: zh("撤回呈批"),
    DraftNote.DROPPED: zh("不再办理"),
}
DECISIONS = {Step.ADOPTED.value: zh("采纳"), Step.NOT_ADOPTED.value: zh("不采纳")}


def may_read(by: Acting, /, *, at: datetime, proposal: UUID, **_: Any) -> None:
    """The asking unit and the decider, their superior lines, the office, auditors; a mere draft its own unit alone."""
    actions.verify_may_read_proposal(by, proposal, at=at)


def may_follow(by: Acting, /, *, at: datetime, loop: UUID, **_: Any) -> None:
    """As for the draft the question belongs to."""
    actions.verify_may_read_proposal(by, actions.find_proposal_of_loop(loop).id, at=at)


def may_ask(by: Acting, /, *, at: datetime, proposal: UUID, **_: Any) -> None:
    """Leaders and office of the asking unit."""
    if not actions.find_proposal_roles(by, actions.find_proposal(proposal), at=at).asks:
        raise Refused


def may_decide(by: Acting, /, *, at: datetime, proposal: UUID, **_: Any) -> None:
    """Leaders of the government that decides."""
    if not actions.find_proposal_roles(by, actions.find_proposal(proposal), at=at).decides:
        raise Refused


@page(may=may_read)
def show_proposal(request: DoorRequest, by: Acting, proposal: UUID) -> HttpResponse:
    """One draft with its history."""
    return proposal_page(request, by, proposal, {})


@page(may=may_follow)
def go_to_proposal(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """Redirect from the question put up to the draft it belongs to."""
    return SeeOther(reverse("observatory:subject", args=[actions.find_proposal_of_loop(loop).id]))


def proposal_page(
    request: DoorRequest, by: Acting, number: UUID, typed: Mapping[str, str], error: YunzhangError | None = None
) -> HttpResponse:
    """Return the page of a draft; what was typed and could not be done stays in its field."""
    one = actions.find_proposal(number)
    roles = actions.find_proposal_roles(by, one, at=request.at)
    asked = actions.find_asked_of(one, at=request.at)
    units = org.find_units({one.unit, one.asker, one.decider, *({asked} if asked else ())})
    names = short_names([one.suggestion])
    begins, ends = advice.window_days(one.suggestion["window"])
    has_rows = bool(one.suggestion["rows"])
    context = {
        "proposal": one,
        "step": advice.step_of(one.step),
        "roles": roles,
        "unit": units[one.unit],
        "asker": units[one.asker],
        "decider": units[one.decider],
        "asked": units.get(asked or 0),
        "card": make_card(one.suggestion, names, one.suggestion["high"], (), None),
        "begins": begins,
        "ends": ends,
        "href": rows_href(one.suggestion, *read_window(one.suggestion)) if has_rows else "",
        "achieved": find_achieved(by, one, at=request.at),
        "usual_day": actions.find_decision_day(request.at),
        "today": request.at,
        "typed": typed,
        "error": explain(error) if error else None,
        "timeline": describe(one),
        "issue": issue_href(one) if one.step is Step.ADOPTED and (roles.asks or roles.decides) else "",
    }
    return render(request, "observatory/proposal.html", context, status=STATUS[error.category] if error else 200)


def read_window(suggestion: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    """Return the window a suggestion was computed for, (from, to]."""
    window = suggestion["window"]
    begins = datetime.fromisoformat(window["from"]) if window["from"] else None
    return begins, datetime.fromisoformat(window["to"])


def find_achieved(by: Acting, one: Proposal, *, at: datetime) -> dict[str, Any] | None:
    """Return the same rows before the decision and since, where it was adopted and computed again since."""
    if one.step is not Step.ADOPTED:
        return None
    body = actions.find_facet(actions.find_place(by, one.unit, at=at), FACET)
    found: dict[str, Any] | None = (body or {"achieved": {}})["achieved"].get(str(one.id))
    return found


def issue_href(one: Proposal) -> str:
    """Return the issue form of 交办 with title and requirement filled in; to whom and by when a person says there."""
    known = {"title": one.title.removeprefix("建议"), "requirement": one.text, "name": str(one.decider)}
    return f"{reverse('directives:new')}?{urlencode(known)}"


def describe(one: Proposal) -> list[dict[str, Any]]:
    """Return what was done, by whom from which post on that day, with the texts still held."""
    rows = actions.list_proposal_record(one)
    entries = [entry for entry, _texts in rows]
    units = org.find_units({each.unit for each in entries if each.unit is not None})
    posts = {post for each in entries for post in (each.post, each.on_behalf) if post is not None}
    signed = org.find_signatures(posts, {each.person for each in entries if each.person})
    said = ["", *(texts.get("text", "") for _entry, texts in rows)]
    return [
        {
            "entry": entry,
            "verb": verb_of(entry),
            "unit": units[entry.unit].name if entry.unit in units else "",
            "post": signed.title(entry.post),
            "person": signed.name(entry.person),
            "on_behalf": signed.title(entry.on_behalf),
            "texts": [
                texts[name]
                for name in ("text", "reason")
                if texts.get(name) and not (name == "text" and texts[name] == before)  # put up as it was worded
            ],
        }
        for before, (entry, texts) in zip(said, rows, strict=False)
    ]


def verb_of(entry: Entry) -> str:
    """Return an entry's verb in the reader's words."""
    if entry.verb == DraftNote.DECIDED:
        return _(DECISIONS[str(entry.data["decision"])])
    return _(NOTES[DraftNote(entry.verb)])


def attempt(
    request: DoorRequest, by: Acting, proposal: UUID, said: str, do: Callable[[Mapping[str, str]], object]
) -> HttpResponse:
    """Do what a form asks and go back to the draft; where it cannot be done, show it again with what was typed."""
    typed = {name: request.POST.get(name, "").strip() for name in ("text", "reason", "due_on", "version", "decision")}
    try:
        do(typed)
    except YunzhangError as error:
        if error.category not in ("invalid", "conflict"):
            raise
        return proposal_page(request, by, proposal, typed, error)
    return done(request, reverse("observatory:subject", args=[proposal]), said)


def needed(typed: Mapping[str, str], name: str, label: str) -> str:
    """Return a required text. Raises Invalid."""
    if not typed[name]:
        raise Invalid(field=label, problem=zh("不能为空"))
    return typed[name]


def version_of(typed: Mapping[str, str]) -> int:
    """Return the version the person saw; an unreadable one matches none."""
    return int(typed["version"]) if typed["version"].isdigit() else 0


def day_of_form(typed: Mapping[str, str]) -> date:
    """Return the day a decision is asked for. Raises Invalid."""
    try:
        return date.fromisoformat(typed["due_on"])
    except ValueError:
        raise Invalid(field=zh("请于何日前批复"), problem=zh("请按 2026-11-23 的形式填写日期")) from None


@change(may=may_ask)
def revise(request: DoorRequest, by: Acting, proposal: UUID) -> HttpResponse:
    """Reword the draft, or put it up as worded here."""
    is_put = request.POST.get("then") == "submit"

    def do(typed: Mapping[str, str]) -> object:
        text, seen = needed(typed, "text", zh("拟办意见")), version_of(typed)
        if is_put:
            return actions.submit_proposal(by, proposal, text, version=seen, due_on=day_of_form(typed), at=request.at)
        return actions.revise_proposal(by, proposal, text, version=seen, at=request.at)

    return attempt(request, by, proposal, _("已呈批。") if is_put else _("拟办意见已保存。"), do)


@change(may=may_ask)
def recall(request: DoorRequest, by: Acting, proposal: UUID) -> HttpResponse:
    """Take the question back before anybody decided."""

    def do(typed: Mapping[str, str]) -> object:
        reason = needed(typed, "reason", zh("撤回理由"))
        return actions.recall_proposal(by, proposal, reason, version=version_of(typed), at=request.at)

    return attempt(request, by, proposal, _("已撤回，可修改后再呈批。"), do)


@change(may=may_ask)
def drop(request: DoorRequest, by: Acting, proposal: UUID) -> HttpResponse:
    """Discard the draft; it stays in the record."""

    def do(typed: Mapping[str, str]) -> object:
        reason = needed(typed, "reason", zh("不再办理的理由"))
        return actions.drop_proposal(by, proposal, reason, version=version_of(typed), at=request.at)

    return attempt(request, by, proposal, _("已作不再办理处理，记录保留。"), do)


@change(may=may_decide)
def decide(request: DoorRequest, by: Acting, proposal: UUID) -> HttpResponse:
    """Adopt or not, with the reason."""

    def do(typed: Mapping[str, str]) -> object:
        if typed["decision"] not in ("adopt", "decline"):
            raise Invalid(field=zh("决定"), problem=zh("没有这个选项"))
        reason, seen = needed(typed, "reason", zh("理由")), version_of(typed)
        is_adopted = typed["decision"] == "adopt"
        return actions.decide_proposal(by, proposal, adopted=is_adopted, reason=reason, version=seen, at=request.at)

    return attempt(request, by, proposal, _("决定已记录并告知呈批单位。"), do)


urlpatterns = [
    path("suggestions/<uuid:proposal>", show_proposal, name="subject"),
    path("suggestions/<uuid:proposal>/revise", revise, name="revise"),
    path("suggestions/<uuid:proposal>/recall", recall, name="recall"),
    path("suggestions/<uuid:proposal>/drop", drop, name="drop"),
    path("suggestions/<uuid:proposal>/decide", decide, name="decide"),
    path("matters/<uuid:loop>", go_to_proposal, name="matter"),
]
