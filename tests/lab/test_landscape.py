"""NK landscapes: heights against the definition, optima against exact values and another program's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.published import failed, published
from yunzhang.governance.lab.rules.landscape import face_best, find_heights, find_optima, make_landscape
from yunzhang.governance.lab.rules.limits import nk

SHAPES = st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1), st.integers(0, 10**6)))


@settings(max_examples=60, deadline=None)  # the first example compiles
@given(SHAPES)
def test_a_height_is_the_mean_worth_of_all_answers(shape: tuple[int, int, int]) -> None:
    n, k, seed = shape
    land = make_landscape(n, k, seed=seed)
    heights = find_heights(land)
    for choice in range(1 << n):
        worths = [
            land.worth[i, sum(((choice >> own) & 1) << place for place, own in enumerate(land.depends[i].tolist()))]
            for i in range(n)
        ]
        assert heights[choice] == pytest.approx(np.mean(worths), abs=1e-12)
    assert ((heights > 0) & (heights < 1)).all()


@settings(max_examples=60, deadline=None)  # the first example compiles
@given(SHAPES)
def test_an_answer_depends_on_itself_and_k_different_others(shape: tuple[int, int, int]) -> None:
    n, k, seed = shape
    depends = make_landscape(n, k, seed=seed).depends
    assert depends[:, 0].tolist() == list(range(n))
    assert all(len(set(row)) == k + 1 and set(row) <= set(range(n)) for row in depends.tolist())


def test_others_are_drawn_evenly() -> None:
    drawn = np.zeros((6, 6))
    for number in range(3000):
        for own, row in enumerate(make_landscape(6, 2, seed=4, number=number).depends.tolist()):
            drawn[own, row[1:]] += 1
    others = drawn[~np.eye(6, dtype=bool)]
    assert (np.diag(drawn) == 0).all()
    assert abs(others - 1200).max() < 4.5 * np.sqrt(3000 * 0.4 * 0.6)  # 30 counts, 4.5 standard errors


@settings(max_examples=60, deadline=None)  # the first example compiles
@given(SHAPES)
def test_optima_are_the_choices_no_single_change_betters(shape: tuple[int, int, int]) -> None:
    n, k, seed = shape
    heights = find_heights(make_landscape(n, k, seed=seed))
    tops = [c for c in range(1 << n) if all(heights[c ^ (1 << d)] <= heights[c] for d in range(n))]
    assert find_optima(heights).tolist() == tops
    assert int(heights.argmax()) in tops


@settings(max_examples=60, deadline=None)  # the first example compiles
@given(SHAPES)
def test_facing_the_best_keeps_heights_and_neighbours(shape: tuple[int, int, int]) -> None:
    n, k, seed = shape
    heights = find_heights(make_landscape(n, k, seed=seed))
    faced = face_best(heights)
    assert faced[-1] == heights.max()
    assert sorted(faced) == sorted(heights)
    assert sorted(faced[find_optima(faced)]) == sorted(heights[find_optima(heights)])


def test_the_same_seed_gives_the_same_landscape_another_number_another() -> None:
    one, same, other = (find_heights(make_landscape(12, 4, seed=9, number=number)) for number in (3, 3, 4))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize(("n", "k"), [(0, 0), (21, 0), (5, 5), (5, -1)])
def test_what_is_no_landscape_is_refused(n: int, k: int) -> None:
    with pytest.raises(ValueError, match="n="):
        make_landscape(n, k, seed=1)


def test_optima_are_as_many_and_as_high_as_published() -> None:
    told: list[tuple[int, int]] = []
    compared = nk.compare(published(), seed=1987, tell=lambda done, whole: told.append((done, whole)))
    assert not failed(compared)
    assert len(compared.checks) == 15
    assert told[-1] == (16000, 16000)
    assert all(len(curve.xs) == len(curve.ys) == len(curve.reference_ys) == 4 for curve in compared.curves)
