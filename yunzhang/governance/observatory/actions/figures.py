"""The facet "figures": V, H, ranges, mode, what stands beside, and the edges that hold V back, of every unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.terms import FIGURES, Figures, Gain

__all__ = ["build_figures", "with_what_is_known"]
SHOWN_EDGES = 5
EVERY_UNIT_EDGE = ("territorial", "functional")


def build_figures(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the figures of every unit with units below, and of the others what they owed; range as `Figures`."""
    measured, number = material.measured, material.number
    nodes = {unit: node for node, unit in enumerate(measured.tree.ids)}
    names = dict(zip(measured.tree.ids, measured.tree.names, strict=True))
    for figures in measured.figures():
        yield number(figures.unit), _row(material, figures, nodes[figures.unit], names)
    tree = measured.tree
    for node in np.flatnonzero(tree.end - np.arange(tree.count) == 1).tolist():
        yield number(tree.ids[node]), {"own": _own(measured, node)}


def _row(material: Material, figures: Figures, node: int, names: dict[str, str]) -> dict[str, Any]:
    edges = material.measured.edge_gains(node)[:SHOWN_EDGES]
    return {
        "name": figures.name,
        "units": figures.units,
        "loops": figures.loops,
        "values": figures.values,
        "raw": figures.raw,
        "low": _at_most(figures.low, figures.values),
        "high": _at_least(figures.high, figures.values),
        "mode": str(figures.mode),
        "p_mode": figures.p_mode,
        "chances": figures.chances,
        "null": figures.null,
        "coverage": figures.coverage,
        "bottlenecks": [_edge(material, edge, names) for edge in edges],
        "own": _own(material.measured, node),
    }


def _at_most(low: dict[str, float | None], values: dict[str, float | None]) -> dict[str, float | None]:
    # draws of thin edges lie below the figure (a mean of roots); until ranges are calibrated, one holds its figure
    return {name: None if end is None else min(end, values[name] or 0.0) for name, end in low.items()}


def _at_least(high: dict[str, float | None], values: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if end is None else max(end, values[name] or 0.0) for name, end in high.items()}


def _edge(material: Material, edge: Gain, names: dict[str, str]) -> dict[str, Any]:
    lower, upper = material.number(edge.unit), material.number(edge.upper)
    ends = {"unit": lower, "upper": upper, "name": names[edge.unit], "upper_name": names[edge.upper]}
    return {"line": edge.line, **ends, "gain": edge.gain, "s": edge.met, "n": edge.due}


def _own(measured: rules.Measured, node: int) -> dict[str, list[float]]:
    lines = dict(zip(EVERY_UNIT_EDGE, measured.charged.lines, strict=True))
    return {
        name: [float(line.s[:, node].sum()), float(line.asked[:, node].sum())]
        for name, line in lines.items()
        if line.up[node] >= 0
    }


def without_h(row: dict[str, Any]) -> dict[str, Any]:
    """Return figures whose H is missing: nothing horizontal stood in the window, so no mode is named (axiom A4)."""
    if "values" not in row:
        return row
    missing = {name: None for name in FIGURES if name.startswith("H")}
    cut = {name: row[name] | missing for name in ("values", "raw", "low", "high")}
    return row | cut | {"mode": "undecided", "p_mode": None, "chances": {}, "null": {}}


def without_v(row: dict[str, Any]) -> dict[str, Any]:
    """Return figures whose V is missing: the log covers no line at all, so its 0 would be silence of the log, not of
    the lines; no mode is named and nothing is said to be stuck."""
    if "values" not in row:
        return row
    missing = {name: None for name in FIGURES if name.startswith("V")}
    cut = {name: row[name] | missing for name in ("values", "raw", "low", "high")}
    return row | cut | {"mode": "undecided", "p_mode": None, "chances": {}, "bottlenecks": []}


def with_what_is_known(row: dict[str, Any], *, has_v: bool, has_h: bool) -> dict[str, Any]:
    """Return figures without what the log cannot tell."""
    row = row if has_v else without_v(row)
    return row if has_h else without_h(row)
