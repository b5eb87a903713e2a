"""How far a finding depends on our choices: threshold, borrowing and weights of the four parts, all settings tried.

V and H of a setting are those of `measure` with its tau and weights; draws are made once a tau and weighed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from yunzhang.governance.observatory.rules.horizontal import mean_of_parts, measure_h
from yunzhang.governance.observatory.rules.posterior import MODES, SURE, Sampler, make_sampler
from yunzhang.governance.observatory.rules.vertical import measure_v
from yunzhang.governance.observatory.terms import EQUAL, PARTS, Mode

if TYPE_CHECKING:
    from yunzhang.governance.observatory.rules.measuring import Measured

THETAS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
TAUS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
BASE_THETA = 0.5
BAND = 0.05  # a draw counts beyond theta by this much
STANDS, UNSURE, DIFFERS, NONE = "stands", "unsure", "differs", "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice of threshold, borrowing and weights (by name)."""

    theta: float
    tau: float
    weighting: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What one setting makes of one sub-tree; `chances` by mode in the order of MODES, none where V or H is null."""

    setting: Setting
    v: float | None
    h: float | None
    quadrant: Mode | None
    mode: Mode
    chances: tuple[float, ...]
    verdict: str  # stands | unsure | differs | none


@dataclass(frozen=True, slots=True)
class Finding:
    """A sub-tree's finding in the base setting (a mode, or a quadrant where undecided) and how it fared in all."""

    unit: str
    name: str
    base: Swept
    settings: tuple[Swept, ...]

    def count(self, *verdicts: str) -> int:
        """Return in how many settings one of these verdicts holds."""
        return sum(each.verdict in verdicts for each in self.settings)


def weightings() -> dict[str, tuple[float, ...]]:
    """Return the weights of the four parts by name: equal, each doubled, each alone.

    >>> weightings()["double_region"], weightings()["only_society"]
    ((1.0, 2.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0))
    """
    found = {"equal": EQUAL}
    for number, part in enumerate(PARTS):
        found[f"double_{part}"] = tuple(2.0 if k == number else 1.0 for k in range(len(PARTS)))
    for number, part in enumerate(PARTS):
        found[f"only_{part}"] = tuple(float(k == number) for k in range(len(PARTS)))
    return found


def list_settings() -> list[Setting]:
    """Return every setting, in the order of the table."""
    return [Setting(theta, tau, name) for tau in TAUS for name in weightings() for theta in THETAS]


def sweep(measured: Measured, roots: Iterable[int]) -> Iterator[Finding]:
    """Yield how the finding about each sub-tree fares in every setting; the base is theta .5 and the run's own.

    Without draws (`draws` 0) modes stay undecided and estimates alone are compared.
    """
    samplers = {tau: _sampler(measured, tau) for tau in {*TAUS, measured.parameters.tau}}
    for root in roots:
        base = _base(measured, root, samplers)
        settings = _settings(measured, root, samplers)
        swept = tuple(replace(each, verdict=_verdict(base, each)) for each in settings)
        yield Finding(measured.tree.ids[root], measured.tree.names[root], replace(base, verdict=STANDS), swept)


def draw_cloud(measured: Measured, root: int) -> list[tuple[float, float]]:
    """Return (V, H) of the draws of one sub-tree in the run's own setting; none where V or H is null."""
    parameters = measured.parameters
    sample = _sampler(measured, parameters.tau).sample(root)
    across = mean_of_parts(sample[len(sample) - len(PARTS) :], parameters.parts, parameters.weights)
    pairs = zip(sample[0].tolist(), across.tolist(), strict=True)
    return [(v, h) for v, h in pairs if not (np.isnan(v) or np.isnan(h))]


def _base(measured: Measured, root: int, samplers: Mapping[float, Sampler]) -> Swept:
    tau = measured.parameters.tau
    setting = Setting(BASE_THETA, tau, "base")
    values, sample = _values(measured, root, tau), samplers[tau].sample(root)
    return _swept(measured, setting, values, sample, measured.parameters.weights)


def _settings(measured: Measured, root: int, samplers: Mapping[float, Sampler]) -> Iterator[Swept]:
    named = weightings()
    for tau in TAUS:
        values, sample = _values(measured, root, tau), samplers[tau].sample(root)
        for name, weights in named.items():
            for theta in THETAS:
                yield _swept(measured, Setting(theta, tau, name), values, sample, weights)


def _values(measured: Measured, root: int, tau: float) -> np.ndarray:
    # V, and behind it the four parts, whose weights come later
    roots = np.array([root])
    v = measure_v(measured.tree, measured.charged.lines, roots, tau)[:1, 0]
    h = measure_h(measured.tree, measured.blocks, roots, measured.parameters.parts, tau)[1:, 0]
    return np.concatenate([v, h])


def _sampler(measured: Measured, tau: float) -> Sampler:
    parameters = measured.parameters
    return make_sampler(
        measured.tree, measured.charged.lines, measured.blocks, tau=tau, draws=parameters.draws, seed=parameters.seed
    )


def _swept(
    measured: Measured, setting: Setting, values: np.ndarray, sample: np.ndarray, weights: tuple[float, ...]
) -> Swept:
    parts = measured.parameters.parts
    v, h = float(values[0]), float(mean_of_parts(values[1:], parts, weights))
    if np.isnan(v) or np.isnan(h):
        return Swept(setting, _or_none(v), _or_none(h), None, Mode.UNDECIDED, (), NONE)
    across = mean_of_parts(sample[len(sample) - len(PARTS) :], parts, weights)
    chances = _chances(sample[0], across, setting.theta)
    return Swept(setting, v, h, quadrant_of(v, h, setting.theta), _mode(chances), chances, NONE)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def quadrant_of(v: float, h: float, theta: float) -> Mode:
    """Return the quadrant of an estimate; on the threshold counts as above.

    >>> str(quadrant_of(0.8, 0.2, 0.5))
    'authoritative'
    """
    return MODES[int(v >= theta) + 2 * int(h >= theta)]


def _chances(v: np.ndarray, h: np.ndarray, theta: float) -> tuple[float, ...]:
    if not len(v):
        return ()
    low, high = theta - BAND, theta + BAND
    quadrants = ((v < low, h < low), (v > high, h < low), (v < low, h > high), (v > high, h > high))
    return tuple(float((down & across).mean()) for down, across in quadrants)


def _mode(chances: tuple[float, ...]) -> Mode:
    best = max(range(len(chances)), key=chances.__getitem__, default=-1)
    return MODES[best] if best >= 0 and chances[best] >= SURE else Mode.UNDECIDED


def _verdict(base: Swept, other: Swept) -> str:
    """A decided finding stands where the same mode is decided; an undecided one where the quadrant is the same."""
    if base.quadrant is None or other.quadrant is None:
        return NONE
    if base.mode is Mode.UNDECIDED:
        return _undecided(base, other)
    if other.mode is base.mode:
        return STANDS
    return UNSURE if other.mode is Mode.UNDECIDED else DIFFERS


def _undecided(base: Swept, other: Swept) -> str:
    # the finding is that nothing can be said for sure; a setting that says another mode for sure contradicts it
    if other.mode is Mode.UNDECIDED:
        return STANDS if other.quadrant is base.quadrant else UNSURE
    return STANDS if other.mode is base.quadrant else DIFFERS
