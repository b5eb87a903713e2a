"""What happens in a simulated year, decided from a seed alone: programmes and their rhythm, places that differ.

Pure: this file knows no table and no action. `play.py` carries it out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from yunzhang.base.clock import PLACE, Calendar, add_working_days, is_working_day


@dataclass(frozen=True, slots=True)
class Programme:
    """A 专项 with its campaign days (as shares of the year), the days in which its push halves, and what it asks."""

    name: str
    share: float
    campaigns: tuple[float, ...]
    halves_in_days: float
    titles: tuple[str, ...]
    lead: str  # code of the municipal department that carries it down its own line


PROGRAMMES = (
    Programme(
        "政务云迁移",
        1.2,
        (0.0, 0.48),
        48,
        ("非涉密业务系统迁移上云", "关停闲置机房和零散服务器", "清理僵尸系统", "云资源使用情况核减"),
        "big_data",
    ),
    Programme(
        "数据目录编制",
        1.0,
        (0.06, 0.55),
        60,
        ("编制本级政务数据目录", "补齐目录共享属性和共享条件", "核对目录与系统挂接情况", "更新职能调整涉及的目录"),
        "big_data",
    ),
    Programme(
        "数据归集共享",
        1.2,
        (0.15, 0.66),
        55,
        ("归集企业登记数据", "归集不动产登记数据", "核对人口基础库差异", "提供社保参保数据接口"),
        "market_regulation",
    ),
    Programme(
        "高效办成一件事",
        1.1,
        (0.22, 0.75),
        70,
        ("推进企业信息变更一件事", "推进新生儿出生一件事", "推进教育入学一件事", "梳理办事材料免提交清单"),
        "civil_affairs",
    ),
    Programme(
        "基层报表精简",
        0.8,
        (0.33,),
        40,
        ("清理向基层索要的重复报表", "核定乡镇街道报表清单", "停用重复填报系统"),
        "big_data",
    ),
    Programme(
        "网络安全整改",
        0.7,
        (0.1, 0.6, 0.9),
        30,
        ("整改网络安全检查发现的问题", "完成等级保护测评备案", "核查外包运维人员权限"),
        "public_security",
    ),
)
REACHES = ("districts", "departments", "line", "towns")
ANSWERS = (
    "已按要求完成，相关材料附后。",
    "已完成自查并整改到位。",
    "已完成，涉及系统均已核对。",
    "已办理完毕，数据已核验。",
)
PROGRESS = ("正在推进，总体符合进度。", "已完成约六成，余下部分按计划办理。", "已开会部署，明确到具体科室。")


@dataclass(frozen=True, slots=True)
class Issue:
    """One document to be issued: on which day, under which programme, how far it reaches."""

    on: date
    programme: Programme
    title: str
    reach: str
    term: int  # working days to its due day


@dataclass(frozen=True, slots=True)
class Fate:
    """What one debtor will do with one matter: when it signs, answers, and whether it must do it again."""

    signs_after: timedelta
    answers_at: datetime | None
    is_returned: bool
    asks_extension: bool
    objects: bool


def push(programme: Programme, through: float, days: int) -> float:
    """Return a programme's push, 0..1, at the share `through` of a year of `days` days; it halves between campaigns.

    >>> round(push(PROGRAMMES[0], 0.0, 365), 3)
    1.0
    """
    past = [start for start in programme.campaigns if start <= through]
    if not past:
        return 0.0
    return float(2 ** (-(through - past[-1]) * days / programme.halves_in_days))


def plan_year(rng: Random, *, begins: date, ends: date, calendar: Calendar, density: float) -> list[Issue]:
    """Return the documents of the year by day; `density` is how many a working day brings at full push."""
    days = (ends - begins).days + 1
    issues: list[Issue] = []
    for number in range(days):
        on = begins + timedelta(days=number)
        if not is_working_day(on, calendar):
            continue
        for programme in PROGRAMMES:
            expected = density * programme.share * push(programme, number / days, days)
            issues += [_issue(rng, on, programme) for _ in range(_poisson(rng, expected))]
    return issues


def _issue(rng: Random, on: date, programme: Programme) -> Issue:
    reach = rng.choices(REACHES, weights=(36, 22, 36, 6))[0]
    return Issue(on, programme, rng.choice(programme.titles), reach, rng.choice((10, 15, 20, 30)))


def _poisson(rng: Random, mean: float) -> int:
    count, product, limit = 0, rng.random(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def diligence(rng: Random, place: float) -> float:
    """Return how reliably a unit of a place of diligence `place` keeps its terms, 0.2..0.99."""
    return min(0.99, max(0.2, rng.gauss(place, 0.08)))


def place_diligence(rng: Random) -> float:
    """Return how reliable a whole place is: most are sound, a few are not."""
    return rng.betavariate(7, 2) * 0.5 + 0.47


def decide_fate(rng: Random, *, opened: datetime, due: datetime, reliable: float, calendar: Calendar) -> Fate:
    """Return one matter's fate for a debtor that keeps its terms with probability `reliable`."""
    signs_after = timedelta(hours=rng.choice((1, 2, 3, 5, 20, 26, 45)), minutes=rng.randrange(60))
    roll = rng.random()
    span = due - opened
    if roll < reliable:
        answers = opened + span * rng.uniform(0.35, 0.97)
    elif roll < reliable + (1 - reliable) * 0.75:
        answers = due + timedelta(days=rng.expovariate(1 / 9) + 0.5)
    else:
        return Fate(signs_after, None, is_returned=False, asks_extension=False, objects=rng.random() < 0.05)
    is_late_kind = rng.random() < 0.25 and roll >= reliable
    answered = office_hour(rng, answers, calendar)
    return Fate(signs_after, answered, rng.random() < 0.07, is_late_kind, objects=rng.random() < 0.004)


def office_hour(rng: Random, at: datetime, calendar: Calendar) -> datetime:
    """Return a moment in office hours of the same working day, or of the next one."""
    on = at.astimezone(PLACE).date()
    if not is_working_day(on, calendar):
        on = add_working_days(on, 1, calendar).on
    moment = time(rng.choice((9, 10, 11, 14, 15, 16)), rng.randrange(60), rng.randrange(60))
    return datetime.combine(on, moment, PLACE).astimezone(UTC)
