"""Before and after of an intervention against matched units without it: what to expect, and how sure that is.

Difference in differences on raw monthly counts. Units are matched on level, kind, earlier rate and volume; the range
comes from placebos: units without the intervention, compared in the very same way. It shows no cause.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MATCHES = 12
LEAST_MATCHES = 5  # fewer would show a single unit's figures
LEAST_PLACEBOS = 19
MOST_PLACEBOS = 400
SPAN = 6
LEAST_BEFORE, LEAST_AFTER = 3, 2
LEAST_DUE = 5
RATE_REACH, VOLUME_REACH = 0.15, 3.0
RANGE = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Panel:
    """Units of one log: level, kind and place in preorder (its sub-tree ends at `end`), met and due by month."""

    level: np.ndarray
    kind: np.ndarray
    node: np.ndarray
    end: np.ndarray
    met: np.ndarray  # [unit, month]
    due: np.ndarray


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference in the share met in time, with range and chance; None where too little stands to compare.

    `own` and `matched` are shares by month, NaN for months with nothing due; `units` is how many were matched.
    `problem`: "" | before | after | volume | matches.
    """

    problem: str = ""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    units: int = 0
    placebos: int = 0
    own: tuple[float, ...] = ()
    matched: tuple[float, ...] = ()
    first: int = 0  # first and stop of the months compared, and the month of the intervention
    at: int = 0
    stop: int = 0

    @property
    def is_clear(self) -> bool:
        """True where the range keeps to one side of zero and placebos rarely reach so far."""
        return None not in (self.low, self.high, self.chance) and self.low * self.high > 0 and self.chance <= 0.1  # type: ignore[operator]


def compare(panel: Panel, treated: np.ndarray, month: int, *, seed: int = 1) -> Comparison:
    """Return what changed in the treated units (places in the panel) from `month` on, beyond their matched units.

    Up to six whole months on either side; the month of the intervention itself is left out of both. Range: 90 %.
    """
    months = panel.met.shape[1]
    first, stop = max(0, month - SPAN), min(months, month + 1 + SPAN)
    if month - first < LEAST_BEFORE:
        return Comparison("before")
    if stop - month - 1 < LEAST_AFTER:
        return Comparison("after")
    before, after = slice(first, month), slice(month + 1, stop)
    n_before, n_after = panel.due[:, before].sum(axis=1), panel.due[:, after].sum(axis=1)
    able = (n_before >= LEAST_DUE) & (n_after >= LEAST_DUE)
    chosen = treated[able[treated]]
    if not len(chosen):
        return Comparison("volume")
    rate = panel.met[:, before].sum(axis=1) / np.maximum(n_before, 1)
    gain = panel.met[:, after].sum(axis=1) / np.maximum(n_after, 1) - rate
    near = _Neighbours(panel, able & ~_related(panel, treated), rate, n_before)
    matches = [near.of(unit) for unit in chosen.tolist()]
    if min(len(one) for one in matches) < LEAST_MATCHES:
        return Comparison("matches")
    effect = float(np.mean([gain[unit] - gain[one].mean() for unit, one in zip(chosen, matches, strict=True)]))
    used = np.unique(np.concatenate(matches))
    placebos = _placebos(near, chosen, gain)
    low, high, chance = _range(effect, placebos, len(chosen), seed)
    return Comparison(
        "", effect, low, high, chance, len(used), len(placebos),
        own=_shares(panel, chosen, first, stop), matched=_shares(panel, used, first, stop),
        first=first, at=month, stop=stop,
    )  # fmt: skip


def _related(panel: Panel, treated: np.ndarray) -> np.ndarray:
    # the treated themselves, those above them and those below: their matters are partly the same
    out = np.zeros(len(panel.node), np.bool_)
    for unit in treated.tolist():
        below = (panel.node >= panel.node[unit]) & (panel.node < panel.end[unit])
        above = (panel.node <= panel.node[unit]) & (panel.end >= panel.end[unit])
        out |= below | above
    return out


@dataclass(frozen=True, slots=True)
class _Neighbours:
    panel: Panel
    usable: np.ndarray
    rate: np.ndarray
    volume: np.ndarray

    def of(self, unit: int) -> np.ndarray:
        """The nearest usable units of the same level and kind."""
        panel = self.panel
        same = self.usable & (panel.level == panel.level[unit]) & (panel.kind == panel.kind[unit])
        same[unit] = False
        others = np.flatnonzero(same)
        apart = np.abs(self.rate[others] - self.rate[unit])
        ratio = np.abs(np.log(self.volume[others] / self.volume[unit]))
        fits = (apart <= RATE_REACH) & (ratio <= np.log(VOLUME_REACH))
        order = np.argsort((apart / RATE_REACH + ratio / np.log(VOLUME_REACH))[fits], kind="stable")
        return np.asarray(others[fits][order][:MATCHES])


def _placebos(near: _Neighbours, chosen: np.ndarray, gain: np.ndarray) -> np.ndarray:
    # units like the treated in level, kind and volume, each against its own matches
    panel = near.panel
    like = np.zeros(len(panel.level), np.bool_)
    for unit in chosen.tolist():
        ratio = np.abs(np.log(np.maximum(near.volume, 1) / near.volume[unit]))
        like |= (panel.level == panel.level[unit]) & (panel.kind == panel.kind[unit]) & (ratio <= np.log(VOLUME_REACH))
    units = np.flatnonzero(like & near.usable)
    found = []
    for unit in units[:: max(1, len(units) // MOST_PLACEBOS)].tolist():
        matched = near.of(unit)
        if len(matched) >= LEAST_MATCHES:
            found.append(gain[unit] - gain[matched].mean())
    return np.array(found)


def _range(
    effect: float, placebos: np.ndarray, size: int, seed: int
) -> tuple[float | None, float | None, float | None]:
    if len(placebos) < LEAST_PLACEBOS:
        return None, None, None
    if size > 1:
        rng = np.random.default_rng(seed)
        placebos = rng.choice(placebos, (2_000, min(size, len(placebos)))).mean(axis=1)
    low, high = np.quantile(placebos, RANGE)
    chance = (1 + int((np.abs(placebos) >= abs(effect) - 1e-12).sum())) / (1 + len(placebos))
    return effect - float(high), effect - float(low), chance


def _shares(panel: Panel, units: np.ndarray, first: int, stop: int) -> tuple[float, ...]:
    met, due = panel.met[units, first:stop].sum(axis=0), panel.due[units, first:stop].sum(axis=0)
    with np.errstate(invalid="ignore"):
        return tuple((met / np.where(due > 0, due, np.nan)).tolist())
