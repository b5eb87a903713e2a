"""How the page "why" writes levels, shares, ranges, names and gains."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.rules.stalls import share_range
from yunzhang.kit.wording import term

TINY = 0.0005  # a share that would be written 0.0%


def level_word(level: int) -> str:
    """Return what stands that many levels below: 下一级, 下二级…"""
    known = (_("下一级"), _("下二级"), _("下三级"), _("下四级"))
    return known[level - 1] if level <= len(known) else _("下 %(level)s 级") % {"level": level}


def percent(share: float, *, places: int | None = None) -> str:
    """Return a share as a percentage, below ten with one place.

    >>> percent(0.764), percent(0.018), percent(0.0), percent(1.0)
    ('76%', '1.8%', '0%', '100%')
    """
    if places is None:
        places = 1 if 0 < share < 0.1 else 0
    return f"{share:.{places}%}"


def span(low: float, high: float) -> str:
    """Return a range of shares; where both ends round to the same, or lie below ten, with one place.

    >>> span(0.74, 0.79), span(0.901, 0.904), span(0.016, 0.021), span(0.0, 0.0002)
    ('74–79%', '90.1–90.4%', '1.6–2.1%', '<0.1%')
    """
    if high < TINY:
        return "<0.1%"
    places = 1 if high < 0.1 or round(low * 100) == round(high * 100) else 0
    return f"{percent(low, places=places).removesuffix('%')}–{percent(high, places=places)}"


def share_span(met: float, asked: float) -> str:
    """Return Wilson's range of a share, or "" where nothing was asked."""
    return span(*share_range(met, asked)) if asked else ""


def line_word(line: str) -> str:
    """Return the word of a line or part."""
    return term(f"v_{line}" if line in ("territorial", "functional") else f"h_{line}")


def place_word(name: str) -> str:
    """Return what a unit is called in a list: 甲区, not 甲区人民政府."""
    return name.removesuffix("人民政府") or name


def short_word(name: str, own: str) -> str:
    """Return a unit's name without that of the place it stands below, where something is left to tell it by.

    >>> short_word("子县人民政府", "澜川市"), short_word("澜川市财政局", "澜川市"), short_word("子县", "子县")
    ('子县', '财政局', '子县')
    """
    word = place_word(name)
    rest = word.removeprefix(own)
    return rest if len(rest) > 1 else word


def gain_word(value: float) -> str:
    """Return a gain with its sign; what rounds to nothing says so.

    >>> gain_word(0.1318), gain_word(0.0038), gain_word(0.0001)
    ('+0.132', '+0.004', '<0.001')
    """
    return f"+{value:.3f}" if value >= 0.0005 else "<0.001"
