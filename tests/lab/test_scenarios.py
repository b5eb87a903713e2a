"""Scenarios: every wrong word is told before anything runs; a scenario written and read again is itself."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.lab.governments import behaviour_of, scenario_of
from yunzhang.governance.lab.rules.scenarios import BEHAVIOUR, FIELDS, HOW_MANY, TITLES, read_scenario, write_scenario
from yunzhang.governance.lab.rules.scenarios.staging import build
from yunzhang.governance.lab.terms import BadScenario, Do, ScenarioTooLarge
from yunzhang.governance.observatory.rules.planted import plant_place

UNITS = plant_place()
LEADER = {"do": "appoint_leader", "on": "2027-03-01", "units": ["c0.1", "c0.2"]}
EXAMPLES = {
    Do.APPOINT_LEADER: LEADER,
    Do.RAISE_SYSTEM: {"do": "raise_system", "on": "2027-03-01"},
    Do.SIGN_AGREEMENT: {"do": "sign_agreement", "on": "2027-03-01", "units": ["c0-1", "c0-2"]},
    Do.OPEN_CHANNEL: {"do": "open_channel", "on": "2027-03-01", "units": ["c0", "c0-1"], "kind": "enterprise"},
    Do.MOVE_OFFICE: {"do": "move_office", "on": "2027-03-01", "units": ["c0.2"], "was": "c0.1"},
    Do.SET_MEETINGS: {"do": "set_meetings", "on": "2027-03-01", "every": 14},
    Do.CHANGE_PROGRAMME: {"do": "change_programme", "on": "2027-03-01", "programme": "一件事"},
    Do.VACATE_POST: {"do": "vacate_post", "on": "2027-03-01", "until": "2027-09-01", "units": ["c0-1"]},
    Do.MERGE_UNITS: {"do": "merge_units", "on": "2027-03-01", "units": ["c0.1", "c0.2"]},
    Do.SPLIT_UNIT: {"do": "split_unit", "on": "2027-03-01", "units": ["c0.1"]},
    Do.ADD_SUPERIOR: {"do": "add_superior", "on": "2027-03-01", "units": ["c0-1-1"], "superior": "c0.3"},
    Do.ADD_LINKS: {"do": "add_links", "on": "2027-03-01", "count": 40},
    Do.LOOSEN_LINE: {"do": "loosen_line", "on": "2027-03-01", "factor": 0.5},
}
PROGRAMMES = [{"name": "一件事", "share": 0.5, "halves_in": 60}]


def read(*steps, **more):
    return read_scenario(scenario_of(*steps, **({"programmes": PROGRAMMES} | more)), units=UNITS)


def test_every_what_if_has_a_title_fields_and_a_count_of_units():
    assert set(TITLES) == set(FIELDS) == set(HOW_MANY) == set(EXAMPLES) == set(Do)


@pytest.mark.parametrize("do", list(Do))
def test_each_is_read_written_read_again_and_can_be_built(do):
    scenario = read(EXAMPLES[do])
    assert read_scenario(write_scenario(scenario), units=UNITS) == scenario
    assert scenario.what_ifs[0].day == 59
    assert {field.name for field in FIELDS[do]} == set(scenario.what_ifs[0].values)
    built = build(UNITS, behaviour_of(), scenario, changed=True)
    assert [stage.day for stage in built.setting.stages][:2] == [0, 59]


def test_behaviour_paces_and_programmes_come_along():
    more = {"behaviour": {"capacity": 2, "by_hand": 1, "partners": 4}, "paces": {"region": {"rate": 2, "chance": 0.7}}}
    scenario = read(LEADER, **more)
    assert read_scenario(write_scenario(scenario), units=UNITS) == scenario
    made = build(UNITS, behaviour_of(), scenario, changed=False).made
    assert made.behaviour.capacity == 2
    assert made.behaviour.by_hand is True
    assert made.behaviour.pace("region", 3).chance == 0.7
    assert set(BEHAVIOUR) <= set(type(made.behaviour).__dataclass_fields__)


WRONG = [
    ({"do": "appoint"}, "appoint"),
    ({**LEADER, "unit": "c0.1"}, "unit"),
    ({**LEADER, "units": ["c0.1", "nobody"]}, "nobody"),
    ({**LEADER, "units": ["c0.1", "c0.1"]}, "两次"),
    ({**LEADER, "units": ["c0.1"]}, "1 个单位"),
    ({**LEADER, "units": ["c0.1", "enterprise-1"]}, "体制外"),
    ({**LEADER, "units": ["c0", "c0.1"]}, "上下级"),
    ({**LEADER, "units": "c0.1"}, "units"),
    ({**LEADER, "on": "2026-12-31"}, "2026-12-31"),
    ({**LEADER, "on": "2028-12-21"}, "2028-12-21"),
    ({**LEADER, "on": "March"}, "March"),
    ({**LEADER, "until": "2027-02-01"}, "2027-02-01"),
    ({**LEADER, "chance": 1.2}, "1.2"),
    ({**LEADER, "chance": "high"}, "high"),
    ({**LEADER, "capacity": float("nan")}, "nan"),
    ({**EXAMPLES[Do.SIGN_AGREEMENT], "units": ["c0-1", "c0.1"]}, "部门"),
    ({**EXAMPLES[Do.SIGN_AGREEMENT], "units": ["c0-1", "c0-1-1"]}, "上下级"),
    ({**EXAMPLES[Do.OPEN_CHANNEL], "kind": "party"}, "party"),
    ({**EXAMPLES[Do.MOVE_OFFICE], "units": ["c0"]}, "部门"),
    ({**EXAMPLES[Do.MOVE_OFFICE], "was": "nobody"}, "nobody"),
    ({**EXAMPLES[Do.CHANGE_PROGRAMME], "programme": "别的"}, "别的"),
    ({**EXAMPLES[Do.CHANGE_PROGRAMME], "programme": ""}, "programme"),
    ({**EXAMPLES[Do.MERGE_UNITS], "units": ["c0.1", "c0-1"]}, "下级"),
    ({**EXAMPLES[Do.MERGE_UNITS], "until": "2027-09-01"}, "until"),
    ({**EXAMPLES[Do.MOVE_OFFICE], "was": "c0"}, "同一政府"),
    ({**EXAMPLES[Do.MOVE_OFFICE], "was": "c0-1.1"}, "同一政府"),
    ({**EXAMPLES[Do.MERGE_UNITS], "units": ["c0.1", "c0-1-1"]}, "政府与部门"),
    ({**EXAMPLES[Do.SIGN_AGREEMENT], "chance": True}, "True"),
    ({**EXAMPLES[Do.SIGN_AGREEMENT], "term": 20.5}, "整数"),
    ({**EXAMPLES[Do.ADD_LINKS], "count": 3.7}, "整数"),
    ({**LEADER, "until": 0}, "0"),
    ({**LEADER, "units": False}, "列表"),
    ({**EXAMPLES[Do.ADD_SUPERIOR], "superior": "c0-1"}, "同一条"),
    ({**EXAMPLES[Do.ADD_SUPERIOR], "superior": ""}, "superior"),
    ({**EXAMPLES[Do.ADD_LINKS], "count": 0}, "count"),
    ("appoint", "键值对"),
]


@pytest.mark.parametrize(("step", "word"), WRONG)
def test_what_is_wrong_is_told_with_its_place(step, word):
    with pytest.raises(BadScenario) as caught:
        read(LEADER | {"units": ["c0.5", "c0.6"]}, step)
    told = str(caught.value)
    assert word in told
    assert "第 2 项" in told


CLASHES = [
    (LEADER, {**LEADER, "units": ["c0.2", "c0.3"]}, "两位"),
    (EXAMPLES[Do.MERGE_UNITS], {**LEADER, "units": ["c0.2", "c0.4"]}, "并入"),
    ({**LEADER, "units": ["c0.2", "c0.4"]}, EXAMPLES[Do.MERGE_UNITS], "安排"),
    (EXAMPLES[Do.SET_MEETINGS], {**EXAMPLES[Do.SET_MEETINGS], "every": 7}, "矛盾"),
    (EXAMPLES[Do.RAISE_SYSTEM], EXAMPLES[Do.RAISE_SYSTEM], "矛盾"),
    (EXAMPLES[Do.CHANGE_PROGRAMME], EXAMPLES[Do.CHANGE_PROGRAMME], "矛盾"),
    (EXAMPLES[Do.VACATE_POST], EXAMPLES[Do.VACATE_POST], "同时空缺"),
    (EXAMPLES[Do.ADD_SUPERIOR], {**EXAMPLES[Do.ADD_SUPERIOR], "superior": "c0.4"}, "另一个条线上级"),
    (EXAMPLES[Do.MOVE_OFFICE], {**EXAMPLES[Do.MOVE_OFFICE], "units": ["c0.3"]}, "两处"),
]
MERGER = {"do": "merge_units", "on": "2027-05-01", "units": ["c0.2", "c0.3"]}
VACANT = {"do": "vacate_post", "units": ["c0.3"]}
MOVED = {"do": "move_office", "on": "2027-03-01", "units": ["c0.4"], "was": "c0.3"}
IN_DAYS = [  # with a merger that takes c0.3 away, whichever stands first in the file
    ({**VACANT, "on": "2027-03-01"}, ""),
    ({**VACANT, "on": "2027-06-01"}, "已并入"),
    ({**LEADER, "units": ["c0.3", "c0.4"]}, "安排"),
    ({**LEADER, "units": ["c0.3", "c0.4"], "until": "2027-05-01"}, ""),
    (EXAMPLES[Do.ADD_SUPERIOR], "安排"),
    ({**EXAMPLES[Do.ADD_SUPERIOR], "on": "2027-06-01"}, "已并入"),
    (MOVED, ""),
    ({**MOVED, "on": "2027-06-01"}, "已并入"),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("other", "word"), IN_DAYS)
def test_days_decide_what_contradicts_a_merger_not_the_order_in_the_file(other, word, turned):
    steps = [other, MERGER] if turned else [MERGER, other]
    if not word:
        assert len(read(*steps).what_ifs) == 2
        return
    with pytest.raises(BadScenario) as caught:
        read(*steps)
    assert word in str(caught.value)


def test_a_number_that_spells_like_a_unit_is_no_mention_of_it():
    names = {"c0.3": "6", "c0.4": "30"}  # as an office numbers its units; 6 and 30 are what is left out below
    rows = [{key: names.get(cell, cell) for key, cell in row.items()} for row in UNITS.to_pylist()]
    merger = {**MERGER, "units": ["c0.2", "6", "30"]}
    for step in (LEADER, {**EXAMPLES[Do.SET_MEETINGS], "every": 30}, EXAMPLES[Do.SIGN_AGREEMENT]):
        later = {**step, "on": "2027-06-01"} | ({"units": ["c0.1", "c0.5"]} if step is LEADER else {})
        read_scenario(scenario_of(merger, later), units=pa.Table.from_pylist(rows, UNITS.schema))


def test_offices_of_two_governments_move_on_the_same_day():
    other = {"do": "move_office", "on": "2027-03-01", "units": ["c0-1.1"]}
    assert len(read(EXAMPLES[Do.MOVE_OFFICE], other).what_ifs) == 2


def test_of_two_moves_of_an_office_the_later_one_holds_whichever_is_written_first():
    early, late = ({"do": "move_office", "on": f"2027-0{month}-01", "units": [unit]} for month, unit in
                   ((3, "c0.2"), (6, "c0.3")))  # fmt: skip
    for steps in ((early, late), (late, early)):
        built = build(UNITS, behaviour_of(), read(*steps), changed=True)
        ids = built.made.tree.ids
        assert [ids[stage.units.host[ids.index("c0")]] for stage in built.setting.stages[-2:]] == ["c0.2", "c0.3"]


def test_more_than_all_links_together_are_refused():
    half = {**EXAMPLES[Do.ADD_LINKS], "count": 120_000}
    assert read(half).what_ifs
    with pytest.raises(ScenarioTooLarge):
        read(half, {**half, "on": "2027-04-01"})


@pytest.mark.parametrize(("one", "other", "word"), CLASHES)
def test_what_contradicts_itself_is_told(one, other, word):
    with pytest.raises(BadScenario) as caught:
        read(one, other)
    assert word in str(caught.value)


def test_one_after_the_other_is_no_contradiction():
    assert len(read({**LEADER, "until": "2027-06-01"}, {**LEADER, "on": "2027-06-01"}).what_ifs) == 2


def test_a_million_links_are_refused_before_anything_runs():
    with pytest.raises(ScenarioTooLarge):
        read({**EXAMPLES[Do.ADD_LINKS], "count": 1_000_000})


@pytest.mark.parametrize("do", [Do.APPOINT_LEADER, Do.MERGE_UNITS, Do.MOVE_OFFICE])
def test_a_body_under_vertical_management_gets_no_local_leader(do):
    with pytest.raises(BadScenario) as caught:
        read_scenario(scenario_of(EXAMPLES[do]), units=UNITS, vertical={"c0.2"})
    assert "垂直管理" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"days": 5}, "days"),
        ({"days": 100_000}, "days"),
        ({"begins": "soon"}, "soon"),
        ({"what_if": []}, "what_if"),
        ({"what_ifs": "x"}, "列表"),
        ({"behaviour": {"speed": 3}}, "speed"),
        ({"behaviour": {"attention": 3}}, "attention"),
        ({"behaviour": {"by_hand": 0.5}}, "整数"),
        ({"behaviour": {"late": 0.9, "refused": 0.2}}, "refused"),
        ({"behaviour": 0}, "键值对"),
        ({"paces": False}, "键值对"),
        ({"what_ifs": 0}, "列表"),
        ({"days": 60.5}, "整数"),
        ({"paces": {"market": {"rate": 3}}}, "market"),
        ({"paces": {"church": {"rate": 3, "chance": 0.5}}}, "church"),
        ({"programmes": [{"share": 0.5}]}, "name"),
        ({"programmes": [{"name": "a", "share": 0.7}, {"name": "b", "share": 0.7}]}, "share"),
    ],
)
def test_what_is_wrong_around_the_what_ifs_is_told(more, word):
    with pytest.raises(BadScenario) as caught:
        read_scenario(scenario_of() | more, units=UNITS)
    assert word in str(caught.value)
