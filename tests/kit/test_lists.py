"""Lists: the address is the view; export and page agree; no cell is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pytest_django import Settings

from yunzhang.base.errors import Invalid
from yunzhang.kit.lists import Column, Filter, ListSpec, Page, Query, Scope, export, export_csv, export_xlsx

SPEC = ListSpec(
    columns=(
        Column("title", "事项", lambda row: row[0], "data", href=lambda row: "/"),
        Column("n", "件数", lambda row: row[1], "number", order="n"),
        Column("due", "时限", lambda row: row[2], "day"),
    ),
    filters=(
        Filter("text", "名称", "text"),
        Filter("state", "状态", choices=(("open", "在办"), ("closed", "办结")), is_many=True),
        Filter("from", "自", "day"),
        Filter("mine", "本人", "flag"),
        Filter("unit", "单位", "hidden"),
    ),
    orders=(("n", "少到多"), ("-n", "多到少")),
    size=20,
)
ROWS = [("甲", 1, date(2026, 11, 23)), ("=1+1", 2, None)]


def parse(address: str) -> Query:
    return Query.parse(SPEC, QueryDict(address))


def test_an_address_is_read_and_written_again() -> None:
    query = parse("text=目录&state=open&state=closed&from=2026-11-01&mine=1&unit=5&order=-n&page=3&unknown=1")
    assert query.conditions == {
        "text": "目录",
        "state": ("open", "closed"),
        "from": "2026-11-01",
        "mine": "1",
        "unit": "5",
    }
    assert (query.day("from"), query.flag("mine"), query.page, query.order) == (date(2026, 11, 1), True, 3, "-n")
    assert parse(query.url(page=3)[1:]) == query
    assert parse(query.url()[1:]).page == 1
    assert parse(query.url(state="")[1:]).all("state") == ()


@given(
    st.text(max_size=8), st.sets(st.sampled_from(["open", "closed"])), st.sampled_from(["n", "-n"]), st.integers(1, 99)
)
def test_every_address_of_ours_is_a_fixed_point(text: str, states: set[str], order: str, page: int) -> None:
    query = Query.parse(SPEC, QueryDict()).url(text=text.strip(), state=sorted(states), order=order, page=page)
    assert parse(query[1:]).url(page=page) == query


@pytest.mark.parametrize("address", ["state=lost", "from=2026-13-01", "mine=2", "order=x", "form=pdf"])
def test_values_no_list_knows_are_refused(address: str) -> None:
    with pytest.raises(Invalid):
        parse(address)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999"])
def test_pages_nobody_can_read_are_the_first(page: str) -> None:
    assert parse(f"page={page}").page == 1


def test_chips_say_what_is_in_force_and_drop_it() -> None:
    chips = parse("state=open&unit=5&mine=1").chips
    assert [(str(chip.label), chip.value, chip.url) for chip in chips] == [
        ("状态", "在办", "?mine=1&unit=5"),
        ("本人", "", "?state=open&unit=5"),
    ]


def test_a_page_counts_from_one() -> None:
    page = Page(list(range(20)), 95, 2, 20)
    assert (page.pages, page.first, page.last) == (5, 21, 40)
    empty: Page[int] = Page([], 0)
    assert (empty.pages, empty.first, empty.last) == (1, 0, 0)


def test_exports_have_the_columns_of_the_screen_and_no_formulas(settings: Settings) -> None:
    settings.YUNZHANG_SIMULATED = True
    lines = list(csv.reader(io.StringIO(export_csv(SPEC.columns, ROWS).decode("utf-8-sig"))))
    assert lines == [["模拟数据 · 虚构地区"], ["事项", "件数", "时限"], ["甲", "1", "2026-11-23"], ["'=1+1", "2", ""]]
    sheet = load_workbook(io.BytesIO(export_xlsx(SPEC.columns, ROWS, title="督办[台账]"))).active
    assert sheet is not None
    assert sheet.title == "督办台账"
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [
        ["模拟数据 · 虚构地区", None, None],
        ["事项", "件数", "时限"],
        ["甲", 1, datetime(2026, 11, 23)],  # noqa: DTZ001
        ["'=1+1", 2, None],
    ]


def test_real_homes_carry_no_ribbon() -> None:
    with override("en"):
        assert export_csv(SPEC.columns, []).decode("utf-8-sig") == "事项,件数,时限\r\n"


def test_moments_are_exported_in_the_places_time() -> None:
    columns = [Column("at", "时间", lambda row: row, "moment")]
    body = export_csv(columns, [datetime(2026, 11, 22, 16, 30, tzinfo=UTC)]).decode("utf-8-sig")
    assert body.splitlines()[1] == "2026-11-23 00:30:00"


def test_the_file_is_named_in_chinese() -> None:
    answer = export(parse("form=csv"), ROWS, name="督办台账")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%9D%A3%E5%8A%9E")
    assert export(parse("form=xlsx"), ROWS, name="x")["Content-Type"].endswith("sheet")


def test_scopes_are_conditions() -> None:
    assert not Scope.everything().where("creditor")
    assert str(Scope((1, 2)).where("a", "b")) == "(OR: ('a__in', (1, 2)), ('b__in', (1, 2)))"
    assert str(Scope().where("a")) == "(AND: ('a__in', ()))"
