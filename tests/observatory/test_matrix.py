"""The pair matrix, the outside classes and the symptoms agree with counting one thread after the other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, needs_of, organisations, table
from yunzhang.governance.observatory.rules import matrix, measure, symptoms
from yunzhang.governance.observatory.rules.placement import PART
from yunzhang.governance.observatory.rules.tree import GOVERNMENT
from yunzhang.governance.observatory.terms import PARTS, Parameters

few = settings(max_examples=15, deadline=None)
NEED = ("a", "b", "matters")


@st.composite
def logs(draw):
    units = draw(organisations(max_units=9))
    loops, need = draw(loops_of(units)), draw(st.one_of(st.none(), needs_of(units)))
    needs = None if need is None else table(need, NEED)
    return measure(table(units, UNIT), table(loops, LOOP), Parameters(draws=0), need=needs)


def lateral(measured):
    """Counted horizontal threads: part, a, b (-1 outside), whether met."""
    placed, threads = measured.charged.placed, measured.threads
    rows = np.flatnonzero(threads.counts & ~measured.charged.vertical)
    return [
        (int(placed.relation[k]) - PART, int(placed.a[k]), -1 if placed.outside[k] else int(placed.b[k]), int(k))
        for k in rows
    ]


@few
@given(logs())
def test_the_matrix_holds_every_pair_once_and_the_silent_ones(measured):
    tree, needed = measured.tree, measured.charged.needed
    below = matrix.PairsBelow(tree, measured.charged.pairs, needed)
    threads = lateral(measured)
    for root in range(tree.count):
        for part in (matrix.DEPARTMENT, matrix.REGION):
            found = below.matrix(root, part)
            mine = [t for t in threads if t[0] == part and t[2] >= 0 and tree.parent[t[1]] == root]
            children = [x for x in range(tree.count) if tree.parent[x] == root]
            ought = [x for x in children if (tree.kind[x] == GOVERNMENT) == (part == matrix.REGION)]
            if found is None:
                assert len(ought) < 2
                assert not mine
                continue
            cells = {(cell.a, cell.b): cell for cell in found.cells}
            assert len(cells) == len(found.cells)
            for pair in {*cells, *((a, b) for _, a, b, _ in mine)}:
                own = [k for _, a, b, k in mine if (a, b) == pair]
                assert cells[pair].asked == len(own)
                assert cells[pair].met == sum(measured.threads.met[k] for k in own)
            if not needed[part]:
                for pair in combinations(ought, 2):
                    assert cells[pair].ought
                    assert cells[pair].need >= 1
            silent = [cell for cell in found.cells if cell.state == "silent"]
            assert all(cell.asked == 0 and cell.lacking >= 0 for cell in silent)
            assert {node for pair in cells for node in pair} | set(ought) == set(found.blocks)


@few
@given(logs())
def test_unmet_pairs_are_those_of_the_matrices_below(measured):
    tree, needed = measured.tree, measured.charged.needed
    below = matrix.PairsBelow(tree, measured.charged.pairs, needed)
    unmet, every = matrix.count_unmet_pairs(tree, measured.charged.pairs, needed)
    for root in range(tree.count):
        cells = []
        for upper in range(root, tree.end[root]):
            found = below.matrix(upper, matrix.DEPARTMENT)
            cells += found.cells if found else []
        ours = [cell for cell in cells if all(tree.kind[x] != GOVERNMENT for x in (cell.a, cell.b))]
        assert every[root] == len(ours)
        assert unmet[root] == sum(cell.met == 0 for cell in ours)


@few
@given(logs())
def test_outside_counts_agree_with_counting(measured):
    tree, threads = measured.tree, lateral(measured)
    found = matrix.count_outside(tree, measured.threads, measured.charged)
    nearest = list(range(tree.count))
    for node in range(1, tree.count):
        nearest[node] = node if tree.kind[node] == GOVERNMENT else nearest[tree.parent[node]]
    for number, name in enumerate(matrix.CLASSES):
        own = [t for t in threads if t[0] == PARTS.index(name) and t[2] < 0]
        for root in range(tree.count):
            mine = [t for t in own if root <= t[1] < tree.end[root]]
            others = {int(measured.charged.placed.b[k]) for *_, k in mine}
            inside = [x for x in range(root, tree.end[root]) if tree.kind[x] == GOVERNMENT]
            at = {nearest[t[1]] for t in own}
            assert found.asked[number, root] == len(mine)
            assert found.distinct[number, root] == len(others)
            assert found.governments[number, root] == max(len(inside), 1)
            assert found.dealing[number, root] == (len(at & set(inside)) if inside else bool(mine))


@few
@given(logs())
def test_overlap_counts_units_not_matters(measured):
    tree, threads = measured.tree, measured.threads
    found = symptoms.count_overlap(tree, threads, measured.charged, None)
    askers = {}
    for k in np.flatnonzero(measured.charged.owed_up & threads.counts):
        askers.setdefault(int(threads.debtor[k]), set()).add(int(threads.creditor[k]))
    for root in range(tree.count):
        below = [x for x in askers if root < x < tree.end[root]]
        assert found.two_askers[0][root] == sum(len(askers[x]) > 1 for x in below)
        assert found.two_askers[1][root] == len(below)
        odd = [x for x in below if askers[x] - {int(tree.above[x]), int(tree.guide[x])}]
        assert found.strange[0][root] == len(odd)


@few
@given(logs())
def test_replanned_counts_every_matter_once(measured):
    tree, threads = measured.tree, measured.threads
    upper, lower = symptoms.count_replanned(tree, threads, measured.charged)
    asked = [
        k for k in range(len(threads.kind))
        if (threads.counts[k] or threads.gone[k]) and threads.kinds[threads.kind[k]] != "report"
    ]  # fmt: skip
    assert lower[0] == len(asked)
    assert upper[0] == sum(threads.gone[k] or threads.withdrawn[k] for k in asked)
    assert (upper <= lower).all()


def test_limits_far_from_the_usual_are_odd():
    units = [{"id": "r", "kind": "government"}] + [
        {"id": name, "parent": "r", "kind": "department"} for name in ("a", "b")
    ]
    ends = {"a": ["2026-01-11"] * 3, "b": ["2026-01-11", "2026-01-31"]}
    loops = [
        {"loop": f"{name}{k}", "kind": "directive", "creditor": "r", "debtor": name, "opened_at": "2026-01-01"}
        | {"due_at": due, "outcome": "met"}
        for name, dues in ends.items()
        for k, due in enumerate(dues)
    ]
    measured = measure(table(units, UNIT), table(loops, LOOP), Parameters(draws=0))
    days = np.array([10.0, 10, 10, 10, 30])
    odd, every = symptoms.count_odd_limits(
        measured.tree, measured.threads, measured.charged, days, np.zeros(5, np.int64)
    )
    assert (odd.tolist(), every.tolist()) == ([1, 0, 1], [5, 3, 2])


def test_sisters_alike_lie_within_chance_and_unlike_ones_beyond():
    asked = np.array([40.0, 40, 40, 40])
    rng = np.random.default_rng(3)
    alike = symptoms.spread_of(rng.binomial(40, 0.6, 4).astype(float), asked, seed=1)
    unlike = symptoms.spread_of(np.array([38.0, 36, 10, 8]), asked, seed=1)
    assert alike.distance <= alike.chance
    assert unlike.distance == pytest.approx(0.35)
    assert unlike.distance > 2 * unlike.chance
    assert symptoms.spread_of(np.array([1.0, 0]), np.array([2.0, 0]), seed=1) is None
