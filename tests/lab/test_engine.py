"""The engine: nothing is lost, the same seed gives the same bytes, chances and capacities hold, the edges are safe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.backbone import make_backbone, regular_tree
from yunzhang.governance.lab.rules.engine import Outcome, Setting, Stage, Stopped, run, running
from yunzhang.governance.lab.rules.engine.live import ABOVE, CLOSED, DONE, DUE, ENDED, FLOW, OPENED, SERIAL, UNSET
from yunzhang.governance.lab.rules.engine.parts import (
    ACROSS,
    DIRECTIVE,
    REPORT,
    Flows,
    Leaders,
    Meetings,
    make_flows,
    make_units,
    no_leaders,
    wire,
)

TREE = regular_tree(3, 4)  # 40 units


def flows_of(tree, rate=0.2, chance=0.8, across=True, **more) -> Flows:
    """Directive and report on each edge, and one flow from each unit to the next sister."""
    lower = np.flatnonzero(tree.parent >= 0)
    upper = tree.parent[lower]
    next_to = np.flatnonzero(tree.parent[1:-1] == tree.parent[2:]) + 1 if across else np.zeros(0, np.int64)
    role = np.repeat([DIRECTIVE, REPORT, ACROSS], [len(lower), len(lower), len(next_to)])
    creditor, debtor = np.concatenate([upper, upper, next_to]), np.concatenate([lower, lower, next_to + 1])
    order = np.argsort(debtor, kind="stable")
    return make_flows(role[order], creditor[order], debtor[order], rate=rate, chance=chance, **more)


def setting_of(tree=TREE, days=120, flows=None, units=None, **more) -> Setting:
    """A setting of one stage."""
    own = {name: more.pop(name) for name in ("meetings", "leaders", "wiring") if name in more}
    stage = Stage(
        0,
        own.pop("wiring", wire(tree)),
        flows_of(tree) if flows is None else flows,
        make_units(tree.count) if units is None else units,
        **own,
    )
    return Setting(tree, (stage,), days=days, **more)


def rows_of(setting: Setting, seed=1, number=0) -> tuple[np.ndarray, Outcome]:
    """All rows of a run, and what it came to."""
    pieces: list[np.ndarray] = []
    outcome = run(setting, seed=seed, number=number, sink=pieces.append)
    return np.concatenate(pieces) if pieces else np.zeros((0, 8), np.int32), outcome


def same(one: Outcome, other: Outcome) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("tally", "busy", "opened", "ended", "met", "alpha", "known")
    )


def test_the_same_seed_gives_the_same_bytes_with_rows_and_without_and_in_any_pieces(monkeypatch):
    setting = setting_of(units=make_units(TREE.count, capacity=0.7, low=0.3, keep=0.97, rho=0.2, relay=0.3))
    rows, outcome = rows_of(setting)
    again, other = rows_of(setting)
    assert rows.tobytes() == again.tobytes()
    assert same(outcome, other)
    assert same(outcome, run(setting, seed=1))
    monkeypatch.setattr(running, "CHUNK", 7)
    pieces, third = rows_of(setting)
    assert pieces.tobytes() == rows.tobytes()
    assert same(outcome, third)
    assert not same(outcome, run(setting, seed=1, number=1))
    assert not same(outcome, run(setting, seed=2))


def test_runs_side_by_side_are_those_made_one_after_the_other():
    setting, found = setting_of(), dict[int, Outcome]()
    side_by_side(lambda number: found.__setitem__(number, run(setting, seed=5, number=number)), range(6))
    assert all(same(found[number], run(setting, seed=5, number=number)) for number in range(6))


@settings(max_examples=40, deadline=None)
@given(
    capacity=st.sampled_from([0.0, 0.3, 2.0, 1e9]),
    low=st.floats(0, 1),
    keep=st.floats(0, 1),
    rho=st.floats(0, 1),
    relay=st.floats(0, 1),
    chance=st.floats(0, 1),
    rate=st.sampled_from([0.0, 0.01, 0.5, 3.0]),
    term=st.integers(1, 60),
    days=st.integers(1, 90),
    routed=st.booleans(),
    retries=st.integers(0, 3),
    seed=st.integers(0, 2**32),
)
def test_nothing_is_lost_and_nothing_counted_twice(  # noqa: PLR0917 - drawn by name
    capacity, low, keep, rho, relay, chance, rate, term, days, routed, retries, seed
):
    units = make_units(TREE.count, capacity=capacity, low=low, keep=keep, rho=rho, relay=relay, hop=0.7)
    flows = flows_of(TREE, rate=rate, chance=chance, term=term)
    flows = flows._replace(routed=((flows.role == ACROSS) & routed).astype(np.uint8))
    rows, outcome = rows_of(setting_of(days=days, flows=flows, units=units, retries=retries), seed=seed)
    assert outcome.opened == outcome.ended == len(rows)
    assert sorted(rows[:, SERIAL]) == list(range(len(rows)))
    assert (rows[:, DUE] == rows[:, OPENED] + term).all()
    closed = rows[:, CLOSED] != UNSET
    assert (rows[closed, CLOSED] >= rows[closed, OPENED]).all()
    assert (rows[closed, CLOSED] < days).all()
    done = rows[:, ENDED] == DONE
    assert (rows[done, CLOSED] <= rows[done, DUE]).all()
    assert done.sum() == outcome.met
    counted = rows[rows[:, DUE] // 30 < len(outcome.tally)]
    due = np.zeros(outcome.tally.shape[:2], np.int64)
    np.add.at(due, (counted[:, DUE] // 30, counted[:, FLOW]), 1)
    assert np.array_equal(due, outcome.tally[:, :, 0])
    assert (outcome.tally[:, :, 1] <= outcome.tally[:, :, 0]).all()
    assert np.isfinite(outcome.alpha).all()
    assert ((outcome.alpha >= 0) & (outcome.alpha <= 1)).all()
    if capacity < 1e9:
        reports_read = np.bincount(
            flows.creditor[rows[done & (flows.role[rows[:, FLOW]] == REPORT), FLOW]], minlength=40
        )
        assert (outcome.busy - reports_read <= np.ceil(capacity) * days).all()


def test_a_debtor_with_full_attention_acts_as_often_as_its_chance_says():
    outcome = run(setting_of(regular_tree(5, 5), days=400, flows=flows_of(regular_tree(5, 5), chance=0.73)), seed=1)
    due, met = outcome.tally[:, :, 0].sum(), outcome.tally[:, :, 1].sum()
    assert abs(met / due - 0.73) < 4 * np.sqrt(0.73 * 0.27 / due)


def test_matters_come_at_their_rates_whatever_stands_beside_them():
    tree = regular_tree(4, 3)
    flows = flows_of(tree, across=False)
    rates = np.linspace(0.0, 1.0, len(flows.rate))
    outcome = run(setting_of(tree, days=900, flows=flows._replace(rate=rates)), seed=3)
    seen = outcome.tally[:, :, 0].sum(axis=0)  # matters due within the run: those of all days but the last 20
    assert seen[0] == 0
    wanted = rates * 880
    assert (np.abs(seen - wanted) <= 5 * np.sqrt(wanted) + 1).all()
    assert abs(seen.sum() - wanted.sum()) < 4 * np.sqrt(wanted.sum())


@pytest.mark.parametrize(
    ("tree", "flows"),
    [
        (make_backbone(np.array([-1])), None),
        (make_backbone(np.array([-1])), "none"),
        (TREE, "none"),
        (make_backbone(np.array([-1, -1, 1])), None),
    ],
)
def test_one_unit_no_flow_and_several_roots_run_to_their_end(tree, flows):
    none = make_flows(np.zeros(0), np.zeros(0), np.zeros(0))
    outcome = run(setting_of(tree, flows=none if flows == "none" else flows_of(tree)), seed=1)
    assert outcome.opened == outcome.ended
    assert np.isfinite(outcome.alpha).all()


def test_without_capacity_nothing_is_done_and_everything_stays_open():
    rows, outcome = rows_of(setting_of(units=make_units(TREE.count, capacity=0.0)))
    assert outcome.met == 0
    assert outcome.busy.sum() == 0
    assert (rows[:, CLOSED] == UNSET).all()


def test_a_vacant_post_issues_nothing_and_answers_nothing():
    vacant = np.zeros(TREE.count, np.uint8)
    vacant[1] = 1
    rows, outcome = rows_of(setting_of(units=make_units(TREE.count, vacant=vacant)))
    flows = flows_of(TREE)
    assert not (flows.creditor[rows[:, FLOW]] == 1).any()
    owed = flows.debtor[rows[:, FLOW]] == 1
    assert owed.any()
    assert (rows[owed, ENDED] != DONE).all()
    assert outcome.busy[1] == 0


def test_attention_halves_in_its_days_and_meetings_bring_it_back():
    units = make_units(TREE.count, low=0.2, keep=2 ** (-1 / 10))
    none = make_flows(np.zeros(0), np.zeros(0), np.zeros(0))
    outcome = run(setting_of(days=20, flows=none, units=units), seed=1)
    assert np.allclose(outcome.alpha, 0.2 + 0.8 / 4)
    whole, real = np.int32, np.float64
    meetings = Meetings(
        np.array([0], whole), np.array([5], whole), np.array([19], whole), np.array([0], whole), np.array([0.5], real),
        np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, whole),
    )  # fmt: skip
    met = run(setting_of(days=20, flows=none, units=units, meetings=meetings), seed=1)
    assert np.allclose(met.alpha[5:], 0.4)
    assert np.allclose(met.alpha[:5], 0.2 + 0.8 * 2**-1.9 + 0.5)  # met on day 0, and again on the last


def test_a_directive_read_refreshes_attention_only_while_the_host_can_follow_up():
    tree = regular_tree(4, 2)
    units = make_units(tree.count, low=0.1, keep=0.5, rho=0.5)
    free = run(setting_of(tree, days=60, units=units), seed=1).alpha[1:].mean()
    host = np.full(tree.count, -1, np.int32)
    host[0] = 1
    busy = units._replace(host=host, capacity=np.full(tree.count, 1e-6))
    assert run(setting_of(tree, days=60, units=busy), seed=1).alpha[1:].mean() < free


def test_what_is_passed_on_names_the_matter_it_was_split_from():
    units = make_units(TREE.count, relay=0.9)
    flows = flows_of(TREE, rate=0.05, across=False)
    rows, _ = rows_of(setting_of(flows=flows, units=units))
    place = {serial: row for row, serial in enumerate(rows[:, SERIAL])}
    split = rows[rows[:, ABOVE] != UNSET]
    assert len(split) > 100
    for row in split:
        above = rows[place[row[ABOVE]]]
        assert flows.creditor[row[FLOW]] == flows.debtor[above[FLOW]]
        assert above[ENDED] == DONE
        assert above[CLOSED] == row[OPENED]


def test_a_leader_brings_what_stands_between_its_departments_to_its_chance_while_it_can():
    tree = regular_tree(6, 2)
    flows = flows_of(tree, rate=1.0, chance=0.3)
    watch = np.full(tree.count, 0, np.int32)
    shares = []
    for capacity in (0.0, 1.0, 1e9):
        leaders = Leaders(np.array([capacity]), np.array([0.9]))
        outcome = run(setting_of(tree, flows=flows, units=make_units(7, watch=watch), leaders=leaders), seed=1)
        across = flows.role == ACROSS
        shares.append(outcome.tally[:, across, 1].sum() / outcome.tally[:, across, 0].sum())
    assert shares[0] == pytest.approx(0.3, abs=0.05)
    assert shares[0] + 0.05 < shares[1] < shares[2] - 0.05
    assert shares[2] == pytest.approx(0.9, abs=0.04)


def test_by_hand_a_matter_needs_every_hop_and_a_link_spares_them():
    tree = regular_tree(3, 3)
    flows = make_flows(np.array([ACROSS]), np.array([2]), np.array([12]), rate=2.0, routed=1, term=30)
    sure = run(setting_of(tree, flows=flows), seed=1)
    assert sure.tally[:, :, 1].sum() == sure.tally[:, :, 0].sum() > 0
    assert sure.busy.tolist()[0] > 0  # the root passes on
    half = make_units(tree.count, hop=0.5)
    lost = run(setting_of(tree, days=2000, flows=flows, units=half), seed=1)
    share = lost.tally[:, :, 1].sum() / lost.tally[:, :, 0].sum()
    assert share == pytest.approx(0.5**4, abs=0.012)
    linked = wire(tree, *_one_link(tree.count, 2, 12))
    direct = run(setting_of(tree, flows=flows, units=half._replace(aside=np.ones(tree.count)), wiring=linked), seed=1)
    assert direct.tally[:, :, 1].sum() == direct.tally[:, :, 0].sum()
    again = run(setting_of(tree, days=2000, flows=flows, units=half, retries=1), seed=1)
    tries = 0.5**4 * (1 + 4 * 0.5)  # one failed hop may be tried once more, whichever of the four it was
    assert again.tally[:, :, 1].sum() / again.tally[:, :, 0].sum() == pytest.approx(tries, abs=0.02)


def _one_link(count: int, a: int, b: int) -> tuple[np.ndarray, np.ndarray]:
    start = np.zeros(count + 1, np.int64)
    start[a + 1 :] += 1
    start[b + 1 :] += 1
    return start, np.array([b, a], np.int32)


def test_stages_follow_each_other_and_queues_go_on():
    slow, fast = make_units(TREE.count, capacity=0.0), make_units(TREE.count)
    flows = flows_of(TREE, term=90, chance=1.0)
    stages = (Stage(0, wire(TREE), flows, slow), Stage(50, wire(TREE), flows, fast))
    rows, outcome = rows_of(Setting(TREE, stages, days=100))
    early = rows[rows[:, OPENED] < 50]
    assert (early[:, CLOSED] >= 50).all()
    assert outcome.met == len(rows)


def test_a_run_stops_where_one_says_so():
    seen: list[int] = []
    with pytest.raises(Stopped):
        run(setting_of(days=400), seed=1, tell=seen.append, stop=lambda: bool(seen) and seen[-1] >= 100)
    assert seen[-1] == 100


def test_no_leaders_means_nobody_is_led():
    assert len(no_leaders().capacity) == 0


def test_attention_stands_in_the_chance_to_act_and_in_the_budget():
    flows = flows_of(TREE, chance=0.8)

    def outcome(flows=flows, **units):
        return run(setting_of(days=600, flows=flows, units=make_units(TREE.count, **units)), seed=1)

    alert, half = outcome(), outcome(low=0.5, keep=0.5)
    # of about 12,000 matters the standard error of a share is 0.005
    assert alert.met / alert.ended == pytest.approx(0.8, abs=0.02)
    assert half.met / half.ended == pytest.approx(0.8 * 0.5, abs=0.02)
    down = Flows(*(column[flows.role == DIRECTIVE] for column in flows))  # a report is its superior's work as well
    full = outcome(down, low=0.5, keep=0.5, capacity=0.1)  # two matters in ten days come, one in twenty is taken up
    # 1,170 of them, standard error 33
    assert full.busy.sum() == pytest.approx(0.1 * 0.5 * 600 * (TREE.count - 1), abs=130)
