"""The tables of a calibration as workbooks: the rows the page shows, their numbers in columns of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.calibration.whole import Calibration, list_forecast_months, list_scores
from yunzhang.governance.lab.words import calibration as words
from yunzhang.governance.lab.words.months import list_marks
from yunzhang.governance.lab.words.results import relation_word
from yunzhang.kit.lists import Column, disposition, export_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
type_row = Mapping[str, Any]
type_rows = Iterable[type_row]


def workbook(found: Calibration, of: str) -> HttpResponse:
    """Return one table of a calibration as a workbook; raises Http404 for a name no table has."""
    if of not in TABLES:
        raise Http404
    columns, rows = TABLES[of]
    body = export_xlsx(columns(), rows(found), title=_("记录校准"), marks=[" · ".join(list_marks())])
    name = {"Content-Disposition": disposition(f"calibration-{of}.xlsx")}
    return HttpResponse(body, content_type=XLSX, headers=name)


def _column(name: str, heading: str, value: Callable[[type_row], Any] | None = None) -> Column:
    return Column(name, heading, value or (lambda row: row[name]))


def _number(name: str, heading: str, value: Callable[[type_row], Any] | None = None) -> Column:
    return Column(name, heading, value or (lambda row: row[name]), kind="number")


def _kind(row: type_row) -> str:
    return relation_word(row["relation"]) if row["relation"] else _("全部")


def _kinds() -> list[Column]:
    return [_column("relation", _("往来"), _kind), _number("level", _("层级"))]


def _end(name: str, place: int) -> Callable[[type_row], Any]:
    return lambda row: row[name][place]


def _estimate_columns() -> list[Column]:
    low, high = _("5% 分位"), _("95% 分位")
    heads = {"rate": _("每对单位每月件数"), "chance": _("按期办结的可能"), "days": _("半数办结的天数")}
    ranges = [
        column
        for name, head in heads.items()
        for column in (
            _number(name, head),
            _number(f"{name}_low", f"{head} · {low}", _end(f"{name}_range", 0)),
            _number(f"{name}_high", f"{head} · {high}", _end(f"{name}_range", 1)),
        )
    ]
    counts = [_number("months", _("月数")), _number("flows", _("单位对数")), _number("matters", _("事项数"))]
    return [*_kinds(), *counts, *ranges, _number("term", _("时限（天）"))]


def _month_columns() -> list[Column]:
    bands = {"median": _("中位"), "low90": _("5% 分位"), "high90": _("95% 分位")}
    engine = _("引擎")
    return [
        *_kinds(),
        _column("what", _("推算的量"), lambda row: words.what_word(row["what"])),
        _column("month", _("月份")),
        _column("is_held", _("留出"), lambda row: _("是") if row["is_held"] else _("否")),
        _number("observed", _("实际")),
        *(_number(name, head) for name, head in bands.items()),
        *(_number(f"engine_{name}", f"{engine} · {head}") for name, head in bands.items()),
    ]


def _score_columns() -> list[Column]:
    return [
        _column("by", _("做法"), words.say_by),
        *_kinds(),
        _column("what", _("推算的量"), lambda row: words.what_word(row["what"])),
        _number("months", _("个数")),
        _number("inside", _("区间内")),
        _number("covered", _("占比")),
        _number("crps", "CRPS"),
        _number("baseline", _("简单外推的 CRPS")),
        _number("skill", _("技能")),
    ]


def _refusal_columns() -> list[Column]:
    when = {"held": _("留出的月份"), "coming": _("今后各月")}
    return [
        _column("when", _("时段"), lambda row: when[row["when"]]),
        *_kinds(),
        _column("what", _("不作预测的量"), lambda row: words.what_word(row["what"])),
        _column("reason", _("原因"), words.say_reason),
    ]


def _refusals(found: Calibration) -> Iterator[type_row]:
    for when, rows in found.unforeseen.items():
        yield from ({"when": when, **row} for row in rows)


TABLES: Mapping[str, tuple[Callable[[], list[Column]], Callable[[Calibration], type_rows]]] = {
    "estimates": (_estimate_columns, lambda found: found.estimates),
    "months": (_month_columns, lambda found: list_forecast_months(found.held)),
    "coming": (_month_columns, lambda found: list_forecast_months(found.coming)),
    "scores": (_score_columns, list_scores),
    "refusals": (_refusal_columns, _refusals),
}
