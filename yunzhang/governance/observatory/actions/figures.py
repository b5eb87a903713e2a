"""Figures kept ready for pages: measured anew by the worker, looked up by unit; who may see a unit's placement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from yunzhang.base.clock import day_of
from yunzhang.base.ids import path_ids
from yunzhang.governance.observatory import rules, store
from yunzhang.governance.observatory.actions.measuring import find_measure, window_of
from yunzhang.governance.observatory.terms import FIGURES, ROOTS, Gain, NotYours, Parameters
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty, Line, Standing

__all__ = [
    "Snapshot",
    "find_bottlenecks",
    "find_figures",
    "find_newest",
    "find_own_unit",
    "find_snapshot",
    "list_figures",
    "refresh_figures",
    "refresh_when_due",
    "verify_may_see",
]
SHOWN_EDGES = 5
EVERY_UNIT_EDGE = ("territorial", "functional")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was measured, when and how; `has_h` is false while no horizontal matter or need row is in the window."""

    id: int
    from_at: datetime
    to_at: datetime
    taken_at: datetime
    size: int
    tau: float
    draws: int
    seed: int
    covers: tuple[str, ...]
    has_h: bool


def refresh_figures(at: datetime) -> int:
    """Measure the office's ledger in its standard window before `at` and keep the figures; return how many units."""
    measured = find_measure(Parameters(), at=at)
    begins, ends = window_of(at)
    parameters = measured.parameters
    lateral = bool((measured.counts["horizontal"][0] if measured.tree.count else 0) > 0)
    facts = {
        "tau": parameters.tau,
        "draws": parameters.draws,
        "seed": parameters.seed,
        "covers": list(parameters.covers or ()),
        "has_h": lateral or measured.has_need,
    }
    rows = [(_number(figures.unit), _row(measured, figures)) for figures in measured.figures()]
    rows += [(_number(unit), row) for unit, row in _leaves(measured)]
    store.save(facts, rows, from_at=begins, to_at=ends, taken_at=at, size=_size())
    return len(rows)


def refresh_when_due(at: datetime) -> int:
    """Measure anew where the ledger grew or the month turned since the last time; return how many units, or 0."""
    last = find_snapshot()
    if last is not None and last.size == _size() and last.to_at == window_of(at)[1]:
        return 0
    return refresh_figures(at)


def _size() -> int:
    checkpoint = ledger.find_checkpoint()
    return 0 if checkpoint is None else checkpoint.size


def _number(unit: str) -> int:
    return 0 if unit == ROOTS else int(unit)


def _row(measured: rules.Measured, figures: Any) -> dict[str, Any]:
    root = 0 if figures.unit == ROOTS else measured.tree.ids.index(figures.unit)
    edges = measured.edge_gains(root)[:SHOWN_EDGES]
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
        "coverage": figures.coverage,
        "bottlenecks": [_edge(edge) for edge in edges],
        "own": _own(measured, root),
    }


def _at_most(low: dict[str, float | None], values: dict[str, float | None]) -> dict[str, float | None]:
    # draws of thin edges lie below the figure (a mean of roots); until ranges are calibrated, one holds its figure
    return {name: None if end is None else min(end, values[name] or 0.0) for name, end in low.items()}


def _at_least(high: dict[str, float | None], values: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if end is None else max(end, values[name] or 0.0) for name, end in high.items()}


def _edge(edge: Gain) -> dict[str, Any]:
    return {"line": edge.line, "unit": edge.unit, "upper": edge.upper, "gain": edge.gain, "s": edge.met, "n": edge.due}


def _own(measured: rules.Measured, node: int) -> dict[str, list[float]]:
    lines = dict(zip(EVERY_UNIT_EDGE, measured.charged.lines, strict=True))
    return {
        name: [float(line.s[:, node].sum()), float(line.asked[:, node].sum())]
        for name, line in lines.items()
        if line.up[node] >= 0
    }


def _leaves(measured: rules.Measured) -> list[tuple[str, dict[str, Any]]]:
    tree = measured.tree
    leaves = np.flatnonzero(tree.end - np.arange(tree.count) == 1)
    return [(tree.ids[node], {"own": _own(measured, int(node))}) for node in leaves.tolist()]


def find_snapshot() -> Snapshot | None:
    """Return the newest measuring, or None before the first."""
    return _snapshot(store.newest())


def _snapshot(found: Any) -> Snapshot | None:
    if found is None:
        return None
    number, begins, ends, taken, size, facts = found
    return Snapshot(number, begins, ends, taken, size, **(facts | {"covers": tuple(facts["covers"])}))


def find_newest(units: Iterable[int]) -> tuple[Snapshot | None, dict[int, dict[str, Any]]]:
    """Return the newest measuring and the figures of those units in it, H left out as `list_figures` does."""
    found, rows = store.newest_of(units)
    snapshot = _snapshot(found)
    whole = snapshot is not None and snapshot.has_h
    return snapshot, rows if whole else {unit: _without_h(row) for unit, row in rows.items()}


def list_figures(snapshot: Snapshot, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the figures of those units, H left out while the window holds nothing horizontal."""
    found = store.figures_of(snapshot.id, units)
    return found if snapshot.has_h else {unit: _without_h(row) for unit, row in found.items()}


def _without_h(row: dict[str, Any]) -> dict[str, Any]:
    if "values" not in row:
        return row
    missing = {name: None for name in FIGURES if name.startswith("H")}
    cut = {name: row[name] | missing for name in ("values", "raw", "low", "high")}
    return row | cut | {"mode": "undecided", "p_mode": None}


def find_figures(snapshot: Snapshot, unit: int) -> dict[str, Any] | None:
    """Return the figures of one unit, or None where it has none."""
    return list_figures(snapshot, [unit]).get(unit)


def find_bottlenecks(figures: dict[str, Any]) -> list[Gain]:
    """Return the at most five edges inside a unit's own sub-tree that hold V back most."""
    edges = figures.get("bottlenecks", ())
    return [Gain(edge["line"], edge["unit"], edge["upper"], edge["gain"], edge["s"], edge["n"]) for edge in edges]


def find_own_unit(by: Acting, *, at: datetime) -> int:
    """Return the unit whose page opens first: the government whose office one is, else one's own unit."""
    standing = org.find_standing(by, on=day_of(at))
    return standing.office_of or standing.unit


def verify_may_see(by: Acting, unit: int, *, at: datetime) -> None:
    """Return nothing where one may see a unit's placement: itself, its superior lines, the office of its place.

    Raises NotYours, for a peer as for any other, and UnknownUnit.
    """
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    if not _sees(standing, org.find_lines([unit], on=on)[unit]):
        raise NotYours


def _sees(standing: Standing, line: Line) -> bool:
    if standing.duty is Duty.ADMINISTRATOR:
        return False
    above = {*path_ids(line.path), *(guide for guide, _ in line.guides)}
    mine = {standing.unit} if standing.office_of is None else {standing.unit, standing.office_of}
    return bool(mine & above) or (standing.office_of is not None and standing.office_of == line.jurisdiction)
