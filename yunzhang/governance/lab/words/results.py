"""What results of runs say in the reader's language, for every door: figures, tables, where behaviour comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.words import verdict
from yunzhang.governance.lab.words.verdict import percent, signed, two
from yunzhang.governance.observatory.terms import PARTS
from yunzhang.kit.wording import term

SIDES = ("before", "after")
SHOWN_PLACES = 120
type_row = Mapping[str, Any]


def label(name: str) -> str:
    """Return what a figure is called in the reader's language."""
    return term(name.lower())


def span(values: Sequence[float | None]) -> str:
    """Return low, middle and high as text: the middle, and what nine runs in ten hold."""
    low, mid, high = values
    return "–" if mid is None else f"{percent(mid)} ({percent(low)}–{percent(high)})"


def ranged(low: float | None, high: float | None) -> str:
    """Return a range with two digits, "" where there is none."""
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def side_words() -> dict[str, str]:
    """Return what the two sides of a comparison are called."""
    return {"before": _("不实施"), "after": _("实施")}


def figure_row(summary: type_row, name: str) -> dict[str, str]:
    """Return one figure at the end: without the what-ifs, with them, and the difference between runs."""
    sides = {side: {end: _last(held) for end, held in summary["figures"][name][side].items()} for side in SIDES}
    gain = summary["difference"][name]
    told = {f"{side}": two(held["mid"]) for side, held in sides.items()}
    told |= {f"{side}_range": ranged(held["low"], held["high"]) for side, held in sides.items()}
    up = gain["chance_up"]
    return told | {
        "name": label(name), "gain": signed(gain["mid"]), "up": percent(up),
        "gain_range": "" if gain["low"] is None else f"{signed(gain['low'])} – {signed(gain['high'])}",
    }  # fmt: skip


def _last(values: Sequence[float | None]) -> float | None:
    return values[-1] if values else None


def list_modes(summary: type_row) -> list[tuple[str, str]]:
    """Return what the government is without and with the what-ifs, as far as runs agree."""
    words = side_words()
    return [(words[side], _mode(summary, side)) for side in SIDES]


def _mode(summary: type_row, side: str) -> str:
    if any(_last(summary["figures"][name][side]["mid"]) is None for name in ("V", "H")):
        return _("纵向或横向无从测量，不判定")
    return verdict.say_mode(summary["modes"][side])


def list_relations(summary: type_row) -> Iterator[tuple[str, str, str]]:
    """Yield the share of matters due in the last year that were met: of the units named, then by relation."""
    for kind, held in summary.get("touched", {}).items():  # experiments of earlier versions have none
        yield verdict.touched_words()[kind], span(held["before"]), span(held["after"])
    for name, held in summary["relations"].items():
        if held["before"][1] is not None or held["after"][1] is not None:
            yield relation_word(name), span(held["before"]), span(held["after"])


def list_idle_parts(summary: type_row) -> dict[str, list[str]]:
    """Return the parts of H that are 0 because nothing of them comes up in the runs, each with its idle sides."""
    found = {}
    for part in PARTS:
        name, held = f"H_{part}", summary["relations"][part]
        idle = [side for side in SIDES if held[side][1] is None and _last(summary["figures"][name][side]["mid"]) == 0]
        if idle:
            found[name] = idle
    return found


def say_idle_parts(summary: type_row) -> str:
    """Return why parts of H are 0, "" where none is."""
    words, opens, closes = side_words(), _("（"), _("）")
    named = [
        label(name) if len(idle) == len(SIDES) else f"{label(name)}{opens}{words[idle[0]]}{closes}"
        for name, idle in list_idle_parts(summary).items()
    ]
    if not named:
        return ""
    said = _(
        "%(parts)s为 0，因为推演中没有这方面的往来（例如没有与企业、群众等外部主体的往来）。"
        "按测量规则，应当往来而没有的计为 0，并计入横向协同度的平均。"
    )
    return said % {"parts": _("、").join(named)}


def relation_word(name: str) -> str:
    """Return what matters of a relation are called."""
    words = {
        "territorial directive": _("层级交办"), "territorial report": _("层级反馈"),
        "functional directive": _("条线交办"), "functional report": _("条线反馈"),
    }  # fmt: skip
    return words.get(name) or term(f"h_{name}")


def list_places(summary: type_row) -> Iterator[tuple[str, ...]]:
    """Yield each government below, in the order of the unit table, with V and H at the end."""
    for row in summary["places"][:SHOWN_PLACES]:
        cells = [(row[side][name][1], row[side][name][0], row[side][name][2]) for name in "VH" for side in SIDES]
        yield (row["name"], *(f"{two(mid)} {ranged(low, high)}".strip() for mid, low, high in cells))


def say_basis(behaviour: type_row) -> str:
    """Return in a sentence where the behaviour of units comes from."""
    lacking = _("、").join(relation_word(name) for name in behaviour.get("lacking", ()))
    if behaviour["basis"] == "filled":
        said = _(
            "单位的行为由已有记录估计（%(matters)s 件到期事项），记录中没有的（%(lacking)s）取默认参数，是学术假设。"
        )
        return said % {"matters": behaviour["matters"], "lacking": lacking} + _by_record()
    if behaviour["basis"] == "record":
        said = _("单位的行为由已有记录估计（%(matters)s 件到期事项）；记录中没有的往来，推演中也没有。")
        return said % {"matters": behaviour["matters"]} + _by_record()
    return _("单位的行为取自默认参数，没有采用记录：是学术假设，不是对任何地方的预测。")


def _by_record() -> str:
    return _("记录看不出注意的起伏，推演中注意始终为满：会议频次的变化只对专项起作用。")


def list_paces(behaviour: type_row) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield relation, level, rate, chance and term of every pace."""
    for row in behaviour["paces"]:
        level = _("各级") if row["level"] < 0 else str(row["level"])
        chance = percent(row["chance"])
        yield relation_word(row["relation"]), level, f"{row['rate']:.2f}", chance, str(row["term"])


def list_cautions() -> list[str]:
    """Return what a reader must know before using a number of a simulation."""
    return [
        _("全部数字都是模拟的，不是本单位的记录，也不进入台账。"),
        _("结论只在模型的假设之内成立：单位按固定的节奏往来，事项排队办理，注意会衰减并被重新推动。"),
        _("同一序号的两次运行在第一项措施之前完全相同，此后各有偶然；差值的区间是单次结果的范围，不是平均效果的误差。"),
        _("区间是 90% 的运行所在的范围，不含模型本身可能有的错误。"),
        _("不得据此排名、考核或问责；是否采取措施由人决定。"),
    ]
