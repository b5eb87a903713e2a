"""What a scenario does to the units it names: how many of their matters are met, with the what-ifs and without.

A measure over three of a hundred departments hardly moves V or H of the whole place; here its effect is seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

KINDS = ("between", "involved")  # both ends among the units named, or either
LOW, MID, HIGH = 0.05, 0.5, 0.95


def count_touched(
    ids: Sequence[str], named: Collection[str], ends: tuple[np.ndarray, np.ndarray], counted: np.ndarray
) -> np.ndarray:
    """Return [KINDS, due | met] of the flows of named units; `ends` are creditor and debtor, `counted` [flow, 2]."""
    chosen = np.isin(np.array(ids, dtype=object), list(named))
    one, other = chosen[ends[0]], chosen[ends[1]]
    return np.array([counted[one & other].sum(axis=0), counted[one | other].sum(axis=0)], np.int64)


def summarise_touched(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return by kind the shares met, 0..1, of runs of the same number: low, middle, high of both and of the difference.

    A kind nothing is due of, on either side in any run, is left out.
    """
    found = {}
    for place, kind in enumerate(KINDS):
        sides = [np.array([each[place] for each in side], np.float64).reshape(-1, 2) for side in (before, after)]
        if not len(sides[0]) or min((side[:, 0].min() for side in sides), default=0) <= 0:
            continue
        shares = [side[:, 1] / side[:, 0] for side in sides]
        told = {name: _spread(share) for name, share in zip(("before", "after"), shares, strict=True)}
        found[kind] = told | {"difference": _spread(shares[1] - shares[0])}
    return found


def _spread(values: np.ndarray) -> list[float]:
    return [float(value) for value in np.quantile(values, (LOW, MID, HIGH))]
