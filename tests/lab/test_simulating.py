"""Scenarios run: each what-if moves what it should, the rest stays; runs are the same whenever and wherever made."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.lab import logs
from tests.lab.governments import behaviour_of, scenario_of
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.calibration import estimate
from yunzhang.governance.lab.rules.engine import Stopped
from yunzhang.governance.lab.rules.scenarios import read_scenario
from yunzhang.governance.lab.rules.simulating import Trace, prepare, run_log, simulate, summarise
from yunzhang.governance.lab.terms import RELATIONS, Behaviour
from yunzhang.governance.lab.words.results import list_modes
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.planted import plant_place
from yunzhang.governance.observatory.terms import FIGURES, Mode, Parameters

UNITS = plant_place(counties=4, departments=6, towns=3)
V, H = FIGURES.index("V"), FIGURES.index("H")
ON = "2027-07-01"
TIRED = {"capacity": 1.0, "attention": 0.4, "halves_in": 30, "refresh": 0.1}


def prepared_of(*steps, behaviour=None, behaviour_of_units=None, **more):
    own = {"behaviour": behaviour_of_units} if behaviour_of_units else {}
    scenario = read_scenario(scenario_of(*steps, **more, **own), units=UNITS)
    return prepare(UNITS, behaviour or behaviour_of(rate=1.5), scenario)


def gains(*steps, runs=6, **more) -> dict[str, float]:
    """Mean difference at the end, by figure and by relation, over some runs."""
    prepared = prepared_of(*steps, **more)
    pairs = [[simulate(prepared, seed=3, number=k, changed=side) for side in (False, True)] for k in range(runs)]
    figures = np.nanmean([after.course[-1] - before.course[-1] for before, after in pairs], axis=0)
    return dict(zip(FIGURES, figures, strict=True))


def test_the_same_seed_and_number_give_the_same_trace_in_any_order_and_on_any_thread():
    prepared = prepared_of({"do": "appoint_leader", "on": ON, "units": ["c0.1", "c0.2", "c0.3"]})
    first = [simulate(prepared, seed=1, number=k, changed=True).pack() for k in range(4)]
    found: dict[int, dict] = {}
    work = [3, 1, 0, 2]
    side_by_side(lambda k: found.__setitem__(k, simulate(prepared, seed=1, number=k, changed=True).pack()), work)
    assert [json.dumps(found[k]) for k in range(4)] == [json.dumps(each) for each in first]
    again = Trace.unpack(json.loads(json.dumps(first[0])))
    assert json.dumps(again.pack()) == json.dumps(first[0])


def test_until_a_what_if_begins_nothing_differs():
    prepared = prepared_of({"do": "loosen_line", "on": ON, "factor": 0.3})
    before, after = (simulate(prepared, seed=1, number=0, changed=side) for side in (False, True))
    assert np.array_equal(before.course[:5], after.course[:5], equal_nan=True)
    assert before.course[-1, V] - after.course[-1, V] > 0.3


BUREAUS = [f"c0.{k}" for k in range(1, 7)]
COUNTIES = [f"c0-{k}" for k in range(1, 5)]
MOVES = {
    "leader": ({"do": "appoint_leader", "units": BUREAUS, "capacity": 50}, "H_department"),
    "agreement": ({"do": "sign_agreement", "units": COUNTIES, "rate": 3}, "H_region"),
    "citizens": ({"do": "open_channel", "units": ["c0", *COUNTIES], "rate": 6}, "H_society"),
    "enterprises": ({"do": "open_channel", "units": ["c0", *COUNTIES], "kind": "enterprise", "rate": 6}, "H_market"),
    "raise": ({"do": "raise_system", "across": 0.95}, "H_region"),
    "links": ({"do": "add_links", "units": BUREAUS, "chance": 0.95, "rate": 3}, "H_department"),
}


@pytest.mark.parametrize("name", list(MOVES))
def test_each_raises_the_part_it_is_about_and_leaves_v(name):
    step, part = MOVES[name]
    found = gains(step | {"on": ON})
    assert found[part] > 0.03, found
    assert abs(found["V"]) < 0.03, found


def test_meetings_lift_a_tired_government_and_rarer_ones_less():
    often, seldom = (
        gains({"do": "set_meetings", "on": ON, "every": every}, behaviour=behaviour_of(rate=1.5, **TIRED))
        for every in (7, 90)
    )
    assert often["V"] > seldom["V"] + 0.02
    assert seldom["V"] > 0


def test_a_vacant_county_head_costs_v():
    everyone = {"do": "vacate_post", "on": ON, "units": ["c0-1", "c0-2", "c0-3", "c0-4"]}
    assert gains(everyone)["V"] < -0.1


def test_a_second_superior_brings_the_functional_line_to_those_it_directs():
    towns = [f"c0-{k}-{j}" for k in range(1, 5) for j in range(1, 4)]
    prepared = prepared_of({"do": "add_superior", "on": ON, "units": towns, "superior": "c0.1", "rate": 3})
    before, after = (simulate(prepared, seed=1, number=0, changed=side) for side in (False, True))
    assert after.related[RELATIONS.index("functional directive"), 0] > before.related[2, 0] * 1.3


def test_the_office_costs_the_bureau_that_hosts_it_time():
    weak = behaviour_of(rate=3.0, capacity=0.8)
    prepared = prepared_of({"do": "move_office", "on": ON, "units": ["c0.2"], "was": "c0.1"}, behaviour=weak)
    hosts = [[], []]
    for number in range(4):
        for side in (False, True):
            log = run_log(prepared, seed=1, number=number, changed=side)[1].to_pandas()
            late = log[(log.opened_at > "2028-01-01") & (log.opened_at < "2028-11-01")]
            hosts[side].append([(late[late.debtor == unit].outcome == "met").mean() for unit in ("c0.1", "c0.2")])
    before, after = (np.mean(each, axis=0) for each in hosts)
    assert after[0] > before[0] + 0.05
    assert after[1] < before[1] - 0.05


def test_a_programme_pushed_half_as_hard_is_handed_down_less():
    programmes = [{"name": "一件事", "share": 0.9, "halves_in": 10_000, "floor": 1.0}]
    prepared = prepared_of({"do": "change_programme", "on": ON, "programme": "一件事"}, programmes=programmes)
    before, after = (simulate(prepared, seed=1, number=0, changed=side) for side in (False, True))
    directives = RELATIONS.index("territorial directive")
    assert after.related[directives, 0] / before.related[directives, 0] == pytest.approx(0.55, abs=0.05)


def test_a_merger_keeps_the_matters_of_both_and_starts_a_new_period():
    prepared = prepared_of({"do": "merge_units", "on": ON, "units": ["c0.1", "c0.2"]})
    built = prepared.after
    assert [(each.day, each.since) for each in built.periods] == [(0, 0), (181, 181)]
    assert "c0.2" not in built.periods[1].gauge.made.tree.ids
    before, after = (simulate(prepared, seed=1, number=0, changed=side) for side in (False, True))
    assert after.opened == pytest.approx(before.opened, rel=0.03)
    assert abs(after.course[-1, V] - before.course[-1, V]) < 0.05


def test_a_split_gives_the_new_unit_its_share():
    step = {"do": "split_unit", "on": ON, "units": ["c0.1"], "share": 0.4, "name": "数据局"}
    prepared = prepared_of(step, behaviour=behaviour_of(rate=12))
    names = prepared.after.periods[-1].gauge.made.tree.names
    assert "数据局" in names
    log = run_log(prepared, seed=1, number=0, changed=True)[1].to_pandas()
    late = log[log.opened_at > "2027-08-01"]
    owed = late[late.kind == "directive"].groupby("debtor").size()
    assert owed["c0.1~2"] / (owed["c0.1"] + owed["c0.1~2"]) == pytest.approx(
        0.4, abs=0.09
    )  # three standard errors of 240 matters


def test_a_run_opens_as_a_log_that_measures_to_the_same_figures():
    prepared = prepared_of({"do": "sign_agreement", "on": ON, "units": ["c0-1", "c0-2"]}, days=360)
    trace = simulate(prepared, seed=2, number=5, changed=True)
    units, loops = run_log(prepared, seed=2, number=5, changed=True)
    begins = int(np.datetime64("2027-01-01", "us").astype(np.int64)) - DAY // 3
    window = Parameters(from_at=begins, to_at=begins + 360 * DAY, draws=0)
    values = measure(units, loops, window).figures()[0].values
    for place, name in enumerate(FIGURES):
        assert trace.course[-1, place] == pytest.approx(values[name], abs=1e-9)


def test_bodies_beside_a_government_are_not_measured_and_a_higher_level_may_direct_several():
    def beside(kind: str) -> pa.Table:
        top = UNITS.to_pylist()[0]
        other = top | {"id": "z.other", "kind": kind, "name": "z.other", "jurisdiction": "z.other"}
        return pa.concat_tables([UNITS, pa.Table.from_pylist([other], schema=UNITS.schema)])

    for kind, root in (("department", UNITS["id"][0].as_py()), ("government", "*")):
        units = beside(kind)
        scenario = read_scenario(scenario_of({"do": "raise_system", "on": ON}), units=units)
        prepared = prepare(units, behaviour_of(rate=1.5), scenario)
        assert prepared.root == root
        trace = simulate(prepared, seed=1, number=0, changed=True)
        assert np.isfinite(trace.course[-1][0])


def test_places_and_busy_units_stand_in_the_order_of_the_unit_table_not_of_their_ids():
    upside_down = UNITS.take(list(range(UNITS.num_rows))[::-1])
    scenario = read_scenario(scenario_of(), units=upside_down)
    prepared = prepare(upside_down, behaviour_of(rate=1.5), scenario)
    told = summarise(prepared, [simulate(prepared, seed=1, number=0, changed=False)], seed=1)
    official = upside_down["id"].to_pylist()
    for name in ("places", "busiest"):
        places = [official.index(each["id"]) for each in told[name]]
        assert len(places) > 1
        assert places == sorted(places)


def test_the_summary_says_ranges_differences_and_at_most_five_busy_units_in_the_order_of_the_table():
    prepared = prepared_of({"do": "loosen_line", "on": ON, "factor": 0.3})
    traces = [simulate(prepared, seed=1, number=k, changed=side) for k in range(5) for side in (False, True)]
    told = json.loads(json.dumps(summarise(prepared, traces, seed=1)))
    assert told == json.loads(json.dumps(summarise(prepared, traces[::-1], seed=1)))
    assert told["runs"] == 5
    assert len(told["months"]) == len(told["figures"]["V"]["before"]["mid"]) == 24
    change = told["difference"]["V"]
    assert change["low"] <= change["mid"] <= change["high"] < -0.2
    assert change["chance_up"] == 0
    ids = prepared.after.made.table["id"].to_pylist()
    order = [ids.index(each["id"]) for each in told["busiest"]]
    assert len(order) <= 5
    assert order == sorted(order)
    assert {each["id"] for each in told["places"]} <= set(ids)
    assert told["relations"]["market"]["before"][0] <= told["relations"]["market"]["before"][2]


def test_without_what_ifs_both_sides_are_one():
    prepared = prepared_of(days=90)
    traces = [simulate(prepared, seed=1, number=k, changed=False) for k in range(2)]
    told = summarise(prepared, traces, seed=1)
    assert told["difference"]["V"]["mid"] == 0


def test_a_simulation_stops_where_one_says_so():
    with pytest.raises(Stopped):
        simulate(prepared_of(), seed=1, number=0, changed=False, stop=lambda: True)


def by_record(loops, months, *, own=True, days=720, **more):
    """A place simulated by its record; `own`: each flow with its own rate and chance, else all of a kind alike."""
    calibrated = estimate(logs.record_of(loops, months))
    asks = calibrated.asks if own else [replace(ask, rate=None, chance=None) for ask in calibrated.asks]
    scenario = read_scenario(scenario_of(days=days, **more), units=logs.UNITS)
    return calibrated, prepare(logs.UNITS, calibrated.behaviour, scenario, asks)


def test_by_a_record_a_place_deals_as_often_and_with_whom_the_record_says():
    calibrated, prepared = by_record(logs.steady(months=12), 12)
    years = np.mean([simulate(prepared, seed=1, number=k, changed=False).related[:, 0] for k in range(20)], axis=0)
    for place, name in enumerate(RELATIONS):
        seen = sum(each.matters / each.months * 12 for each in calibrated.estimates if each.relation == name)
        assert abs(years[place] - seen) < 0.05 * seen + 5, name  # a year of the engine has 360 days
    own = {(ask.creditor, ask.debtor) for ask in calibrated.asks if ask.relation == "department"}
    flows, relation = prepared.before.made.flows, prepared.before.made.relation
    across = relation == RELATIONS.index("department")
    assert set(zip(flows.creditor[across].tolist(), flows.debtor[across].tolist(), strict=True)) == own


def test_what_is_silent_or_weak_on_record_is_so_in_the_simulation():
    loops = logs.steady(events=2)
    upper, met = (loops[name].to_pylist() for name in ("debtor", "outcome"))
    counties = sorted({name for name in upper if name.startswith("c0-")})
    weak, silent = counties[0], counties[-1]
    kept = [not name.startswith(silent) for name in upper]
    late = pa.array(
        ["late" if name.startswith(weak) and was == "met" else was for name, was in zip(upper, met, strict=True)]
    )
    uneven = loops.set_column(loops.column_names.index("outcome"), "outcome", late)
    uneven = uneven.set_column(
        uneven.column_names.index("closed_at"),
        "closed_at",
        pa.array(
            [
                None if name.startswith(weak) else at
                for name, at in zip(upper, loops["closed_at"].to_pylist(), strict=True)
            ],
            loops["closed_at"].type,
        ),
    ).filter(pa.array(kept))
    record = logs.record_of(uneven)
    window = Parameters(from_at=record.begins(record.count - 12), to_at=record.begins(record.count), draws=0)
    known = measure(logs.UNITS, uneven, window).figures()[0].values["V"]
    found = {}
    for own in (True, False):
        _, prepared = by_record(uneven, logs.MONTHS, own=own)
        runs = [simulate(prepared, seed=1, number=k, changed=False).course[-1, V] for k in range(4)]
        found[own] = abs(np.mean(runs) - known)
    assert found[True] < 0.03
    assert found[True] < found[False] / 2


def test_a_run_by_a_record_measures_as_its_rows_do():
    _, prepared = by_record(logs.steady(), logs.MONTHS, days=360)
    trace = simulate(prepared, seed=2, number=0, changed=False)
    units, loops = run_log(prepared, seed=2, number=0, changed=False)
    begins = int(np.datetime64(prepared.scenario.begins, "us").astype(np.int64)) - DAY // 3
    found = measure(units, loops, Parameters(from_at=begins, to_at=begins + 360 * DAY, draws=0)).figures()[0]
    ours = dict(zip(FIGURES, trace.course[-1], strict=True))
    assert all(abs(ours[name] - found.values[name]) < 1e-9 for name in ("V", "H"))


def test_what_a_scenario_says_itself_goes_before_the_record():
    department = RELATIONS.index("department")
    calibrated, prepared = by_record(logs.steady(), logs.MONTHS, behaviour={"partners": 1})
    made = prepared.before.made
    narrow = prepare(logs.UNITS, calibrated.behaviour, prepared.scenario).before.made
    assert (made.relation == department).sum() == (narrow.relation == department).sum()
    slow = {"territorial directive": {"rate": 3.0, "chance": 0.25, "term": 20}}
    made = by_record(logs.steady(), logs.MONTHS, paces=slow)[1].before.made
    own = made.relation == RELATIONS.index("territorial directive")
    assert own.any()
    assert (made.flows.chance[own] == 0.25).all()
    assert (made.flows.rate[own] == 3.0 / 30).all()


@pytest.mark.parametrize("lam", [0, 0.5, float("inf")])
@pytest.mark.parametrize("zeta", [0, float("inf")])
def test_links_by_the_law_at_its_edges_run_and_measure(lam, zeta):
    links = {"do": "add_links", "on": "2027-02-01", "count": 30, "lam": lam, "zeta": zeta}
    prepared = prepared_of(links, days=90)
    before, after = (simulate(prepared, seed=1, number=0, changed=side) for side in (False, True))
    assert np.isfinite(after.course[-1, [V, H]]).all()
    assert after.opened > before.opened


@pytest.mark.parametrize(("capacity", "attention"), [(0, 0), (0, 1), (float("inf"), 0), (1e-9, 1)])
def test_a_government_that_can_do_nothing_or_everything_is_measured(capacity, attention):
    own = {"capacity": capacity, "attention": attention, "halves_in": 0, "refresh": 0, "by_hand": 1}
    trace = simulate(prepared_of(days=360, behaviour_of_units=own), seed=1, number=0, changed=False)
    assert trace.ended == trace.opened > 0
    assert np.isfinite(trace.course[-1]).all()
    assert trace.met <= 0.01 * trace.opened or capacity == float("inf")


def test_one_unit_alone_runs_and_has_nothing_to_measure():
    alone = UNITS.filter(pc.equal(UNITS["id"], "c0"))
    alone = alone.set_column(alone.column_names.index("parent"), "parent", pa.array([None], pa.string()))
    prepared = prepare(alone, behaviour_of(), read_scenario(scenario_of(days=30), units=alone))
    trace = simulate(prepared, seed=1, number=0, changed=False)
    assert trace.opened == 0
    assert np.isnan(trace.course[-1, V])
    assert json.dumps(summarise(prepared, [trace], seed=1), allow_nan=False)


def test_what_a_measure_does_is_told_of_the_units_it_names():
    few = BUREAUS[:3]
    prepared = prepared_of({"do": "appoint_leader", "on": ON, "units": few, "chance": 1.0, "capacity": 50})
    traces = [simulate(prepared, seed=1, number=k, changed=side) for k in range(6) for side in (False, True)]
    found = summarise(prepared, traces, seed=1)["touched"]
    assert found["between"]["difference"][0] > 0.2  # every run gains much between the three
    assert found["between"]["difference"][1] > found["involved"]["difference"][1] > 0
    whole = summarise(prepared, traces, seed=1)["difference"]["V"]
    assert abs(whole["mid"]) < 0.05
    log = run_log(prepared, seed=1, number=0, changed=True)[1].to_pandas()
    window = (log.due_at > "2027-12-31") & log.creditor.isin(few) & log.debtor.isin(few)
    due = traces[1].touched[0, 0]
    assert abs(window.sum() - due) <= 0.1 * due


def test_a_measure_that_names_no_unit_tells_of_none():
    prepared = prepared_of({"do": "loosen_line", "on": ON, "factor": 0.5})
    traces = [simulate(prepared, seed=1, number=0, changed=side) for side in (False, True)]
    assert traces[1].touched.sum() == 0
    assert summarise(prepared, traces, seed=1)["touched"] == {}


def test_a_channel_counts_what_it_brings_as_touched_though_nothing_was_there_before():
    channel = {"do": "open_channel", "on": ON, "units": ["c0-1"], "kind": "citizen"}
    prepared = prepared_of(channel)
    after = simulate(prepared, seed=1, number=0, changed=True).touched
    before = simulate(prepared, seed=1, number=0, changed=False).touched
    assert after[0, 0] > 0 == before[0, 0]
    assert after[1, 0] > before[1, 0]


def test_without_any_matter_across_h_is_unknown_as_the_observatory_leaves_it_empty():
    silent = Behaviour({key: pace for key, pace in behaviour_of(rate=1.0).paces.items() if " " in key[0]})
    prepared = prepared_of(behaviour=silent)
    trace = simulate(prepared, seed=1, number=0, changed=False)
    across = [place for place, name in enumerate(FIGURES) if name.startswith("H")]
    assert np.isnan(trace.course[:, across]).all()
    assert np.isnan(np.array(list(trace.places.values()))[:, across]).all()
    assert (trace.course[-1, 0] > 0).all()
    summary = summarise(prepared, [trace], seed=1)
    assert summary["figures"]["H"]["before"]["mid"] == [None] * prepared.months
    modes = {str(mode): 0.0 for mode in Mode if mode is not Mode.UNDECIDED}
    assert list_modes(summary | {"modes": {"before": modes, "after": modes}})[0][1] == "纵向或横向无从测量，不判定"
