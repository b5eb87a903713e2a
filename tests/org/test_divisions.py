"""Divisions: the dated list, pseudo-levels, changes, and places built from it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.org.places import AT, system
from yunzhang.base.errors import Invalid
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.store import divisions as store
from yunzhang.ground.org.terms import (
    BadChange,
    ChangeKind,
    Division,
    DivisionChange,
    Level,
    NoDivisionList,
    UnknownDivision,
)

ON, LATER = date(2024, 3, 1), date(2025, 3, 1)
NOW = AT.replace(year=2026)


def change(kind: str, code: str, on: date = ON, **facts: str) -> DivisionChange:
    return DivisionChange(on, ChangeKind(kind), code, **facts)


@pytest.fixture
def chongqing(db: None) -> None:
    rows = [each for each in org.load_place("50") if len(each.code) < 9]
    org.load_divisions(system(), rows, at=AT)


def test_pseudo_levels_lift_what_stands_under_them() -> None:
    places = {each.code: each for each in org.load_place("50")}
    assert places["5001"].is_pseudo
    assert places["5002"].is_pseudo
    assert places["500101"].parent == "50"
    assert places["500101001"].parent == "500101"
    dongguan = {each.code: each for each in org.load_place("4419")}
    assert dongguan["441900"].is_pseudo
    assert dongguan["441900003"].parent == "4419"
    assert {each.parent for each in org.load_place("42") if each.code == "429004"} == {"42"}


def test_no_pseudo_level_ever_becomes_a_place() -> None:
    rows = org.load_place("00")
    names = {each.name for each in rules.real_places(rows, "00", Level.TOWN)}
    assert not names & {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
    cities = rules.real_places(rows, "00", Level.CITY)
    assert len(cities) == 1 + 31 + 333
    repeated = [each for each in rules.real_places(rows, "00", Level.COUNTY) if each.code in ("441900", "620201")]
    assert repeated == []


def test_development_zones_with_statistical_codes_are_no_places() -> None:
    zone = next(each for each in org.load_place("13") if each.code == "130171")
    assert zone.is_pseudo


def test_the_list_is_loaded_once_and_recorded(chongqing: None) -> None:
    assert org.find_division("500101").name == "万州区"
    assert len(org.list_divisions("50")) == 38
    again = org.load_divisions(system(), org.load_place("50")[:50], at=AT)
    assert ledger.find_receipt(again.request) == again
    assert len(org.list_divisions("50")) == 38


def test_a_code_is_asked_about_as_of_a_day(chongqing: None) -> None:
    org.apply_division_changes(system(), [change("renamed", "500101", name="新州区")], at=AT)
    assert org.find_division("500101").name == "新州区"
    assert org.find_division("500101", on=date(2024, 2, 29)).name == "万州区"
    assert org.find_division("500101", on=ON).name == "新州区"
    with pytest.raises(UnknownDivision):
        org.find_division("500101", on=date(2020, 1, 1))


def test_merged_recoded_retired_and_added(chongqing: None) -> None:
    changes = [
        change("recoded", "500102", into="500199"),
        change("merged", "500103", into="500104", on=LATER),
        change("retired", "500105"),
        change("added", "500198", name="两江新区", parent="50"),
        change("merged", "500199", into="500101", on=LATER),
    ]
    org.apply_division_changes(system(), changes, at=NOW)
    assert org.find_successor("500102").code == "500101"  # type: ignore[union-attr]
    assert org.find_successor("500105") is None
    assert org.find_division("500199", on=ON).name == "涪陵区"
    assert {each.code for each in org.list_divisions("50", on=ON)} >= {"500103", "500198", "500199"}
    assert not {each.code for each in org.list_divisions("50")} & {"500102", "500103", "500105", "500199"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (change("renamed", "509999", name="x"), "并不存在"),
        (change("merged", "500101"), "变更后的代码"),
        (change("renamed", "500101"), "写明名称"),
        (change("retired", "500101", on=date(2023, 1, 1)), "不晚于"),
        (change("added", "500101", name="x", parent="50"), "已在使用"),
        (change("added", "500198", name="x"), "上级"),
        (change("added", "500198", name="x", parent="500101"), "上级"),
        (change("recoded", "500101", into="500102"), "已在使用"),
        (change("merged", "500101", into="509999"), "并入的代码"),
        (change("moved", "500101", parent="51"), "上级"),
        (change("retired", "500101", into="500102"), "才填写"),
        (change("retired", "50"), "其下仍有 500101"),
        (change("renamed", "500101", name="x", on=date(2099, 1, 1)), "晚于今天"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(
    chongqing: None, wrong: DivisionChange, problem: str
) -> None:
    with pytest.raises(BadChange, match=problem):
        org.apply_division_changes(system(), [change("renamed", "500106", name="y", on=ON), wrong], at=NOW)
    assert org.find_division("500106").name == "沙坪坝区"


def test_changes_of_one_day_are_made_from_the_bottom_up(db: None) -> None:
    org.load_divisions(system(), org.load_place("500101"), at=AT)
    changes = [
        change("recoded", "500101", into="500199", name="新州区"),
        change("recoded", "500101001", into="500199001", parent="500199"),
        change("merged", "500101017", into="500199001"),
        change("added", "5003", name="新市", parent="50"),
        change("moved", "500101018", parent="500199"),
    ]
    org.apply_division_changes(system(), changes, at=NOW)
    assert org.find_division("500199001").parent == "500199"
    assert org.find_successor("500101017") == org.find_division("500199001")
    assert org.find_division("500101018").parent == "500199"
    assert not org.list_divisions("500101")
    assert len(org.list_divisions("500199")) + 1 == len(org.list_divisions("500101", on=date(2024, 2, 29)))


def test_a_code_is_followed_to_what_it_was_on_a_day(chongqing: None) -> None:
    first, second = (
        change("recoded", "500102", into="500199"),
        change("merged", "500199", into="500101", on=LATER),
    )
    org.apply_division_changes(system(), [second, first], at=NOW)
    days = (date(2024, 1, 1), ON, date(2025, 2, 28), LATER, None)
    found = [org.find_successor("500102", on=day) for day in days]
    assert [each.code for each in found if each] == ["500102", "500199", "500199", "500101", "500101"]
    with pytest.raises(UnknownDivision):
        org.find_successor("500102", on=date(2001, 1, 1))


def test_villages_come_on_request_and_are_never_units() -> None:
    rows = org.load_place("500101001", villages=True)
    villages = [each for each in rows if len(each.code) == 12]
    assert {each.parent for each in villages} == {"500101001"}
    assert [each.code for each in rules.real_places(rows, "500101001", Level.TOWN)] == ["500101001"]
    assert not any(len(each.code) == 12 for each in org.load_place("500101001"))


def test_villages_of_a_county_or_a_town_are_loaded_once_as_dated_rows(db: None) -> None:
    org.load_divisions(system(), org.load_place("500101"), at=AT)
    org.apply_division_changes(system(), [change("recoded", "500101001", into="500101999")], at=NOW)
    before = org.find_next_unit()
    org.load_villages(system(), "500101001", at=NOW)
    assert org.list_villages("500101001") == []
    old, new = org.list_divisions("500101001", on=date(2024, 1, 1)), org.list_divisions("500101999")
    assert [each.code for each in old] == [each.code for each in new] != []
    assert org.list_divisions("500101017") == []
    org.load_villages(system(), "500101", at=NOW)
    assert len(org.list_divisions("500101017")) > 3
    assert org.find_division("500101017001").from_on == date(2023, 6, 30)
    assert org.find_next_unit() == before
    for wrong, error in (("50", Invalid), ("500101001001", Invalid), ("510104", UnknownDivision)):
        with pytest.raises(error):
            org.list_villages(wrong)


def test_missing_files_name_the_step_that_brings_them(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    with pytest.raises(NoDivisionList, match="make assets"):
        org.load_place("50")


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(UnknownDivision, match="59"):
        org.preview_place("chongqing", place="59")


@given(st.from_regex(r"[1-6][1-6]([0-9]{2}){0,2}", fullmatch=True))
def test_a_places_code_is_its_shortest_form(code: str) -> None:
    short = rules.place_code(code)
    assert code.startswith(short)
    assert rules.place_code(short.ljust(6, "0")) == rules.place_code(code)


def test_fictional_names_are_distinct_and_follow_the_structure() -> None:
    places = rules.real_places(org.load_place("50"), "50", Level.COUNTY)
    fake = rules.fictional(places, "50")
    assert [each.name for each in fake[:4]] == ["江州市", "甲区", "乙区", "丙区"]
    assert len({each.name for each in fake}) == len(places)
    assert all(isinstance(each, Division) and each.source == "虚构" for each in fake)
