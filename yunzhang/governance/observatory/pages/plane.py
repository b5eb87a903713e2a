"""The mode plane 治理模式平面 as SVG drawn on the server: numbers in, markup out; the same on page, print and report.

No unit is coloured or ordered by what it measures; peers have no name; what is uncertain is drawn as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yunzhang.kit.wording import HAN, speaks_chinese

INK, SOFT, LINE = "#17263c", "#55637a", "#dfe3ea"
VERTICAL, HORIZONTAL, HERE = "#1f4e8c", "#0f8a7a", "#c2410c"
TINTS = {"authoritative": "#e9eff8", "collaborative": "#e3f3f0", "loose": "#f5f6f8", "cooperative": "#faf6ec"}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
TEXT, SMALL = 13, 12
DOT, OWN = 4.5, 6.5
ROOM = (52, 15)  # around a dot whose name shall fit beside it
FOOT = 0.15  # below this V the note on missing H moves up, out of the way


@dataclass(frozen=True, slots=True)
class Dot:
    """One unit on the plane; `role` is own, below or peer. Ranges are (low, high)."""

    role: str
    v: float
    v_range: tuple[float, float]
    h: float | None = None
    h_range: tuple[float, float] | None = None
    label: str = ""


@dataclass
class Sheet:
    """The drawing as it grows, and the boxes that later labels keep clear of."""

    width: int
    height: int
    left: int = 46
    top: int = 14
    bottom: int = 42
    right: int = 14
    parts: list[str] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def wide(self) -> float:
        """Length of the axis of H."""
        return self.width - self.left - self.right

    @property
    def high(self) -> float:
        """Length of the axis of V."""
        return self.height - self.top - self.bottom

    def x(self, h: float) -> float:
        """Where H stands."""
        return self.left + h * self.wide

    def y(self, v: float) -> float:
        """Where V stands."""
        return self.top + (1 - v) * self.high

    def text(self, x: float, y: float, words: str, **look: object) -> None:
        """Write a line; its box is kept clear."""
        size, anchor = int(str(look.pop("size", SMALL))), str(look.pop("anchor", "start"))
        start = x - text_width(words, size) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        self.taken.append((start, y - size, start + text_width(words, size), y + 3))
        if HAN.search(words) and not speaks_chinese():
            look["lang"] = "zh"  # a place's name on an English page
        more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in {"fill": SOFT, **look}.items())
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{more}>{escape(words)}</text>'
        )

    def is_free(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether a box touches nothing drawn so far and stays on the plane."""
        a, b, c, d = box
        inside = a >= self.left + 2 and c <= self.width - self.right - 2
        inside = inside and b >= self.top + 2 and d <= self.height - self.bottom - 2
        return inside and not any(a < right and left < c and b < low and up < d for left, up, right, low in self.taken)


def text_width(words: str, size: int) -> float:
    """Return about how wide a text is: Han signs are square, others a little over half."""
    return sum(size if ord(sign) > 0x2E7F else size * 0.58 for sign in words)


def draw_plane(dots: Sequence[Dot], *, size: tuple[int, int], words: Mapping[str, str], ribbon: str = "") -> SafeString:
    """Return the plane; where no dot has H it is a strip of V with H shown as missing and no mode named.

    `words`: title, v, h, missing, and for each mode its sentence.
    """
    sheet = Sheet(*size, top=34 if ribbon else 14)
    has_h = any(dot.h is not None for dot in dots)
    sheet.parts.append(f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>')
    if ribbon:
        sheet.text(size[0] / 2, 20, ribbon, anchor="middle", fill="#6b4a00")
    is_low = any(dot.role == "own" and (dot.v or 0) < FOOT for dot in dots)
    _ground(sheet, words, has_h=has_h, missing_at=sheet.y(1) + 18 if is_low else sheet.y(0) - 10)
    _axes(sheet, words, has_h=has_h)
    places = _places(sheet, dots, has_h=has_h)
    own = [(dot, place) for dot, place in zip(dots, places, strict=True) if dot.role == "own"]
    for dot, place in own:
        _uncertain(sheet, dot, place)
    for dot, (x, y) in sorted(
        zip(dots, places, strict=True), key=lambda pair: ("peer", "below", "own").index(pair[0].role)
    ):
        _dot(sheet, dot, x, y)
    for dot, place in own:
        _own_label(sheet, dot, place)
    for dot, (x, y) in zip(dots, places, strict=True):
        if dot.role == "below":
            _label(sheet, dot.label, x, y)
    return mark_safe(  # noqa: S308 - every text went through escape
        f'<svg class="plane" viewBox="0 0 {size[0]} {size[1]}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="{escape(words["title"])}" font-family="{FONT}">{"".join(sheet.parts)}</svg>'
    )


def _ground(sheet: Sheet, words: Mapping[str, str], *, has_h: bool, missing_at: float) -> None:
    middle, half = (sheet.x(0.5), sheet.y(0.5)), (sheet.wide / 2, sheet.high / 2)
    if not has_h:
        column = _strip(sheet)
        for wide, tint in ((sheet.wide, "#f8f9fb"), (column, TINTS["authoritative"])):
            look = f'width="{wide:.1f}" height="{sheet.high:.1f}" fill="{tint}"'
            sheet.parts.append(f'<rect x="{sheet.left}" y="{sheet.top}" {look}/>')
        sheet.text(sheet.width - sheet.right - 6, missing_at, words["missing"], anchor="end")
        return
    corners = {
        "authoritative": (sheet.left, sheet.top),
        "collaborative": (middle[0], sheet.top),
        "loose": (sheet.left, middle[1]),
        "cooperative": middle,
    }
    for mode, (x, y) in corners.items():
        sheet.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{half[0]:.1f}" height="{half[1]:.1f}" fill="{TINTS[mode]}"/>'
        )
    edge = sheet.width - sheet.right - 8
    for mode, x, y, anchor in (
        ("authoritative", sheet.left + 8, sheet.top + 18, "start"),
        ("collaborative", edge, sheet.top + 18, "end"),
        ("loose", sheet.left + 8, sheet.y(0) - 10, "start"),
        ("cooperative", edge, sheet.y(0) - 10, "end"),
    ):
        sheet.text(x, y, words[mode], anchor=anchor, size=TEXT if sheet.width > 400 else 11, font_weight=600)


def _axes(sheet: Sheet, words: Mapping[str, str], *, has_h: bool) -> None:
    right, floor = sheet.width - sheet.right, sheet.y(0)
    for step in range(0, 11, 2):
        y = sheet.y(step / 10)
        sheet.parts.append(f'<path d="M{sheet.left - 4} {y:.1f}H{sheet.left}" stroke="{SOFT}"/>')
        sheet.text(sheet.left - 8, y + 4, f"{step / 10:g}", anchor="end")
        if has_h:
            x = sheet.x(step / 10)
            sheet.parts.append(f'<path d="M{x:.1f} {floor:.1f}v4" stroke="{SOFT}"/>')
            sheet.text(x, floor + 18, f"{step / 10:g}", anchor="middle")
    dash = 'stroke="#9aa7b8" stroke-dasharray="4 3"'
    sheet.parts.append(f'<path d="M{sheet.left} {sheet.y(0.5):.1f}H{right}" {dash}/>')
    if has_h:
        sheet.parts.append(f'<path d="M{sheet.x(0.5):.1f} {sheet.top}V{floor:.1f}" {dash}/>')
        sheet.taken.append((sheet.x(0.5) - 1, sheet.top, sheet.x(0.5) + 1, floor))
        sheet.taken.append((sheet.left, sheet.y(0.5) - 1, right, sheet.y(0.5) + 1))
    sheet.parts.append(f'<path d="M{sheet.left} {sheet.top}V{floor:.1f}H{right}" fill="none" stroke="{LINE}"/>')
    sheet.text(sheet.left + sheet.wide / 2, sheet.height - 6, words["h"], anchor="middle", fill=HORIZONTAL)
    y = sheet.top + sheet.high / 2
    sheet.text(12, y, words["v"], anchor="middle", fill=VERTICAL, transform=f"rotate(-90 12 {y:.1f})")


def _strip(sheet: Sheet) -> float:
    return sheet.wide * 0.55


def _places(sheet: Sheet, dots: Sequence[Dot], *, has_h: bool) -> list[tuple[float, float]]:
    # with H: where the figures say; without: in the strip, side by side where two would cover each other
    if has_h:
        return [(sheet.x(dot.h if dot.h is not None else 0.0), sheet.y(dot.v)) for dot in dots]
    centre, reach = sheet.left + _strip(sheet) / 2, _strip(sheet) / 2 - DOT - 2
    done: list[tuple[float, float]] = []
    steps = sorted((step * 3.0 for step in range(-int(reach // 3), int(reach // 3) + 1)), key=abs)
    for dot in dots:
        y = sheet.y(dot.v)
        roomy = ROOM if dot.role == "below" and sheet.width > 400 else (2 * DOT + 2, 2 * DOT + 2)
        tries = (
            step
            for wide, high in (roomy, (2 * DOT + 2, 2 * DOT + 2))
            for step in steps
            if all(abs(centre + step - a) >= wide or abs(y - b) >= high for a, b in done)
        )
        done.append((centre if dot.role == "own" else centre + next(tries, 0.0), y))
    return done


def _uncertain(sheet: Sheet, dot: Dot, place: tuple[float, float]) -> None:
    low, high = (sheet.y(value) for value in dot.v_range)
    look = f'fill="{HERE}" fill-opacity=".13" stroke="{HERE}" stroke-opacity=".45"'
    if dot.h_range is None:
        right = sheet.wide
        sheet.parts.append(
            f'<rect x="{sheet.left}" y="{high:.1f}" width="{right:.1f}" height="{max(low - high, 1):.1f}" {look}/>'
            f'<path d="M{sheet.left} {place[1]:.1f}h{right:.1f}" stroke="{HERE}" stroke-width="1.5"/>'
        )
        sheet.taken.append((sheet.left, high - 1, sheet.width - sheet.right, low + 1))
        return
    left, right = (sheet.x(value) for value in dot.h_range)
    sheet.parts.append(
        f'<ellipse cx="{(left + right) / 2:.1f}" cy="{(low + high) / 2:.1f}" rx="{max((right - left) / 2, 1):.1f}"'
        f' ry="{max((low - high) / 2, 1):.1f}" {look}/>'
    )


def _dot(sheet: Sheet, dot: Dot, x: float, y: float) -> None:
    radius = OWN if dot.role == "own" else DOT
    sheet.taken.append((x - radius, y - radius, x + radius, y + radius))
    circle = f'<circle lang="zh" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
    if dot.role == "peer":
        sheet.parts.append(f'{circle} fill="#fff" stroke="#8b98ab" stroke-width="1.3"/>')
        return
    colour = HERE if dot.role == "own" else VERTICAL
    if dot.role == "below":
        low, high = (sheet.y(value) for value in dot.v_range)
        sheet.parts.append(f'<path d="M{x:.1f} {high:.1f}V{low:.1f}" stroke="{VERTICAL}" stroke-opacity=".35"/>')
        sheet.taken.append((x - 1, high, x + 1, low))
        if dot.h_range is not None:
            left, right = (sheet.x(value) for value in dot.h_range)
            sheet.parts.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{VERTICAL}" stroke-opacity=".35"/>')
            sheet.taken.append((left, y - 1, right, y + 1))
    name = f"<title>{escape(dot.label)} {dot.v:.2f}</title>"
    sheet.parts.append(f'{circle} fill="{colour}" stroke="#fff">{name}</circle>')


def _own_label(sheet: Sheet, dot: Dot, place: tuple[float, float]) -> None:
    words = f"{dot.label} {dot.v:.2f}" + (f" / {dot.h:.2f}" if dot.h is not None else "")
    look = {"fill": HERE, "font_weight": 600, "size": TEXT}
    low, high = (sheet.y(value) for value in dot.v_range)
    if dot.h is None:
        y = high - 8 if high - sheet.top > 30 else low + 18
        sheet.text(sheet.width - sheet.right - 8, y, words, anchor="end", lang="zh", **look)
        return
    wide = text_width(words, TEXT)
    for away in (12, *range(30, 600, 15)):  # a line leads to a label that stands off
        for x, y in _around(place, wide, away):
            if sheet.is_free((x, y - TEXT, x + wide, y + 3)):
                end = f"L{min(max(place[0], x), x + wide):.1f} {y + 4 if y < place[1] else y - TEXT:.1f}"
                if away > 12:
                    sheet.parts.append(f'<path d="M{place[0]:.1f} {place[1]:.1f}{end}" stroke="{HERE}"/>')
                sheet.text(x, y, words, lang="zh", **look)
                return


def _around(place: tuple[float, float], wide: float, away: float) -> list[tuple[float, float]]:
    x, y = place
    return [
        (x + away, y + 4),
        (x - away - wide, y + 4),
        (x - wide / 2, y - away),
        (x - wide / 2, y + away + 10),
        (x + away, y - away),
        (x + away, y + away + 8),
        (x - away - wide, y - away),
        (x - away - wide, y + away + 8),
    ]


def _label(sheet: Sheet, words: str, x: float, y: float) -> None:
    wide = text_width(words, SMALL)
    for a, b in _around((x, y), wide, DOT + 3):
        if sheet.is_free((a, b - SMALL + 1, a + wide, b + 2)):
            sheet.text(a, b, words, fill=INK, lang="zh")
            return


def draw_bar(value: float | None, low: float | None, high: float | None, *, vertical: bool) -> SafeString:
    """Return one bar 0..1 with its range as a band; nothing but the track where there is no value."""
    colour = VERTICAL if vertical else HORIZONTAL
    parts = ['<rect y="4" width="100" height="6" rx="1" fill="#e6eaf0"/>']
    if value is not None:
        parts.append(f'<rect y="4" width="{value * 100:.2f}" height="6" rx="1" fill="{colour}"/>')
    if low is not None and high is not None:
        wide = max((high - low) * 100, 0.6)
        parts.append(
            f'<rect x="{low * 100:.2f}" y="1" width="{wide:.2f}" height="12" fill="{colour}" fill-opacity=".28"/>'
        )
    return mark_safe(  # noqa: S308 - numbers only
        '<svg class="measure-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )
