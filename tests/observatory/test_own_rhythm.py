"""A post's own view is for its holder alone, off by default, and nothing but official acts can reach it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.directives.office import NOW, issue, open_office, press, sign_in
from tests.org.places import system
from yunzhang.base.errors import Refused
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions.measuring import find_material
from yunzhang.governance.observatory.actions.rhythm import build_rhythm
from yunzhang.governance.observatory.terms import OwnViewClosed, Parameters
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import EntryQuery
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Appointment, NotHeld
from yunzhang.kit import doors
from yunzhang.kit.lists import Scope

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70)
MINE = "/observatory/rhythm/mine"
RECORD = {"ledger_entry", "ledger_loop"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One document to two counties; built once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = open_office()
        issue(found, "a", "b")
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def office(built):
    """The office, restored afterwards."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


def tables(asked):
    """Every table the queries name."""
    return {name for query in asked for name in re.findall(r'(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?', query["sql"])}


def numbers(page):
    """What the page says, without the keys of its forms."""
    text = re.sub(r'name="(csrfmiddlewaretoken|act_key)" value="[^"]*"', "", page.content.decode())
    return text[text.index("<h1") : text.index("</main>")]


def test_it_is_off_until_its_holder_opens_it_and_can_be_switched_off(office):
    client = sign_in(office, "office")
    assert "尚未开启" in client.get(MINE).content.decode()
    with pytest.raises(OwnViewClosed):
        actions.find_own_rhythm(office.by("office"), at=LATER)
    assert press(client, f"{MINE}/open").status_code == 303
    assert actions.find_own_view(office.by("office"), at=LATER) == LATER
    found = actions.find_own_rhythm(office.by("office"), at=LATER)
    assert sum(map(sum, found.acts)) == 1, "one document is one act"
    assert "正式办理 1 次" in client.get(MINE).content.decode()
    press(client, f"{MINE}/close")
    assert actions.find_own_view(office.by("office"), at=LATER) is None
    assert "尚未开启" in client.get(MINE).content.decode()


@pytest.mark.parametrize("role", ["city", "auditor", "administrator", "a", "city.big_data"])
def test_nobody_else_can_open_it_whatever_they_ask_for(office, role):
    press(sign_in(office, "office"), f"{MINE}/open")
    post, person = office.actors["office"].post, office.actors["office"].person
    client = sign_in(office, role)
    for tail in ("", f"?post={post}", f"?person={person}", f"?unit={office.unit('city.big_data')}"):
        page = client.get(MINE + tail).content.decode()
        assert "尚未开启" in page
        assert "政务云迁移" not in page
    for path in (f"/observatory/rhythm/{post}", f"{MINE}/{post}", f"{MINE}/table.xlsx"):
        assert client.get(path).status_code == 404


def test_a_borrowed_post_and_a_successor_find_it_closed(office):
    press(sign_in(office, "office"), f"{MINE}/open")
    lent = office.actors["office"]
    org.delegate(system(), lent.post, office.actors["city.finance"].post, at=NOW)
    borrower = replace(office.by("city.finance"), on_behalf=lent.post)
    with pytest.raises(Refused):
        actions.find_own_view(borrower, at=LATER)
    org.end_appointment(system(), lent.post, at=LATER)
    org.appoint(system(), [Appointment(lent.post, "", "后任", LATER.date())], at=LATER)
    (row,) = [one for one in org.list_appointments([lent.post]) if one.person != lent.person]
    successor = replace(office.by("office"), person=row.person)
    assert actions.find_own_view(successor, at=LATER) is None
    actions.open_own_rhythm(successor, at=LATER)
    assert actions.find_own_rhythm(successor, at=LATER).acts == ()
    with pytest.raises(NotHeld):
        actions.find_own_view(office.by("office"), at=LATER)


def test_no_entry_tells_that_it_was_opened(office):
    query = EntryQuery(units=Scope(tuple(office.places.units.values())))
    before = ledger.list_records(query).total
    client = sign_in(office, "office")
    press(client, f"{MINE}/open")
    press(client, f"{MINE}/close")
    assert ledger.list_records(query).total == before


def test_clicks_sign_ins_and_time_online_change_no_byte_of_it(office):
    client = sign_in(office, "office")
    press(client, f"{MINE}/open")
    before, facets = numbers(client.get(MINE)), list(build_rhythm(find_material(Parameters(draws=0), at=LATER)))
    for _ in range(5):
        again = sign_in(office, "office")
        for path in ("/desk", "/matters", "/observatory/", MINE, "/records/", "/org/"):
            again.get(path)
    assert numbers(client.get(MINE)) == before
    assert list(build_rhythm(find_material(Parameters(draws=0), at=LATER))) == facets


def test_what_is_counted_comes_from_entries_alone(office):
    material = find_material(Parameters(draws=0), at=LATER)
    with CaptureQueriesContext(connection) as asked:
        list(build_rhythm(material))
    assert tables(asked) == RECORD
    actions.open_own_rhythm(office.by("office"), at=LATER)
    with CaptureQueriesContext(connection) as asked:
        actions.find_own_rhythm(office.by("office"), at=LATER)
    seen = tables(asked)
    assert seen >= RECORD
    assert not [name for name in seen if re.search("session|account|auth|admin|log|sign", name)], seen
    assert {name for name in seen if not name.startswith("org_")} == RECORD | {"obs_own_view"}
