"""What the figures say in plain words, for the office and for research: verdict, support, shares, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK
from yunzhang.governance.observatory.terms import PARTS, Mode
from yunzhang.kit.wording import term

HALF = 0.5
CERTAIN = 0.995  # draws cannot say 100 %
WIDE = 0.2  # a range wider than this says little
NEAR = 0.02  # closer to chance than this is "about as at random"
LINES = ("V_territorial", "V_functional")
H_PARTS = tuple(f"H_{part}" for part in PARTS)
NOUNS = {"V": "v", "V_territorial": "v_territorial", "V_functional": "v_functional", "H": "h"} | {
    f"H_{part}": f"h_{part}" for part in PARTS
}
MODES = (Mode.AUTHORITATIVE, Mode.COLLABORATIVE, Mode.LOOSE, Mode.COOPERATIVE)
type_figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """One figure that stands beside V and H, with its definition."""

    name: str
    value: str
    definition: str


def noun(figure: str) -> str:
    """Return what a figure is called: V is 纵向贯通度."""
    return term(NOUNS[figure])


def mode_name(mode: str, *, research: bool) -> str:
    """Return a quadrant's plain sentence, or for research the mode's name."""
    return term(f"mode_{mode}") if research else term(f"sentence_{mode}")


def verdict(figures: type_figures | None, *, has_h: bool, research: bool) -> tuple[str, str]:
    """Return the sentence after the unit's name, and how sure it is."""
    if figures is None or figures["values"]["V"] is None or not figures["loops"]:
        return term("undecided"), ""
    if not has_h:
        return said_vertical(figures), ""
    mode, chance = figures["mode"], figures["p_mode"]
    if chance is None or mode == "undecided":
        return said_between(figures) or term("undecided"), ""
    return mode_name(mode, research=research), confidence(chance)


def said_between(figures: type_figures) -> str:
    """Return what is undecided because a direction lies about .5 though much is known of it; "" where little is."""
    ends = {name: (figures["low"].get(name), figures["high"].get(name)) for name in ("V", "H")}
    if any(low is None or high is None or high - low > WIDE for low, high in ends.values()):
        return ""
    v, h = (_side(*ends[name]) for name in ("V", "H"))
    down = {1: _("纵向较强"), 0: _("纵向居中"), -1: _("纵向偏弱")}[v]
    across = {1: _("横向较强"), 0: _("横向居中"), -1: _("横向偏弱")}[h]
    return _("%(down)s、%(across)s，暂不判定") % {"down": down, "across": across}


def _side(low: float, high: float) -> int:
    return 1 if low > STRONG else -1 if high < WEAK else 0


def confidence(chance: float) -> str:
    """Return 把握较大（97%）."""
    if chance >= CERTAIN:
        return _("%(words)s（超过 99%%）") % {"words": term("high_confidence")}
    return _("%(words)s（%(percent)s%%）") % {"words": term("high_confidence"), "percent": round(chance * 100)}


def said_vertical(figures: type_figures) -> str:
    """Return what V says in words."""
    low, high = figures["low"]["V"], figures["high"]["V"]
    if low is not None and low > STRONG:
        return _("交办大多能到底、能按期返回")
    if high is not None and high < WEAK:
        return _("交办多数未能按期返回")
    return _("交办的落实居于中间")


def owed(met: int, asked: int) -> str:
    """Return what a unit with nobody below did of what fell due."""
    return _("到期 %(asked)s 件，按期办结 %(met)s 件") % {"asked": asked, "met": met}


def list_weak(figures: type_figures) -> list[str]:
    """Return the names of lines and parts that are under .5."""
    values = figures["values"]
    return [noun(name) for name in (*LINES, *H_PARTS) if values.get(name) is not None and values[name] < HALF]


def list_sound(figures: type_figures) -> list[str]:
    """Return the names of lines and parts at .5 or above."""
    values = figures["values"]
    return [noun(name) for name in (*LINES, *H_PARTS) if values.get(name) is not None and values[name] >= HALF]


def explanation(figures: type_figures | None, *, has_h: bool) -> str:
    """Return the lines under the verdict: every part under .5 by name, what supports it and what is missing."""
    if figures is not None and figures["values"]["V"] is None and not figures["coverage"].get("covers"):
        return _("日志里没有纵向往来，纵向贯通度暂缺，不判定类型。") + supports(figures)
    if figures is None or figures["values"]["V"] is None:
        return _("窗口期内没有可以计算的下级往来。")
    told = _parts(figures)
    if not has_h:
        told += _("窗口期内没有横向事项，横向协同度暂缺，不判定类型。")
    return told + supports(figures)


def _parts(figures: type_figures) -> str:
    weak, sound = list_weak(figures), list_sound(figures)
    if not weak:
        return _("%(sound)s不低于 0.5。") % {"sound": listed(sound)}
    if not sound:
        return _("%(weak)s低于 0.5。") % {"weak": listed(weak)}
    return _("%(sound)s不低于 0.5；%(weak)s低于 0.5。") % {"sound": listed(sound), "weak": listed(weak)}


def supports(figures: type_figures) -> str:
    """Return on how much the verdict rests."""
    counts = {"loops": f"{figures['loops']:,}", "units": f"{figures['units']:,}"}
    return _("依据 %(loops)s 件计入事项、%(units)s 个单位。") % counts


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    return _("、").join(words)


def above_chance(figures: type_figures, name: str = "H") -> float | None:
    """Return H, or a part, minus what the same matters would give between pairs drawn at random; None if unknown."""
    value, null = figures["values"].get(name), (figures.get("null") or {}).get(name)
    return None if value is None or null is None else float(value - null)


def said_chance(difference: float | None) -> str:
    """Return 比随机往来高 0.08, or "" where it was not computed."""
    if difference is None:
        return ""
    if abs(difference) < NEAR:
        return _("与随机往来相当")
    words = _("比随机往来高 %(much)s") if difference > 0 else _("比随机往来低 %(much)s")
    return words % {"much": f"{abs(difference):.2f}"}


def list_chances(figures: type_figures, *, research: bool) -> list[tuple[str, str]]:
    """Return how likely each of the four is, in the order of the plane; nothing where it was not computed."""
    found = figures.get("chances") or {}
    rows = [(mode_name(mode, research=research), found.get(str(mode))) for mode in MODES]
    told = [(name, _likely(chance)) for name, chance in rows if chance is not None]
    between = 1 - sum(found.get(str(mode)) or 0 for mode in MODES)
    return [*told, (_("介于其间"), _likely(max(between, 0.0)))] if told else []


def _likely(chance: float) -> str:
    return ">99%" if chance >= CERTAIN else percent(chance)


def list_shares(coverage: Mapping[str, Any]) -> list[Share]:
    """Return the shares that stand beside every figure, each with what it counts."""
    rows = (
        ("silent_edges", _("无往来的上下级"), _("窗口期内没有任何事项往来的上下级关系所占比例。")),
        ("silent_blocks", _("无往来的横向单位"), _("应有横向往来而窗口期内没有的单位所占比例。")),
        ("late", _("超期办结"), _("已办结但晚于时限的事项所占比例。")),
        ("refused", _("不予办理"), _("责任单位不予办理的事项所占比例。")),
        ("withdrawn", _("撤回"), _("交办方撤回的事项所占比例；时限前撤回的不计入指标。")),
        ("extended", _("延期"), _("至少延期一次的事项所占比例。")),
        ("unconfirmed", _("未经确认的办结"), _("办结而对方没有确认的事项所占比例，按未办结计。")),
        ("skip_level", _("越级交办"), _("由直接上级以外的上级交办的事项所占比例；计入责任单位与直接上级之间。")),
        ("responsiveness", _("上级按期答复"), _("下级请上级办理的事项中按期办结的比例；不计入纵向贯通度。")),
        ("set_aside", _("未计入"), _("单位不明、时间矛盾等无法判断的记录所占比例（全部记录）。")),
    )
    shares = [Share(name, percent(coverage.get(key)), told) for key, name, told in rows]
    known = [share for share in shares if share.value != "–"]
    return [*known, *_counts(coverage)]


def _counts(coverage: Mapping[str, Any]) -> list[Share]:
    rows = (
        ("outsiders", _("往来的外部主体"), _("窗口期内有事项往来的企业、社会组织、公众等，同一主体只计一次。")),
        ("reports", _("要求报送的次数"), _("为得到这些数据，下级在窗口期内应报送进展的次数。")),
    )
    return [Share(name, f"{coverage[key]:,}", told) for key, name, told in rows if coverage.get(key) is not None]


def said_covers(coverage: Mapping[str, Any]) -> str:
    """Return which kinds of vertical dealings are counted; one without records is left out, not taken for zero."""
    covers = [said_cover(each) for each in coverage.get("covers", ())]
    if not covers:
        return _("日志里没有纵向往来，纵向贯通度暂缺，不作为零。")
    return _("计入的纵向往来：%(covers)s。没有记录的种类不计入，不作为零。") % {"covers": listed(covers)}


def said_cover(cover: str) -> str:
    """Return a covered kind of dealing in words: "territorial report" is 层级(块)反馈."""
    line, kind = cover.split(" ", 1)
    return _("%(line)s%(kind)s") % {"line": term(f"v_{line}"), "kind": _("交办") if kind == "directive" else _("反馈")}


def percent(value: float | None) -> str:
    """Return 12%, small ones with one place, a dash for what is missing."""
    if value is None:
        return "–"
    return f"{value:.0%}" if value == 0 or value >= 0.01 else f"{value:.1%}"


def span(low: float | None, high: float | None) -> str:
    """Return a plausible range as it is written everywhere, or "" where there is none."""
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def definition(figure: str) -> tuple[str, str]:
    """Return what a figure means and its formula."""
    edge = "p = (s + τ·πₗ) / (n + τ)，v = √(p·r)"
    pair = "h = (f + τ·π) / (n + τ)"
    return {
        "V": (
            _(
                "交办与反馈逐级按期办结的程度，0 到 1。先算每一对上下级的按期办结率，"
                "再沿各单位向上的路径取几何平均，最后对所有单位取平均。"
            ),
            f"{edge}；V = mean (∏v)^(1/len)",
        ),
        "V_territorial": (_("同一算法用于政府层级：市对县、县对乡镇，以及政府对其部门。"), edge),
        "V_functional": (_("同一算法用于业务条线：上级部门对下级对口部门。"), edge),
        "H": (
            _("同级单位之间以及与企业、社会之间按期办结的程度，分四个方面，等权平均。窗口期内没有横向事项时不显示。"),
            "H = mean H_part",
        ),
        "H_department": (
            _("同一地方之内互不隶属的部门互请事项按期办结的程度；应往来而没有往来的，按零计。"),
            pair,
        ),
        "H_region": (_("互不隶属的地方互请事项按期办结的程度；应往来而没有往来的，按零计。"), pair),
        "H_market": (_("政府与企业之间的需求、供给、合同等事项按期办结的程度。"), pair),
        "H_society": (_("政府与公众、社会组织之间的建议、诉求等事项按期办结的程度。"), pair),
    }[figure]


def definitions() -> list[tuple[str, str, str]]:
    """Return name, definition and formula of what the page shows beside its lines and parts."""
    return [
        *[(noun(name), *definition(name)) for name in ("V", "H")],
        (
            term("interval"),
            _("按记录多少反复抽样得到的 5%–95% 范围，取两种算法中较宽的一种；往来越少，范围越宽。"),
            "π ~ Beta(S, D−S+½)，p ~ Beta(s+τπₗ, n−s+τ(1−πₗ))",
        ),
        (
            _("比随机往来"),
            _("把每件横向事项随机换到同一类、同一层级的另一对单位之间再算一遍，与实际之差。接近零，说明往来不看对象。"),
            "H − H_null",
        ),
        (term("gain"), _("假定该处全部按期办结、其余不变时，纵向贯通度的提高。"), "V(v = 1) − V"),
    ]
