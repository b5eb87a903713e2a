"""Forecasts: bands hold as often as they say, the baseline is beaten where nothing changes, change is not hidden."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.logs import JANUARY, MONTHS, UNITS, record_of, shuffled, steady, turned
from yunzhang.governance.lab.rules.calibration import Score, foresee, hold_out, hold_out_often, read_record
from yunzhang.governance.lab.rules.calibration.scoring import NOTHING, crps, score
from yunzhang.governance.lab.terms import Hindrance, NoForecast
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.terms import Parameters

COARSE = {Hindrance.FEW_MATTERS, Hindrance.FEW_MONTHS}


def whole(held) -> Score:
    return reduce(add, (one.whole[""] for one in held), NOTHING)


@pytest.fixture(scope="module")
def steadies():
    """Steady logs with enough matters a cell that a band's ends are not a matter of whole numbers alone."""
    return [hold_out(record_of(steady(seed, events=4.0)), draws=400) for seed in range(24)]


def test_bands_hold_on_steady_logs(steadies):
    for what in ("due", "met"):
        found = reduce(add, (one.whole[what] for one in steadies), NOTHING)
        assert found.months > 900
        # nominal 90 %, a little more because counts are whole; the months of a cell share one estimate
        assert 0.85 <= found.covered <= 0.95, (what, found.covered)


def test_the_baseline_is_beaten_where_nothing_changes(steadies):
    for what in ("due", "met"):
        found = reduce(add, (one.whole[what] for one in steadies), NOTHING)
        assert 0.02 <= found.skill <= 0.3, (what, found.skill)  # three months' mean errs by a third of a month's chance
    assert np.mean([one.whole[""].skill > 0 for one in steadies]) >= 0.75


def test_a_steady_log_raises_few_alarms(steadies):
    alarms = [one for held in steadies for one in held.unforeseen if one.hindrance not in COARSE]
    cells = 24 * 16
    assert len(alarms) <= 0.12 * cells, [one.hindrance for one in alarms]  # four looks at 1 to 2 % each: 5 % expected
    unlike = [one for held in steadies for one in held.forecasts if one.score.is_unlike]
    assert len(unlike) <= 0.02 * sum(len(held.forecasts) for held in steadies)


def test_half_of_the_months_lie_in_the_inner_band(steadies):
    inside, months = 0, 0
    for held in steadies:
        for one in held.forecasts:
            bands, seen = one.bands, one.observed[one.held]
            inside += int(((bands.low50[one.held] <= seen) & (seen <= bands.high50[one.held])).sum())
            months += int(one.held.sum())
    assert 0.46 <= inside / months <= 0.62  # whole numbers widen an inner band more


def test_a_change_before_the_forecast_is_seen_and_dated():
    for seed in (1, 2, 3):
        held = hold_out(record_of(turned(8, seed=seed, territorial_directive=0.45, department=0.9)))
        seen = {(one.relation, one.level): one for one in held.unforeseen if one.what == "met"}
        for cell in (("territorial directive", 2), ("department", 2)):
            assert seen[cell].hindrance == Hindrance.CHANGED_SHARE
            assert seen[cell].params["month"] in {"2026-08", "2026-09", "2026-10"}
        told = {(one.relation, one.level) for one in held.forecasts if one.what == "met"}
        assert not told & set(seen)
        assert len(told) >= 5


def test_more_matters_from_a_month_on_are_seen():
    held = hold_out(record_of(turned(8, seed=4, events=2.0)))
    seen = [one for one in held.unforeseen if one.hindrance in {Hindrance.CHANGED_NUMBER, Hindrance.TREND}]
    assert len({(one.relation, one.level) for one in seen}) >= 8
    assert all(one.what == "due" for one in seen)


def test_telling_what_changed_all_the_same_is_worse():
    changes = {"territorial_directive": 0.3, "functional_directive": 0.95, "department": 0.95, "events": 2.5}
    good = [hold_out(record_of(steady(seed, events=2.0)), bold=True, draws=400) for seed in range(6)]
    bad = [hold_out(record_of(turned(MONTHS - 5, seed=seed, **changes)), bold=True, draws=400) for seed in range(6)]
    assert whole(bad).covered < whole(good).covered - 0.1
    assert whole(bad).skill < 0 < whole(good).skill


def test_a_change_that_comes_after_is_marked_when_it_has_come():
    held = hold_out(record_of(turned(MONTHS - 3, seed=9, events=3.0, territorial_directive=0.2)))
    unlike = {(one.relation, one.level, one.what) for one in held.forecasts if one.score.is_unlike}
    assert {("territorial directive", 2, "due"), ("territorial directive", 2, "met")} <= unlike
    assert held.whole["due"].is_unlike
    assert held.whole["due"].covered < 0.5


def test_held_out_months_do_not_tell_themselves():
    record = record_of(steady(2))
    one = hold_out(record)
    record.met[:, -3:] = 0
    other = hold_out(record)
    record.due[:, -3:] += 40
    more = hold_out(record)
    for left, right, third in zip(one.forecasts, other.forecasts, more.forecasts, strict=True):
        assert np.array_equal(left.bands.median, right.bands.median, equal_nan=True)
        assert np.array_equal(left.bands.high90, right.bands.high90, equal_nan=True)
        if left.what == "due":
            assert np.array_equal(left.bands.low90, third.bands.low90)
    assert other.whole["met"].crps > one.whole["met"].crps
    assert more.whole["due"].crps > one.whole["due"].crps


def test_a_forecast_is_ready_for_a_plot():
    held = hold_out(record_of(steady(1)))
    for one in held.forecasts:
        bands = one.bands
        rows = [bands.low90, bands.low50, bands.median, bands.high50, bands.high90]
        size = len(one.months)
        assert all(len(row) == size for row in (*rows, one.held, one.observed))
        assert one.months[-1] == JANUARY + MONTHS - 1
        assert one.held.sum() == 3
        assert one.held[-3:].all()
        for lower, upper in pairwise(rows):
            assert (np.isnan(lower) | (lower <= upper)).all()
        if one.what == "met":
            assert np.nanmax(bands.high90) <= 1
            assert np.nanmin(bands.low90) >= 0


def test_the_same_seed_tells_the_same_and_the_order_of_rows_nothing():
    one, other = hold_out(record_of(steady(1))), hold_out(record_of(shuffled(steady(1))))
    assert one.whole == other.whole
    assert one.unforeseen == other.unforeseen
    assert hold_out(record_of(steady(1)), seed=2).whole != one.whole


def test_quarters_in_turn_each_know_only_what_came_before():
    record = record_of(steady(1))
    found = hold_out_often(record)
    assert [one.stop for one in found] == [9, 12, 15]
    last = hold_out(record)
    assert found[-1].whole == last.whole
    earlier = hold_out(read_record(UNITS, steady(1), Parameters(to_at=month_start(JANUARY + 12))))
    assert {(one.relation, one.level, one.what) for one in earlier.forecasts} == {
        (one.relation, one.level, one.what) for one in found[0].forecasts
    }
    # the months are the same, and so is every number due
    for one, other in zip(found[0].forecasts, earlier.forecasts, strict=True):
        assert np.array_equal(one.observed, other.observed, equal_nan=True)


def test_months_to_come_are_told_without_a_score():
    told, kept = foresee(record_of(steady(1)))
    assert {one.hindrance for one in kept} <= set(Hindrance)
    for one in told:
        assert one.score is None
        assert np.isnan(one.observed[one.held]).all()
        assert one.months[-1] == JANUARY + MONTHS + 2
        assert not np.isnan(one.bands.median).all()
    with pytest.raises(NoForecast):
        foresee(record_of(steady(1).slice(0, 0)))


@given(
    st.lists(st.lists(st.floats(-50, 50), min_size=3, max_size=3), min_size=2, max_size=12),
    st.lists(st.floats(-50, 50), min_size=3, max_size=3),
)
@settings(max_examples=60)
def test_the_crps_is_that_of_all_pairs(rows, seen):
    draws, observed = np.array(rows), np.array(seen)
    count = len(draws)
    between = np.abs(draws[:, None] - draws[None]).sum(axis=(0, 1)) / (count * (count - 1))
    assert crps(draws, observed) == pytest.approx(np.abs(draws - observed).mean(axis=0) - between / 2, abs=1e-9)


def test_the_crps_of_a_normal_is_its_closed_form():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(40_000, 1))
    # CRPS(N(0,1), 0) = 2 phi(0) - 1/sqrt(pi) (Gneiting and Raftery 2007)
    assert crps(draws, np.zeros(1))[0] == pytest.approx(np.sqrt(2 / np.pi) - 1 / np.sqrt(np.pi), abs=0.01)


def test_scores_add_up_and_say_what_they_are():
    perfect = score(np.full((20, 2), 5.0), np.array([5.0, 5.0]), np.full((20, 2), 9.0), some=np.ones(2, bool))
    assert (perfect.skill, perfect.covered, perfect.is_unlike) == (1.0, 1.0, False)
    missed = score(np.full((20, 3), 5.0), np.full(3, 9.0), np.full((20, 3), 9.0), some=np.ones(3, bool))
    assert (missed.covered, missed.skill, missed.is_unlike) == (0.0, None, True)
    both = perfect + missed
    assert (both.months, both.inside, both.crps, both.baseline) == (5, 2, 2.4, 1.6)
    assert both.skill == pytest.approx(-0.5)
    none = score(np.zeros((4, 1)), np.zeros(1), np.zeros((4, 1)), some=np.zeros(1, bool))
    assert none == NOTHING
    assert (none.covered, none.crps, none.baseline, none.skill, none.is_unlike) == (None, None, None, None, False)
