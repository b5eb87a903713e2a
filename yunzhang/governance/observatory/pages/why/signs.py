"""The five symptoms and the three risks as small cards, and what this log cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.curves import draw_length
from yunzhang.governance.observatory.pages.why.words import percent, share_span
from yunzhang.governance.observatory.rules.stalls import share_range
from yunzhang.kit.wording import term

MOST = 3  # programmes named as fading
HORIZON = 365  # days: a rhythm that halves later than in a year does not fade within the window


@dataclass(frozen=True, slots=True)
class Sign:
    """One symptom or risk: figure, range and bar; what it says, how it is defined, and where it is from.

    `figure` is "" where the log cannot show it; `says` then tells why.
    """

    name: str
    title: str
    figure: str
    span: str
    bar: Any
    says: str
    definition: str
    formula: str
    rows: tuple[tuple[str, str], ...] = ()


def list_symptoms(body: dict[str, Any]) -> list[Sign]:
    """Return the five symptoms of fragmentation, in the study's order."""
    found = body["symptoms"]
    return [
        _share(
            "planning",
            _("业务规划不精准"),
            found["planning"],
            says=_("%(upper)s / %(lower)s 件交办事项延期或撤回。"),
            definition=_("窗口期内的交办事项中，至少延期一次或被撤回的比例；不含进展反馈。"),
            formula="n(extended ∪ withdrawn) / n(directives)",
        ),
        _balance(found["balance"]),
        _share(
            "standards",
            _("事项标准不统一"),
            found["standards"],
            says=_("%(upper)s / %(lower)s 件的时限与同类事项的通常时限相差一半以上。"),
            definition=_("同一种类、同一专题的事项，以全部记录的时限中位数为通常时限；时限偏离它一半以上的比例。"),
            formula="n(|days / median(kind, programme) − 1| > 0.5) / n",
        ),
        _share(
            "sharing",
            _("数据资源难共享"),
            found["sharing"],
            says=_("%(upper)s / %(lower)s 对应往来的部门没有按期办成一件。"),
            definition=_(
                "应当往来的同级部门对中，窗口期内没有一件按期办成的比例，含本级以下各层。目录与共享申请接入前，以全部部门间事项代替数据共享事项。"
            ),
            formula="1 − n(pairs with met > 0) / n(pairs that ought)",
            is_vertical=False,
        ),
        _share(
            "market",
            _("政企合作不到位"),
            found["market"],
            says=_("%(upper)s / %(lower)s 个政府没有任何政企事项。"),
            definition=_("本级及以下各级政府中，窗口期内与企业没有一件事项往来的比例。"),
            formula="1 − n(governments with a market matter) / n(governments)",
            is_vertical=False,
        ),
    ]


def _share(
    name: str,
    title: str,
    counts: list[int] | None,
    *,
    says: str,
    definition: str,
    formula: str,
    is_vertical: bool = True,
) -> Sign:
    if counts is None:
        missing = _("窗口期内没有横向事项，暂不能说明。") if not is_vertical else _("窗口期内没有可计算的事项。")
        return Sign(name, title, "", "", "", missing, definition, formula)
    upper, lower = counts
    bar = draw_length(upper / lower, *share_range(upper, lower), vertical=is_vertical)
    told = says % {"upper": f"{upper:,}", "lower": f"{lower:,}"}
    return Sign(name, title, percent(upper / lower), share_span(upper, lower), bar, told, definition, formula)


def _balance(found: dict[str, Any] | None) -> Sign:
    definition = _(
        "下级各地（含其下各级）的按期办结率与合计按期办结率之差的绝对值，按到期事项数加权平均；并给出各地完全相同时仅凭偶然的上限（95%）。"
    )
    formula = "Σ n_i |p_i − p| / Σ n_i；chance: n_i p_i ~ Bin(n_i, p)"
    if found is None:
        told = _("下级不足两个地方有到期事项，不计算。")
        return Sign("balance", _("地区发展不平衡"), "", "", "", told, definition, formula)
    points = {"chance": f"{found['chance'] * 100:.1f}", "places": found["places"]}
    if found["distance"] > found["chance"]:
        told = _("%(places)s 个下级地方之间的差别；仅凭偶然不超过 %(chance)s 个百分点，差别不是偶然。") % points
    else:
        told = _("%(places)s 个下级地方之间的差别；仅凭偶然可到 %(chance)s 个百分点，看不出真正差别。") % points
    bar = draw_length(min(found["distance"], 1.0), 0.0, min(found["chance"], 1.0), vertical=True)
    figure = _("%(points)s 个百分点") % {"points": f"{found['distance'] * 100:.1f}"}
    rows = ((_("到期事项"), f"{found['asked']:,}"), (_("按期办结"), f"{found['met']:,}"))
    return Sign("balance", _("地区发展不平衡"), figure, "", bar, told, definition, formula, rows)


def list_risks(body: dict[str, Any], halving: list[tuple[str, dict[str, Any]]]) -> list[Sign]:
    """Return the study's three risks, each with its figure."""
    return [_fading(halving), _overlap(body["risks"]["overlap"]), _outsiders(body["risks"]["outsiders"])]


def _fading(halving: list[tuple[str, dict[str, Any]]]) -> Sign:
    title, formula = _("推进力度减弱"), "q(t) = q₀ 2^(−t / n)"
    definition = _("由各专题的正式办理行为估计：最近一次调度之后，行为减少一半所需的天数；只按专题统计，不涉及个人。")
    known = sorted((one for one in halving if one[1].get("days")), key=lambda one: float(one[1]["days"]))
    fading = [one for one in known if float(one[1]["days"]) <= HORIZON]
    if not halving:
        told = _("尚无可计算的专题推进节奏。")
        return Sign("fading", title, "", "", "", told, definition, formula)
    figure = _("%(count)s / %(all)s 个专题") % {"count": len(fading), "all": len(halving)}
    told = _("在一年内力度减半的专题。") if fading else _("各专题在一年内未见力度减半。")
    rows = tuple((name, _days(one)) for name, one in fading[:MOST])
    return Sign("fading", title, figure, "", "", told, definition, formula, rows)


def _days(one: dict[str, Any]) -> str:
    low, high = one.get("low"), one.get("high")
    days = _("约 %(days)s 天") % {"days": round(float(one["days"]))}
    if low is None or high is None:
        return days
    return _("%(days)s（%(low)s–%(high)s）") % {"days": days, "low": round(float(low)), "high": round(float(high))}


def _overlap(found: dict[str, Any]) -> Sign:
    title, formula = _("机构职责重叠"), "n(debtors with ≥ 2 creditors) / n(debtors asked)"
    definition = _(
        "窗口期内承办过交办或报告的下级单位中，收到两个及以上上级交办的比例。领导小组名单不在台账中，重复设立的领导小组不能直接看到。"
    )
    rows = []
    for name, word in (
        ("two_lines", _("同时受块和条领导或指导")),
        ("same_programme", _("同一专题有两个及以上交办方")),
        ("strange", _("由直接上级以外的单位交办")),
    ):
        if found[name]:
            upper, lower = found[name]
            rows.append((word, f"{upper:,} / {lower:,}（{percent(upper / lower)}）"))
    kinds = (("vertical", "vertical_management"), ("dual", "dual"), ("guidance", "guidance"))
    rows += [(term(word), f"{found['guidance'][kind]:,}") for kind, word in kinds if found["guidance"].get(kind)]
    if found["two_askers"] is None:
        told = _("窗口期内没有下级单位承办事项。")
        return Sign("overlap", title, "", "", "", told, definition, formula, tuple(rows))
    upper, lower = found["two_askers"]
    bar = draw_length(upper / lower, *share_range(upper, lower), vertical=True)
    told = _("%(upper)s / %(lower)s 个下级单位收到两个及以上上级的交办。") % {
        "upper": f"{upper:,}",
        "lower": f"{lower:,}",
    }
    span = share_span(upper, lower)
    return Sign("overlap", title, percent(upper / lower), span, bar, told, definition, formula, tuple(rows))


def _outsiders(counts: list[int] | None) -> Sign:
    return _share(
        "outsiders",
        _("体制外主体缺席"),
        counts,
        says=_("%(upper)s / %(lower)s 个政府与企业、社会、其他地区都没有往来。"),
        definition=_("本级及以下各级政府中，窗口期内与企业、社会组织和群众、其他地区没有一件事项往来的比例。"),
        formula="1 − n(governments with any outside matter) / n(governments)",
        is_vertical=False,
    )


def list_limits(body: dict[str, Any]) -> list[str]:
    """Return what this log cannot show, in plain sentences."""
    blind, told = body["blind"], [_("口头交办、未进入台账的往来不在其中；数值反映的是有记录的往来。")]
    if blind["confirmed"]:
        told.append(_("没有办结确认记录：只在纸面上办结的事项，这里看不出来。"))
    if blind["parents"]:
        told.append(_("没有事项分解关系：看不出一件交办逐级分解后在哪一环中断。"))
    if not body["has_h"]:
        told.append(_("窗口期内没有横向事项：部门之间、地区之间、与企业和社会的原因暂不能说明。"))
    elif blind["need"]:
        told.append(_("没有应协同事项表：没有往来的部门，分不清是应办未办，还是本无需要；每对同级单位按每期一件计。"))
    if blind["set_aside"]:
        told.append(_("%(count)s 条记录因单位不明、时间矛盾等未计入。") % {"count": f"{blind['set_aside']:,}"})
    return told
