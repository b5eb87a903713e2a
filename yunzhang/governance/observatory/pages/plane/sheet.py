"""The drawing as it grows: colours, sizes, scales, text. Every text is escaped here; nothing else is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yunzhang.governance.observatory.pages.plane.placing import type_box
from yunzhang.kit.wording import HAN, speaks_chinese

INK, SOFT, LINE, GROUND = "#17263c", "#55637a", "#dfe3ea", "#f5f6f8"
VERTICAL, HORIZONTAL, HERE, BELOW = "#1f4e8c", "#0f8a7a", "#c2410c", "#5b6b84"
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
TEXT, SMALL = 13, 12
NARROW = 420  # below this width a picture is drawn for a phone
HAN_FROM = 0x2E7F
# a pale rim that keeps a name readable over a line
HALO: dict[str, object] = {"stroke": "#fff", "stroke_width": 2.5, "stroke_opacity": ".8", "paint_order": "stroke"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One unit in the picture; `role` is own, below or peer. Ranges are (low, high); a peer has no name and no link."""

    role: str
    v: float
    v_range: tuple[float, float]
    h: float | None = None
    h_range: tuple[float, float] | None = None
    label: str = ""
    link: str = ""
    told: str = ""  # what a screen reader and the pointer are told


@dataclass(frozen=True, slots=True)
class Step:
    """One month of one's own course: how it is written, and V and H then with their ranges, each None where missing."""

    month: str
    v: float | None = None
    v_range: tuple[float, float] | None = None
    h: float | None = None
    h_range: tuple[float, float] | None = None
    is_part: bool = False  # the window then held less than its twelve months of records


@dataclass
class Sheet:
    """A drawing of this size with its margins; `taken` is what names keep clear of."""

    width: float
    height: float
    left: float = 44
    top: float = 14
    bottom: float = 46
    right: float = 14
    parts: list[str] = field(default_factory=list)
    taken: list[type_box] = field(default_factory=list)

    @property
    def wide(self) -> float:
        """Length of the axis across."""
        return self.width - self.left - self.right

    @property
    def high(self) -> float:
        """Length of the axis upward."""
        return self.height - self.top - self.bottom

    @property
    def is_narrow(self) -> bool:
        """Whether it is drawn for a phone."""
        return self.width < NARROW

    def x(self, share: float) -> float:
        """Where a value 0..1 stands across."""
        return self.left + share * self.wide

    def y(self, share: float) -> float:
        """Where a value 0..1 stands upward."""
        return self.top + (1 - share) * self.high

    def add(self, tag: str, **look: object) -> None:
        """Add a shape: `add("path", d=…, stroke=…)`; names with _ become names with -."""
        self.parts.append(f"<{tag}{_written(look)}/>")

    def text(self, x: float, y: float, words: str, *, keep: bool = True, **look: object) -> None:
        """Write a line; `keep`: names keep clear of it. A place's name on an English page is marked as Chinese."""
        size, anchor = float(str(look.pop("size", SMALL))), str(look.pop("anchor", "start"))
        start = x - text_width(words, size) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        if keep:
            self.taken.append((start, y - size, start + text_width(words, size), y + 3))
        if HAN.search(words) and not speaks_chinese():
            look["lang"] = "zh"
        more = _written({"fill": SOFT, "font_size": f"{size:g}", "text_anchor": anchor, **look})
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(words)}</text>')

    def close(self, title: str, told: str, name: str, *, css: str = "plane") -> SafeString:
        """Return the finished picture; `name` makes its ids unique on a page that shows it twice."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" xmlns="http://www.w3.org/2000/svg"'
        said = f'role="group" aria-labelledby="{name}-title" aria-describedby="{name}-told"'
        title_lang, told_lang = _lang(title), _lang(told)
        heads = f'<title id="{name}-title"{title_lang}>{escape(title)}</title>'
        heads += f'<desc id="{name}-told"{told_lang}>{escape(told)}</desc>'
        drawn = f'<svg class="{css}" {size} {said} font-family="{FONT}">{heads}{"".join(self.parts)}</svg>'
        return mark_safe(drawn)  # noqa: S308 - every text went through escape


def _written(look: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{_short(value)}"' for name, value in look.items())


def _short(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(escape(str(value)))


def _lang(words: str) -> str:
    # a place's name on an English page is marked as Chinese
    return ' lang="zh"' if HAN.search(words) and not speaks_chinese() else ""


def text_width(words: str, size: float) -> float:
    """Return about how wide a text is: Han signs are square, others a little over half."""
    return sum(size if ord(sign) > HAN_FROM else size * 0.58 for sign in words)


def dot(sheet: Sheet, one: Dot, x: float, y: float, radius: float) -> None:
    """Draw one unit: a peer hollow and mute; others with what they tell, and as a link where one may go on."""
    sheet.taken.append((x - radius, y - radius, x + radius, y + radius))
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"'
    if one.role == "peer":
        sheet.parts.append(
            f'{circle} class="dot-peer" fill="#fff" fill-opacity=".75" stroke="#8b98ab" stroke-width="1.3"/>'
        )
        return
    colour, edge = (HERE, 2) if one.role == "own" else (BELOW, 1)
    lang = _lang(one.told)
    name = f"<title{lang}>{escape(one.told)}</title>" if one.told else ""
    drawn = f'{circle} fill="{colour}" stroke="#fff" stroke-width="{edge}">{name}</circle>'
    if one.link:
        wide = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + 6:g}" fill-opacity="0"/>'  # a finger's target
        drawn = f'<a href="{escape(one.link)}" aria-label="{escape(one.told)}"{lang}>{wide}{drawn}</a>'
    sheet.parts.append(drawn)


def ordered(dots: Sequence[Dot]) -> list[Dot]:
    """Return the dots in the order they are painted: peers, those below, one's own on top."""
    return sorted(dots, key=lambda one: ("peer", "below", "own").index(one.role))
