"""Plausible ranges and the mode: Monte Carlo draws of V and H of each sub-tree (design §5 "Mode").

Chance enters by the seed alone: a unit's draws depend on the seed, its id and its own figures.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.horizontal import Blocks, mean_of_parts
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line, height, path_sum, pool
from yunzhang.governance.observatory.terms import EQUAL, FIGURES, Mode

MODES = (Mode.LOOSE, Mode.AUTHORITATIVE, Mode.COOPERATIVE, Mode.COLLABORATIVE)
WEAK, STRONG = 0.45, 0.55  # the dead band of .05 about the threshold .5
SURE = 0.8
RANGE = (0.05, 0.95)
type_six = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
DOMAIN = 0x59554E5A


@dataclass(frozen=True, slots=True)
class Draws:
    """By figure (rows as FIGURES) and root: low and high; by mode and root: probability, NaN where V or H is null."""

    low: np.ndarray
    high: np.ndarray
    chances: np.ndarray


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws of single roots: rows as FIGURES, H left NaN, as it depends on parts and weights alone."""

    tree: Tree
    both: type_six
    charged: type_six
    tau: float
    draws: int
    seed: int
    scratch: np.ndarray  # one for all roots: a log of a million units has as many

    def sample(self, root: int) -> np.ndarray:
        """Return the draws of one root by figure, NaN where there is none."""
        tree, stop = self.tree, int(self.tree.end[root])
        start = (crc32(tree.ids[root].encode(), DOMAIN) + self.seed * 0x9E3779B1) % 2**32
        sample = np.full((len(FIGURES), self.draws), np.nan)
        _draw_v(sample, root, stop, tree.depth, *self.both, self.tau, start, self.scratch)
        _draw_parts(sample, root, stop, *self.charged, self.tau, (start + 1) % 2**32)
        return sample


def make_sampler(tree: Tree, lines: tuple[Line, Line], blocks: Blocks, *, tau: float, draws: int, seed: int) -> Sampler:
    """Return what draws from one measured log at one tau."""
    return Sampler(tree, _both(lines), _blocks(blocks), tau, draws, seed, np.zeros(tree.count))


def draw(
    tree: Tree,
    lines: tuple[Line, Line],
    blocks: Blocks,
    roots: np.ndarray,
    *,
    parts: tuple[str, ...],
    tau: float,
    draws: int,
    seed: int,
    weights: tuple[float, ...] = EQUAL,
) -> Draws:
    """Return 90 % ranges of every figure and the probability of each mode, from `draws` draws per root."""
    shape = (len(FIGURES), len(roots))
    low, high, chances = np.full(shape, np.nan), np.full(shape, np.nan), np.full((4, len(roots)), np.nan)
    sampler = make_sampler(tree, lines, blocks, tau=tau, draws=draws, seed=seed)
    for k, root in enumerate(roots):
        sample = sampler.sample(int(root))
        sample[3] = mean_of_parts(sample[4:], parts, weights)
        low[:, k], high[:, k], chances[:, k] = _summary(sample)
    return Draws(low, high, chances)


def mode_of(chances: np.ndarray) -> tuple[Mode, float | None]:
    """Return the likeliest mode and its probability; undecided below .8, and without V or H.

    >>> mode_of(np.array([0.9, 0.0, 0.1, 0.0]))
    (<Mode.LOOSE: 'loose'>, 0.9)
    """
    if np.isnan(chances).any():
        return Mode.UNDECIDED, None
    best = int(chances.argmax())
    chance = float(chances[best])
    return (MODES[best] if chance >= SURE else Mode.UNDECIDED), chance


def _summary(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high = np.quantile(sample, RANGE, axis=1)
    v, h = sample[0], sample[3]
    if np.isnan(v[0]) or np.isnan(h[0]):
        return low, high, np.full(4, np.nan)
    quadrants = ((v < WEAK, h < WEAK), (v > STRONG, h < WEAK), (v < WEAK, h > STRONG), (v > STRONG, h > STRONG))
    return low, high, np.array([(down & across).mean() for down, across in quadrants])


def _both(lines: tuple[Line, Line]) -> type_six:
    first, second = lines
    return (
        np.stack([first.up, second.up]),
        np.stack([first.s, second.s]),
        np.stack([first.n, second.n]),
        np.array([first.counted, second.counted]),
        np.array([first.directives, second.directives]),
        np.stack([first.reports, second.reports]),
    )


def _blocks(blocks: Blocks) -> type_six:
    return blocks.f_below, blocks.n_below, blocks.below, blocks.f_top, blocks.n_top, blocks.top


@compiled
def _beta(a: float, b: float) -> float:
    if a <= 0.0:
        return 0.0
    if b <= 0.0:
        return 1.0
    return float(np.random.beta(a, b))


@compiled
def _draw_rates(totals: np.ndarray, sums: np.ndarray, tau: float, rates: np.ndarray) -> None:
    # pi, then pi_l of each depth, for both classes of kind of one line
    for kind in range(2):
        total, due = totals[kind]
        pi = _beta(total, due - total + 0.5)
        for level in range(rates.shape[1]):
            got, owed = sums[kind, 0, level], sums[kind, 1, level]
            rates[kind, level] = _beta(got + tau * pi, owed - got + tau * (1.0 - pi))


@compiled
def _draw_edge(s: float, n: float, rate: float, tau: float) -> float:
    return _beta(s + tau * rate, n - s + tau * (1.0 - rate))


@compiled
def _draw_edges(
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    reports: np.ndarray,
    rates: np.ndarray,
    tau: float,
    logs: np.ndarray,
) -> None:
    for x in range(root + 1, stop):
        if root <= up[x] < stop:
            level = depth[x] - depth[root]
            v = _draw_edge(s[0, x], n[0, x], rates[0, level], tau)
            if reports[x]:
                v = np.sqrt(v * _draw_edge(s[1, x], n[1, x], rates[1, level], tau))
            logs[x] = np.log(v)


@compiled
def _draw_v(
    sample: np.ndarray,
    root: int,
    stop: int,
    depth: np.ndarray,
    up: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
    counted: np.ndarray,
    directives: np.ndarray,
    reports: np.ndarray,
    tau: float,
    seed: int,
    logs: np.ndarray,
) -> None:
    np.random.seed(seed)
    levels = height(root, stop, depth) + 1
    totals, sums, rates = np.zeros((2, 2, 2)), np.zeros((2, 2, 2, levels)), np.zeros((2, levels))
    for line in range(2):
        for kind in range(2):
            totals[line, kind] = pool(
                root, stop, depth, up[line], s[line, kind], n[line, kind], reports[line], kind == 0, sums[line, kind]
            )
    for k in range(sample.shape[1]):
        values, paths = np.zeros(2), np.zeros(2)
        for line in range(2):
            if not counted[line]:
                continue
            logs[root:stop] = -np.inf  # a line without any directive is 0
            if directives[line]:
                _draw_rates(totals[line], sums[line], tau, rates)
                _draw_edges(root, stop, depth, up[line], s[line], n[line], reports[line], rates, tau, logs)
            values[line], paths[line] = path_sum(root, stop, up[line], logs)
            if paths[line] > 0:
                sample[1 + line, k] = values[line] / paths[line]
        if paths.sum() > 0:
            sample[0, k] = values.sum() / paths.sum()


@compiled
def _draw_parts(
    sample: np.ndarray,
    root: int,
    stop: int,
    f_below: np.ndarray,
    n_below: np.ndarray,
    below: np.ndarray,
    f_top: np.ndarray,
    n_top: np.ndarray,
    top: np.ndarray,
    tau: float,
    seed: int,
) -> None:
    np.random.seed(seed)
    for part in range(len(f_below)):
        f, n = np.empty(stop - root), np.empty(stop - root)
        count = 0
        for x in range(root, stop):
            there = top[part, x] if x == root else below[part, x]
            if there:
                f[count] = f_top[part, x] if x == root else f_below[part, x]
                n[count] = n_top[part, x] if x == root else n_below[part, x]
                count += 1
        if count == 0:
            continue
        total, due = f[:count].sum(), n[:count].sum()
        for k in range(sample.shape[1]):
            pi = _beta(total, due - total + 0.5)
            value = 0.0
            for i in range(count):
                value += _beta(f[i] + tau * pi, n[i] - f[i] + tau * (1.0 - pi))
            sample[4 + part, k] = value / count
