"""What the report of a run says: verdict, plane, courses, tables, assumptions, cautions; one template draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isnan
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

import yunzhang
from yunzhang.governance.lab.rules.composing import MONTH
from yunzhang.governance.lab.rules.scenarios import FIELDS, TITLES
from yunzhang.governance.lab.rules.simulating import Trace
from yunzhang.governance.lab.terms import Do, Scenario, WhatIf
from yunzhang.governance.lab.words import verdict
from yunzhang.governance.lab.words.calibration import say_record
from yunzhang.governance.lab.words.results import (
    SHOWN_PLACES,
    SIDES,
    figure_row,
    label,
    list_cautions,
    list_modes,
    list_paces,
    list_places,
    list_relations,
    ranged,
    say_basis,
    say_idle_parts,
    side_words,
    span,
)
from yunzhang.governance.lab.words.verdict import percent, two
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.lists import ribbon
from yunzhang.kit.pictures import draw_course, draw_plane
from yunzhang.kit.wording import data, term

TEMPLATE = "lab/file/report.html"
STYLE = Path(__file__).resolve().parents[2] / "templates" / "lab" / "file" / "report.css"
NAMED_UNITS = 8
MARKED = "\0"  # where the title stands until it is put in
type_row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a report is about: the scenario, its runs and what they came to, units by id, and the manifest."""

    scenario: Scenario
    summary: type_row
    traces: Sequence[Trace]
    names: Mapping[str, str]
    manifest: type_row
    marks: Sequence[str]


def language_code() -> str:
    """Return the language of the page as HTML names it."""
    return "zh-CN" if (get_language() or "zh").startswith("zh") else "en"


def style(file: Path = STYLE) -> str:
    """Return the style of a page, inside it."""
    return mark_safe(f"<style>{file.read_text('utf-8')}</style>")  # noqa: S308 - our own file


def render_report(told: Told) -> bytes:
    """Return the whole page, with nothing outside it."""
    summary = told.summary
    context = {
        "language": language_code(),
        "style": style(),
        "title": verdict.title_of(told.scenario.title, told.scenario.begins),
        "marks": told.marks,
        "sentence": say_verdict(told),
        "touched": verdict.say_touched(summary),
        "modes": list_modes(summary),
        "runs": summary["runs"],
        "months": len(summary["months"]),
        "plane": plane_of(told),
        "heads": [figure_row(summary, name) for name in ("V", "H")],
        "courses": list_courses(told),
        "figures": [figure_row(summary, name) for name in FIGURES],
        "idle": say_idle_parts(summary),
        "what_ifs": list(list_what_ifs(told)),
        "relations": list(list_relations(summary)),
        "delivered": tuple(span(summary["delivered"][side]) for side in ("before", "after")),
        "busiest": [(row["name"], percent(row["before"]), percent(row["after"])) for row in summary["busiest"]],
        "places": list(list_places(summary)),
        "left_out": max(len(summary["places"]) - SHOWN_PLACES, 0),
        "basis": say_basis(told.manifest["behaviour"]),
        "record": say_record(told.manifest["behaviour"]),
        "paces": list(list_paces(told.manifest["behaviour"])),
        "cautions": list_cautions(),
        "facts": list_facts(told.manifest),
    }
    return render_to_string(TEMPLATE, context).encode()


def say_verdict(told: Told) -> str:
    """Return the verdict as HTML, the title of the scenario in it marked as the records' own text."""
    said = escape(verdict.sentence(told.summary, MARKED if told.scenario.title else ""))
    return mark_safe(said.replace(MARKED, data(told.scenario.title)))  # noqa: S308 - both went through escape


def plane_of(told: Told) -> str:
    """Return the plane with both clouds, "" where V or H cannot be measured."""
    clouds = {
        changed: [
            (float(end[verdict.V]), float(end[verdict.H]))
            for end in (trace.course[-1] for trace in told.traces if trace.changed is changed and len(trace.course))
            if not (isnan(end[verdict.V]) or isnan(end[verdict.H]))
        ]
        for changed in (False, True)
    }
    if not clouds[False] or not clouds[True]:
        return ""
    figures = told.summary["figures"]
    first = max(min((one.day // MONTH for one in told.scenario.what_ifs), default=0) - 1, 0)
    middle = zip(figures["V"]["after"]["mid"], figures["H"]["after"]["mid"], strict=True)
    path = [(v, h) for place, (v, h) in enumerate(middle) if place >= first and v is not None and h is not None]
    words = {"title": term("mode_plane"), "v": label("V"), "h": label("H")} | side_words()
    words |= {mode: term(f"mode_{mode}") for mode in told.summary["modes"]["before"]}
    return draw_plane(clouds[False], clouds[True], path, words)


def list_courses(told: Told) -> list[dict[str, Any]]:
    """Return pictures and tables of V and H by month."""
    marks = sorted({one.day / MONTH + 1 for one in told.scenario.what_ifs})
    found = []
    for name in ("V", "H"):
        sides = told.summary["figures"][name]
        words = {"title": label(name), "month": _("第几个月")} | side_words()
        rows = [
            (month, *(cell for side in SIDES for cell in _month(sides[side], place)))
            for place, month in enumerate(told.summary["months"])
        ]
        picture = draw_course(sides["before"], sides["after"], marks, words) if rows else ""
        found.append({"name": label(name), "picture": picture, "rows": rows})
    return found


def _month(held: type_row, place: int) -> tuple[str, str]:
    return two(held["mid"][place]), ranged(held["low"][place], held["high"][place])


def list_what_ifs(told: Told) -> Iterator[dict[str, str]]:
    """Yield what is done, when, with whom and how, in the order of the scenario."""
    begins = told.scenario.begins
    for one in told.scenario.what_ifs:
        until = "" if one.until is None else f" – {begins + timedelta(one.until)}"
        names = [told.names.get(unit, unit) for unit in one.units[:NAMED_UNITS]]
        more = _("等 %(count)s 个") % {"count": len(one.units)} if len(one.units) > NAMED_UNITS else ""
        yield {
            "what": gettext(TITLES[one.do]),
            "when": f"{begins + timedelta(one.day)}{until}",
            "units": "、".join(names) + more,
            "values": "；".join(_values(one, told.names)),
        }


def _values(one: WhatIf, names: Mapping[str, str]) -> Iterator[str]:
    for field in FIELDS[one.do]:
        value = one.values.get(field.name, field.default)
        if value not in ("", None):
            said = names.get(str(value), str(value)) if isinstance(value, str) else f"{value:g}"
            name = gettext(field.label)
            yield f"{name} {said}"


def list_facts(manifest: type_row) -> list[tuple[str, str]]:
    """Return name and value of what one needs to run it again and to cite it."""
    digests = [(f"SHA-256 {role}", value) for role, value in manifest["inputs"].items()]
    return [
        (_("命令"), manifest["command"]),
        (_("种子"), str(manifest["seed"])),
        (_("运行次数"), str(manifest["runs"])),
        *digests,
        (_("引擎摘要"), manifest["engine"]),
        (_("软件"), f"Yunzhang {yunzhang.__version__} (Apache-2.0)"),
    ]


def list_marks(scenario: Scenario) -> list[str]:
    """Return what must stand on every page of a simulation."""
    marks = [*ribbon(), _("情景推演 · 模拟结果，不是本单位的记录"), _("学术测量，不代表官方评价")]
    if any(one.do is Do.RAISE_SYSTEM for one in scenario.what_ifs):
        marks.append(_("含提级统筹：学术情景"))
    return marks
