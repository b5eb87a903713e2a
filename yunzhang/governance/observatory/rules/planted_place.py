"""Unit tables of planted organisations: a bare tree of governments, and a whole place with outsiders. All invented."""

from __future__ import annotations

import pyarrow as pa

BODIES = (
    "发展和改革局", "教育局", "科学技术局", "工业和信息化局", "公安局",
    "民政局", "司法局", "财政局", "人力资源和社会保障局", "自然资源局",
    "生态环境局", "住房和城乡建设局", "交通运输局", "水利局", "农业农村局",
    "商务局", "文化和旅游局", "卫生健康局", "应急管理局", "审计局",
    "市场监督管理局", "统计局", "医疗保障局", "数据局",
)  # fmt: skip
STEMS = "甲乙丙丁戊己庚辛壬癸"
COUNT = "一二三四五六七八九十"
COLUMNS = ("id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports")
type_row = dict[str, str]


def plant_tree(branch: int, depth: int) -> pa.Table:
    """Return a tree of governments, `branch` below each, `depth` levels below the root.

    >>> [plant_tree(5, depth).num_rows for depth in (1, 2, 3)], plant_tree(10, 3).num_rows
    ([6, 31, 156], 1111)
    """
    parents, level = [""], [0]
    for _ in range(depth):
        first = len(parents)
        parents += [f"u{k}" for k in level for _ in range(branch)]
        level = list(range(first, len(parents)))
    rows = [_row(f"u{k}", parent, "government", f"u{k}", f"u{k}") for k, parent in enumerate(parents)]
    return _table(rows)


def plant_place(
    *,
    counties: int = 6,
    departments: int = 12,
    towns: int = 5,
    enterprises: int = 12,
    citizens: int = 12,
    organisations: int = 4,
    provinces: int = 1,
    city: str = "模拟市",
) -> pa.Table:
    """Return a city with departments, counties with the same ones guided by it, towns, and outsiders.

    Towns owe no reports; names repeat with a number beyond ten counties or towns and 24 fields.
    """
    top = "c0"
    rows = [_row(top, "", "government", top, f"{city}人民政府")]
    rows += _departments(top, city, departments, above="")
    for k in range(counties):
        seat, name = f"{top}-{k + 1}", f"{_ordinal(STEMS, k)}县"
        rows.append(_row(seat, top, "government", seat, f"{name}人民政府"))
        rows += _departments(seat, name, departments, above=top)
        for j in range(towns):
            town = f"{seat}-{j + 1}"
            rows.append(_row(town, seat, "government", town, f"{name}{_ordinal(COUNT, j)}里镇人民政府", reports="no"))
    outside = (("enterprise", enterprises, "企业"), ("citizen", citizens, "群众"))
    outside += (("organisation", organisations, "社会组织"), ("external", provinces, "外省"))  # type: ignore[assignment]
    for kind, count, name in outside:
        rows += [_row(f"{kind}-{k + 1}", "", kind, "", f"{name}{k + 1}") for k in range(count)]
    return _table(rows)


def _departments(seat: str, place: str, count: int, *, above: str) -> list[type_row]:
    return [
        _row(
            f"{seat}.{k + 1}",
            seat,
            "department",
            seat,
            f"{place}{_field(k)}",
            guide=f"{above}.{k + 1}" if above else "",
        )
        for k in range(count)
    ]


def _field(number: int) -> str:
    return BODIES[number] if number < len(BODIES) else f"第{number + 1}局"


def _ordinal(signs: str, number: int) -> str:
    return signs[number] if number < len(signs) else f"{signs[number % len(signs)]}{number // len(signs) + 1}"


def _row(
    unit: str, parent: str, kind: str, jurisdiction: str, name: str, *, guide: str = "", reports: str = ""
) -> type_row:
    cells = (unit, parent, guide, kind, jurisdiction, name, reports)
    return dict(zip(COLUMNS, cells, strict=True))


def _table(rows: list[type_row]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS})
