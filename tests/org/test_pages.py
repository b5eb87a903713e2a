"""Pages of the organisation: who may come in, what they show as of a day, the picker, the editor's forms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.org.places import AT, Places, make_place, system
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.rules import day_of
from yunzhang.ground.org.terms import Appointment, ChangeKind, Division, DivisionChange, Duty, NewPost

PASSWORD = "Long-enough-2026-x"
POSTS = {
    "chief": ("city", "general_cloud_chief", "总云长", Duty.LEADER),
    "officer": ("b.finance", "liaison", "联络员", Duty.OFFICER),
    "administrator": ("city.big_data", "administrator", "机构管理员", Duty.ADMINISTRATOR),
}


@pytest.fixture
def place(db: None, settings: Any) -> Places:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the test is not about passwords
    places = make_place()
    rows = [NewPost(places[unit], kind, title, duty, source="x") for unit, kind, title, duty in POSTS.values()]
    first = org.find_next_post()
    org.add_posts(system(), rows, at=AT)
    for turn, name in enumerate(POSTS):
        org.appoint(system(), [Appointment(first + turn, "", f"某{name}", day_of(AT))], at=AT)
        org.add_account(system(), name, PASSWORD, post=first + turn, at=datetime.now(UTC))
    return places


def client(name: str) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.get(username=name))
    return found


def text(found: Client, address: str, status: int = 200) -> str:
    response = found.get(address)
    assert response.status_code == status, address
    return response.content.decode()


ADDRESSES = ("/org/", "/org/units/{a}", "/org/chiefs", "/org/chiefs/{a}", "/org/pick?q=czj", "/org/register")


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_are_asked_to_sign_in_and_everybody_else_may_look(place: Places, address: str) -> None:
    address = address.format(a=place["a"])
    assert Client().get(address).status_code == 302
    for name in POSTS:
        text(client(name), address)


def test_a_place_shows_its_bodies_places_and_posts(place: Places) -> None:
    page = text(client("officer"), "/org/")
    for word in ("江州市人民政府", "市委", "市财政局", "甲区政府", "总云长", "某chief"):
        assert word in page


def test_a_past_day_is_shown_as_it_was(place: Places) -> None:
    org.rename_unit(system(), place["a"], "丙区人民政府", short_name="丙区政府", at=AT + timedelta(days=100))
    found = client("officer")
    assert "丙区政府" in text(found, "/org/")
    past = text(found, "/org/?on=2025-02-01")
    assert "甲区政府" in past
    assert "丙区政府" not in past
    assert "2025年2月1日" in past
    assert "这一天还没有机构" in text(found, "/org/?on=2001-02-01")
    text(found, "/org/?on=tomorrow", 422)
    text(found, f"/org/units/{place['a']}?on=2001-01-01", 404)
    text(found, "/org/units/999999", 404)


def test_a_unit_shows_what_its_division_code_is_on_the_day(place: Places) -> None:
    first, later = date(2025, 1, 1), date(2025, 3, 1)
    org.load_divisions(system(), [Division("99", "江州市", "00", first), Division("9902", "甲区", "99", first)], at=AT)
    org.rename_unit(system(), place["a"], "甲区人民政府", division="9902", at=AT)
    page, found = f"/org/units/{place['a']}", client("officer")
    assert "原代码" not in text(found, page)
    org.apply_division_changes(
        system(), [DivisionChange(later, ChangeKind.RECODED, "9902", "新甲区", "9903")], at=AT + timedelta(days=100)
    )
    before, after = text(found, f"{page}?on=2025-02-28"), text(found, page)
    for seen, words in ((before, ("9902", "甲区")), (after, ("9903", "新甲区", "原代码 9902"))):
        assert [word for word in words if word not in seen] == []
    assert '（截至 <time datetime="2025-02-28">2025年2月28日</time>）' in before
    assert "9903" not in before


def test_unverified_entries_say_so(place: Places) -> None:
    row = NewPost(place["city"], "x", "新岗位", Duty.LEADER, source="unsourced, typical")
    org.add_posts(system(), [row], at=AT)
    for address in ("/org/", "/org/chiefs"):
        assert "未查证出处" in text(client("officer"), address)


def test_the_picker_speaks_html_fragments_and_json(place: Places) -> None:
    found = client("officer")
    assert "甲区财政局" in text(found, "/org/pick?q=jqczj")
    fragment = found.get("/org/pick?q=财政", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "乙县财政局" in fragment
    rows = found.get("/org/pick?q=财政&form=json").json()["units"]
    assert [row["short_name"] for row in rows] == ["市财政局", "甲区财政局", "乙县财政局"]
    assert "没有找到这个单位" in text(found, "/org/pick?q=不存在的")
    under = found.get(f"/org/pick?q=财政&form=json&under={place['b']}").json()["units"]
    assert [row["id"] for row in under] == [str(place["b.finance"])]


def test_only_the_administrator_finds_the_forms(place: Places) -> None:
    address = f"/org/units/{place['a.finance']}/edit"
    assert Client().get(address).status_code == 302
    assert [client(name).get(address).status_code for name in POSTS] == [403, 403, 200]
    assert address not in text(client("chief"), f"/org/units/{place['a.finance']}")
    assert address in text(client("administrator"), f"/org/units/{place['a.finance']}")


FORMS = {
    "rename": {"name": "甲区财政金融局"},
    "move": {"to": "乙县人民政府"},
    "add": {"name": "甲区国库中心", "kind": "department", "branch": "government"},
    "order": {},
    "guidance": {"upper": "江州市民政局", "kind": "dual"},
    "guidance/end": {},
    "retire": {},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_acts_for_the_administrator_once_and_for_nobody_else(place: Places, form: str) -> None:
    unit = place["a.finance"]
    address, values = f"/org/units/{unit}/{form}", {**FORMS[form], "act_key": str(uuid4())}
    if form == "guidance/end":
        values["upper"] = str(place["city.finance"])
    if form == "order":
        values["after"] = str(place["a.ecology"])
    assert client("chief").post(address, values).status_code == 403
    assert client("officer").post(address, values).status_code == 403
    found = client("administrator")
    assert found.get(address).status_code == 405
    for _ in range(2):
        response = found.post(address, values)
        assert (response.status_code, response["Location"]) == (303, f"/org/units/{unit}")
    children = [each.name for each in org.list_children(unit)]
    state = {
        "rename": org.find_unit(unit).name == "甲区财政金融局",
        "move": org.find_unit(unit).parent == place["b"],
        "add": children == ["甲区国库中心"],
        "order": org.list_beside(org.find_unit(place["a.ecology"]))[-1].id == unit,
        "guidance": len(org.find_guides([unit])) == 2,
        "guidance/end": org.find_guides([unit]) == [] and form != "retire",  # ending a unit ends its guidance
        "retire": org.find_unit(unit).to_on is not None,
    }
    assert [name for name, is_so in state.items() if is_so] == [form]


def test_a_refused_change_says_why_on_the_form_it_came_from(place: Places) -> None:
    found, back = client("administrator"), f"http://testserver/org/units/{place['a']}/edit"
    for form, fields, why in (
        ("retire", {}, "其下仍有单位"),
        ("move", {"to": "财政局"}, "须指明唯一的单位"),
        ("rename", {"name": ""}, "不能为空"),
        ("rename", {"name": "x", "on": "2099-01-01"}, "晚于今天"),
    ):
        values = {**fields, "act_key": str(uuid4())}
        address = f"/org/units/{place['a']}/{form}"
        response = found.post(address, values, headers={"referer": back}, follow=True)
        assert response.redirect_chain[0][0] == f"/org/units/{place['a']}/edit"
        assert why in response.content.decode()


def test_a_stream_leads_to_the_page_of_its_unit(place: Places) -> None:
    found = client("officer")
    stream = org.find_unit(place["a"]).stream
    assert found.get(f"/org/subjects/{stream}")["Location"] == f"/org/units/{place['a']}"
    org.define_sector(system(), place["city"], "x", "试系统", units=[place["city.finance"]], at=AT)
    ledger.seal(AT)  # on PostgreSQL the sequencer numbers them
    sector = next(entry.loop for entry in ledger.list_sealed(0, 1000) if entry.verb == "sector_defined")
    assert found.get(f"/org/subjects/{sector}")["Location"] == "/org/"
    assert found.get(f"/org/subjects/{uuid4()}").status_code == 404


def test_pages_take_few_queries(place: Places, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    found = client("administrator")
    for address in ("/org/", f"/org/units/{place['a.finance']}", "/org/chiefs", "/org/pick?q=czj", "/org/register"):
        found.get(address)
        with django_assert_max_num_queries(12):
            found.get(address)


def test_the_register_is_the_same_on_screen_and_in_the_file(place: Places) -> None:
    found = client("officer")
    page = text(found, "/org/register?text=czj")
    assert [name in page for name in ("江州市财政局", "甲区财政局", "乙县财政局")] == [True] * 3
    assert "民政局" not in page
    rows = found.get("/org/register?text=czj&form=csv").content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["全称", "江州市财政局", "甲区财政局", "乙县财政局"]
    below = found.get(f"/org/register?under={place['b']}&branch=government&form=csv").content.decode("utf-8-sig")
    assert len(below.splitlines()) == 1 + 7
    assert found.get("/org/register?form=xlsx").headers["Content-Type"].endswith("sheet")
    text(found, "/org/register?branch=navy", 422)
