"""The facts of a map are those of its rows, also where they were made plain for JSON."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.paths.mapping import (
    ALIKE,
    AXES,
    GIVE_UP_LINE,
    KEEP_LINE,
    UNAFFORDABLE,
    Grid,
    map_paths,
)
from yunzhang.governance.lab.rules.paths.stands import Costs, Setting
from yunzhang.governance.lab.rules.paths.summary import sum_up_map, tail_of

PLAIN = dict.fromkeys(AXES, 0)


def world(winner, difference=None, se=None, **axes):
    return PLAIN | axes | {"winner": winner, "difference": difference, "se": se}


ROWS = [
    world(KEEP_LINE, 0.30, 0.01, xi=1.0),
    world(KEEP_LINE, 0.03, 0.01, xi=1.0),
    world(GIVE_UP_LINE, -0.20, 0.02, xi="inf", vacancy=0.3),
    world(GIVE_UP_LINE, -0.05, 0.02, xi="inf", vacancy=0.3),
    world(ALIKE, 0.01, 0.02, xi="inf"),
    world(UNAFFORDABLE, xi="inf"),
]


def test_worlds_are_counted_by_winner_axis_and_sureness():
    facts = sum_up_map(ROWS, runs=10)
    assert facts.worlds == 6
    assert facts.won == {KEEP_LINE: 2, GIVE_UP_LINE: 2, ALIKE: 1, UNAFFORDABLE: 1}
    assert facts.clear == {KEEP_LINE: 1, GIVE_UP_LINE: 1, ALIKE: 0, UNAFFORDABLE: 0}
    assert facts.by_chance == pytest.approx(5 * 0.0383, abs=0.001)
    assert facts.clear_by_chance == pytest.approx(5 * 0.00156, abs=0.0001)
    assert facts.runs == 10
    assert facts.where["xi"]["inf"] == {KEEP_LINE: 0, GIVE_UP_LINE: 2, ALIKE: 1, UNAFFORDABLE: 1}
    assert facts.never == (("xi", 1.0), ("vacancy", 0))
    assert (facts.widest[KEEP_LINE], facts.widest[GIVE_UP_LINE]) == (ROWS[0], ROWS[2])


def test_a_path_that_wins_nowhere_has_no_widest_world():
    assert set(sum_up_map(ROWS[:2], runs=10).widest) == {KEEP_LINE}
    assert sum_up_map([], runs=10).worlds == 0


def test_at_equal_links_giving_up_the_line_never_wins_and_its_price_decides():
    # what the default map says over 1,296 worlds, on a few: without posts empty, or with nothing freed, keeping wins
    grid = Grid(
        xi=(1.0, inf), vacancy=(0.0, 0.3), retries=(0, 3), spread=(True,), given_up=(0.35,), line_upkeep=(0.0, 4.0),
        links=(0.25,),
    )  # fmt: skip
    costs = Costs(line=0.0)  # giving up costs nothing, so that without upkeep both have the same links
    table = map_paths(Setting(regular_tree(5, 6), messages=600, runs=4), costs, line=0.95, grid=grid)
    facts = sum_up_map(table.to_pylist(), runs=4)
    assert ("line_upkeep", 0.0) in facts.never
    assert ("vacancy", 0.0) in facts.never
    assert facts.where["line_upkeep"][4.0][GIVE_UP_LINE] > 0
    ahead = facts.widest[GIVE_UP_LINE]
    assert (ahead["vacancy"], ahead["line_upkeep"], ahead["retries"]) == (0.3, 4.0, 3)


@pytest.mark.parametrize("runs", [2, 3, 4, 10])
@pytest.mark.parametrize("errors", [2.0, 4.0])
def test_chance_alone_decides_as_many_worlds_as_is_told(runs, errors):
    # two paths that are alike, in many worlds: four errors of the count of those that pass
    rng, worlds = np.random.default_rng(1), 100_000
    gaps = rng.normal(size=(worlds, runs))
    passed = np.mean(gaps.mean(axis=1) > errors * gaps.std(axis=1, ddof=1) / np.sqrt(runs))
    wanted = tail_of(errors, runs)
    assert passed == pytest.approx(wanted, abs=4 * (wanted / worlds) ** 0.5)


def test_a_tail_needs_two_runs():
    with pytest.raises(ValueError, match="two runs"):
        tail_of(2.0, 1)
