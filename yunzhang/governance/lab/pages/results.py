"""What the runs of an experiment came to: the verdict, pictures with the same numbers below them, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.saying import mark, say_step
from yunzhang.governance.lab.rules.composing import MONTH
from yunzhang.governance.lab.terms import Experiment
from yunzhang.governance.lab.words import results as words
from yunzhang.governance.lab.words import verdict
from yunzhang.governance.lab.words.verdict import percent, two
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.lists import Column, disposition, export_xlsx
from yunzhang.kit.pictures import draw_course, draw_plane
from yunzhang.kit.wording import data, term

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKED = "\0"  # where the title stands until it is put in
type_row = Mapping[str, Any]


def unit_names(experiment: Experiment) -> dict[str, str]:
    """Return the names of all units of an experiment."""
    return actions.find_names_at_start(experiment)


def list_steps(experiment: Experiment) -> list[dict[str, str]]:
    """Return the what-ifs of an experiment in words."""
    names = unit_names(experiment)
    return [say_step(one, names) for one in experiment.scenario.get("what_ifs", [])]


def describe(experiment: Experiment, *, names: Mapping[str, str], is_research: bool) -> dict[str, Any]:
    """Return what the page of a finished experiment shows; `is_research`: modes are told by their names."""
    facts = experiment.facts | {"scenario": experiment.scenario}
    facts["modes"] = {side: _modes(facts["clouds"][side], facts["runs"]) for side in words.SIDES}
    told = actions.find_provenance(experiment)
    return {
        "sentence": _sentence(facts, experiment.title),
        "sure": _sure(facts),
        "modes": words.list_modes(facts) if is_research else [],
        "plane": _plane(facts, experiment, is_research=is_research),
        "figures": [words.figure_row(facts, name) for name in FIGURES if _has(facts, name)],
        "missing": _("、").join(words.label(name) for name in FIGURES if not _has(facts, name)),
        "courses": [_course(facts, name, experiment) for name in FIGURES if _has(facts, name)],
        "busiest": [(row["name"], percent(row["before"]), percent(row["after"])) for row in facts["busiest"]],
        "delivered": [words.span(facts["delivered"][side]) for side in words.SIDES],
        "relations": list(words.list_relations(facts)),
        "places": list(words.list_places(facts)),
        "cautions": words.list_cautions(),
        "basis": words.say_basis(told),
        "facts": list(_facts(experiment, told)),
        "sides": words.side_words(),
    }


def _sentence(facts: type_row, title: str) -> str:
    """Return the verdict as HTML, the title of the scenario in it marked as the records' own text."""
    said = escape(verdict.sentence(facts, MARKED if title else ""))
    return mark_safe(said.replace(MARKED, data(title)))  # noqa: S308 - both went through escape


def _has(facts: type_row, name: str) -> bool:
    return any(value is not None for side in words.SIDES for value in facts["figures"][name][side]["mid"])


def _modes(cloud: list[list[float]], runs: int) -> dict[str, float]:
    """Return of each mode the share of all runs that end in its open quadrant beyond .5 ± .05."""
    low, high = verdict.HALF - verdict.BAND, verdict.HALF + verdict.BAND
    return {
        str(mode): sum(_beyond(v, low, high, strong) and _beyond(h, low, high, wide) for v, h in cloud) / max(runs, 1)
        for mode, (strong, wide) in verdict.QUADRANTS.items()
    }


def _beyond(value: float, low: float, high: float, is_above: bool) -> bool:
    return value > high if is_above else value < low


def _sure(facts: type_row) -> str:
    """Return high confidence where nine runs in ten agree on the direction of V or H, else that it cannot be said."""
    gains = [facts["difference"][name] for name in ("V", "H")]
    agree = any(gain["mid"] is not None and not gain["low"] <= 0 <= gain["high"] for gain in gains)
    return term("high_confidence") if agree and facts["runs"] >= verdict.FEWEST else term("undecided")


def _plane(facts: type_row, experiment: Experiment, *, is_research: bool) -> str:
    clouds = {side: [(v, h) for v, h in facts["clouds"][side]] for side in words.SIDES}
    if not clouds["before"] or not clouds["after"]:
        return ""
    middle = zip(facts["figures"]["V"]["after"]["mid"], facts["figures"]["H"]["after"]["mid"], strict=True)
    first = max(min(_marks(experiment), default=1.0) - 2, 0)
    path = [(v, h) for place, (v, h) in enumerate(middle) if place >= first and v is not None and h is not None]
    said = {"title": term("mode_plane"), "v": words.label("V"), "h": words.label("H")} | words.side_words()
    kind = "mode" if is_research else "sentence"
    said |= {mode: term(f"{kind}_{mode}") for mode in facts["modes"]["before"]}
    return draw_plane(clouds["before"], clouds["after"], path, said)


def _marks(experiment: Experiment) -> list[float]:
    begins = date.fromisoformat(str(experiment.scenario["begins"]))
    days = {(date.fromisoformat(str(one["on"])) - begins).days for one in experiment.scenario["what_ifs"]}
    return sorted(day / MONTH + 1 for day in days)


def _course(facts: type_row, name: str, experiment: Experiment) -> dict[str, Any]:
    sides, label = facts["figures"][name], words.label(name)
    said = {"title": label, "month": _("第几个月")} | words.side_words()
    picture = draw_course(sides["before"], sides["after"], _marks(experiment), said) if facts["months"] else ""
    rows = [
        (month, *(cell for side in words.SIDES for cell in _cells(sides[side], place)))
        for place, month in enumerate(facts["months"])
    ]
    return {"name": label, "picture": picture, "rows": rows, "is_main": name in ("V", "H")}


def _cells(held: type_row, place: int) -> tuple[str, str]:
    return two(held["mid"][place]), words.ranged(held["low"][place], held["high"][place])


def _facts(experiment: Experiment, told: type_row) -> Iterator[tuple[str, str]]:
    yield _("种子"), str(experiment.seed)
    yield _("运行次数"), str(experiment.runs)
    yield _("编号"), str(experiment.id)
    for role, digest in told["digests"].items():
        yield f"SHA-256 {role}", digest


def workbook(experiment: Experiment) -> HttpResponse:
    """Return every figure by month on both sides as a workbook."""
    sides = words.side_words()
    ends = {"low": _("5% 分位"), "mid": _("中位"), "high": _("95% 分位")}
    rows = [
        {"figure": words.label(name), "month": month} | {
            f"{side}_{end}": experiment.facts["figures"][name][side][end][place] for side in sides for end in ends
        }
        for name in FIGURES
        for place, month in enumerate(experiment.facts["months"])
    ]  # fmt: skip
    columns = [
        Column("figure", _("指标"), lambda row: row["figure"]),
        Column("month", _("第几个月"), lambda row: row["month"], kind="number"),
        *(
            Column(f"{side}_{end}", f"{sides[side]} · {ends[end]}", _reader(f"{side}_{end}"), kind="number")
            for side in sides
            for end in ends
        ),
    ]
    body = export_xlsx(columns, rows, title=term("lab"), marks=[mark(experiment.scenario), experiment.title])
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": disposition("lab.xlsx")})


def _reader(name: str) -> Any:
    return lambda row: row[name]
