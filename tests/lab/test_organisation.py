"""The organisation picture: what it shows of a government, what is chosen, and that names are never markup."""

from __future__ import annotations

import re
from typing import Any

import pytest

from yunzhang.governance.lab.pages.organisation import View, draw_organisation, look_at, shorten

ROWS: list[dict[str, Any]] = [
    {"id": "1", "parent": None, "kind": "government", "jurisdiction": "1", "name": "江州市人民政府"},
    {"id": "2", "parent": "1", "kind": "department", "jurisdiction": "1", "name": "江州市财政局"},
    {"id": "3", "parent": "1", "kind": "department", "jurisdiction": "1", "name": "江州市税务局"},
    {"id": "4", "parent": "1", "kind": "government", "jurisdiction": "4", "name": "甲区人民政府"},
    {"id": "5", "parent": "4", "kind": "department", "jurisdiction": "4", "name": "甲区财政局"},
    {"id": "6", "parent": "4", "kind": "government", "jurisdiction": "6", "name": "甲区一街道办事处"},
]


def look(unit: str = "1", *chosen: str) -> View:
    return look_at(ROWS, unit, set(chosen), {"3"}, top="1")


def test_it_shows_a_unit_with_those_directly_below_in_their_order() -> None:
    view = look()
    assert (view.head.name, view.way) == ("江州市", ())
    assert [tile.name for tile in view.departments] == ["财政局", "税务局"]
    assert [(tile.name, tile.below) for tile in view.places] == [("甲区", 2)]
    assert [tile.id for tile in view.deeper] == ["4"]
    assert [tile.is_vertical for tile in view.departments] == [False, True]


def test_further_down_the_way_back_is_shown_and_what_is_chosen_elsewhere() -> None:
    view = look("4", "2", "5")
    assert [tile.id for tile in view.way] == ["1"]
    assert [tile.name for tile in (*view.departments, *view.places)] == ["财政局", "一街道"]
    assert [tile.is_chosen for tile in view.departments] == [True]
    assert [tile.id for tile in view.elsewhere] == ["2"]


def test_bodies_beside_the_government_stand_with_their_place() -> None:
    party = {"id": "7", "parent": None, "kind": "department", "jurisdiction": "1", "name": "中共江州市委员会"}
    lower = {"id": "8", "parent": "7", "kind": "department", "jurisdiction": "4", "name": "中共甲区委员会"}
    tax = {"id": "9", "parent": "3", "kind": "department", "jurisdiction": "4", "name": "甲区税务局"}
    rows = [party, *ROWS, lower, tax]
    city, county, branch = (look_at(rows, at, {"8"}, {"9"}, top="1") for at in ("", "4", "7"))
    assert city.head.id == "1", "the place, not what comes first in the table"
    assert [tile.id for tile in city.beside] == ["7"]
    assert [tile.id for tile in county.beside] == ["8", "9"]
    assert [tile.is_vertical for tile in county.beside] == [False, True]
    assert [tile.id for tile in county.way] == ["1"]
    assert [tile.id for tile in branch.way] == ["1"], "and back to the place"
    assert [tile.id for tile in city.elsewhere] == ["8"]
    assert "同级其他机关" in draw_organisation(county, width="wide")


@pytest.mark.parametrize("unknown", ["", "99", "x"])
def test_an_unknown_unit_shows_the_top(unknown: str) -> None:
    assert look(unknown).head.id == "1"


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_picture_has_one_tile_a_unit_and_marks_by_shape(width: str) -> None:
    drawn = draw_organisation(look("1", "2"), width=width)
    assert re.findall(r'data-unit="(\d+)"', drawn) == ["1", "2", "3", "4"]
    assert re.findall(r'class="(org-tile[^"]*)" data-unit="2"', drawn) == ["org-tile is-chosen"]
    assert drawn.count("org-tick") == 4, "every tile has its tick; the style shows it on chosen ones"


def test_tiles_lie_inside_and_do_not_touch() -> None:
    rows = [
        ROWS[0],
        *(
            {"id": str(n), "parent": "1", "kind": "department", "jurisdiction": "1", "name": f"局{n}"}
            for n in range(9, 40)
        ),
    ]
    for width, right in (("wide", 1080), ("narrow", 350)):
        drawn = draw_organisation(look_at(rows, "1", (), (), top="1"), width=width)
        found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="(\d+)"', drawn)
        boxes = [tuple(map(float, one)) for one in found]
        assert all(x >= 0 and x + wide <= right for x, _, wide, _ in boxes)
        for turn, (x, y, wide, tall) in enumerate(boxes):
            for a, b, _, _ in boxes[:turn]:
                assert abs(a - x) >= wide or abs(b - y) >= tall


def test_a_name_is_cut_to_its_tile_and_never_markup() -> None:
    rows = [ROWS[0], {"id": "2", "parent": "1", "kind": "department", "jurisdiction": "1", "name": "<i>" + "很" * 40}]
    drawn = draw_organisation(look_at(rows, "1", (), (), top="1"), width="narrow")
    assert "<i>" not in drawn
    assert "…" in drawn


def test_short_names() -> None:
    assert shorten("江州市人民政府", "") == "江州市"
    assert shorten("江州市人民政府办公厅", "江州市人民政府") == "政府办公厅"
    assert shorten("甲局", "甲人民政府") == "甲局", "too short to lose its place"
