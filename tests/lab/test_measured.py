"""A simulated government is measured as a real one: counts and rows agree, and planted V and H are found again."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lab.governments import behaviour_of
from yunzhang.governance.lab.rules.composing import compose
from yunzhang.governance.lab.rules.engine import Setting, Stage, run
from yunzhang.governance.lab.rules.engine.parts import wire
from yunzhang.governance.lab.rules.ledger_rows import make_log
from yunzhang.governance.lab.rules.measured import make_gauge, read_gauge
from yunzhang.governance.lab.terms import RELATIONS
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.rules.planted import plant_place, plant_tree, truth_of
from yunzhang.governance.observatory.terms import COVERS, FIGURES, PARTS, Mode, Parameters

BEGINS = 20_454 * DAY - DAY // 3
DAYS = 360


def simulated(units, behaviour, seed=1, days=DAYS):
    """The composed structure, its log and its counts by flow."""
    made, rows = compose(units, behaviour), []
    setting = Setting(made.backbone, (Stage(0, wire(made.backbone), made.flows, made.units),), days=days)
    outcome = run(setting, seed=seed, sink=rows.append)
    return made, make_log(made, rows, BEGINS), outcome.tally.sum(axis=0)


def measured(made, log, **more):
    window = {"from_at": BEGINS, "to_at": BEGINS + DAYS * DAY, "draws": 0}
    return measure(made.table, log, Parameters(**(window | more)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_and_rows_of_a_run_give_the_same_figures_of_every_sub_tree(seed):
    busy = {"capacity": 1.2, "attention": 0.5, "halves_in": 40, "refresh": 0.3, "relay": 0.2, "by_hand": seed == 3}
    made, log, tally = simulated(plant_place(), behaviour_of(rate=1.0, **busy), seed=seed)
    found = measured(made, log)
    roots = found.tree.inner
    counted = read_gauge(make_gauge(made), tally[:, 0], tally[:, 1], roots)
    assert len(roots) > 5
    for place, figures in enumerate(found.figures()):
        for name in FIGURES:
            ours, theirs = counted[name][place], figures.values[name]
            assert (theirs is None) == np.isnan(ours), (figures.unit, name)
            assert theirs is None or abs(ours - theirs) < 1e-9, (figures.unit, name)


def truth(made):
    """The figures that the true chances of the flows make."""
    flows = made.flows
    ends = zip(made.relation, flows.creditor, flows.debtor, strict=True)
    kinds = {
        name: "report" if name.endswith("report") else "need" if name == "market" else "consult" for name in RELATIONS
    }
    asks = [(RELATIONS[k], kinds[RELATIONS[k]], made.ids[a], made.ids[b]) for k, a, b in ends]
    covers = tuple(name for name in COVERS if any(ask[0] == name for ask in asks))
    parts = tuple(name for name in PARTS if any(ask[0] == name for ask in asks))
    return truth_of(made.table, asks, flows.chance, covers, parts), parts


@pytest.mark.parametrize("mode", [Mode.LOOSE, Mode.AUTHORITATIVE, Mode.COOPERATIVE, Mode.COLLABORATIVE])
@pytest.mark.parametrize("place", [False, True])
def test_the_observatory_finds_the_v_and_h_a_simulated_government_was_given(mode, place):
    units = plant_place() if place else plant_tree(5, 3)
    wrong, errors = 0, {"V": [], "H": []}
    for seed in range(5):
        made, log, _ = simulated(units, behaviour_of(mode, rate=0.4), seed=seed)  # about four matters a flow
        known, parts = truth(made)
        figures = measured(made, log, parts=parts).figures()[0]
        for name, found in errors.items():
            found.append(figures.values[name] - known[made.ids[0]][name])
            wrong += (figures.values[name] > 0.5) != (known[made.ids[0]][name] > 0.5)
    assert wrong == 0
    for name, found in errors.items():
        assert np.sqrt(np.mean(np.square(found))) <= 0.06, (name, found)


def test_a_rotten_branch_is_seen_as_rotten_and_its_sisters_as_sound():
    made = compose(plant_tree(5, 3), behaviour_of(rate=1.0))
    branch = slice(made.ids.index("u2"), int(made.backbone.end[made.ids.index("u2")]))
    inside = (made.flows.debtor >= branch.start) & (made.flows.debtor < branch.stop) & (made.flows.role < 2)
    flows = made.flows._replace(chance=np.where(inside, 0.1, made.flows.chance))
    outcome = run(Setting(made.backbone, (Stage(0, wire(made.backbone), flows, made.units),), days=DAYS), seed=1)
    due, met = outcome.tally.sum(axis=0).T
    roots = np.array([made.ids.index(f"u{k}") for k in range(1, 6)])
    found = read_gauge(make_gauge(made), due, met, roots)["V"]
    assert found[1] < 0.25
    assert (np.delete(found, 1) > 0.8).all()
