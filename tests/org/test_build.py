"""A place built from a scheme: units, posts without persons, sectors, and the entries that say so."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.org.places import AT, system
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.rules import day_of
from yunzhang.ground.org.terms import Duty, Unit, UnitKind


@pytest.fixture
def top(db: None) -> Unit:
    org.build_place(system(), "chongqing", place="500101", depth="town", at=AT, fictional=True)
    return next(unit for unit in org.list_roots() if unit.kind is UnitKind.GOVERNMENT)


def test_a_built_place_stands_with_its_posts_and_no_persons(top: Unit) -> None:
    units = org.list_place(top.id)
    posts = org.list_posts([unit.id for unit in units], on=day_of(AT))
    duties = Counter(post.duty for post in posts)
    assert top.name == "江州区人民政府"
    assert duties[Duty.ADMINISTRATOR] == duties[Duty.AUDITOR] == 1
    assert duties[Duty.OFFICE] == 2
    assert {"总云长", "系统云长（政法）"} <= {post.title for post in posts if post.unit == top.id}
    assert org.find_holders([post.id for post in posts], on=day_of(AT)) == {}


def test_its_sectors_have_chiefs_and_units(top: Unit) -> None:
    sectors = {sector.name: sector for sector in org.list_sectors(top.id, on=day_of(AT))}
    assert list(sectors) == ["政法", "组工", "住建", "交通", "农业农村", "对外开放"]
    assert all(sector.chief for sector in sectors.values())
    names = {unit.short_name for unit in org.find_units(sectors["住建"].units).values()}
    assert names == {"区住房城乡建委", "区规划自然资源局", "区城市管理局"}


def test_towns_stand_below_and_owe_no_reports(top: Unit) -> None:
    towns = [unit for unit in org.list_children(top.id) if unit.kind is UnitKind.TOWN]
    assert len(towns) > 20
    rows = {row["id"]: row for row in org.unit_columns(day_of(AT)).to_pylist()}
    assert {rows[str(town.id)]["reports"] for town in towns} == {"no"}


def test_building_is_one_act_and_leaves_its_entries(top: Unit) -> None:
    ledger.seal(AT)  # on PostgreSQL the sequencer numbers them
    built = [entry for entry in ledger.list_sealed(0, 100_000) if entry.verb == "place_built"]
    assert len(built) == 1
    assert built[0].data["scheme"] == "chongqing"
