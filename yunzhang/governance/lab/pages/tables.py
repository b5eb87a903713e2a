"""The tables of a finished experiment as workbooks: the rows the page shows, their numbers in columns of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from yunzhang.governance.lab.pages.saying import mark, say_name
from yunzhang.governance.lab.terms import Experiment
from yunzhang.governance.lab.words import results as words
from yunzhang.governance.lab.words.verdict import touched_words
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.lists import Column, disposition, export_xlsx
from yunzhang.kit.wording import term

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDS = ("low", "mid", "high")
type_row = Mapping[str, Any]
type_lines = Iterator[dict[str, Any]]


def workbook(experiment: Experiment, of: str) -> HttpResponse:
    """Return one table of an experiment as a workbook; raises Http404 for a name no table has."""
    if of not in TABLES:
        raise Http404
    columns, rows = TABLES[of]
    marks = [mark(experiment.scenario), say_name(experiment)]
    body = export_xlsx(columns(), rows(experiment.facts), title=term("lab"), marks=marks)
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": disposition(f"lab-{of}.xlsx")})


def _ends() -> dict[str, str]:
    return {"low": _("5% 分位"), "mid": _("中位"), "high": _("95% 分位")}


def _text(name: str, heading: str) -> Column:
    return Column(name, heading, lambda row: row[name])


def _number(name: str, heading: str) -> Column:
    return Column(name, heading, lambda row: row[name], kind="number")


def _sided(prefix: str = "", word: str = "") -> list[Column]:
    sides, ends = words.side_words(), _ends()
    return [
        _number(f"{prefix}{side}_{end}", " · ".join(filter(None, (word, sides[side], ends[end]))))
        for side in words.SIDES
        for end in ENDS
    ]


def _spread(held: type_row, prefix: str = "") -> dict[str, Any]:
    # before and after, each low, mid, high
    return {f"{prefix}{side}_{end}": held[side][place] for side in words.SIDES for place, end in enumerate(ENDS)}


def _month_columns() -> list[Column]:
    return [_text("figure", _("指标")), _number("month", _("第几个月")), *_sided()]


def _month_rows(facts: type_row) -> type_lines:
    for name in FIGURES:
        held = facts["figures"][name]
        for place, month in enumerate(facts["months"]):
            values = {f"{side}_{end}": held[side][end][place] for side in words.SIDES for end in ENDS}
            yield {"figure": words.label(name), "month": month, **values}


def _figure_columns() -> list[Column]:
    ends, gain = _ends(), _("差值")
    gains = [_number(f"gain_{end}", f"{gain} · {ends[end]}") for end in ENDS]
    return [_text("figure", _("指标")), *_sided(), *gains, _number("up", _("升高的运行"))]


def _figure_rows(facts: type_row) -> type_lines:
    for name in FIGURES:
        held, gain = facts["figures"][name], facts["difference"][name]
        last = {f"{side}_{end}": (held[side][end] or [None])[-1] for side in words.SIDES for end in ENDS}
        gains = {f"gain_{end}": gain[end] for end in ENDS}
        yield {"figure": words.label(name), **last, **gains, "up": gain["chance_up"]}


def _relation_columns() -> list[Column]:
    return [_text("relation", _("往来")), *_sided()]


def _relation_rows(facts: type_row) -> type_lines:
    yield {"relation": _("全部"), **_spread(facts["delivered"])}
    for kind, held in facts.get("touched", {}).items():
        yield {"relation": touched_words()[kind], **_spread(held)}
    for name, held in facts["relations"].items():
        if held["before"][1] is not None or held["after"][1] is not None:
            yield {"relation": words.relation_word(name), **_spread(held)}


def _busiest_columns() -> list[Column]:
    sides = words.side_words()
    return [_text("name", term("unit")), *(_number(side, sides[side]) for side in words.SIDES)]


def _busiest_rows(facts: type_row) -> type_lines:
    yield from (dict(row) for row in facts["busiest"])


def _place_columns() -> list[Column]:
    return [_text("name", term("unit")), *(c for name in "VH" for c in _sided(name, words.label(name)))]


def _place_rows(facts: type_row) -> type_lines:
    for row in facts["places"][: words.SHOWN_PLACES]:
        sides = {name: {side: row[side][name] for side in words.SIDES} for name in "VH"}
        yield {"name": row["name"], **_spread(sides["V"], "V"), **_spread(sides["H"], "H")}


TABLES: Mapping[str, tuple[Callable[[], list[Column]], Callable[[type_row], type_lines]]] = {
    "months": (_month_columns, _month_rows),
    "figures": (_figure_columns, _figure_rows),
    "relations": (_relation_columns, _relation_rows),
    "busiest": (_busiest_columns, _busiest_rows),
    "places": (_place_columns, _place_rows),
}
