"""Posterior draws, ranges and H_null at 1,000,000 units: of the whole tree's root, and of every sub-tree.

A tree of places with departments guided by those above; counts are made up, as only their number matters here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pyarrow import parquet

from bench.harness import Bench
from bench.measure import write_units
from yunzhang.governance.observatory.rules.horizontal import Pairs, charge, measure_h
from yunzhang.governance.observatory.rules.null import find_null
from yunzhang.governance.observatory.rules.posterior import Sampler, make_sampler
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree, read_tree
from yunzhang.governance.observatory.rules.uncertainty import find_ranges
from yunzhang.governance.observatory.rules.uncertainty.ranges import draw_whole
from yunzhang.governance.observatory.rules.vertical import Line, make_line
from yunzhang.governance.observatory.terms import EQUAL, PARTS

UNITS, DRAWS, FEW = 1_000_000, 200, 100_000
NOT_NEEDED = (False,) * len(PARTS)


def run(bench: Bench) -> None:
    """Draw at a hundredth first, to compile; then at full size."""
    for size in (UNITS // 100, int(UNITS * bench.scale)):
        quiet = size < UNITS * bench.scale
        sampler, pairs = make_log(size)
        root = np.zeros(1, np.int64)
        named = f"{DRAWS} draws of V and H of the root, {size:,} units"
        _time(bench, quiet, named, partial(draw_whole, sampler, 0), "≤ 60")
        _time(bench, quiet, "its calibrated ranges", partial(ranges_of, sampler, root), "")
        _time(bench, quiet, "ranges of every sub-tree", partial(ranges_of, sampler, sampler.tree.inner), "≤ 60")
        if not quiet:
            bench.figure("sub-trees", len(sampler.tree.inner), "rows")
            bench.figure("pairs of sisters", len(pairs.part), "rows")
            bench.memory("largest memory")
    sampler, pairs = make_log(int(FEW * bench.scale))
    named = f"H_null of every sub-tree, {sampler.tree.count:,} units"
    _time(bench, False, named, partial(null_of, sampler, pairs), "")


def _time(bench: Bench, quiet: bool, name: str, work: Callable[[], object], aim: str) -> None:
    started = time.perf_counter()
    work()
    if not quiet:
        bench.figure(name, time.perf_counter() - started, "s", aim=aim)


def make_log(size: int) -> tuple[Sampler, Pairs]:
    """Return what draws from a made-up log of so many units, three matters an edge and pair, and its pairs."""
    with TemporaryDirectory() as folder:
        write_units(Path(folder), size)
        tree = read_tree(parquet.read_table(Path(folder) / "units.parquet"))
    rng = np.random.default_rng(1)
    lines = _line(tree, tree.above, rng), _line(tree, tree.guide, rng)
    pairs = _pairs(tree, rng)
    blocks = charge(tree, pairs, NOT_NEEDED)
    return make_sampler(tree, lines, blocks, pairs=pairs, tau=4, draws=DRAWS, seed=1), pairs


def _line(tree: Tree, up: np.ndarray, rng: np.random.Generator) -> Line:
    asked = np.tile((up >= 0) * 3.0, (2, 1))
    met = rng.binomial(asked.astype(np.int64), 0.8).astype(np.float64)
    return make_line(up, met, asked, asked, counted=True, directives=True, reports=tree.reports)


def _pairs(tree: Tree, rng: np.random.Generator) -> Pairs:
    # each unit with the next sister in preorder, and every government with enterprises and citizens
    order = np.lexsort((np.arange(tree.count), tree.kind[: tree.count], tree.parent))
    same = (tree.parent[order][1:] == tree.parent[order][:-1]) & (tree.parent[order][1:] >= 0)
    same &= tree.kind[order][1:] == tree.kind[order][:-1]
    a, b = np.minimum(order[1:], order[:-1])[same], np.maximum(order[1:], order[:-1])[same]
    governments = np.flatnonzero(tree.kind[: tree.count] == GOVERNMENT)
    part = np.concatenate([(tree.kind[a] == GOVERNMENT).astype(np.int64), np.repeat([2, 3], len(governments))])
    one, other = np.concatenate([a, governments, governments]), np.concatenate([b, np.full(2 * len(governments), -1)])
    asked = np.full(len(part), 3.0)
    return Pairs(part, one, other, rng.binomial(3, 0.6, len(part)).astype(np.float64), asked, asked)


def ranges_of(sampler: Sampler, roots: np.ndarray) -> np.ndarray:
    """Return the low ends of the ranges of these roots."""
    return find_ranges(sampler, roots, parts=PARTS, weights=EQUAL).low


def null_of(sampler: Sampler, pairs: Pairs) -> np.ndarray:
    """Return H_null of every sub-tree."""
    roots = sampler.tree.inner
    found = measure_h(sampler.tree, charge(sampler.tree, pairs, NOT_NEEDED), roots, PARTS, 4.0)[1:]
    how = {"needed": NOT_NEEDED, "parts": PARTS, "weights": EQUAL, "tau": 4, "draws": DRAWS, "seed": 1}
    return find_null(sampler.tree, pairs, roots, found=found, **how).h  # type: ignore[arg-type]
