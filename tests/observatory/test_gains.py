"""Gains of edges, units, leaders, levels and sets are what V rises by with those values at 1; ranges hold them."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, organisations, table
from yunzhang.governance.observatory.rules import leader_gains, measure
from yunzhang.governance.observatory.rules.gain_ranges import draw_gains, ranges_of
from yunzhang.governance.observatory.rules.gains import gain_rows, set_gain, unit_gains
from yunzhang.governance.observatory.rules.vertical import columns, edge_values, measure_v
from yunzhang.governance.observatory.terms import LINES, Parameters

few = settings(max_examples=15, deadline=None)


@st.composite
def measured_logs(draw):
    units = draw(organisations(max_units=9))
    loops = draw(loops_of(units))
    tau = draw(st.sampled_from([4.0, 0.0]))
    return measure(table(units, UNIT), table(loops, LOOP), Parameters(draws=0, tau=tau))


def slow_v(measured, root, whole):
    """V with the values of `whole` ((line, node)) at 1: every path anew, one unit after the other."""
    tree, stop, paths = measured.tree, measured.tree.end[root], []
    for number, line in enumerate(measured.charged.lines):
        if not line.counted:
            continue
        values = np.zeros(tree.count)
        edge_values(root, stop, tree.depth, *columns(line), measured.parameters.tau, values)
        for x in range(root + 1, stop):
            path, node = [], x
            while root <= line.up[node] < stop:
                path.append(1.0 if (number, node) in whole else values[node])
                node = line.up[node]
            if path:
                paths.append(prod(path) ** (1 / len(path)))
    return sum(paths) / len(paths) if paths else 0.0


@few
@given(measured_logs(), st.randoms(use_true_random=False))
def test_gains_agree_with_slow_recomputation(measured, rng):
    tree, tau = measured.tree, measured.parameters.tau
    for root in tree.inner.tolist():
        before = slow_v(measured, root, set())
        rows = gain_rows(tree, measured.charged, root, tau)
        node = {name: x for x, name in enumerate(tree.ids[: tree.count])}
        edges = measured.edge_gains(root)
        for edge in edges:
            key = (LINES.index(edge.line), node[edge.unit])
            assert edge.gain == pytest.approx(slow_v(measured, root, {key}) - before, abs=1e-9)
            assert rows[key[0], key[1] - root] == edge.gain
        for name, found in unit_gains(edges).items():
            own = {(number, node[name]) for number in range(2)}
            assert found == pytest.approx(slow_v(measured, root, own) - before, abs=1e-9)
        for name, found in leader_gains([edge for edge in edges if edge.line == LINES[0]]).items():
            own = {(0, x) for x in range(tree.count) if tree.above[x] == node[name]}
            assert found == pytest.approx(slow_v(measured, root, own) - before, abs=1e-9)
        chosen = np.array([[rng.random() < 0.5 for _ in range(tree.count)] for _ in range(2)])
        several = {(int(a), int(b)) for a, b in zip(*np.nonzero(chosen), strict=True)}
        known = slow_v(measured, root, several) - before
        assert set_gain(tree, measured.charged, root, chosen, tau) == pytest.approx(known, abs=1e-9)


@few
@given(measured_logs())
def test_the_gains_of_one_level_add(measured):
    tree, tau = measured.tree, measured.parameters.tau
    for root in tree.inner.tolist():
        rows = gain_rows(tree, measured.charged, root, tau)
        inside = slice(root, tree.end[root])
        for level in range(1, 4):
            there = tree.depth[inside] == tree.depth[root] + level
            chosen = np.zeros((2, tree.count), np.bool_)
            chosen[0, inside] = there
            together = set_gain(tree, measured.charged, root, chosen, tau)
            assert rows[0][there].sum() == pytest.approx(together, abs=1e-9)


@few
@given(measured_logs())
def test_draws_surround_the_gain_and_stay_below_what_is_missing(measured):
    tree, tau = measured.tree, measured.parameters.tau
    for root in tree.inner.tolist():
        v = measure_v(tree, measured.charged.lines, np.array([root]), tau)[0, 0]
        rows = gain_rows(tree, measured.charged, root, tau)
        edges = [(int(a), int(b) + root) for a, b in zip(*np.nonzero(rows > 0), strict=True)]
        drawn = draw_gains(tree, measured.charged, root, edges, tau=tau, draws=400, seed=1)
        for (number, node), (low, high) in zip(edges, ranges_of(drawn), strict=True):
            assert 0 <= low <= high <= 1 + 1e-9
            line = measured.charged.lines[number]
            if tau and line.reports[node] == 0 and 0 < line.s[0, node] < line.n[0, node] and v > 0:
                assert low <= rows[number, node - root] <= high  # the mean of the draws' rate is the edge's own


def test_the_range_of_a_gain_is_that_of_its_own_rate():
    units = [{"id": "r", "kind": "government"}, {"id": "a", "parent": "r", "kind": "department"}]
    loops = [
        {"loop": str(k), "kind": "directive", "creditor": "r", "debtor": "a", "opened_at": "2026-01-01"}
        | {"outcome": "met" if k < 3 else "late"}
        for k in range(4)
    ]
    measured = measure(table(units, UNIT), table(loops, LOOP), Parameters(draws=0, to_at=2**60))
    drawn = draw_gains(measured.tree, measured.charged, 0, [(0, 1)], tau=4.0, draws=100_000, seed=1)
    # pi = pi_l = 3/4: p_e ~ Beta(3 + 4 * 3/4, 1 + 4 * 1/4), and the gain is 1 - p_e
    expected = 1 - np.random.default_rng(2).beta(6, 2, 100_000)
    assert ranges_of(drawn)[0] == pytest.approx(tuple(np.quantile(expected, (0.05, 0.95))), abs=0.01)
