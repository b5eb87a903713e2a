"""Nouns of posts and rights: persons, delegations, sectors, accounts, and the refusals that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from yunzhang.base.errors import Invalid, Refused, YunzhangError, zh

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yunzhang.ground.org.terms.units import Appointment, Duty, Guidance, Post

__all__ = [
    "CONSOLE",
    "AlreadyHolds",
    "Backdated",
    "BadPeriod",
    "Delegation",
    "GuidedPair",
    "HasAccount",
    "Hat",
    "HatKind",
    "NameTaken",
    "NewPost",
    "NoAuthority",
    "NotHeld",
    "NotInYourName",
    "OtherPlace",
    "OwedToItself",
    "PostRights",
    "PostTaken",
    "Reader",
    "Responsible",
    "Sector",
    "SeparatedPowers",
    "SignInFailed",
    "SignInLocked",
    "Signatures",
    "UnknownDelegation",
    "UnknownPost",
    "WeakPassword",
]

CONSOLE = "system"  # the person of an act done at the machine's own command line, where no post stands


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


HAT_NOTES = {
    HatKind.OWN: "",
    HatKind.ACTING: zh("代理"),
    HatKind.CONCURRENT: zh("兼任"),
    HatKind.DELEGATED: zh("受委托"),
}


@dataclass(frozen=True, slots=True)
class Delegation:
    """The rights of one post pass to the holder of another, from a day to a day (exclusive; None is open)."""

    id: int
    from_post: int
    to_post: int
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class GuidedPair:
    """A guiding relation with the paths of both on the day asked for."""

    guidance: Guidance
    upper_path: str
    lower_path: str

    @property
    def is_void(self) -> bool:
        """True between an ancestor and its descendant: the tree already says who stands above whom."""
        return self.lower_path.startswith(self.upper_path) or self.upper_path.startswith(self.lower_path)


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post about to be added; numbered unless `id` is given."""

    unit: int
    kind: str
    title: str
    duty: Duty
    sector: str = ""
    official_order: int = 0
    source: str = ""
    id: int | None = None


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
    official_order: int = 0

    @property
    def key(self) -> int:
        """The number one chooses this by: the post whose rights are exercised."""
        return self.on_behalf or self.post

    @property
    def note(self) -> str:
        """The word beside the title, as a message id; "" for one's own post."""
        return HAT_NOTES[self.kind]


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
class PostRights:
    """What one may do with a post: fill and close it, lend its rights."""

    edits: bool
    lends: bool


@dataclass(frozen=True, slots=True)
class Signatures:
    """Titles of posts and names of persons, as a timeline shows who acted; ended posts keep their titles."""

    titles: Mapping[int, str]
    names: Mapping[str, str]

    def title(self, post: int | None) -> str:
        """Return the post's title, or "" for none."""
        return "" if post is None else self.titles.get(post, "")

    def name(self, person: str) -> str:
        """Return the person's name, or "" where it is no longer held."""
        return self.names.get(person, "")


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


class UnknownPost(YunzhangError):
    """A post number that the organisation does not hold on that day."""

    code = "unknown_post"
    category = "missing"
    what = zh("未找到岗位“%(post)s”，或该岗位已撤销。")
    do = zh("请在机构页面核对岗位编号。")


class UnknownDelegation(YunzhangError):
    """A delegation that is not there."""

    code = "unknown_delegation"
    category = "missing"
    what = zh("未找到这项岗位委托。")
    do = zh("请在岗位页面核对。")


class PostTaken(YunzhangError):
    """Somebody holds the post on some of those days; a post has one holder at a time."""

    code = "post_taken"
    category = "conflict"
    what = zh("岗位“%(post)s”在该期间已由%(name)s担任。")
    why = zh("同一岗位同一天只有一名责任人，以便查明某日由谁负责。")
    do = zh("请先填写前任的离任日期，或改用岗位委托。")


class AlreadyHolds(Invalid):
    """A person who holds another post takes this one concurrently or acting, and says so."""

    code = "already_holds"
    what = zh("%(name)s在该期间已担任其他岗位。")
    do = zh("如属兼任或代理，请注明；否则请先填写原岗位的离任日期。")


class SeparatedPowers(Invalid):
    """Administrators and auditors hold no other post, and lend theirs to nobody (三员分立)."""

    code = "separated_powers"
    what = zh("管理员、审计员岗位不得与其他岗位由同一人兼任，也不得委托。")
    why = zh("系统管理、安全管理、审计管理三员分立。")
    do = zh("请另选人员。")


class OtherPlace(Invalid):
    """Rights are lent inside one place only."""

    code = "other_place"
    what = zh("只能委托给本地方的岗位。")
    do = zh("请另选受托岗位。")


class Backdated(Invalid):
    """What days gone by say about who was responsible is not rewritten."""

    code = "backdated"
    what = zh("日期 %(day)s 早于今天。")
    why = zh("过去各日由谁负责的记录不作更改。")
    do = zh("请填写今天或以后的日期。")


class BadPeriod(Invalid):
    """A period ends after it begins."""

    code = "bad_period"
    what = zh("结束日期须晚于开始日期。")
    do = zh("请核对起止日期。")


class SignInLocked(Refused):
    """Too many failed sign-ins; the same words whether or not the account exists."""

    code = "sign_in_locked"
    what = zh("连续多次登录失败，请约 %(minutes)s 分钟后再试。")
    do = zh("如忘记密码，请联系本地机构管理员。")


class SignInFailed(Refused):
    """Name and password do not fit; which of the two is not said."""

    code = "sign_in_failed"
    what = zh("用户名或密码不正确。")
    do = zh("请重新输入；连续多次输错将暂时锁定。")


class NameTaken(YunzhangError):
    """An account of that name exists."""

    code = "name_taken"
    category = "conflict"
    what = zh("用户名“%(name)s”已被使用。")
    do = zh("请换一个用户名。")


class HasAccount(YunzhangError):
    """A person has one sign-in, whatever posts they hold."""

    code = "has_account"
    category = "conflict"
    what = zh("%(name)s已有账号。")
    why = zh("一人一个账号，登录后可在其担任的各岗位之间切换。")
    do = zh("请使用原有账号登录。")


class WeakPassword(Invalid):
    """A password that guesses would soon find."""

    code = "weak_password"
    what = zh("密码过于简单：%(problem)s")
    do = zh("请使用至少十二位、不易猜到的密码。")


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
