"""Counts by key: an open-addressing table of whole numbers that grows; the order of adding never matters."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from yunzhang.base.compiled import compiled

_FREE = -1
_FIRST = 1 << 12
_LIGHT = 4  # what lies above sorted counts is merged into them from a fourth of their number on
type_columns = tuple[np.ndarray, np.ndarray, np.ndarray]  # keys, asked, met


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

    def found(self) -> type_columns:
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


@dataclass(slots=True)
class Laid(Counts):
    """Counts laid over sorted ones, which are left as they are and may be mapped from files."""

    base: type_columns = field(default_factory=lambda: (np.zeros(0, np.int64), np.zeros(0), np.zeros(0)))

    def found(self) -> type_columns:
        """Return keys in their order, with what was asked and met of each; keys nothing is left of are gone."""
        over = Counts.found(self)
        return _merged(*self.base, *over) if len(over[0]) else self.base

    @property
    def is_heavy(self) -> bool:
        """Return whether so much lies above that it is worth merging."""
        return self.size > max(_FIRST, len(self.base[0]) // _LIGHT)


def lay(counts: Counts) -> Laid:
    """Return the same counts with nothing above the sorted ones."""
    return Laid(base=counts.found())


@compiled
def _merged(
    keys: np.ndarray, asked: np.ndarray, met: np.ndarray, more: np.ndarray, more_asked: np.ndarray, more_met: np.ndarray
) -> type_columns:
    size = len(keys) + len(more)
    out, out_asked, out_met = np.empty(size, np.int64), np.empty(size), np.empty(size)
    i, j, count = 0, 0, 0
    while i < len(keys) or j < len(more):
        left = j == len(more) or (i < len(keys) and keys[i] <= more[j])
        right = i == len(keys) or (j < len(more) and more[j] <= keys[i])
        out[count] = keys[i] if left else more[j]
        out_asked[count], out_met[count] = 0.0, 0.0
        if left:
            out_asked[count] += asked[i]
            out_met[count] += met[i]
            i += 1
        if right:
            out_asked[count] += more_asked[j]
            out_met[count] += more_met[j]
            j += 1
        count += out_asked[count] != 0 or out_met[count] != 0
    return out[:count], out_asked[:count], out_met[:count]


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
