"""March 1991 as a limit: the table of Figure 1 cell by cell, turnover, turbulence, and the trap of the one step."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lab.published import failed, found, published
from yunzhang.governance.lab.rules.limits import march
from yunzhang.governance.lab.rules.limits.checks import Compared
from yunzhang.governance.lab.rules.limits.march import Case


@pytest.fixture(scope="module")
def compared() -> Compared:
    # of 600 runs the standard error of a cell is at most 0.0045, a third of the band
    return march.compare(published(), runs=600, seed=1991)


def test_every_published_number_is_met(compared: Compared) -> None:
    assert not failed(compared)
    assert len([check for check in compared.checks if check.name.startswith("march/known/")]) == 27
    assert len(compared.checks) == 45


def test_the_one_step_rule_is_further_off_where_learning_is_slow(compared: Compared) -> None:
    table = np.array(published()["march_known"].value["known"])[:, :2]
    cases = [Case(p1, p2, gradual=False) for p2 in (0.1, 0.5, 0.9) for p1 in (0.1, 0.2)]
    one_step = np.array([each.mean() for each in march.play(cases, runs=600, seed=1991)]).reshape(3, 2)
    gradual = np.array([curve.ys[:2] for curve in compared.curves if curve.name.startswith("march/known/")])
    assert abs(one_step - table).mean() > 2 * abs(gradual - table).mean()


def test_slow_learners_know_more_in_the_end(compared: Compared) -> None:
    for p2 in (0.5, 0.9):
        curve = next(curve for curve in compared.curves if curve.name == f"march/known/p2={p2}")
        assert (np.diff(curve.ys) < 0).all()
        assert len(curve.reference_ys) == len(curve.ys) == 9


def test_turnover_helps_fast_learners_only(compared: Compared) -> None:
    assert found(compared, "march/turnover/harms slow learners") < -0.02
    assert found(compared, "march/turnover/helps fast learners") > 0.05


def test_without_newcomers_a_turning_world_leaves_nothing_known(compared: Compared) -> None:
    still = next(curve for curve in compared.curves if curve.name == "march/turbulence/p3=0")
    assert max(still.ys) > 0.4  # it was known once
    assert still.ys[-1] < 0.1
    assert len(still.xs) == 100


def test_a_settled_organisation_cannot_learn_any_more() -> None:
    one, more = (march.play([Case(0.4, 0.6, days=days)], runs=20, seed=5)[0] for days in (400, 800))
    settled = march.play([Case(0.4, 0.6)], runs=20, seed=5)[0]
    assert (one[:, -1] == settled[:, 0]).all()
    assert (more[:, 400:] == settled).all()


def test_runs_do_not_depend_on_how_many_are_asked_for_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    few = march.play([Case(0.5, 0.5)], runs=7, seed=2)[0]
    many = march.play([Case(0.9, 0.1), Case(0.5, 0.5)], runs=40, seed=2, tell=lambda *at: told.append(at))[1]
    assert few.tobytes() == many[:7].tobytes()
    assert told == [(60, 80), (80, 80)]


def test_a_number_from_elsewhere_or_none_does_not_pass() -> None:
    off = published()
    table = off["march_known"].value | {
        "known": [[each + 0.03 for each in row] for row in off["march_known"].value["known"]]
    }
    off["march_known"] = type(off["march_known"])(table, "moved by 0.03")
    assert len(failed(march.compare(off, runs=90, seed=1))) >= 20
