"""Change points: stationary logs raise few alarms however their months clump; planted changes are found and dated."""

from __future__ import annotations

import numpy as np
import pytest

from yunzhang.governance.observatory.rules.changes import find_changes


def series(rng, rates, *, clumped, volume=40):
    """Months of matters due and met at these rates; clumped months share a mood of their own."""
    rates = np.array(rates)
    due = rng.poisson(volume * rng.gamma(2, 0.5, len(rates)) if clumped else volume, len(rates))
    mood = rng.beta(rates * 12, (1 - rates) * 12) if clumped else rates
    return rng.binomial(due, mood), due


@pytest.mark.parametrize("clumped", [False, True])
@pytest.mark.parametrize("months", [12, 24])
def test_stationary_logs_raise_an_alarm_in_about_one_of_twenty(clumped, months):
    rng = np.random.default_rng(months + clumped)
    alarms = sum(bool(find_changes(*series(rng, [0.7] * months, clumped=clumped))) for _ in range(120))
    assert alarms <= 12  # nominal 6, two and a half standard errors


@pytest.mark.parametrize("at", [4, 6, 9])
def test_a_planted_change_is_found_and_dated(at):
    rng = np.random.default_rng(at)
    found = [find_changes(*series(rng, [0.85] * at + [0.55] * (14 - at), clumped=False)) for _ in range(30)]
    dated = [[change.month for change in one] for one in found]
    assert sum(any(abs(month - at) <= 1 for month in one) for one in dated) >= 27
    assert all(change.before > change.after for one in found for change in one[:1])


def test_two_changes_are_told_apart():
    rng = np.random.default_rng(5)
    rates = [0.8] * 8 + [0.4] * 8 + [0.75] * 8
    found = [[change.month for change in find_changes(*series(rng, rates, clumped=False))] for _ in range(20)]
    assert sum(len(one) == 2 and abs(one[0] - 8) <= 1 and abs(one[1] - 16) <= 1 for one in found) >= 15


def test_short_thin_and_empty_series_tell_nothing():
    assert find_changes(np.zeros(5), np.full(5, 50)) == []
    assert find_changes(np.array([1, 1, 1, 0, 0, 0]), np.ones(6)) == []
    assert find_changes(np.zeros(24), np.zeros(24)) == []


def test_months_with_nothing_due_are_passed_over():
    rng = np.random.default_rng(6)
    met, due = series(rng, [0.9] * 7 + [0.3] * 7, clumped=False)
    holes = np.insert(met, 7, [0, 0]), np.insert(due, 7, [0, 0])
    assert [change.month for change in find_changes(*holes)] == [9]


def test_a_small_move_is_not_told_however_sure():
    due = np.full(14, 4_000)
    met = np.where(np.arange(14) < 7, 3_200, 3_080)
    assert find_changes(met, due) == []
    assert [change.month for change in find_changes(np.where(np.arange(14) < 7, 3_200, 2_800), due)] == [7]
