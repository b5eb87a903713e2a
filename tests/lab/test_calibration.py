"""Estimates: known rates and chances are found again, answers' days by hand, and nothing known later enters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.logs import JANUARY, MONTHS, RATES, UNITS, record_of, shuffled, steady
from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.calibration import estimate, read_record
from yunzhang.governance.lab.rules.calibration.counts import (
    INDEX,
    PLAIN,
    draw_counts,
    draw_levels,
    fit_rates,
    lean,
    log_count,
    poisson,
)
from yunzhang.governance.lab.rules.calibration.lifetimes import survive
from yunzhang.governance.lab.rules.calibration.shares import draw_chances, draw_met, fit_shares
from yunzhang.governance.lab.rules.composing import compose
from yunzhang.governance.lab.terms import RELATIONS, Hindrance
from yunzhang.governance.observatory.rules.measuring import measure
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.terms import Parameters


def stream(number: int) -> np.ndarray:
    return np.array([mixed(7, number)], np.uint64)


def test_ranges_of_rates_and_chances_hold_planted_ones_as_often_as_they_say():
    held = {"rate": 0, "chance": 0}
    looked = 0
    for seed in range(40):
        for one in estimate(record_of(steady(seed))).estimates:
            looked += 1
            held["rate"] += one.rate_range[0] <= 1.0 <= one.rate_range[1]
            held["chance"] += one.chance_range[0] <= RATES[one.relation] <= one.chance_range[1]
    assert looked == 640
    # nominal 90 %; 640 cells have a standard error of 1.2 points, the band is three and a half of them
    assert all(0.86 <= many / looked <= 0.94 for many in held.values()), held


def test_moods_of_months_are_told_from_chance():
    rng = np.random.default_rng(5)
    even = [fit_rates(rng.poisson(40, 18), np.full(18, 30.0)) for _ in range(60)]
    moody = [fit_rates(rng.poisson(40 * rng.gamma(8, 1 / 8, 18)), np.full(18, 30.0)) for _ in range(60)]
    assert sum(one.is_clumped for one in even) <= 3
    assert sum(one.is_clumped for one in moody) >= 54
    assert 4 <= np.median([one.index for one in moody]) <= 16
    assert np.mean([math.isinf(one.index) or one.index >= 128 for one in even]) >= 0.7
    wide = [one.quantiles(0.05, 0.95) for one in moody]
    held = sum(low <= 40 / 30 <= high for low, high in wide)
    assert 48 <= held <= 60  # 90 % of 60 is 54, standard error 2.3


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.floats(0.1, 40))
@settings(max_examples=40, deadline=None)
def test_without_moods_the_posterior_is_the_gamma_of_the_sum(counts, exposure):
    fitted = fit_rates(np.array(counts), np.full(len(counts), exposure))
    plain = fitted.weight[INDEX == PLAIN][0]
    rate, total, whole = fitted.rate[-1], sum(counts) + 0.5, exposure * len(counts)
    mean = (rate * plain).sum() / plain.sum()
    spread = (rate**2 * plain).sum() / plain.sum() - mean**2
    assert mean == pytest.approx(total / whole, rel=0.02)  # the grid ends where a rate near nothing has no weight
    assert spread == pytest.approx(total / whole**2, rel=0.04)


@given(st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_without_differences_the_posterior_is_the_beta_of_the_counts(met, unmet):
    fitted = fit_shares(np.array([met]), np.array([met + unmet]))
    plain = fitted.weight[-1] / fitted.weight[-1].sum()
    assert (fitted.share[-1] * plain).sum() == pytest.approx((met + 0.5) / (met + unmet + 1), abs=0.01)


def test_chances_of_counts_sum_to_one():
    for mean, k in ((0.3, 1.0), (5.0, 4.0), (20.0, 64.0), (7.0, PLAIN)):
        chances = np.exp([log_count(float(count), mean, k) for count in range(600)])
        assert chances.sum() == pytest.approx(1)
        assert (chances * np.arange(600)).sum() == pytest.approx(mean)
        assert (chances * (np.arange(600) - mean) ** 2).sum() == pytest.approx(mean + mean**2 / k, rel=1e-6)


@pytest.mark.parametrize("mean", [0.4, 8.0, 29.0, 31.0, 250.0])
def test_drawn_counts_have_their_mean_and_variance(mean):
    state = stream(int(mean))
    drawn = np.array([poisson(state, mean) for _ in range(20_000)])
    assert drawn.mean() == pytest.approx(mean, abs=4.5 * math.sqrt(mean / 20_000))
    assert drawn.var() == pytest.approx(mean, rel=0.06 + 0.1 / mean)  # four and a half errors of a variance
    assert poisson(state, 0.0) == 0.0


def test_coming_months_are_as_wide_as_the_posterior_says():
    fitted = fit_rates(np.array([50, 70, 40, 66, 38, 60, 72, 44]), np.ones(8))
    levels = draw_levels(fitted, 20_000, 2, stream(1))
    drawn = draw_counts(levels, np.array([1.0, 2.0]), stream(2))
    mean = (fitted.rate * fitted.weight).sum()
    k = INDEX[:, None]
    square = (fitted.rate**2 * (1 + 1 / k) * fitted.weight).sum()  # of a month's mean, mood included
    assert drawn.mean(axis=0) == pytest.approx([mean, 2 * mean], rel=0.01)
    assert drawn[:, 0].var() == pytest.approx(mean + square - mean**2, rel=0.08)
    assert np.corrcoef(levels.T)[0, 1] > 0.02  # months of one draw share its rate


def test_coming_shares_are_as_wide_as_the_posterior_says():
    fitted = fit_shares(np.array([8, 3, 9, 2, 8, 4]), np.full(6, 10))
    due = np.full((20_000, 1), 25.0)
    drawn = draw_met(draw_chances(fitted, 20_000, 1, stream(3)), due, stream(4))[:, 0]
    share, k = fitted.share, INDEX[:, None]
    mean = (share * fitted.weight).sum()
    inner = (share**2 + share * (1 - share) / (k + 1)) * fitted.weight
    assert drawn.mean() == pytest.approx(25 * mean, rel=0.01)
    spread = 25**2 * (inner.sum() - mean**2) + 25 * (mean - inner.sum())
    assert drawn.var() == pytest.approx(spread, rel=0.05)


def test_survival_is_that_of_the_textbook():
    """Weeks in remission under 6-mercaptopurine (Freireich et al. 1963), 21 patients, nine relapses; by hand."""
    relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    lost = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    answered = np.array([True] * len(relapsed) + [False] * len(lost))
    found = survive(np.array(relapsed + lost, float), answered)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.open == pytest.approx([18 / 21, 18 / 21 * 16 / 17, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=1e-4)
    assert found.median == 23
    greenwood = 3 / (21 * 18) + 1 / (17 * 16)
    half = 1.6448536 * math.sqrt(greenwood) / abs(math.log(18 / 21 * 16 / 17))
    assert found.low[1] == pytest.approx((18 / 21 * 16 / 17) ** math.exp(half))
    assert found.median_range == (13, None)  # the upper end is never reached: too few were seen so long


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_without_open_matters_survival_is_the_share_above(days):
    found = survive(np.array(days, float), np.ones(len(days), bool))
    assert found.open == pytest.approx([np.mean(np.array(days) > step) for step in found.days])
    assert found.median == np.sort(days)[(len(days) - 1) // 2]


def test_nobody_ever_answers_and_nothing_is_known():
    assert survive(np.array([3.0, 9.0]), np.array([False, False])).median is None
    assert survive(np.zeros(0), np.zeros(0, bool)).median_range == (None, None)


def test_the_record_counts_what_the_measure_counts():
    loops = steady()
    record = record_of(loops)
    window = Parameters(from_at=month_start(JANUARY + 1), to_at=month_start(JANUARY + MONTHS), draws=0)
    measured = measure(UNITS, loops, window)
    charged = measured.charged
    lines = sum(float(line.asked.sum()) for line in charged.lines)
    due = dict.fromkeys(RELATIONS, 0)
    met = dict(due)
    for (relation, _), row, good in zip(record.cells, record.due, record.met, strict=True):
        due[relation] += int(row[1:].sum())
        met[relation] += int(good[1:].sum())
    assert sum(due[name] for name in RELATIONS if " " in name) == lines
    assert sum(due[name] for name in RELATIONS if " " not in name) == charged.pairs.asked.sum()
    assert sum(met[name] for name in RELATIONS if " " not in name) == charged.pairs.met.sum()
    for part, name in enumerate(RELATIONS[4:]):
        assert due[name] == charged.pairs.asked[charged.pairs.part == part].sum()


def test_rows_in_another_order_say_the_same():
    loops = steady()
    first = loops.slice(0, 1)
    several = pa.concat_tables([loops, first.set_column(1, "kind", pa.array(["report"]))])  # one loop, two threads
    one, other = record_of(several), record_of(shuffled(several))
    assert np.array_equal(one.due, other.due)
    assert np.array_equal(one.met, other.met)
    assert estimate(one) == estimate(other)


def test_what_happened_later_does_not_enter():
    loops = steady()
    stop = MONTHS - 3
    ends = month_start(JANUARY + stop)
    moment = pa.scalar(ends, pa.timestamp("us", "UTC"))
    later = pc.fill_null(pc.greater_equal(loops["closed_at"], moment), fill_value=False)
    closed = pc.if_else(later, pa.scalar(None, loops["closed_at"].type), loops["closed_at"])
    outcome = pc.if_else(later, "open", loops["outcome"])
    known = loops.set_column(6, "closed_at", closed).set_column(7, "outcome", outcome)
    known = known.filter(pc.less(known["opened_at"], moment))
    whole, part = estimate(record_of(loops), stop=stop), estimate(record_of(known), stop=stop)
    assert part.estimates == whole.estimates
    assert part.behaviour == whole.behaviour
    assert part.asks == whole.asks


def test_first_months_wait_until_a_term_has_passed():
    record = record_of(steady())
    assert record.months.tolist() == list(range(JANUARY, JANUARY + MONTHS))
    assert record.first.max() == 1  # 20 days of January have nothing due that was opened before
    assert estimate(record).estimates[0].months == MONTHS - 1


def test_the_behaviour_holds_for_the_flows_that_were_found():
    record = record_of(steady())
    found = estimate(record)
    made = compose(UNITS, found.behaviour, found.asks)
    assert len(made.flows.rate) == len(found.asks)
    for one in (one for one in found.estimates if one.matters):
        own = (made.relation == RELATIONS.index(one.relation)) & (made.level == one.level)
        assert own.sum() == one.flows
        assert made.flows.rate[own].sum() * 30 == pytest.approx(one.rate * one.flows, rel=0.06)
        assert made.flows.chance[own].mean() == pytest.approx(one.chance, abs=0.06)
        assert set(made.flows.term[own].tolist()) == {20}
    assert found.behaviour.late == pytest.approx(0.6, abs=0.05)
    assert found.behaviour.refused == pytest.approx(0.05, abs=0.02)


def test_a_flow_leans_to_its_kind_as_far_as_chance_explains_the_difference():
    alike = lean(np.array([9.0, 10.0, 11.0, 10.0]))
    assert alike.tolist() == [10.0] * 4  # they differ less than chance has them differ
    apart = lean(np.array([0.0, 0.0, 40.0, 40.0]))
    assert apart[0] < 2
    assert apart[2] > 38
    assert apart.sum() == pytest.approx(80)
    shares = fit_shares(np.array([10, 90, 40]), np.array([100, 100, 100]))
    few, many = shares.own(np.array([0, 10]), np.array([1, 100]))
    assert many == pytest.approx(0.1, abs=0.03)
    assert 0.2 < few < shares.mean
    assert shares.own(np.array([0]), np.array([0]))[0] == pytest.approx(shares.mean, abs=0.02)


def test_lines_hold_every_edge_and_pairs_those_that_were_seen():
    loops = steady()
    quiet = loops.filter(pc.invert(pc.equal(loops["debtor"], "c0-1-3")))
    some = {(one.relation, one.level): one for one in estimate(record_of(quiet)).estimates}
    all_ = {(one.relation, one.level): one for one in estimate(record_of(loops)).estimates}
    key = "territorial directive", 2
    assert some[key].flows == all_[key].flows == 24
    assert some[key].rate < all_[key].rate
    assert some["region", 2].flows < all_["region", 2].flows


def test_a_matter_owed_by_an_outsider_stands_on_the_level_of_who_asks():
    loops = steady()
    turned_round = loops.filter(pc.equal(loops["kind"], "need"))
    names = [
        "debtor" if name == "creditor" else "creditor" if name == "debtor" else name for name in loops.column_names
    ]
    other = turned_round.rename_columns(names).select(loops.column_names)
    found = estimate(record_of(other))
    here = {(one.relation, one.level): one.matters for one in found.estimates if one.matters}
    there = {
        (one.relation, one.level): one.matters for one in estimate(record_of(turned_round)).estimates if one.matters
    }
    assert here == there
    tree = record_of(other).tree
    assert all(ask.debtor < tree.count <= ask.creditor for ask in found.asks)


def test_an_empty_log_has_no_pace():
    record = record_of(steady().slice(0, 0))
    assert record.count == 0
    found = estimate(record)
    assert (found.estimates, found.asks, dict(found.behaviour.paces)) == ((), (), {})


def test_a_log_without_openings_begins_with_what_falls_due():
    loops = steady()
    bare = loops.set_column(4, "opened_at", pa.nulls(loops.num_rows, loops["opened_at"].type))
    record = read_record(UNITS, bare, Parameters(to_at=month_start(JANUARY + MONTHS)))
    found = estimate(record)
    assert record.months[0] == JANUARY + 1
    assert all(one.days is None and one.term == 30 for one in found.estimates)
    assert record.due.sum() == record_of(loops).due[:, 1:].sum()


def test_a_matter_due_on_the_last_day_of_a_month_falls_due_in_it():
    days = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"]
    loops = pa.table({
        "loop": ["a", "b", "c", "d"], "kind": ["directive"] * 4, "creditor": ["c0"] * 4, "debtor": ["c0-1"] * 4,
        "opened_at": ["2026-01-01", "2026-01-31", "2026-02-01", "2026-02-02"], "due_at": days, "closed_at": [""] * 4,
        "outcome": ["open"] * 4,
    })  # fmt: skip
    record = read_record(UNITS, loops, Parameters(to_at=month_start(JANUARY + 3)))
    assert record.due[record.cells.index(("territorial directive", 1))].tolist() == [1, 2, 1]
    assert record.opened.tolist() == [2, 2, 0]


def test_without_a_window_the_record_ends_with_the_last_opening():
    loops = steady()
    record = read_record(UNITS, loops, Parameters())
    assert record.months.tolist() == list(range(JANUARY, JANUARY + MONTHS - 1))  # the planted log opens nothing later


def test_hindrances_all_have_words():
    from yunzhang.governance.lab.terms import HINDRANCES

    assert set(HINDRANCES) == set(Hindrance)


def test_a_trend_and_a_season_are_seen_and_even_months_are_not():
    from yunzhang.governance.lab.rules.calibration.checks import find_course

    rng = np.random.default_rng(8)
    days, months = np.full(36, 30.0), np.arange(36)
    even = [find_course(rng.poisson(40, 36), days, months, seed=1) for _ in range(60)]
    rising = [find_course(rng.poisson(np.linspace(25, 55, 36)), days, months, seed=1) for _ in range(20)]
    yearly = rng.poisson(40 + 20 * np.sin(months * np.pi / 6), (20, 36))
    seasonal = [find_course(row, days, months, seed=1) for row in yearly]
    assert sum(one.trend_chance <= 0.05 for one in even) <= 8  # nominal 3, standard error 1.7
    assert sum((one.season_chance or 0) <= 0.05 for one in even) <= 8
    assert all(one.trend_chance <= 0.01 and one.slope > 0 for one in rising)
    assert all((one.season_chance or 1) <= 0.01 for one in seasonal)
    assert find_course(yearly[0][:18], days[:18], months[:18], seed=1).season_chance is None
    assert replace(even[0], slope=0.0).trend_chance == even[0].trend_chance
