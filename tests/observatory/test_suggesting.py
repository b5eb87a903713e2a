"""Suggestions: what was planted is found, noise gives none, gains equal setting the values and measuring again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.suggesting import (
    Pace,
    count_basis,
    load_options,
    managed_nodes,
    programme_options,
    read_rows,
    scene_of,
    suggest,
)
from yunzhang.governance.observatory.rules.vertical import measure_v
from yunzhang.governance.observatory.terms import Advice, Basis, Parameters

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
    rows += [{"id": f"{g}.town", "parent": g, "kind": "government", "jurisdiction": f"{g}.town"} for g in PLACES]
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


DAY = 86_400_000_000
START = 1_767_196_800_000_000  # 2026-01-01 in +08:00


def dated(asks):
    """Rows (debtor, day opened, term, met, programme) of the province's directives as a loop table."""
    debtor, opened, term, met, programme = zip(*asks, strict=True)
    at = [START + int(day * DAY) for day in opened]
    due = [begin + int(days * DAY) for begin, days in zip(at, term, strict=True)]
    size, moment = len(asks), pa.timestamp("us", "UTC")
    return pa.table({
        "loop": [str(k) for k in range(size)], "kind": ["directive"] * size, "creditor": ["p"] * size,
        "debtor": list(debtor), "opened_at": pa.array(at, moment), "due_at": pa.array(due, moment),
        "closed_at": pa.array([None] * size, moment), "outcome": ["met" if each else "late" for each in met],
        "relation": ["territorial"] * size, "programme": list(programme),
    })  # fmt: skip


def busy(rng, *, by_volume):
    """Every place gets 40 matters spread over the year; g2 gets 120, a third of them in four crowded weeks."""
    asks = [(g, rng.uniform(0, 300), 20, rng.random() < 0.85, "") for g in PLACES for _ in range(40)]
    crowd = [("g2", rng.choice((50, 120, 200, 280)) + rng.uniform(0, 7), 20) for _ in range(80)]
    return asks + [(*each, rng.random() < (0.15 if by_volume else 0.85), "") for each in crowd]


def loads_of(asks):
    measured = measure(province(), dated(asks), EXACT)
    rows = read_rows(dated(asks), measured.tree, measured.parameters)
    return measured, load_options(scene_of(measured, 0), rows)


@pytest.mark.parametrize("seed", range(3))
def test_a_unit_that_misses_its_terms_by_volume_is_found_with_its_gain(seed):
    measured, [option] = loads_of(busy(np.random.default_rng(seed), by_volume=True))
    found = first(suggest(measured, 0, others=[option], has_h=False), Advice.LOAD)
    assert found.units == ("g2",)
    assert found.details["busy"] < found.details["calm"]
    line = measured.charged.lines[0]
    more = line.s.copy()
    node = measured.tree.ids.index("g2")
    [share] = option.mends.values()
    value = line.s[0, node] / line.n[0, node]
    more[0, node] += share * (1 - value) * line.n[0, node]
    better = measure_v(measured.tree, (replace(line, s=more), measured.charged.lines[1]), np.array([0]), 0.0)
    assert found.gain == pytest.approx(better[0, 0] - v_of(measured), abs=1e-12)


def test_a_unit_with_much_in_hand_that_keeps_its_terms_is_left_alone():
    assert sum(len(loads_of(busy(np.random.default_rng(seed), by_volume=False))[1]) for seed in range(10)) <= 1


def test_a_unit_that_hands_down_too_much_at_once_is_found():
    rng, rows = np.random.default_rng(4), [{"id": "p", "kind": "government", "jurisdiction": "p"}]
    for g in PLACES:
        rows.append({"id": g, "parent": "p", "kind": "government", "jurisdiction": g})
        rows += [{"id": f"{g}.{k}", "parent": g, "kind": "department", "jurisdiction": g} for k in range(4)]
    asks = [(g, f"{g}.{k}", rng.uniform(0, 300), rng.random() < 0.9) for g in PLACES for k in range(4)] * 8
    crowd = [("g1", f"g1.{rng.integers(4)}", rng.choice((60, 180)) + rng.uniform(0, 5)) for _ in range(90)]
    asks += [(*each, rng.random() < 0.2) for each in crowd]
    asks += [("p", g, rng.uniform(0, 300), rng.random() < 0.9) for g in PLACES for _ in range(10)]
    loops = dated([(debtor, day, 20, met, "") for _, debtor, day, met in asks])
    loops = loops.set_column(2, "creditor", pa.array([creditor for creditor, _, _, _ in asks]))
    measured = measure(units_of(*rows), loops, EXACT)
    found = load_options(scene_of(measured, 0), read_rows(loops, measured.tree, measured.parameters))
    assert [(each.line, measured.tree.ids[each.nodes[0]]) for each in found] == [("handed_down", "g1")]
    said = suggest(measured, 0, others=found, has_h=False)
    [one] = [each for each in said if each.advice is Advice.LOAD]
    assert one.basis.creditors == ("g1",)
    assert 0 < one.low <= one.gain <= one.high


def fading(rng, *, stale):
    """A programme refreshed on days 10 and 150 whose later matters are met at a rate of their own."""
    asks = []
    for g in PLACES:
        for _ in range(20):
            day = rng.uniform(12, 260)
            age = day - (150 if day >= 150 else 10)
            asks.append((g, day, 15, rng.random() < (0.9 if age <= 40 else stale), "清单"))
    return asks


def programmes_of(asks):
    measured = measure(province(), dated(asks), EXACT)
    rows = read_rows(dated(asks), measured.tree, measured.parameters)
    pace = Pace(40, (START + 10 * DAY, START + 150 * DAY))
    return measured, programme_options(scene_of(measured, 0), rows, {"清单": pace}, now=START + 300 * DAY)


def test_a_programme_that_fades_is_found_and_one_that_does_not_is_not():
    measured, [option] = programmes_of(fading(np.random.default_rng(1), stale=0.4))
    [found] = [each for each in suggest(measured, 0, others=[option], has_h=False) if each.advice is Advice.PROGRAMME]
    assert found.basis.programme == "清单"
    assert found.details["quiet_days"] == pytest.approx(150)
    assert 0 < found.gain < 0.5


def test_a_programme_that_only_halves_reaches_down_to_no_gain():
    for seed in range(10):
        measured, options = programmes_of(fading(np.random.default_rng(seed), stale=0.9))
        for each in suggest(measured, 0, others=options, has_h=False):
            assert each.advice is not Advice.PROGRAMME or each.low < 0.02


def test_below_the_top_a_programme_needs_a_fall_of_its_own():
    measured, _ = programmes_of(fading(np.random.default_rng(1), stale=0.9))
    rows = read_rows(dated(fading(np.random.default_rng(1), stale=0.9)), measured.tree, measured.parameters)
    pace = Pace(40, (START + 10 * DAY, START + 150 * DAY))
    assert not programme_options(scene_of(measured, 2), rows, {"清单": pace}, now=START + 300 * DAY)


def test_the_rows_of_a_basis_are_counted_by_its_conditions():
    loops = dated([("g1", 1, 10, True, "清单"), ("g1", 50, 10, False, "清单"), ("g2", 1, 10, True, "")])
    basis = Basis(debtors=("g1",), relations=("territorial",))
    assert count_basis(loops, basis, after=None, until=None) == (1, 2)
    assert count_basis(loops, basis, after=START + 20 * DAY, until=None) == (0, 1)
    assert count_basis(loops, replace(basis, debtors=(), programme="清单"), after=None, until=START) == (0, 0)
