"""The page of calibrations: what a steady record shows, whom it is shown, and how it is asked for."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from tests.directives.office import NOW, Office, open_home, press, sign_in
from tests.lab.logs import JANUARY, MONTHS, RATES
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import experiments
from yunzhang.governance.lab.actions.government import Government, find_office_government
from yunzhang.governance.lab.commands import calibrations
from yunzhang.governance.lab.pages.calibration_tables import TABLES
from yunzhang.governance.lab.rules.calibration import Calibration
from yunzhang.governance.observatory.rules.planted import Plan, plant
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.ground.org.store import OrgAccount
from yunzhang.kit.jobs import run_jobs

pytestmark = pytest.mark.django_db
assert calibrations  # registers the job
MARCH = JANUARY + 2  # 2026-03, the month of NOW
SCENARIO = {"title": "现状", "begins": "2026-04-01", "days": 30, "what_ifs": []}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it, a home of the test's own, and a planted record of eighteen months."""
    opened = open_home(tmp_path, monkeypatch)
    units = find_office_government(NOW).units
    loops = plant(units, plan(MONTHS)).loops
    monkeypatch.setattr(experiments, "find_office_government", lambda at, **_: Government(units, loops, frozenset()))
    return opened


def plan(months: int) -> Plan:
    from_at, to_at = month_start(MARCH - months), month_start(MARCH)
    return Plan(RATES, events=4.0 * months, poisson=True, partners=3, from_at=from_at, to_at=to_at, seed=1)


def kept(office: Office, name: str = "city") -> Calibration:
    """The calibration of a unit, made now."""
    actions.keep_calibration(office.unit(name), at=NOW)
    found = actions.find_kept_calibration(office.unit(name), at=NOW)
    assert found is not None
    return found.calibration


def read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_it_is_asked_for_made_and_read(office: Office) -> None:
    browser = sign_in(office, "office")
    assert "还没有用这里的记录校准过" in read(browser, "/lab/calibration")
    city = office.unit("city")
    asked = press(browser, f"/lab/calibration/{city}/make")
    again = press(browser, f"/lab/calibration/{city}/make")
    assert asked["Location"] == again["Location"], "asked twice it is one job"
    assert 'http-equiv="refresh"' in read(browser, asked["Location"])
    run_jobs(NOW)
    text = read(browser, asked["Location"])
    assert 'http-equiv="refresh"' not in text
    assert "按现有记录重新校准" not in text, "it is of the record of now"
    found = kept(office)
    score = found.scores["record"][""]
    assert f"{score['months']} 个数中有 {score['inside']} 个落在 90% 区间内" in text
    assert text.count('class="months"') == len(found.held) > 4
    for said in ("模拟", "学术测量，不代表官方评价", "不得据此排名", "由引擎推演", "留出", "今后各月", "各类往来"):
        assert said in text, said
    assert 'aria-current="page">记录校准' in text


def test_every_picture_has_its_numbers_below_and_no_unit_is_named(office: Office) -> None:
    found = kept(office)
    text = read(sign_in(office, "office"), "/lab/calibration")
    body = text[text.index('class="lab-kinds"') : text.index("方法与使用须知")]
    assert body.count("<details") == body.count('class="months"')
    held = re.findall(r'<th scope="row">\d{4}-\d\d（留出）</th>(.*?)</tr>', body)
    assert len(held) == found.ahead * len(found.held)
    assert sum("在内" in row for row in held) == found.scores["record"][""]["inside"]
    units = find_office_government(NOW).units["name"].to_pylist()
    assert not [name for name in units if name in body]


def test_every_table_goes_out_with_numbers(office: Office) -> None:
    found, browser, city = kept(office), sign_in(office, "office"), office.unit("city")
    rows = {}
    for name in TABLES:
        answer = browser.get(f"/lab/calibration/{city}/table.xlsx?of={name}")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        rows[name] = list(sheet.iter_rows(values_only=True))
        assert "学术测量" in str(rows[name][0][0])
    assert len(rows["estimates"]) == len(found.estimates) + 2
    assert rows["estimates"][2][5] == pytest.approx(found.estimates[0]["rate"])
    assert len(rows["months"]) == sum(len(one["months"]) for one in found.held) + 2
    assert browser.get(f"/lab/calibration/{city}/table.xlsx?of=nothing").status_code == 404
    assert browser.get(f"/lab/calibration/{office.unit('a')}/table.xlsx").status_code == 404, "not made yet"


def test_one_chooses_among_the_places_below(office: Office) -> None:
    browser = sign_in(office, "office")
    text = read(browser, "/lab/calibration")
    offered = re.findall(r'<option value="(\d+)"', text)
    assert offered[0] == str(office.unit("city"))
    assert str(office.unit("a")) in offered
    assert str(office.unit("a.finance")) not in offered
    answer = browser.get(f"/lab/calibration?unit={office.unit('a')}")
    assert answer["Location"] == f"/lab/calibration/{office.unit('a')}"
    own = re.findall(r'<option value="(\d+)"', read(sign_in(office, "a"), "/lab/calibration"))
    assert str(office.unit("b")) not in own
    assert str(office.unit("city")) not in own


@pytest.mark.parametrize("name", ["b", "a.civil_affairs", "auditor", "administrator"])
def test_who_may_not_is_turned_away_and_told_nothing(office: Office, name: str) -> None:
    kept(office, "a")
    browser, county = sign_in(office, name), office.unit("a")
    for path in (f"/lab/calibration/{county}", f"/lab/calibration/{county}/table.xlsx"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "区间" not in answer.content.decode()
    assert press(browser, f"/lab/calibration/{county}/make").status_code == 403
    own = browser.get("/lab/calibration")
    assert own.status_code == (403 if name == "administrator" else 200)
    assert "落在 90% 区间内" not in own.content.decode()
    assert ("不对这个岗位开放" in own.content.decode()) is (name in ("a.civil_affairs", "auditor"))
    assert "您可以用默认参数" not in own.content.decode(), "they may not simulate at all"


def test_who_simulates_from_assumptions_alone_is_told_why(office: Office) -> None:
    kept(office, "a")
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    browser = sign_in(office, "a.finance")
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    assert browser.get(f"/lab/new?unit={office.unit('a')}").status_code == 200
    assert browser.get(f"/lab/calibration/{office.unit('a')}").status_code == 403
    text = read(browser, "/lab/calibration")
    assert "默认参数" in text
    assert "区间内" not in text


def test_who_is_not_signed_in_is_sent_to_sign_in(office: Office) -> None:
    for path in ("/lab/calibration", f"/lab/calibration/{office.unit('a')}"):
        answer = Client().get(path)
        assert answer.status_code in (302, 303)
        assert answer["Location"].startswith("/sign-in")


def test_a_page_asks_little(office: Office, django_assert_max_num_queries: Any) -> None:
    kept(office)
    browser = sign_in(office, "office")
    for path in ("/lab/calibration", f"/lab/calibration/{office.unit('city')}"):
        browser.get(path)
        with django_assert_max_num_queries(12):
            browser.get(path)


def test_english_pages_have_english_words(office: Office) -> None:
    browser = sign_in(office, "office")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    empty = read(browser, "/lab/calibration")
    kept(office)
    closed = sign_in(office, "a.civil_affairs")
    closed.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for seen in (empty, read(browser, "/lab/calibration"), read(closed, "/lab/calibration")):
        left = re.sub(r'<(\w+)[^>]*lang="zh[^"]*"[^>]*>.*?</\1>|<title>.*?</title>|<[^>]*>', "", seen, flags=re.S)
        found = re.findall(r"[\u4e00-\u9fff]{2,}", left.replace("中文", ""))
        assert not found


def test_where_the_record_bears_no_test_the_page_says_why(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    units = find_office_government(NOW).units
    loops: pa.Table = plant(units, plan(4)).loops
    monkeypatch.setattr(experiments, "find_office_government", lambda at, **_: Government(units, loops, frozenset()))
    kept(office)
    text = read(sign_in(office, "office"), "/lab/calibration")
    assert "现有记录不足以预测" in text
    assert "至少需要 6 个" in text
    assert 'class="months"' not in text


# ---- the sentence beside what stands on the record


@pytest.mark.parametrize("basis", ["record", "filled", "assumed"])
def test_an_experiment_says_how_well_the_record_it_stands_on_tells(office: Office, basis: str) -> None:
    receipt = actions.ask_experiment(office.by("office"), office.unit("city"), SCENARIO, 10, 1, at=NOW, basis=basis)
    experiment = actions.find_asked(receipt)
    actions.keep_runs(experiment, at=NOW, is_over=lambda: False)
    facts = actions.find_experiment(experiment).facts
    text = read(sign_in(office, "office"), f"/lab/{experiment}")
    assert ("calibration" in facts) is (basis != "assumed")
    assert ("用此前的记录推算最近 3 个月" in text) is (basis != "assumed")
    if basis != "assumed":
        assert facts["calibration"] == kept(office).summary
