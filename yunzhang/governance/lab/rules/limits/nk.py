"""NK landscapes on their own: how many local optima, and how high, beside exact values and another program's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from yunzhang.governance.lab.rules.landscape import find_heights, find_optima, make_landscape
from yunzhang.governance.lab.rules.limits.checks import Check, Compared, Curve, Reference, near, near_all

LANDSCAPES = 4000
EXACT = "exact: each choice of a random landscape is the best of n + 1 with the same chance [S133]"
MEANS = "exact: the higher of two uniform numbers is 2/3 on average"
NAMES = ("optima", "height", "highest")
OPTIMA, HEIGHT, HIGHEST = range(3)


def survey(n: int, k: int, *, landscapes: int, seed: int) -> np.ndarray:
    """Return [landscape, 3]: how many local optima, their mean height, the greatest height (0..1). Source [S133]."""
    found = np.zeros((landscapes, 3))
    for number in range(landscapes):
        heights = find_heights(make_landscape(n, k, seed=seed, number=number))
        optima = find_optima(heights)
        found[number] = len(optima), heights[optima].mean(), heights.max()
    return found


def compare(
    published: Mapping[str, Reference],
    *,
    runs: int = LANDSCAPES,
    seed: int,
    tell: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return our landscapes beside the published ones; `runs` landscapes for each k, `tell` gets those done and all.

    Bands of exact values are three standard errors of ours. Source [S133].
    """
    table, source = published["nk_landscapes"].value, published["nk_landscapes"].source
    n, ks = table["n"], table["k"]
    means, errors = np.zeros((len(ks), 3)), np.zeros((len(ks), 3))
    for row, k in enumerate(ks):
        found = survey(n, k, landscapes=runs, seed=seed)
        means[row], errors[row] = found.mean(0), found.std(0) / np.sqrt(runs)
        if tell is not None:
            tell((row + 1) * runs, len(ks) * runs)
    checks = [
        check
        for column, name in enumerate(NAMES)
        for check in near_all(
            f"nk/{name}", {"k": ks}, table[name], means[:, column], within=table[f"{name}_within"], source=source
        )
    ]
    return Compared((*checks, *_exact(n, ks, means, errors)), _curves(table, ks, means))


def _exact(n: int, ks: list[int], means: np.ndarray, errors: np.ndarray) -> list[Check]:
    smooth, random = ks.index(0), ks.index(n - 1)
    return [
        near("nk/exact/optima/k=0", 1.0, 0.0, float(means[smooth, OPTIMA]), EXACT),
        near("nk/exact/highest/k=0", 2 / 3, 3 * errors[smooth, HIGHEST], float(means[smooth, HIGHEST]), MEANS),
        near(
            f"nk/exact/optima/k={n - 1}",
            2**n / (n + 1),
            3 * errors[random, OPTIMA],
            float(means[random, OPTIMA]),
            EXACT,
        ),
    ]


def _curves(table: dict[str, list[float]], ks: list[int], means: np.ndarray) -> tuple[Curve, ...]:
    xs = tuple(float(k) for k in ks)
    return tuple(
        Curve(f"nk/{name}", xs, tuple(means[:, column].tolist()), tuple(table[name]))
        for column, name in enumerate(NAMES)
    )
