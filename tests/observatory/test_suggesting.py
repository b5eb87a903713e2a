"""Suggestions: what was planted is found, noise gives none, gains equal setting the values and measuring again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.suggesting import managed_nodes, suggest
from yunzhang.governance.observatory.terms import Advice, Parameters

DEPARTMENTS = [f"d{k}" for k in range(12)]
GROUP = ("d2", "d5", "d9")
EXACT = Parameters(to_at=2**60, draws=0, tau=0)


def units_of(*rows):
    columns = ("id", "parent", "guided_by", "kind", "jurisdiction", "name")
    return pa.table({name: [row.get(name, "") for row in rows] for name in columns})


def place(*more):
    city = {"id": "city", "kind": "government", "jurisdiction": "city"}
    below = [{"id": d, "parent": "city", "kind": "department", "jurisdiction": "city"} for d in DEPARTMENTS]
    return units_of(city, *below, *more)


def loops_of(asks):
    """Rows (kind, creditor, debtor, met) as a loop table."""
    kind, creditor, debtor, met = (list(column) for column in zip(*asks, strict=True))
    none = [""] * len(asks)
    return pa.table(
        {"loop": [str(k) for k in range(len(asks))], "kind": kind, "creditor": creditor, "debtor": debtor,
         "opened_at": ["2026-01-01"] * len(asks), "due_at": none, "closed_at": none,
         "outcome": ["met" if each else "late" for each in met]}
    )  # fmt: skip


def lateral(rng, rate, *, count=2, group=(), inside=0.1):
    """Every pair of departments asks each other `count` times; pairs inside the group meet at a rate of their own."""
    pairs = [(a, b) for k, a in enumerate(DEPARTMENTS) for b in DEPARTMENTS[:k]]
    asks = []
    for a, b in pairs:
        own = inside if a in group and b in group else rate
        asks += [("consult", a, b, rng.random() < own) for _ in range(count * (3 if a in group and b in group else 1))]
    return asks


def first(found, advice):
    return next((each for each in found if each.advice is advice), None)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_group_of_departments_is_found(seed):
    loops = loops_of(lateral(np.random.default_rng(seed), 0.9, group=GROUP))
    found = first(suggest(measure(place(), loops, EXACT), 0), Advice.LEADER)
    assert found is not None
    assert found.units == GROUP
    assert found.stability >= 0.8
    assert found.low <= found.gain <= found.high
    assert found.basis.debtors == found.basis.creditors == GROUP


def test_noise_gives_no_group():
    found = 0
    for seed in range(12):
        for rate in (0.3, 0.8):
            loops = loops_of(lateral(np.random.default_rng(seed), rate))
            found += any(each.advice is Advice.LEADER for each in suggest(measure(place(), loops, EXACT), 0))
    assert found <= 1


def test_a_hub_that_answers_nobody_is_no_group():
    rng = np.random.default_rng(2)
    asks = [(kind, a, b, met and "d0" not in (a, b)) for kind, a, b, met in lateral(rng, 0.95)]
    assert first(suggest(measure(place(), loops_of(asks), EXACT), 0), Advice.LEADER) is None


def test_a_group_that_one_sector_holds_has_its_leader_already():
    measured = measure(place(), loops_of(lateral(np.random.default_rng(1), 0.9, group=GROUP)), EXACT)
    sector = frozenset(measured.tree.ids.index(unit) for unit in GROUP)
    assert first(suggest(measured, 0, sectors=[sector]), Advice.LEADER) is None


def test_bodies_under_vertical_management_are_never_proposed_though_they_are_the_centre():
    tax = {"id": "tax", "parent": "city", "guided_by": "", "kind": "department", "jurisdiction": "city"}
    asks = lateral(np.random.default_rng(1), 0.9, group=GROUP)
    asks += [("consult", "tax", unit, False) for unit in GROUP for _ in range(12)]
    loops = loops_of(asks)
    free = first(suggest(measure(place(tax), loops, EXACT), 0), Advice.LEADER)
    assert "tax" in free.units
    for each in suggest(measure(place(tax), loops, EXACT), 0, managed=frozenset({"tax"})):
        assert each.advice is not Advice.LEADER or "tax" not in each.units


def test_a_body_below_the_same_body_one_level_up_is_under_vertical_management():
    rows = [
        {"id": "p", "kind": "government", "jurisdiction": "p"},
        {"id": "c", "parent": "p", "kind": "government", "jurisdiction": "c"},
        {"id": "p.tax", "parent": "p", "kind": "department", "jurisdiction": "p"},
        {"id": "c.tax", "parent": "p.tax", "kind": "department", "jurisdiction": "c"},
        {"id": "p.tax.hall", "parent": "p.tax", "kind": "department", "jurisdiction": "p"},
        {"id": "c.civil", "parent": "c", "kind": "department", "jurisdiction": "c"},
    ]
    tree = measure(units_of(*rows), loops_of([("directive", "p", "c", True)]), EXACT).tree
    managed = {unit for unit, is_managed in zip(tree.ids, managed_nodes(tree), strict=True) if is_managed}
    assert managed == {"c.tax"}


def test_the_gain_of_a_leader_is_that_of_their_matters_all_met():
    asks = lateral(np.random.default_rng(0), 0.9, group=GROUP)
    before = measure(place(), loops_of(asks), EXACT)
    found = first(suggest(before, 0), Advice.LEADER)
    whole = [(k, a, b, met or (a in GROUP and b in GROUP)) for k, a, b, met in asks]
    after = measure(place(), loops_of(whole), EXACT)
    assert found.gain == pytest.approx(h_of(after) - h_of(before), abs=1e-12)
    assert (found.met, found.due) == (
        sum(met for _, a, b, met in asks if a in GROUP and b in GROUP),
        sum(a in GROUP and b in GROUP for _, a, b, _ in asks),
    )


def h_of(measured):
    return measured.figures(np.array([0]))[0].values["H"]


def v_of(measured):
    return measured.figures(np.array([0]))[0].values["V"]


PLACES = [f"g{k}" for k in range(6)]


def province():
    rows = [{"id": "p", "kind": "government", "jurisdiction": "p"}]
    rows += [{"id": g, "parent": "p", "kind": "government", "jurisdiction": g} for g in PLACES]
    return units_of(*rows, {"id": "firm", "kind": "enterprise"})


def regional(rng, *, weak=("g1", "g4")):
    asks = [("consult", a, b, {a, b} != {*weak} and rng.random() < 0.9) for a in PLACES for b in PLACES if a < b] * 4
    return asks + [("need", "firm", g, True) for g in PLACES[:4]]


def test_the_pair_of_places_with_unmet_demand_is_found_with_its_gain():
    asks = regional(np.random.default_rng(5))
    before = measure(province(), loops_of(asks), EXACT)
    found = first(suggest(before, 0), Advice.AGREEMENT)
    assert found.units == ("g1", "g4")
    after = measure(province(), loops_of([(k, a, b, met or {a, b} == {"g1", "g4"}) for k, a, b, met in asks]), EXACT)
    assert found.gain == pytest.approx(h_of(after) - h_of(before), abs=1e-12)


def test_an_absent_class_is_a_channel_with_its_gain():
    asks = regional(np.random.default_rng(5))
    before = measure(province(), loops_of(asks), EXACT)
    found = next(e for e in suggest(before, 0) if e.advice is Advice.CHANNEL and e.line == "market")
    assert found.units == ("p", "g4", "g5")
    after = measure(province(), loops_of(asks + [("need", "firm", g, True) for g in found.units]), EXACT)
    assert found.gain == pytest.approx(h_of(after) - h_of(before), abs=1e-12)


def directives(rng, *, rate=0.9, weak=(), each=8):
    return [("directive", "p", g, rng.random() < (0.1 if g in weak else rate)) for g in PLACES for _ in range(each)]


def test_the_weak_edge_is_found_with_its_gain():
    asks = directives(np.random.default_rng(3), weak=("g3",))
    before = measure(province(), loops_of(asks), EXACT)
    [found] = suggest(before, 0, has_h=False)
    assert (found.advice, found.units) == (Advice.LEVEL, ("p", "g3"))
    after = measure(province(), loops_of([(k, a, b, met or b == "g3") for k, a, b, met in asks]), EXACT)
    assert found.gain == pytest.approx(v_of(after) - v_of(before), abs=1e-12)
    pooled = measure(province(), loops_of(asks), replace(EXACT, tau=4))
    worst = pooled.edge_gains(0)[0]
    [again] = suggest(pooled, 0, has_h=False)
    assert again.gain == pytest.approx(worst.gain, abs=1e-12)


def test_weak_edges_under_one_superior_are_one_suggestion():
    asks = directives(np.random.default_rng(3), weak=PLACES)
    [found] = suggest(measure(province(), loops_of(asks), EXACT), 0, has_h=False)
    assert found.units == ("p", *PLACES)


def test_noise_gives_no_edge():
    found = 0
    for seed in range(40):
        asks = directives(np.random.default_rng(seed), rate=0.85)
        found += len(suggest(measure(province(), loops_of(asks), EXACT), 0, has_h=False))
    assert found <= 4


def test_ranges_hold_the_gain_and_the_seed_decides_them():
    asks = directives(np.random.default_rng(3), weak=("g3",)) + regional(np.random.default_rng(4))
    pooled = measure(province(), loops_of(asks), replace(EXACT, tau=4))
    found = suggest(pooled, 0)
    assert found == suggest(pooled, 0)
    assert len(found) <= 5
    assert [each.gain for each in found] == sorted((each.gain for each in found), reverse=True)
    assert all(0 <= each.low <= each.gain <= each.high <= 1 for each in found)
