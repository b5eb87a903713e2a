"""Nouns of the observatory 观测: what is measured and by which parameters, figures, coverage, and its errors.

V is 纵向贯通度, H is 横向协同度; the contract is design §5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from yunzhang.base.errors import Conflict, Invalid, Missing, Refused, YunzhangError, zh

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

PARTS = ("department", "region", "market", "society")
LINES = ("territorial", "functional")
CLASSES = ("directive", "report")
COVERS = tuple(f"{line} {kind}" for line in LINES for kind in CLASSES)
OUTSIDE_KINDS = ("enterprise", "organisation", "citizen", "external")
UNIT_KINDS = ("government", "department", *OUTSIDE_KINDS)
OUTCOMES = ("met", "late", "refused", "withdrawn", "open")
TRADE_KINDS = ("need", "offer", "contract")
REPORT = "report"
ROOTS = "*"  # the virtual unit over several roots
EQUAL = (1.0,) * len(PARTS)
FIGURES = ("V", "V_territorial", "V_functional", "H", *(f"H_{part}" for part in PARTS))


class Mode(StrEnum):
    """The four modes of governance, and the honest fifth."""

    LOOSE = "loose"
    AUTHORITATIVE = "authoritative"
    COOPERATIVE = "cooperative"
    COLLABORATIVE = "collaborative"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Parameters:
    """How to measure. Moments are microseconds of UTC since 1970, or None; `draws` 0 gives no intervals."""

    from_at: int | None = None
    to_at: int | None = None
    as_of: int | None = None
    term_days: float = 30
    tau: float = 4
    parts: tuple[str, ...] = PARTS
    weights: tuple[float, ...] = ()  # of the parts in H, in the order of PARTS; (): the dated parameter, else equal
    programme: str = ""  # only rows of this programme count; "": all
    covers: tuple[str, ...] | None = None
    draws: int = 200
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one unit: values by name, raw values, low and high of each, the mode and what stands beside.

    `null` holds H_null and that of its parts by the names of the figures, `chances` the probability of each mode;
    both are empty without draws, and None where V or H is null. `weak_parts`: the declared parts of H under .5.
    """

    unit: str
    name: str
    level: int
    units: int
    loops: int
    values: dict[str, float | None]
    raw: dict[str, float | None]
    low: dict[str, float | None] = field(default_factory=dict)
    high: dict[str, float | None] = field(default_factory=dict)
    mode: Mode = Mode.UNDECIDED
    p_mode: float | None = None
    coverage: dict[str, object] = field(default_factory=dict)
    null: dict[str, float | None] = field(default_factory=dict)
    chances: dict[str, float | None] = field(default_factory=dict)
    weak_parts: tuple[str, ...] = ()

    @property
    def excess(self) -> float | None:
        """H less H_null: how far sisters deal beyond what their level alone explains; None where either is null."""
        h, null = self.values["H"], self.null.get("H")
        return None if h is None or null is None else h - null


@dataclass(frozen=True, slots=True)
class Gain:
    """How far V or H of one sub-tree would rise if one edge or block were whole; `met` of `due` is what it did."""

    line: str  # territorial | functional | department | region | market | society
    unit: str  # the debtor of the edge, or the block
    upper: str  # the other end of the edge; "" for a block
    gain: float
    met: float
    due: float


class Advice(StrEnum):
    """What a suggestion 参考建议 proposes."""

    LEADER = "leader"  # one responsible leader over these departments
    AGREEMENT = "agreement"  # between these two places
    CHANNEL = "channel"  # to the market or to society
    PROGRAMME = "programme"  # to take up again
    LOAD = "load"  # a unit to unload
    LEVEL = "level"  # a pair of levels to look at


@dataclass(frozen=True, slots=True)
class Basis:
    """Which rows a suggestion rests on: those of these debtors and creditors, of these relations; empty: any.

    `under`: debtors anywhere below that unit.
    """

    debtors: tuple[str, ...] = ()
    creditors: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    programme: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One computed suggestion with its expected gain; `met` of `due` is what stands against it in the window."""

    advice: Advice
    figure: str  # V | H
    line: str  # territorial | functional | department | region | market | society | ""
    units: tuple[str, ...]  # whom it concerns, in the order of the unit table
    gain: float
    low: float
    high: float
    met: float
    due: float
    basis: Basis
    stability: float | None = None  # share of runs in which the group stays together
    details: dict[str, float | str] = field(default_factory=dict)


ROOM = "observatory"
APPROVAL = "approval"  # the kind of loop a draft put up opens: the government owes the asking unit a decision


class Step(StrEnum):
    """Where a draft 拟办意见 stands; the platform proposes, persons take every step."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"  # 呈批
    ADOPTED = "adopted"  # 采纳
    NOT_ADOPTED = "not_adopted"  # 不采纳
    DROPPED = "dropped"  # discarded by its own unit before anybody decided


class DraftNote(StrEnum):
    """Entries on the stream of a draft; putting it up opens a loop, whose entries say the rest."""

    DRAFTED = "suggestion_drafted"
    REVISED = "suggestion_revised"
    SUBMITTED = "suggestion_submitted"
    RECALLED = "suggestion_recalled"
    DROPPED = "suggestion_dropped"
    DECIDED = "suggestion_decided"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion a person turned into a draft 拟办意见, with the figures it had that day.

    `unit` is the unit whose figures it rests on, `asker` the drafting unit, `decider` the government that decides;
    `loop` the question put up, None where the decider's own leaders drafted it; `version` counts revisions.
    """

    id: UUID
    unit: int
    key: str
    asker: int
    decider: int
    title: str
    text: str
    step: Step
    version: int
    drafted_at: datetime
    loop: UUID | None
    decided_at: datetime | None
    reason: str
    suggestion: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProposalRoles:
    """What the acting post is to a draft, and what it may do with it now."""

    asks: bool
    decides: bool
    powers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Study:
    """A loaded log 外部日志: apart from the office's ledger; `mark` is foreign | simulated, `top` where its pages open.

    `facts` hold where it comes from: command, digests of inputs and tables, mapping, parameters, coverage of the log.
    """

    name: str
    title: str
    mark: str
    stream: UUID
    added_at: datetime
    person: str
    post: int | None
    units: int
    loops: int
    top: int
    facts: dict[str, Any]


class BadTable(YunzhangError):
    """A table cannot be measured as it is; the line says which row and why."""

    code = "unmeasurable_table"
    what = zh("%(table)s无法使用：%(problem)s。")
    do = zh("请改正后重试；各列的名称与含义见研究者指南（docs/guides/researcher.md）。")


class BadState(YunzhangError):
    """A kept state cannot be used or made as asked."""

    code = "bad_state"
    what = zh("目录 %(folder)s 中保存的测算状态无法使用：%(problem)s。")
    do = zh("请换一个空目录，用完整的事项表重新测算一次。")


class BadParameter(YunzhangError):
    """A parameter of the measure is out of its range."""

    code = "bad_parameter"
    what = zh("参数 %(name)s 有误：%(problem)s。")
    do = zh("请用 yunzhang measure --help 查看各参数的取值。")


class OwnViewClosed(Refused):
    """The own view of a post's rhythm is closed until its holder opens it."""

    code = "own_view_closed"
    what = zh("本岗位的推进节奏尚未开启。")
    do = zh("请由任职者本人在该页开启；随时可以关闭。")


class NotYours(Refused):
    """A unit's placement is seen by itself, its superior line and the office."""

    code = "not_your_figures"
    what = zh("该单位的运行分析仅本单位、其上级和云长制办公室可见。")


class NotYourStudy(Refused):
    """Studies are read by office, leaders and auditors of the uppermost place, and by researchers."""

    code = "not_your_study"
    what = zh("外部日志研究仅本地最高一级的云长制办公室、政府负责同志、审计岗位和研究账号可见。")


class MissingPlace(Missing):
    """A study, or a unit of it, that is not there."""

    code = "missing_place"
    what = zh("没有这项研究，或其中没有这个单位。")


class SuggestionGone(Missing):
    """A suggestion that the newest figures no longer make."""

    code = "suggestion_gone"
    what = zh("最新结果中已没有这条参考建议。")
    do = zh("请返回参考建议页查看最新内容；已形成的拟办意见仍保留在记录中。")


class DraftTaken(Conflict):
    """A draft on the same suggestion is under way already."""

    code = "draft_taken"
    what = zh("这条参考建议已形成拟办意见，尚未办结。")
    do = zh("请在该拟办意见上继续办理。")


class WrongStep(Conflict):
    """Somebody else moved the draft first, or its step does not allow this."""

    code = "wrong_step"
    what = zh("该拟办意见的办理状态已变化，未作任何改动。")
    do = zh("请查看最新情况后再办理。")


class NoSuchStudy(Missing):
    """A study that is not there."""

    code = "no_such_study"
    what = zh("没有名为“%(name)s”的研究。")
    do = zh("可用 yunzhang study list 查看已有的研究。")


class StudyTaken(Conflict):
    """A study of that name was loaded before."""

    code = "study_taken"
    what = zh("已有名为“%(name)s”的研究，未作任何改动。")
    why = zh("一个名称只对应一项研究。")
    do = zh("请换一个名称，或先移除原有的研究。")


class BadStudyName(Invalid):
    """The name of a study is a part of addresses and of a folder."""

    code = "bad_study_name"
    what = zh("研究名称“%(name)s”不能使用。")
    do = zh("请用 1 到 40 个小写字母、数字或短横线，以字母开头。")


class StudyTooLarge(Invalid):
    """More units or rows than the pages can show."""

    code = "study_too_large"
    what = zh("日志过大：%(count)s 个，上限为 %(limit)s 个（%(kind)s）。")
    do = zh("更大的日志请用 yunzhang measure 直接测算，不必装入平台。")


class StudyDamaged(YunzhangError):
    """The files of a study are not those that were loaded."""

    code = "study_damaged"
    category = "conflict"
    what = zh("研究“%(name)s”的文件缺失，或与装入时的摘要不符。")
    do = zh("请移除后重新装入。")


class MayNotLoad(Refused):
    """Logs from elsewhere are loaded by the office of the uppermost place and by researchers."""

    code = "may_not_load"
    what = zh("只有本地最高一级的云长制办公室和研究账号可以装入或移除外部日志。")


class BadMapping(Invalid):
    """A mapping that cannot be followed; `at` says where it stands."""

    code = "bad_mapping"
    what = zh("映射文件的 %(at)s 有误：%(problem)s。")
    do = zh("可参照 yunzhang/data/mappings 中的样例改正。")


class BadLog(Invalid):
    """A log that cannot be read as its mapping says."""

    code = "bad_log"
    what = zh("日志 %(file)s 无法读取：%(problem)s。")


class NothingMeasured(YunzhangError):
    """A paper about a unit that has no figures: nothing was due below it, or nothing was computed yet."""

    code = "nothing_measured"
    category = "conflict"
    what = zh("该单位没有可以成文的数据。")
    why = zh("窗口期内没有可以计算的下级往来，或后台尚未计算。")
    do = zh("请换一个有下级的单位，或稍后再试。")


class NoSuchLoad(Missing):
    """Uploaded files that are not there any more, or are another person's."""

    code = "no_such_load"
    what = zh("没有这次上传，或已超过一天被清除。")
    do = zh("请重新上传。")


class UploadTooLarge(Invalid):
    """More bytes than one form may bring."""

    code = "upload_too_large"
    what = zh("上传的文件合计超过 %(megabytes)s MB，未作任何改动。")
    do = zh("更大的日志请在服务器上用 yunzhang study add 装入。")
