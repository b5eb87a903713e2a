"""The official order: a unit is put behind another of its list, as few numbers as can be change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.org.places import AT, make_place, system
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.terms import BadTree, Branch, Level, Unit, UnitKind

BUREAU = Unit(0, "局", "局", UnitKind.DEPARTMENT, Branch.GOVERNMENT, Level.CITY, 9, "000009.000000.", 9, 0)


def test_a_unit_is_put_behind_another_of_its_list_and_the_ledger_says_so(db: None) -> None:
    places = make_place()

    def listed(key: str) -> list[int]:
        return [unit.id for unit in org.list_beside(org.find_unit(places[key]))]

    codes = ("finance", "civil_affairs", "big_data", "ecology")
    finance, civil, data, ecology = (places[f"a.{code}"] for code in codes)
    assert listed("a.finance") == [finance, civil, data, ecology]
    org.reorder_unit(system(), ecology, finance, at=AT)
    assert listed("a.finance") == [finance, ecology, civil, data]
    org.reorder_unit(system(), data, None, at=AT)
    assert listed("a.finance") == [data, finance, ecology, civil]
    assert [each.id for each in org.list_place(places["a"]) if each.id in (finance, data)] == [data, finance]
    org.reorder_unit(system(), places["b"], None, at=AT)
    assert listed("a") == [places["b"], places["a"]]
    assert listed("a.town1") == [places["a.town1"], places["a.town2"]]
    stream = org.find_unit(data).stream
    assert stream is not None
    assert ledger.list_entries(stream)[-1].verb == "unit_reordered"
    with pytest.raises(BadTree, match="同一列"):
        org.reorder_unit(system(), data, places["b.finance"], at=AT)
    org.retire_unit(system(), civil, at=AT)
    with pytest.raises(BadTree, match="已经撤销"):
        org.reorder_unit(system(), civil, None, at=AT)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.data())
def test_the_order_is_as_asked_and_others_only_go_up(orders: list[int], draw: st.DataObject) -> None:
    units = [replace(BUREAU, id=number, official_order=order) for number, order in enumerate(sorted(orders))]
    moved = draw.draw(st.integers(0, len(units) - 1))
    rest = [unit.id for unit in units if unit.id != moved]
    after = draw.draw(st.sampled_from([None, *rest]))
    place = 0 if after is None else rest.index(after) + 1
    if place == moved:
        with pytest.raises(BadTree, match="已经排在这里"):
            rules.orders_after(units, moved, after)
        return
    changed = rules.orders_after(units, moved, after)
    now = sorted(units, key=lambda unit: (changed.get(unit.id, unit.official_order), unit.id))
    assert [unit.id for unit in now] == [*rest[:place], moved, *rest[place:]]
    assert all(changed[unit.id] > unit.official_order for unit in units if unit.id in changed and unit.id != moved)
