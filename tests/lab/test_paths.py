"""The paper's choice as budgets of change: the first look of science.md §3.4 again, costs, paths, and the map."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.paths import mapping
from yunzhang.governance.lab.rules.paths.mapping import Grid, draw_vacant, map_paths
from yunzhang.governance.lab.rules.paths.stands import (
    BUSIEST,
    DELIVERED,
    WITHOUT_TOP,
    Costs,
    Setting,
    Stand,
    try_stands,
)
from yunzhang.governance.lab.rules.paths.walking import AFFORDED, PATHS, find_afforded, lay_steps, walk_paths

TREE = regular_tree(5, 6)
# delivered share and load of the busiest unit, as independent small programs found them (science.md §3.4)
FIRST_LOOK = {
    Stand(0.6, 0.0): (0.015, 0.076),
    Stand(0.95, 0.0): (0.631, 0.625),
    Stand(0.6, 1.0): (0.179, 0.056),
    Stand(0.95, 1.0): (0.750, 0.084),
    Stand(0.95, 0.25): (0.710, None),
    Stand(0.95, 0.5): (0.733, None),
    Stand(0.95, 8.0): (0.831, None),
    Stand(0.6, 2.0): (0.255, None),
    Stand(0.6, 8.0): (0.444, None),
    Stand(0.8, 2.0): (0.494, None),
    Stand(0.8, 8.0): (0.648, None),
}
MODES = {"loose": Stand(0.6, 0.0), "authority": Stand(0.95, 0.0), "cooperative": Stand(0.6, 1.0)}
MODES |= {"collaborative": Stand(0.95, 1.0)}
SMALL = regular_tree(5, 4)


def test_the_first_look_at_the_claim_is_found_again():
    stands = list(FIRST_LOOK)
    found = try_stands(stands, Setting(TREE, messages=10_000, runs=3)).mean(axis=1)
    for row, (share, busiest) in zip(found, FIRST_LOOK.values(), strict=True):
        assert row[DELIVERED] == pytest.approx(share, abs=0.016)  # four errors of three runs, and theirs
        assert busiest is None or row[BUSIEST] == pytest.approx(busiest, abs=0.016)
    by_stand = dict(zip(stands, found, strict=True))
    authority, linked = by_stand[Stand(0.95, 0.0)], by_stand[Stand(0.95, 0.25)]
    assert linked[BUSIEST] < 0.3 * authority[BUSIEST]  # a quarter of a link per unit relieves the top
    assert all(by_stand[Stand(0.6, m)][DELIVERED] < authority[DELIVERED] for m in (1.0, 2.0, 8.0))
    assert authority[WITHOUT_TOP] < 0.25 * authority[DELIVERED]
    assert linked[WITHOUT_TOP] > 0.7 * linked[DELIVERED]


def test_costs_are_those_stated():
    costs = Costs(link=1.0, line=2.0, link_upkeep=0.1, line_upkeep=0.5, years=4.0)
    before, after = Stand(0.9, 0.0), Stand(0.6, 2.0)
    edges = SMALL.count - 1
    assert costs.build(SMALL, before, after) == pytest.approx(2.0 * SMALL.count + 2.0 * 0.3 * edges)
    assert costs.keep(SMALL, after, 4.0) == pytest.approx(4 * (0.1 * 2.0 * SMALL.count + 0.5 * 0.6 * edges))
    links = costs.equal_links(SMALL, 1.0, 0.3)

    def whole(stand: Stand) -> float:
        return costs.build(SMALL, before, stand) + costs.keep(SMALL, stand, costs.years)

    assert whole(Stand(0.9, 1.0)) == pytest.approx(whole(Stand(0.6, links)))  # the same budget over the years


def test_a_path_goes_from_mode_to_mode_in_equal_steps_and_spends_as_it_goes():
    table = walk_paths(MODES, Setting(SMALL, messages=400, runs=3), Costs(), steps=2).to_pylist()
    assert {row["path"] for row in table} == set(PATHS)
    for name, modes in PATHS.items():
        way = [row for row in table if row["path"] == name]
        assert [row["step"] for row in way] == list(range(2 * (len(modes) - 1) + 1))
        assert way[0]["line"] == MODES[modes[0]].line
        assert modes[-1] == AFFORDED or way[-1]["links"] == MODES[modes[-1]].links
        assert np.all(np.diff([row["cost"] for row in way]) >= 0)
        assert way[0]["cost"] == 0
        assert all(row["v"] is None for row in way)
    placed = walk_paths(
        MODES, Setting(SMALL, messages=50, runs=2), Costs(), paths={"keep": ("authority", "collaborative")}, steps=1,
        place=lambda stand: (stand.line, stand.links / 2),
    ).to_pylist()  # fmt: skip
    assert [(row["v"], row["h"]) for row in placed] == [(0.95, 0.0), (0.95, 0.5)]


@pytest.mark.parametrize("costs", [Costs(), Costs(line=0.2, line_upkeep=0.5), Costs(link=3.0, link_upkeep=0.0)])
def test_who_gives_up_the_line_at_equal_budget_spends_what_keeping_it_costs(costs):
    setting = Setting(SMALL, messages=100, runs=2)
    table = walk_paths(MODES, setting, costs, steps=3).to_pylist()
    ends = {row["path"]: row for row in table}
    keep, afforded, as_many = (ends[name] for name in ("keep_line", "give_up_line_afforded", "give_up_line"))
    assert afforded["cost"] == pytest.approx(keep["cost"])
    assert afforded["line"] == as_many["line"] == 0.6
    assert find_afforded(MODES, setting, costs, steps=3) == Stand(0.6, afforded["links"])
    assert (afforded["links"] < 1.0) == (as_many["cost"] > keep["cost"])


def test_a_budget_too_small_to_give_up_the_line_leaves_no_links_and_free_links_no_budget():
    setting = Setting(SMALL, messages=100, runs=2)
    assert find_afforded(MODES, setting, Costs(line=50.0)) == Stand(0.6, 0.0)
    with pytest.raises(ValueError, match="cost nothing"):
        find_afforded(MODES, setting, Costs(link=0.0, link_upkeep=0.0))


def test_steps_hold_both_ends_and_the_middle():
    assert lay_steps([Stand(1.0, 0.0), Stand(0.5, 0.0), Stand(0.5, 2.0)], 2) == [
        Stand(1.0, 0.0), Stand(0.75, 0.0), Stand(0.5, 0.0), Stand(0.5, 1.0), Stand(0.5, 2.0),
    ]  # fmt: skip


TINY = Grid(
    xi=(0.5, inf), vacancy=(0.0, 0.3), retries=(0,), spread=(False, True), given_up=(0.35,), line_upkeep=(0.0, 4.0),
    links=(0.25, 1.0),
)  # fmt: skip


def test_the_map_is_the_same_on_one_thread_and_on_many(monkeypatch):
    setting = Setting(SMALL, messages=200, runs=3)
    many = map_paths(setting, Costs(), line=0.95, grid=TINY)
    monkeypatch.setattr(mapping, "side_by_side", lambda work, jobs: [work(job) for job in jobs])
    assert map_paths(setting, Costs(), line=0.95, grid=TINY).equals(many)
    assert many.num_rows == 2 * 2 * 2 * 2 * 2


def test_a_winner_is_told_only_beyond_two_standard_errors():
    table = map_paths(Setting(SMALL, messages=400, runs=4), Costs(), line=0.95, grid=TINY).to_pylist()
    seen = set()
    for row in table:
        seen.add(row["winner"])
        if row["winner"] == mapping.UNAFFORDABLE:
            assert row["links_give_up"] < 0
            assert row["difference"] is None
        elif row["winner"] == mapping.ALIKE:
            assert abs(row["difference"]) <= 2 * row["se"]
        else:
            assert (row["difference"] > 0) == (row["winner"] == mapping.KEEP_LINE)
            assert abs(row["difference"]) >= 2 * row["se"]
    assert mapping.KEEP_LINE in seen
    with pytest.raises(ValueError, match="two runs"):
        map_paths(Setting(SMALL, runs=1), Costs(), line=0.95, grid=TINY)


def test_more_vacancy_empties_more_of_the_same_posts_of_superiors():
    setting = Setting(SMALL)
    few, many = draw_vacant(setting, 0, 0.1), draw_vacant(setting, 0, 0.5)
    assert (few <= many).all()
    assert few.sum() < many.sum()
    assert not many[np.diff(SMALL.first) == 0].any()
    assert not draw_vacant(setting, 0, 0.0).any()
