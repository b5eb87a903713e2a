"""The suggestions of a paper: what is proposed, its expected gain with its range, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.advice import ground_of, title_of
from yunzhang.governance.observatory.pages.papers.matter import Matter, noun
from yunzhang.governance.observatory.terms import Advice
from yunzhang.kit.papers import Text
from yunzhang.kit.wording import speaks_chinese

ORDER = "一二三四五六七八九十"


def list_advice(matter: Matter, most: int, *, grounds: bool = False) -> list[Text]:
    """Return at most so many suggestions in the order they were computed, with what they rest on where asked.

    One that names a single edge stays on the platform: edges are never exported.
    """
    found = matter.scene.facets.get("suggest", {}).get("suggestions", ())
    shown = [one for one in found if one["advice"] != Advice.LEVEL][:most]
    return [_paragraph(matter, number, one, grounds=grounds) for number, one in enumerate(shown)]


def _paragraph(matter: Matter, number: int, one: Mapping[str, Any], *, grounds: bool) -> Text:
    lead = f"{ORDER[number]}是" if speaks_chinese() else f"({number + 1}) "
    names = {unit: _short(name, matter.name) for unit, name in one["units"]}
    told = _("%(title)s。%(gain)s。") % {"title": title_of(one, names), "gain": _gain(matter, one)}
    return Text(told + (ground_of(one, names) if grounds else ""), lead)


def _short(name: str, place: str) -> str:
    # 公安局 in a paper of 澜川市, not 澜川市公安局
    return name.removesuffix("人民政府").removeprefix(place) or name


def _gain(matter: Matter, one: Mapping[str, Any]) -> str:
    about = {"figure": noun(matter, one["figure"]), "gain": f"{one['gain']:.3f}"}
    about |= {"low": f"{one['low']:.3f}", "high": f"{one['high']:.3f}"}
    if about["low"] == about["high"]:
        return _("%(figure)s预计提升约 %(gain)s") % about
    return _("%(figure)s预计提升 %(gain)s（可能区间 %(low)s–%(high)s）") % about
