"""Shown ranges hold the planted truth as often as they say; points come as near as asked."""

from __future__ import annotations

import numpy as np
import pytest

from bench.coverage import RATES, SHAPES, try_organisations
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import QUADRANTS, Plan, plant, plant_tree, rates_of
from yunzhang.governance.observatory.rules.posterior import MODES, STRONG, WEAK, make_sampler
from yunzhang.governance.observatory.rules.uncertainty import find_ranges
from yunzhang.governance.observatory.terms import Mode, Parameters

ASKED = 0.85


@pytest.mark.parametrize("events", [2, 3])
def test_a_nominal_90_percent_range_covers_at_least_85(events):
    held, plain = {"V": [], "H": []}, {"V": [], "H": []}
    for mode in (Mode.LOOSE, Mode.COLLABORATIVE):
        for size, count in ((6, 50), (31, 30)):
            for name, cell in try_organisations(SHAPES[size], mode, events, count, seed=events).items():
                held[name] += cell.held
                plain[name] += cell.draws_held
    for name, each in held.items():
        assert np.mean(each) >= ASKED
        assert np.mean(plain[name]) < ASKED  # the contract's draws alone do not pass: the check can fail


@pytest.mark.parametrize("events", [1, 2, 4])
def test_a_hundred_fresh_organisations_stand_where_they_were_planted(events):
    units, right, errors = plant_tree(5, 3), [], []
    for number in range(25):
        for mode in QUADRANTS:
            rates = {name: rate for name, rate in rates_of(mode).items() if name in RATES}
            planted = plant(units, Plan(rates, events=events, seed=1000 * events + number))
            parameters = Parameters(covers=planted.covers, parts=planted.parts, to_at=2**60, draws=0)
            measured = measure(units, planted.loops, parameters)
            [top] = measured.figures(np.zeros(1, np.int64))
            right.append(likeliest(measured) == mode)
            errors.append(top.values["V"] - planted.truth["u0"]["V"])
    assert np.mean(right) >= 0.97
    assert np.sqrt(np.mean(np.square(errors))) <= 0.06


def likeliest(measured):
    sample = sampler_of(measured, draws=40).sample(0)
    v, h = sample[0], sample[5]  # a bare tree of governments: H is that of its regions
    down, across = v > STRONG, h > STRONG
    clear = ((v < WEAK) | down) & ((h < WEAK) | across)
    return MODES[int(np.bincount((down + 2 * across)[clear], minlength=4).argmax())]


def sampler_of(measured, *, draws, tau=4.0, seed=1):
    charged = measured.charged
    return make_sampler(
        measured.tree, charged.lines, measured.blocks, pairs=charged.pairs, tau=tau, draws=draws, seed=seed
    )


@pytest.mark.parametrize("big", [False, True])
def test_ranges_hold_their_figures_and_do_not_depend_on_how_work_is_shared(big, monkeypatch):
    units = plant_tree(4, 3)
    planted = plant(units, Plan(rates_of(Mode.LOOSE), events=1))
    measured = measure(units, planted.loops, Parameters(draws=0, parts=planted.parts))
    roots, more = measured.tree.inner, {"parts": planted.parts, "weights": (1.0,) * 4}
    whole = find_ranges(sampler_of(measured, draws=60), roots, **more)
    values = np.array([list(each.values.values()) for each in measured.figures()], float).T
    order = np.argsort([measured.tree.ids[root] for root in roots])
    assert whole.values[:, order] == pytest.approx(values, abs=1e-12, nan_ok=True)
    there = ~np.isnan(whole.values)
    assert (whole.low[there] <= whole.values[there]).all()
    assert (whole.values[there] <= whole.high[there]).all()
    name = "yunzhang.governance.observatory.rules.uncertainty.ranges"
    monkeypatch.setattr(f"{name}.BIG" if big else f"{name}.BATCH", 3)
    again = find_ranges(sampler_of(measured, draws=60), roots[::-1].copy(), **more)
    for one, other in ((whole.low, again.low), (whole.high, again.high), (whole.chances, again.chances)):
        assert np.array_equal(one, other[:, ::-1], equal_nan=True)
