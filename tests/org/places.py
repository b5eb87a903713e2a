"""A small place for tests of every room: a city with two counties, four departments each, and towns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Branch, GuidanceKind, Level, NewUnit, UnitKind

AT = datetime(2025, 1, 1, 1, tzinfo=UTC)
DEPARTMENTS = {"finance": "财政局", "civil_affairs": "民政局", "big_data": "大数据局", "ecology": "生态环境局"}
COUNTIES = {"a": "甲区", "b": "乙县"}


@dataclass(frozen=True, slots=True)
class Places:
    """The units of the small place by short names: "city", "a", "b", "city.finance", "a.finance", "a.town1"…"""

    units: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.units[name]


def system() -> Acting:
    """Someone who sets the place up."""
    return Acting(person="system", post=None, unit=None)


def make_place(*, at: datetime = AT, first: int | None = None) -> Places:
    """Add 江州市 with 甲区 and 乙县: 4 departments each, ecology dual-led, 2 towns a county, a Party committee each."""
    start = org.find_next_unit() if first is None else first
    names: dict[str, int] = {}
    rows: list[NewUnit] = []

    def add(key: str, row: NewUnit) -> int:
        names[key] = start + len(names)
        rows.append(row)
        return names[key]

    city = add("city", _government("江州市", "市政府", None, Level.CITY, start))
    _bodies(add, names, key="city", place="江州市", short="市", government=city, level=Level.CITY)
    for key, name in COUNTIES.items():
        number = start + len(names)
        county = add(key, _government(name, f"{name}政府", city, Level.COUNTY, number))
        _bodies(add, names, key=key, place=name, short=name, government=county, level=Level.COUNTY)
        for town in (1, 2):
            number = start + len(names)
            add(f"{key}.town{town}", _town(f"{name}{'一二'[town - 1]}镇", county, number, town))
    org.add_units(system(), rows, at=at)
    return Places(names)


def _government(name: str, short: str, parent: int | None, level: Level, number: int) -> NewUnit:
    return NewUnit(
        f"{name}人民政府", short, UnitKind.GOVERNMENT, Branch.GOVERNMENT, level, parent, number, official_order=100
    )


def _town(name: str, parent: int, number: int, order: int) -> NewUnit:
    full = f"{name}人民政府"
    return NewUnit(full, name, UnitKind.TOWN, Branch.GOVERNMENT, Level.TOWN, parent, number, official_order=900 + order)


def _bodies(add, names, *, key: str, place: str, short: str, government: int, level: Level) -> None:  # type: ignore[no-untyped-def]
    start = min(names.values())
    above = None if level is Level.CITY else names["city.party"]
    party = NewUnit(
        f"中共{place}委员会", f"{short}委", UnitKind.DEPARTMENT, Branch.PARTY, level, above, start + len(names),
        jurisdiction=government, official_order=10, code="party_committee",
    )  # fmt: skip
    add(f"{key}.party", party)
    for order, (code, name) in enumerate(DEPARTMENTS.items()):
        kind = GuidanceKind.DUAL if code == "ecology" else GuidanceKind.GUIDANCE
        guided = () if level is Level.CITY else ((names[f"city.{code}"], kind),)
        row = NewUnit(
            f"{place}{name}", f"{short}{name}", UnitKind.DEPARTMENT, Branch.GOVERNMENT, level, government,
            start + len(names), official_order=200 + order, code=code, guided_by=guided,
        )  # fmt: skip
        add(f"{key}.{code}", row)
