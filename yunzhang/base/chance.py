"""Chance for compiled loops: a small fast generator whose state is one number, so that each draw has a seed of its own.

SplitMix64 (Steele, Lea and Flood 2014), normal by ziggurat (Marsaglia and Tsang 2000), gamma by Marsaglia and Tsang
(2001). The same seed gives the same numbers whatever the number of threads. Not for secrets.
"""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt

import numpy as np

from yunzhang.base.compiled import compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11, _S9 = (np.uint64(bits) for bits in (27, 30, 31, 11, 9))
_LOW, _BIT = np.uint64(0xFF), np.uint64(0x100)
_UNIT = 1.0 / 9007199254740992.0  # 2^-53
_LAYERS, _TAIL = 256, 3.6541528853610088


def _ziggurat() -> tuple[np.ndarray, np.ndarray]:
    # edges x and heights f of 256 layers of equal area under exp(-x²/2)
    area = _TAIL * exp(-0.5 * _TAIL * _TAIL) + sqrt(pi / 2) * erfc(_TAIL / sqrt(2))
    x, f = np.zeros(_LAYERS + 1), np.zeros(_LAYERS + 1)
    x[0], x[1] = area / exp(-0.5 * _TAIL * _TAIL), _TAIL
    for k in range(2, _LAYERS):
        x[k] = sqrt(-2.0 * log(area / x[k - 1] + exp(-0.5 * x[k - 1] * x[k - 1])))
    f[:] = np.exp(-0.5 * x * x)
    return x, f


_X, _F = _ziggurat()


@compiled
def mixed(seed: int | np.uint64, number: int) -> np.uint64:
    """Return the start of a stream of its own for a seed and a number (of a draw, of a unit)."""
    z = np.uint64(seed) * GOLDEN + np.uint64(number) + GOLDEN
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@compiled
def _next(state: np.ndarray) -> np.uint64:
    state[0] += GOLDEN
    z = state[0]
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return np.uint64(z ^ (z >> _S31))


@compiled
def uniform(state: np.ndarray) -> float:
    """Return a number of the open interval 0..1; `state` is one uint64 and moves on."""
    return (float(_next(state) >> _S11) + 0.5) * _UNIT


@compiled
def normal(state: np.ndarray) -> float:
    """Return a standard normal number."""
    while True:
        bits = _next(state)
        layer = int(bits & _LOW)
        x = (float(bits >> _S11) + 0.5) * _UNIT * _X[layer]
        sign = -1.0 if bits & _BIT else 1.0
        if x < _X[layer + 1]:
            return float(sign * x)
        if layer == 0:
            return sign * _tail(state)
        if _F[layer] + uniform(state) * (_F[layer + 1] - _F[layer]) < np.exp(-0.5 * x * x):
            return float(sign * x)


@compiled
def _tail(state: np.ndarray) -> float:
    while True:
        x = -np.log(uniform(state)) / _TAIL
        if -2.0 * np.log(uniform(state)) > x * x:
            return float(x + _TAIL)


@compiled
def gamma(state: np.ndarray, shape: float) -> float:
    """Return a gamma number of this shape and scale 1; shape 0 or less is the constant 0."""
    if shape <= 0.0:
        return 0.0
    if shape == 1.0:
        return float(-np.log(uniform(state)))
    d = (shape if shape > 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    while True:
        x = normal(state)
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = uniform(state)
        if u < 1.0 - 0.0331 * x * x * x * x or np.log(u) < 0.5 * x * x + d * (1.0 - v + np.log(v)):
            break
    return float(d * v if shape > 1.0 else d * v * np.exp(np.log(uniform(state)) / shape))


@compiled
def beta(state: np.ndarray, a: float, b: float) -> float:
    """Return a beta number; a of 0 or less is the constant 0, else b of 0 or less the constant 1."""
    if a <= 0.0:
        return 0.0
    if b <= 0.0:
        return 1.0
    x, y = gamma(state, a), gamma(state, b)
    if x + y > 0.0:
        return x / (x + y)
    return 1.0 if uniform(state) < a / (a + b) else 0.0  # both beyond the smallest number: all mass at the ends


@compiled
def binomial(state: np.ndarray, n: int, p: float) -> float:
    """Return how many of n succeed; beyond 30 expected on either side by the normal curve, rounded."""
    q = min(p, 1.0 - p)
    if n * q > 30.0:
        found = np.floor(n * q + np.sqrt(n * q * (1.0 - q)) * normal(state) + 0.5)
        found = min(max(found, 0.0), float(n))
    elif n <= 8:
        found = 0.0
        for _ in range(n):
            found += uniform(state) < q
    else:
        found = _inverted(uniform(state), n, q)
    return float(found if p <= 0.5 else n - found)


@compiled
def _inverted(u: float, n: int, q: float) -> float:
    ratio, chance, found = q / (1.0 - q), np.exp(n * np.log1p(-q)), 0
    while u > chance and found < n:
        u -= chance
        found += 1
        chance *= ratio * (n - found + 1) / found
    return float(found)
