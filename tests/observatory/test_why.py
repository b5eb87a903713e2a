"""The facet "why": every half alive on a planted place, five at most, all inside the sub-tree; calm without H."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, needs_of, organisations, table
from yunzhang.governance.observatory.actions import Material, build_why, number_study
from yunzhang.governance.observatory.pages.why import across, lines
from yunzhang.governance.observatory.pages.why.reason import find_reason
from yunzhang.governance.observatory.pages.why.signs import list_risks, list_symptoms
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters

AT = datetime(2026, 12, 31, tzinfo=UTC)


def material_of(units, loops, **more):
    measured = measure(units, loops, Parameters(draws=0))
    return Material(measured, units, loops, AT, number_study(units["id"].to_pylist()), study="planted", **more)


@pytest.fixture(scope="module")
def planted():
    units = plant_place()
    return units, plant(units, Plan(rates_of(Mode.AUTHORITATIVE), seed=3)).loops


def bodies(units, loops):
    return dict(build_why(material_of(units, loops)))


@st.composite
def nasty_logs(draw):
    units = draw(organisations())
    loops = draw(loops_of(units))
    ids = ["", *sorted({row["loop"] for row in loops}), "ghost"]
    loops = [
        row | {"parent": draw(st.sampled_from(ids)), "programme": draw(st.sampled_from(["", "迁云"]))} for row in loops
    ]
    return units, loops, draw(st.one_of(st.none(), needs_of(units)))


@settings(max_examples=20, deadline=None)
@given(nasty_logs())
def test_nasty_logs_have_a_facet_of_every_unit_with_children(case):
    units, loops, need = case
    columns = table(units, UNIT), table(loops, (*LOOP, "parent", "programme"))
    needs = None if need is None else table(need, ("a", "b", "matters"))
    measured = measure(*columns, Parameters(draws=0), need=needs)
    number = number_study(measured.tree.ids)
    found = dict(build_why(Material(measured, *columns, AT, number, study="nasty", need=needs)))
    assert set(found) == {number(measured.tree.ids[node]) for node in measured.tree.inner}
    for body in found.values():
        assert json.loads(json.dumps(body, allow_nan=False)) == body
        assert find_reason(body).said
        assert len(list_symptoms(body)) == 5
        assert len(list_risks(body, [])) == 3
        assert lines.find_lines(body)["levels"] == [
            [column.value(row) for column in lines.COLUMNS] for row in lines.list_levels(body)
        ]
        shown = across.find_across(body, {})["matrices"]
        states = [count for matrix in shown for _state, _word, count in matrix["states"]]
        assert sum(states) == len(across.list_pairs(body, {}))


def test_every_unit_with_children_has_every_part(planted):
    units, loops = planted
    found = bodies(units, loops)
    tree = material_of(units, loops).measured.tree
    assert len(found) == len(tree.inner)
    top = found[number_study(units["id"].to_pylist())(tree.ids[0])]
    assert json.loads(json.dumps(top)) == top
    assert top["has_h"]
    assert [one["class"] for one in top["outside"]] == ["market", "society", "region"]
    assert all(value is not None for name, value in top["symptoms"].items() if name != "balance")
    assert top["matrices"][0]["part"] == "department"
    assert top["blocks"]


def test_at_most_five_each_inside_the_sub_tree_with_their_ranges(planted):
    units, loops = planted
    material = material_of(units, loops)
    tree = material.measured.tree
    node = {material.number(tree.ids[x]): x for x in range(tree.count)}
    for number, body in build_why(material):
        for name in ("edges", "units", "leaders", "blocks"):
            assert len(body[name]) <= 5
            for one in body[name]:
                assert node[number] <= node[one["unit"]] < tree.end[node[number]]
                assert one["low"] <= one["gain"] <= one["high"]
        for edge in body["edges"]:
            assert node[number] <= node[edge["upper"]] < tree.end[node[number]]


def test_a_log_without_h_says_nothing_about_it(planted):
    units, loops = planted
    keep = [kind in ("directive", "report") for kind in loops["kind"].to_pylist()]
    for body in bodies(units, loops.filter(pa.array(keep))).values():
        assert not body["has_h"]
        assert body["blocks"] == body["matrices"] == body["outside"] == []
        assert body["symptoms"]["sharing"] is None
        assert body["symptoms"]["market"] is None
        assert body["risks"]["outsiders"] is None
        assert body["edges"]


def test_programmes_and_split_directives_are_told_where_the_log_has_them():
    units = pa.table({
        "id": ["r", "a", "b"], "parent": ["", "r", "a"], "guided_by": [""] * 3, "kind": ["government"] * 3,
        "jurisdiction": ["r", "a", "b"], "name": ["甲", "乙", "丙"],
    })  # fmt: skip
    rows = [
        ("1", "r", "a", "", "met"),
        ("2", "a", "b", "1", "met"),
        ("3", "r", "a", "", "late"),
        ("4", "a", "b", "3", "met"),
    ]
    loop, creditor, debtor, parent, outcome = map(list, zip(*rows, strict=True))
    none, days = [""] * 4, ["2026-01-01"] * 4
    loops = pa.table({
        "loop": loop, "kind": ["directive"] * 4, "creditor": creditor, "debtor": debtor, "opened_at": days,
        "due_at": ["2026-01-09"] * 4, "closed_at": none, "outcome": outcome, "parent": parent,
        "programme": ["迁云", "迁云", "", "迁云"],
    })  # fmt: skip
    top = bodies(units, loops)[number_study(["r", "a", "b"])("r")]
    assert [row[:3] for row in top["chains"]] == [[2, 1, 0.5], [1, 1, 0.5]]
    assert top["programmes"] == [{"name": "迁云", "levels": [[1, 1], [2, 2]]}]
    assert [stage["level"] for stage in top["stages"]] == [1, 2]
    assert top["reach"]["territorial"] == [[1, 1, 0.5], [1, 1, 0.5]]


def test_the_same_log_gives_the_same_facets(planted):
    units, loops = planted
    one, other = material_of(units, loops), material_of(units, loops)
    assert list(build_why(one)) == list(build_why(replace(other, at=datetime(2027, 1, 1, tzinfo=UTC))))
