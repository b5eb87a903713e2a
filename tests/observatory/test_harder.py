"""Harder planted cases: what is seen, and what beside the figures says where it cannot be seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.observatory.logs import table
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, plant_tree, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters

TREE = plant_tree(4, 3)
DOWN = {name: rate for name, rate in rates_of(Mode.AUTHORITATIVE).items() if name.startswith("territorial")}


def figures(units, loops, *, need=None, **more):
    measured = measure(units, loops, Parameters(**({"parts": ("region",)} | more)), need=need)
    return {each.unit: each for each in measured.figures()}


def holds(each, truth, name="V"):
    return each.low[name] <= truth[each.unit][name] <= each.high[name]


def test_bursts_in_time_change_nothing():
    begins = 20_454 * DAY
    burst = plant(TREE, Plan(DOWN, events=4, from_at=begins, to_at=begins + 30 * DAY))
    top = figures(TREE, burst.loops, from_at=begins, to_at=begins + 365 * DAY)["u0"]
    assert holds(top, burst.truth)
    assert top.values["V"] == pytest.approx(burst.truth["u0"]["V"], abs=0.06)


def test_one_rotten_branch_is_seen_as_rotten_and_its_sisters_as_sound():
    planted = plant(TREE, Plan(DOWN, events=6))
    found = figures(TREE, planted.loops)
    rotten = [unit for unit in TREE["id"].to_pylist() if unit == "u2" or is_below(unit, "u2")]
    bad = pc.is_in(planted.loops["debtor"], value_set=pa.array(rotten))
    often = pa.array(np.random.default_rng(1).random(planted.loops.num_rows) < 0.85)
    late = pc.if_else(pc.and_(bad, often), pa.scalar(None, pa.timestamp("us", "UTC")), planted.loops["closed_at"])
    outcome = pc.if_else(pc.and_(bad, often), "open", planted.loops["outcome"])
    loops = planted.loops.set_column(6, "closed_at", late).set_column(7, "outcome", outcome)
    after = figures(TREE, loops)
    assert after["u2"].high["V"] < 0.5
    for sister in ("u1", "u3", "u4"):
        assert after[sister].low["V"] > 0.5
        assert after[sister].values["V"] == found[sister].values["V"]
    [worst, *_] = measure(TREE, loops, Parameters(draws=0)).edge_gains(0)
    assert (worst.unit, worst.upper) == ("u2", "u0")


def is_below(unit, top):
    parent = dict(zip(TREE["id"].to_pylist(), TREE["parent"].to_pylist(), strict=True))
    while unit:
        unit = parent[unit]
        if unit == top:
            return True
    return False


def test_a_weak_line_of_departments_across_strong_places_is_told_apart():
    units = plant_place(counties=5, departments=8, towns=2)
    weak = rates_of(Mode.AUTHORITATIVE, functional_directive=0.3, functional_report=0.25)
    planted = plant(units, Plan(weak, events=4))
    top = figures(units, planted.loops, parts=planted.parts)["c0"]
    assert top.high["V_functional"] < 0.5 < top.low["V_territorial"]
    assert holds(top, planted.truth, "V_functional")
    assert holds(top, planted.truth, "V_territorial")


def test_directives_sent_in_the_office_s_name_leave_the_line_silent_and_say_so():
    units = plant_place(counties=4, departments=3, towns=0, provinces=0)
    planted = plant(units, Plan({"territorial directive": 0.9}, events=4))
    below = pc.starts_with(planted.loops["debtor"], "c0-")
    own = pc.and_(below, pc.equal(planted.loops["creditor"], "c0"))
    routed = planted.loops.set_column(2, "creditor", pc.if_else(own, "c0.1", planted.loops["creditor"]))
    right, wrong = (figures(units, loops, parts=planted.parts)["c0"] for loops in (planted.loops, routed))
    assert (right.coverage["silent_edges"], right.coverage["horizontal_loops"]) == (0.0, 0)
    assert wrong.coverage["silent_edges"] == pytest.approx(4 / 19)  # the edges of the four counties
    assert wrong.coverage["horizontal_loops"] == 16
    assert wrong.values["V"] < right.values["V"]


def test_a_third_of_the_rows_lost_widens_the_range_and_moves_little():
    planted = plant(TREE, Plan(DOWN, events=6))
    keep = np.random.default_rng(2).random(planted.loops.num_rows) < 0.7
    whole, thin = (figures(TREE, loops)["u0"] for loops in (planted.loops, planted.loops.filter(pa.array(keep))))
    assert holds(thin, planted.truth)
    assert thin.values["V"] == pytest.approx(whole.values["V"], abs=0.04)
    assert thin.high["V"] - thin.low["V"] > whole.high["V"] - whole.low["V"]


def test_loops_closed_on_paper_count_where_someone_confirms_and_else_the_question_stays_open():
    planted = plant(TREE, Plan(DOWN, events=4))
    paper = np.random.default_rng(3).random(planted.loops.num_rows) < 0.6
    confirmed = planted.loops.append_column("confirmed", pa.array(np.where(paper, "no", "yes").tolist()))
    blind, seeing = (figures(TREE, loops)["u0"] for loops in (planted.loops, confirmed))
    assert blind.values["V"] > 0.8
    assert blind.coverage["unconfirmed"] is None  # a page words it: whether closings are real is not in this log
    assert seeing.values["V"] < 0.5
    assert seeing.coverage["unconfirmed"] == pytest.approx(0.6, abs=0.05)


def test_a_silo_and_a_body_that_needs_nobody_differ_by_the_need_table_alone():
    units = plant_place(counties=0, departments=5, towns=0, enterprises=0, citizens=0, organisations=0, provinces=0)
    planted = plant(units, Plan({"territorial directive": 0.9, "department": 0.9}, events=4))
    alone = pc.or_(pc.equal(planted.loops["debtor"], "c0.5"), pc.equal(planted.loops["creditor"], "c0.5"))
    loops = planted.loops.filter(pc.invert(pc.and_(alone, pc.equal(planted.loops["kind"], "consult"))))
    others = [{"a": "c0.1", "b": f"c0.{k}", "matters": 1} for k in (2, 3, 4)]
    names = ("a", "b", "matters")
    needs_nobody, silo = table(others, names), table([*others, {"a": "c0.1", "b": "c0.5", "matters": 3}], names)
    h, need = {}, {}
    for name, given in (("none", None), ("nobody", needs_nobody), ("silo", silo)):
        each = figures(units, loops, parts=("department",), need=given)["c0"]
        h[name], need[name] = each.values["H"], each.coverage["need"]
    assert need == {"none": False, "nobody": True, "silo": True}  # False: a page says the two cannot be told apart
    assert h["nobody"] > 0.8 > h["silo"]
    assert h["none"] < h["nobody"]
