"""Nouns of the directives room 交办: directives, parts, asks, and the room's errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from yunzhang.base.errors import Conflict, Invalid, zh
from yunzhang.ground.org.terms import Authority, Involved

if TYPE_CHECKING:
    from yunzhang.ground.ledger.terms import Entry, Loop

ROOM = "directives"
DIRECTIVE = "directive"
REPORT = "report"


class Source(StrEnum):
    """Where the matter comes from."""

    MEETING = "meeting"
    INSTRUCTION = "instruction"
    PLAN = "plan"
    DOCUMENT = "document"


class Urgency(StrEnum):
    """紧急程度 as GB/T 9704 prints it."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    EXTRA_URGENT = "extra_urgent"


class AskKind(StrEnum):
    """What a debtor may ask of the handler."""

    EXTENSION = "extension"
    OBJECTION = "objection"


class Note(StrEnum):
    """Entries of this room that leave the loop as it is."""

    ISSUED = "directive_issued"
    PROGRESS = "progress_reported"
    EXTENSION_ASKED = "extension_asked"
    OBJECTED = "objected"
    ASK_REFUSED = "ask_refused"


SOURCE_LABELS = {
    Source.MEETING: zh("会议议定"),
    Source.INSTRUCTION: zh("领导批示"),
    Source.PLAN: zh("年度计划"),
    Source.DOCUMENT: zh("上级文件"),
}
URGENCY_LABELS = {Urgency.ORDINARY: zh("平件"), Urgency.URGENT: zh("加急"), Urgency.EXTRA_URGENT: zh("特急")}
KIND_LABELS = {DIRECTIVE: zh("交办事项"), REPORT: zh("进展反馈")}


@dataclass(frozen=True, slots=True)
class Order:
    """What an issuer hands in: one document to any set of units."""

    in_name_of: int
    to: tuple[int, ...]
    title: str
    requirement: str
    due_on: date
    report_on: tuple[date, ...] = ()
    programme: str = ""
    source: Source = Source.MEETING
    number: str = ""
    urgency: Urgency = Urgency.ORDINARY
    authority: Authority = Authority.OWN
    authority_number: str = ""
    involves: tuple[Involved, ...] = ()
    copied_to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Directive:
    """One issued document, as its page shows it."""

    id: UUID
    title: str
    programme: str
    requirement: str
    in_name_of: int
    handled_by: int
    source: Source
    number: str
    urgency: Urgency
    authority: Authority
    authority_number: str
    issued_at: datetime
    due_on: date
    report_on: tuple[date, ...]
    involves: tuple[Involved, ...]
    copied_to: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a matter, split off to a unit below."""

    to: int
    requirement: str
    due_on: date
    report_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """More time, or an objection, waiting for the handler's decision."""

    id: UUID
    loop: UUID
    kind: AskKind
    entry: UUID
    due_on: date | None
    asked_at: datetime
    decided_at: datetime | None = None
    is_granted: bool | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """What a post is to a matter, what it may do with it now, and which asks wait on it."""

    owes: bool
    handles: bool
    powers: frozenset[str]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One entry of a matter with the texts still held."""

    entry: Entry
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Branch:
    """A matter and what was split from it or must be reported on it."""

    loop: Loop
    parts: tuple[Branch, ...]
    reports: tuple[Loop, ...]


class TooLate(Invalid):
    """A part may not fall due after the matter it belongs to."""

    code = "part_too_late"
    what = zh("分解任务的时限(%(due_on)s)晚于原事项时限(%(limit)s)。")
    do = zh("请把分解任务的时限提前，或先申请延期。")


class PastDay(Invalid):
    """A due or report day that lies behind."""

    code = "past_day"
    what = zh("%(field)s(%(day)s)早于今天。")
    do = zh("请填写今天或以后的日期。")


class NotOwnUnit(Invalid):
    """A matter may be split only to units directly below."""

    code = "not_own_unit"
    what = zh("“%(unit)s”不是本单位的下属单位，不能向其分解。")
    do = zh("请从下属单位中选择；涉及其他单位的，请商请上级交办。")


class AskDecided(Conflict):
    """Somebody has decided this ask already, or there is none."""

    code = "ask_decided"
    what = zh("该项申请已有决定或已撤回。")


class AskOpen(Conflict):
    """One ask of a kind at a time."""

    code = "ask_open"
    what = zh("该事项已有一项同类申请待决定。")
    do = zh("请等待经办单位决定后再申请。")
