"""Trees to try: irregular ones, with one root or several, and what can be said of two units by walking up."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from yunzhang.governance.lab.rules.backbone import Backbone, make_backbone

# one root, branches of unlike depth and width
CROOKED = make_backbone(np.array([-1, 0, 1, 1, 3, 3, 0, 6, 7, 6, 0, 10, 11, 12, 11]))
# three roots: a small tree, a unit alone, a chain
WOOD = make_backbone(np.array([-1, 0, 0, 2, 2, -1, -1, 6, 7, 7]))


@st.composite
def woods(draw, most=14, roots=True):
    """A backbone in preorder: the superior of each unit is the one before it or one above that, or nobody."""
    parent = [-1]
    for unit in range(1, draw(st.integers(1, most))):
        above, ways = unit - 1, [-1] if roots else []
        while above >= 0:
            ways.append(above)
            above = parent[above]
        parent.append(draw(st.sampled_from(ways)))
    return make_backbone(np.array(parent))


def line_up(tree: Backbone, unit: int) -> list[int]:
    """The unit, its superior and so on up to the virtual unit -1 over the roots."""
    found = [unit]
    while found[-1] >= 0:
        found.append(int(tree.parent[found[-1]]))
    return found


def apart(tree: Backbone, a: int, b: int) -> tuple[int, int, int]:
    """(D, i, j): depth of the lowest superior in common, and how far below it a and b stand."""
    one, other = line_up(tree, a), line_up(tree, b)
    home = next(unit for unit in one if unit in other)
    several = int((tree.parent < 0).sum() > 1)
    depth = len(line_up(tree, home)) - 2 + several if home >= 0 else 0
    return depth, one.index(home), other.index(home)


def pairs_of(tree: Backbone) -> dict[tuple[int, int], tuple[int, int, int]]:
    """All pairs that are no edge of the tree, with their class (D, i, j), i <= j."""
    found = {}
    for a, b in combinations(range(tree.count), 2):
        if tree.parent[b] != a:
            deep, i, j = apart(tree, a, b)
            found[a, b] = (deep, min(i, j), max(i, j))
    return found
