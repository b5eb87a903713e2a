"""The invented city of the demonstration's study: who stands in it and how well each of them governs.

Pure: names, tree and planted rates only. `study.py` makes its log. The counties bear the twelve branches 子丑寅卯…, so
that nobody takes one for a real place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

CITY = "澜川市"
COUNTIES = "子丑寅卯辰巳午未申酉戌亥"
NUMBERS = "一二三四五六七八九"
TOWNS = 8
BODIES = (
    ("fgw", "发展和改革委员会"),
    ("czj", "财政局"),
    ("rsj", "人力资源和社会保障局"),
    ("zrj", "自然资源局"),
    ("zjj", "住房和城乡建设局"),
    ("nyj", "农业农村局"),
    ("mzj", "民政局"),
    ("scj", "市场监督管理局"),
    ("ybj", "医疗保障局"),
    ("sjj", "数据局"),
)
CITY_BODIES = (*BODIES, ("gaj", "公安局"), ("jyj", "教育局"), ("wjw", "卫生健康委员会"), ("sthj", "生态环境局"))
ENTERPRISES = 8
ORGANISATIONS = ("企业家联合会", "志愿服务联合会", "社区发展协会", "农民合作社联合会")
NEIGHBOURS = ("泽阳市（虚构）", "岚安市（虚构）", "邻省协作区（虚构）")
ROTTEN = "park"  # the branch that answers badly in an otherwise sound county


@dataclass(frozen=True, slots=True)
class Rates:
    """Planted probabilities of an answer in time: down a line, up as reports, and in the four horizontal parts."""

    down: float
    up: float
    department: float
    region: float
    market: float
    society: float

    @property
    def across(self) -> tuple[float, float, float, float]:
        """The four horizontal parts in their order."""
        return self.department, self.region, self.market, self.society


AUTHORITATIVE = Rates(0.93, 0.90, 0.38, 0.12, 0.10, 0.09)
COOPERATIVE = Rates(0.34, 0.32, 0.90, 0.86, 0.86, 0.88)
COLLABORATIVE = Rates(0.94, 0.92, 0.90, 0.86, 0.86, 0.88)
LOOSE = Rates(0.34, 0.32, 0.30, 0.16, 0.14, 0.12)
LINKED = replace(AUTHORITATIVE, department=0.90, region=0.84, market=0.84, society=0.86)


@dataclass(frozen=True, slots=True)
class County:
    """One county: how it governs, how it does after horizontal links were added, which outside class is absent."""

    rates: Rates
    later: Rates | None = None
    absent: tuple[str, ...] = ()


PLAN = (
    County(COLLABORATIVE),
    County(AUTHORITATIVE),
    County(AUTHORITATIVE, later=LINKED),
    County(COOPERATIVE),
    County(AUTHORITATIVE, absent=("society",)),
    County(AUTHORITATIVE),  # with the rotten branch
    County(AUTHORITATIVE, later=LINKED),
    County(LOOSE),
    County(AUTHORITATIVE, absent=("market", "society")),
    County(AUTHORITATIVE),
    County(AUTHORITATIVE),
    County(AUTHORITATIVE),
)
WITH_PARK = 5


@dataclass(slots=True)
class Units:
    """The unit table while it is made."""

    rows: list[tuple[str, str, str, str, str, str, str]]

    def add(self, unit: str, parent: str, kind: str, name: str, *, guide: str = "", seat: str = "") -> str:
        """Append one unit and return its id; towns owe no reports."""
        reports = "no" if name.endswith(("镇", "乡")) else ""
        self.rows.append((unit, parent, guide, kind, seat or (unit if kind == "government" else parent), name, reports))
        return unit

    def table(self) -> pa.Table:
        """Return the columns of the measure."""
        names = ("id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports")
        return pa.table({name: list(column) for name, column in zip(names, zip(*self.rows, strict=True), strict=True)})


def make_units() -> pa.Table:
    """Return the unit table: a city, its departments, twelve counties with departments and towns, and those outside."""
    units = Units([])
    city = units.add("lc", "", "government", f"{CITY}人民政府")
    for code, body in CITY_BODIES:
        units.add(f"lc-{code}", city, "department", f"{CITY}{body}")
    for number, letter in enumerate(COUNTIES, 1):
        _add_county(units, city, number, f"{letter}县")
    _add_outsiders(units)
    return units.table()


def county_id(number: int) -> str:
    """Return the id of a county by its place in the plan, from 1.

    >>> county_id(3)
    'c03'
    """
    return f"c{number:02d}"


def _add_county(units: Units, city: str, number: int, name: str) -> None:
    county = units.add(county_id(number), city, "government", f"{name}人民政府")
    for code, body in BODIES:
        units.add(f"{county}-{code}", county, "department", f"{name}{body}", guide=f"lc-{code}")
    for town in range(1, TOWNS + 1):
        units.add(f"{county}-t{town}", county, "government", f"{name}{NUMBERS[town - 1]}镇")
    if number - 1 == WITH_PARK:
        park = units.add(f"{county}-{ROTTEN}", county, "government", f"{name}产业园区管理委员会")
        for town in range(1, 6):
            units.add(f"{park}-t{town}", park, "government", f"{name}园区{NUMBERS[town - 1]}乡")


def _add_outsiders(units: Units) -> None:
    for number in range(1, ENTERPRISES + 1):
        units.add(f"e{number}", "", "enterprise", f"虚构企业{NUMBERS[number - 1]}", seat="lc")
    for number, name in enumerate(ORGANISATIONS, 1):
        units.add(f"o{number}", "", "organisation", f"{CITY}{name}", seat="lc")
    units.add("citizens", "", "citizen", f"{CITY}市民（总体）", seat="lc")
    for number, name in enumerate(NEIGHBOURS, 1):
        units.add(f"x{number}", "", "external", name, seat=f"x{number}")
