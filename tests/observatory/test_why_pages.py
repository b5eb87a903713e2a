"""The page "why": who sees it, calm without H, alive with it, its tables in the workbooks, nobody ranked."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.directives.office import NOW, hours, issue, open_office, sign_in
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages.curves import Curve, draw_curves
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters
from yunzhang.ground.org.store import OrgAccount
from yunzhang.kit import doors
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture
def office():
    found = open_office()
    matter, _report = issue(found, "a", "b", at=hours(1))[:2]
    directives.sign_matters(found.by("a"), [matter.id], at=hours(2))
    directives.answer_matter(found.by("a"), matter.id, "已办结", at=hours(3))
    actions.refresh_figures(LATER)
    return found


@pytest.fixture
def study():
    units = plant_place()
    loops = plant(units, Plan(rates_of(Mode.AUTHORITATIVE), seed=3)).loops
    number = actions.number_study(units["id"].to_pylist())
    measured = measure(units, loops, Parameters(draws=20))
    material = actions.Material(measured, units, loops, datetime(2026, 12, 31, tzinfo=UTC), number, study="planted")
    actions.keep_facets(material, size=0, title="种植数据", mark="simulated")
    return number(measured.tree.ids[0])


def read(client, path):
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [
        ("city", "city", 200), ("city", "a", 200), ("office", "a", 200), ("a", "a", 200), ("a", "b", 403),
        ("a", "city", 403), ("b", "a", 403), ("a.finance", "a", 403), ("a.finance", "a.finance", 200),
        ("administrator", "city", 403), ("auditor", "a", 403), ("", "a", 302),
    ],
)  # fmt: skip
def test_who_sees_the_reasons(office, client, name, unit, status):
    browser = sign_in(office, name) if name else client
    for tail in ("why", "why/pairs.xlsx", "why/levels.xlsx"):
        assert browser.get(f"/observatory/{office.unit(unit)}/{tail}").status_code == status


def test_a_study_is_seen_by_its_readers_alone(office, study):
    for name, status in (("city", 200), ("office", 200), ("auditor", 200), ("a", 403), ("administrator", 403)):
        for tail in ("why", "why/pairs.xlsx", "why/levels.xlsx"):
            assert sign_in(office, name).get(f"/observatory/studies/planted/{study}/{tail}").status_code == status


def test_without_h_the_page_is_whole_and_says_what_is_missing(office):
    page = read(sign_in(office, "city"), f"/observatory/{office.unit('city')}/why")
    assert "窗口期内没有横向事项" in page
    for told in ("交办在哪一级停住", "主要卡点", "碎片化的五种表现", "三项风险", "看不到的地方", "口头交办"):
        assert told in page
    assert 'class="pairs"' not in page
    assert page.count("暂缺") == 3  # sharing, market, outsiders


def test_a_unit_without_anybody_below_is_told_so(office):
    page = read(sign_in(office, "a.finance"), f"/observatory/{office.unit('a.finance')}/why")
    assert "原因分析只用于有下级的单位" in page


@pytest.mark.parametrize("reader", ["office", "research"])
def test_both_readers_get_plain_sentences(office, study, reader):
    client = sign_in(office, "city")
    OrgAccount.objects.update(reader=reader)
    page = read(client, f"/observatory/studies/planted/{study}/why")
    assert re.search("主要卡在|提升空间主要在|没有突出的卡点", page)
    assert not re.search("领导注意力|最拖累|排名", page)


def test_the_horizontal_half_is_alive_in_a_study(office, study):
    page = read(sign_in(office, "city"), f"/observatory/studies/planted/{study}/why")
    for told in ("部门间：谁与谁应往来而没有往来", "哪一类体制外主体缺席", "横向卡点", "需求未满足的单位对"):
        assert told in page
    assert "窗口期内没有横向事项" not in page
    matrix = page[page.index('<table class="pairs"') : page.index("</table>", page.index('<table class="pairs"'))]
    assert matrix.count('scope="row"') == matrix.count('scope="col"') == matrix.count("c-self")
    cells = re.findall(r"</svg>\s*([\d.]+)/([\d.]+)</td>", matrix)
    assert cells
    assert all(float(met) <= float(asked) for met, asked in cells)


def test_workbooks_hold_what_the_page_shows(office, study):
    client = sign_in(office, "city")
    page = read(client, f"/observatory/studies/planted/{study}/why")
    levels = book(client, f"/observatory/studies/planted/{study}/why/levels.xlsx")
    table = page[page.index("各级落实情况表") : page.index("</tbody>", page.index("各级落实情况表"))]
    shown = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)][1:]
    assert [[str(cell) for cell in row] for row in levels[1:]] == shown
    pairs = book(client, f"/observatory/studies/planted/{study}/why/pairs.xlsx")
    counts = [int(number) for number in re.findall(r"<strong>(\d+)</strong></li>", page)]
    assert len(pairs) - 1 == sum(counts)


def test_a_studys_workbook_says_what_it_is(office, study):
    answer = sign_in(office, "city").get(f"/observatory/studies/planted/{study}/why/pairs.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert "模拟数据" in sheet.cell(1, 1).value
    assert "种植数据" in sheet.cell(1, 1).value


def book(client, path):
    sheet = load_workbook(io.BytesIO(client.get(path).content)).active
    return [row for row in sheet.iter_rows(values_only=True) if len([cell for cell in row if cell is not None]) > 3]


def test_at_most_five_edges_and_no_rank_numbers(office, study):
    page = read(sign_in(office, "city"), f"/observatory/studies/planted/{study}/why")
    lists = re.findall(r'<ul class="why-list">(.*?)</ul>', page, re.DOTALL)
    assert lists
    assert all(each.count("<li>") <= 5 for each in lists)
    assert "<ol" not in page[page.index('id="main"') :]


def test_the_page_stays_within_its_budget(office, study):
    client = sign_in(office, "city")
    for path in (f"/observatory/{office.unit('city')}/why", f"/observatory/studies/planted/{study}/why"):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert len(asked) <= 12, [query["sql"][-160:] for query in asked]


def test_curves_label_every_point_without_covering_another():
    curves = [
        Curve("甲", "#111111", tuple((k, 0.8 - k * 0.1, 0.7 - k * 0.1, 0.9 - k * 0.1) for k in range(4))),
        Curve("乙", "#222222", tuple((k, 0.79 - k * 0.1, 0.7 - k * 0.1, 0.88 - k * 0.1) for k in range(4)), "square"),
    ]
    drawn = draw_curves(curves, ["1", "2", "3", "4"], size=(360, 300), title="<x>")
    assert "&lt;x&gt;" in drawn
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="12" text-anchor="start" fill="#[12]+">', drawn)
    boxes = [(float(x), float(y) - 11, float(x) + 22, float(y) + 2) for x, y in labels]
    assert len(boxes) >= 6
    for k, (a, b, c, d) in enumerate(boxes):
        assert not any(a < e[2] and e[0] < c and b < e[3] and e[1] < d for e in boxes[:k])
