"""What a run says in one sentence: if this were done, V and H are expected to become so and so, with ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.simulating import Trace
from yunzhang.governance.observatory.terms import FIGURES, Mode
from yunzhang.kit.wording import term, write_day

HALF, BAND, SURE = 0.5, 0.05, 0.8  # design §5, Mode
FEWEST = 20  # runs below which a tenth of them is no range
V, H = FIGURES.index("V"), FIGURES.index("H")
QUADRANTS = {
    Mode.LOOSE: (False, False),
    Mode.AUTHORITATIVE: (True, False),
    Mode.COOPERATIVE: (False, True),
    Mode.COLLABORATIVE: (True, True),
}


def mode_shares(traces: Sequence[Trace], *, changed: bool) -> dict[str, float]:
    """Return of each mode the share of runs that end in its open quadrant beyond .5 ± .05."""
    ends = [trace.course[-1] for trace in traces if trace.changed is changed and len(trace.course)]
    return {
        str(mode): sum(_is_in(end[V], strong) and _is_in(end[H], wide) for end in ends) / max(len(ends), 1)
        for mode, (strong, wide) in QUADRANTS.items()
    }


def _is_in(value: float, strong: bool) -> bool:
    return bool(value > HALF + BAND if strong else value < HALF - BAND)


def mode_of(shares: Mapping[str, float]) -> Mode:
    """Return the mode most runs end in, undecided below 80 %."""
    mode = max(shares, key=lambda name: shares[name])
    return Mode(mode) if shares[mode] >= SURE else Mode.UNDECIDED


def say_mode(shares: Mapping[str, float]) -> str:
    """Return the mode in words with the share of runs."""
    mode = mode_of(shares)
    if mode is Mode.UNDECIDED:
        return _("各次运行不一致，不判定")
    return f"{term(f'mode_{mode}')} {shares[mode]:.0%}"


def sentence(summary: Mapping[str, Any], title: str) -> str:
    """Return the verdict: what V and H are expected to do if the scenario is carried out."""
    months = len(summary["months"])
    parts = {name.lower(): say_change(term(name.lower()), summary, name) for name in ("V", "H")}
    if not summary["scenario"]["what_ifs"]:
        said = _("情景没有列出措施，以下是现状延续 %(months)s 个月的推演：%(v)s，%(h)s。")
        return said % ({"months": months} | parts)
    parts |= {"title": title, "months": str(months)}
    if all(is_unmoved(summary, name) for name in ("V", "H")):
        names = {name.lower(): term(name.lower()) for name in ("V", "H")}
        said = (
            _("若按“%(title)s”实施，%(months)s 个月后%(v)s和%(h)s预计都没有可辨的变化。")
            if title
            else _("若实施所列措施，%(months)s 个月后%(v)s和%(h)s预计都没有可辨的变化。")
        )
        return said % (parts | names)
    said = (
        _("若按“%(title)s”实施，%(months)s 个月后%(v)s，%(h)s。")
        if title
        else _("若实施所列措施，%(months)s 个月后%(v)s，%(h)s。")
    )
    return said % parts


def is_unmoved(summary: Mapping[str, Any], figure: str) -> bool:
    """Return whether enough runs leave open which way a figure goes."""
    gain = summary["difference"][figure]
    return gain["mid"] is not None and summary["runs"] >= FEWEST and bool(gain["low"] <= 0 <= gain["high"])


def touched_words() -> dict[str, str]:
    """Return what matters of the units named are called."""
    return {"between": _("所列单位之间的事项"), "involved": _("涉及所列单位的事项")}


def say_touched(summary: Mapping[str, Any]) -> str:
    """Return in a sentence what becomes of matters between the units named, or else of theirs; "" where none can tell.

    The whole place may not move where a measure concerns a few units.
    """
    for kind, held in summary.get("touched", {}).items():
        low, mid, high = held["difference"]
        told = {"what": touched_words()[kind], "before": percent(held["before"][1]), "after": percent(held["after"][1])}
        if summary["runs"] >= FEWEST and not low <= 0 <= high:
            told |= {"low": points(low), "high": points(high), "gain": points(mid)}
            said = _(
                "%(what)s，按时办成的比重预计由 %(before)s 变为 %(after)s"
                "（%(gain)s 个百分点，90%% 的模拟在 %(low)s 至 %(high)s 之间）。"
            )
            return said % told
    return ""


def title_of(title: str, begins: date) -> str:
    """Return what a scenario is called: its title, or else the day it begins."""
    return title or _("%(day)s起的推演") % {"day": write_day(begins)}


def say_change(name: str, summary: Mapping[str, Any], figure: str) -> str:
    """Return what one figure is expected to do."""
    gain = summary["difference"][figure]
    before, after = (summary["figures"][figure][side]["mid"] for side in ("before", "after"))
    if gain["mid"] is None or not before or before[-1] is None or after[-1] is None:
        return _("%(name)s无从测量") % {"name": name}
    told = {"name": name, "before": two(before[-1]), "after": two(after[-1]), "gain": signed(gain["mid"])}
    told |= {"low": signed(gain["low"]), "high": signed(gain["high"]), "fewest": str(FEWEST)}
    if not summary["scenario"]["what_ifs"]:
        return _("%(name)s约为 %(before)s") % told
    if summary["runs"] < FEWEST:
        return _("%(name)s的中位由 %(before)s 变为 %(after)s（运行不足 %(fewest)s 次，不能判断）") % told
    if is_unmoved(summary, figure):
        return _("%(name)s预计没有可辨的变化") % told
    return _("%(name)s预计由 %(before)s 变为 %(after)s（%(gain)s，90%% 的模拟在 %(low)s 至 %(high)s 之间）") % told


def two(value: float | None) -> str:
    """Return a figure with two digits, "–" for null."""
    return "–" if value is None else f"{value:.2f}"


def signed(value: float | None) -> str:
    """Return a difference with its sign and two digits; what rounds to nothing has none.

    >>> signed(0.123), signed(-0.05), signed(-0.001)
    ('+0.12', '−0.05', '0.00')
    """
    if value is None:
        return "–"
    said = f"{value:+.2f}".replace("-", "−")
    return said[1:] if said[1:] == "0.00" else said


def points(value: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    >>> points(0.256), points(-0.05)
    ('+26', '−5')
    """
    return f"{100 * value:+.0f}".replace("-", "−")


def percent(value: float | None) -> str:
    """Return a share as a percentage, "–" for null; below one in ten with one place.

    >>> percent(0.256), percent(0.034), percent(None)
    ('26%', '3.4%', '–')
    """
    if value is None:
        return "–"
    return f"{value:.0%}" if value == 0 or value >= 0.1 else f"{value:.1%}"
