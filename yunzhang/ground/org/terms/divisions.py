"""Nouns of divisions and schemes: dated codes, what a place's cloud-chief system says, what a plan will build."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yunzhang.base.errors import Missing, YunzhangError, zh

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yunzhang.ground.org.terms.rights import NewPost
    from yunzhang.ground.org.terms.units import Branch, Duty, GuidanceKind, Level, NewUnit

__all__ = [
    "TYPICAL",
    "BadChange",
    "BadScheme",
    "Body",
    "ChangeKind",
    "Division",
    "DivisionChange",
    "NoDivisionList",
    "PlacePlan",
    "PostRule",
    "Scheme",
    "SectorRule",
    "UnknownDivision",
]

TYPICAL = "unsourced, typical"


@dataclass(frozen=True, slots=True)
class Division:
    """A division code with its name from a day to a day (exclusive); `parent` is the next real superior's code."""

    code: str
    name: str
    parent: str
    from_on: date
    to_on: date | None = None
    is_pseudo: bool = False  # a row of the list that is no place; what stood under it is lifted
    into: str = ""  # the code it became or was merged into
    source: str = ""


class ChangeKind(StrEnum):
    """What may happen to a division."""

    ADDED = "added"
    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    MERGED = "merged"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class DivisionChange:
    """One change of a division on a day, as a row of a changes file says it."""

    on: date
    kind: ChangeKind
    code: str
    name: str = ""
    into: str = ""
    parent: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A kind of official body a scheme lists: its name on each level, its branch, who guides it."""

    code: str
    names: Mapping[str, tuple[str, str]]  # level or "municipality" -> full and short; "{place}" is the place's name
    branch: Branch
    guided: GuidanceKind | None
    guided_by: str  # code of the guiding body one level up; usually its own
    under: str  # code of the body of the same place it stands below; "" for the government, or one level up
    source: str


@dataclass(frozen=True, slots=True)
class PostRule:
    """A post a scheme sets up: in which units of which level, with which title and duty."""

    kind: str
    title: str
    duty: Duty
    at: str  # top, below, all, or a level
    unit: str  # government, departments, bodies, towns, office, or a body's code
    per_sector: bool
    held_by: str  # who holds it as a rule, e.g. 市长
    source: str


@dataclass(frozen=True, slots=True)
class SectorRule:
    """A sector 系统: a named group of departments under one sector chief."""

    key: str
    name: str
    bodies: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """The cloud-chief system of a place, or what does the same there; dated, each entry with its source."""

    name: str
    title: str
    wording: str
    from_on: date
    to_on: date | None
    is_scenario: bool  # an academic scenario, marked so wherever it shows
    place: str
    depth: Level
    levels: tuple[Level, ...]  # the levels on which chiefs stand
    office: str  # code of the body that hosts the office
    office_title: str
    note: str
    sources: Mapping[str, str]
    bodies: tuple[Body, ...]
    posts: tuple[PostRule, ...]
    sectors: tuple[SectorRule, ...]


@dataclass(frozen=True, slots=True)
class PlacePlan:
    """The units, posts and sectors that a scheme makes of a place, superiors first."""

    units: tuple[NewUnit, ...]
    posts: tuple[NewPost, ...]
    sectors: Mapping[str, tuple[str, tuple[int, ...]]]  # key -> name, units


class UnknownDivision(Missing):
    """A division code that the list does not hold on that day."""

    code = "unknown_division"
    what = zh("未找到行政区划代码“%(division)s”。")
    do = zh("请核对代码；名录基准日为 2023 年 6 月 30 日，其后的变更须另行导入。")


class NoDivisionList(YunzhangError):
    """The files with the list of divisions are not there."""

    code = "no_division_list"
    category = "unavailable"
    what = zh("缺少行政区划名录文件 %(file)s。")
    do = zh("请在程序目录运行 make assets 后重试。")


class BadScheme(YunzhangError):
    """A scheme file does not say what it must."""

    code = "bad_scheme"
    category = "unavailable"
    what = zh("方案文件 %(scheme)s 无法使用：%(problem)s。")
    do = zh("请对照 docs/schemes.md 改正后重试。")


class BadChange(YunzhangError):
    """A change of a division does not fit what stands on that day."""

    code = "bad_change"
    what = zh("第 %(row)s 行：代码“%(division)s”的变更无法办理：%(problem)s。")
    do = zh("请核对变更日期、代码与类型。")
