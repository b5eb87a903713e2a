"""Plausible H of one part: bootstrap over threads, the truth given the counts, and the error of the estimate."""

from __future__ import annotations

import numpy as np

from yunzhang.base.chance import beta, binomial, gamma
from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.pairs import estimate_part, type_part
from yunzhang.governance.observatory.rules.uncertainty.heterogeneity import draw_rates, type_fit

SILENT = 0.5  # a block of which more than this is held by no pair is tried as one thread of its own


@compiled
def trials_of(part: type_part, tau: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return met and n of every pair and silent block, and what one thread met, and one true rate, adds to H.

    H is linear in the threads met, and an inside thread stands in two blocks: a draw need not go over blocks.
    """
    first, second, met, n, _, block_n, rest, _ = part
    count = len(block_n)
    borrowed = tau / block_n.sum() * (1.0 / (block_n + tau)).sum()
    own, share = (1.0 / (block_n + tau) + borrowed) / count, 1.0 / block_n / count
    silent = np.flatnonzero(rest > SILENT)
    pairs = len(first)
    all_met, all_n = np.zeros(pairs + len(silent)), np.empty(pairs + len(silent))
    adds, truly = np.empty(pairs + len(silent)), np.empty(pairs + len(silent))
    for k in range(pairs):
        all_met[k], all_n[k] = met[k], n[k]
        adds[k], truly[k] = own[first[k]], share[first[k]] * n[k]
        if second[k] >= 0:
            adds[k] += own[second[k]]
            truly[k] += share[second[k]] * n[k]
    for j, i in enumerate(silent):
        all_n[pairs + j], adds[pairs + j], truly[pairs + j] = rest[i], own[i], share[i] * rest[i]
    return all_met, all_n, adds, truly


@compiled
def bootstrap_part(state: np.ndarray, part: type_part, tau: float) -> float:
    """Return H of the part with every thread weighted anew, in both its blocks alike."""
    first, second, met, n, _, block_n, rest, _ = part
    f, new_n = np.zeros(len(block_n)), np.zeros(len(block_n))
    for k in range(len(first)):
        done = gamma(state, met[k])
        asked = done + gamma(state, n[k] - met[k])
        f[first[k]] += done
        new_n[first[k]] += asked
        if second[k] >= 0:
            f[second[k]] += done
            new_n[second[k]] += asked
    for i in range(len(block_n)):
        new_n[i] += gamma(state, rest[i])
    return estimate_part(f, new_n, tau)


@compiled
def fitted_part(
    state: np.ndarray,
    trials: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    fitted: type_fit,
    pools: np.ndarray,
) -> tuple[float, float, float]:
    """Return H: the truth given the counts; the estimate and the truth of a simulated like."""
    met, n, adds, truly = trials
    rates = np.zeros(1)
    kappa = draw_rates(state, fitted, pools, rates)
    a, b = kappa * rates[0], kappa * (1.0 - rates[0])
    given, found, true = 0.0, 0.0, 0.0
    for k in range(len(met)):
        rate = beta(state, a, b)
        whole = max(int(np.round(n[k])), 1)
        found += adds[k] * binomial(state, whole, rate) * (n[k] / whole)
        true += truly[k] * rate
        given += truly[k] * beta(state, met[k] + a, n[k] - met[k] + b)
    return given, found, true
