"""Curves of shares over steps, as SVG drawn on the server: level by level, link by link, each point with its range.

Numbers in, markup out; the same on page, print and report. Lines differ by colour, by mark and by dash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INK, SOFT, LINE = "#17263c", "#55637a", "#dfe3ea"
BLUE, TEAL, GREY = "#1f4e8c", "#0f8a7a", "#55637a"
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
TEXT, SMALL = 13, 12
LEFT, RIGHT, BOTTOM = 44, 16, 30
ROW = 20  # height of a line of the legend
type_point = tuple[int, float, float, float]  # step, value, low, high
type_box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its word, colour and mark (disc | square | diamond); points are (step, value, low, high), 0..1."""

    word: str
    colour: str
    points: tuple[type_point, ...]
    mark: str = "disc"
    is_dashed: bool = False


@dataclass
class Frame:
    """The drawing as it grows: size, steps on the axis, and boxes later labels keep clear of."""

    width: int
    height: int
    steps: Sequence[str]
    top: float = 12
    parts: list[str] = field(default_factory=list)
    taken: list[type_box] = field(default_factory=list)

    def x(self, step: float) -> float:
        """Where a step stands."""
        room = (self.width - LEFT - RIGHT) / max(len(self.steps), 1)
        return LEFT + room * (step + 0.5)

    def y(self, share: float) -> float:
        """Where a share stands."""
        return self.top + (1 - share) * (self.height - self.top - BOTTOM)

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "middle", size: int = SMALL, fill: str = SOFT
    ) -> None:
        """Write a line and keep its box clear."""
        start = x - wide(words, size) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        self.taken.append((start, y - size, start + wide(words, size), y + 3))
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">'
            f"{escape(words)}</text>"
        )

    def is_free(self, box: type_box) -> bool:
        """Return whether a box touches nothing drawn so far and stays inside."""
        a, b, c, d = box
        inside = a >= LEFT + 2 and c <= self.width - 2 and b >= self.top - 8 and d <= self.y(0) - 2
        return inside and not any(a < right and left < c and b < low and up < d for left, up, right, low in self.taken)


def wide(words: str, size: int) -> float:
    """Return about how wide a text is: Han signs are square, others a little over half."""
    return sum(size if ord(sign) > 0x2E7F else size * 0.58 for sign in words)


def draw_curves(curves: Sequence[Curve], steps: Sequence[str], *, size: tuple[int, int], title: str) -> SafeString:
    """Return the curves over the named steps, 0 to 100 %, with a legend above, ranges and labelled points."""
    frame = Frame(*size, steps)
    _legend(frame, curves)
    _axes(frame)
    shifts = [(k - (len(curves) - 1) / 2) * 14 for k in range(len(curves))]
    for curve, shift in zip(curves, shifts, strict=True):
        _ranges(frame, curve, shift)
    for curve, shift in zip(curves, shifts, strict=True):
        _line(frame, curve, shift)
    for curve, shift in zip(curves, shifts, strict=True):
        for point in curve.points:
            _label(frame, curve, point, shift)
    return mark_safe(  # noqa: S308 - every text went through escape
        f'<svg class="plane curve" viewBox="0 0 {size[0]} {size[1]}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="{escape(title)}" font-family="{FONT}">{"".join(frame.parts)}</svg>'
    )


def _legend(frame: Frame, curves: Sequence[Curve]) -> None:
    x, y = float(LEFT), 14.0
    for curve in curves:
        length = 34 + wide(curve.word, SMALL) + 18
        if x > LEFT and x + length > frame.width:
            x, y = float(LEFT), y + ROW
        dash = ' stroke-dasharray="4 3"' if curve.is_dashed else ""
        frame.parts.append(f'<path d="M{x:.1f} {y - 4:.1f}h26" stroke="{curve.colour}" stroke-width="2"{dash}/>')
        frame.parts.append(_mark(curve, x + 13, y - 4))
        frame.text(x + 33, y, curve.word, anchor="start", fill=INK)
        x += length
    frame.top = y + 24


def _axes(frame: Frame) -> None:
    right, floor = frame.width - RIGHT, frame.y(0)
    for percent in range(0, 101, 25):
        y = frame.y(percent / 100)
        look = LINE if percent else "#9aa7b8"
        frame.parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="{look}"/>')
        frame.text(LEFT - 8, y + 4, f"{percent}%", anchor="end")
    for step, word in enumerate(frame.steps):
        frame.text(frame.x(step), floor + 20, word, fill=INK)


def _ranges(frame: Frame, curve: Curve, shift: float) -> None:
    for step, _, low, high in curve.points:
        x, top, foot = frame.x(step) + shift, frame.y(high), frame.y(low)
        if foot - top > 1:
            ends = f"M{x - 4:.1f} {top:.1f}h8M{x - 4:.1f} {foot:.1f}h8M{x:.1f} {top:.1f}V{foot:.1f}"
            frame.parts.append(f'<path d="{ends}" stroke="{curve.colour}" stroke-opacity=".55" fill="none"/>')
            frame.taken.append((x - 4, top, x + 4, foot))


def _line(frame: Frame, curve: Curve, shift: float) -> None:
    places = [(frame.x(step) + shift, frame.y(value)) for step, value, *_ in curve.points]
    dash = ' stroke-dasharray="5 4"' if curve.is_dashed else ""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    if len(places) > 1:
        frame.parts.append(f'<path d="M{path}" fill="none" stroke="{curve.colour}" stroke-width="2"{dash}/>')
    for (x, y), (right, other) in pairwise(places):
        for part in range(1, 12):  # labels keep off the line: a row of small boxes along it
            a, b = x + (right - x) * part / 12, y + (other - y) * part / 12
            frame.taken.append((a - 4, b - 4, a + 4, b + 4))
    for x, y in places:
        frame.parts.append(_mark(curve, x, y))
        frame.taken.append((x - 6, y - 6, x + 6, y + 6))


def _mark(curve: Curve, x: float, y: float) -> str:
    look = f'fill="{"#fff" if curve.is_dashed else curve.colour}" stroke="{curve.colour}" stroke-width="2"'
    if curve.mark == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {look}/>'
    if curve.mark == "diamond":
        return f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z" {look}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {look}/>'


def _label(frame: Frame, curve: Curve, point: type_point, shift: float) -> None:
    step, value, low, high = point
    x, y = frame.x(step) + shift, frame.y(value)
    words = f"{value:.0%}"
    length = wide(words, SMALL)
    top, foot = min(frame.y(high), y - 6), max(frame.y(low), y + 6)
    side = -1 if shift < 0 else 1
    tries = [(x + side * 10 - (length if side < 0 else 0), y + 4), (x - side * 10 - (0 if side < 0 else length), y + 4)]
    tries += [(x - length / 2, top - 5), (x - length / 2, foot + SMALL + 2)]
    tries += [(x + side * 10 - (length if side < 0 else 0), y + 4 + away) for away in (-12, 14, -24, 26)]
    tries += [(x - side * 10 - (0 if side < 0 else length), y + 4 + away) for away in (-12, 14, -24, 26)]
    for a, b in tries:
        if frame.is_free((a, b - SMALL + 2, a + length, b + 2)):
            frame.text(a, b, words, anchor="start", fill=curve.colour)
            return


def draw_length(share: float, low: float | None = None, high: float | None = None, *, vertical: bool) -> SafeString:
    """Return a bar of this share of its track, its range as a band; no middle is marked, for it has no meaning here."""
    colour = BLUE if vertical else TEAL
    parts = ['<rect y="4" width="100" height="6" rx="1" fill="#e6eaf0"/>']
    parts.append(f'<rect y="4" width="{share * 100:.2f}" height="6" rx="1" fill="{colour}"/>')
    if low is not None and high is not None:
        long = max((high - low) * 100, 0.6)
        parts.append(
            f'<rect x="{low * 100:.2f}" y="1" width="{long:.2f}" height="12" fill="{colour}" fill-opacity=".28"/>'
        )
    return mark_safe(  # noqa: S308 - numbers only
        '<svg class="measure-bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )
