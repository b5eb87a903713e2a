"""The horizontal half of "why": blocks that hold H back, pair matrices, pairs with demand unmet, absent classes."""

from __future__ import annotations

from typing import Any

from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.rules import matrix
from yunzhang.governance.observatory.rules.gain_ranges import block_range
from yunzhang.governance.observatory.rules.tree import GOVERNMENT
from yunzhang.governance.observatory.terms import PARTS, Gain

SHOWN = 5
DRAWS = 200
NAMED = 12  # governments named as dealing with nobody of a class


class Across:
    """Everything horizontal of one log, counted once for all units."""

    def __init__(self, material: Material) -> None:
        """Sort the pairs by superior and count who deals with which class outside."""
        measured = material.measured
        self._material, self._measured = material, measured
        self.has_h = bool(measured.counts["horizontal"][0] > 0) or measured.has_need
        self.pairs = matrix.PairsBelow(measured.tree, measured.charged.pairs, measured.charged.needed)
        self._place = {name: x for x, name in enumerate(measured.tree.ids[: measured.tree.count])}
        self.outside = matrix.count_outside(measured.tree, measured.threads, measured.charged)
        self.unmet = matrix.count_unmet_pairs(measured.tree, measured.charged.pairs, measured.charged.needed)

    @property
    def blind(self) -> dict[str, Any]:
        """What the log cannot show: whether parts have need rows of their own."""
        return {"needed": [part for part, some in zip(PARTS, self._measured.charged.needed, strict=True) if some]}

    def body(self, root: int) -> dict[str, Any]:
        """Return the horizontal half of a unit's facet; nothing but that it is missing where the log has none."""
        if not self.has_h:
            return {"blocks": [], "matrices": [], "outside": []}
        found = [self.pairs.matrix(root, part) for part in (matrix.DEPARTMENT, matrix.REGION)]
        return {
            "blocks": self._blocks(root),
            "matrices": [self._matrix(each) for each in found if each is not None],
            "outside": [self._class(number, root) for number in range(len(matrix.CLASSES))],
        }

    def _node(self, x: int) -> list[Any]:
        tree = self._measured.tree
        return [self._material.number(tree.ids[x]), tree.names[x], int(tree.kind[x] == GOVERNMENT)]

    def _matrix(self, found: matrix.Matrix) -> dict[str, Any]:
        place = {node: k for k, node in enumerate(found.blocks)}
        asked = [cell for cell in found.cells if cell.asked > 0 or (cell.ought and cell.need > 1)]
        dealing = {node for cell in found.cells if cell.asked > 0 for node in (cell.a, cell.b)}
        return {
            "part": found.part,
            "blocks": [self._node(node) for node in found.blocks],
            # asked, met, need, ought of pairs that have any; of the others it is enough to know how many ought
            "cells": [
                [
                    place[cell.a],
                    place[cell.b],
                    *(round(n, 2) for n in (cell.asked, cell.met, cell.need)),
                    int(cell.ought),
                ]
                for cell in asked
            ],
            "silent": [[place[cell.a], place[cell.b]] for cell in found.cells if cell.state == "silent"],
            "pairs": sum(cell.ought or cell.asked > 0 for cell in found.cells),
            "alone": [place[node] for node in found.blocks if node not in dealing],
        }

    def _class(self, number: int, root: int) -> dict[str, Any]:
        tree, outside = self._measured.tree, self.outside
        near = [root, *self.pairs.children(root).tolist()]
        places = [x for x in near if tree.kind[x] == GOVERNMENT]
        missing = [x for x in places if not (outside.has[number, x] if x == root else outside.asked[number, x] > 0)]
        return {
            "class": matrix.CLASSES[number],
            "asked": int(outside.asked[number, root]),
            "met": int(outside.met[number, root]),
            "distinct": int(outside.distinct[number, root]),
            "governments": int(outside.governments[number, root]),
            "dealing": int(outside.dealing[number, root]),
            "missing": [self._node(x) for x in missing[:NAMED]],
            "more": max(len(missing) - NAMED, 0),
        }

    def _blocks(self, root: int) -> list[dict[str, Any]]:
        measured = self._measured
        gains = measured.block_gains(root)
        parts = {part: [gain for gain in gains if gain.line == part] for part in PARTS}
        found = []
        for gain in gains[:SHOWN]:
            if gain.gain > 0:
                low, high = self._range(gain, parts[gain.line])
                number, name, _ = self._node(self._place[gain.unit])
                about = {"unit": number, "name": name, "part": gain.line, "met": gain.met, "due": gain.due}
                found.append(about | {"gain": round(gain.gain, 6), "low": round(low, 6), "high": round(high, 6)})
        return found

    def _range(self, gain: Gain, part: list[Gain]) -> tuple[float, float]:
        # the block's weight in H is what its gain would be from nought
        tau, seed = self._measured.parameters.tau, self._measured.parameters.seed
        due = sum(one.due for one in part)
        rate = sum(one.met for one in part) / due if due else 0.0
        missing = 1.0 - (gain.met + tau * rate) / (gain.due + tau)
        share = gain.gain / missing if missing > 0 else 0.0
        low, high = block_range(gain, rate, share, tau=tau, draws=DRAWS, seed=seed)
        return min(low, gain.gain), max(high, gain.gain)
