"""Plausible H of one part: bootstrap over threads, the truth given the counts, and the error of the estimate."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import beta, binomial, gamma, mixed
from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.pairs import COUNT, estimate_part, type_parts
from yunzhang.governance.observatory.rules.posterior import STREAMS
from yunzhang.governance.observatory.rules.uncertainty.heterogeneity import GRID, draw_rates, fit
from yunzhang.governance.observatory.rules.uncertainty.lines import BOOTSTRAP, ERROR, GIVEN

SILENT = 0.5  # a block of which more than this is held by no pair is tried as one thread of its own


@compiled
def draw_parts(key: int, first: int, last: int, parts: type_parts, tau: float, sample: np.ndarray) -> None:
    """Return nothing; `sample` [row, figure, draw] gets the parts of H in its columns first..last."""
    pair_at, block_at, lives = parts[0], parts[5], parts[9]
    state = np.zeros(1, np.uint64)
    for part in range(COUNT):
        if block_at[part + 1] == block_at[part]:
            continue
        if not lives[part]:  # nothing was asked: 0 by definition, nothing is uncertain about it
            for row in range(3):
                for k in range(first, last):
                    sample[row, COUNT + part, k] = 0.0
            continue
        room = pair_at[part + 1] - pair_at[part] + block_at[part + 1] - block_at[part]
        trials = np.zeros((4, room))
        size = _gather_trials(part, parts, tau, trials)
        sums, weights, worth = np.zeros((2, 1)), np.zeros(len(GRID)), np.zeros((len(GRID), 1))
        for j in range(size):
            sums[0, 0] += trials[0, j]
            sums[1, 0] += trials[1, j]
        level, everyone = np.zeros(size, np.int64), np.empty(size, np.bool_)
        everyone[:] = True
        fit(0, size, level, trials[0], trials[1], everyone, sums, weights, worth)
        for k in range(first, last):
            state[0] = mixed(key + part, k * STREAMS + 3)
            sample[BOOTSTRAP, COUNT + part, k] = _weigh_anew(state, part, parts, tau)
            sample[GIVEN, COUNT + part, k], found = _simulate(state, trials, size, sums, weights, worth)
            sample[ERROR, COUNT + part, k] = found


@compiled
def _gather_trials(part: int, parts: type_parts, tau: float, trials: np.ndarray) -> int:
    # met and n of every pair and silent block, and what one thread met, and one true rate, adds to H: H is linear in
    # the threads met, and an inside thread stands in two blocks
    pair_at, first, second, met, n, block_at, _, block_n, rest, _ = parts
    low, high = block_at[part], block_at[part + 1]
    due, sum_of = 0.0, 0.0
    for i in range(low, high):
        due += block_n[i]
        sum_of += 1.0 / (block_n[i] + tau)
    borrowed = tau / due * sum_of
    size = 0
    for k in range(pair_at[part], pair_at[part + 1]):
        trials[0, size], trials[1, size] = met[k], n[k]
        for i in (first[k], second[k]):
            if i >= 0:
                trials[2, size] += (1.0 / (block_n[i] + tau) + borrowed) / (high - low)
                trials[3, size] += n[k] / block_n[i] / (high - low)
        size += 1
    for i in range(low, high):
        if rest[i] > SILENT:
            trials[1, size] = rest[i]
            trials[2, size] = (1.0 / (block_n[i] + tau) + borrowed) / (high - low)
            trials[3, size] = rest[i] / block_n[i] / (high - low)
            size += 1
    return size


@compiled
def _weigh_anew(state: np.ndarray, part: int, parts: type_parts, tau: float) -> float:
    # H with every thread weighed anew (exponential weights), in both its blocks alike
    pair_at, first, second, met, n, block_at, _, _, rest, _ = parts
    low, high = block_at[part], block_at[part + 1]
    f, new_n = np.zeros(high - low), np.empty(high - low)
    for i in range(low, high):
        new_n[i - low] = gamma(state, rest[i])
    for k in range(pair_at[part], pair_at[part + 1]):
        done = gamma(state, met[k])
        asked = done + gamma(state, n[k] - met[k])
        f[first[k] - low] += done
        new_n[first[k] - low] += asked
        if second[k] >= 0:
            f[second[k] - low] += done
            new_n[second[k] - low] += asked
    return estimate_part(0, high - low, f, new_n, tau)


@compiled
def _simulate(
    state: np.ndarray, trials: np.ndarray, size: int, sums: np.ndarray, weights: np.ndarray, worth: np.ndarray
) -> tuple[float, float]:
    # H of the truth given the counts; estimate less truth of a simulated like
    rates = np.zeros(1)
    kappa = draw_rates(state, weights, worth, sums, rates)
    a = rates[0]
    b = kappa - a
    given, error = 0.0, 0.0
    for k in range(size):
        rate, whole = beta(state, a, b), max(int(trials[1, k] + 0.5), 1)
        error += trials[2, k] * binomial(state, whole, rate) * (trials[1, k] / whole) - trials[3, k] * rate
        given += trials[3, k] * beta(state, trials[0, k] + a, trials[1, k] - trials[0, k] + b)
    return given, error
