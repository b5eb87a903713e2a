"""The pictures of one unit with their words: plane or strip for wide and narrow screens, small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yunzhang.governance.observatory.actions import Place
from yunzhang.governance.observatory.pages import frame
from yunzhang.governance.observatory.pages.course import Month, steps_of
from yunzhang.governance.observatory.pages.plane import Dot, draw_bar, draw_course, draw_plane, draw_spark, draw_strip
from yunzhang.governance.observatory.pages.scene import Scene, has_v
from yunzhang.governance.observatory.pages.wording import (
    H_PARTS,
    HALF,
    LINES,
    MODES,
    above_chance,
    definition,
    mode_name,
    noun,
    said_chance,
    span,
)
from yunzhang.kit.wording import term

PLANE = {"wide": (640, 590), "narrow": (350, 420)}
STRIP = {"wide": 640, "narrow": 350}  # as high as it has rows
COURSE = {"wide": (500, 190), "narrow": (350, 160)}
UNDER = (640, 190)  # the course under a low strip, in the wide card
FEW = 12  # with fewer places below the strip is low, and the course has room under it


@dataclass(frozen=True, slots=True)
class Multiple:
    """One line or part: its value with range, its bar, its course, and its definition."""

    name: str
    vertical: bool
    value: float | None
    span: str
    is_weak: bool
    bar: SafeString
    spark: SafeString | str
    definition: str
    formula: str
    more: str = ""  # how it compares with chance


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a wide or a narrow screen, with the course by month where H is missing."""

    width: str
    plane: SafeString
    course: SafeString | str = ""


def ribbon(place: Place) -> str:
    """Return the words that mark a study, or simulated data, inside a picture."""
    if place.snapshot is not None and place.snapshot.mark:
        return term(f"study_{place.snapshot.mark}")
    return term("simulated") if settings.YUNZHANG_SIMULATED else ""


def list_dots(scene: Scene, *, has_h: bool, named: bool = True) -> list[Dot]:
    """Return the dots: peers mute, places below with their names and links, one's own; on paper (`named` false) no
    peers, and those below without names."""
    shown = [one for one in scene.peers if named and _fits(scene.figures.get(one.number), has_h=has_h)]
    dots = [dot_of(scene.figures[one.number], "peer") for one in shown]
    for one in scene.places:
        figures = scene.figures[one.number]
        if _fits(figures, has_h=has_h):
            link = frame.link(scene.place, "unit", one.number) if named else ""
            told = tell(one.short_name, figures, has_h=has_h) if named else ""
            dots.append(dot_of(figures, "below" if named else "peer", one.short_name if named else "", link, told))
    if has_v(scene.own) and scene.own:
        told = tell(scene.unit.short_name, scene.own, has_h=has_h)
        dots.append(dot_of(scene.own, "own", scene.unit.short_name, "", told))
    return dots


def _fits(figures: dict[str, Any] | None, *, has_h: bool) -> bool:
    return has_v(figures) and (not has_h or (figures or {})["values"]["H"] is not None)


def dot_of(figures: dict[str, Any], role: str, label: str = "", link: str = "", told: str = "") -> Dot:
    """Return one unit's dot; a peer's carries no name."""
    value, low, high = figures["values"], figures["low"], figures["high"]
    v_range = _range(value["V"], low.get("V"), high.get("V"))
    h_range = None if value["H"] is None else _range(value["H"], low.get("H"), high.get("H"))
    return Dot(role, value["V"], v_range, value["H"], h_range, label, link, told)


def _range(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    return (value if low is None else low, value if high is None else high)


def tell(name: str, figures: dict[str, Any], *, has_h: bool) -> str:
    """Return one unit's figures as a sentence, for the pointer and for screen readers."""
    values, low, high = figures["values"], figures["low"], figures["high"]
    told = [
        _("%(figure)s %(value)s（%(range)s）")
        % {"figure": noun(line), "value": f"{values[line]:.2f}", "range": span(low.get(line), high.get(line)) or "–"}
        for line in (("V", "H") if has_h else ("V",))
    ]
    return _("%(name)s：%(told)s") % {"name": name, "told": _("，").join(told)}


def words_of(scene: Scene, dots: Sequence[Dot], *, research: bool) -> dict[str, str]:
    """Return the words of the pictures."""
    own = next((dot for dot in dots if dot.role == "own"), None)
    counts = {"below": sum(dot.role == "below" for dot in dots), "peers": sum(dot.role == "peer" for dot in dots)}
    told = (own.told + _("。") if own else "") + _(
        "图中另有下级 %(below)s 个、同级 %(peers)s 个；数值见下表。"
    ) % counts
    return {
        "title": f"{scene.unit.short_name} · {term('mode_plane') if scene.has_h else noun('V')}",
        "told": told,
        "v": noun("V"),
        "h": noun("H"),
        "values": _values(own),
        "between": _("0.5 上下不作判定"),
        "weak": _("多数未能按期返回"),
        "strong": _("大多能到底、按期返回"),
        "own": _("本级"),
        "below": _("下级"),
        "peer": _("同级（不标名）"),
        "course": _("%(name)s逐月走势") % {"name": noun("V")},
        "told_course": _("数值见逐月数据表。"),
    } | {str(mode): _short(mode_name(mode, research=research)) for mode in MODES}


def _short(name: str) -> str:
    # "authoritative (measured type)": the sentence above the picture has already said that types are measured
    return name.partition(" (")[0]


def _values(own: Dot | None) -> str:
    if own is None or own.h is None:
        return ""
    return _("纵 %(v)s · 横 %(h)s") % {"v": f"{own.v:.2f}", "h": f"{own.h:.2f}"}


def list_pictures(scene: Scene, *, research: bool) -> list[Picture]:
    """Return the plane for both widths; without H the strip and the course by month."""
    dots = list_dots(scene, has_h=scene.has_h)
    words, steps = words_of(scene, dots, research=research), steps_of(scene.months, has_h=scene.has_h)
    words["ribbon"] = ribbon(scene.place)
    return [_picture(width, dots, words, steps, has_h=scene.has_h) for width in ("wide", "narrow")]


def _picture(width: str, dots: list[Dot], words: dict[str, str], steps: list[Any], *, has_h: bool) -> Picture:
    look: dict[str, Any] = {"words": words, "ribbon": words["ribbon"], "name": f"plane-{width}"}
    if has_h:
        return Picture(width, draw_plane(dots, size=PLANE[width], course=steps, **look))
    is_low = sum(dot.role == "below" for dot in dots) < FEW
    size = UNDER if is_low and width == "wide" else COURSE[width]
    course = draw_course(steps, size=size, words=words, name=f"course-{width}") if len(steps) > 1 else ""
    return Picture(width, draw_strip(dots, wide=STRIP[width], **look), course)


def list_multiples(own: dict[str, Any], months: Sequence[Month], *, has_h: bool) -> list[Multiple]:
    """Return the two lines, and the four parts where there is H."""
    return [multiple_of(name, own, months) for name in (*LINES, *(H_PARTS if has_h else ()))]


def multiple_of(name: str, own: dict[str, Any], months: Sequence[Month]) -> Multiple:
    """Return one line or part as a small picture."""
    value, low, high = own["values"][name], own["low"].get(name), own["high"].get(name)
    vertical = name.startswith("V")
    values = [month.values.get(name) for month in months]
    is_course = sum(each is not None for each in values) > 1
    spark = draw_spark(values, [month.range_of(name) for month in months], vertical=vertical) if is_course else ""
    bar = draw_bar(value, low, high, vertical=vertical)
    is_weak = value is not None and value < HALF
    more = said_chance(above_chance(own, name))
    return Multiple(noun(name), vertical, value, span(low, high), is_weak, bar, spark, *definition(name), more)
