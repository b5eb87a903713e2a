"""Where two parties stand: the table of design §1 by example, and what must hold of any pair."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.org.lines import World, world_of, worlds
from yunzhang.ground.org.rules import place_pair
from yunzhang.ground.org.terms import Branch, GuidanceKind, OwedToItself, Relation, UnitKind

PLACE = [
    {"unit": "市政府", "kind": "government"},
    {"unit": "市财政局", "parent": "市政府"},
    {"unit": "市税务局", "place": "市政府"},
    {"unit": "甲区政府", "kind": "government", "parent": "市政府"},
    {"unit": "乙县政府", "kind": "government", "parent": "市政府"},
    {"unit": "甲区财政局", "parent": "甲区政府", "guided_by": "市财政局"},
    {"unit": "乙县财政局", "parent": "乙县政府", "guided_by": "市财政局"},
    {"unit": "甲区税务局", "parent": "市税务局", "place": "甲区政府"},
    {"unit": "甲区财政所", "place": "甲区政府", "guided_by": "甲区财政局"},
    {"unit": "企业", "kind": "enterprise"},
    {"unit": "商会", "kind": "organisation"},
    {"unit": "居民", "kind": "citizen"},
    {"unit": "外省办公室", "kind": "external"},
]


@pytest.fixture(scope="module")
def place() -> World:
    return world_of(PLACE)


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("市政府", "甲区政府", Relation.TERRITORIAL),
        ("市政府", "甲区财政局", Relation.TERRITORIAL),
        ("市税务局", "甲区税务局", Relation.TERRITORIAL),
        ("市财政局", "甲区财政局", Relation.FUNCTIONAL),
        ("市财政局", "甲区财政所", Relation.FUNCTIONAL),
        ("市财政局", "市税务局", Relation.DEPARTMENT),
        ("甲区政府", "甲区税务局", Relation.DEPARTMENT),
        ("市税务局", "甲区财政局", Relation.DEPARTMENT),
        ("甲区政府", "乙县政府", Relation.REGION),
        ("甲区税务局", "乙县财政局", Relation.REGION),
        ("市政府", "企业", Relation.MARKET),
        ("市政府", "商会", Relation.SOCIETY),
        ("市政府", "居民", Relation.SOCIETY),
        ("市政府", "外省办公室", Relation.REGION),
    ],
)
def test_the_table(place: World, a: str, b: str, relation: Relation) -> None:
    placed = place_pair(place[a], place[b])
    vertical = relation in (Relation.TERRITORIAL, Relation.FUNCTIONAL)
    assert (placed.relation, placed.axis) == (relation, "vertical" if vertical else "horizontal")


@pytest.mark.parametrize("kind", ["need", "offer", "contract"])
def test_an_organisation_stands_in_the_market_where_it_deals(place: World, kind: str) -> None:
    assert place_pair(place["市政府"], place["商会"], kind=kind).relation is Relation.MARKET


def test_kind_decides_before_any_line(place: World) -> None:
    guided = replace(
        place["企业"], guides=((place["市政府"].unit, GuidanceKind.GUIDANCE),), path=place["市财政局"].path
    )
    assert place_pair(place["市政府"], guided).relation is Relation.MARKET


def test_guidance_by_an_ancestor_is_void_and_ends_the_chain(place: World) -> None:
    above = place["甲区政府"].unit
    guided = replace(
        place["甲区财政局"], guides=((above, GuidanceKind.DUAL), (place["市财政局"].unit, GuidanceKind.GUIDANCE))
    )
    assert place_pair(guided, place["甲区政府"]).relation is Relation.TERRITORIAL
    assert place_pair(guided, place["市财政局"]).relation is Relation.DEPARTMENT


def test_nobody_owes_itself(place: World) -> None:
    with pytest.raises(OwedToItself):
        place_pair(place["市政府"], place["市政府"])


@given(worlds(), st.data())
def test_any_pair_has_one_place_whatever_the_order(world: World, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(world.lines))
    a, b = world[data.draw(names)], world[data.draw(names)]
    if a.unit == b.unit:
        return
    placed = place_pair(a, b)
    assert placed == place_pair(b, a)
    assert (placed.axis == "vertical") == (placed.relation in (Relation.TERRITORIAL, Relation.FUNCTIONAL))
    assert placed == place_pair(replace(a, branch=Branch.PARTY, code="x", name="y"), b)


@given(worlds(), st.sampled_from([UnitKind.ENTERPRISE, UnitKind.CITIZEN, UnitKind.EXTERNAL, UnitKind.ORGANISATION]))
def test_outsiders_are_never_on_a_line(world: World, kind: UnitKind) -> None:
    first, *others = world.lines.values()
    assert {place_pair(replace(first, kind=kind), other).axis for other in others} == {"horizontal"}
