"""Counts by key: an open-addressing table of whole numbers that grows; the order of adding never matters."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from yunzhang.base.compiled import compiled

_FREE = -1
_FIRST = 1 << 12


@dataclass(slots=True)
class Counts:
    """How many of each key, and how much of each is met. Keys are not negative."""

    keys: np.ndarray = field(default_factory=lambda: np.full(_FIRST, _FREE, np.int64))
    asked: np.ndarray = field(default_factory=lambda: np.zeros(_FIRST))
    met: np.ndarray = field(default_factory=lambda: np.zeros(_FIRST))
    size: int = 0

    def add(self, keys: np.ndarray, asked: np.ndarray, met: np.ndarray) -> None:
        """Add these to the counts; a negative number takes away."""
        self._make_room(len(keys))
        self.size += _add(self.keys, self.asked, self.met, keys, asked, met)

    def found(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return keys in their order, with what was asked and met of each; keys nothing is left of are gone."""
        there = np.flatnonzero((self.keys != _FREE) & ((self.asked != 0) | (self.met != 0)))
        there = there[np.argsort(self.keys[there])]
        return self.keys[there], self.asked[there], self.met[there]

    def _make_room(self, more: int) -> None:
        wanted = len(self.keys)
        while (self.size + more) * 3 > wanted * 2:
            wanted *= 2
        if wanted == len(self.keys):
            return
        old = self.keys, self.asked, self.met
        there = old[0] != _FREE
        self.keys, self.asked, self.met = np.full(wanted, _FREE, np.int64), np.zeros(wanted), np.zeros(wanted)
        _add(self.keys, self.asked, self.met, *(column[there] for column in old))


@compiled
def _add(
    slots: np.ndarray, asked: np.ndarray, met: np.ndarray, keys: np.ndarray, more: np.ndarray, good: np.ndarray
) -> int:
    new, last = 0, len(slots) - 1
    for k in range(len(keys)):
        key = keys[k]
        at = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & last
        while slots[at] != key:
            if slots[at] == -1:
                slots[at] = key
                new += 1
                break
            at = (at + 1) & last
        asked[at] += more[k]
        met[at] += good[k]
    return new
