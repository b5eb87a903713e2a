"""Posts, appointments, delegation, sectors: who may act on which day, and who was responsible."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.org.cast import NOW, TODAY, Cast, make_cast
from tests.org.places import make_place, system
from yunzhang.base.errors import Refused, YunzhangError
from yunzhang.ground.ledger.actions import list_entries
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.store import OrgAppointment
from yunzhang.ground.org.terms import (
    AlreadyHolds,
    Appointment,
    Backdated,
    BadPeriod,
    Duty,
    NewPost,
    NotHeld,
    OtherPlace,
    PostTaken,
    SeparatedPowers,
    UnknownPost,
)

pytestmark = pytest.mark.django_db
TOMORROW, LATER = TODAY + timedelta(1), TODAY + timedelta(30)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def day_after(days: int) -> datetime:
    return NOW + timedelta(days)


def may_owe(cast: Cast, by: Acting, unit: str, on: date = TODAY) -> bool:
    """Return one cell: may this person, so acting, answer for the unit on a day."""
    try:
        return rules.may_owe(org.find_standing(by, on=on), cast.places[unit])
    except NotHeld:
        return False


# ---- delegation, acting, concurrent: each turns a refused cell into an allowed one, for its days only


def test_delegation_changes_a_cell(cast: Cast) -> None:
    by = cast.acting("a_civil", "a_civil", on_behalf="a_finance")
    assert not may_owe(cast, by, "a.finance")
    org.delegate(cast["a_finance"], cast.posts["a_finance"], cast.posts["a_civil"], at=NOW, to_on=LATER)
    assert may_owe(cast, by, "a.finance")
    assert may_owe(cast, by, "a.finance", LATER - timedelta(1))
    assert not may_owe(cast, by, "a.finance", LATER)
    assert not may_owe(cast, by, "a.civil_affairs"), "one acts from one post at a time"
    assert may_owe(cast, cast["a_finance"], "a.finance"), "the lender keeps the right"
    assert not may_owe(cast, cast.acting("a_town", "a_town", on_behalf="a_finance"), "a.finance")


def test_lent_rights_can_be_taken_back(cast: Cast) -> None:
    by = cast.acting("a_civil", "a_civil", on_behalf="a_finance")
    org.delegate(cast["a_finance"], cast.posts["a_finance"], cast.posts["a_civil"], at=NOW)
    lent = org.list_delegations([cast.posts["a_civil"]], on=TODAY)[0]
    org.end_delegation(cast["a_finance"], lent.id, at=day_after(3))
    assert may_owe(cast, by, "a.finance", TODAY + timedelta(2))
    assert not may_owe(cast, by, "a.finance", TODAY + timedelta(3))


def test_an_acting_holder_changes_a_cell(cast: Cast) -> None:
    by = cast.acting("deputy", "a_chief")
    org.end_appointment(system(), cast.posts["a_chief"], at=NOW)
    assert not may_owe(cast, by, "a")
    org.appoint(
        system(), [Appointment(cast.posts["a_chief"], "deputy", "某代理", TODAY, LATER, is_acting=True)], at=NOW
    )
    assert may_owe(cast, by, "a")
    assert not may_owe(cast, by, "a", LATER)
    assert not may_owe(cast, cast["a_chief"], "a")


def test_a_concurrent_post_changes_a_cell(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["a_finance_head"], at=NOW)
    row = Appointment(cast.posts["a_finance_head"], "a_chief", "a_chief", TODAY)
    by = cast.acting("a_chief", "a_finance_head")
    assert not may_owe(cast, by, "a.finance")
    with pytest.raises(AlreadyHolds):
        org.appoint(system(), [row], at=NOW)
    org.appoint(system(), [Appointment(*_row(row), is_concurrent=True)], at=NOW)
    assert may_owe(cast, by, "a.finance")
    assert may_owe(cast, cast["a_chief"], "a")


def _row(held: Appointment) -> tuple[int, str, str, date, date | None]:
    return held.post, held.person, held.name, held.from_on, held.to_on


# ---- what may not be


def test_a_post_has_one_holder_at_a_time(cast: Cast) -> None:
    with pytest.raises(PostTaken):
        org.appoint(system(), [Appointment(cast.posts["mayor"], "", "某人", TODAY)], at=NOW)
    org.end_appointment(system(), cast.posts["mayor"], at=NOW, on=LATER)
    org.appoint(system(), [Appointment(cast.posts["mayor"], "", "某人", LATER)], at=NOW)
    assert org.find_holders([cast.posts["mayor"]], on=TODAY)[cast.posts["mayor"]].name == "mayor"
    assert org.find_holders([cast.posts["mayor"]], on=LATER)[cast.posts["mayor"]].name == "某人"


def test_two_rows_of_one_file_meet_each_other(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["mayor"], at=NOW)
    rows = [Appointment(cast.posts["mayor"], "", name, TODAY) for name in ("甲", "乙")]
    with pytest.raises(PostTaken):
        org.appoint(system(), rows, at=NOW)
    assert not org.find_holders([cast.posts["mayor"]], on=TODAY)


@pytest.mark.parametrize("post", ["auditor", "office_admin"])
def test_administrators_and_auditors_hold_nothing_else(cast: Cast, post: str) -> None:
    org.end_appointment(system(), cast.posts[post], at=NOW)
    row = Appointment(cast.posts[post], "a_chief", "a_chief", TODAY, is_concurrent=True)
    with pytest.raises(SeparatedPowers):
        org.appoint(system(), [row], at=NOW)


def test_what_may_not_be_lent(cast: Cast) -> None:
    def lend(by: Acting, lender: str, borrower: str, **days: date) -> None:
        org.delegate(by, cast.posts[lender], cast.posts[borrower], at=NOW, **days)

    with pytest.raises(SeparatedPowers):
        lend(cast["a_admin"], "a_chief", "a_admin")
    with pytest.raises(SeparatedPowers):
        lend(system(), "auditor", "mayor")
    with pytest.raises(OtherPlace):
        lend(cast["a_chief"], "a_chief", "b_chief")
    with pytest.raises(Backdated):
        lend(cast["a_chief"], "a_chief", "a_finance", from_on=TODAY - timedelta(1))
    with pytest.raises(BadPeriod):
        lend(cast["a_chief"], "a_chief", "a_finance", to_on=TODAY)
    for by in ("a_finance", "b_chief", "mayor"):
        with pytest.raises(Refused):
            lend(cast[by], "a_chief", "a_finance")
    with pytest.raises(UnknownPost):
        org.delegate(system(), 10**9, cast.posts["mayor"], at=NOW)


def test_lent_rights_are_not_lent_on(cast: Cast) -> None:
    org.delegate(cast["a_chief"], cast.posts["a_chief"], cast.posts["a_finance"], at=NOW)
    borrower = cast.acting("a_finance", "a_finance", on_behalf="a_chief")
    with pytest.raises(Refused):
        org.delegate(borrower, cast.posts["a_chief"], cast.posts["a_civil"], at=NOW)


def test_who_edits_the_organisation(cast: Cast) -> None:
    row = NewPost(cast.places["a"], "liaison", "联络员", Duty.OFFICER)
    for name in ("mayor", "a_chief", "office", "auditor"):
        with pytest.raises(Refused):
            org.add_posts(cast[name], [row], at=NOW)
    org.add_posts(cast["a_admin"], [row], at=NOW)
    with pytest.raises(Refused):
        org.add_posts(cast["a_admin"], [NewPost(cast.places["b"], "liaison", "联络员", Duty.OFFICER)], at=NOW)
    with pytest.raises(Refused):
        org.end_appointment(cast["a_admin"], cast.posts["mayor"], at=NOW)


# ---- responsible on a day


def test_who_was_responsible(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["a_finance_head"], at=NOW)
    org.appoint(system(), [Appointment(cast.posts["a_finance_head"], "", "新局长", TODAY, is_acting=True)], at=NOW)
    org.delegate(cast["a_finance"], cast.posts["a_finance"], cast.posts["a_civil"], at=NOW)
    before = org.who_was_responsible(cast.places["a.finance"], on=TODAY - timedelta(1))
    after = org.who_was_responsible(cast.places["a.finance"], on=TODAY)
    assert [each.post.duty for each in after] == [Duty.LEADER, Duty.OFFICER]
    assert [each.holder and each.holder.name for each in before] == ["a_finance_head", "a_finance"]
    assert [each.holder and each.holder.name for each in after] == ["新局长", "a_finance"]
    assert after[1].delegated_to == (cast.posts["a_civil"],)
    assert before[1].delegated_to == ()


def test_a_closed_post_frees_its_holder(cast: Cast) -> None:
    org.close_post(system(), cast.posts["a_finance"], at=NOW, on=TOMORROW)
    assert may_owe(cast, cast["a_finance"], "a.finance")
    assert not may_owe(cast, cast["a_finance"], "a.finance", TOMORROW)
    with pytest.raises(UnknownPost):
        org.appoint(system(), [Appointment(cast.posts["a_finance"], "", "某人", TOMORROW)], at=NOW)
    assert cast.posts["a_finance"] not in [post.id for post in org.list_posts(cast.places["a.finance"], on=TOMORROW)]


def test_every_change_is_on_the_posts_own_stream_without_a_name(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["mayor"], at=NOW)
    stream = org.find_post(cast.posts["mayor"]).stream
    assert stream is not None
    entries = list_entries(stream)
    assert [entry.verb for entry in entries] == ["post_added", "appointed", "appointment_ended"]
    assert entries[1].data["person"] == "mayor"
    assert all("name" not in entry.data for entry in entries)


def test_a_double_press_appoints_once(cast: Cast) -> None:
    org.end_appointment(system(), cast.posts["mayor"], at=NOW)
    by = system()
    row = Appointment(cast.posts["mayor"], "", "某人", TODAY)
    assert org.appoint(by, [row], at=NOW) == org.appoint(by, [row], at=NOW)
    assert OrgAppointment.objects.filter(post=cast.posts["mayor"]).count() == 2


# ---- sectors


def test_sectors_keep_their_days(cast: Cast) -> None:
    city, finance, data = (cast.places[name] for name in ("city", "city.finance", "city.big_data"))
    org.define_sector(system(), city, "money", "财金", units=[finance], chief=cast.posts["mayor"], at=NOW)
    org.define_sector(system(), city, "money", "财金与数据", units=[data], chief=cast.posts["mayor"], at=day_after(5))
    assert org.list_sectors(city, on=TODAY)[0].units == (finance,)
    later = org.list_sectors(city, on=TODAY + timedelta(5))
    assert [(each.name, each.units, each.chief) for each in later] == [("财金与数据", (data,), cast.posts["mayor"])]


# ---- the past stays as it was


OPERATIONS = ("appoint", "end", "delegate", "close")
STEPS = st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 3), st.integers(0, 3), st.integers(-4, 9))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_no_later_act_rewrites_who_was_responsible(steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        places = make_place()
        first = org.find_next_post()
        rows = [NewPost(places["a"], "x", f"岗位{turn}", Duty.LEADER, id=first + turn) for turn in range(4)]
        org.add_posts(system(), rows, at=datetime(2025, 1, 1, 2, tzinfo=UTC))
        told: dict[date, dict[int, str]] = {}
        for number, (verb, post, other, shift) in enumerate(steps):
            today = TODAY + timedelta(number)
            told[today - timedelta(1)] = answered(places["a"], today - timedelta(1))
            with suppress(YunzhangError):
                operate(verb, first + post, first + other, today=today, on=today + timedelta(shift))
            for day, names in told.items():
                now = answered(places["a"], day)
                assert names.items() <= now.items(), "a named answer about a day gone by has changed"
        transaction.set_rollback(True)


def answered(unit: int, day: date) -> dict[int, str]:
    rows = org.who_was_responsible(unit, on=day)
    return {each.post.id: each.holder.person for each in rows if each.holder}


def operate(verb: str, post: int, other: int, *, today: date, on: date) -> None:
    at = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    if verb == "appoint":
        org.appoint(system(), [Appointment(post, str(uuid4()), "某人", on)], at=at)
    elif verb == "end":
        org.end_appointment(system(), post, at=at, on=on)
    elif verb == "delegate":
        org.delegate(system(), post, other, at=at, from_on=on)
    else:
        org.close_post(system(), post, at=at, on=on)
