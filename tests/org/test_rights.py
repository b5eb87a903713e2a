"""Standings, lines and scopes; the pure rights and their query twin agree on random organisations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.org.cast import NOW, POSTS, TODAY, Cast, make_cast
from tests.org.lines import World, worlds
from tests.org.places import AT, system
from yunzhang.base.ids import path_ids
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.store import OrgUnit
from yunzhang.ground.org.terms import (
    Duty,
    GuidanceKind,
    Line,
    NewUnit,
    NoAuthority,
    NotHeld,
    NotInYourName,
    Standing,
    UnitKind,
    UnknownUnit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def line(cast: Cast, name: str) -> Line:
    return org.find_line(cast.places[name], on=TODAY)


def standing(cast: Cast, name: str) -> Standing:
    return org.find_standing(cast[name], on=TODAY)


# ---- lines


def test_a_line_says_where_a_unit_stands(cast: Cast) -> None:
    found = line(cast, "a.ecology")
    assert found.name == "甲区生态环境局"
    assert found.guides == ((cast.places["city.ecology"], GuidanceKind.DUAL),)
    assert found.jurisdiction == cast.places["a"]
    assert found.path.startswith(found.jurisdiction_path)
    assert line(cast, "a.party").path.startswith(line(cast, "city.party").path)


def test_lines_take_two_queries_for_any_number_of_units(cast: Cast) -> None:
    def cost(names: list[str]) -> int:
        with CaptureQueriesContext(connection) as seen:
            org.find_lines([cast.places[name] for name in names], on=TODAY)
        return len(seen)

    assert cost(["a.town1"]) == 2
    assert cost(["a.finance"]) == cost([name for name in cast.places.units if "." in name and "city" not in name]) == 2


def test_a_retired_unit_keeps_its_last_place(cast: Cast) -> None:
    before = line(cast, "a.finance")
    org.end_guidance(system(), cast.places["city.finance"], cast.places["a.finance"], at=NOW)
    org.retire_unit(system(), cast.places["a.finance"], at=NOW)
    assert line(cast, "a.finance") == replace(before, guides=())


def test_unknown_units_are_told(cast: Cast) -> None:
    with pytest.raises(UnknownUnit):
        org.find_lines([999_999], on=TODAY)
    with pytest.raises(UnknownUnit):
        org.find_lines([cast.places["a"]], on=AT.date().replace(year=2020))


# ---- standings


def test_a_standing_takes_one_query_and_none_when_remembered(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        found = standing(cast, "office")
    assert len(seen) == 1
    assert (found.duty, found.office_of) == (Duty.OFFICE, cast.places["city"])
    with org.remembering():
        by = cast["office"]
        org.find_standing(by, on=TODAY)
        org.find_lines(cast.places.units.values(), on=TODAY)
        with CaptureQueriesContext(connection) as seen:
            assert org.find_standing(by, on=TODAY) == found
            org.find_lines(cast.places.units.values(), on=TODAY)
        assert not len(seen)


def test_what_is_remembered_is_forgotten_when_the_organisation_changes(cast: Cast) -> None:
    with org.remembering():
        assert standing(cast, "mayor")
        org.end_appointment(system(), cast.posts["mayor"], at=NOW)
        with pytest.raises(NotHeld):
            standing(cast, "mayor")
        before = line(cast, "a.town1")
        org.move_unit(system(), cast.places["a.town1"], cast.places["b"], at=NOW)
        assert line(cast, "a.town1") != before


@pytest.mark.parametrize(
    "by",
    [
        Acting("mayor", None, None),
        Acting("stranger", 1, 1),
    ],
)
def test_nobody_stands_on_a_post_not_held(cast: Cast, by: Acting) -> None:
    with pytest.raises(NotHeld):
        org.find_standing(replace(by, post=by.post and cast.posts["mayor"]), on=TODAY)


# ---- rights


def test_who_may_issue(cast: Cast) -> None:
    city, a_finance = line(cast, "city"), line(cast, "a.finance")
    rules.may_issue(standing(cast, "mayor"), city, "")
    rules.may_issue(standing(cast, "office"), city, "第12期会议纪要")
    rules.may_issue(standing(cast, "a_finance_head"), a_finance, "")
    with pytest.raises(NoAuthority):
        rules.may_issue(standing(cast, "office"), city, " ")
    refused = [
        ("office", a_finance),
        ("city_officer", city),
        ("office_admin", city),
        ("a_chief", city),
        ("mayor", a_finance),
    ]
    for name, unit in refused:
        with pytest.raises(NotInYourName):
            rules.may_issue(standing(cast, name), unit, "第12期会议纪要")


def allowed(cast: Cast, check: object) -> set[str]:
    return {name for name in POSTS if check(standing(cast, name))}  # type: ignore[operator]


def test_who_may_handle_owe_and_edit(cast: Cast) -> None:
    city, desk, finance = (cast.places[name] for name in ("city", "city.big_data", "a.finance"))
    handling = allowed(cast, lambda one: rules.may_handle(one, city, desk))
    assert handling == {"mayor", "city_officer", "office", "bureau_head"}
    assert allowed(cast, lambda one: rules.may_owe(one, finance)) == {"a_finance_head", "a_finance"}
    assert allowed(cast, rules.may_edit_organisation) == {"office_admin", "a_admin"}
    inside_b = line(cast, "b.finance").path
    assert allowed(cast, lambda one: rules.may_edit_organisation(one, inside_b)) == {"office_admin"}


def test_who_sees_a_matter_between_a_county_and_its_department(cast: Cast) -> None:
    parties = [line(cast, "a"), line(cast, "a.finance")]
    expected = {
        "mayor", "city_officer", "office", "auditor", "city_finance",  # superior lines, offices, auditors
        "a_chief", "a_finance_head", "a_finance", "a_office", "a_auditor",
    }  # fmt: skip
    assert allowed(cast, lambda one: rules.may_see(one, parties)) == expected


def test_colleagues_strangers_and_administrators_see_nothing(cast: Cast) -> None:
    parties = [line(cast, "a.finance")]
    for name in ("a_civil", "b_chief", "b_finance", "office_admin", "a_admin", "a_town", "bureau_head"):
        assert not rules.may_see(standing(cast, name), parties), name


# ---- the twin


def seen_by_query(one: Standing) -> set[int]:
    where = org.scope_of(one, on=TODAY).where("id")
    return set(OrgUnit.objects.filter(where).values_list("id", flat=True))


def seen_by_rule(one: Standing, lines: dict[int, Line]) -> set[int]:
    return {unit for unit, each in lines.items() if rules.may_see(one, [each])}


def test_the_query_filter_equals_the_rule_in_the_small_place(cast: Cast) -> None:
    lines = org.find_lines(cast.places.units.values(), on=TODAY)
    for name in POSTS:
        one = standing(cast, name)
        assert seen_by_query(one) == seen_by_rule(one, lines), name


def build(world: World, data: st.DataObject) -> None:
    """Write a random world down as units, with further guidance at random, rings and voids among it."""
    rows = [
        NewUnit(
            each.name, each.name, each.kind, each.branch, each.level, (0, *path_ids(each.path))[-2] or None, each.unit,
            jurisdiction=None if each.kind is not UnitKind.DEPARTMENT else each.jurisdiction, code=each.code,
        )
        for each in world.lines.values()
    ]  # fmt: skip
    org.add_units(system(), rows, at=AT)
    units = st.sampled_from([each.unit for each in world.lines.values()])
    pairs = data.draw(
        st.lists(st.tuples(units, units, st.sampled_from(GuidanceKind)), max_size=12, unique_by=lambda p: p[:2])
    )
    for upper, lower, kind in pairs:
        if upper != lower:
            org.add_guidance(system(), upper, lower, kind, at=AT)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(worlds(), st.data())
def test_the_query_filter_equals_the_rule(world: World, data: st.DataObject) -> None:
    with transaction.atomic():
        build(world, data)
        lines = org.find_lines([each.unit for each in world.lines.values()], on=TODAY)
        for each in lines.values():
            for duty in Duty:
                office = each.jurisdiction if duty is Duty.OFFICE else None
                one = Standing(1, each.unit, duty, each.path, each.jurisdiction, each.jurisdiction_path, office)
                assert seen_by_query(one) == seen_by_rule(one, lines)
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.data())
def test_only_those_concerned_see_a_matter(world: World, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(world.lines))
    parties = [world[data.draw(names)], world[data.draw(names)]]
    own = world[data.draw(names)]
    one = Standing(1, own.unit, Duty.OFFICER, own.path, own.jurisdiction, own.jurisdiction_path)
    concerned = any(own.unit == party.unit or rules.is_superior(own, party) for party in parties)
    assert rules.may_see(one, parties) == concerned
    assert not rules.may_see(replace(one, duty=Duty.ADMINISTRATOR), parties)
    auditor = replace(one, duty=Duty.AUDITOR)
    assert rules.may_see(auditor, parties) == any(rules.contains_place(own, party) for party in parties)
