"""The vertical half of "why": gains of edges, units, leaders and levels, level curves, reach, chains, programmes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.actions.why.columns import Sides
from yunzhang.governance.observatory.actions.why.leaders import Leaders
from yunzhang.governance.observatory.rules import stalls
from yunzhang.governance.observatory.rules.coverage import is_silent
from yunzhang.governance.observatory.rules.gain_ranges import draw_gains, ranges_of
from yunzhang.governance.observatory.rules.gains import edge_gain, gain_rows
from yunzhang.governance.observatory.terms import CLASSES, LINES

SHOWN = 5
DRAWS = 200
LEAST = 1e-9  # gains below this are rounding
type_edges = list[tuple[int, int]]  # number of the line, node of the debtor


class Lines:
    """Everything vertical of one log, counted once for all units."""

    def __init__(self, material: Material, sides: Sides, leaders: Leaders) -> None:
        """Count levels, reach, chains and programmes of every sub-tree."""
        measured = material.measured
        self._material, self._measured, self._leaders, self._sides = material, measured, leaders, sides
        tree, charged, threads = measured.tree, measured.charged, measured.threads
        self._levels = [stalls.count_levels(tree, line).counts for line in charged.lines]
        self._reach = [stalls.measure_reach(tree, line) for line in charged.lines]
        self._silent = [is_silent(line) for line in charged.lines]
        above, programme = sides.above, sides.programme
        self._chains = None if above is None else stalls.count_chains(tree, threads, charged, above)
        groups = len(sides.programmes)
        self._programmes = None if programme is None else stalls.count_groups(tree, threads, charged, programme, groups)

    def body(self, root: int) -> dict[str, Any]:
        """Return the vertical half of a unit's facet."""
        measured = self._measured
        gains: dict[str, Any] = {name: [] for name in ("edges", "units", "leaders", "stages")}
        if measured.parameters.covers:  # a log without any line of command tells nothing of what mending one would lift
            rows = gain_rows(measured.tree, measured.charged, root, measured.parameters.tau)
            gains = {
                "edges": self._edges(root, rows),
                "units": self._units(root, rows),
                "leaders": self._leading(root, rows),
                "stages": self._stages(root, rows),
            }
        return gains | {
            "levels": {name: self._curve(number, root) for number, name in enumerate(LINES)},
            "reach": {name: self._reached(number, root) for number, name in enumerate(LINES)},
            "chains": self._survival(root),
            "programmes": self._by_programme(root),
        }

    def _node(self, x: int) -> dict[str, Any]:
        tree = self._measured.tree
        return {"unit": self._material.number(tree.ids[x]), "name": tree.names[x]}

    def _ranges(self, root: int, groups: list[type_edges]) -> list[tuple[float, float]]:
        measured = self._measured
        edges = [edge for group in groups for edge in group]
        settings = {"tau": measured.parameters.tau, "draws": DRAWS, "seed": measured.parameters.seed}
        drawn = draw_gains(measured.tree, measured.charged, root, edges, **settings)  # type: ignore[arg-type]
        ends = np.cumsum([0, *(len(group) for group in groups)])
        sums = [drawn[a:b].sum(axis=0) for a, b in pairwise(ends)]
        return ranges_of(np.array(sums).reshape(len(groups), DRAWS))

    def _ranged(self, root: int, found: list[tuple[float, type_edges, dict[str, Any]]]) -> list[dict[str, Any]]:
        best = sorted((one for one in found if one[0] > LEAST), key=lambda one: (-one[0], one[2]["unit"]))[:SHOWN]
        ranges = self._ranges(root, [edges for _, edges, _ in best])
        return [
            about | {"gain": _short(gain), "low": _short(min(low, gain)), "high": _short(max(high, gain))}
            for (gain, _, about), (low, high) in zip(best, ranges, strict=True)
        ]

    def _edges(self, root: int, rows: np.ndarray) -> list[dict[str, Any]]:
        measured, found = self._measured, []
        for number, x in _largest(rows):
            node = x + root
            gain = edge_gain(measured.tree, measured.charged, number, node, float(rows[number, x]))
            upper = self._node(int(measured.charged.lines[number].up[node]))
            about = self._node(node) | {"line": LINES[number], "upper": upper["unit"], "upper_name": upper["name"]}
            asked = float(measured.charged.lines[number].asked[:, node].sum())
            about |= {"met": gain.met, "due": gain.due, "asked": asked}
            found.append((gain.gain, [(number, node)], about))
        return self._ranged(root, found)

    def _units(self, root: int, rows: np.ndarray) -> list[dict[str, Any]]:
        whole = rows.sum(axis=0)
        found = []
        for _, x in _largest(whole[None, :]):
            edges = [(number, x + root) for number in range(len(rows)) if rows[number, x] > 0]
            found.append((float(whole[x]), edges, self._node(x + root)))
        return self._ranged(root, found)

    def _leading(self, root: int, rows: np.ndarray) -> list[dict[str, Any]]:
        lines, stop = self._measured.charged.lines, int(self._measured.tree.end[root])
        below: dict[int, type_edges] = {}
        for number, x in zip(*np.nonzero(rows > 0), strict=True):
            below.setdefault(int(lines[number].up[x + root]), []).append((int(number), int(x) + root))
        found = []
        for upper, edges in below.items():
            if root <= upper < stop:
                found.append(self._led(root, upper, edges, rows, self._leaders.titles.get(upper, [])))
                for title, units in self._leaders.sectors.get(upper, []):
                    mine = [edge for edge in edges if edge[1] in units]
                    found.append(self._led(root, upper, mine, rows, [title]))
        return self._ranged(root, found)

    def _led(
        self, root: int, upper: int, edges: type_edges, rows: np.ndarray, titles: list[str]
    ) -> tuple[float, type_edges, dict[str, Any]]:
        gain = float(sum(rows[number, node - root] for number, node in edges))
        return gain, edges, self._node(upper) | {"titles": titles, "edges": len(edges)}

    def _stages(self, root: int, rows: np.ndarray) -> list[dict[str, Any]]:
        # by line and level, the gain if every edge of that level were whole, the largest first; how much of it lies in
        # edges along which nothing at all was asked
        tree = self._measured.tree
        inside = slice(root, int(tree.end[root]))
        level = tree.depth[inside] - tree.depth[root]
        found: list[dict[str, Any]] = []
        for number, name in enumerate(LINES):
            silent = self._silent[number][inside] & (rows[number] > 0)
            sums, quiet = np.bincount(level, rows[number]), np.bincount(level, rows[number] * silent)
            counts = np.bincount(level, silent)
            for k in np.flatnonzero(sums > LEAST).tolist():
                about = {"line": name, "level": k, "gain": _short(sums[k]), "silent_gain": _short(quiet[k])}
                found.append(about | {"silent": int(counts[k])} | self._asked(number, root, k))
        return sorted(found, key=lambda stage: -float(stage["gain"]))[:SHOWN]

    def _asked(self, number: int, root: int, level: int) -> dict[str, int]:
        counts = self._levels[number]
        if level > counts.shape[3]:
            return {"asked": 0, "met": 0}
        asked, met = counts[3:, :, root, level - 1].sum(axis=1).tolist()
        return {"asked": int(asked), "met": int(met)}

    def _curve(self, number: int, root: int) -> list[dict[str, Any]]:
        counts = self._levels[number][:, :, root]
        deepest = int(np.flatnonzero(counts[0, 0] > 0).max(initial=-1)) + 1
        return [
            {
                kind: dict(zip(stalls.COUNTED, counts[:, k, level].astype(int).tolist(), strict=True))
                for k, kind in enumerate(CLASSES)
            }
            for level in range(deepest)
        ]

    def _reached(self, number: int, root: int) -> list[list[float]]:
        reach = self._reach[number]
        units, linked, chances = reach.units[root], reach.linked[root], reach.chances[root]
        deepest = int(np.flatnonzero(units > 0).max(initial=-1)) + 1
        return [[int(units[k]), int(linked[k]), _short(chances[k])] for k in range(deepest)]

    def _survival(self, root: int) -> list[list[float]] | None:
        if self._chains is None:
            return None
        at_risk, met = self._chains.at_risk[root], self._chains.met[root]
        found = stalls.survive(at_risk, met)
        if len(found) < 2:  # nothing was split on below
            return None
        return [[int(at_risk[k]), int(met[k]), *(_short(value) for value in values)] for k, values in enumerate(found)]

    def _by_programme(self, root: int) -> list[dict[str, Any]]:
        if self._programmes is None:
            return []
        asked, met = self._programmes[:, :, root].astype(int).tolist()
        return [
            {"name": name, "levels": [list(pair) for pair in zip(asked[k], met[k], strict=True)]}
            for k, name in enumerate(self._sides.programmes)
            if sum(asked[k])
        ]


def _largest(rows: np.ndarray) -> type_edges:
    # the places of the largest values, one more than is shown so that ties are settled by the caller
    flat = rows.ravel()
    most = min(SHOWN + 1, len(flat))
    best = np.argpartition(-flat, most - 1)[:most].tolist() if most else []
    return [(k // rows.shape[1], k % rows.shape[1]) for k in best]


def _short(value: float) -> float:
    return round(float(value), 6)
