"""Drafts of the builder: nothing typed is lost by a reload, the back button, a switch of language, a second tab."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.directives.office import NOW, Office, open_home, sign_in
from tests.lab.building import built, fields, pair, start, step
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import drafts
from yunzhang.governance.lab.store import LabDraft
from yunzhang.ground.org.store import OrgAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with people in it and a home of the test's own."""
    return open_home(tmp_path, monkeypatch)


def steps(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(fields(text)["draft"])["what_ifs"]
    return found


def test_a_switch_of_language_keeps_what_was_added_picked_and_typed(office: Office) -> None:
    browser = sign_in(office, "office")
    text = built(office, browser)
    [button] = set(re.findall(r'<button class="hat"([^>]*language[^>]*)>', text))
    assert 'form="lab-build"' in button, "the switch sends the builder's form, without a script too"
    assert 'value="language:en"' in button
    typed = {
        "title": "改了的标题",
        "units": pair(office)[:1],
        "v_capacity": "oops",
        "until": "2026-05-05",
        "runs": "77",
    }
    seen = step(browser, text, "language:en", **typed)
    assert seen.wsgi_request.path.startswith("/lab/drafts/")
    english = seen.content.decode()
    assert '<html lang="en">' in english
    kept = fields(english)
    assert {name: kept[name] for name in typed} == typed
    assert steps(english) == steps(text)
    back = step(browser, english, "language:zh-hans").content.decode()
    assert '<html lang="zh-Hans">' in back
    assert {name: fields(back)[name] for name in typed} == typed


def test_an_unknown_language_is_not_kept(office: Office) -> None:
    browser = sign_in(office, "office")
    step(browser, browser.get("/lab/new").content.decode(), "language:xx")
    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies


def test_each_press_has_an_address_that_stays_as_it_was(office: Office) -> None:
    browser = sign_in(office, "office")
    first = step(browser, browser.get("/lab/new").content.decode(), "add", units=pair(office), days="180")
    second = step(browser, first.content.decode(), "remove:0")
    addresses = [answer.wsgi_request.path for answer in (first, second)]
    assert len(set(addresses)) == 2
    for _turn in range(2):  # a reload
        assert [len(steps(browser.get(address).content.decode())) for address in addresses] == [1, 0]
    other_tab = step(browser, first.content.decode(), "add", do="raise_system", units=[])
    assert len(steps(other_tab.content.decode())) == 2
    assert [len(steps(browser.get(address).content.decode())) for address in addresses] == [1, 0]


def test_a_press_sent_twice_is_one_draft_and_one_what_if(office: Office) -> None:
    browser = sign_in(office, "office")
    sent = fields(browser.get("/lab/new").content.decode()) | {"press": "add", "units": pair(office)}
    places = {browser.post("/lab/build", sent)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert len(steps(browser.get(places.pop().partition("#")[0]).content.decode())) == 1


def test_a_page_the_browser_kept_may_be_sent_again_with_other_content(office: Office) -> None:
    browser = sign_in(office, "office")
    sent = fields(built(office, browser)) | {"runs": "10"}
    first, again, other = (browser.post("/lab/run", sent | more)["Location"] for more in ({}, {}, {"runs": "11"}))
    assert first == again, "a double click"
    assert other != first, "after the back button"
    assert len(actions.list_experiments(office.by("office"), at=NOW)) == 2


def test_a_mistake_is_kept_as_typed_under_an_address(office: Office) -> None:
    browser = sign_in(office, "office")
    seen = step(browser, built(office, browser), "add", units=pair(office)[:1], v_chance="high")
    assert seen.status_code == 422
    found = actions.find_open_draft(office.by("office"), at=NOW)
    assert found is not None
    kept = fields(browser.get(f"/lab/drafts/{found[0]}").content.decode())
    assert (kept["units"], kept["v_chance"]) == (pair(office)[:1], "high")


def test_the_list_leads_back_to_what_was_not_run(office: Office) -> None:
    browser = sign_in(office, "office")
    assert "接着写" not in browser.get("/lab/").content.decode()
    text = built(office, browser)
    listed = browser.get("/lab/").content.decode()
    [address] = re.findall(r'href="(/lab/drafts/[^"]+)"', listed)
    assert steps(browser.get(address).content.decode()) == steps(text)
    assert "接着写" not in sign_in(office, "city").get("/lab/").content.decode(), "it is one's own"
    start(browser, text)
    assert "接着写" not in browser.get("/lab/").content.decode()
    assert browser.get(address).status_code == 200, "the back button still finds it"


def test_drafts_are_for_whoever_wrote_them(office: Office) -> None:
    browser = sign_in(office, "office")
    seen = step(browser, browser.get("/lab/new").content.decode(), "choose", do="raise_system")
    for name, status in (("city", 403), ("b", 403), ("administrator", 403)):
        assert sign_in(office, name).get(seen.wsgi_request.path).status_code == status
    assert Client().get(seen.wsgi_request.path).status_code == 302
    assert browser.get(f"/lab/drafts/{uuid4()}").status_code == 404


def test_only_the_latest_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_KEPT", 3)
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    places = [step(browser, text, "choose", title=str(turn)).wsgi_request.path for turn in range(5)]
    assert sum(browser.get(place).status_code == 200 for place in places) == 3


def test_another_kind_of_what_if_starts_with_its_own_values(office: Office) -> None:
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    seen = step(browser, text, "choose", do="sign_agreement", v_chance="0.1", units=pair(office)).content.decode()
    assert fields(seen)["v_chance"] == "0.85"
    assert sorted(fields(seen)["units"]) == sorted(pair(office)), "what was picked stays"


def test_a_change_is_kept_in_its_place_and_runs_wait_for_it(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, built(office, browser), "add", do="raise_system", units=[]).content.decode()
    seen = step(browser, text, "edit:0").content.decode()
    assert "正在修改" in seen
    refused = browser.post("/lab/run", fields(seen) | {"runs": "10"})
    assert refused.status_code == 422
    assert "还有一项措施没有加入情景" in refused.content.decode()
    saved = step(browser, seen, "add", v_capacity="9").content.decode()
    assert [one["do"] for one in steps(saved)] == ["appoint_leader", "raise_system"]
    assert steps(saved)[0]["capacity"] == 9
    assert fields(saved)["editing"] == ""
    picked = browser.post("/lab/run", fields(text) | {"runs": "10", "units": pair(office)})
    assert picked.status_code == 422, "units were picked and not added"
    assert actions.list_experiments(office.by("office"), at=NOW) == []


def test_the_share_of_a_programme_changes_with_its_what_if(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, browser.get("/lab/new").content.decode(), "choose", do="change_programme").content.decode()
    seen = step(browser, text, "add", v_programme="数据共享", v_programme_share="0.4").content.decode()
    edited = step(browser, seen, "edit:0").content.decode()
    assert fields(edited)["v_programme_share"] == "0.4"
    saved = step(browser, edited, "add", v_programme_share="0.6").content.decode()
    assert json.loads(fields(saved)["draft"])["programmes"][0]["share"] == 0.6


def test_another_scope_takes_along_what_it_can(office: Office) -> None:
    browser = sign_in(office, "office")
    text = step(browser, built(office, browser), "add", do="raise_system", units=[]).content.decode()
    county = str(office.unit("a"))
    moved = step(browser, text, "scope", scope=county)
    body = moved.content.decode()
    assert "1 项措施涉及范围外的单位" in body
    assert (fields(body)["unit"], fields(body)["title"]) == (county, "牵头")
    assert [one["do"] for one in steps(body)] == ["raise_system"]
    up = step(browser, body, "scope", scope=str(office.unit("city"))).content.decode()
    assert fields(up)["unit"] == str(office.unit("city")), "and up again"
    assert len(steps(browser.get(before_the_move()).content.decode())) == 2


def before_the_move() -> str:
    """The address of the draft before the scope was changed."""
    rows = LabDraft.objects.order_by("pk")
    return next(f"/lab/drafts/{row.number}" for row in rows if len(json.loads(row.body)["given"]["what_ifs"]) == 2)


@pytest.mark.parametrize("scope", ["", "x", "-1", "99999999999999999999"])
def test_a_scope_that_is_none_is_refused(office: Office, scope: str) -> None:
    browser = sign_in(office, "office")
    text = browser.get("/lab/new").content.decode()
    sent = fields(text) | {"press": "scope", "scope": scope}
    assert browser.post("/lab/build", sent, HTTP_REFERER="http://testserver/lab/new").status_code in (303, 403, 404)


def test_a_researcher_s_draft_is_theirs_as_long_as_they_may_simulate(office: Office) -> None:
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    browser = sign_in(office, "a.finance")
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="research")
    seen = step(browser, browser.get("/lab/new").content.decode(), "choose", do="raise_system")
    assert seen.status_code == 200
    OrgAccount.objects.filter(person_id=office.actors["a.finance"].person).update(reader="office")
    assert browser.get(seen.wsgi_request.path).status_code == 403
