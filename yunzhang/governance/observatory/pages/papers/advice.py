"""The suggestions of a paper: what is proposed, its expected gain with its range, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.papers.matter import Matter, noun
from yunzhang.kit.wording import speaks_chinese

ORDER = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Advice:
    """One suggestion as a paragraph."""

    lead: str
    text: str


def list_advice(matter: Matter, most: int) -> list[Advice]:
    """Return at most so many suggestions, in the order they were computed: by expected gain."""
    found = matter.scene.facets.get("suggest", {}).get("suggestions", ())
    return [_advice(matter, number, one) for number, one in enumerate(list(found)[:most])]


def _advice(matter: Matter, number: int, one: Mapping[str, Any]) -> Advice:
    lead = f"{ORDER[number]}是" if speaks_chinese() else f"({number + 1}) "
    return Advice(lead, _("%(title)s。%(gain)s。") % {"title": one["title"], "gain": _gain(matter, one)})


def _gain(matter: Matter, one: Mapping[str, Any]) -> str:
    about = {"figure": noun(matter, one["figure"]), "gain": f"{one['gain']:.3f}"}
    about |= {"low": f"{one['low']:.3f}", "high": f"{one['high']:.3f}"}
    return _("%(figure)s预计提升 %(gain)s（可能区间 %(low)s–%(high)s）") % about
