"""A sweep: every setting is what `measure` says with those choices; the sentence counts what the table holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.observatory.test_worked_example import DOCS
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.rules import sweeping
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters
from yunzhang.kit.columns import read_columns


@pytest.fixture(scope="module")
def tables():
    return [read_columns(DOCS / "example" / f"{name}.csv") for name in ("units", "loops", "need")]


@pytest.fixture(scope="module")
def measured(tables):
    units, loops, need = tables
    return rules.measure(units, loops, Parameters(draws=60), need=need)


@pytest.fixture(scope="module")
def finding(measured):
    return next(sweeping.sweep(measured, [0]))


def test_tries_every_setting_once(finding):
    settings = [each.setting for each in finding.settings]
    assert len(settings) == len(set(settings)) == 9 * 6 * 9
    assert settings == sweeping.list_settings()
    total = sum(finding.count(verdict) for verdict in ("stands", "unsure", "differs", "none"))
    assert total == len(settings)


@pytest.mark.parametrize(("tau", "weighting"), [(0, "equal"), (4, "double_region"), (16, "only_market")])
def test_a_setting_is_what_measure_says_with_those_choices(tables, finding, tau, weighting):
    units, loops, need = tables
    wanted = Parameters(draws=60, tau=tau, weights=sweeping.weightings()[weighting])
    told = next(each for each in rules.measure(units, loops, wanted, need=need).figures() if each.unit == finding.unit)
    setting = sweeping.Setting(0.5, tau, weighting)
    found = next(each for each in finding.settings if each.setting == setting)
    assert found.v == pytest.approx(told.values["V"], abs=1e-12)
    assert found.h == pytest.approx(told.values["H"], abs=1e-12)
    assert (found.mode, max(found.chances)) == (told.mode, pytest.approx(told.p_mode))


def test_a_strong_finding_stands_in_most_settings_and_the_base_among_them():
    planted = plant(plant_place(counties=3, departments=4, towns=2), Plan(rates=rates_of(Mode.COLLABORATIVE), seed=5))
    measured = rules.measure(planted.units, planted.loops, Parameters(draws=60))
    finding = next(sweeping.sweep(measured, [0]))
    assert finding.base.mode is Mode.COLLABORATIVE
    assert finding.count("stands") > len(finding.settings) * 0.8
    assert finding.count("differs") == 0
    own = sweeping.Setting(0.5, 4.0, "equal")
    assert next(each for each in finding.settings if each.setting == own).verdict == "stands"


def test_a_part_that_is_null_cannot_be_compared_alone(measured):
    node = measured.tree.ids.index("c")  # owes no enterprise anything, and dealt with none
    finding = next(sweeping.sweep(measured, [node]))
    alone = [each for each in finding.settings if each.setting.weighting == "only_market"]
    assert {each.verdict for each in alone} == {"none"}
    assert {each.h for each in alone} == {None}


def test_without_draws_estimates_alone_are_compared(measured):
    bare = replace(measured, parameters=replace(measured.parameters, draws=0))
    finding = next(sweeping.sweep(bare, [0]))
    assert finding.base.mode is Mode.UNDECIDED
    assert 0 < finding.count("stands") < len(finding.settings)
