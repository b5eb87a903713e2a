"""Routing reproduces Dodds, Watts and Sabel: loads of five kinds of networks, the lowest load, what stays whole."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest

from yunzhang.base import compiled
from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.limits.checks import Reference
from yunzhang.governance.lab.rules.limits.dodds import Spec, compare, play
from yunzhang.kit import parameters

PUBLISHED = {
    name: Reference(held.values[-1].value, held.values[-1].source)
    for name, held in parameters.read_parameters(
        Path(parameters.__file__).parents[1] / "data" / "lab" / "dodds.yaml"
    ).items()
}
CLAIMS = ("dodds/order/", "dodds/relief", "dodds/gain", "dodds/grid/lowest/", "dodds/robust/", "dodds/tree/pairs_alike")


@pytest.fixture(scope="module")
def compared():
    told = []
    found = compare(PUBLISHED, runs=6, seed=2, tell=lambda done, whole: told.append((done, whole)))
    assert told == [(run + 1, 6) for run in range(6)]
    return found


def test_all_that_is_claimed_holds_with_six_networks(compared):
    claims = [check for check in compared.checks if check.name.startswith(CLAIMS)]
    assert len(claims) == 20
    assert not [check for check in claims if not check.passed]


def test_nearly_all_cells_are_near_with_six_networks(compared):
    # the bands are three standard errors of twenty networks: with six, one row in ten is outside by chance at most
    outside = [check.name for check in compared.checks if not check.passed]
    assert len(outside) <= len(compared.checks) // 20, outside


def test_each_curve_stands_beside_its_reference(compared):
    assert len(compared.curves) == 14
    assert all(len(curve.xs) == len(curve.ys) == len(curve.reference_ys) for curve in compared.curves)
    sources = {check.source for check in compared.checks}
    assert all(sources)


def test_a_wrong_law_is_found_out():
    # what is compared can fail: sisters alone in the place of the multiscale law
    kinds = PUBLISHED["dodds_kinds"].value | {"multiscale": [inf, 0]}
    wrong = PUBLISHED | {"dodds_kinds": Reference(kinds, "")}
    failed = {check.name for check in compare(wrong, runs=1, seed=1, messages=2000).checks if not check.passed}
    assert {"dodds/relief", "dodds/robust/multiscale", "dodds/load/multiscale/m=1"} <= failed


def test_networks_do_not_depend_on_cores_or_on_how_many_follow(monkeypatch):
    spec = [Spec(0.5, 0.5, (500, 3906), (31, 156)), Spec(inf, inf, (3906,))]
    found = [play(spec, xi=1.0, runs=runs, seed=3, messages=500) for runs in (2, 3)]
    monkeypatch.setattr(compiled.numba.config, "NUMBA_NUM_THREADS", 1)
    found.append(play(spec, xi=1.0, runs=2, seed=3, messages=500))
    for other in found[1:]:
        assert (other.tree[:2] == found[0].tree).all()
        assert all((a[:2] == b).all() for a, b in zip(other.loads, found[0].loads, strict=True))
        assert all((a[:2] == b).all() for a, b in zip(other.left, found[0].left, strict=True))


def test_the_load_of_the_root_is_exact_by_enumeration():
    # from the kept sums: the share of a source's weight that lies in other branches of the root
    tree = regular_tree(5, 6)
    for xi, by_pairs, expected in ((inf, True, 12_199_220 / 15_245_120), (1.0, False, 0.24505)):
        demand = prepare_demand(tree, xi=xi, by_pairs=by_pairs)
        last = demand.sums[demand.opens[1:] - 1]
        before = np.where(tree.depth > 0, demand.sums[np.maximum(demand.opens[1:] - 2, 0)], 0)
        itself = np.exp(demand.log_weight[tree.depth, 0] - demand.top)  # the root as target
        through = np.where(tree.depth > 0, last - before - itself, 0)
        weights = demand.chosen / demand.chosen.sum()
        assert (weights * through / last).sum() == pytest.approx(expected, abs=1e-5 if xi == 1.0 else 1e-12)
