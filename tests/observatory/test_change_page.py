"""The page of change: what is seen by whom, matched units are never named, the workbook is the table."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.directives.office import NOW, issue, open_office, sign_in
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Named, Place
from yunzhang.governance.observatory.pages import change
from yunzhang.governance.observatory.pages.comparison import Asked, describe_comparison, read_asked
from yunzhang.governance.observatory.pages.lines import Line, Raw, draw_lines, draw_raw
from yunzhang.kit import doors
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 3, 2, tzinfo=UTC)
WORDS = {"title": "走势", "told": "见下", "name": "x", "break": "机构调整"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Twelve months in which both counties answer in time at first and no longer later; built once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = open_office()
        for month in range(12):
            at = NOW + timedelta(days=30 * month)
            due = (at + timedelta(days=12)).date()
            for _ in range(2):
                matters = issue(found, "a", "b", at=at, due_on=due, report_on=())
                if month < 6:
                    for matter, name in zip(matters, "ab", strict=True):
                        directives.sign_matters(found.by(name), [matter.id], at=at + timedelta(hours=1))
                        directives.answer_matter(found.by(name), matter.id, "已办结", at=at + timedelta(days=2))
        actions.refresh_figures(LATER)
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def office(built):
    """The office, restored afterwards."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


def read(office, name="city", unit="city", tail=""):
    return sign_in(office, name).get(f"/observatory/{office.unit(unit)}/change{tail}")


def test_a_change_is_told_and_dated(office):
    page = read(office).content.decode()
    assert re.search(r"江州市：2026年[89]月起，交办事项按期办结由 100% 变为 0%", page)
    assert "首尾不宜直接比较" in page
    assert "横向逐月走势" not in page, "nothing horizontal: no H"


@pytest.mark.parametrize(
    ("name", "unit", "status"), [("city", "a", 200), ("a", "b", 403), ("administrator", "city", 403)]
)
def test_it_is_seen_as_the_placement_is(office, name, unit, status):
    assert read(office, name, unit).status_code == status
    assert read(office, name, unit, "/table.xlsx").status_code == status


def test_the_workbook_is_the_table(office):
    book = load_workbook(io.BytesIO(read(office, tail="/table.xlsx").content))
    rows = [row for row in book.active.iter_rows(values_only=True) if row[1] is not None]
    page = read(office).content.decode()
    cells = re.findall(r"<tr><th scope=\"row\" class=\"nowrap\">(.*?)</tr>", page, re.DOTALL)
    assert [row[0] for row in rows[1:]] == [row.split("<")[0] for row in cells]
    assert sum(row[1] for row in rows[1:]) == 48


def test_it_stays_within_its_budget(office):
    client = sign_in(office, "city")
    address = f"/observatory/{office.unit('city')}/change?month=2026-07&unit={office.unit('a')}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address).content.decode()
    assert len(asked) <= 12, [query["sql"][-160:] for query in asked]
    assert "条件相近的单位不足 5 个" in page


def test_units_outside_ones_own_sub_tree_are_passed_over(office):
    page = read(office, "a", "a", f"?month=2026-07&unit={office.unit('b')}").content.decode()
    assert "请至少选择一个有到期事项的单位" in page
    assert "乙县" not in page


@pytest.mark.parametrize("tail", ["?act=7", "?month=never&unit=1", "?month=2026-07&unit=x", "?act=x"])
def test_odd_addresses_are_answered(office, tail):
    assert read(office, tail=tail).status_code == 200


def test_a_unit_without_children_says_so(office):
    assert "暂无逐月数据" in read(office, "a.finance", "a.finance").content.decode()


# ---- the comparison in words


def panel(effect):
    rng = np.random.default_rng(2)
    due = np.full((60, 14), 40)
    rate = np.full((60, 14), 0.6)
    rate[0, 8:] += effect
    met = rng.binomial(due, rate)
    months = [f"2026-{month:02d}" for month in range(1, 13)] + ["2027-01", "2027-02"]
    node = np.arange(1, 61)
    return {"months": months, "units": node.tolist(), "level": [1] * 60, "kind": [0] * 60, "node": node.tolist()} | {
        "end": (node + 1).tolist(), "met": met.tolist(), "due": due.tolist(),
    }  # fmt: skip


def told(effect, *, over=None, **asked):
    place = Place(Named(99, "江州市人民政府", "江州市", True), (), None)
    below = [Named(number, f"第{number}局", f"第{number}局", False) for number in range(1, 61)]
    body = {"acts": [{"on": "2026-08-03", "kind": "appointed", "units": [1]}]}
    return describe_comparison(
        Asked(**({"act": None, "month": "2026-08", "units": (1,)} | asked)), body, over or panel(effect), place, below
    )


def test_a_clear_difference_is_told_as_expectation_and_not_as_cause():
    answer = told(0.25)
    assert answer["said"].startswith("若没有同时发生的其他变化")
    assert "12 个条件相近的单位" in answer["said"]
    assert not re.search("导致|使得|因为|效果", answer["said"])
    drawn = "".join(picture for _, picture in answer["pictures"])
    named = [number for number in range(2, 61) if f"第{number}局" in drawn + answer["said"] + repr(answer["table"])]
    assert not named


def test_no_difference_is_not_claimed_and_an_act_can_be_chosen():
    assert "看不出明显差别" in told(0.0)["said"]
    assert told(0.25, act=0, month="", units=())["who"] == "第1局"
    assert "没有这一项" in told(0.25, act=3)["said"]
    assert "没有这个月" in told(0.25, month="1999-01")["said"]


def test_an_act_on_horizontal_matters_is_compared_on_them():
    both = panel(0.0) | {"across": panel(0.25)}
    assert "看不出明显差别" in told(0.0, over=both)["said"]
    answer = told(0.0, over=both, across=True)
    assert answer["said"].startswith("若没有同时发生的其他变化")
    assert answer["of"] == "横向事项"
    assert "没有这个月" in told(0.0, over=panel(0.0), across=True)["said"], "a log without any"


def test_the_address_is_read_with_care():
    place = Place(Named(1, "市", "市", True), (), None)
    ask = RequestFactory().get("/?month=2026-05&unit=2&unit=2&unit=9&unit=x")
    assert read_asked(ask, place, [Named(2, "甲", "甲", True)]) == Asked(None, "2026-05", (2,))
    ask = RequestFactory().get("/?month=2026-05&unit=2&of=across")
    assert read_asked(ask, place, [Named(2, "甲", "甲", True)]) == Asked(None, "2026-05", (2,), across=True)
    assert read_asked(RequestFactory().get("/"), place, []) is None


def test_acts_are_told_by_day_and_kind():
    assert change.tell_act({"on": date(2026, 8, 3).isoformat(), "kind": "unit_moved"}) == "2026年8月3日 机构调整"


# ---- pictures


def test_lines_break_at_a_new_period_and_gaps_stay_gaps():
    line = Line("甲", True, [0.2, 0.3, None, 0.5, 0.6], [None] * 5, [0, 0, 0, 0, 1])
    drawn = draw_lines([line], list("12345"), width="wide", words=WORDS, breaks=[4])
    assert drawn.count('stroke-width="2.2"') == 3
    assert "机构调整" in drawn
    assert draw_lines([], ["1"], width="narrow", words=WORDS)


def test_raw_months_without_matters_have_no_bar():
    drawn = draw_raw(Raw([3, 0, 1], [4, 0, 4], [(2, 0.75, 0.25)]), list("123"), width="wide", words=WORDS)
    assert drawn.count("<rect") == 2
    assert "75%" in drawn
    assert "25%" in drawn
