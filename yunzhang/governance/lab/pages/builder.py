"""The scenario builder: each press keeps the form as it stands under an address of its own, so that nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import yaml
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.clock import day_of
from yunzhang.base.errors import YunzhangError
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.draft import (
    DAYS,
    Form,
    add_step,
    edit_step,
    form_of,
    leave_step,
    load_file,
    move_scope,
    read_form,
    remove_step,
    whole,
)
from yunzhang.governance.lab.pages.form import show_form
from yunzhang.governance.lab.pages.saying import mark
from yunzhang.governance.lab.rules.scenarios import say_field, write_scenario
from yunzhang.governance.lab.terms import Experiment, StepNotAdded
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, SeeOther, change, done, page, remember_language
from yunzhang.kit.lists import disposition

SPOTS = dict.fromkeys(("add", "remove", "load"), "#s-scenario") | dict.fromkeys(
    ("edit", "leave", "choose", "look"), "#s-add"
)  # where one goes on reading after a press


def may_simulate(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Offices, leaders of governments and researchers; of which unit the form says, and the page asks again."""
    actions.verify_may_simulate(by, at=at)


def may_copy(by: Acting, /, *, at: Any, experiment: UUID, **_: Any) -> None:
    """Who sees an experiment and may run simulations of the unit it is about."""
    actions.verify_may_change(by, experiment, at=at)


def may_continue(by: Acting, /, *, at: Any, draft: UUID, **_: Any) -> None:
    """Who wrote a draft, while one may simulate its unit."""
    actions.verify_may_simulate(by, at=at)
    actions.verify_may_run(by, int(actions.find_draft(by, draft)["unit"]), at=at)


@page(may=may_simulate)
def show_new(request: DoorRequest, by: Acting) -> HttpResponse:
    """The empty builder for a unit, by default one's own."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isascii() and asked.isdigit() else actions.find_scope(by, at=request.at)
    actions.verify_may_run(by, unit, at=request.at)
    first = (day_of(request.at).replace(day=1) + timedelta(days=32)).replace(day=1)
    given = {"title": "", "begins": first.isoformat(), "days": DAYS, "what_ifs": []}
    return show_form(request, Form(unit, given, on=first.isoformat()), f"{reverse('lab:new')}?unit={unit}")


@page(may=may_continue)
def show_draft(request: DoorRequest, by: Acting, draft: UUID) -> HttpResponse:
    """The builder as it stood after a press."""
    return show_form(request, form_of(actions.find_draft(by, draft)), reverse("lab:draft", args=[draft]))


@page(may=may_copy)
def show_again(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """The builder with the scenario of an experiment, to change it and run it again."""
    form = _form_again(by, actions.find_experiment(experiment), request)
    return show_form(request, form, reverse("lab:again", args=[experiment]))


def _form_again(by: Acting, found: Experiment, request: DoorRequest) -> Form:
    basis = str(actions.find_provenance(found)["basis"])
    allowed = basis if basis in actions.find_bases(by, found.unit, at=request.at) else ""
    return Form(found.unit, found.scenario, str(found.runs), str(found.seed), allowed, on=str(found.scenario["begins"]))


@change(may=may_simulate)
def build(request: DoorRequest, by: Acting) -> HttpResponse:
    """One press in the builder: another kind of what-if or unit to look at, add, change or remove one, load a file."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    press, _colon, place = request.POST.get("press", "").partition(":")
    if press == "scope":
        return _move(request, form)
    try:
        form = _pressed(request, form, press, place)
    except YunzhangError as error:
        return _refuse(request, form, error)
    answer = SeeOther(_keep(request, form) + SPOTS.get(press, ""))
    return remember_language(answer, place) if press == "language" else answer


def _pressed(request: DoorRequest, form: Form, press: str, place: str) -> Form:
    presses = {
        "add": lambda: add_step(form, request),
        "edit": lambda: edit_step(form, place),
        "leave": lambda: leave_step(form),
        "remove": lambda: remove_step(form, place),
        "look": lambda: replace(form, at=place),
        "load": lambda: load_file(form, request),
    }
    return presses[press]() if press in presses else form


def _move(request: DoorRequest, form: Form) -> HttpResponse:
    # to another unit, with all that does not name a unit outside it
    unit = whole(request.POST.get("scope", ""), _("推演范围"))
    actions.verify_may_run(request.by, unit, at=request.at)
    moved, lost = move_scope(form, unit, request)
    said = _("已更换推演范围。%(count)s 项措施涉及范围外的单位，没有带过来；返回上一页可以找回。") % {"count": lost}
    return done(request, _keep(request, moved), said if lost else "")


def _keep(request: DoorRequest, form: Form) -> str:
    return reverse("lab:draft", args=[actions.keep_draft(form.plain, by=request.by, at=request.at)])


def _refuse(request: DoorRequest, form: Form, error: YunzhangError) -> HttpResponse:
    # what is wrong above the form as it was typed, which is kept all the same
    return show_form(request, form, _keep(request, form), error)


@change(may=may_simulate)
def download(request: DoorRequest, by: Acting) -> HttpResponse:
    """The draft as a scenario file, every value written out."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    try:
        scenario = actions.read_given(form.given, form.unit, at=request.at)
    except YunzhangError as error:
        return _refuse(request, form, error)
    return yaml_answer(write_scenario(scenario))


@change(may=may_simulate)
def run(request: DoorRequest, by: Acting) -> HttpResponse:
    """Ask for the runs and open their page; what is wrong is told above the form as it was."""
    form = read_form(request)
    actions.verify_may_run(by, form.unit, at=request.at)
    if form.editing or form.units:
        return _refuse(request, form, StepNotAdded())
    return _ask(request, by, form)


@change(may=may_copy)
def repeat(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """Ask for the runs of an experiment once more as they were, in the government as it is today."""
    return _ask(request, by, _form_again(by, actions.find_experiment(experiment), request))


def _ask(request: DoorRequest, by: Acting, form: Form) -> HttpResponse:
    # a page the browser kept holds the same act key: another form is another act, the same pressed twice is one
    kept = _keep(request, form)
    once = replace(by, request=uuid5(by.request, json.dumps(form.plain, sort_keys=True)))
    try:
        runs, seed = (whole(getattr(form, name), say_field(label, name)) for name, label in actions.ASKED.items())
        receipt = actions.ask_experiment(once, form.unit, form.given, runs, seed, at=request.at, basis=form.basis)
    except YunzhangError as error:
        return show_form(request, form, kept, error)
    return SeeOther(reverse("lab:experiment", args=[actions.find_asked(receipt)]))


def yaml_answer(plain: Any) -> HttpResponse:
    """Return plain values as a YAML file to keep."""
    text = yaml.safe_dump(json.loads(json.dumps(plain)), allow_unicode=True, sort_keys=False, width=110)
    name = {"Content-Disposition": disposition("scenario.yaml")}
    return HttpResponse(f"# {mark()}\n{text}", content_type="application/yaml; charset=utf-8", headers=name)


urlpatterns = [
    path("new", show_new, name="new"),
    path("drafts/<uuid:draft>", show_draft, name="draft"),
    path("<uuid:experiment>/again", show_again, name="again"),
    path("<uuid:experiment>/repeat", repeat, name="repeat"),
    path("build", build, name="build"),
    path("build/scenario.yaml", download, name="download"),
    path("run", run, name="run"),
]
