"""Planted organisations: the same seed the same log, and a truth that many events come to."""

from __future__ import annotations

import pytest

from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, plant_tree, rates_of
from yunzhang.governance.observatory.terms import COVERS, FIGURES, PARTS, Mode, Parameters


@pytest.mark.parametrize(
    "units", [plant_place(counties=3, towns=2, departments=5), plant_tree(3, 2)], ids=["place", "tree"]
)
def test_many_events_come_to_the_truth(units):
    planted = plant(units, Plan(rates_of(Mode.AUTHORITATIVE), events=400))
    measured = measure(units, planted.loops, Parameters(tau=0, draws=0, parts=planted.parts))
    assert measured.parameters.covers == planted.covers
    for figures in measured.figures():
        for name in FIGURES:
            true, found = planted.truth[figures.unit][name], figures.values[name]
            assert (true is None) == (found is None)
            assert found is None or found == pytest.approx(true, abs=0.04)


def test_a_place_has_every_relation_and_the_same_seed_the_same_log():
    units = plant_place()
    first, again, other = (plant(units, Plan(rates_of(Mode.LOOSE), seed=seed)) for seed in (1, 1, 2))
    assert first.covers == COVERS
    assert first.parts == PARTS
    assert first.loops.equals(again.loops)
    assert first.truth == again.truth
    assert not first.loops.equals(other.loops)
