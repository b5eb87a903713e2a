"""The mode plane: one's own unit is always named, peers never; names are escaped; the ribbon is in the picture."""

from __future__ import annotations

import random

import pytest

from yunzhang.governance.observatory.pages.plane import Dot, draw_plane

WORDS = {
    name: name for name in ("title", "v", "h", "missing", "loose", "authoritative", "cooperative", "collaborative")
}


@pytest.mark.parametrize("has_h", [False, True])
@pytest.mark.parametrize("size", [(620, 500), (350, 430)])
def test_own_is_named_and_peers_are_not(has_h, size):
    rng, dots = random.Random(1), []
    for k in range(60):
        v, h = rng.random(), rng.random() if has_h else None
        role = ("below", "peer")[k % 2]
        dots.append(Dot(role, v, (v, v), h, None if h is None else (h, h), f"<b>{k}" if role == "below" else ""))
    dots.append(Dot("own", 0.5, (0.4, 0.6), 0.5 if has_h else None, (0.4, 0.6) if has_h else None, "江州市"))
    picture = draw_plane(dots, size=size, words=WORDS, ribbon="模拟数据")
    assert ">江州市 0.50" in picture
    assert "模拟数据" in picture
    assert "<b>" not in picture
    assert picture.count('fill="#fff" stroke="#8b98ab"') == 30
    assert ("missing" in picture) is not has_h
    assert ("authoritative" in picture) is has_h
    assert "style=" not in picture
