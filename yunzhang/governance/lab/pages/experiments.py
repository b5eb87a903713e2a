"""Experiments 情景推演: the list, how far one is, stopping, removing it, opening a run of it as a study."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.errors import Refused
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages import results, tables
from yunzhang.governance.lab.pages.builder import yaml_answer
from yunzhang.governance.lab.pages.saying import list_tabs, mark, say_failure, say_name, state_words
from yunzhang.governance.lab.terms import Experiment, NoSuchExperiment, State
from yunzhang.governance.observatory import actions as observatory
from yunzhang.governance.observatory.terms import MayNotLoad
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, SeeOther, change, done, page, render
from yunzhang.kit.jobs import enqueue, find_job

BUSY = (State.WAITING, State.RUNNING)


def may_open(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Everybody who acts from a post but administrators; the list is narrowed to what the post may see."""
    actions.verify_may_read_findings(by, at=at)


def may_see(by: Acting, /, *, at: Any, experiment: UUID, **_: Any) -> None:
    """Who may see the placement of the unit it is about."""
    actions.verify_may_see_experiment(by, experiment, at=at)


def may_change(by: Acting, /, *, at: Any, experiment: UUID, **_: Any) -> None:
    """Who sees it and may run simulations of the unit it is about."""
    actions.verify_may_change(by, experiment, at=at)


def may_study(by: Acting, /, *, at: Any, experiment: UUID, **_: Any) -> None:
    """Who may load studies, of what one may see."""
    observatory.verify_may_load(by, at=at)
    actions.verify_may_see_experiment(by, experiment, at=at)


@page(may=may_open)
def show_list(request: DoorRequest, by: Acting) -> HttpResponse:
    """The experiments one may see, the newest first, and the way to the findings that concern no office."""
    found = actions.list_experiments(by, at=request.at)
    units = org.find_units({one.unit for one in found}) if found else {}
    signed = org.find_signatures({one.post for one in found if one.post}, {one.person for one in found})
    words = state_words()
    rows = [
        {
            "one": one,
            "called": say_name(one),
            "unit": units[one.unit].name,
            "who": signed.name(one.person) or signed.title(one.post),
            "state": words[one.state],
            "is_busy": one.state in BUSY,
            "is_done": one.state is State.DONE,
        }
        for one in found
    ]
    context = {
        "rows": rows,
        "tabs": list_tabs("home"),
        "mark": mark(),
        "may_run": actions.tell_may_simulate(by, at=request.at),
    }
    context["open"] = actions.find_open_draft(by, at=request.at) if context["may_run"] else None
    return render(request, "lab/experiments.html", context)


@page(may=may_see)
def show_experiment(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """How far an experiment is, or what it came to."""
    found = actions.find_experiment(experiment)
    context = _frame(request, by, found)
    if found.state is State.DONE:
        is_research = org.find_reader(int(request.user.pk or 0)) == "research"
        context |= _study(request, found)
        context |= results.describe(found, names=results.unit_names(found), is_research=is_research)
    return render(request, "lab/experiment.html", context)


def _frame(request: DoorRequest, by: Acting, found: Experiment) -> dict[str, Any]:
    signed = org.find_signatures({found.post} if found.post else set(), {found.person})
    return {
        "one": found,
        "called": say_name(found),
        "mark": mark(found.scenario),
        "unit": org.find_unit(found.unit).name,
        "who": signed.name(found.person) or signed.title(found.post),
        "state": state_words()[found.state],
        "is_busy": found.state in BUSY,
        "is_done": found.state is State.DONE,
        "steps": results.list_steps(found),
        "failure": say_failure(found),
        "may_change": _passes(may_change, by, request, found),
        "may_study": _passes(may_study, by, request, found),
    }


def _passes(may: Any, by: Acting, request: DoorRequest, found: Experiment) -> bool:
    try:
        may(by, at=request.at, experiment=found.id)
    except (Refused, MayNotLoad):
        return False
    return True


@page(may=may_see)
def show_progress(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """The part of the page that says how far it is; at the end the page is asked for anew."""
    found = actions.find_experiment(experiment)
    answer = render(request, "lab/_progress.html", {"one": found, "state": state_words()[found.state], "is_busy": True})
    if found.state not in BUSY:
        answer["HX-Refresh"] = "true"
    return answer


@page(may=may_see)
def export_table(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """One table of what it came to as a workbook, by default all figures by month."""
    return tables.workbook(_finished(experiment), request.GET.get("of", "months"))


@page(may=may_see)
def export_scenario(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """The scenario as a file."""
    return yaml_answer(actions.find_experiment(experiment).scenario)


@change(may=may_change)
def cancel(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """Stop it; its runs are dropped."""
    actions.cancel_experiment(by, experiment, at=request.at)
    return SeeOther(reverse("lab:experiment", args=[experiment]))


@change(may=may_change)
def remove(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """Remove it with all its runs."""
    actions.remove_experiment(by, experiment, at=request.at)
    return done(request, reverse("lab:home"), _("已移除这次推演"))


@change(may=may_study)
def open_study(request: DoorRequest, by: Acting, experiment: UUID) -> HttpResponse:
    """Open its first run with the what-ifs as a study, marked simulated; pressed again it is the same study."""
    found = _finished(experiment)
    study = actions.find_study_of(experiment)
    if study:
        return SeeOther(reverse("observatory:study", args=[study]))
    title = _("%(title)s（模拟推演）") % {"title": say_name(found)}
    told = {"experiment": str(experiment), "title": title, "person": by.person, "post": by.post, "unit": by.unit}
    number = enqueue("lab_study", told, at=request.at, request=by.request)
    return SeeOther(f"{reverse('lab:experiment', args=[experiment])}?opening={number}")


def _study(request: DoorRequest, found: Experiment) -> dict[str, Any]:
    # the study it was opened as, or whether the worker is at it
    study = actions.find_study_of(found.id)
    asked = request.GET.get("opening", "")
    job = find_job(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    is_opening = not study and job is not None and job.name == "lab_study" and job.state in ("waiting", "running")
    return {"study": study, "is_opening": is_opening, "not_opened": found.facts.get("not_opened", "")}


def _finished(experiment: UUID) -> Experiment:
    found = actions.find_experiment(experiment)
    if found.state is not State.DONE:
        raise NoSuchExperiment
    return found


urlpatterns = [
    path("", show_list, name="home"),
    path("<uuid:experiment>", show_experiment, name="experiment"),
    path("<uuid:experiment>/progress", show_progress, name="progress"),
    path("<uuid:experiment>/table.xlsx", export_table, name="table"),
    path("<uuid:experiment>/scenario.yaml", export_scenario, name="scenario"),
    path("<uuid:experiment>/cancel", cancel, name="cancel"),
    path("<uuid:experiment>/remove", remove, name="remove"),
    path("<uuid:experiment>/study", open_study, name="open_study"),
]
