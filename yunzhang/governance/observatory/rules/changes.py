"""Change points of a monthly series met of due: exact over all stretches, judged by shuffling the months.

Twelve to twenty-four points are too few for a penalty to mean an error rate; shuffling whole months keeps what a month
holds together (one document asks many), so that a stationary log raises a false alarm as often as `level` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

SHUFFLES = 499
LEVEL = 0.05
LEAST = 2  # months on either side of a change
SHORTEST = 6  # months a series needs
LEAST_DUE = 20
LEAST_GAP = 0.05  # a smaller move of the share asks for nothing
PLAIN = 2.0  # below this log likelihood ratio no shuffling is needed


@dataclass(frozen=True, slots=True)
class Change:
    """From `month` (place in the series) on the share met in time is `after`; until then it was `before`."""

    month: int
    before: float
    after: float
    chance: float  # of so clear a split by chance in a series without change


def find_changes(met: np.ndarray, due: np.ndarray, *, seed: int = 1, level: float = LEVEL) -> list[Change]:
    """Return the change points of a series of counts, in order; months with nothing due are passed over.

    A stretch that stands out from the rest is sought in the whole series (two changes, or one where it is the end);
    only where one is found are the pieces searched again. None for fewer than 6 months or 20 matters.
    """
    held = np.flatnonzero(due > 0)
    found: list[tuple[int, float]] = []
    _split(met[held].astype(np.float64), due[held].astype(np.float64), 0, found, seed=seed, level=level)
    cuts = [0, *sorted(cut for cut, _ in found), len(held)]
    chances = dict(found)
    rates = [float(met[held[a:b]].sum() / due[held[a:b]].sum()) for a, b in pairwise(cuts) if b > a]
    return [
        Change(int(held[cut]), rates[number], rates[number + 1], chances[cut]) for number, cut in enumerate(cuts[1:-1])
    ]


def _split(
    met: np.ndarray, due: np.ndarray, first: int, found: list[tuple[int, float]], *, seed: int, level: float
) -> None:
    if len(due) < SHORTEST or due.sum() < LEAST_DUE:
        return
    begins, stops = _arcs(len(due))
    scores = _scores(met[None], due[None], begins, stops)[0]
    best = int(scores.argmax())
    begin, stop = int(begins[best]), int(stops[best])
    if scores[best] < PLAIN or _gap(met, due, begin, stop) < LEAST_GAP:
        return
    order = _orders(len(due), seed)
    shuffled = _scores(met[order], due[order], begins, stops).max(axis=1)
    chance = (1 + int((shuffled >= scores[best] - 1e-9).sum())) / (SHUFFLES + 1)
    if chance > level:
        return
    cuts = [cut for cut in (begin, stop) if 0 < cut < len(due)]
    found += [(first + cut, chance) for cut in cuts]
    for begin, stop in pairwise([0, *cuts, len(due)]):
        _split(met[begin:stop], due[begin:stop], first + begin, found, seed=seed, level=level)


def _gap(met: np.ndarray, due: np.ndarray, begin: int, stop: int) -> float:
    inner_met, inner_due = met[begin:stop].sum(), due[begin:stop].sum()
    return float(abs(inner_met / inner_due - (met.sum() - inner_met) / max(due.sum() - inner_due, 1.0)))


@lru_cache(maxsize=64)
def _arcs(size: int) -> tuple[np.ndarray, np.ndarray]:
    # stretches of at least LEAST months that leave LEAST months before them, and after them LEAST or none
    pairs = [
        (begin, stop)
        for begin in range(LEAST, size - LEAST + 1)
        for stop in range(begin + LEAST, size + 1)
        if stop == size or size - stop >= LEAST
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


@lru_cache(maxsize=64)
def _orders(size: int, seed: int) -> np.ndarray:
    return np.asarray(np.argsort(np.random.default_rng(seed).random((SHUFFLES, size)), axis=1))


def _scores(met: np.ndarray, due: np.ndarray, begins: np.ndarray, stops: np.ndarray) -> np.ndarray:
    # log likelihood ratio of a rate of its own for each stretch against one rate for all
    s, n = _sums(met), _sums(due)
    inner_s, inner_n = s[:, stops] - s[:, begins], n[:, stops] - n[:, begins]
    whole_s, whole_n = s[:, -1:], n[:, -1:]
    split = _height(inner_s, inner_n) + _height(whole_s - inner_s, whole_n - inner_n)
    return np.asarray(split - _height(whole_s, whole_n))


def _sums(values: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _height(s: np.ndarray, n: np.ndarray) -> np.ndarray:
    rate = np.clip(s / np.maximum(n, 1), 1e-12, 1 - 1e-12)
    return np.asarray(s * np.log(rate) + (n - s) * np.log1p(-rate))
