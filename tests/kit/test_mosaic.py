"""Small multiples: every cell is drawn in its shape, the region of one outcome outlined, on wide and narrow screens."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from yunzhang.kit.mosaic import NARROW, WIDE, Mosaic, Scale, draw_mosaic

SVG = "{http://www.w3.org/2000/svg}"


def made(cells, **more):
    return Mosaic(
        **{
            "title": "图",
            "down": Scale("空缺", tuple(str(row) for row in range(len({down for down, _ in cells})))),
            "across": Scale("成本", tuple(str(column) for column in range(len({across for _, across in cells})))),
            "rows": (Scale("重试", ("0", "1")),),
            "columns": (Scale("ξ", ("1", "∞")),),
            "cells": cells,
            "marks": ("保留", "放弃", "难分", "付不起"),
            "small": "小",
            "outline": "粗线",
        }
        | more
    )


KEEP, GIVE, ALIKE, NOT = ((mark, True) for mark in range(4))
FOUR = {(0, 0): [[KEEP, KEEP], [KEEP, GIVE]], (0, 1): [[GIVE, GIVE], [ALIKE, NOT]]}


def paths(svg, **attributes):
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    found = root.iter(f"{SVG}path")
    return [
        each for each in found if all(each.get(name.replace("_", "-")) == value for name, value in attributes.items())
    ]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_cell_bears_the_shape_of_its_mark(width):
    svg = draw_mosaic(made(FOUR), width=width)
    for ground, count in (("#dff0ec", 3), ("#fde3cd", 3), ("#fff", 1), ("#eef0f4", 1)):
        (whole,) = paths(svg, fill=ground)
        assert whole.get("d").count("z") == count
    squares, rings = paths(svg, fill="#0f6b60"), paths(svg, stroke="#b93c08")
    assert max(one.get("d").count("z") for one in squares) == 3
    assert max(one.get("d").count("z") for one in rings) == 3
    assert f'viewBox="0 0 {width} ' in svg


def test_the_region_is_outlined_edge_by_edge():
    # one ring alone has four edges; two side by side have six together
    (outline,) = (one for one in paths(draw_mosaic(made(FOUR)), fill="none", stroke="#17263c"))
    assert len(re.findall("M", outline.get("d"))) == 4 + 6


def test_without_a_ring_nothing_is_outlined():
    assert not paths(draw_mosaic(made({(0, 0): [[KEEP, KEEP], [KEEP, KEEP]]})), fill="none", stroke="#17263c")


def test_what_is_less_sure_is_drawn_small():
    sure, unsure = (
        paths(draw_mosaic(made({(0, 0): [[(0, full)] * 2] * 2})), fill="#0f6b60")[-1].get("d") for full in (True, False)
    )
    wide, narrow = (float(re.search(r"h([\d.]+)", path)[1]) for path in (sure, unsure))
    assert narrow < 0.6 * wide


def test_words_are_escaped_and_say_what_each_shape_means():
    svg = draw_mosaic(made(FOUR, marks=("<b>", "放弃", "难分", "付不起")))
    assert "&lt;b&gt;" in svg
    texts = {each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314
    assert {"放弃", "难分", "付不起", "小", "粗线"} <= texts


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_drawn_outside_the_picture(width):
    cells = {(down, across): [[KEEP] * 2] * 2 for down in range(4) for across in range(4)}
    svg = draw_mosaic(made(cells), width=width)
    _, _, wide, high = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())
    for place in re.findall(r"M([\d.]+) ([\d.]+)", svg):
        assert 0 <= float(place[0]) <= wide
        assert 0 <= float(place[1]) <= high
