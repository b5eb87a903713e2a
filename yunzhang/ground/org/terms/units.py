"""Nouns of the organisation 机构: units, divisions, posts, appointments, standings, lines. Days are the place's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yunzhang.base.errors import YunzhangError, zh

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


__all__ = [
    "Appointment",
    "BadTree",
    "Branch",
    "Duty",
    "Guidance",
    "GuidanceKind",
    "Level",
    "Line",
    "ListedUnit",
    "NewUnit",
    "Placement",
    "Post",
    "Relation",
    "Standing",
    "Unit",
    "UnitKind",
    "UnitQuery",
    "UnknownUnit",
]


class Branch(StrEnum):
    """The body a unit belongs to; a place holds its government and, beside it, the others."""

    GOVERNMENT = "government"
    PARTY = "party"
    CONGRESS = "congress"
    CPPCC = "cppcc"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    GROUP = "group"


class UnitKind(StrEnum):
    """What a unit is; town governments and 街道办 are `town`. The last four are outside."""

    GOVERNMENT = "government"
    TOWN = "town"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    ORGANISATION = "organisation"
    CITIZEN = "citizen"
    EXTERNAL = "external"


class Level(StrEnum):
    """The level of the place a unit stands in."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"


class GuidanceKind(StrEnum):
    """How a body guides another: 业务指导, 双重领导, 垂直管理."""

    GUIDANCE = "guidance"
    DUAL = "dual"
    VERTICAL = "vertical"


class Duty(StrEnum):
    """What a post may do, beside being a member of its unit."""

    LEADER = "leader"  # 负责同志: may issue in the unit's name
    OFFICE = "office"  # 云长制办公室: drafts and handles for its government, with an authority number
    OFFICER = "officer"  # 联络员, 经办人
    AUDITOR = "auditor"  # reads all matters of its place
    ADMINISTRATOR = "administrator"  # edits the organisation, sees no matters


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stood on one day."""

    id: int
    name: str
    short_name: str
    kind: UnitKind
    branch: Branch
    level: Level
    parent: int | None
    path: str
    jurisdiction: int  # the government of the place; a government is its own
    official_order: int
    code: str = ""  # stable key of the department type in its scheme, e.g. "civil_affairs"; "" for governments
    division: str = ""  # division code of the place on that day
    uscc: str = ""
    source: str = ""  # where the entry was seen; "unsourced, typical" is shown as such
    stream: UUID | None = None  # the ledger stream its changes are recorded on
    from_on: date | None = None
    to_on: date | None = None  # the first day it no longer stood


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit about to be added; `id` is given where later rows of the same batch stand below it, else numbered."""

    name: str
    short_name: str
    kind: UnitKind
    branch: Branch
    level: Level
    parent: int | None = None
    id: int | None = None
    jurisdiction: int | None = None  # None: a government's own, else the parent's
    official_order: int = 0
    code: str = ""
    division: str = ""
    uscc: str = ""
    source: str = ""
    guided_by: tuple[tuple[int, GuidanceKind], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """What a list of units is asked for: conditions, order, page."""

    text: str = ""
    branch: Branch | None = None
    kind: UnitKind | None = None
    level: Level | None = None
    is_unsourced: bool = False
    under: int | None = None
    order: str = "official"
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit in a list, with the names of its place and its superior."""

    unit: Unit
    place: str
    parent: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """`upper` guides `lower` from a day to a day (exclusive; None is open)."""

    upper: int
    lower: int
    kind: GuidanceKind
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post 岗位 defined by a scheme; it stands with or without a holder."""

    id: int
    unit: int
    kind: str  # scheme's word, e.g. general_cloud_chief, sector_cloud_chief, chief_office, liaison
    title: str
    duty: Duty
    sector: str = ""
    official_order: int = 0
    source: str = ""  # where the scheme saw it
    stream: UUID | None = None  # the ledger stream its changes are recorded on
    from_on: date | None = None
    to_on: date | None = None  # the first day it no longer stood


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person holds a post from a day to a day (exclusive), possibly acting 代理 or concurrent 兼任."""

    post: int
    person: str
    name: str
    from_on: date
    to_on: date | None = None
    is_acting: bool = False
    is_concurrent: bool = False

    def holds_on(self, day: date) -> bool:
        """Return whether the post is held on a day."""
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a unit stands on one day: enough to place a pair, to gate an ask, and to decide who may see."""

    unit: int
    name: str
    kind: UnitKind
    branch: Branch
    path: str  # includes the unit itself
    guides: tuple[tuple[int, GuidanceKind], ...]  # the chain of guiding bodies, nearest first
    jurisdiction: int
    jurisdiction_path: str
    level: Level
    code: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the acting post may claim on one day: its line and duty, the government whose office its unit hosts."""

    post: int
    unit: int
    duty: Duty
    path: str
    jurisdiction: int
    jurisdiction_path: str
    office_of: int | None = None
    sector: str = ""
    acting_for: int | None = None  # the post whose rights are exercised by delegation


class Relation(StrEnum):
    """Where two parties stand to each other on the day a loop opens."""

    TERRITORIAL = "territorial"
    FUNCTIONAL = "functional"
    DEPARTMENT = "department"
    REGION = "region"
    MARKET = "market"
    SOCIETY = "society"


@dataclass(frozen=True, slots=True)
class Placement:
    """The relation and axis of a pair, kept with the loop for life."""

    relation: Relation
    axis: str


class BadTree(YunzhangError):
    """A change would break the tree: a ring, a gap in days, a body still standing below."""

    code = "bad_tree"
    category = "conflict"
    what = zh("“%(unit)s”不能作此调整：%(problem)s。")
    do = zh("请核对上级单位与生效日期后重试。")


class UnknownUnit(YunzhangError):
    """A unit number or name that the organisation does not hold on that day."""

    code = "unknown_unit"
    category = "missing"
    what = zh("未找到单位“%(unit)s”。")
    do = zh("请在机构页面核对名称或编号。")
