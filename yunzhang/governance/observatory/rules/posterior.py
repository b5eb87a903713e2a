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
from yunzhang.governance.observatory.rules.edges import add_levels, add_path, gather_edges, type_edges
from yunzhang.governance.observatory.rules.horizontal import Blocks, Pairs
from yunzhang.governance.observatory.rules.pairs import (
    block_columns,
    gather_part,
    nearest_government,
    no_pairs,
    sort_pairs,
    type_pairs,
    type_part,
)
from yunzhang.governance.observatory.rules.tree import Tree
from yunzhang.governance.observatory.rules.vertical import Line
from yunzhang.governance.observatory.terms import FIGURES, Mode

MODES = (Mode.LOOSE, Mode.AUTHORITATIVE, Mode.COOPERATIVE, Mode.COLLABORATIVE)
WEAK, STRONG = 0.45, 0.55  # the dead band of .05 about the threshold .5
SURE = 0.8
DOMAIN = 0x59554E5A
STREAMS = 4  # streams of chance a draw has: the contract's lines, its parts, and the two of `uncertainty`

type_six = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
type_line = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # up, s, n, asked, reports
type_lines = tuple[type_line, type_line]
type_inside = tuple[tuple[type_edges, type_edges], tuple[type_part, type_part, type_part, type_part], np.ndarray]
type_world = tuple[
    np.ndarray, type_lines, np.ndarray, np.ndarray, tuple[type_pairs, ...], np.ndarray, tuple[np.ndarray, ...]
]


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws of single roots of one measured log at one tau: rows as FIGURES, H left NaN (parts and weights make it)."""

    tree: Tree
    world: type_world
    tau: float
    draws: int
    seed: int

    def sample(self, root: int) -> np.ndarray:
        """Return the contract's draws of one root by figure, NaN where there is none."""
        sample = np.full((len(FIGURES), self.draws), np.nan)
        draw_contract(self.key(root), 0, self.draws, self.inside(root), self.tau, sample)
        return sample

    def inside(self, root: int) -> type_inside:
        """Return what stands inside the sub-tree of a root, packed for draws."""
        return gather_inside(root, int(self.tree.end[root]), self.world)

    def key(self, root: int) -> np.uint64:
        """Return the root's own start of chance."""
        return np.uint64(mixed(self.seed, crc32(self.tree.ids[root].encode(), DOMAIN)))


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
    columns = tuple((line.up, line.s, line.n, line.asked, line.reports) for line in lines)
    counted = np.array([line.counted for line in lines])
    directives = np.array([line.directives for line in lines])
    across = sort_pairs(tree, pairs or no_pairs()), nearest_government(tree), block_columns(blocks)
    return Sampler(tree, (tree.depth, columns, counted, directives, *across), tau, draws, seed)  # type: ignore[arg-type]


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
def gather_inside(root: int, stop: int, world: type_world) -> type_inside:
    """Return the edges of both lines, the pairs and blocks of all parts, and which class of which line has life.

    Life [line, class]: counted, covered by directives, and something of the class was asked inside the sub-tree.
    """
    depth, lines, counted, directives, pairs, government, blocks = world
    life = np.zeros((2, 2), np.bool_)
    for line in range(2):
        up, asked = lines[line][0], lines[line][3]
        if counted[line] and directives[line]:
            for x in range(root + 1, stop):
                if root <= up[x] < stop:
                    life[line, 0] |= asked[0, x] > 0
                    life[line, 1] |= asked[1, x] > 0
    edges = (_edges(root, stop, depth, lines[0], counted[0]), _edges(root, stop, depth, lines[1], counted[1]))
    parts = (
        gather_part(root, stop, pairs[0], government, 0, blocks),
        gather_part(root, stop, pairs[1], government, 1, blocks),
        gather_part(root, stop, pairs[2], government, 2, blocks),
        gather_part(root, stop, pairs[3], government, 3, blocks),
    )
    return edges, parts, life


@compiled
def _edges(root: int, stop: int, depth: np.ndarray, line: type_line, counted: bool) -> type_edges:
    up, s, n, _, reports = line
    return gather_edges(root, stop if counted else root + 1, depth, up, s, n, reports)


@compiled
def pools_of(edges: type_edges) -> np.ndarray:
    """Return S_l and D_l as [class, s | n, level]."""
    level, _, _, s, n, joins = edges
    sums = np.zeros((2, 2, level.max() + 1 if len(level) else 1))
    add_levels(level, s, n, joins, sums)
    return sums


@compiled
def spread_lines(first: float, second: float, edges: tuple[type_edges, type_edges], out: np.ndarray) -> None:
    """Return nothing; `out` gets V and V of both lines from sums of path values, untouched where there is no edge."""
    one, other = len(edges[0][0]), len(edges[1][0])
    if one:
        out[1] = first / one
    if other:
        out[2] = second / other
    if one + other:
        out[0] = (first + second) / (one + other)


@compiled
def draw_contract(key: np.uint64, first: int, last: int, inside: type_inside, tau: float, sample: np.ndarray) -> None:
    """Return nothing; columns first..last of `sample` get draws of V, of both lines and of the four parts."""
    edges, parts, life = inside
    pools = (pools_of(edges[0]), pools_of(edges[1]))
    paths = np.empty(max(len(edges[0][0]), len(edges[1][0])))
    state, sums = np.zeros(1, np.uint64), np.zeros(2)
    for k in range(first, last):
        state[0] = mixed(key, k * STREAMS)
        for line in range(2):
            sums[line] = _draw_line(state, edges[line], pools[line], tau, paths) if life[line, 0] else 0.0
        spread_lines(sums[0], sums[1], edges, sample[:, k])
        state[0] = mixed(key, k * STREAMS + 1)
        for part in range(4):
            if len(parts[part][4]):
                sample[4 + part, k] = _draw_part(state, parts[part][4], parts[part][5], tau)


@compiled
def _draw_line(state: np.ndarray, edges: type_edges, pools: np.ndarray, tau: float, paths: np.ndarray) -> float:
    level, above, length, s, n, joins = edges
    rates = np.empty((2, pools.shape[2]))
    for kind in range(2):
        met, due = pools[kind, 0].sum(), pools[kind, 1].sum()
        pi = beta(state, met, due - met + 0.5)
        for depth in range(pools.shape[2]):
            got, owed = pools[kind, 0, depth], pools[kind, 1, depth]
            rates[kind, depth] = beta(state, got + tau * pi, owed - got + tau * (1.0 - pi))
    total = 0.0
    for e in range(len(level)):
        rate = tau * rates[0, level[e]]
        value = beta(state, s[0, e] + rate, n[0, e] - s[0, e] + tau - rate)
        if joins[e]:
            rate = tau * rates[1, level[e]]
            value = np.sqrt(value * beta(state, s[1, e] + rate, n[1, e] - s[1, e] + tau - rate))
        total += add_path(value, e, above, length, paths)
    return total


@compiled
def _draw_part(state: np.ndarray, f: np.ndarray, n: np.ndarray, tau: float) -> float:
    met, due = f.sum(), n.sum()
    pi, total = beta(state, met, due - met + 0.5), 0.0
    for i in range(len(f)):
        total += beta(state, f[i] + tau * pi, n[i] - f[i] + tau * (1.0 - pi))
    return total / len(f)
