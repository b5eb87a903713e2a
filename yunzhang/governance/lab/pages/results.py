"""What the runs of an experiment came to: the verdict, pictures with the same numbers below them, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

import yunzhang
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.pages.saying import say_step
from yunzhang.governance.lab.rules.composing import MONTH
from yunzhang.governance.lab.rules.simulating import YEAR
from yunzhang.governance.lab.terms import Experiment
from yunzhang.governance.lab.words import results as words
from yunzhang.governance.lab.words import verdict
from yunzhang.governance.lab.words.calibration import say_record
from yunzhang.governance.lab.words.sentences import say_what_if
from yunzhang.governance.lab.words.verdict import percent, two
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.pictures import COURSE, NARROW_COURSE, NARROW_PLANE, PLANE, draw_course, draw_plane
from yunzhang.kit.wording import data, term

MAIN = ("V", "H")
PARTS = tuple(name for name in FIGURES if name not in MAIN)
MARKED = "\0"  # where the title stands until it is put in
type_row = Mapping[str, Any]


def unit_names(experiment: Experiment) -> dict[str, str]:
    """Return the names of all units of an experiment."""
    return actions.find_names_at_start(experiment)


def list_steps(experiment: Experiment) -> list[dict[str, str]]:
    """Return the what-ifs of an experiment in words."""
    names = unit_names(experiment)
    steps = experiment.scenario.get("what_ifs", [])
    return [say_step(one, names) | {"said": say_what_if(one, names)} for one in steps]


def describe(experiment: Experiment, *, names: Mapping[str, str], is_research: bool) -> dict[str, Any]:
    """Return what the page of a finished experiment shows; `is_research`: modes are told by their names."""
    facts = experiment.facts | {"scenario": experiment.scenario}
    facts["modes"] = {side: _modes(facts["clouds"][side], facts["runs"]) for side in words.SIDES}
    told = actions.find_provenance(experiment)
    return {
        "sentence": _sentence(facts, experiment.title),
        "touched": verdict.say_touched(facts),
        "sure": _sure(facts),
        "modes": words.list_modes(facts) if is_research else [],
        "planes": _planes(facts, experiment, is_research=is_research),
        "compares": _compares(experiment),
        "idle": words.say_idle_parts(facts),
        "figures": [words.figure_row(facts, name) for name in FIGURES if _has(facts, name)],
        "missing": _("、").join(words.label(name) for name in FIGURES if not _has(facts, name)),
        "courses": [_course(facts, name, experiment) for name in (*MAIN, *PARTS) if _has(facts, name)],
        "is_thin": len(facts["months"]) > YEAR,
        "busiest": [(row["name"], percent(row["before"]), percent(row["after"])) for row in facts["busiest"]],
        "delivered": [words.span(facts["delivered"][side]) for side in words.SIDES],
        "relations": list(words.list_relations(facts)),
        "places": _places(facts, experiment),
        "place_heads": _place_heads(experiment),
        "cautions": words.list_cautions(),
        "basis": words.say_basis(told),
        "record": say_record(facts),
        "facts": list(_facts(experiment, told)),
        "sides": _side_words(experiment),
    }


def _compares(experiment: Experiment) -> bool:
    # without what-ifs both sides are the same runs: one is shown
    return bool(experiment.scenario["what_ifs"])


def _side_words(experiment: Experiment) -> dict[str, str]:
    return words.side_words() if _compares(experiment) else {"before": _("现状延续"), "after": ""}


def _places(facts: type_row, experiment: Experiment) -> list[tuple[str, ...]]:
    rows = list(words.list_places(facts))
    return rows if _compares(experiment) else [(row[0], row[1], row[3]) for row in rows]


def _place_heads(experiment: Experiment) -> list[str]:
    sides = [word for word in _side_words(experiment).values() if word]
    return [f"{words.label(name)} · {word}" for name in "VH" for word in sides]


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
    """Return high confidence where nine runs in ten agree on the direction of V or H, "" else."""
    gains = [facts["difference"][name] for name in ("V", "H")]
    agree = any(gain["mid"] is not None and not gain["low"] <= 0 <= gain["high"] for gain in gains)
    return term("high_confidence") if agree and facts["runs"] >= verdict.FEWEST else ""


def _planes(facts: type_row, experiment: Experiment, *, is_research: bool) -> list[tuple[str, str]]:
    # for a wide and for a narrow screen; none where V or H cannot be measured
    clouds = {side: [(v, h) for v, h in facts["clouds"][side]] for side in words.SIDES}
    if not clouds["before"] or not clouds["after"]:
        return []
    thin = YEAR - 1 if len(facts["months"]) > YEAR else 0  # windows that are not full yet rise by themselves
    first = max(min(_marks(experiment), default=1.0) - 2, thin)
    past, path = (_path(facts, side, first) for side in words.SIDES)
    said = {"title": term("mode_plane"), "v": words.label("V"), "h": words.label("H")} | _side_words(experiment)
    kind = "mode" if is_research else "sentence"
    said |= {mode: term(f"{kind}_{mode}") for mode in facts["modes"]["before"]}
    return [
        (width, draw_plane(clouds["before"], clouds["after"], path, said, past=past, size=size))
        for width, size in (("wide", PLANE), ("narrow", NARROW_PLANE))
    ]


def _path(facts: type_row, side: str, first: float) -> list[tuple[float, float]]:
    middle = zip(facts["figures"]["V"][side]["mid"], facts["figures"]["H"][side]["mid"], strict=True)
    return [(v, h) for place, (v, h) in enumerate(middle) if place >= first and v is not None and h is not None]


def _marks(experiment: Experiment) -> list[float]:
    begins = date.fromisoformat(str(experiment.scenario["begins"]))
    days = {(date.fromisoformat(str(one["on"])) - begins).days for one in experiment.scenario["what_ifs"]}
    return sorted(day / MONTH + 1 for day in days)


def _course(facts: type_row, name: str, experiment: Experiment) -> dict[str, Any]:
    sides, label = facts["figures"][name], words.label(name)
    said = {"title": label, "month": _("第几个月")} | _side_words(experiment)
    sizes = {"wide": COURSE, "narrow": NARROW_COURSE} if name in MAIN else {"any": NARROW_COURSE}
    marks = _marks(experiment)
    pictures = [
        (width, draw_course(sides["before"], sides["after"], marks, said, size=size, thin=YEAR - 1))
        for width, size in sizes.items()
    ]
    rows = [
        (month, *(cell for side in words.SIDES for cell in _cells(sides[side], place)))
        for place, month in enumerate(facts["months"])
    ]
    is_idle = len(words.list_idle_parts(facts).get(name, ())) == len(words.SIDES)
    shown = pictures if len(facts["months"]) > 1 and not is_idle else []  # one month is no course
    return {"name": label, "pictures": shown, "rows": rows, "is_main": name in MAIN, "is_idle": is_idle}


def _cells(held: type_row, place: int) -> tuple[str, str]:
    return two(held["mid"][place]), words.ranged(held["low"][place], held["high"][place])


def _facts(experiment: Experiment, told: type_row) -> Iterator[tuple[str, str]]:
    yield _("种子"), str(experiment.seed)
    yield _("运行次数"), str(experiment.runs)
    yield _("编号"), str(experiment.id)
    for role, digest in told["digests"].items():
        yield f"SHA-256 {role}", digest
    yield _("引擎摘要"), experiment.facts.get("engine", "–")
    yield _("软件"), f"Yunzhang {yunzhang.__version__}"
