"""The engine tells the same months: with units never full it says what the posterior says; what differs shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.lab.logs import MONTHS, record_of, steady
from yunzhang.cli.demo.study import make_study
from yunzhang.governance.lab.rules.calibration import (
    add_simulated,
    estimate,
    hold_out,
    hold_out_often,
    read_record,
    simulate_months,
)
from yunzhang.governance.lab.rules.calibration.simulating import MonthPlan
from yunzhang.governance.lab.rules.composing import compose
from yunzhang.governance.lab.rules.engine import Stopped, run
from yunzhang.governance.lab.terms import Hindrance
from yunzhang.governance.observatory.terms import Parameters

STOP = MONTHS - 3


@pytest.fixture(scope="module")
def told():
    record = record_of(steady(1))
    calibrated = estimate(record, stop=STOP)
    return record, calibrated, simulate_months(record, calibrated, stop=STOP, ahead=3, runs=200)


def test_runs_tell_the_numbers_that_were_estimated(told):
    record, calibrated, simulated = told
    days = record.days[STOP:].sum()
    looked = 0
    for one in calibrated.estimates:
        cell = record.cells.index((one.relation, one.level))
        due, met = simulated.due[:, cell].sum(axis=1), simulated.met[:, cell].sum(axis=1)
        if not one.matters:
            assert due.sum() == 0
            continue
        looked += 1
        error = due.std(ddof=1) / np.sqrt(len(due))
        assert abs(due.mean() - one.rate * one.flows * days / 30) <= 4 * error, (one.relation, one.level)
        whole = met.sum() / due.sum()
        spread = (met / np.maximum(due, 1)).std(ddof=1) / np.sqrt(len(due))
        raw = (one.met + 0.5) / (one.matters + 1)
        assert abs(whole - raw) <= 4 * spread + 0.015, (one.relation, one.level)  # months weigh a little differently
    assert looked >= 14


def test_bands_of_runs_are_those_of_the_posterior(told):
    record, _, simulated = told
    held = add_simulated(record, hold_out(record), simulated)
    wide, narrow = [], []
    for one in held.forecasts:
        if one.what == "due":
            wide.append((one.bands.high90 - one.bands.low90)[one.held].sum())
            narrow.append((one.simulated.high90 - one.simulated.low90).sum())
    assert sum(narrow) == pytest.approx(sum(wide), rel=0.06)
    whole, simulated_whole = held.whole[""], held.simulated_whole[""]
    assert simulated_whole.months == whole.months
    assert simulated_whole.crps == pytest.approx(whole.crps, rel=0.05)
    assert simulated_whole.baseline == pytest.approx(whole.baseline, rel=0.05)
    assert simulated_whole.covered >= 0.85


def test_the_same_seed_simulates_the_same_months(told):
    record, calibrated, _ = told
    one, other, third = (
        simulate_months(record, calibrated, stop=STOP, ahead=3, runs=3, seed=seed) for seed in (5, 5, 6)
    )
    assert np.array_equal(one.due, other.due)
    assert np.array_equal(one.met, other.met)
    assert not np.array_equal(one.due, third.due)


def test_fading_attention_shows_in_shares_and_not_in_numbers(told):
    record, calibrated, plain = told
    tired = replace(calibrated.behaviour, attention=0.4, halves_in=20.0)
    faded = simulate_months(record, calibrated, stop=STOP, ahead=3, runs=40, behaviour=tired)
    assert faded.due.mean() == pytest.approx(plain.due.mean(), rel=0.03)
    assert faded.met.sum() / faded.due.sum() < 0.8 * plain.met.sum() / plain.due.sum()


def test_what_a_month_brings_falls_due_in_it(told):
    """Half of the matters are opened in the month before: their mood is that of the month they fall due in."""
    record, calibrated, _ = told
    made = compose(record.units, calibrated.behaviour, calibrated.asks)
    cell = np.zeros(len(made.flows.rate), np.int64)
    planned = MonthPlan(made, cell, np.array([30.0, 31.0, 30.0]))
    due, met = np.zeros((2, 1, 3), np.int64)
    setting = planned.setting(np.array([[0.0, 4.0, 0.0]]), np.array([[1.0, 1.0, 1.0]]))
    run(setting, seed=1, sink=planned.counter(due, met))
    assert due[0].tolist() == [0, due.sum(), 0]
    assert due.sum() == pytest.approx(4 * 31, abs=40)  # three and a half standard errors
    assert met.tolist() == due.tolist()


def test_a_run_can_be_stopped(told):
    record, calibrated, _ = told
    with pytest.raises(Stopped):
        simulate_months(record, calibrated, stop=STOP, ahead=3, runs=2, stop_if=lambda: True)


def test_nothing_on_record_simulates_nothing():
    record = record_of(steady(1))
    found = estimate(record, stop=STOP)
    quiet = replace(found, asks=(), behaviour=replace(found.behaviour, paces={}))
    found = simulate_months(record, quiet, stop=STOP, ahead=3, runs=2)
    assert found.due.sum() == 0


@pytest.fixture(scope="module")
def study():
    tables = make_study(date(2026, 11, 22), 1)
    return read_record(tables["units"], tables["loops"], Parameters())


def test_the_change_planted_half_way_in_the_study_is_seen(study):
    """In month 13 of 24 (2025-11) two counties get horizontal links: more matters across, and more of them met."""
    held = hold_out(study)
    seen = {(one.relation, one.level) for one in held.unforeseen if one.hindrance == Hindrance.CHANGED_SHARE}
    assert {("department", 2), ("market", 1), ("market", 2), ("society", 1), ("society", 2)} <= seen
    assert not any(" " in relation for relation, _ in seen)  # the lines were left as they are
    months = {one.params["month"] for one in held.unforeseen if one.hindrance == Hindrance.CHANGED_SHARE}
    assert months & {"2025-11", "2025-12"}
    told = {(one.relation, one.what) for one in held.forecasts}
    assert {
        (relation, what) for relation in ("territorial directive", "functional report") for what in ("due", "met")
    } <= told


def test_quarters_of_the_study_are_told_better_than_by_the_last_months(study):
    """Its programmes come in campaigns that all cells share, so one quarter alone may go either way."""
    found = hold_out_often(study)
    assert [one.stop for one in found] == [9, 12, 15, 18, 21]
    total = sum((one.whole[""] for one in found[1:]), found[0].whole[""])
    assert total.skill > 0
    assert 0.84 <= total.covered <= 0.96


def test_the_study_is_simulated_as_it_is_told(study):
    held = hold_out(study)
    simulated = simulate_months(study, estimate(study, stop=held.stop), stop=held.stop, ahead=3)
    both = add_simulated(study, held, simulated)
    assert both.simulated_whole[""].crps == pytest.approx(both.whole[""].crps, rel=0.12)
    for one in both.forecasts:
        if one.what == "due" and one.bands.median[one.held].mean() >= 20:
            assert one.simulated.median.mean() == pytest.approx(one.bands.median[one.held].mean(), rel=0.1)
