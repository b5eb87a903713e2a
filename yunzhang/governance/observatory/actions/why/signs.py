"""The five symptoms of fragmentation and the risks that one log can show, as counts of every sub-tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from yunzhang.base.clock import day_of
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.actions.why.across import Across
from yunzhang.governance.observatory.actions.why.columns import Sides
from yunzhang.governance.observatory.rules import matrix, symptoms
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, sums_below
from yunzhang.ground.org import actions as org

KINDS = ("vertical", "dual", "guidance")
MARKET = matrix.CLASSES.index("market")


class Signs:
    """Symptoms and risks of one log, counted once for all units."""

    def __init__(self, material: Material, sides: Sides, across: Across) -> None:
        """Count all shares of every sub-tree."""
        measured = material.measured
        tree, threads, charged = measured.tree, measured.threads, measured.charged
        self._measured, self._across, self._seed = measured, across, measured.parameters.seed
        self._replanned = symptoms.count_replanned(tree, threads, charged)
        self._odd = symptoms.count_odd_limits(tree, threads, charged, sides.days, sides.group)
        self._trees = symptoms.count_sub_trees(tree, charged)
        self._overlap = symptoms.count_overlap(tree, threads, charged, sides.programme)
        self._guided = _count_guidance(material)
        government = tree.kind[: tree.count] == GOVERNMENT
        rows = np.stack([across.outside.has.any(axis=0), government]).astype(np.float64)
        self._dealing, self._governments = rows + sums_below(rows, tree.parent)

    def body(self, root: int) -> dict[str, Any]:
        """Return symptoms and risks of a unit as counts; None where the log cannot show one."""
        return {"symptoms": self._symptoms(root), "risks": self._risks(root)}

    def _symptoms(self, root: int) -> dict[str, Any]:
        outside, has_h = self._across.outside, self._across.has_h
        governments, dealing = (int(row[MARKET, root]) for row in (outside.governments, outside.dealing))
        return {
            "planning": _pair(self._replanned, root),
            "balance": self._balance(root),
            "standards": _pair(self._odd, root),
            "sharing": _pair(self._across.unmet, root) if has_h else None,
            "market": [governments - dealing, governments] if has_h else None,
        }

    def _balance(self, root: int) -> dict[str, Any] | None:
        below = self._across.pairs.children(root)
        sisters = below[self._measured.tree.kind[below] == GOVERNMENT]
        met, asked = self._trees
        found = symptoms.spread_of(met[sisters], asked[sisters], seed=self._seed)
        if found is None:
            return None
        return {
            "distance": round(found.distance, 6),
            "chance": round(found.chance, 6),
            "places": found.places,
            "met": int(found.met),
            "asked": int(found.asked),
        }

    def _risks(self, root: int) -> dict[str, Any]:
        overlap = self._overlap
        governments = int(self._governments[root])
        return {
            "overlap": {
                "two_lines": _pair(overlap.two_lines, root),
                "two_askers": _pair(overlap.two_askers, root),
                "strange": _pair(overlap.strange, root),
                "same_programme": None if overlap.same_programme is None else _pair(overlap.same_programme, root),
                "guidance": {kind: int(row[root]) for kind, row in self._guided.items()},
            },
            "outsiders": [governments - int(self._dealing[root]), governments]
            if self._across.has_h and governments
            else None,
        }


def _pair(counts: symptoms.type_counts, root: int) -> list[int] | None:
    upper, lower = int(counts[0][root]), int(counts[1][root])
    return [upper, lower] if lower else None


def _count_guidance(material: Material) -> dict[str, np.ndarray]:
    # of the office: units below each unit by how another body guides them; a unit table says only that one does
    tree = material.measured.tree
    if material.study:
        return {}
    guided = np.flatnonzero(tree.guide >= 0)
    lines = org.find_lines([material.number(tree.ids[x]) for x in guided], on=day_of(material.at))
    kinds = {node: _kind(lines[material.number(tree.ids[node])]) for node in guided.tolist()}
    rows = np.zeros((len(KINDS), tree.count))
    for node, kind in kinds.items():
        if kind in KINDS:
            rows[KINDS.index(kind), node] = 1.0
    return dict(zip(KINDS, sums_below(rows, tree.parent), strict=True))


def _kind(line: Any) -> str:
    return str(line.guides[0][1]) if line.guides else ""
