"""Targets are drawn with the weight the law gives them, in any tree; exact chances by walking over all units."""

from __future__ import annotations

from collections import Counter
from math import exp, inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.trees import CROOKED, WOOD, apart, woods
from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.backbone import make_backbone, regular_tree
from yunzhang.governance.lab.rules.demand import draw_target, prepare_demand
from yunzhang.governance.lab.rules.sending import draw_messages


def weights_of(tree, source, xi, least):
    """What each other unit weighs as a target of this source."""
    found = {}
    for target in set(range(tree.count)) - {source}:
        _, i, j = apart(tree, source, target)
        if i + j >= least:
            found[target] = exp(-sqrt(max(i * i + j * j - 2, 0)) / xi)
    return found


@settings(max_examples=40, deadline=None)
@given(woods(), st.sampled_from([0.5, 1.0, inf]), st.integers(1, 3))
def test_the_kept_sums_are_those_of_all_targets(tree, xi, least):
    whole = [sum(weights_of(tree, source, xi, least).values()) for source in range(tree.count)]
    if not any(whole):
        with pytest.raises(ValueError, match="target"):
            prepare_demand(tree, xi=xi, least=least)
        return
    demand = prepare_demand(tree, xi=xi, least=least)
    extra = demand.levels.extra
    kept = (demand.sums[demand.opens[1:] - 1] * np.exp(np.maximum(demand.top, -1e9)))[extra:]
    assert kept == pytest.approx(whole)


@pytest.mark.parametrize(("tree", "source"), [(CROOKED, 0), (CROOKED, 3), (CROOKED, 13), (WOOD, 5), (WOOD, 9)])
@pytest.mark.parametrize("xi", [0.6, inf])
def test_targets_come_as_often_as_they_weigh(tree, source, xi):
    weights = weights_of(tree, source, xi, 2)
    demand, draws = prepare_demand(tree, xi=xi), 4000
    state = np.array([mixed(7, source)], np.uint64)
    found = Counter(draw_target(source, demand, state) for _ in range(draws))
    assert set(found) <= set(weights)
    expected = {target: draws * weight / sum(weights.values()) for target, weight in weights.items()}
    chi, free = sum((found[t] - e) ** 2 / e for t, e in expected.items()), len(expected) - 1
    assert chi < free + 4 * sqrt(2 * free)


def test_by_pairs_every_ordered_pair_is_as_likely_as_any_other():
    messages = draw_messages(prepare_demand(CROOKED, xi=inf, by_pairs=True), count=40_000, seed=3)
    found = Counter(map(tuple, messages.tolist()))
    pairs = [(s, t) for s in range(CROOKED.count) for t in weights_of(CROOKED, s, inf, 2)]
    expected = 40_000 / len(pairs)
    chi = sum((found[pair] - expected) ** 2 / expected for pair in pairs)
    assert sum(found[pair] for pair in pairs) == 40_000
    assert chi < len(pairs) + 4 * sqrt(2 * len(pairs))


def test_a_tiny_scale_leaves_the_nearest_alone():
    tree = make_backbone(np.array([-1, 0, 1, 2, 0]))  # unit 3 has nobody nearer than two steps up
    messages = draw_messages(prepare_demand(tree, xi=1e-200), count=400, seed=1)
    found = {source: {t for s, t in messages.tolist() if s == source} for source in range(5)}
    assert found == {0: {2}, 1: {4}, 2: {0}, 3: {1}, 4: {1}}


def test_who_has_nobody_to_write_to_writes_nothing():
    star = regular_tree(4, 2)
    messages = draw_messages(prepare_demand(star, xi=1.0), count=300, seed=1)
    assert not (messages == 0).any()
    assert draw_target(0, prepare_demand(star, xi=1.0), np.ones(1, np.uint64)) == -1
    for wrong in ({"xi": 0.0}, {"xi": 1.0, "least": 0}):
        with pytest.raises(ValueError, match="positive"):
            prepare_demand(star, **wrong)


def test_a_message_depends_on_seed_and_number_alone():
    demand = prepare_demand(regular_tree(3, 4), xi=1.0)
    few, many = (draw_messages(demand, count=count, seed=5) for count in (10, 200))
    assert (many[:10] == few).all()
    assert (draw_messages(demand, count=200, seed=6) != many).any()
