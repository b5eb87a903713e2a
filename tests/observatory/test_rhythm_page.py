"""The rhythm page: per programme and never per person; numbers in every cell; the workbook is the table."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.directives.office import NOW, issue, open_office, sign_in
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import rhythm
from yunzhang.governance.observatory.pages.heat import Row, draw_days, draw_pair, draw_strip_of, shade
from yunzhang.kit import doors

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=100)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Four documents of two programmes; built once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = open_office()
        for week in range(4):
            at = NOW + timedelta(days=7 * week)
            programme = ("政务云迁移", "数据归集共享")[week % 2]
            due = (at + timedelta(days=20)).date()
            issue(found, "a", "b", at=at, due_on=due, report_on=(), programme=programme)
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
    return sign_in(office, name).get(f"/observatory/{office.unit(unit)}/rhythm{tail}")


def test_the_page_tells_counts_by_programme_and_names_no_person(office):
    page = read(office).content.decode()
    assert "政务云迁移" in page
    assert "上级共办理 4 次，涉及 2 个专题" in page
    assert "数据不足" in page, "two acts tell no half-life"
    assert not re.search("注意力|某[0-9]|云长 ", page[page.index("<main") :])
    assert "岗位" not in re.sub("本岗位自己的推进节奏", "", page[page.index("<main") :])
    assert "暂缺" in page, "no enterprise and no citizen asked"


@pytest.mark.parametrize(
    ("name", "unit", "status"), [("city", "a", 200), ("a", "b", 403), ("administrator", "city", 403)]
)
def test_it_is_seen_as_the_placement_is(office, name, unit, status):
    assert read(office, name, unit).status_code == status
    assert read(office, name, unit, "/table.xlsx").status_code == status


def test_the_workbook_is_the_table(office):
    book = load_workbook(io.BytesIO(read(office, tail="/table.xlsx").content))
    rows = [row for row in book.active.iter_rows(values_only=True) if row[1]]
    page = read(office).content.decode()
    table = page[page.index("各专题逐月数据") :]
    cells = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", table, re.DOTALL)
    assert len(rows) - 1 == len(cells) == 24
    shown = [int(re.findall(r">([^<]*)</td>", row)[2]) for row in cells]
    assert [row[3] for row in rows[1:]] == shown
    assert sum(shown) == 4


def test_a_programme_in_the_address_changes_nothing_here(office):
    assert "数据归集共享" in read(office, tail="?programme=政务云迁移").content.decode()


def test_a_unit_without_programmes_says_so(office):
    page = read(office, "a.finance", "a.finance").content.decode()
    assert "暂无推进节奏" in page


def test_it_stays_within_its_budget(office):
    client = sign_in(office, "city")
    client.get(f"/observatory/{office.unit('city')}/rhythm")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/observatory/{office.unit('city')}/rhythm")
    assert len(asked) <= 12, [query["sql"][-160:] for query in asked]


# ---- pictures


def test_every_cell_of_the_strip_has_its_number_and_refreshes_are_marked():
    words = {"title": "办理", "told": "见下"}
    rows = [Row("甲", [0, 3, 12], frozenset({1})), Row("<乙>", [1, 0, 0])]
    drawn = draw_strip_of(rows, ["1", "2", "3"], narrow=False, words=words)
    assert re.findall(r">(\d+|·)</text>", drawn)[3:] == ["·", "3", "12", "1", "·", "·"]
    assert drawn.count("<path") == 1
    assert "&lt;乙&gt;" in drawn
    assert draw_strip_of([], [], narrow=True, words=words)


def test_shades_follow_counts():
    assert [shade(count, 9) for count in (0, 1, 2, 9)] == [0, 2, 3, 6]


def test_small_pictures_draw_what_is_known():
    assert "circle" in draw_days(40, 20, 90, None)
    assert "circle" not in draw_days(None, None, None, 30)
    assert draw_pair(0.5, 0.25, None, 0.5).count("%</text>") == 2
    assert draw_pair(0.5, 0.25, 0.1, 0.5).count("%</text>") == 3


def test_only_the_latest_renewals_are_listed_and_the_rest_counted():
    many = [[f"2026-0{month}-01", 0.9, False] for month in range(1, 8)]
    fit = {"acts": 40, "days": 30.0, "low": 20.0, "high": 50.0, "at_least": None, "refreshes": many}
    told = rhythm.list_halvings({"programmes": ["数据归集共享"], "halving": [fit]})[0]
    assert [day.month for day, _ in told["renewed"]] == [4, 5, 6, 7]
    assert told["earlier"] == 3
    sure = rhythm.list_halvings(
        {"programmes": ["a"], "halving": [fit | {"refreshes": [["2026-01-01", 0.9999, False]]}]}
    )
    assert "把握 >99%" in sure[0]["renewed"][0][1], "what is inferred is never told as certain"
