"""Planted half-lives lie in the range; a campaign cycle is no decay; what is not identified is not told."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from yunzhang.base.clock import is_working_day
from yunzhang.cli.demo.plan import PROGRAMMES, plan_year
from yunzhang.cli.demo.study import PROGRAMMES as STUDY_PROGRAMMES
from yunzhang.cli.demo.study import make_study
from yunzhang.governance.observatory.rules.halving import Prior, fit_halving
from yunzhang.kit.calendar import load_calendar

FIRST = 20_000
NONE = np.zeros(0, np.int64)


def planted(rng, half_life, campaigns, *, level, days=365):
    """Acts on working days at level · 2^(−days since the last campaign / half-life); two in three at a meeting."""
    working = np.array([day for day in range(days) if day % 7 < 5])
    starts = np.array(campaigns)
    begun = working[working >= starts[0]]
    since = begun - starts[np.searchsorted(starts, begun, side="right") - 1]
    acts = np.repeat(begun, rng.poisson(level * 2.0 ** (-since / half_life)))
    return FIRST + acts, rng.random(len(acts)) < 0.64, FIRST + working


@pytest.mark.parametrize(
    ("half_life", "campaigns", "level"),
    [(48, [0, 175], 0.34), (60, [20, 200], 0.6), (40, [120], 0.5), (30, [36, 219, 328], 0.4), (100, [0], 0.4)],
)
def test_planted_half_lives_lie_in_the_range(half_life, campaigns, level):
    rng = np.random.default_rng(11)
    fits = [fit_halving(*planted(rng, half_life, campaigns, level=level), NONE, prior=Prior()) for _ in range(20)]
    wrong = [fit for fit in fits if fit.is_known and not fit.low <= half_life <= fit.high]
    wrong += [fit for fit in fits if fit.at_least is not None and fit.at_least > half_life]
    assert len(wrong) <= 3, wrong
    assert sum(fit.is_known for fit in fits) >= 6


@pytest.mark.parametrize(
    ("half_life", "campaigns", "level"), [(122, [0, 274, 487], 6), (152, [122, 365, 609], 5), (107, [183], 4)]
)
def test_many_acts_make_a_narrow_range_that_still_holds_the_truth(half_life, campaigns, level):
    # 400 to 1,700 acts: the top of the likelihood is far narrower than the first steps of the search
    fits = []
    for seed in range(6):
        log = planted(np.random.default_rng(seed), half_life, campaigns, level=level, days=730)
        fits.append(fit_halving(*log, NONE, prior=Prior()))
    held = [fit for fit in fits if fit.is_known and fit.low <= half_life <= fit.high]
    assert len(held) >= 5, fits
    assert all(fit.high / fit.low > 1.15 for fit in held)  # three standard errors are never 1 % with so many acts


def test_the_campaigns_of_a_log_that_begins_in_mid_course_are_found():
    ends = date(2026, 11, 22)
    table = make_study(ends, 1)["loops"].to_pydict()
    months = {name: (campaigns, halves) for name, _, campaigns, halves in STUDY_PROGRAMMES}
    first = (date(2024, 11, 1) - date(1970, 1, 1)).days
    opened = np.array([(at + timedelta(hours=8)).timestamp() // 86_400 for at in table["opened_at"]], np.int64)
    is_push = np.array(table["kind"]) == "directive"
    working = np.array([day for day in range(first, first + 730) if (day + 3) % 7 < 5])
    for name, (campaigns, halves) in months.items():
        acts = np.sort(opened[is_push & (np.array(table["programme"]) == name)])
        fit = fit_halving(acts, np.zeros(len(acts), np.bool_), working, NONE, prior=Prior())
        begun = [round((day - first) / 30.44) for day, *_ in fit.refreshes]
        assert begun == [month for month in campaigns if month], name
        assert 0.75 < fit.days / (halves * 30.44) < 1.35, name  # a floor and whole months lie under the planted push


def test_a_steady_push_is_not_said_to_fade():
    rng = np.random.default_rng(12)
    fits = [fit_halving(*planted(rng, 1e9, [0], level=0.2), NONE, prior=Prior()) for _ in range(20)]
    assert sum(fit.is_known for fit in fits) <= 2


def test_campaigns_are_found_near_their_days_and_do_not_look_like_decay():
    rng = np.random.default_rng(13)
    fits = [fit_halving(*planted(rng, 45, [0, 180], level=0.8), NONE, prior=Prior()) for _ in range(10)]
    near = [any(abs(day - FIRST - 180) <= 15 for day, *_ in fit.refreshes) for fit in fits]
    assert sum(near) >= 8
    assert 35 <= np.median([fit.days for fit in fits if fit.is_known]) <= 58


def test_a_recorded_refresh_is_certain_and_narrows_the_range():
    rng = np.random.default_rng(14)
    logs = [planted(rng, 45, [0, 120, 240], level=0.4) for _ in range(8)]
    alone = [fit_halving(*log, NONE, prior=Prior()) for log in logs]
    told = [fit_halving(*log, FIRST + np.array([120, 240]), prior=Prior()) for log in logs]
    assert sum(fit.is_known for fit in told) >= sum(fit.is_known for fit in alone)
    assert all(sum(recorded for *_, recorded in fit.refreshes) == 2 for fit in told if fit.is_known)


def test_few_acts_tell_nothing():
    fit = fit_halving(FIRST + np.arange(0, 18, 2), np.zeros(9, np.bool_), FIRST + np.arange(300), NONE, prior=Prior())
    assert (fit.acts, fit.days, fit.at_least) == (9, None, None)


def test_five_documents_of_one_day_and_acts_on_a_sunday_are_read():
    acts = np.sort(np.concatenate([np.repeat(FIRST, 5), FIRST + np.array([5, 6, 9, 15, 33, 61])]))
    working = FIRST + np.array([day for day in range(120) if day % 7 < 5])
    fit = fit_halving(acts, np.zeros(len(acts), np.bool_), working, NONE, prior=Prior())
    assert fit.acts == 11
    assert fit.days is None or 6 <= fit.low <= fit.days <= fit.high <= 720


def test_the_demonstrations_own_half_lives_are_recovered():
    begins, ends = date(2025, 11, 23), date(2026, 11, 22)
    calendar = load_calendar()
    issues = plan_year(Random(1), begins=begins, ends=ends, calendar=calendar, density=1.4)
    first = (begins - date(1970, 1, 1)).days
    working = np.array([first + n for n in range(365) if is_working_day(begins + timedelta(days=n), calendar)])
    told = 0
    for programme in PROGRAMMES:
        acts = np.array([first + (one.on - begins).days for one in issues if one.programme is programme])
        fit = fit_halving(acts, np.ones(len(acts), np.bool_), working, NONE, prior=Prior())
        told += fit.is_known
        assert not fit.is_known or fit.low * 0.9 <= programme.halves_in_days <= fit.high * 1.1, (programme.name, fit)
    assert told >= 5
