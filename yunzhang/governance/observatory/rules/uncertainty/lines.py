"""Plausible V of one line: bootstrap over threads, the truth given the counts, and the error of the estimate."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import beta, binomial, gamma, mixed
from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.edges import (
    add_levels,
    add_path,
    count_levels,
    estimate_line,
    spread_lines,
    type_edges,
)
from yunzhang.governance.observatory.rules.posterior import STREAMS
from yunzhang.governance.observatory.rules.uncertainty.heterogeneity import GRID, draw_rates, fit

BOOTSTRAP, GIVEN, ERROR = range(3)  # rows of `sample`: figure; figure; simulated estimate less simulated truth


@compiled
def draw_lines(
    key: int, first: int, last: int, edges: type_edges, life: np.ndarray, tau: float, sample: np.ndarray
) -> None:
    """Return nothing; `sample` [row, figure, draw] gets V and that of both lines in its columns first..last."""
    at, level, _, _, s, n, joins = edges
    levels, count = count_levels(edges), at[2]
    pools, room = np.zeros((2, 2, 2, levels + 1)), np.zeros((2, 2, levels + 1))
    weights, worth = np.zeros((2, 2, len(GRID))), np.zeros((2, 2, len(GRID), levels))
    everyone = np.empty(count, np.bool_)
    everyone[:] = True
    for line in range(2):
        add_levels(line, edges, s, n, pools[line])
        for kind in range(2):
            among = joins if kind == 1 else everyone
            fit(
                at[line], at[line + 1], level, s[kind], n[kind], among, pools[line, kind], weights[line, kind],
                worth[line, kind],
            )  # fmt: skip
    paths, more_paths, new, rates = np.empty(count), np.empty(count), np.zeros((4, count)), np.zeros((2, levels))
    state, sums = np.zeros(1, np.uint64), np.zeros((3, 2))
    for k in range(first, last):
        state[0] = mixed(key, k * STREAMS + 2)
        for line in range(2):
            if life[line, 0]:
                _weigh_anew(state, line, edges, new)
                sums[BOOTSTRAP, line] = estimate_line(line, edges, new[:2], new[2:], tau, room, paths)
                sums[GIVEN, line], true = _simulate(
                    state,
                    line,
                    edges,
                    life[line],
                    pools[line],
                    weights[line],
                    worth[line],
                    rates,
                    paths,
                    more_paths,
                    new,
                )
                sums[ERROR, line] = estimate_line(line, edges, new[:2], n, tau, room, paths) - true
        for row in range(3):
            spread_lines(sums[row], at, sample[row, :, k])


@compiled
def _weigh_anew(state: np.ndarray, line: int, edges: type_edges, new: np.ndarray) -> None:
    # Bayesian bootstrap: exponential weights of threads. Resampling whole threads would leave edges of one event empty,
    # which the contract reads as silence: on planted organisations that alone lowers V by up to .28.
    at, _, _, _, s, n, joins = edges
    for kind in range(2):
        for e in range(at[line], at[line + 1]):
            if kind == 0 or joins[e]:
                new[kind, e] = gamma(state, s[kind, e])
                new[2 + kind, e] = new[kind, e] + gamma(state, n[kind, e] - s[kind, e])


@compiled
def _simulate(
    state: np.ndarray,
    line: int,
    edges: type_edges,
    life: np.ndarray,
    pools: np.ndarray,
    weights: np.ndarray,
    worth: np.ndarray,
    rates: np.ndarray,
    paths: np.ndarray,
    more_paths: np.ndarray,
    new: np.ndarray,
) -> tuple[float, float]:
    # sums of path values of the truth given the counts and of a like's; what the like met goes to `new`.
    # A class in which nothing at all was asked is 0 by definition: nothing is uncertain about it.
    at, level, above, length, s, n, joins = edges
    kappa = np.zeros(2)
    for kind in range(2):
        if life[kind]:
            kappa[kind] = draw_rates(state, weights[kind], worth[kind], pools[kind], rates[kind])
    given, true = 0.0, 0.0
    for e in range(at[line], at[line + 1]):
        here, like = 1.0, 1.0
        for kind in range(2):
            if kind == 1 and not joins[e]:
                continue
            if not life[kind]:
                here, like, new[kind, e] = 0.0, 0.0, 0.0
                continue
            a = rates[kind, level[e]]
            b = kappa[kind] - a
            rate, whole = beta(state, a, b), max(int(n[kind, e] + 0.5), 1)
            new[kind, e] = binomial(state, whole, rate) * (n[kind, e] / whole)  # a due of 2.5 is tried as 3
            like *= rate
            here *= beta(state, s[kind, e] + a, n[kind, e] - s[kind, e] + b)
        if joins[e]:
            here, like = np.sqrt(here), np.sqrt(like)
        given += add_path(here, e, above, length, paths)
        true += add_path(like, e, above, length, more_paths)
    return given, true
