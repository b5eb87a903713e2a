"""The scenario builder: a form that carries its draft along, so that it works without a script and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import yaml
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Sentence, YunzhangError
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.draft import (
    DAYS,
    Form,
    add_step,
    edit_step,
    load_file,
    read_form,
    remove_step,
    whole,
)
from yunzhang.governance.lab.pages.organisation import View, draw_organisation, look_at
from yunzhang.governance.lab.pages.saying import basis_words, mark, say_step, say_title
from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY, Field, write_scenario
from yunzhang.governance.lab.terms import BadScenario, Do
from yunzhang.governance.lab.words.sentences import say_kind, say_what_if
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, SeeOther, change, page, render
from yunzhang.kit.lists import disposition
from yunzhang.kit.wording import explain

OFFICIAL = ("government", "department")


def may_simulate(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Offices, leaders of governments and researchers; of which unit the form says, and the page asks again."""
    actions.verify_may_simulate(by, at=at)


def may_copy(by: Acting, /, *, at: Any, experiment: UUID, **_: Any) -> None:
    """Who sees an experiment and may run simulations of the unit it is about."""
    actions.verify_may_change(by, experiment, at=at)


@page(may=may_simulate)
def show_new(request: DoorRequest, by: Acting) -> HttpResponse:
    """The empty builder for a unit, by default one's own."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isascii() and asked.isdigit() else actions.find_scope(by, at=request.at)
    actions.verify_may_run(by, unit, at=request.at)
    first = (day_of(request.at).replace(day=1) + timedelta(days=32)).replace(day=1)
    given = {"title": "", "begins": first.isoformat(), "days": DAYS, "what_ifs": []}
    return _show(request, Form(unit, given, on=first.isoformat()))


@page(may=may_copy)
def show_again(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """The builder with the scenario of an experiment, to change it and run it again."""
    found = actions.find_experiment(experiment)
    runs, seed = str(found.runs), str(found.seed)
    return _show(request, Form(found.unit, found.scenario, runs, seed, on=str(found.scenario["begins"])))


@change(may=may_simulate)
def build(request: DoorRequest, by: Acting) -> HttpResponse:
    """One press in the builder: another kind of what-if or unit to look at, add, change or remove one, load a file."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    press, _colon, place = request.POST.get("press", "").partition(":")
    try:
        if press == "add":
            form = add_step(form, request)
        elif press == "edit":
            form = edit_step(form, place)
        elif press == "remove":
            form = remove_step(form, place)
        elif press == "look":
            form = replace(form, at=place)
        elif press == "load":
            form = load_file(form, request)
    except YunzhangError as error:
        return _show(request, form, error)
    return _show(request, form)


@change(may=may_simulate)
def download(request: DoorRequest, by: Acting) -> HttpResponse:
    """The draft as a scenario file, every value written out."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    try:
        scenario = actions.read_given(form.given, form.unit, at=request.at)
    except YunzhangError as error:
        return _show(request, form, error)
    return yaml_answer(write_scenario(scenario))


@change(may=may_simulate)
def run(request: DoorRequest, by: Acting) -> HttpResponse:
    """Ask for the runs and open their page; what is wrong is told above the form as it was."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    try:
        runs, seed = whole(form.runs, _("运行次数")), whole(form.seed, _("种子"))
        receipt = actions.ask_experiment(by, form.unit, form.given, runs, seed, at=request.at, basis=form.basis)
    except YunzhangError as error:
        return _show(request, form, error)
    return SeeOther(reverse("lab:experiment", args=[actions.find_asked(receipt)]))


def yaml_answer(plain: Any) -> HttpResponse:
    """Return plain values as a YAML file to keep."""
    text = yaml.safe_dump(json.loads(json.dumps(plain)), allow_unicode=True, sort_keys=False, width=110)
    name = {"Content-Disposition": disposition("scenario.yaml")}
    return HttpResponse(f"# {mark()}\n{text}", content_type="application/yaml; charset=utf-8", headers=name)


# ---- showing it


def _show(request: DoorRequest, form: Form, error: YunzhangError | None = None) -> HttpResponse:
    part = actions.find_part(form.unit, at=request.at)
    rows = part.units.to_pylist()
    names = {str(row["id"]): str(row["name"]) for row in rows}
    official = [row for row in rows if row["kind"] in OFFICIAL]
    upper = {str(row["parent"]) for row in official}
    view = look_at(official, form.at, set(form.units), part.vertical)
    least, most = HOW_MANY[form.do]
    wrong, words = _row_of(error), basis_words()
    bases = actions.find_bases(request.by, form.unit, at=request.at)
    context = {
        "form": form,
        "here": f"{reverse('lab:new')}?unit={form.unit}",
        "mark": mark(),
        "error": explain(error) if error else None,
        "name": names[str(form.unit)],
        "places": [(str(row["id"]), row["name"]) for row in official if _is_scope(row, upper)],
        "view": view,
        "pictures": [(width, draw_organisation(view, width=width)) for width in ("wide", "narrow")] if most else [],
        "is_alone": len(official) < 2,
        "draft": json.dumps(form.given, ensure_ascii=False),
        "steps": [
            say_step(one, names) | {"said": say_what_if(one, names), "is_wrong": turn == wrong}
            for turn, one in enumerate(form.given["what_ifs"], 1)
        ],
        "is_new_wrong": wrong > len(form.given["what_ifs"]),
        "kinds": [(str(each), say_title(each)) for each in Do],
        "tried": say_kind(form.do),
        "bases": [(name, words[name], name == (form.basis or bases[0])) for name in bases],
        "fields": [_describe(each, form, _within_reach(view, names, form)) for each in FIELDS[form.do]],
        "has_programme": any(each.name == "programme" for each in FIELDS[form.do]),
        "programme_share": form.values.get("programme_share", "0.3"),
        "how_many": _("%(least)s 到 %(most)s 个单位") % {"least": least, "most": most},
        "runs": (actions.FEWEST_RUNS, actions.MOST_RUNS),
        "last": _last_day(form.given),
    }
    return render(request, "lab/builder.html", context, status=422 if error else 200)


def _is_scope(row: Mapping[str, Any], upper: Collection[str]) -> bool:
    return row["kind"] == "government" and str(row["id"]) in upper


def _row_of(error: YunzhangError | None) -> int:
    # the place of the what-if an error is about, counted from 1; 0 where it is about none
    at: Any = error.params.get("at") if isinstance(error, BadScenario) else None
    while isinstance(at, Sentence):
        if "place" in at.params:
            return int(str(at.params["place"]))
        at = at.params.get("at")
    return 0


def _within_reach(view: View, names: Mapping[str, str], form: Form) -> list[tuple[str, str]]:
    # units one may name in a field: those in the picture, and what stands there already
    shown = [*view.way, view.head, *view.departments, *view.places]
    found = {tile.id: tile.whole for tile in shown}
    kept = {value: names[value] for value in form.values.values() if value in names}
    return list((found | kept).items())


def _last_day(given: Mapping[str, Any]) -> str:
    try:
        return (date.fromisoformat(str(given["begins"])) + timedelta(int(given["days"]) - 1)).isoformat()
    except (KeyError, ValueError, OverflowError):
        return ""


def _describe(each: Field, form: Form, units: list[tuple[str, str]]) -> dict[str, Any]:
    words = {"citizen": _("群众"), "enterprise": _("企业"), "organisation": _("社会组织")}
    options = [(choice, words.get(choice, choice)) for choice in each.choices]
    if each.kind == "unit":
        options = [("", "–"), *units]
    default = f"{each.default:g}" if isinstance(each.default, float | int) else each.default
    is_number = each.kind in ("number", "share", "days")
    return {
        "name": f"v_{each.name}",
        "label": _(each.label),
        "value": form.values.get(each.name, default),
        "options": options,
        "is_number": is_number,
        "low": f"{each.low:g}",
        "high": f"{each.high:g}",
        "step": "1" if each.kind == "days" else "any",
    }  # fmt: skip


urlpatterns = [
    path("new", show_new, name="new"),
    path("<uuid:experiment>/again", show_again, name="again"),
    path("build", build, name="build"),
    path("build/scenario.yaml", download, name="download"),
    path("run", run, name="run"),
]
