"""What a comparison with a published number yields: a row with its band, and curves to draw. It computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

Table = float | Sequence[float] | Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Check:
    """One number against its reference; `name` is a path such as `march/table/p1=0.1/p2=0.5`.

    It holds where low <= found <= high, both ends included; a bound that does not exist is infinite. `expected` is the
    number as printed or reproduced elsewhere (NaN where only an order or a sign was published), `source` cites it.

    >>> Check("nk/optima/k=9", 93.6, 93.3, 93.9, 93.1).passed
    False
    """

    name: str
    expected: float
    low: float
    high: float
    found: float
    source: str = ""

    @property
    def passed(self) -> bool:
        """Whether the number found lies in the band; NaN never does."""
        return bool(self.low <= self.found <= self.high)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a picture; `reference_ys` is as long as `xs`, or empty where nothing was published."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    reference_ys: tuple[float, ...] = ()


def near(name: str, expected: float, tolerance: float, found: float, source: str = "") -> Check:
    """Return the check that a number lies within a tolerance of the reference, on either side.

    >>> near("march/table/p1=0.1/p2=0.5", 0.954, 0.015, 0.961).passed
    True
    """
    return Check(name, expected, expected - tolerance, expected + tolerance, found, source)


def near_all(
    name: str,
    axes: Mapping[str, Sequence[object]],
    expected: Table,
    found: np.ndarray,
    *,
    within: Table,
    source: str = "",
) -> list[Check]:
    """Return `near` for each cell of a table, whose name says where it stands; one tolerance may serve many cells.

    >>> near_all("lazer/distinct", {"day": [1, 30]}, [61, 7], np.array([60.6, 7.2]), within=3)[1].name
    'lazer/distinct/day=30'
    """
    wanted = np.asarray(expected, np.float64)
    band = np.broadcast_to(np.asarray(within, np.float64), wanted.shape)
    rows = []
    for place in np.ndindex(*wanted.shape):
        path = "/".join(f"{axis}={values[at]}" for (axis, values), at in zip(axes.items(), place, strict=True))
        rows.append(near(f"{name}/{path}", float(wanted[place]), float(band[place]), float(found[place]), source))
    return rows


def above(name: str, low: float, found: float, source: str = "", *, expected: float = float("nan")) -> Check:
    """Return the check that a number is at least `low`: for an order or a sign."""
    return Check(name, expected, low, inf, found, source)


def below(name: str, high: float, found: float, source: str = "", *, expected: float = float("nan")) -> Check:
    """Return the check that a number is at most `high`."""
    return Check(name, expected, -inf, high, found, source)


@dataclass(frozen=True, slots=True)
class Reference:
    """A number, list or table from outside, as dated data hold it, with the line of its source."""

    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One limit beside its references: every row, and what to draw."""

    checks: tuple[Check, ...]
    curves: tuple[Curve, ...]
