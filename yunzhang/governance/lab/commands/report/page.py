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
from yunzhang.governance.lab.commands import verdict
from yunzhang.governance.lab.commands.verdict import percent, signed, two
from yunzhang.governance.lab.rules.composing import MONTH
from yunzhang.governance.lab.rules.scenarios import FIELDS, TITLES
from yunzhang.governance.lab.rules.simulating import Trace
from yunzhang.governance.lab.terms import Do, Scenario, WhatIf
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.lists import ribbon
from yunzhang.kit.pictures import draw_course, draw_plane
from yunzhang.kit.wording import data, term

TEMPLATE = "lab/file/report.html"
STYLE = Path(__file__).resolve().parents[2] / "templates" / "lab" / "file" / "report.css"
SHOWN_PLACES, NAMED_UNITS = 120, 8
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
        "title": told.scenario.title or _("情景推演"),
        "marks": told.marks,
        "sentence": say_verdict(told),
        "modes": list_modes(summary),
        "runs": summary["runs"],
        "months": len(summary["months"]),
        "plane": plane_of(told),
        "heads": [figure_row(summary, name) for name in ("V", "H")],
        "courses": list_courses(told),
        "figures": [figure_row(summary, name) for name in FIGURES],
        "what_ifs": list(list_what_ifs(told)),
        "relations": list(list_relations(summary)),
        "delivered": tuple(span(summary["delivered"][side]) for side in ("before", "after")),
        "busiest": [(row["name"], percent(row["before"]), percent(row["after"])) for row in summary["busiest"]],
        "places": list(list_places(summary)),
        "left_out": max(len(summary["places"]) - SHOWN_PLACES, 0),
        "basis": say_basis(told.manifest["behaviour"]),
        "paces": list(list_paces(told.manifest["behaviour"])),
        "cautions": list_cautions(),
        "facts": list_facts(told.manifest),
    }
    return render_to_string(TEMPLATE, context).encode()


def say_verdict(told: Told) -> str:
    """Return the verdict as HTML, the title of the scenario in it marked as the records' own text."""
    said = escape(verdict.sentence(told.summary, MARKED if told.scenario.title else ""))
    return mark_safe(said.replace(MARKED, data(told.scenario.title)))  # noqa: S308 - both went through escape


def label(name: str) -> str:
    """Return what a figure is called in the reader's language."""
    return term(name.lower())


def span(values: Sequence[float | None]) -> str:
    """Return low, middle and high as text: the middle, and what nine runs in ten hold."""
    low, mid, high = values
    return "–" if mid is None else f"{percent(mid)} ({percent(low)}–{percent(high)})"


def figure_row(summary: type_row, name: str) -> dict[str, str]:
    """Return one figure at the end: without the what-ifs, with them, and the difference between runs."""
    sides = {side: {end: _last(held) for end, held in summary["figures"][name][side].items()} for side in SIDES}
    gain = summary["difference"][name]
    told = {f"{side}": two(held["mid"]) for side, held in sides.items()}
    told |= {f"{side}_range": ranged(held["low"], held["high"]) for side, held in sides.items()}
    up = gain["chance_up"]
    return told | {
        "name": label(name), "gain": signed(gain["mid"]), "up": percent(up),
        "gain_range": "" if gain["low"] is None else f"{signed(gain['low'])} – {signed(gain['high'])}",
    }  # fmt: skip


SIDES = ("before", "after")


def _last(values: Sequence[float | None]) -> float | None:
    return values[-1] if values else None


def ranged(low: float | None, high: float | None) -> str:
    """Return a range with two digits, "" where there is none."""
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def side_words() -> dict[str, str]:
    """Return what the two sides of a comparison are called."""
    return {"before": _("不实施"), "after": _("实施")}


def list_modes(summary: type_row) -> list[tuple[str, str]]:
    """Return what the government is without and with the what-ifs, as far as runs agree."""
    words = side_words()
    return [(words[side], verdict.say_mode(summary["modes"][side])) for side in SIDES]


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


def list_relations(summary: type_row) -> Iterator[tuple[str, str, str]]:
    """Yield by relation the share of matters due in the last year that were met."""
    for name, held in summary["relations"].items():
        if held["before"][1] is not None or held["after"][1] is not None:
            yield relation_word(name), span(held["before"]), span(held["after"])


def relation_word(name: str) -> str:
    """Return what matters of a relation are called."""
    words = {
        "territorial directive": _("层级交办"), "territorial report": _("层级反馈"),
        "functional directive": _("条线交办"), "functional report": _("条线反馈"),
    }  # fmt: skip
    return words.get(name) or term(f"h_{name}")


def list_places(summary: type_row) -> Iterator[tuple[str, ...]]:
    """Yield each government below, in the order of the unit table, with V and H at the end."""
    for row in summary["places"][:SHOWN_PLACES]:
        cells = [(row[side][name][1], row[side][name][0], row[side][name][2]) for name in "VH" for side in SIDES]
        yield (row["name"], *(f"{two(mid)} {ranged(low, high)}".strip() for mid, low, high in cells))


def say_basis(behaviour: type_row) -> str:
    """Return in a sentence where the behaviour of units comes from."""
    if behaviour["basis"] == "record":
        return _("单位的行为由已有记录估计（%(matters)s 件到期事项）；记录中没有的往来，推演中也没有。") % behaviour
    return _("没有记录可依：单位的行为取自默认参数，是学术假设，不是对任何地方的预测。")


def list_paces(behaviour: type_row) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield relation, level, rate, chance and term of every pace."""
    for row in behaviour["paces"]:
        level = _("各级") if row["level"] < 0 else str(row["level"])
        chance = percent(row["chance"])
        yield relation_word(row["relation"]), level, f"{row['rate']:.2f}", chance, str(row["term"])


def list_cautions() -> list[str]:
    """Return what a reader must know before using a number of a simulation."""
    return [
        _("全部数字都是模拟的，不是本单位的记录，也不进入台账。"),
        _("结论只在模型的假设之内成立：单位按固定的节奏往来，事项排队办理，注意会衰减并被重新推动。"),
        _("同一序号的两次运行在第一项措施之前完全相同，此后各有偶然；差值的区间是单次结果的范围，不是平均效果的误差。"),
        _("区间是 90% 的运行所在的范围，不含模型本身可能有的错误。"),
        _("不得据此排名、考核或问责；是否采取措施由人决定。"),
    ]


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
