"""Lazer and Friedman 2007 as a limit: all see each other is better soon and worse late; smooth problems are solved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.lab.published import failed, found, published
from yunzhang.governance.lab.rules.limits import lazer
from yunzhang.governance.lab.rules.limits.checks import Compared


@pytest.fixture(scope="module")
def compared() -> Compared:
    return lazer.compare(published(), runs=60, seed=2007)


def test_every_published_number_is_met(compared: Compared) -> None:
    assert not failed(compared)
    assert len(compared.checks) == 25


def test_the_line_is_behind_early_and_ahead_late(compared: Compared) -> None:
    by_name = {curve.name: np.array(curve.ys) for curve in compared.curves}
    line, full = by_name["lazer/score/line"], by_name["lazer/score/full"]
    assert line[0] == full[0]  # the same beginning
    assert (line[1:10] < full[1:10]).all()
    assert (line[50:] > full[50:] + 0.1).all()
    assert found(compared, "lazer/crossing") == lazer.find_crossing(line, full)


def test_nobody_ever_gets_worse() -> None:
    search = lazer.play(5, landscapes=4, seed=3, days=40)
    assert (np.diff(search.score, axis=2) >= -1e-12).all()
    assert (search.distinct >= 1).all()
    assert (search.distinct <= lazer.AGENTS).all()


def test_the_same_seed_gives_the_same_bytes_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    one = lazer.play(3, landscapes=5, seed=6, days=15, tell=lambda done, whole: told.append((done, whole)))
    two = lazer.play(3, landscapes=5, seed=6, days=15)
    assert one.score.tobytes() == two.score.tobytes()
    assert told == [(4, 5), (5, 5)]


def test_a_landscape_does_not_depend_on_how_many_are_asked_for() -> None:
    few, many = (lazer.play(3, landscapes=count, seed=6, days=15) for count in (2, 5))
    assert few.score.tobytes() == many.score[:2].tobytes()


def test_links_of_a_line_and_of_all() -> None:
    starts, to = lazer.link_line(4)
    assert [to[a:b].tolist() for a, b in pairwise(starts)] == [[1], [0, 2], [1, 3], [2]]
    starts, to = lazer.link_all(3)
    assert [to[a:b].tolist() for a, b in pairwise(starts)] == [[1, 2], [0, 2], [0, 1]]


def test_curves_that_never_cross_have_no_crossing() -> None:
    assert np.isnan(lazer.find_crossing(np.zeros(5), np.ones(5)))
    assert lazer.find_crossing(np.array([0.0, 0, 2, 2]), np.ones(4)) == 2.0
