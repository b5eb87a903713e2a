"""What a calibration says in the reader's language, for every door: one sentence, kinds, reasons, rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.calibration.whole import Calibration, list_scores
from yunzhang.governance.lab.terms import Hindrance, NoForecast, Unforeseen
from yunzhang.governance.lab.words.results import relation_word
from yunzhang.governance.lab.words.verdict import percent, signed
from yunzhang.kit.wording import plain

ROUND = 20  # numbers of matters from here on are told as whole ones
EVEN = 0.005  # a skill that is told as "as well as"
type_row = Mapping[str, Any]


def say_calibration(summary: type_row) -> str:
    """Return in plain words how well the held-out months were told, and how much is not told; or why nothing is."""
    return say_held(summary) + _("。") + say_rest(summary) if summary["is_told"] else say_held(summary)


def say_record(told: type_row) -> str:
    """Return how well the record tells that a simulation stands on, kept as `calibration`; "" where it uses none."""
    return say_calibration(told["calibration"]) if "calibration" in told else ""


def say_held(summary: type_row) -> str:
    """Return how many of the held-out months lay in the band; or why nothing is told."""
    if not summary["is_told"]:
        reason = summary["reason"]
        problem = _("没有可用的事项记录") if reason is None else say_reason(reason)
        return plain(NoForecast.what) % {"problem": problem}
    score = summary["score"]
    told = {name: str(summary[name]) for name in ("ahead", "first", "last")}
    told |= {"months": str(score["months"]), "inside": str(score["inside"])}
    said = _(
        "用此前的记录推算最近 %(ahead)s 个月（%(first)s 至 %(last)s），"
        "%(months)s 个数中有 %(inside)s 个落在 90%% 区间内"
    )
    return said % told


def say_rest(summary: type_row) -> str:
    """Return how the error compares with the simple baseline, and how many kinds are not told; "" where nothing is."""
    if not summary["is_told"]:
        return ""
    told = {name: str(summary[name]) for name in ("kinds", "due", "met")}
    said = _("%(kinds)s 类往来中，可推算件数的有 %(due)s 类，可推算按期比例的有 %(met)s 类，其余不作预测。")
    return _skill(summary["score"]["skill"]) + said % told


def _skill(skill: float | None) -> str:
    if skill is None:
        return ""
    if abs(skill) < EVEN:
        return _("误差与沿用近三个月均值的做法相当；")
    share = {"share": percent(abs(skill))}
    if skill > 0:
        return _("误差比沿用近三个月均值的做法小 %(share)s；") % share
    return _("误差比沿用近三个月均值的做法大 %(share)s；") % share


def say_reason(row: type_row) -> str:
    """Return why something is not forecast."""
    one = Unforeseen(row["relation"], row["level"], row["what"], Hindrance(row["hindrance"]), row["params"])
    return plain(one.sentence)


def kind_word(row: type_row) -> str:
    """Return what matters of a relation on a level are called."""
    return f"{relation_word(row['relation'])} · {level_word(row['level'])}"


def level_word(level: int) -> str:
    """Return how far below the unit at the top a level is."""
    return _("本级") if level == 0 else _("下 %(count)s 级") % {"count": level}


def what_word(what: str) -> str:
    """Return what is told of a kind of matter; "" is both."""
    words = {"due": _("到期件数"), "met": _("按期办结的比例")}
    return words.get(what) or _("件数和比例")


def by_words() -> dict[str, str]:
    """Return who tells: the record's own estimate, the engine, and stretches held out in turn."""
    return {
        "record": _("由记录推算"),
        "engine": _("由引擎推演"),
        "turns": _("各季依次留出，合计"),
        "turn": _("留出的一季"),
    }


def say_by(row: type_row) -> str:
    """Return who tells, with the months of a stretch."""
    said = by_words()[row["by"]]
    return f"{said} {row['first']} – {row['last']}" if row["first"] else said


def number(value: float | None, what: str = "due") -> str:
    """Return a number of matters, or a share as a percentage, as text.

    >>> number(12.0), number(12.5), number(1234.6), number(0.25, "met"), number(None)
    ('12', '12.5', '1,235', '25%', '–')
    """
    if value is None:
        return "–"
    if what == "met":
        return percent(value)
    return f"{value:,.0f}" if value >= ROUND or value == int(value) else f"{value:.1f}".removesuffix(".0")


def spanned(low: float | None, high: float | None, what: str = "due") -> str:
    """Return a range as text, "–" where there is none.

    >>> spanned(3.0, 9.0), spanned(0.5, 0.75, "met"), spanned(None, None)
    ('3–9', '50%–75%', '–')
    """
    return "–" if low is None or high is None else f"{number(low, what)}–{number(high, what)}"


def estimate_heads() -> tuple[str, ...]:
    """Return the headings of the estimates."""
    return (_("往来"), _("月数"), _("事项数"), _("每对单位每月件数"), _("90% 范围"), _("按期办结的可能"), _("90% 范围"),
            _("半数办结的天数"), _("90% 范围"), _("时限（天）"), _("各月起伏"))  # fmt: skip


def estimate_cells(row: type_row) -> tuple[str, ...]:
    """Return one estimate as text, in the order of its headings."""
    low, high = row["rate_range"]
    rate = (f"{row['rate']:.2f}", f"{low:.2f}–{high:.2f}")
    chance = (percent(row["chance"]), spanned(row["chance_range"][0], row["chance_range"][1], "met"))
    days = "–" if row["days"] is None else f"{row['days']:.0f}"
    first, last = ("…" if one is None else f"{one:.0f}" for one in row["days_range"])
    days_range = "–" if row["days"] is None else f"{first}–{last}"
    moods = _("大于偶然") if row["is_clumped"] else _("未超出偶然")
    counts = (str(row["months"]), str(row["matters"]))
    return (kind_word(row), *counts, *rate, *chance, days, days_range, str(row["term"]), moods)


def score_heads() -> tuple[str, ...]:
    """Return the headings of the scores."""
    return (_("做法"), _("推算的量"), _("个数"), _("区间内"), _("占比"), "CRPS", _("简单外推的 CRPS"), _("技能"),
            _("提示"))  # fmt: skip


def score_cells(row: type_row) -> tuple[str, ...]:
    """Return one score as text; where more months lie outside than chance leaves there, it says so."""
    crps, baseline = ("–" if row[name] is None else f"{row[name]:.2f}" for name in ("crps", "baseline"))
    said = _("与拟合的月份不相像") if row["is_unlike"] else ""
    return (say_by(row), what_word(row["what"]), str(row["months"]), str(row["inside"]), percent(row["covered"]),
            crps, baseline, signed(row["skill"]), said)  # fmt: skip


def list_whole(calibration: Calibration) -> list[type_row]:
    """Return the scores of all kinds together; of stretches held out in turn where there are several."""
    barred = () if len(calibration.turns) > 1 else ("turns", "turn")
    found = (row for row in list_scores(calibration) if not row["relation"] and row["months"])
    return [row for row in found if row["by"] not in barred]


def refusal_heads() -> tuple[str, ...]:
    """Return the headings of what is not forecast."""
    return _("往来"), _("不作预测的量"), _("原因")


def list_refusals(calibration: Calibration, when: str = "coming") -> Iterator[tuple[str, str, str]]:
    """Yield kind, what and reason of all that is not forecast: of the months held out, or those to come."""
    for row in calibration.unforeseen[when]:
        yield kind_word(row), what_word(row["what"]), say_reason(row)


def coming_heads(calibration: Calibration) -> tuple[str, ...]:
    """Return the headings of the months to come."""
    months: Sequence[str] = calibration.coming[0]["months"] if calibration.coming else ()
    return (_("往来"), _("推算的量"), *months)


def coming_cells(row: type_row) -> tuple[str, ...]:
    """Return what is told of the months to come: the middle and the 90 % band of each."""
    bands, what = row["bands"], row["what"]
    months = (
        f"{number(mid, what)} ({spanned(low, high, what)})"
        for mid, low, high in zip(bands["median"], bands["low90"], bands["high90"], strict=True)
    )
    return (kind_word(row), what_word(what), *months)


def list_method() -> list[str]:
    """Return how all this is found, and what it is not."""
    return [
        _("估计只用截至留出月份之前已知的记录；件数按月份有起伏的泊松分布，比例按随月份变动的二项分布，区间都是 90%。"),
        _("“由引擎推演”是用同样的估计多次运行推演引擎，所得是模拟的；两者应当大致相同。"),
        _("CRPS 是推算与实际之间的平均差距（件），越小越好；技能为 1 减去它与简单外推之比，0 为不比简单外推好。"),
        _("一季只是一次检验：各类往来同起同落。各季依次留出的合计更可信。"),
        _("记录太短、太少、有缺月，或期间有调整、变化、趋势、季节的，不作预测；此后才发生的变化无从知道。"),
        _("一类往来按层级合计，不列单个单位，不得据此排名、考核或问责。"),
    ]
