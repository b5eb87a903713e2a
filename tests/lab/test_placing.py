"""Stands on the plane, by the engine and the observatory: the line moves V, links move H; and what they know."""

from __future__ import annotations

import numpy as np
import pytest

from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.paths.learning import Work, compare_learning
from yunzhang.governance.lab.rules.paths.mapping import ALIKE
from yunzhang.governance.lab.rules.paths.placing import Answers, Placing, place_stand, table_of
from yunzhang.governance.lab.rules.paths.stands import Setting as World
from yunzhang.governance.lab.rules.paths.stands import Stand
from yunzhang.governance.observatory.rules.tree import read_tree

WORLD = World(regular_tree(5, 4), runs=3)


def test_the_table_keeps_the_numbers_of_the_tree():
    tree = regular_tree(3, 4)
    assert np.array_equal(read_tree(table_of(tree)).parent, tree.parent)


def test_links_move_h_and_leave_v_and_a_weaker_line_costs_both():
    placing = Placing(WORLD)
    authority, linked, weak = placing(Stand(0.95, 0.0)), placing(Stand(0.95, 2.0)), placing(Stand(0.6, 2.0))
    assert authority[0] == pytest.approx(0.95, abs=0.03)
    assert authority[1] == pytest.approx(0.35 * 0.95**2, abs=0.03)  # two hops along the line, then seldom an answer
    assert abs(linked[0] - authority[0]) < 0.03
    assert linked[1] > authority[1] + 0.08
    assert weak[0] == pytest.approx(0.6, abs=0.06)
    assert weak[1] < linked[1] - 0.08
    assert placing.found[Stand(0.6, 2.0)].shape == (3, 2)


def test_a_stand_is_placed_the_same_whenever_it_is_asked_for():
    once, again = (place_stand(Stand(0.8, 1.0), WORLD, Answers()) for _ in range(2))
    assert np.array_equal(once, again)


def test_who_learns_by_the_same_stand_knows_the_same():
    same = compare_learning(Stand(0.9, 1.0), Stand(0.9, 1.0), Work(k=(2,), turnover=(0.01,), runs=3))
    assert set(same["winner"].to_pylist()) == {ALIKE}
    assert same["difference"].to_pylist() == [0.0, 0.0]


def test_without_line_and_links_nothing_is_learned_and_on_smooth_work_both_find_the_top():
    table = compare_learning(Stand(0.95, 1.0), Stand(0.0, 0.0), Work(k=(0,), turnover=(0.0,), runs=4)).to_pylist()
    assert table[1]["known_keep"] > 0.99
    assert table[0]["known_give_up"] == table[1]["known_give_up"] < 0.9
    assert table[1]["winner"] == "keep_line"
    with pytest.raises(ValueError, match="two runs"):
        compare_learning(Stand(0.9, 1.0), Stand(0.5, 1.0), Work(runs=1))
