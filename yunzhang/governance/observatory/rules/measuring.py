"""The whole measure: tables and parameters in, one Figures per unit that has children out (design §5)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.rules.charging import Charged, Claims, charge_tally, count_threads, place_due
from yunzhang.governance.observatory.rules.claims import Need, read_due, read_need
from yunzhang.governance.observatory.rules.coverage import count_beside, shares
from yunzhang.governance.observatory.rules.gains import block_gains, edge_gains
from yunzhang.governance.observatory.rules.horizontal import Blocks, charge, measure_h
from yunzhang.governance.observatory.rules.null import Null, find_null
from yunzhang.governance.observatory.rules.placement import Placed
from yunzhang.governance.observatory.rules.posterior import MODES, make_sampler, mode_of
from yunzhang.governance.observatory.rules.streaming import Pieces, count_log
from yunzhang.governance.observatory.rules.tally import Tally, new_tally
from yunzhang.governance.observatory.rules.threads import Threads, no_threads, read_threads
from yunzhang.governance.observatory.rules.tree import Tree, read_tree
from yunzhang.governance.observatory.rules.uncertainty import Ranges, find_ranges
from yunzhang.governance.observatory.rules.vertical import measure_v
from yunzhang.governance.observatory.terms import (
    COVERS,
    EQUAL,
    FIGURES,
    PARTS,
    BadParameter,
    Figures,
    Gain,
    Mode,
    Parameters,
)

MAX_DRAWS = 20_000
HALF = 0.5
NULLS = ("H", "H_department", "H_region")


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured log: enough to ask for figures and gains of any sub-tree."""

    tree: Tree
    threads: Threads
    charged: Charged
    blocks: Blocks
    counts: dict[str, np.ndarray]
    parameters: Parameters
    has_need: bool

    def figures(self, roots: np.ndarray | None = None) -> list[Figures]:
        """Return the figures of these nodes, or of all that have children, by id as text."""
        chosen = self.tree.inner if roots is None else roots
        ordered = np.array(sorted(chosen.tolist(), key=lambda node: self.tree.ids[node]), np.int64)
        return _figures(self, ordered)

    def edge_gains(self, root: int) -> list[Gain]:
        """Return the gain in V of every edge inside the sub-tree of a node, largest first."""
        return edge_gains(self.tree, self.charged, root, self.parameters.tau)

    def block_gains(self, root: int) -> list[Gain]:
        """Return the gain in H of every block of the sub-tree of a node, largest first."""
        parameters = self.parameters
        return block_gains(
            self.tree, self.blocks, root, parts=parameters.parts, tau=parameters.tau, weights=parameters.weights
        )


def measure(
    units: pa.Table,
    loops: pa.Table | Pieces,
    parameters: Parameters,
    *,
    need: pa.Table | None = None,
    due: pa.Table | None = None,
) -> Measured:
    """Return the measured log; raises BadTable or BadParameter where a table or parameter cannot be used.

    A table in memory keeps its threads one by one (`Measured.threads`, `charged.placed`); a table in pieces keeps
    counts alone, of which all figures come, the same to the last bit.
    """
    check_parameters(parameters)
    tree = read_tree(units)
    needs = None if need is None else read_need(need, tree)
    claims = place_due(tree, None if due is None else read_due(due, tree))
    if not isinstance(loops, pa.Table):
        log = count_log(tree, loops, claims, parameters)
        threads = no_threads(log.rows, log.set_aside, log.to_at)
        return measure_tally(tree, log.tally, threads, parameters, need=needs, claims=claims)
    return measure_threads(tree, read_threads(loops, tree, parameters), parameters, need=needs, claims=claims)


def measure_threads(
    tree: Tree, threads: Threads, parameters: Parameters, *, need: Need | None, claims: Claims
) -> Measured:
    """Return the measured log of these threads, which are kept one by one."""
    tally = new_tally(tree, len(claims.keys))
    placed = count_threads(tree, tally, threads, claims)
    return measure_tally(tree, tally, threads, parameters, need=need, claims=claims, placed=placed)


def measure_tally(
    tree: Tree,
    tally: Tally,
    threads: Threads,
    parameters: Parameters,
    *,
    need: Need | None,
    claims: Claims,
    placed: Placed | None = None,
) -> Measured:
    """Return the measured log of a tally; `threads` tells of its rows, `placed` where they stand if any are kept."""
    charged = charge_tally(tree, tally, need, claims, parameters, threads=threads, placed=placed)
    kept = None if charged.claimed else tally.blocks  # what need and due tables claim is known by pair alone
    blocks = charge(tree, charged.pairs, charged.needed) if kept is None else kept.charge(tree, charged.needed)
    counts = count_beside(tree, tally, charged, blocks)
    weights = parameters.weights or EQUAL
    settled = replace(parameters, covers=charged.covers, to_at=threads.to_at, weights=weights)
    return Measured(tree, threads, charged, blocks, counts, settled, has_need=need is not None)


def check_parameters(parameters: Parameters) -> None:
    """Return nothing; raises BadParameter naming the one that is out of range."""
    if not (np.isfinite(parameters.tau) and parameters.tau >= 0):
        raise BadParameter(name="tau", problem=zh("应为不小于 0 的数"))
    if not (np.isfinite(parameters.term_days) and 0 <= parameters.term_days <= 36_500):
        raise BadParameter(name="term", problem=zh("应为 0 到 36500 之间的天数"))
    if not parameters.parts or set(parameters.parts) - set(PARTS):
        raise BadParameter(name="parts", problem=Sentence(zh("只能取 %(words)s"), {"words": ", ".join(PARTS)}))
    if parameters.weights and not _are_weights(parameters.weights):
        raise BadParameter(name="weights", problem=zh("应为四个不小于 0 的数，且不全为 0"))
    if parameters.covers is not None and set(parameters.covers) - set(COVERS):
        raise BadParameter(name="covers", problem=Sentence(zh("只能取 %(words)s"), {"words": ", ".join(COVERS)}))
    if not 0 <= parameters.draws <= MAX_DRAWS:
        raise BadParameter(name="draws", problem=Sentence(zh("应在 0 到 %(most)s 之间"), {"most": str(MAX_DRAWS)}))
    if None not in (parameters.from_at, parameters.to_at) and parameters.from_at >= parameters.to_at:  # type: ignore[operator]
        raise BadParameter(name="from", problem=zh("应早于 to"))


def _are_weights(weights: tuple[float, ...]) -> bool:
    return len(weights) == len(PARTS) and all(np.isfinite(w) and w >= 0 for w in weights) and sum(weights) > 0


def _figures(measured: Measured, roots: np.ndarray) -> list[Figures]:
    tree, parameters = measured.tree, measured.parameters
    pooled = _values(measured, roots, parameters.tau)
    raw = _values(measured, roots, 0.0)
    drawn = None if not parameters.draws or not len(roots) else _draw(measured, roots)
    low = _columns(drawn.low) if drawn else [{}] * len(roots)
    high = _columns(drawn.high) if drawn else [{}] * len(roots)
    null = _columns(_null_rows(_null(measured, roots, drawn), len(roots))) if drawn else [{}] * len(roots)
    coverages = _coverages(measured, roots)
    out = []
    for k, root in enumerate(roots.tolist()):
        mode, p_mode = mode_of(drawn.chances[:, k]) if drawn else (Mode.UNDECIDED, None)
        out.append(
            Figures(
                unit=tree.ids[root],
                name=tree.names[root],
                level=int(tree.depth[root]),
                units=int(tree.end[root] - root),
                loops=int(measured.counts["loops"][root]),
                values=pooled[k],
                raw=raw[k],
                low=low[k],
                high=high[k],
                mode=mode,
                p_mode=p_mode,
                coverage=coverages[k],
                null={name: value for name, value in null[k].items() if name in NULLS},
                chances=_chances(drawn.chances[:, k]) if drawn else {},
                weak_parts=_weak(pooled[k], parameters.parts),
            )
        )
    return out


def _chances(chances: np.ndarray) -> dict[str, float | None]:
    known = not np.isnan(chances).any()
    return {str(mode): float(chances[number]) if known else None for number, mode in enumerate(MODES)}


def _weak(values: dict[str, float | None], parts: tuple[str, ...]) -> tuple[str, ...]:
    # the label names every part under .5
    each = {part: values[f"H_{part}"] for part in PARTS if part in parts}
    return tuple(part for part, value in each.items() if value is not None and value < HALF)


def _null(measured: Measured, roots: np.ndarray, drawn: Ranges) -> Null:
    parameters, charged = measured.parameters, measured.charged
    return find_null(
        measured.tree,
        charged.pairs,
        roots,
        found=drawn.values[-len(PARTS) :],
        needed=charged.needed,
        parts=parameters.parts,
        weights=parameters.weights,
        tau=parameters.tau,
        draws=parameters.draws,
        seed=parameters.seed,
    )


def _null_rows(null: Null, count: int) -> np.ndarray:
    # in the order of FIGURES; V has no null of its own
    return np.concatenate([np.full((len(FIGURES) - len(PARTS) - 1, count), np.nan), null.h[None], null.parts])


def _values(measured: Measured, roots: np.ndarray, tau: float) -> list[dict[str, float | None]]:
    parameters = measured.parameters
    v = measure_v(measured.tree, measured.charged.lines, roots, tau)
    h = measure_h(measured.tree, measured.blocks, roots, parameters.parts, tau, weights=parameters.weights)
    return _columns(np.concatenate([v, h]))


def _columns(values: np.ndarray) -> list[dict[str, float | None]]:
    return [
        {name: None if value != value else value for name, value in zip(FIGURES, row, strict=True)}  # noqa: PLR0124
        for row in values.T.tolist()
    ]


def _draw(measured: Measured, roots: np.ndarray) -> Ranges:
    parameters, charged = measured.parameters, measured.charged
    sampler = make_sampler(
        measured.tree,
        charged.lines,
        measured.blocks,
        pairs=charged.pairs,
        tau=parameters.tau,
        draws=parameters.draws,
        seed=parameters.seed,
    )
    return find_ranges(sampler, roots, parts=parameters.parts, weights=parameters.weights)


def _coverages(measured: Measured, roots: np.ndarray) -> list[dict[str, object]]:
    by_name = shares(measured.counts, roots)
    counts = {
        name: measured.counts[name][roots].astype(np.int64).tolist()
        for name in ("outsiders", "horizontal", "reports_asked")
    }
    whole = _whole(measured)
    rows = zip(*by_name.values(), *counts.values(), strict=True)
    names = (*by_name, "outsiders", "horizontal_loops", "reports_asked")
    return [dict(zip(names, row, strict=True)) | whole for row in rows]


def _whole(measured: Measured) -> dict[str, object]:
    threads, parameters = measured.threads, measured.parameters
    aside = sum(threads.set_aside.values())
    return {
        "set_aside": aside / threads.rows if threads.rows else None,
        "set_aside_rows": aside,
        "set_aside_reasons": {reason: count for reason, count in threads.set_aside.items() if count},
        "need": measured.has_need,
        "parts": list(parameters.parts),
        "weights": list(parameters.weights),
        "programme": parameters.programme,
        "covers": list(parameters.covers or ()),
    }
