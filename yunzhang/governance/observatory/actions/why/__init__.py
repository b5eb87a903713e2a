"""The facet "why" of every unit that has children: what holds V and H back, where, and what the log cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.actions.why.across import Across
from yunzhang.governance.observatory.actions.why.columns import read_sides
from yunzhang.governance.observatory.actions.why.leaders import find_leaders
from yunzhang.governance.observatory.actions.why.lines import Lines
from yunzhang.governance.observatory.actions.why.signs import Signs

__all__ = ["build_why"]


def build_why(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return for every unit with children why its figures are what they are; ranges of counts are told by the page.

    Gains carry their range; at most five edges, units, leaders and blocks, all inside the unit's own sub-tree.
    """
    measured = material.measured
    tree = measured.tree
    sides = read_sides(material)
    lines = Lines(material, sides, find_leaders(material))
    across = Across(material)
    signs = Signs(material, sides, across)
    for root in tree.inner.tolist():
        body = lines.body(root) | across.body(root) | signs.body(root)
        body |= {"name": tree.names[root], "has_h": across.has_h, "blind": sides.blind | across.blind}
        yield material.number(tree.ids[root]), body
