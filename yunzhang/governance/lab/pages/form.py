"""The builder's page: a form as it stands, the organisation picture to pick units from, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, Sentence, YunzhangError
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.draft import Form
from yunzhang.governance.lab.pages.organisation import View, draw_organisation, look_at
from yunzhang.governance.lab.pages.saying import basis_words, mark, say_choice, say_how_many, say_step, say_title
from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY, Field
from yunzhang.governance.lab.rules.scenarios.reading import LONGEST, MOST_LINKS, SHORTEST
from yunzhang.governance.lab.terms import BadScenario, Do, ScenarioTooLarge
from yunzhang.governance.lab.words.sentences import say_kind, say_what_if
from yunzhang.kit.doors import DoorRequest, render
from yunzhang.kit.wording import explain

OFFICIAL = ("government", "department")
SHARE = "programme_share"  # told with a what-if, kept with its programme
JOINED = (Do.ADD_LINKS, Do.SIGN_AGREEMENT, Do.APPOINT_LEADER)  # units picked are joined on the picture


def show_form(request: DoorRequest, form: Form, here: str, error: YunzhangError | None = None) -> HttpResponse:
    """Return the builder's page with this form; `here`: the address that shows it again; an error is told above it."""
    part = actions.find_part(form.unit, at=request.at, loops=False)
    rows = part.units.to_pylist()
    names = {str(row["id"]): str(row["name"]) for row in rows}
    official = [row for row in rows if row["kind"] in OFFICIAL]
    view = look_at(official, form.at, set(form.units), part.vertical, top=str(form.unit))
    least, most = HOW_MANY[form.do]
    wrong, words, count = _row_of(error), basis_words(), len(form.given["what_ifs"])
    named = _field_of(error)
    is_new_wrong = wrong > count or (bool(wrong) and str(wrong - 1) == form.editing) or named == SHARE
    field = named if is_new_wrong or not wrong else ""
    bases = actions.find_bases(request.by, form.unit, at=request.at)
    is_alone = not any(row["parent"] == str(form.unit) for row in official)
    context = {
        "form": form,
        "here": here,
        "language_form": "" if is_alone else "lab-build",
        "mark": mark(form.given),
        "error": explain(error) if error else None,
        "name": names[str(form.unit)],
        "places": _scopes(request, form, rows),
        "view": view,
        "pictures": [(width, draw_organisation(view, width=width)) for width in ("wide", "narrow")] if most else [],
        "is_alone": is_alone,
        "draft": json.dumps(form.given, ensure_ascii=False),
        "steps": list(_steps(form, names, wrong)),
        "is_new_wrong": is_new_wrong,
        "wrong_field": field,
        "kinds": [(str(each), say_title(each)) for each in Do],
        "tried": say_kind(form.do),
        "bases": [(name, words[name], name == (form.basis or bases[0])) for name in bases],
        "fields": [
            _describe(each, form, _within_reach(view, names, form)) | {"is_wrong": each.name == field}
            for each in FIELDS[form.do]
        ],
        "has_programme": any(each.name == "programme" for each in FIELDS[form.do]),
        "programme_share": form.values.get("programme_share", "0.3"),
        "how_many": say_how_many(least, most),
        "joins": form.do in JOINED,
        "runs": (actions.FEWEST_RUNS, actions.MOST_RUNS),
        "days": (SHORTEST, LONGEST),
        "last": _last_day(form.given),
    }
    return render(request, "lab/builder.html", context, status=422 if error else 200)


def _steps(form: Form, names: Mapping[str, str], wrong: int) -> Iterator[dict[str, Any]]:
    for turn, one in enumerate(form.given["what_ifs"], 1):
        marks = {"is_wrong": turn == wrong, "is_edited": str(turn - 1) == form.editing}
        yield say_step(one, names) | {"said": say_what_if(one, names)} | marks


def _scopes(request: DoorRequest, form: Form, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    # places with others below, from one's own down, so that one comes up again as well as down
    top = actions.find_scope(request.by, at=request.at)
    if top != form.unit:
        wider = actions.find_part(top, at=request.at, loops=False).units.to_pylist()
        rows = wider if any(row["id"] == str(form.unit) for row in wider) else rows
    upper = {str(row["parent"]) for row in rows if row["kind"] in OFFICIAL}
    return [(str(row["id"]), row["name"]) for row in rows if _is_scope(row, upper)]


def _is_scope(row: Mapping[str, Any], upper: Collection[str]) -> bool:
    return row["kind"] == "government" and str(row["id"]) in upper


def _row_of(error: YunzhangError | None) -> int:
    # the place of the what-if an error is about, counted from 1; 0 where it is about none
    if not isinstance(error, BadScenario | ScenarioTooLarge):
        return 0
    at: Any = error.params.get("at", error.params.get("kind"))
    while isinstance(at, Sentence):
        if "place" in at.params:
            return int(str(at.params["place"]))
        at = at.params.get("at")
    return 0


def _field_of(error: YunzhangError | None) -> str:
    # the field an error is about, by its name in a file; "" where it is about none
    told = error.params if isinstance(error, BadScenario | ScenarioTooLarge | Invalid) else {}
    name: Any = told.get("at", told.get("kind", told.get("field")))
    while isinstance(name, Sentence):
        name = name.params.get("name")
    is_share = str(name).startswith("programmes: ") and str(name).endswith(": share")
    return SHARE if is_share else str(name or "")


def _within_reach(view: View, names: Mapping[str, str], form: Form) -> list[tuple[str, str]]:
    # units one may name in a field: those in the picture, and what stands there already
    shown = [*view.way, view.head, *view.departments, *view.beside, *view.places]
    found = {tile.id: tile.whole for tile in shown}
    kept = {value: names[value] for value in form.values.values() if value in names}
    return list((found | kept).items())


def _last_day(given: Mapping[str, Any]) -> str:
    try:
        return (date.fromisoformat(str(given["begins"])) + timedelta(int(given["days"]) - 1)).isoformat()
    except (KeyError, ValueError, OverflowError):
        return ""


def _describe(each: Field, form: Form, units: list[tuple[str, str]]) -> dict[str, Any]:
    options = [(choice, say_choice(choice)) for choice in each.choices]
    if each.kind == "unit":
        options = [("", "–"), *units]
    default = f"{each.default:g}" if isinstance(each.default, float | int) else each.default
    is_number = each.kind in ("number", "share", "days")
    high = min(each.high, MOST_LINKS) if each.name == "count" else each.high
    return {
        "name": f"v_{each.name}",
        "label": _(each.label),
        "value": form.values.get(each.name, default),
        "options": options,
        "range": f"{each.low:g}–{high:,.10g}" if is_number else "",
    }  # fmt: skip
