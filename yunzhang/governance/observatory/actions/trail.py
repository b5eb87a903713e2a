"""The facet "trail": a unit's trajectory by month with its range, its raw months, their changes, official acts in them.

And the facet "panel" under number 0: every unit's raw months, from which a before-and-after is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from yunzhang.governance.observatory.actions.figures import with_what_is_known
from yunzhang.governance.observatory.actions.interventions import Intervention, list_interventions
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.rules.changes import find_changes
from yunzhang.governance.observatory.rules.measuring import Measured
from yunzhang.governance.observatory.rules.monthly import Monthly, count_months
from yunzhang.governance.observatory.rules.trailing import LONG, Window, list_windows, measure_windows
from yunzhang.governance.observatory.terms import Figures
from yunzhang.ground.org import actions as org

__all__ = ["build_panel", "build_trail", "list_busiest"]
DRAWS = 24
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONE = timedelta(hours=8)
MOST_UNITS = 5_000  # of the panel: those with the most matters
MOST_TRAILS = 2_000  # likewise: a log so large that more units have others below is followed at its busiest alone
AXES = ("vertical", "horizontal")


def build_trail(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the trajectory of every unit with units below, over the trailing windows of its last 12 (24) months."""
    span = _span(material)
    if span is None:
        return
    windows = list_windows(*span)
    shown = list_busiest(material.measured, MOST_TRAILS)
    trails = _trails(material, windows, {material.measured.tree.ids[node] for node in shown})
    months = np.arange(max(span[0], span[1] - LONG + 1), span[1] + 1)
    measured = material.measured
    monthly = count_months(measured.tree, measured.threads, measured.charged, months)
    acts = _acts(material, int(months[0]), span[1])
    for node in shown:
        trail = trails.get(measured.tree.ids[node], _Trail())
        body = {"months": trail.points, "breaks": trail.breaks, "draws": DRAWS, "seed": material.parameters.seed}
        body["raw"] = _raw(monthly, node + 1, int(measured.tree.end[node]), material.parameters.seed)
        body["acts"] = _inside(acts, node, int(measured.tree.end[node]))
        yield material.number(measured.tree.ids[node]), body


def _span(material: Material) -> tuple[int, int] | None:
    # first month with anything due, and the last whole month of the window
    threads, to_at = material.measured.threads, material.parameters.to_at
    alive = threads.due[threads.alive]
    if not len(alive) or to_at is None:
        return None
    last = _month(to_at)
    first = _month(int(alive.min()))
    return (first, last) if first <= last else None


def _month(micros: int) -> int:
    day = EPOCH + timedelta(microseconds=micros - 1) + ZONE
    return day.year * 12 + day.month - 1 - 1970 * 12


@dataclass(slots=True)
class _Trail:
    points: list[dict[str, Any]] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)


def _trails(material: Material, windows: list[Window], shown: set[str]) -> dict[str, _Trail]:
    trails: dict[str, _Trail] = {}
    before: pa.Table | None = None
    for units, held in _by_tree(material, windows):
        moved = _moved(before, units)
        before = units
        parameters = replace(material.parameters, draws=min(DRAWS, material.parameters.draws))
        found = measure_windows(units, material.loops, held, parameters, need=material.need, due=material.due)
        for window, measured in zip(held, found, strict=True):
            has_h = measured.has_need or bool(measured.tree.count and measured.counts["horizontal"][0] > 0)
            sides = {"has_v": bool(measured.parameters.covers), "has_h": has_h}
            for figures in measured.figures(_roots(measured, shown)):
                trail = trails.setdefault(figures.unit, _Trail())
                if figures.unit in moved and window is held[0] and trail.points:
                    trail.breaks.append(_text(window.month))
                trail.points.append(_point(window, figures, len(trail.breaks), sides))
    return trails


def list_busiest(measured: Measured, most: int) -> list[int]:
    """Return the nodes with units below in preorder, at most so many: those with the most matters."""
    inner = measured.tree.inner
    if len(inner) > most:
        inner = np.sort(inner[np.argsort(-measured.counts["loops"][inner], kind="stable")[:most]])
    return [int(node) for node in inner]


def _roots(measured: Measured, shown: set[str]) -> np.ndarray:
    inner = measured.tree.inner
    if len(inner) <= MOST_TRAILS:
        return inner
    return np.array([node for node in inner.tolist() if measured.tree.ids[node] in shown], np.int64)


def _by_tree(material: Material, windows: list[Window]) -> list[tuple[pa.Table, list[Window]]]:
    # a study has one tree; the office has the tree of each window's last day
    if material.study or not windows:
        return [(material.units, windows)]
    trees = _trees([_last_day(window) for window in windows], {})
    groups: list[tuple[pa.Table, list[Window]]] = []
    for window, tree in zip(windows, trees, strict=True):
        if tree.num_rows == 0:
            continue
        if groups and groups[-1][0].equals(tree):
            groups[-1][1].append(window)
        else:
            groups.append((tree, [window]))
    return groups


def _trees(days: list[date], known: dict[date, pa.Table]) -> list[pa.Table]:
    # where the first and the last day have the same tree, those between have it too: moves and back within a year aside
    for day in (days[0], days[-1]):
        if day not in known:
            known[day] = org.unit_columns(day)
    if len(days) <= 2 or known[days[0]].equals(known[days[-1]]):
        return [known[days[0]]] * (len(days) - 1) + [known[days[-1]]]
    middle = len(days) // 2
    return _trees(days[: middle + 1], known)[:-1] + _trees(days[middle:], known)


def _last_day(window: Window) -> date:
    return (EPOCH + timedelta(microseconds=window.to_at - 1) + ZONE).date()


def _moved(before: pa.Table | None, after: pa.Table) -> set[str]:
    # every unit in whose sub-tree something was put elsewhere, added or ended
    if before is None:
        return set()
    old, new = _edges(before), _edges(after)
    found: set[str] = set()
    for unit in {*old, *new}:
        if old.get(unit) != new.get(unit):
            for edges in (old, new):
                node: str | None = unit
                while node and node not in found:
                    found.add(node)
                    node = edges.get(node, (None, None))[0]
                node = edges.get(unit, (None, None))[0]
                while node:
                    found.add(node)
                    node = edges.get(node, (None, None))[0]
    return found


def _edges(units: pa.Table) -> dict[str, tuple[str | None, str | None]]:
    columns = (units[name].to_pylist() for name in ("id", "parent", "guided_by"))
    return {unit: (parent, guide) for unit, parent, guide in zip(*columns, strict=True)}


def _point(window: Window, figures: Figures, period: int, sides: dict[str, bool]) -> dict[str, Any]:
    row = {
        "values": _short(figures.values),
        "raw": _short(figures.raw),
        "low": _short(_ends(figures.low, figures.values, min)),
        "high": _short(_ends(figures.high, figures.values, max)),
        "mode": str(figures.mode),
        "p_mode": figures.p_mode,
    }
    about = {"month": _text(window.month), "held": window.held, "loops": figures.loops, "period": period}
    return about | with_what_is_known(row | {"chances": {}}, **sides)


def _ends(
    ends: dict[str, float | None], values: dict[str, float | None], widest: Callable[[float, float], float]
) -> dict[str, float | None]:
    # a range holds its own figure, as on the page of the standard window
    return {name: None if end is None else widest(end, values[name] or 0.0) for name, end in ends.items()}


def _short(values: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def _text(month: int) -> str:
    year, number = divmod(month, 12)
    return f"{1970 + year}-{number + 1:02d}"


def _raw(monthly: Monthly, first: int, stop: int, seed: int) -> dict[str, Any]:
    met, due = monthly.inside(first, stop)
    series = {}
    for axis, name in enumerate(AXES):
        if due[axis].any():
            changes = [
                {"month": _text(int(monthly.months[one.month])), "before": one.before, "after": one.after}
                | {"chance": one.chance}
                for one in find_changes(met[axis], due[axis], seed=seed)
            ]
            series[name] = {"met": _whole(met[axis]), "due": _whole(due[axis]), "changes": changes}
    return {"months": [_text(month) for month in monthly.months.tolist()], "series": series}


def _whole(values: np.ndarray) -> list[int]:
    return [int(value) for value in values.tolist()]


def _acts(material: Material, first: int, last: int) -> list[tuple[Intervention, dict[int, int]]]:
    # each act with the nodes of its units, so that a sub-tree sees its own units alone
    if material.study:
        return []
    nodes = {unit: node for node, unit in enumerate(material.measured.tree.ids[: material.measured.tree.count])}
    found = list_interventions(first_month=first, last_month=last)
    return [(one, {nodes[str(unit)]: unit for unit in one.units if str(unit) in nodes}) for one in found]


def _inside(acts: list[tuple[Intervention, dict[int, int]]], first: int, stop: int) -> list[dict[str, Any]]:
    seen = [(one, [unit for node, unit in units.items() if first <= node < stop]) for one, units in acts]
    return [{"on": one.on.isoformat(), "kind": one.kind, "units": units} for one, units in seen if units]


def build_panel(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return under number 0 the raw months of every unit with matters, for comparisons; no unit is named here.

    `across` holds the same of horizontal matters, which agreements, channels and common leaders are about.
    """
    span = _span(material)
    if span is None:
        return
    measured = material.measured
    months = np.arange(max(span[0], span[1] - LONG + 1), span[1] + 1)
    monthly = count_months(measured.tree, measured.threads, measured.charged, months)
    told = {"months": [_text(month) for month in months.tolist()]}
    down, across = (_units_of(material, *monthly.each(measured.tree.end, axis)) for axis in (0, 1))
    yield 0, told | down | {"across": told | across}


def _units_of(material: Material, met: np.ndarray, due: np.ndarray) -> dict[str, Any]:
    tree = material.measured.tree
    totals = due.sum(axis=1)
    chosen = np.sort(np.argsort(-totals, kind="stable")[:MOST_UNITS])
    chosen = chosen[totals[chosen] > 0]
    return {
        "units": [material.number(tree.ids[node]) for node in chosen.tolist()],
        "level": tree.depth[chosen].tolist(),
        "kind": tree.kind[chosen].tolist(),
        "node": chosen.tolist(),
        "end": tree.end[chosen].tolist(),
        "met": [_whole(row) for row in met[chosen]],
        "due": [_whole(row) for row in due[chosen]],
    }
