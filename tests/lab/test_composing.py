"""From a unit table to flows: every edge, sisters round the table, outsiders; nothing twice, in whatever order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tests.lab.governments import behaviour_of
from yunzhang.governance.lab.rules.composing import Ask, compose, pairs_round
from yunzhang.governance.lab.terms import RELATIONS, Behaviour, Pace
from yunzhang.governance.observatory.rules.planted import plant_place, plant_tree
from yunzhang.governance.observatory.terms import BadTable


def flows_by_name(made) -> set[tuple[str, str, str]]:
    ends = zip(made.relation, made.flows.creditor, made.flows.debtor, strict=True)
    return {(RELATIONS[relation], made.ids[creditor], made.ids[debtor]) for relation, creditor, debtor in ends}


def test_a_bare_tree_has_a_directive_and_a_report_on_each_edge_and_sisters_both_ways():
    made = compose(plant_tree(3, 2), behaviour_of(partners=0))
    found = flows_by_name(made)
    assert len(found) == len(made.flows.rate) == 12 * 2 + 4 * 3 * 2
    assert ("territorial directive", "u0", "u1") in found
    assert ("territorial report", "u0", "u1") in found
    assert {("region", "u1", "u2"), ("region", "u2", "u1")} <= found
    assert (np.diff(made.flows.debtor) >= 0).all()


def test_a_place_has_both_lines_towns_owe_no_reports_and_outsiders_deal_with_governments():
    made = compose(plant_place(counties=4, departments=3, towns=2), behaviour_of())
    found = flows_by_name(made)
    assert ("functional directive", "c0.1", "c0-1.1") in found
    assert ("territorial directive", "c0-1", "c0-1-1") in found
    assert ("territorial report", "c0-1", "c0-1-1") not in found
    clients = {relation for relation, creditor, _ in found if creditor.split("-")[0] in ("enterprise", "citizen")}
    assert clients == {"market", "society"}
    governments = {debtor for relation, creditor, debtor in found if creditor == "external-1"}
    assert governments == {
        "c0",
        *(f"c0-{k}" for k in range(1, 5)),
        *(f"c0-{k}-{j}" for k in range(1, 5) for j in (1, 2)),
    }


def test_the_order_of_rows_changes_nothing():
    table = plant_place()
    shuffled = table.take(pa.array(np.random.default_rng(1).permutation(table.num_rows)))
    one, other = compose(table, behaviour_of()), compose(shuffled, behaviour_of())
    assert one.ids == other.ids
    assert all(np.array_equal(a, b) for a, b in zip(one.flows, other.flows, strict=True))


def test_a_level_may_have_a_pace_of_its_own_and_a_relation_none():
    paces = {("territorial directive", -1): Pace(1, 0.5), ("territorial directive", 2): Pace(3, 0.9)}
    made = compose(plant_tree(3, 2), Behaviour(paces))
    assert {RELATIONS[k] for k in made.relation} == {"territorial directive"}
    assert set(made.flows.rate[made.level == 1]) == {1 / 30}
    assert set(made.flows.chance[made.level == 2]) == {0.9}


def test_several_roots_stand_under_a_unit_that_passes_nothing_on():
    table = pa.concat_tables([plant_tree(2, 1), plant_place(counties=1, departments=2, towns=1)])
    made = compose(table, behaviour_of())
    assert made.ids[0] == "*"
    assert made.units.hop[0] == 0
    assert not (made.flows.creditor == 0).any()


def test_a_table_that_cannot_be_is_told_by_row():
    with pytest.raises(BadTable):
        compose(plant_tree(2, 1).set_column(1, "parent", pa.array(["u1", "u2", "u0"])), behaviour_of())


@pytest.mark.parametrize(("size", "partners"), [(0, 3), (1, 3), (5, 0), (5, 3), (12, 2), (100, 3)])
def test_round_a_table_each_pair_sits_once(size, partners):
    pairs = [frozenset(pair) for pair in pairs_round(list(range(size)), partners)]
    assert len(pairs) == len(set(pairs))
    if partners and partners * 2 < size - 1:
        assert all(sum(unit in pair for pair in pairs) == 2 * partners for unit in range(size))
    else:
        assert len(pairs) == size * (size - 1) // 2


def test_an_outsider_owes_the_engine_nothing():
    table = plant_place()
    made = compose(table, behaviour_of())
    with pytest.raises(ValueError, match="desk"):
        compose(table, behaviour_of(), [Ask("market", 0, made.ids.index("enterprise-1"))])
