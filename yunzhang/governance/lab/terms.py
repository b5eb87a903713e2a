"""Nouns of the lab 推演: behaviour of units, what-ifs with dates, scenarios, runs; and its errors.

V is 纵向贯通度, H is 横向协同度. Everything the lab shows is simulated; nothing of it enters the office's own ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yunzhang.base.errors import Conflict, Invalid, Missing, Refused, Sentence, YunzhangError, zh
from yunzhang.governance.observatory.terms import COVERS, PARTS

RELATIONS = (*COVERS, *PARTS)  # "territorial directive" … "society": what a flow is to the measure
KIND_OF = {  # the kind of loop a flow of each relation opens
    "territorial directive": "directive",
    "territorial report": "report",
    "functional directive": "directive",
    "functional report": "report",
    "department": "consultation",
    "region": "agreed_duty",
    "market": "need",
    "society": "appeal",
}
ANY_LEVEL = -1


@dataclass(frozen=True, slots=True)
class Pace:
    """How one kind of matter goes on one level: `rate` a month and flow, `chance` that one read is acted on, `term`."""

    rate: float
    chance: float
    term: int = 20  # days


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How units behave: paces by relation and level of the debtor (ANY_LEVEL: every other), and what a unit can do.

    `capacity`: matters a day at full attention (0 < capacity; infinite: never full). `attention`: what it never falls
    under, 0..1. `halves_in`: days in which the rest halves without a refresh (infinite: never). `refresh`: what reading
    a directive adds. `relay`: chance that a directive is passed on to each unit below. `hop`, `aside`: chance that a
    matter going by hand passes one step along the backbone, one link. `partners`: sisters each unit deals with on each
    side (0: all). `by_hand`: matters across go along the line or links, from hand to hand, instead of straight.
    """

    paces: Mapping[tuple[str, int], Pace]
    capacity: float = float("inf")
    attention: float = 1.0
    halves_in: float = float("inf")
    refresh: float = 0.0
    relay: float = 0.0
    hop: float = 1.0
    aside: float = 1.0
    partners: int = 3
    by_hand: bool = False
    late: float = 0.6
    refused: float = 0.05

    def pace(self, relation: str, level: int) -> Pace | None:
        """Return the pace of a relation on a level, that of every level where it has none of its own, else None."""
        return self.paces.get((relation, level), self.paces.get((relation, ANY_LEVEL)))


class Do(StrEnum):
    """What a what-if does, in the field's words."""

    APPOINT_LEADER = "appoint_leader"  # 明确一位负责同志牵头几个部门
    RAISE_SYSTEM = "raise_system"  # 提级：由更高一级统筹（学术情景）
    SIGN_AGREEMENT = "sign_agreement"  # 地区间签订协议
    OPEN_CHANNEL = "open_channel"  # 开通群众或企业渠道
    MOVE_OFFICE = "move_office"  # 办公室改设在另一部门
    SET_MEETINGS = "set_meetings"  # 调整调度会的频次
    CHANGE_PROGRAMME = "change_programme"  # 某专项推进力度变化
    VACATE_POST = "vacate_post"  # 岗位空缺
    MERGE_UNITS = "merge_units"  # 部门合并
    SPLIT_UNIT = "split_unit"  # 部门拆分
    ADD_SUPERIOR = "add_superior"  # 增加一个条线上级（双重领导）
    ADD_LINKS = "add_links"  # 增加单位之间的直接联系
    LOOSEN_LINE = "loosen_line"  # 上下级约束减弱或加强


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One what-if: from its day on, until a day (None: to the end), for these units, with its own values."""

    do: Do
    day: int
    units: tuple[str, ...] = ()
    until: int | None = None
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme 专项 of a scenario: its `share` of directives, days in which its push halves, its lowest push."""

    name: str
    share: float
    halves_in: float = float("inf")
    floor: float = 0.1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A list of what-ifs with dates. `days` is the length of a run; `begins` the day it begins with.

    `behaviour` and `paces` say what differs from the calibrated or default behaviour.
    """

    title: str
    begins: date
    days: int = 720
    what_ifs: tuple[WhatIf, ...] = ()
    behaviour: Mapping[str, float] = field(default_factory=dict)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    programmes: tuple[Programme, ...] = ()


class State(StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A scenario somebody ran from the pages: how far it is, and the facts of its result."""

    id: UUID
    unit: int
    title: str
    scenario: dict[str, Any]
    runs: int
    seed: int
    state: State
    done: int
    asked_at: datetime
    ended_at: datetime | None
    person: str
    post: int | None
    facts: dict[str, Any]
    problem: str = ""


class Hindrance(StrEnum):
    """Why a record does not bear a forecast of one kind of matter."""

    FEW_MONTHS = "few_months"
    FEW_MATTERS = "few_matters"
    SHORTER_THAN_AHEAD = "shorter_than_ahead"
    NO_RECORDS = "no_records"
    REORGANISED = "reorganised"
    CHANGED_SHARE = "changed_share"
    CHANGED_NUMBER = "changed_number"
    TREND = "trend"
    SEASON = "season"


HINDRANCES = {
    Hindrance.FEW_MONTHS: zh("可用的完整月份只有 %(count)s 个，至少需要 %(least)s 个"),
    Hindrance.FEW_MATTERS: zh("到期事项只有 %(count)s 件，至少需要 %(least)s 件"),
    Hindrance.SHORTER_THAN_AHEAD: zh("要预测 %(ahead)s 个月，而可用的完整月份只有 %(count)s 个"),
    Hindrance.NO_RECORDS: zh("%(months)s 没有记录"),
    Hindrance.REORGANISED: zh("期间机构有调整，涉及 %(count)s 件事项，占 %(share)s"),
    Hindrance.CHANGED_SHARE: zh("按期办结的比例自 %(month)s 起由 %(before)s 变为 %(after)s，此前的记录不能代表今后"),
    Hindrance.CHANGED_NUMBER: zh(
        "每月到期的件数自 %(month)s 起由约 %(before)s 件变为约 %(after)s 件，此前的记录不能代表今后"
    ),
    Hindrance.TREND: zh("每月到期的件数持续增减（平均每月 %(slope)s），没有稳定的水平可供预测"),
    Hindrance.SEASON: zh("每月到期的件数随月份明显起伏，记录还不足以分清季节"),
}


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """What is not forecast of the matters of a relation on a level (`what`: due | met; "" both), and why."""

    relation: str
    level: int
    what: str
    hindrance: Hindrance
    params: Mapping[str, str]

    @property
    def sentence(self) -> Sentence:
        """The reason in words."""
        return Sentence(HINDRANCES[self.hindrance], self.params)


class BadScenario(Invalid):
    """A scenario that cannot be run; `at` says where it stands."""

    code = "bad_scenario"
    what = zh("情景的 %(at)s 有误：%(problem)s。")
    do = zh("请改正后重试；各项写法见 docs/lab.md。尚未开始模拟。")


class ScenarioTooLarge(Invalid):
    """More units, links or matters than a run may hold."""

    code = "scenario_too_large"
    what = zh("情景过大：%(kind)s %(count)s，上限为 %(limit)s。")
    do = zh("请缩小范围，或减少新增的联系；尚未开始模拟。")


class StepNotAdded(Invalid):
    """A what-if stands in the fields of the builder, half written, while the runs are asked for."""

    code = "step_not_added"
    what = zh("第二部分中还有一项措施没有加入情景，尚未开始推演。")
    do = zh("请先按“加入”或“保存修改”；不要这一项时，取消所选单位，或按“不改了”。")


class NoForecast(YunzhangError):
    """The record does not bear a forecast; says why."""

    code = "no_forecast"
    category = "conflict"
    what = zh("现有记录不足以预测：%(problem)s。")
    do = zh("可以改用默认参数做情景比较，但不应视为对本单位的预测。")


class NoSuchExperiment(Missing):
    """A run that is not there, or is another's."""

    code = "no_such_experiment"
    what = zh("没有这次推演，或您无权查看。")


class NoSuchDraft(Missing):
    """A form that was not kept, or is older than those kept."""

    code = "no_such_draft"
    what = zh("没有这份推演草稿。")
    why = zh("每人在每个岗位上只保留最近的若干步。")
    do = zh("请回到情景推演，从未运行的情景接着写，或新建。")


class NotYourDraft(Refused):
    """A form another person, or another of one's posts, was writing."""

    code = "not_your_draft"
    what = zh("这份推演草稿不是您以当前岗位写的。")
    do = zh("如是您本人所写，请在页首换回当时的岗位；他人的草稿不能查看。")


class RunsFailed(YunzhangError):
    """Runs broke off for a reason nobody foresaw; kept with the experiment, told on its page."""

    code = "runs_failed"
    category = "unavailable"
    what = zh("推演进行到第 %(done)s 次时中断，已完成的运行未作采用。")
    why = zh("程序遇到没有预料到的情况，与您填写的内容未必有关。")
    do = zh("请按原情景再推演一次；如再次中断，请把下面的技术细节告诉系统管理员。")


class RunsTooBig(RunsFailed):
    """Runs did not fit into the machine's memory."""

    code = "runs_too_big"
    why = zh("服务器内存不足以推演这样大的范围。")
    do = zh("请缩小推演范围、减少新增的联系或天数后再试，或请系统管理员增加内存。")


class RunsKeptWaiting(RunsFailed):
    """The database stayed busy or away through all attempts."""

    code = "runs_kept_waiting"
    why = zh("数据库一直繁忙或无法连接，已自动重试多次。")
    do = zh("请稍后按原情景再推演一次；如仍中断，请告诉系统管理员。")


class MayNotSimulate(Refused):
    """Simulations of a unit are run by the office and the leaders of its place, or by researchers."""

    code = "may_not_simulate"
    what = zh("只有本地云长制办公室、政府负责同志和研究账号可以进行情景推演。")


class AlreadyRunning(Conflict):
    """Too many runs wait for one post."""

    code = "runs_waiting"
    what = zh("您已有 %(count)s 次推演在排队或运行。")
    why = zh("每个岗位同时等候的推演有上限。")
    do = zh("请等其中一次结束，或先取消。")


class Unresumable(Conflict):
    """A results folder holds another scenario's runs."""

    code = "unresumable"
    what = zh("目录 %(folder)s 中已有别的文件，或另一情景、另一种子、另一版本的结果，未作任何改动。")
    why = zh("一个目录只放同一次推演的结果。")
    do = zh("请换一个目录，或删除其中的结果后重试。")
