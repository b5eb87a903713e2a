"""Numbers of compiled loops: the same seed the same numbers, and the distributions they are named after."""

from __future__ import annotations

import numpy as np
import pytest

from yunzhang.base.chance import beta, binomial, gamma, mixed, normal, uniform
from yunzhang.base.compiled import compiled, side_by_side

SIZE = 40_000


@compiled
def fill(kind: int, a: float, b: float, start: int, out: np.ndarray) -> None:
    state = np.zeros(1, np.uint64)
    state[0] = mixed(start, kind)
    for k in range(len(out)):
        if kind == 0:
            out[k] = uniform(state)
        elif kind == 1:
            out[k] = normal(state)
        elif kind == 2:
            out[k] = gamma(state, a)
        elif kind == 3:
            out[k] = beta(state, a, b)
        else:
            out[k] = binomial(state, int(a), b)


def drawn(kind, a=0.0, b=0.0, start=7):
    out = np.empty(SIZE)
    fill(kind, float(a), float(b), start, out)
    return out


CASES = [
    (0, 0, 0, lambda rng: rng.random(SIZE)),
    (1, 0, 0, lambda rng: rng.standard_normal(SIZE)),
    *((2, a, 0, lambda rng, a=a: rng.gamma(a, size=SIZE)) for a in (0.05, 0.7, 1.0, 3.5, 60)),
    *((3, a, b, lambda rng, a=a, b=b: rng.beta(a, b, SIZE)) for a, b in ((0.3, 3.7), (1.5, 2.5), (0.5, 0.5), (30, 70))),
    *(
        (4, n, p, lambda rng, n=n, p=p: rng.binomial(n, p, SIZE))
        for n, p in ((1, 0.3), (6, 0.9), (40, 0.4), (900, 0.6))
    ),
]


@pytest.mark.parametrize(("kind", "a", "b", "theirs"), CASES)
def test_follows_its_distribution(kind, a, b, theirs):
    ours, other = drawn(kind, a, b), theirs(np.random.default_rng(3))
    points = np.quantile(other, np.linspace(0.02, 0.98, 25))
    gaps = [abs((ours <= x + 1e-12).mean() - (other <= x + 1e-12).mean()) for x in points]
    assert max(gaps) < 0.0145  # two samples of 40,000 of one distribution differ more in under 1 of 2,000 (Smirnov)


def test_the_ends_are_constants_and_the_seed_is_all():
    assert set(drawn(3, 0, 2)) == {0.0}
    assert set(drawn(3, 2, 0)) == {1.0}
    assert set(drawn(2, 0)) == {0.0}
    assert np.array_equal(drawn(1), drawn(1))
    assert not np.array_equal(drawn(1), drawn(1, start=8))
    assert not np.isnan(drawn(3, 1e-4, 1e-4)).any()


def test_work_shared_among_cores_raises_what_went_wrong():
    done = []
    side_by_side(done.append, range(5))
    assert sorted(done) == list(range(5))
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 // number, [1, 0])
