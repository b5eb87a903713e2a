"""What was planted is found again as the reason: a weak line, a weak level, a silo, an absent class, two masters."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from yunzhang.governance.observatory.actions import Material, build_why, number_study
from yunzhang.governance.observatory.pages.why.reason import find_reason
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters

AT = datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def place():
    return plant_place()


def why(units, loops, **more):
    measured = measure(units, loops, Parameters(draws=0), **more)
    material = Material(measured, units, loops, AT, number_study(units["id"].to_pylist()), study="planted")
    return dict(build_why(material))[material.number(measured.tree.ids[0])], measured


def rated(place, **changed):
    plan = Plan(rates_of(Mode.COLLABORATIVE, **changed), events=6, seed=5)
    return plant(place, plan).loops


def test_a_weak_line_across_a_strong_block_is_the_reason(place):
    weak = {"functional_directive": 0.2, "functional_report": 0.2}
    top, _ = why(place, rated(place, **weak))
    assert top["stages"][0]["line"] == "functional"
    assert "条线" in find_reason(top).said


def test_a_weak_level_is_the_reason_and_the_curve_falls_there(place):
    loops = rated(place)
    tree = measure(place, loops, Parameters(draws=0)).tree
    deep = pa.array([tree.ids[x] for x in range(tree.count) if tree.depth[x] == 2])
    lost = pc.and_(pc.is_in(loops["debtor"], deep), pc.is_in(loops["kind"], pa.array(["directive", "report"])))
    column = loops.column_names.index("outcome")
    loops = loops.set_column(column, "outcome", pc.if_else(lost, "late", loops["outcome"]))
    late = pc.if_else(lost, None, loops["closed_at"])
    loops = loops.set_column(loops.column_names.index("closed_at"), "closed_at", late)
    top, _ = why(place, loops)
    assert top["stages"][0]["level"] == 2
    first, second = (level["directive"] for level in top["levels"]["territorial"][:2])
    assert first["met"] / first["asked"] > 0.8
    assert second["met"] == 0
    assert top["reach"]["territorial"][1][2] == 0


def test_silence_is_told_from_delay(place):
    loops = rated(place)
    silent = loops.filter(pc.not_equal(loops["kind"], "report"))
    tree = measure(place, loops, Parameters(draws=0)).tree
    deep = pa.array([tree.ids[x] for x in range(tree.count) if tree.depth[x] == 2])
    quiet = pc.and_(pc.is_in(silent["debtor"], deep), pc.equal(silent["kind"], "directive"))
    top, _ = why(place, silent.filter(pc.invert(quiet)))
    assert top["stages"][0]["silent"] > 0
    assert "往来少" in find_reason(top).said


def test_a_silo_is_found_and_named_as_such(place):
    loops = rated(place)
    matrix = next(one for one in why(place, loops)[0]["matrices"] if one["part"] == "department")
    number = number_study(place["id"].to_pylist())
    silo = next(name for name in place["id"].to_pylist() if number(name) == matrix["blocks"][0][0])
    lateral = pc.invert(pc.is_in(loops["kind"], pa.array(["directive", "report"])))
    touches = pc.or_(pc.equal(loops["debtor"], silo), pc.equal(loops["creditor"], silo))
    top, _ = why(place, loops.filter(pc.invert(pc.and_(lateral, touches))))
    found = next(one for one in top["matrices"] if one["part"] == "department")
    assert found["alone"] == [0]
    assert {pair[0] for pair in found["silent"]} >= {0}
    assert top["symptoms"]["sharing"][0] > 0


@pytest.mark.parametrize(("name", "kinds"), [("market", ("enterprise",)), ("society", ("citizen", "organisation"))])
def test_an_absent_class_is_found(place, name, kinds):
    loops = rated(place)
    kind = dict(zip(place["id"].to_pylist(), place["kind"].to_pylist(), strict=True))
    keep = [
        kind[a] not in kinds and kind[b] not in kinds
        for a, b in zip(loops["creditor"].to_pylist(), loops["debtor"].to_pylist(), strict=True)
    ]
    before = {one["class"]: one for one in why(place, loops)[0]["outside"]}
    top, _ = why(place, loops.filter(pa.array(keep)))
    after = {one["class"]: one for one in top["outside"]}
    assert before[name]["asked"] > 0
    assert (after[name]["asked"], after[name]["dealing"]) == (0, 0)
    assert len(after[name]["missing"]) + after[name]["more"] > 0


def test_two_masters_are_counted(place):
    loops = rated(place)
    one_line = Plan({"territorial directive": 0.9}, events=6, seed=5)
    single, _ = why(place, plant(place, one_line).loops)
    double, _ = why(place, loops)
    assert single["risks"]["overlap"]["two_askers"][0] == 0
    assert double["risks"]["overlap"]["two_askers"][0] == double["risks"]["overlap"]["two_lines"][0] > 0
