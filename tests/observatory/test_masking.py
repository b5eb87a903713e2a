"""What a masked export publishes: no combination of its rows tells about fewer than five units."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yunzhang.governance.observatory.rules.masking import COMPLEMENTARY, SMALL, list_withheld, residuals


@st.composite
def trees(draw):
    """A tree in preorder: where each sub-tree ends."""
    count = draw(st.integers(1, 45))
    depth = [0]
    for _ in range(count - 1):
        depth.append(draw(st.integers(1, depth[-1] + 1)))
    return np.array([next((j for j in range(x + 1, count) if depth[j] <= depth[x]), count) for x in range(count)])


@given(trees())
def test_no_published_row_and_no_difference_is_about_fewer_than_five(end):
    count = len(end)
    roots = np.flatnonzero(end - np.arange(count) > 1)
    held = list_withheld(roots, end)
    published = [int(root) for root in roots if int(root) not in held]
    assert {root for root in published if end[root] - root < 5} == set()
    assert all(rest >= 5 for rest in residuals(roots, end, held).values())
    assert set(held.values()) <= {SMALL, COMPLEMENTARY}
    # whatever is summed over units and combined from published rows gives some residual a whole, never a part of it:
    # the rows span exactly the residuals, so no set of one to four units can be singled out
    cells = [frozenset(range(root, end[root])) for root in published]
    parts: dict[tuple[bool, ...], set[int]] = {}
    for unit in range(count):
        parts.setdefault(tuple(unit in cell for cell in cells), set()).add(unit)
    assert all(len(units) >= 5 for inside, units in parts.items() if any(inside))


def test_withholds_no_more_than_it_must():
    # a county with six towns beside five departments: both sub-trees may stand
    end = np.array([13, 7, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    assert list_withheld(np.array([0, 1]), end) == {}
    # one sister of three, small, is withheld; subtracting the two others leaves it with its head and no more
    end = np.array([16, 7, 3, 4, 5, 6, 7, 13, 9, 10, 11, 12, 13, 16, 15, 16])
    assert list_withheld(np.array([0, 1, 7, 13]), end) == {1: COMPLEMENTARY, 13: SMALL}
