"""What a comparison with a published number yields: a row with its band, and curves to draw. It computes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf


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


def above(name: str, low: float, found: float, source: str = "", *, expected: float = float("nan")) -> Check:
    """Return the check that a number is at least `low`: for an order or a sign."""
    return Check(name, expected, low, inf, found, source)


def below(name: str, high: float, found: float, source: str = "", *, expected: float = float("nan")) -> Check:
    """Return the check that a number is at most `high`."""
    return Check(name, expected, -inf, high, found, source)
