"""Level curves, reach and chains agree with counting by hand; curves behave as shares do."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, organisations, table
from yunzhang.governance.observatory.rules import measure, stalls
from yunzhang.governance.observatory.rules.threads import first_rows
from yunzhang.governance.observatory.terms import Parameters

few = settings(max_examples=15, deadline=None)


@st.composite
def logs(draw):
    units = draw(organisations(max_units=9))
    loops = draw(loops_of(units))
    ids = sorted({row["loop"] for row in loops})
    parents = draw(st.lists(st.sampled_from(["", *ids]), min_size=len(ids), max_size=len(ids)))
    given = dict(zip(ids, parents, strict=True))
    loops = [row | {"parent": given[row["loop"]]} for row in loops]
    return measure(table(units, UNIT), table(loops, LOOP), Parameters(draws=0)), loops


def inside(tree, root, line):
    """The edges of a line inside a sub-tree, by the node of the debtor."""
    stop = tree.end[root]
    return [x for x in range(root + 1, stop) if root <= line.up[x] < stop]


@few
@given(logs())
def test_levels_count_what_stands_there(case):
    measured, _ = case
    tree = measured.tree
    for line in measured.charged.lines:
        counts = stalls.count_levels(tree, line).counts
        for root in range(tree.count):
            for level in range(counts.shape[3]):
                there = [x for x in inside(tree, root, line) if tree.depth[x] - tree.depth[root] == level + 1]
                for kind in range(2):
                    asked = [line.asked[kind, x] for x in there]
                    met = [line.s[kind, x] for x in there]
                    edges = sum(line.reports[x] for x in there) if kind else len(there)
                    by_hand = [edges, sum(n > 0 for n in asked), sum(n > 0 for n in met), sum(asked), sum(met)]
                    assert counts[:, kind, root, level].tolist() == by_hand


@few
@given(logs())
def test_groups_add_up_to_the_levels(case):
    measured, _ = case
    tree, threads = measured.tree, measured.threads
    group = np.arange(len(threads.kind)) % 3
    counts = stalls.count_groups(tree, threads, measured.charged, group, 3)
    whole = [stalls.count_levels(tree, line).counts.sum(axis=1) for line in measured.charged.lines]
    assert np.array_equal(counts.sum(axis=1), whole[0][3:] + whole[1][3:])


@few
@given(logs())
def test_reach_is_the_product_of_the_shares_on_the_path(case):
    measured, _ = case
    tree = measured.tree
    for line in measured.charged.lines:
        found = stalls.measure_reach(tree, line)
        for root in range(tree.count):
            edges, paths = set(inside(tree, root, line)), {}
            for x in edges if line.counted else ():
                path = [x]
                while line.up[path[-1]] in edges:
                    path.append(line.up[path[-1]])
                rate = prod(line.s[0, y] / line.n[0, y] for y in path) if line.directives else 0.0
                paths.setdefault(len(path), []).append((rate, all(line.asked[0, y] for y in path)))
            for links in range(1, found.units.shape[1] + 1):
                chances = paths.get(links, [])
                assert found.units[root, links - 1] == len(chances)
                assert found.linked[root, links - 1] == sum(whole for _, whole in chances)
                assert found.chances[root, links - 1] == pytest.approx(sum(rate for rate, _ in chances), abs=1e-12)


@few
@given(logs())
def test_chains_agree_with_walking_each_one(case):
    measured, loops = case
    tree, threads, charged = measured.tree, measured.threads, measured.charged
    rows = first_rows(table(loops, LOOP), tree, measured.parameters)
    names = sorted({row["loop"] for row in loops})
    loop = np.array([names.index(loops[row]["loop"]) for row in rows], np.int64)
    parent = np.array([names.index(loops[row]["parent"]) if loops[row]["parent"] else -1 for row in rows], np.int64)
    above = stalls.link_chains(tree, threads, loop, parent)
    for thread, upper in enumerate(above.tolist()):
        of_parent = [k for k in range(len(loop)) if loop[k] == parent[thread]]
        owed = [k for k in of_parent if threads.debtor[k] == threads.creditor[thread]]
        assert upper in (owed or of_parent or [-1])
    is_report = np.array([threads.kinds[kind] == "report" for kind in threads.kind], np.bool_)
    chosen = charged.owed_up & threads.counts & ~is_report
    found = stalls.count_chains(tree, threads, charged, above)
    expected = np.zeros((2, *found.at_risk.shape))
    for root in range(tree.count):
        own = [chosen[k] and root <= charged.placed.home[k] < tree.end[root] for k in range(len(loop))]
        for thread in np.flatnonzero(own):
            chain = [int(thread)]
            while above[chain[-1]] >= 0 and own[above[chain[-1]]] and len(chain) <= found.at_risk.shape[1]:
                chain.append(int(above[chain[-1]]))
            step = len(chain) - 1
            begins = tree.depth[threads.debtor[chain[-1]]] == tree.depth[root] + 1
            if step < found.at_risk.shape[1] and begins and all(threads.met[k] for k in chain[1:]):
                expected[:, root, step] += (1, threads.met[thread])
    assert np.array_equal(found.at_risk, expected[0])
    assert np.array_equal(found.met, expected[1])


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=6))
def test_survival_falls_and_lies_in_its_range(steps):
    risk = np.array([n for n, _ in steps], np.float64)
    met = np.floor(risk * [share for _, share in steps])
    found = stalls.survive(risk, met)
    values = [value for value, _, _ in found]
    assert values == sorted(values, reverse=True)
    assert all(0 <= low <= value + 1e-9 for value, low, _ in found)
    assert all(value - 1e-9 <= high <= 1 for value, _, high in found)
    assert values[-1] == pytest.approx(prod(met / risk), abs=1e-9)


def test_greenwoods_range_on_a_known_table():
    # 20 at risk, 15 met; 10 of these split on, 5 met: S = .75, .375; Greenwood's sum .0166667, then + .1
    first, second = stalls.survive(np.array([20.0, 10.0]), np.array([15.0, 5.0]))
    assert (first[0], second[0]) == (0.75, 0.375)
    half = 1.6449 * np.sqrt(5 / 300 + 5 / 50) / abs(np.log(0.375))
    assert second[1:] == pytest.approx((0.375 ** np.exp(half), 0.375 ** np.exp(-half)))


@given(st.floats(0.01, 1), st.integers(1, 6))
def test_control_loss_is_williamsons(kept, links):
    mean, loss = stalls.control_loss(kept**links, links)
    assert mean == pytest.approx(kept)
    assert loss == pytest.approx(1 - kept**links)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_wilsons_range_holds_its_share(asked, share):
    met = float(int(asked * share))
    low, high = stalls.share_range(met, asked)
    assert 0 <= low <= met / asked + 1e-12
    assert met / asked - 1e-12 <= high <= 1
