"""Bootstrap, plausible truth and simulated likes of one sub-tree, draw by draw, for every figure."""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

import numpy as np

from yunzhang.base.chance import mixed
from yunzhang.base.compiled import compiled
from yunzhang.governance.observatory.rules.edges import estimate_line, type_edges
from yunzhang.governance.observatory.rules.pairs import estimate_part, type_part
from yunzhang.governance.observatory.rules.posterior import STREAMS, pools_of, spread_lines, type_inside
from yunzhang.governance.observatory.rules.uncertainty.heterogeneity import fit, type_fit
from yunzhang.governance.observatory.rules.uncertainty.lines import bootstrap_line, fitted_line
from yunzhang.governance.observatory.rules.uncertainty.parts import bootstrap_part, fitted_part, trials_of

BOOTSTRAP, GIVEN, ERROR = range(3)  # rows of `sample`: figure; figure; simulated estimate less simulated truth


@compiled
def estimate_inside(inside: type_inside, tau: float) -> np.ndarray:
    """Return the figures themselves in the order of FIGURES, H left NaN, NaN where there is none."""
    edges, parts, life = inside
    out, sums = np.full(8, np.nan), np.zeros(2)
    for line in range(2):
        if life[line, 0]:
            room, paths = np.zeros_like(pools_of(edges[line])), np.empty(len(edges[line][0]))
            sums[line] = estimate_line(edges[line], edges[line][3], edges[line][4], tau, room, paths)
    spread_lines(sums[0], sums[1], edges, out)
    for part in range(4):
        if len(parts[part][4]):
            out[4 + part] = estimate_part(parts[part][4], parts[part][5], tau)
    return out


@compiled
def draw_lines(key: np.uint64, first: int, last: int, inside: type_inside, tau: float, sample: np.ndarray) -> None:
    """Return nothing; `sample` [row, figure, draw] gets V and that of both lines in its columns first..last."""
    edges, _, life = inside
    pools = (pools_of(edges[0]), pools_of(edges[1]))
    fits = (_fits(edges[0], pools[0]), _fits(edges[1], pools[1]))
    most = max(len(edges[0][0]), len(edges[1][0]))
    paths, other_paths, room = np.empty(most), np.empty(most), np.empty((4, most))
    rooms = (np.zeros_like(pools[0]), np.zeros_like(pools[1]))
    state, sums = np.zeros(1, np.uint64), np.zeros((3, 2))
    for k in range(first, last):
        state[0] = mixed(key, k * STREAMS + 2)
        for line in range(2):
            if life[line, 0]:
                sums[0, line] = bootstrap_line(state, edges[line], tau, rooms[line], paths, room)
                sums[1, line], found, like = fitted_line(
                    state, edges[line], fits[line], life[line], pools[line], tau, rooms[line], paths, other_paths, room
                )
                sums[2, line] = found - like
        for row in range(3):
            spread_lines(sums[row, 0], sums[row, 1], edges, sample[row, :, k])


@compiled
def _fits(edges: type_edges, pools: np.ndarray) -> tuple[type_fit, type_fit]:
    level, _, _, s, n, joins = edges
    everyone = np.ones(len(level), np.bool_)
    return fit(level, s[0], n[0], everyone, pools[0]), fit(level, s[1], n[1], joins, pools[1])


@compiled
def draw_parts(key: np.uint64, first: int, last: int, inside: type_inside, tau: float, sample: np.ndarray) -> None:
    """Return nothing; `sample` [row, figure, draw] gets the four parts of H in its columns first..last."""
    _, parts, _ = inside
    for part in range(4):
        if len(parts[part][4]):
            _draw_part(key, part, first, last, parts[part], tau, sample)


@compiled
def _draw_part(
    key: np.uint64, number: int, first: int, last: int, part: type_part, tau: float, sample: np.ndarray
) -> None:
    if not part[7]:  # nothing was asked: 0 by definition, nothing is uncertain about it
        sample[:, 4 + number, first:last] = 0.0
        return
    trials = trials_of(part, tau)
    met, n = trials[0], trials[1]
    pools = np.empty((2, 1))
    pools[0, 0], pools[1, 0] = met.sum(), n.sum()
    fitted = fit(np.zeros(len(met), np.int64), met, n, np.ones(len(met), np.bool_), pools)
    state = np.zeros(1, np.uint64)
    for k in range(first, last):
        state[0] = mixed(mixed(key, k * STREAMS + 3), number)
        sample[BOOTSTRAP, 4 + number, k] = bootstrap_part(state, part, tau)
        given, found, true = fitted_part(state, trials, fitted, pools)
        sample[GIVEN, 4 + number, k] = given
        sample[ERROR, 4 + number, k] = found - true
