"""What the figures say in plain words: the verdict, shares and definitions, for the office and for research."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK
from yunzhang.governance.observatory.terms import PARTS
from yunzhang.kit.wording import term

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """One figure that stands beside V and H, with its definition."""

    name: str
    value: str
    definition: str


def verdict(figures: dict[str, Any] | None, *, has_h: bool, research: bool) -> tuple[str, str]:
    """Return the sentence after the unit's name, and how sure it is."""
    if figures is None or figures["values"]["V"] is None or not figures["loops"]:
        return term("undecided"), ""
    if not has_h:
        return _vertical(figures), ""
    mode, chance = figures["mode"], figures["p_mode"]
    if mode == "undecided" or chance is None:
        return term("undecided"), ""
    said = term(f"mode_{mode}") if research else term(f"sentence_{mode}")
    return said, _("%(words)s（%(percent)s%%）") % {"words": term("high_confidence"), "percent": round(chance * 100)}


def _vertical(figures: dict[str, Any]) -> str:
    low, high = figures["low"]["V"], figures["high"]["V"]
    if low is not None and low > STRONG:
        return _("交办大多能到底、能按期返回")
    if high is not None and high < WEAK:
        return _("交办多数未能按期返回")
    return _("交办的落实居于中间")


def owed(met: int, asked: int) -> str:
    """Return what a unit with nobody below did of what fell due."""
    return _("到期 %(asked)s 件，按期办结 %(met)s 件") % {"asked": asked, "met": met}


def explanation(figures: dict[str, Any] | None, *, has_h: bool) -> str:
    """Return the line under the verdict: what supports it and what is missing."""
    if figures is None or figures["values"]["V"] is None:
        return _("窗口期内没有可以计算的下级往来。")
    told = _("依据 %(loops)s 件计入事项、%(units)s 个单位。") % {"loops": figures["loops"], "units": figures["units"]}
    if not has_h:
        return told + _("窗口期内没有横向事项，横向协同度暂缺，不判定类型。")
    weak = [term(f"h_{part}") for part in PARTS if (figures["values"][f"H_{part}"] or 0) < HALF]
    return told + (_("低于 0.5 的方面：%(parts)s。") % {"parts": _("、").join(weak)} if weak else "")


def list_shares(coverage: dict[str, Any]) -> list[Share]:
    """Return the shares that stand beside every figure, each with what it counts."""
    rows = (
        ("silent_edges", _("无往来的上下级"), _("窗口期内没有任何事项往来的上下级关系所占比例。")),
        ("late", _("超期办结"), _("已办结但晚于时限的事项所占比例。")),
        ("refused", _("不予办理"), _("责任单位不予办理的事项所占比例。")),
        ("withdrawn", _("撤回"), _("交办方撤回的事项所占比例；时限前撤回的不计入指标。")),
        ("extended", _("延期"), _("至少延期一次的事项所占比例。")),
        ("skip_level", _("越级交办"), _("由直接上级以外的上级交办的事项所占比例；计入责任单位与直接上级之间。")),
        ("responsiveness", _("上级按期答复"), _("下级请上级办理的事项中按期办结的比例；不计入纵向贯通度。")),
        ("set_aside", _("未计入"), _("单位不明、时间矛盾等无法判断的记录所占比例（全部记录）。")),
    )
    return [Share(name, _percent(coverage.get(key)), definition) for key, name, definition in rows]


def _percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0%}" if value == 0 or value >= 0.01 else f"{value:.1%}"


def definitions() -> list[tuple[str, str, str]]:
    """Return name, definition and formula of each figure."""
    return [
        (
            f"{term('v')} V",
            _(
                "交办与反馈逐级按期办结的程度，0 到 1。先算每一对上下级的按期办结率，"
                "再沿各单位向上的路径取几何平均，最后对所有单位取平均。"
            ),
            "p = (s + τ·πₗ) / (n + τ)；v = √(p·r)；V = mean of (∏v)^(1/len)，τ = 4",
        ),
        (
            f"{term('v_territorial')}、{term('v_functional')}",
            _("同一算法分别用于政府层级与业务条线；总值为两类路径合并后的平均。"),
            "V_territorial, V_functional",
        ),
        (
            f"{term('h')} H",
            _("同级单位之间以及与企业、社会之间按期办结的程度，分四个方面，等权平均。窗口期内没有横向事项时不显示。"),
            "h = (f + τ·π) / (n + τ)；H = mean of parts",
        ),
        (
            term("interval"),
            _("由 200 次后验抽样得到的 5%–95% 范围；往来越少，范围越宽。"),
            "π ~ Beta(S, D−S+½)；p ~ Beta(s+τπₗ, n−s+τ(1−πₗ))",
        ),
        (
            term("gain"),
            _("假定该处全部按期办结、其余不变时，纵向贯通度的提高。"),
            "V(v = 1) − V",
        ),
    ]
