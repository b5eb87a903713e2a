"""Calibration of a unit to its record: estimates, months held out, months to come, and what is not forecast."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from yunzhang.base.errors import Missing, Refused
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages import calibration_tables
from yunzhang.governance.lab.pages.saying import list_tabs
from yunzhang.governance.lab.rules.calibration.whole import Calibration
from yunzhang.governance.lab.words import calibration as words
from yunzhang.governance.lab.words import months
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, SeeOther, change, page, render
from yunzhang.kit.jobs import enqueue, find_job

BUSY = ("waiting", "running")


def may_open(by: Acting, /, *, at: Any, **_: Any) -> None:
    """Everybody who acts from a post but administrators; of which unit something is shown is asked again."""
    actions.verify_may_read_findings(by, at=at)


def may_calibrate(by: Acting, /, *, at: Any, unit: int, **_: Any) -> None:
    """Who may simulate a unit by its record: who sees its placement and simulates at all."""
    actions.verify_may_calibrate(by, unit, at=at)


@page(may=may_open)
def show_own(request: DoorRequest, by: Acting) -> HttpResponse:
    """The calibration of the unit asked for or one's own; who may see none is told why."""
    asked = request.GET.get("unit", "")
    if asked.isascii() and asked.isdigit():
        return SeeOther(reverse("lab:calibration_of", args=[int(asked)]))
    unit = actions.find_scope(by, at=request.at)
    try:
        actions.verify_may_calibrate(by, unit, at=request.at)
    except Refused:
        closed = {"is_closed": True, "may_compare": actions.tell_may_simulate(by, at=request.at)}
        return render(request, "lab/calibration.html", _frame() | closed)
    return _show(request, by, unit)


@page(may=may_calibrate)
def show_unit(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """The calibration of a unit and all below it."""
    return _show(request, by, unit)


@page(may=may_calibrate)
def export_table(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """One table of the calibration as a workbook, by default the estimates."""
    kept = actions.find_kept_calibration(unit, at=request.at)
    if kept is None:
        raise Missing
    return calibration_tables.workbook(kept.calibration, request.GET.get("of", "estimates"))


@change(may=may_calibrate)
def make(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    """Ask the worker for the calibration by the record of now; asked twice it is one job."""
    asked = actions.request_of_calibration(unit, actions.find_calibration_version(request.at))
    number = enqueue("lab_calibration", {"unit": unit}, at=request.at, request=asked)
    return SeeOther(f"{reverse('lab:calibration_of', args=[unit])}?making={number}")


def _show(request: DoorRequest, by: Acting, unit: int) -> HttpResponse:
    kept = actions.find_kept_calibration(unit, at=request.at)
    is_current = kept is not None and kept.is_current
    context = _frame() | {
        "unit": unit,
        "name": org.find_unit(unit).name,
        "places": actions.list_calibration_scopes(actions.find_scope(by, at=request.at), at=request.at),
        "made_at": None if kept is None else kept.made_at,
        "is_current": is_current,
        "making": "" if is_current else _making(request),
    }
    if kept is not None:
        context |= _describe(kept.calibration)
    return render(request, "lab/calibration.html", context)


def _frame() -> dict[str, Any]:
    return {"tabs": list_tabs("calibration"), "mark": " · ".join(months.list_marks())}


def _making(request: DoorRequest) -> str:
    # how the job stands that was asked for, "" where none is known
    asked = request.GET.get("making", "")
    job = find_job(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    if job is None or job.name != "lab_calibration":
        return ""
    return "busy" if job.state in BUSY else job.state


def _describe(found: Calibration) -> dict[str, Any]:
    refusals = [
        (title, list(words.list_refusals(found, when)))
        for when, title in (("held", _("留出的月份")), ("coming", _("今后各月")))
    ]
    return {
        "sentence": words.say_held(found.summary),
        "rest": words.say_rest(found.summary),
        "months": found.months,
        "legend": months.draw_legend(),
        "kinds": list(months.list_kinds(found)),
        "month_heads": months.month_heads(),
        "scores": _table(words.score_heads(), [words.score_cells(row) for row in words.list_whole(found)]),
        "estimates": _table(words.estimate_heads(), [words.estimate_cells(row) for row in found.estimates]),
        "coming": _table(words.coming_heads(found), [words.coming_cells(row) for row in found.coming]),
        "refusal_heads": words.refusal_heads(),
        "refusals": [(title, rows) for title, rows in refusals if rows],
        "method": words.list_method(),
    }


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> dict[str, Any]:
    return {"heads": heads, "rows": rows}


urlpatterns = [
    path("calibration", show_own, name="calibration"),
    path("calibration/<int:unit>", show_unit, name="calibration_of"),
    path("calibration/<int:unit>/table.xlsx", export_table, name="calibration_table"),
    path("calibration/<int:unit>/make", make, name="calibration_make"),
]
