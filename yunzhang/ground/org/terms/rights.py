"""Nouns of posts and rights: persons, delegations, sectors, accounts, and the refusals that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yunzhang.base.errors import Invalid, Refused, YunzhangError, zh

if TYPE_CHECKING:
    from datetime import date

    from yunzhang.ground.org.terms.units import Appointment, Post

__all__ = [
    "CONSOLE",
    "Delegation",
    "Hat",
    "HatKind",
    "NoAuthority",
    "NotHeld",
    "NotInYourName",
    "OwedToItself",
    "Reader",
    "Responsible",
    "Sector",
]

CONSOLE = "console"  # the person of an act done at the machine's own command line, where no post stands


class Reader(StrEnum):
    """Who reads: an office gets the plain sentence, research the names of the modes."""

    OFFICE = "office"
    RESEARCH = "research"


class HatKind(StrEnum):
    """How one comes to act from a post."""

    OWN = "own"
    ACTING = "acting"  # 代理
    CONCURRENT = "concurrent"  # 兼任
    DELEGATED = "delegated"  # 受托


@dataclass(frozen=True, slots=True)
class Delegation:
    """The rights of one post pass to the holder of another, from a day to a day (exclusive; None is open)."""

    id: int
    from_post: int
    to_post: int
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hat:
    """One post a person may act from on a day; `post` is the one they hold, `on_behalf` the one lent to it."""

    post: int
    unit: int
    title: str
    unit_name: str
    kind: HatKind
    duty: str
    on_behalf: int | None = None

    @property
    def key(self) -> str:
        """The value of a chooser: the post whose rights are exercised."""
        return str(self.on_behalf or self.post)


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector 系统: a named group of units under one sector chief's post, of one place."""

    id: int
    place: int
    code: str
    name: str
    chief: int | None
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answered for a post on a day: the holder, if any, and the posts that could act for it."""

    post: Post
    holder: Appointment | None
    delegated_to: tuple[int, ...] = ()


class OwedToItself(Invalid):
    """A unit cannot ask itself for anything."""

    code = "owed_to_itself"
    what = zh("“%(unit)s”不能向自己交办事项。")
    do = zh("请另选承办单位。")


class NotHeld(Refused):
    """The post is not held by the one who wants to act from it, on that day."""

    code = "not_held"
    what = zh("您在该日未担任此岗位，也未受其委托。")
    do = zh("请改用您现任的岗位，或请管理员核对任职记录。")


class NotInYourName(Refused):
    """Only a unit's leaders, or the office of that government, issue in its name."""

    code = "not_in_your_name"
    what = zh("您无权以“%(unit)s”名义发文。")
    why = zh("以某单位名义发文，须为该单位负责同志，或该政府的云长制办公室并附依据文号。")
    do = zh("请改用本单位名义，或报有权的岗位办理。")


class NoAuthority(YunzhangError):
    """The office issues in its government's name on minutes or an instruction only, by number."""

    code = "no_authority"
    category = "invalid"
    what = zh("以“%(unit)s”名义交办，须附依据文号。")
    why = zh("办公室经授权方可以政府名义行文（《党政机关公文处理工作条例》第十六条）。")
    do = zh("请填写会议纪要或批示的编号。")
