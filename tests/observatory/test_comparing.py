"""Before and after against matched units: planted effects are recovered, null effects are not claimed."""

from __future__ import annotations

import numpy as np
import pytest

from yunzhang.governance.observatory.rules.comparing import Panel, compare

MONTHS, AT = 18, 9


def panel(rng, *, effect=0.0, shock=0.0, treated=1, units=120, volume=30, low=0.45, high=0.9):
    """Sisters of two levels with rates of their own; a shock to all, an effect on the first units from the month on."""
    rate = rng.uniform(low, high, units)[:, None] + np.zeros(MONTHS)
    rate[:, AT + 1 :] += shock
    rate[:treated, AT + 1 :] += effect
    due = rng.poisson(volume * rng.uniform(0.6, 1.6, units)[:, None], (units, MONTHS))
    met = rng.binomial(due, np.clip(rate, 0.02, 0.98))
    node = np.arange(1, units + 1)
    return Panel(np.where(node > units - 20, 2, 1), np.ones(units, int), node, node + 1, met, due)


@pytest.mark.parametrize(("effect", "treated"), [(0.25, 1), (-0.25, 1), (0.12, 4)])
def test_planted_effects_are_recovered_whatever_happened_to_all(effect, treated):
    rng = np.random.default_rng(3)
    found = [
        compare(panel(rng, effect=effect, shock=-0.1, treated=treated, high=0.7), np.arange(treated), AT)
        for _ in range(30)
    ]
    assert abs(np.mean([one.effect for one in found]) - effect) < 0.05
    assert sum(one.low <= effect <= one.high for one in found) >= 24
    assert sum(one.is_clear and one.effect * effect > 0 for one in found) >= 24


@pytest.mark.parametrize("treated", [1, 4])
def test_null_effects_are_not_claimed(treated):
    rng = np.random.default_rng(4)
    found = [compare(panel(rng, shock=0.1), np.arange(treated), AT) for _ in range(60)]
    assert sum(one.is_clear for one in found) <= 9  # a range of 90 %: six of sixty
    assert sum(one.low <= 0 <= one.high for one in found) >= 50


def test_units_picked_for_a_bad_past_do_not_look_mended():
    rng = np.random.default_rng(8)
    clear = 0
    for _ in range(40):
        log = panel(rng, volume=6)
        past = log.met[:, 3:AT].sum(axis=1) / log.due[:, 3:AT].sum(axis=1)
        worst = np.argsort(past)[8:9]  # it will do better by chance alone, and so will those like it
        one = compare(log, worst, AT)
        clear += one.is_clear and one.effect > 0
    assert clear <= 5


def test_what_is_too_little_is_said():
    rng = np.random.default_rng(5)
    log = panel(rng)
    assert compare(log, np.array([0]), 2).problem == "before"
    assert compare(log, np.array([0]), MONTHS - 2).problem == "after"
    assert compare(panel(rng, volume=0.2), np.array([0]), AT).problem == "volume"
    few = panel(rng, units=4)
    assert compare(few, np.array([0]), AT).problem == "matches"


def test_fewer_than_five_matches_show_nothing_of_them():
    found = compare(panel(np.random.default_rng(6), units=23), np.array([22]), AT)
    assert found.matched == () or found.units >= 5


def test_those_above_and_below_are_no_match():
    log = panel(np.random.default_rng(7), units=30)
    whole = Panel(log.level, log.kind, log.node, np.where(log.node == 1, 40, log.end), log.met, log.due)
    assert compare(whole, np.array([0]), AT).problem == "matches", "everything stands below it"
