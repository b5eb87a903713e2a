"""The issue form: in whose name, to whom, on which authority; the gate's answer with the lawful forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Authority, GateClosed, Involved, Remedy, Sentence, UnitKind, Verdict
from yunzhang.kit.doors import DoorRequest, change, done, page, render
from yunzhang.kit.wording import data, explain
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.pages import may
from yunzhang.vertical.directives.pages.acts import parse_day, read_text
from yunzhang.vertical.directives.pages.groups import Group, list_groups
from yunzhang.vertical.directives.terms import SOURCE_LABELS, URGENCY_LABELS, Order, Source, Urgency

AUTHORITY_LABELS = {
    Authority.OWN: zh("本机关职权，负责同志签发"),
    Authority.MINUTES: zh("会议纪要"),
    Authority.INSTRUCTION: zh("领导批示"),
    Authority.CONSENT: zh("经政府同意"),
}
DIRECT = frozenset({Remedy.GOVERNMENT_NAME, Remedy.CONSENT, Remedy.COPY})  # the form itself can take these
ROWS = 3  # departments a form can name as concerned


@dataclass(frozen=True, slots=True)
class Blocked:
    """What the gate said of some addressees, and the lawful forms; a remedy the form can take is a button."""

    explanation: str
    source: str
    names: tuple[str, ...]
    remedies: tuple[tuple[str, str], ...]  # remedy (or "" where a person must act elsewhere), label


def say(sentence: Sentence) -> str:
    """Return a sentence of the gate in the reader's language."""
    return _(sentence.text) % {name: data(text) for name, text in sentence.params.items()}


def form_context(by: Acting, request: DoorRequest, values: QueryDict) -> dict[str, Any]:
    """Return everything the form shows: names to issue in, groups for the chosen one, what was typed already."""
    names = org.find_units(actions.list_names(by, at=request.at))
    chosen = read_name(values, list(names))
    usual = Authority.OWN if chosen == by.unit else Authority.MINUTES
    return {
        "names": list(names.values()),
        "chosen": chosen,
        "groups": list_groups(chosen, day_of(request.at)),
        "values": values,
        "copied_to": values.getlist("copied_to"),
        "ticked": set(values.getlist("to")),
        "ticked_groups": set(values.getlist("group")),
        "sources": [(one.value, _(SOURCE_LABELS[one])) for one in Source],
        "urgencies": [(one.value, _(URGENCY_LABELS[one])) for one in Urgency],
        "authority": values.get("authority", usual.value),
        "authorities": [(one.value, _(AUTHORITY_LABELS[one])) for one in Authority],
        "programmes": actions.list_programmes(),
        "involved": [
            (number, values.get(f"involves-{number}", ""), values.get(f"agreed-{number}", "")) for number in range(ROWS)
        ],
        "colleagues": [unit for unit in org.list_place(names[chosen].jurisdiction) if unit.kind is UnitKind.DEPARTMENT],
        "today": day_of(request.at),
    }


def read_name(values: QueryDict, names: Sequence[int]) -> int:
    """Return the unit in whose name to issue; the office's government first where both are open."""
    text = values.get("name", "")
    chosen = int(text) if text.isdigit() else None
    return chosen if chosen is not None and chosen in names else names[-1]


@page(may=may.issue)
def show_form(request: DoorRequest, by: Acting) -> HttpResponse:
    """The empty form; `?name=` chooses the name and with it the addressees offered."""
    return render(request, "directives/issue.html", form_context(by, request, request.GET))


@change(may=may.issue)
def issue(request: DoorRequest, by: Acting) -> HttpResponse:
    """Issue; what is wrong is said above the form, and nothing typed is lost."""
    values = request.POST.copy()
    if "choose" in values:  # without JavaScript the name is chosen by a button, which must not lose what was typed
        return render(request, "directives/issue.html", form_context(by, request, values))
    try:
        order = take_remedy(by, read_order(by, request, values), values, request)
        actions.issue_directive(by, order, at=request.at)
    except YunzhangError as error:
        if error.category not in ("invalid", "missing"):
            raise
        context = {**form_context(by, request, values), "error": explain(error)}
        if isinstance(error, GateClosed):
            context["blocked"] = blocked(by, read_order(by, request, values), request)
        return render(request, "directives/issue.html", context, status=422)
    said = _("已印发，共 %(n)d 个责任单位。") % {"n": len(order.to)}
    return done(request, f"{reverse('matters:list')}?side=owed", said)


def blocked(by: Acting, order: Order, request: DoorRequest) -> list[Blocked]:
    """Return the refusals of the gate, one for each reason, with the units it concerns."""
    by_reason: dict[str, list[int]] = {}
    verdicts = actions.preview_order(by, order, at=request.at)
    for unit, verdict in verdicts.items():
        if not verdict.allowed:
            by_reason.setdefault(f"{verdict.rule}{verdict.explanation}", []).append(unit)
    names = {unit.id: unit.name for unit in org.find_units(order.to).values()}
    return [refusal(verdicts[units[0]], tuple(names[unit] for unit in units)) for units in by_reason.values()]


def refusal(verdict: Verdict, names: tuple[str, ...]) -> Blocked:
    """Return one refusal as the form shows it."""
    ways = [(one.remedy.value if one.remedy in DIRECT else "", say(one.label)) for one in verdict.alternatives]
    return Blocked(say(verdict.explanation), say(verdict.source), names, tuple(ways))


def take_remedy(by: Acting, order: Order, values: QueryDict, request: DoorRequest) -> Order:
    """Return the order in the lawful form the reader took, if any; the form then shows it so."""
    wanted = values.get("take", "")
    if not wanted:
        return order
    for verdict in actions.preview_order(by, order, at=request.at).values():
        for one in verdict.alternatives:
            if one.remedy.value == wanted:
                taken = replace(
                    order,
                    in_name_of=one.ask.in_name_of,
                    authority=one.ask.authority,
                    copied_to=tuple(sorted({*order.copied_to, *one.ask.copied_to})),
                )
                values["name"], values["authority"] = str(taken.in_name_of), taken.authority.value
                values.setlist("copied_to", [str(unit) for unit in taken.copied_to])
                return taken
    return order


def read_order(by: Acting, request: DoorRequest, values: QueryDict) -> Order:
    """Return the order the form holds. Raises: Invalid naming the field."""
    name = read_name(values, actions.list_names(by, at=request.at))
    to = read_addressees(values, list_groups(name, day_of(request.at)))
    if not to:
        raise Invalid(field=zh("责任单位"), problem=zh("请至少勾选一个单位"))
    return Order(
        in_name_of=name,
        to=to,
        title=read_text(request, "title", zh("标题")),
        requirement=read_text(request, "requirement", zh("办理要求")),
        due_on=parse_day(values.get("due_on", ""), zh("办结时限")),
        report_on=tuple(
            parse_day(day, zh("反馈日期")) for day in values.get("report_on", "").replace("、", " ").split()
        ),
        programme=values.get("programme", "").strip(),
        source=read_choice(Source, values.get("source", ""), zh("来源")),
        number=values.get("number", "").strip(),
        urgency=read_choice(Urgency, values.get("urgency", ""), zh("紧急程度")),
        authority=read_choice(Authority, values.get("authority", ""), zh("办理依据")),
        authority_number=values.get("authority_number", "").strip(),
        involves=read_involved(values),
        copied_to=tuple(int(text) for text in values.getlist("copied_to") if text.isdigit()),
    )


def read_choice(kind: Any, text: str, label: str) -> Any:
    """Return the chosen value. Raises: Invalid."""
    try:
        return kind(text)
    except ValueError:
        raise Invalid(field=label, problem=zh("没有这个选项")) from None


def read_addressees(values: QueryDict, groups: Iterable[Group]) -> tuple[int, ...]:
    """Return the units ticked one by one or as a group, each once, in the order offered."""
    ticked, whole = set(values.getlist("to")), set(values.getlist("group"))
    found = [unit.id for group in groups for unit in group.units if group.key in whole or str(unit.id) in ticked]
    return tuple(dict.fromkeys(found))


def read_involved(values: QueryDict) -> tuple[Involved, ...]:
    """Return the departments concerned and the numbers of their consent."""
    rows = [
        (values.get(f"involves-{number}", ""), values.get(f"agreed-{number}", "").strip()) for number in range(ROWS)
    ]
    agreed = {int(unit): number for unit, number in rows if unit.isdigit()}
    names = org.find_units(agreed)
    return tuple(Involved(unit, names[unit].name, number) for unit, number in agreed.items() if unit in names)
