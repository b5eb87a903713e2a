"""The contract's draws of V and H of one sub-tree, and the mode they speak for (design §5 "Mode").

Chance enters by the seed alone: a unit's draws depend on the seed, its id and its own figures, each draw on its number.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from yunzhang.base.chance import beta, mixed
from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.edges import (
    add_levels,
    add_path,
    count_levels,
    find_life,
    gather_edges,
    spread_lines,
    type_edges,
    type_lines,
)
from yunzhang.governance.observatory.rules.horizontal import Blocks, Pairs
from yunzhang.governance.observatory.rules.pairs import (
    COUNT,
    gather_parts,
    no_pairs,
    pack_pairs,
    type_across,
    type_parts,
)
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import FIGURES, Mode

MODES = (Mode.LOOSE, Mode.AUTHORITATIVE, Mode.COOPERATIVE, Mode.COLLABORATIVE)
WEAK, STRONG = 0.45, 0.55  # the dead band of .05 about the threshold .5
SURE = 0.8
DOMAIN = 0x59554E5A
STREAMS = 4  # streams of chance a draw has: the contract's lines, its parts, and the two of `uncertainty`

type_inside = tuple[type_edges, np.ndarray, type_parts]


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws of single roots of one measured log at one tau: rows as FIGURES, H left NaN (parts and weights make it)."""

    tree: Tree
    lines: type_lines
    across: type_across
    tau: float
    draws: int
    seed: int

    def sample(self, root: int) -> np.ndarray:
        """Return the contract's draws of one root by figure, NaN where there is none."""
        sample = np.full((len(FIGURES), self.draws), np.nan)
        edges, life, parts = self.inside(root)
        draw_contract(self.key(root), 0, self.draws, edges, life, parts, self.tau, sample)
        return sample

    def inside(self, root: int) -> type_inside:
        """Return what stands inside the sub-tree of a root, packed for draws: edges, life of lines, parts."""
        stop = int(self.tree.end[root])
        edges, life = gather_edges(root, stop, self.lines), find_life(root, stop, self.lines)
        return edges, life, gather_parts(root, stop, self.across)

    def key(self, root: int) -> int:
        """Return the root's own start of chance."""
        return int(mixed(self.seed, crc32(self.tree.ids[root].encode(), DOMAIN))) >> 1


def make_sampler(
    tree: Tree,
    lines: tuple[Line, Line],
    blocks: Blocks,
    *,
    tau: float,
    draws: int,
    seed: int,
    pairs: Pairs | None = None,
) -> Sampler:
    """Return what draws from one measured log at one tau; the contract's draws need no pairs, ranges do."""
    names = ("up", "s", "n", "asked", "reports", "counted", "directives")
    columns = (np.stack([np.asarray(getattr(line, name)) for line in lines]) for name in names)
    across = pack_pairs(tree, pairs or no_pairs(), blocks)
    return Sampler(tree, (tree.depth, *columns), across, tau, draws, seed)  # type: ignore[arg-type]


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


@compiled
def draw_contract(
    key: int,
    first: int,
    last: int,
    edges: type_edges,
    life: np.ndarray,
    parts: type_parts,
    tau: float,
    sample: np.ndarray,
) -> None:
    """Return nothing; columns first..last of `sample` get draws of V, of both lines and of the four parts."""
    levels = count_levels(edges)
    pools, rates = np.zeros((2, 2, 2, levels + 1)), np.zeros((2, levels))
    for line in range(2):
        add_levels(line, edges, edges[4], edges[5], pools[line])
    paths, state, sums = np.empty(edges[0][2]), np.zeros(1, np.uint64), np.zeros(2)
    for k in range(first, last):
        state[0] = mixed(key, k * STREAMS)
        for line in range(2):
            if life[line, 0]:
                sums[line] = _draw_line(state, line, edges, pools[line], tau, rates, paths)
        spread_lines(sums, edges[0], sample[:, k])
        state[0] = mixed(key, k * STREAMS + 1)
        for part in range(COUNT):
            low, high = parts[5][part], parts[5][part + 1]
            if high > low:
                sample[COUNT + part, k] = _draw_part(state, low, high, parts[6], parts[7], tau)


@compiled
def _draw_line(
    state: np.ndarray,
    line: int,
    edges: type_edges,
    pools: np.ndarray,
    tau: float,
    rates: np.ndarray,
    paths: np.ndarray,
) -> float:
    at, level, above, length, s, n, joins = edges
    levels = rates.shape[1]
    for kind in range(2):
        pi = beta(state, pools[kind, 0, levels], pools[kind, 1, levels] - pools[kind, 0, levels] + 0.5)
        for depth in range(levels):
            got, owed = pools[kind, 0, depth], pools[kind, 1, depth]
            rates[kind, depth] = tau * beta(state, got + tau * pi, owed - got + tau * (1.0 - pi))
    total = 0.0
    for e in range(at[line], at[line + 1]):
        value = 1.0
        for kind in range(2):
            if kind == 0 or joins[e]:
                rate = rates[kind, level[e]]
                value *= beta(state, s[kind, e] + rate, n[kind, e] - s[kind, e] + tau - rate)
        total += add_path(np.sqrt(value) if joins[e] else value, e, above, length, paths)
    return total


@compiled
def _draw_part(state: np.ndarray, low: int, high: int, f: np.ndarray, n: np.ndarray, tau: float) -> float:
    met, due, total = 0.0, 0.0, 0.0
    for i in range(low, high):
        met += f[i]
        due += n[i]
    rate = tau * beta(state, met, due - met + 0.5)
    for i in range(low, high):
        total += beta(state, f[i] + rate, n[i] - f[i] + tau - rate)
    return total / (high - low)
