"""The tree of units: dated looks, moves against an oracle, names, guidance, search, columns of the measure."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests.org.places import AT, Places, make_place, system
from yunzhang.base.ids import path_ids
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.store import units as store
from yunzhang.ground.org.terms import BadTree, Branch, GuidanceKind, Level, NewUnit, UnitKind, UnknownUnit

MOVES, SEED = 100, 20261123


def moment(day: int) -> datetime:
    return AT + timedelta(days=day)


def day(number: int) -> date:
    return moment(number).date()


@pytest.fixture
def place(db: None) -> Places:
    return make_place()


def test_units_stand_where_they_were_put(place: Places) -> None:
    finance = org.find_unit(place["a.finance"])
    assert path_ids(finance.path) == (place["city"], place["a"], place["a.finance"])
    assert finance.jurisdiction == place["a"]
    assert org.find_unit(place["a.town1"]).jurisdiction == place["a.town1"]
    assert [unit.id for unit in org.find_ancestors(place["a.finance"])] == [place["city"], place["a"]]
    assert [unit.id for unit in org.list_roots()] == [place["city.party"], place["city"]]
    children = [unit.short_name for unit in org.list_children(place["a"])]
    assert children == ["甲区财政局", "甲区民政局", "甲区大数据局", "甲区生态环境局", "甲区一镇", "甲区二镇"]
    assert org.find_unit(place["a.party"]).parent == place["city.party"]
    assert {unit.id for unit in org.list_place(place["a"])} >= {place["a"], place["a.party"], place["a.finance"]}


def test_looks_take_few_queries(place: Places, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        org.find_units(list(place.units.values()))
    with django_assert_num_queries(2):
        org.list_subtree(place["city"])
    with django_assert_num_queries(2):
        org.find_ancestors(place["a.finance"])


def test_every_addition_is_an_entry_on_the_stream_of_its_unit(place: Places) -> None:
    unit = org.find_unit(place["a.finance"])
    entries = ledger.list_entries(unit.stream)
    assert [entry.verb for entry in entries] == ["unit_added"]
    assert entries[0].data["unit"] == unit.id
    assert "甲区财政局" not in str(dict(entries[0].data))
    assert "name" in entries[0].digests
    assert org.find_unit_of(unit.stream) == unit


def test_an_unknown_unit_is_said_by_name(place: Places) -> None:
    with pytest.raises(UnknownUnit, match="999999"):
        org.find_unit(999999)
    with pytest.raises(UnknownUnit):
        org.find_unit(place["a"], on=date(2000, 1, 1))


def test_a_move_leaves_past_days_as_they_were(place: Places) -> None:
    before = {unit.id: unit for unit in org.list_subtree(place["city"], on=day(1))}
    org.move_unit(system(), place["b"], place["a"], at=moment(30))
    assert {unit.id: unit for unit in org.list_subtree(place["city"], on=day(1))} == before
    town = org.find_unit(place["b.town1"])
    assert path_ids(town.path) == (place["city"], place["a"], place["b"], place["b.town1"])
    assert org.find_unit(place["b.town1"], on=day(29)).path == before[place["b.town1"]].path
    assert org.find_unit(place["b.town1"], on=day(30)).path == town.path


def test_a_department_follows_to_its_new_place_and_a_government_stays_its_own(place: Places) -> None:
    org.move_unit(system(), place["b.finance"], place["a"], at=moment(3))
    assert org.find_unit(place["b.finance"]).jurisdiction == place["a"]
    assert org.find_unit(place["b.finance"], on=day(2)).jurisdiction == place["b"]
    org.move_unit(system(), place["a"], None, at=moment(4))
    assert org.find_unit(place["a"]).jurisdiction == place["a"]
    assert org.find_unit(place["b.finance"]).jurisdiction == place["a"]


@pytest.mark.parametrize(
    ("unit", "to", "on", "problem"),
    [
        ("city", "a.town1", 5, "它自己"),
        ("a", "a", 5, "它自己"),
        ("a", "b", 50, "晚于今天"),
        ("a", "b", -5, "之后已有变动"),
    ],
)
def test_moves_that_would_break_the_tree_are_refused(place: Places, unit: str, to: str, on: int, problem: str) -> None:
    with pytest.raises(BadTree, match=problem):
        org.move_unit(system(), place[unit], place[to], at=moment(10), on=day(on))


def test_names_are_dated_too(place: Places) -> None:
    org.rename_unit(system(), place["a"], "丙区人民政府", short_name="丙区政府", division="500101", at=moment(9))
    assert org.find_unit(place["a"]).name == "丙区人民政府"
    assert (org.find_unit(place["a"], on=day(8)).name, org.find_unit(place["a"], on=day(8)).division) == (
        "甲区人民政府",
        "",
    )
    assert org.find_unit(place["a"], on=day(9)).division == "500101"
    org.rename_unit(system(), place["a"], "丁区人民政府", at=moment(9))
    assert org.find_unit(place["a"], on=day(9)).name == "丁区人民政府"
    assert [unit.id for unit in org.search_units("dqrm")] == [place["a"]]


def test_a_unit_with_others_below_cannot_be_retired_and_a_retired_one_not_changed(place: Places) -> None:
    with pytest.raises(BadTree, match="其下仍有单位"):
        org.retire_unit(system(), place["a"], at=moment(3))
    org.retire_unit(system(), place["a.ecology"], at=moment(3))
    assert place["a.ecology"] not in {unit.id for unit in org.list_children(place["a"])}
    assert place["a.ecology"] in {unit.id for unit in org.list_children(place["a"], on=day(2))}
    assert org.find_guides([place["a.ecology"]]) == []
    assert len(org.find_guides([place["a.ecology"]], on=day(2))) == 1
    assert org.find_unit(place["a.ecology"]).to_on == day(3)
    for change in (
        lambda: org.rename_unit(system(), place["a.ecology"], "x", at=moment(5)),
        lambda: org.move_unit(system(), place["a.ecology"], place["b"], at=moment(5)),
        lambda: org.retire_unit(system(), place["a.ecology"], at=moment(5)),
    ):
        with pytest.raises(BadTree, match="已经撤销"):
            change()


def test_the_same_request_twice_is_one_addition(place: Places) -> None:
    by = system()
    row = NewUnit("甲区审计局", "甲区审计局", UnitKind.DEPARTMENT, Branch.GOVERNMENT, Level.COUNTY, place["a"])
    first = org.add_units(by, [row], at=moment(1))
    assert org.add_units(by, [row], at=moment(1)) == first
    assert len(org.search_units("甲区审计局")) == 1


def test_search_knows_names_short_names_and_initials(place: Places) -> None:
    assert [unit.short_name for unit in org.search_units("财政")] == ["市财政局", "甲区财政局", "乙县财政局"]
    assert org.search_units("jqczj")[0].id == place["a.finance"]
    assert [unit.id for unit in org.search_units("czj", under=place["b"])] == [place["b.finance"]]
    assert org.search_units("  ") == []
    assert len(org.search_units("j", limit=2)) == 2


def test_guidance_is_dated_and_the_strongest_counts(place: Places) -> None:
    columns = {row["id"]: row for row in org.unit_columns(day(1)).to_pylist()}
    lower, upper = str(place["a.ecology"]), str(place["city.ecology"])
    assert columns[lower]["guided_by"] == upper
    org.add_guidance(system(), place["city.finance"], place["a.ecology"], GuidanceKind.VERTICAL, at=moment(5))
    assert {row["id"]: row for row in org.unit_columns(day(5)).to_pylist()}[lower]["guided_by"] == str(
        place["city.finance"]
    )
    org.end_guidance(system(), place["city.finance"], place["a.ecology"], at=moment(8))
    assert {row["id"]: row for row in org.unit_columns(day(8)).to_pylist()}[lower]["guided_by"] == upper
    with pytest.raises(UnknownUnit):
        org.end_guidance(system(), place["city.finance"], place["a.ecology"], at=moment(9))
    with pytest.raises(BadTree, match="指导自己"):
        org.add_guidance(system(), place["a"], place["a"], GuidanceKind.DUAL, at=moment(9))


def test_columns_are_the_measures(place: Places) -> None:
    table = org.unit_columns(day(1))
    rows = {row["id"]: row for row in table.to_pylist()}
    assert table.column_names == ["id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports"]
    town, party = rows[str(place["a.town1"])], rows[str(place["a.party"])]
    assert (town["kind"], town["reports"], town["jurisdiction"]) == ("government", "no", str(place["a.town1"]))
    assert (party["kind"], party["reports"], party["jurisdiction"]) == ("department", "yes", str(place["a"]))
    assert rows[str(place["city"])]["parent"] is None
    assert len(rows) == len(place.units)


def test_counts_of_blocks_equal_the_subtrees(place: Places) -> None:
    counts = org.count_blocks(place["city"])
    assert counts[place["a"]] == {"department": 4, "government": 1, "town": 2}
    assert counts[place["city.finance"]] == {"department": 1}


def test_after_a_hundred_random_moves_every_past_day_equals_an_oracles_tree(place: Places) -> None:
    chance = random.Random(SEED)
    parents = {unit.id: unit.parent for unit in (org.find_unit(number) for number in place.units.values())}
    days: list[dict[int, int | None]] = [dict(parents)]
    number, made = 0, 0
    while made < MOVES:
        number += chance.choice((0, 0, 1, 2))
        while len(days) <= number:
            days.append(dict(parents))
        unit, to = chance.choice(list(parents)), chance.choice([None, *parents])
        if to is not None and unit in chain(parents, to):
            continue
        org.move_unit(system(), unit, to, at=moment(number))
        parents[unit] = to
        days[number] = dict(parents)
        made += 1
    for number, expected in enumerate(days):
        assert tree_on(number) == {unit: tuple(reversed(chain(expected, unit))) for unit in expected}
    today = {unit.id: unit for unit in org.find_units(parents).values()}
    assert {number: path_ids(unit.path) for number, unit in today.items()} == tree_on(len(days) - 1)
    assert {number: unit.parent for number, unit in today.items()} == parents


def chain(parents: dict[int, int | None], unit: int) -> list[int]:
    found: list[int] = []
    above: int | None = unit
    while above is not None:
        found.append(above)
        above = parents[above]
    return found


def tree_on(number: int) -> dict[int, tuple[int, ...]]:
    roots = org.list_roots(on=day(number))
    return {unit.id: path_ids(unit.path) for root in roots for unit in org.list_subtree(root.id, on=day(number))}


def test_moments_are_days_of_the_place(db: None) -> None:
    late = datetime(2025, 1, 1, 17, tzinfo=UTC)  # already 2 January in Shanghai
    row = NewUnit("江州市人民政府", "市政府", UnitKind.GOVERNMENT, Branch.GOVERNMENT, Level.CITY)
    org.add_units(system(), [row], at=late)
    assert org.list_roots()[0].from_on == date(2025, 1, 2)


def test_statistics_of_blocks_are_one_range_scan_of_the_covering_index(place: Places) -> None:
    query, params = store.blocks(org.find_unit(place["city"]).path).query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(prefix + query, params)
        plan = " ".join(str(part) for row in cursor.fetchall() for part in row)
    wanted = "SEARCH org_unit USING COVERING INDEX org_unit_path" if connection.vendor == "sqlite" else "org_unit_path"
    assert wanted in plan
