"""The observatory's doors: who sees whose placement, what a peer's looks like, that table and workbook agree."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.directives.office import NOW, hours, issue, open_office, sign_in
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.ground.matters import actions as matters
from yunzhang.kit import doors
from yunzhang.kit.lists import Scope
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture
def office():
    found = open_office()
    issue(found, "a", "b")
    actions.refresh_figures(LATER)
    return found


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [
        ("city", "city", 200), ("city", "a", 200), ("office", "city", 200), ("office", "a", 200), ("a", "a", 200),
        ("a", "b", 403), ("a", "city", 403), ("b", "a", 403), ("a.finance", "a", 403), ("a.finance", "a.finance", 200),
        ("administrator", "city", 403), ("auditor", "a", 403),
    ],
)  # fmt: skip
def test_who_sees_whose_placement(office, name, unit, status):
    client = sign_in(office, name)
    for tail in ("", "/table.xlsx", "/months.xlsx"):
        page = client.get(f"/observatory/{office.unit(unit)}{tail}")
        assert page.status_code == status
    assert client.get("/observatory/").status_code == (403 if name == "administrator" else 200)


def test_a_peer_has_neither_name_nor_link_nor_count_on_the_plane(office):
    page = sign_in(office, "a").get(f"/observatory/{office.unit('a')}").content.decode()
    peer = actions.find_snapshot() and office.unit("b")
    assert f"/observatory/{peer}" not in page
    picture = page[page.index('<svg class="plane"') : page.index("</section>")]
    assert "乙县" not in picture


def test_without_a_horizontal_matter_h_is_missing_and_no_mode_is_named(office):
    place = actions.find_place(office.by("city"), office.unit("city"), at=LATER)
    figures = actions.find_facet(place, "figures")
    assert place.snapshot is not None
    assert not place.snapshot.has_h
    assert figures["values"]["H"] is None
    assert figures["mode"] == "undecided"
    page = sign_in(office, "city").get("/observatory/").content.decode()
    assert "暂缺" in page
    assert not re.search("纵向较强、横向偏弱|松散|权威治理", page)


def test_the_workbook_is_the_table(office):
    client = sign_in(office, "city")
    page = client.get("/observatory/").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"/observatory/{office.unit('city')}/table.xlsx").content))
    rows = [
        row for row in book.active.iter_rows(values_only=True) if len([cell for cell in row if cell is not None]) > 3
    ]
    table = page[page.index('<table class="table"') :]
    shown = re.findall(r"<tr><th scope=\"row\">.*?>([^<]+)<.*?</tr>", table, re.DOTALL)
    assert [row[0] for row in rows[1:]] == shown


def test_an_answer_in_time_moves_v_of_the_city_and_not_h(office):
    matter, report = issue(office, "a", at=hours(1))
    before = city(office)
    directives.sign_matters(office.by("a"), [matter.id], at=hours(2))
    directives.answer_matter(office.by("a"), matter.id, "已办结", at=hours(3))
    directives.report_progress(office.by("a"), report.id, "进展", at=hours(4))
    after = city(office)
    assert after.values["V"] > before.values["V"]
    assert after.values["H"] == before.values["H"]


def city(office):
    found = actions.find_measure(Parameters(draws=0), at=LATER).figures()
    return next(each for each in found if each.unit == str(office.unit("city")))


@pytest.mark.parametrize("unit", ["city", "a"])
def test_pages_stay_within_their_budget(office, unit):
    client = sign_in(office, "city")
    client.get("/observatory/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/observatory/{office.unit(unit)}")
    assert len(asked) <= 12, [query["sql"][-160:] for query in asked]


def test_the_picture_leads_to_the_places_below_and_to_nobody_else(office):
    page = sign_in(office, "city").get("/observatory/").content.decode()
    wide = page[page.index('class="plane-wide"') : page.index('class="plane-narrow"')]
    links = re.findall(r'<a href="(/observatory/\d+)" aria-label="([^"]+)"', wide)
    assert {href for href, _ in links} == {f"/observatory/{office.unit(name)}" for name in ("a", "b")}
    assert all("纵向贯通度" in told for _, told in links)


def test_the_overview_of_a_county_says_nothing_of_its_peer_but_its_name_on_a_tile(office):
    client = sign_in(office, "a")
    page = client.get(f"/observatory/{office.unit('a')}").content.decode()
    assert page.count("乙县") == 1
    tile = page[page.index('<li class="tile tile-peer">') :]
    assert "乙县" in tile[: tile.index("</li>")]
    assert not re.search(r"\d", tile[: tile.index("</li>")])
    for tail in ("table.xlsx", "months.xlsx"):
        book = load_workbook(io.BytesIO(client.get(f"/observatory/{office.unit('a')}/{tail}").content))
        cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell]
        assert not any("乙县" in cell for cell in cells)


def test_a_sister_is_refused_without_a_count_and_no_address_sorts_by_figures(office):
    client = sign_in(office, "a")
    refused = client.get(f"/observatory/{office.unit('b')}")
    assert refused.status_code == 403
    assert not re.search(r"0\.\d\d|件", re.sub(r"<head>.*?</head>", "", refused.content.decode(), flags=re.DOTALL))
    page = sign_in(office, "city").get("/observatory/?sort=v").content.decode()
    assert not re.search(r'<a [^>]*href="[^"]*sort=', page)
    table = page[page.index('<table class="table"') :]
    first, second = (table.index(f'href="/observatory/{office.unit(name)}"') for name in ("a", "b"))
    assert first < second


def test_open_matters_on_tiles_are_those_of_the_register(office):
    counts = matters.count_open(Scope((office.unit("a"), office.unit("b"))), at=LATER)
    assert counts == {office.unit("a"): (2, 2), office.unit("b"): (2, 2)}
    page = sign_in(office, "city").get("/observatory/").content.decode()
    tiles = page[page.index('<ul class="tiles">') :]
    assert tiles.count('<span class="num">2</span>') >= 2


def test_a_page_looks_back_to_a_month_and_its_workbook_with_it(office):
    directives.sign_matters(office.by("b"), [issue(office, "b", at=hours(9))[0].id], at=hours(10))
    actions.refresh_figures(LATER + timedelta(days=61))
    place = actions.find_place(office.by("city"), office.unit("city"), at=LATER)
    months = (actions.find_facet(place, "trail") or {})["months"]
    past, newest = months[0]["month"], months[-1]["month"]
    assert past != newest
    client, address = sign_in(office, "city"), f"/observatory/{office.unit('city')}"
    page = client.get(f"{address}?month={past}").content.decode()
    assert "按月回看时只有本级" in page
    assert f'/table.xlsx?month={past}"' in page
    assert f"{months[0]['values']['V']:.2f}" in page[page.index('<table class="table"') :]
    book = load_workbook(io.BytesIO(client.get(f"{address}/table.xlsx?month={past}").content))
    cells = [row for row in book.active.iter_rows(values_only=True) if isinstance(row[1], int | float)]
    assert [round(row[1], 2) for row in cells] == [round(months[0]["values"]["V"], 2)]
    assert "按月回看" not in client.get(f"{address}?month={newest}").content.decode()
    assert "按月回看" not in client.get(f"{address}?month=nonsense").content.decode()
