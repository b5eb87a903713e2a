"""The pictures of a report as SVG: plane with cloud, ranges in a row, map of a sweep. Numbers in, markup out.

Attributes only, no style and no script, so that a page, a print and a converter show the same. No colour stands for a
value of a unit; shapes tell the verdicts of a sweep apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yunzhang.governance.observatory.rules.sweeping import DIFFERS, STANDS, TAUS, THETAS, UNSURE, Finding, weightings
from yunzhang.kit.wording import HAN, speaks_chinese

INK, SOFT, LINE, GRID = "#17263c", "#55637a", "#dfe3ea", "#9aa7b8"
VERTICAL, HORIZONTAL, HERE, PALE = "#1f4e8c", "#0f8a7a", "#c2410c", "#b9cbe4"
TINTS = {"authoritative": "#e9eff8", "collaborative": "#e3f3f0", "loose": "#f5f6f8", "cooperative": "#faf6ec"}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
LEFT, TOP, RIGHT, BOTTOM = 46, 12, 12, 40
CELL = 10  # a setting in the map of a sweep


@dataclass(frozen=True, slots=True)
class Place:
    """One sub-tree on the plane: (low, value, high) of V and of H; `label` only where there is room for names."""

    v: tuple[float, float, float]
    h: tuple[float, float, float]
    label: str = ""


def draw_plane(
    own: Place | None,
    others: Sequence[Place],
    cloud: Iterable[tuple[float, float]],
    *,
    words: Mapping[str, str],
    size: tuple[int, int],
) -> SafeString:
    """Return the mode plane: draws as a cloud, one's own range as a cross, other sub-trees as open dots.

    `words`: title, v, h, and the name of each mode. `cloud` holds (V, H) of draws.
    """
    plane = _Plane(*size)
    parts = [*_ground(plane, words), *_axes(plane, words)]
    parts += [f'<circle cx="{plane.x(h):.1f}" cy="{plane.y(v):.1f}" r="2"/>' for v, h in cloud]
    at = len(parts) - sum(part.startswith("<circle") for part in parts)
    parts.insert(at, f'<g fill="{HERE}" fill-opacity=".22">')
    parts.append("</g>")
    for place in others:
        parts += _other(plane, place)
    if own is not None:
        parts += _own(plane, own)
    parts += _labels(plane, own, others)
    return _svg(size, parts, title=words["title"], kind="plane")


@dataclass(frozen=True, slots=True)
class _Plane:
    width: int
    height: int

    def x(self, h: float) -> float:
        return LEFT + h * (self.width - LEFT - RIGHT)

    def y(self, v: float) -> float:
        return TOP + (1 - v) * (self.height - TOP - BOTTOM)


def _ground(plane: _Plane, words: Mapping[str, str]) -> list[str]:
    wide, high = plane.x(0.5) - plane.x(0), plane.y(0) - plane.y(0.5)
    parts = [f'<rect width="{plane.width}" height="{plane.height}" fill="#fff"/>']
    for mode, h, v, top in (
        ("authoritative", 0.0, 1.0, True),
        ("collaborative", 0.5, 1.0, True),
        ("loose", 0.0, 0.5, False),
        ("cooperative", 0.5, 0.5, False),
    ):
        x, y = plane.x(h), plane.y(v)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{TINTS[mode]}"/>')
        edge, anchor = (x + 8, "start") if h < 0.5 else (x + wide - 8, "end")
        parts.append(_text(edge, y + 18 if top else y + high - 9, words[mode], anchor=anchor, weight=600))
    return parts


def _axes(plane: _Plane, words: Mapping[str, str]) -> list[str]:
    floor, right = plane.y(0), plane.x(1)
    parts = []
    for step in range(0, 11, 2):
        x, y, said = plane.x(step / 10), plane.y(step / 10), f"{step / 10:g}"
        parts.append(f'<path d="M{LEFT - 4} {y:.1f}H{LEFT}M{x:.1f} {floor:.1f}v4" stroke="{SOFT}"/>')
        parts += [_text(LEFT - 8, y + 4, said, anchor="end"), _text(x, floor + 17, said, anchor="middle")]
    middle = f"M{LEFT} {plane.y(0.5):.1f}H{right:.1f}M{plane.x(0.5):.1f} {TOP}V{floor:.1f}"
    parts.append(f'<path d="{middle}" stroke="{GRID}" stroke-dasharray="4 3"/>')
    parts.append(f'<path d="M{LEFT} {TOP}V{floor:.1f}H{right:.1f}" fill="none" stroke="{LINE}"/>')
    parts.append(_text(plane.x(0.5), plane.height - 5, words["h"], anchor="middle", fill=HORIZONTAL))
    turn = f' transform="rotate(-90 12 {plane.y(0.5):.1f})"'
    parts.append(_text(12, plane.y(0.5), words["v"], anchor="middle", fill=VERTICAL, more=turn))
    return parts


def _cross(plane: _Plane, place: Place, colour: str, *, width: float, faint: float) -> str:
    x, y = plane.x(place.h[1]), plane.y(place.v[1])
    lines = f"M{plane.x(place.h[0]):.1f} {y:.1f}H{plane.x(place.h[2]):.1f}"
    lines += f"M{x:.1f} {plane.y(place.v[0]):.1f}V{plane.y(place.v[2]):.1f}"
    return f'<path d="{lines}" stroke="{colour}" stroke-width="{width}" stroke-opacity="{faint}"/>'


def _other(plane: _Plane, place: Place) -> list[str]:
    x, y = plane.x(place.h[1]), plane.y(place.v[1])
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#fff" stroke="{VERTICAL}" stroke-width="1.4"/>'
    return [_cross(plane, place, VERTICAL, width=1, faint=0.3), dot]


def _own(plane: _Plane, place: Place) -> list[str]:
    x, y = plane.x(place.h[1]), plane.y(place.v[1])
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{HERE}" stroke="#fff" stroke-width="1.5"/>'
    return [_cross(plane, place, HERE, width=2, faint=0.9), dot]


def _labels(plane: _Plane, own: Place | None, others: Sequence[Place]) -> list[str]:
    # one's own first; a name that would cover a dot, a name or the frame is left to the table
    places = ([own] if own else []) + list(others)
    taken = [_box(plane.x(place.h[1]), plane.y(place.v[1])) for place in places]
    parts = []
    for number, place in enumerate(places):
        is_own = own is not None and number == 0
        for x, y in _around(plane, place, is_own=is_own) if place.label else ():
            wide = text_width(place.label)
            box = (x, y - 11, x + wide, y + 3)
            rest = [each for k, each in enumerate(taken) if k != number]
            if (
                box[0] > LEFT
                and box[2] < plane.x(1)
                and box[1] > TOP + 20
                and not any(_meet(box, each) for each in rest)
            ):
                taken.append(box)
                parts.append(_text(x, y, place.label, fill=HERE if is_own else INK, weight=600 if is_own else 400))
                break
    return parts


def _around(plane: _Plane, place: Place, *, is_own: bool) -> list[tuple[float, float]]:
    # one's own beyond its own range; the others close by, so that nobody wonders whose name it is
    x, y, wide = plane.x(place.h[1]), plane.y(place.v[1]), text_width(place.label)
    if is_own:
        ends = [(x - wide / 2, plane.y(place.v[2]) - 5), (x - wide / 2, plane.y(place.v[0]) + 14)]
        return [*ends, (x + 9, y + 4), (x - 9 - wide, y + 4), (x - wide / 2, y + 44)]
    return [(x + 9, y + 4), (x - 9 - wide, y + 4), (x - wide / 2, y - 10), (x - wide / 2, y + 19), (x + 9, y - 10)]


def text_width(words: str) -> float:
    """Return about how wide a label is: Han signs are square, others a little over half."""
    return sum(12 if ord(sign) > 0x2E7F else 7 for sign in words)


def _box(x: float, y: float) -> tuple[float, float, float, float]:
    return (x - 6, y - 6, x + 6, y + 6)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def draw_range(low: float | None, value: float | None, high: float | None, *, vertical: bool) -> SafeString:
    """Return one value 0..1 with its range on a line, the middle marked; the bare line where there is none."""
    colour = VERTICAL if vertical else HORIZONTAL
    parts = [f'<path d="M0 7H100" stroke="{LINE}" stroke-width="1.5"/>']
    parts.append(f'<path d="M50 2V12" stroke="{GRID}" stroke-width=".8"/>')
    if value is not None:
        if low is not None and high is not None:
            parts.append(f'<path d="M{low * 100:.1f} 7H{high * 100:.1f}" stroke="{colour}" stroke-width="2.5"/>')
        parts.append(f'<rect x="{value * 100 - 1.2:.1f}" y="2.5" width="2.4" height="9" fill="{colour}"/>')
    return mark_safe(  # noqa: S308 - numbers only
        '<svg class="range" viewBox="-2 0 104 14" preserveAspectRatio="none" aria-hidden="true"'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def draw_trail(rows: Sequence[Mapping[str, Any]], *, words: Mapping[str, str]) -> SafeString:
    """Return V and H by month as two lines with their ranges as bands; a month without a figure leaves a gap.

    `words`: title, v, h. Rows hold month, V, V_low, V_high and the same for H.
    """
    size, left, foot = (660, 230), 40, 190
    step = (size[0] - left - 60) / max(len(rows) - 1, 1)
    parts = [f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>']
    for mark in (0.0, 0.5, 1.0):
        y = foot - mark * 170
        dash = f' stroke-dasharray="4 3" stroke="{GRID}"' if mark == 0.5 else f' stroke="{LINE}"'
        parts.append(f'<path d="M{left} {y:.1f}H{size[0] - 60}"{dash}/>')
        parts.append(_text(left - 6, y + 4, f"{mark:g}", anchor="end"))
    every = max(1, round(len(rows) / 8))
    for number, row in enumerate(rows):
        if number % every == 0 or number == len(rows) - 1:
            parts.append(_text(left + number * step, foot + 18, str(row["month"]), anchor="middle", size=11))
    for name, colour in (("V", VERTICAL), ("H", HORIZONTAL)):
        parts += _band(rows, name, colour, at=(left, foot), step=step)
    for (name, colour), y in zip((("V", VERTICAL), ("H", HORIZONTAL)), _ends(rows, foot), strict=True):
        if rows and rows[-1][name] is not None:
            parts.append(_text(left + (len(rows) - 1) * step + 8, y + 4, name, fill=colour, weight=600))
    parts.append(_text(left, 12, f"{words['v']} · {words['h']}", size=11))
    return _svg(size, parts, title=words["title"], kind="trail")


def _ends(rows: Sequence[Mapping[str, Any]], foot: float) -> list[float]:
    # where the letters stand behind the lines: apart, even where the lines end together
    v, h = (foot - (rows[-1][name] or 0.0) * 170 for name in ("V", "H"))
    if abs(v - h) >= 14:
        return [v, h]
    return [v - 7, h + 7] if v <= h else [v + 7, h - 7]


def _band(
    rows: Sequence[Mapping[str, Any]], name: str, colour: str, *, at: tuple[float, float], step: float
) -> Iterator[str]:
    left, foot = at
    held = [(number, row) for number, row in enumerate(rows) if row[name] is not None]
    ranged = [(number, row) for number, row in held if row[f"{name}_low"] is not None]
    if len(ranged) > 1:
        upper = [f"{left + number * step:.1f} {foot - row[f'{name}_high'] * 170:.1f}" for number, row in ranged]
        lower = [f"{left + number * step:.1f} {foot - row[f'{name}_low'] * 170:.1f}" for number, row in ranged]
        yield f'<path d="M{"L".join([*upper, *reversed(lower)])}Z" fill="{colour}" fill-opacity=".12"/>'
    before = -2
    path = ""
    for number, row in held:
        path += f"{'L' if number == before + 1 else 'M'}{left + number * step:.1f} {foot - row[name] * 170:.1f}"
        before = number
    yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>' if path else ""
    for number, row in held:
        yield f'<circle cx="{left + number * step:.1f}" cy="{foot - row[name] * 170:.1f}" r="2.4" fill="{colour}"/>'


def draw_sweep(finding: Finding, *, words: Mapping[str, str]) -> SafeString:
    """Return the map of a sweep: a row a weighting, a block a tau, in it one cell a threshold.

    `words`: title, tau, theta, and the name of each weighting.
    """
    names = list(weightings())
    left, top, gap = 150, 34, 8
    wide = len(THETAS) * CELL
    size = (left + len(TAUS) * (wide + gap), top + len(names) * (CELL + 4) + 22)
    by_setting = {(each.setting.tau, each.setting.weighting, each.setting.theta): each for each in finding.settings}
    parts = [f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>']
    for row, name in enumerate(names):
        parts.append(_text(left - 8, top + row * (CELL + 4) + 9, words[name], anchor="end"))
    for block, tau in enumerate(TAUS):
        x = left + block * (wide + gap)
        parts.append(_text(x + wide / 2, 14, f"{words['tau']} = {tau:g}", anchor="middle", fill=INK))
        for row, name in enumerate(names):
            y = top + row * (CELL + 4)
            parts += [_cell(x + k * CELL, y, by_setting[tau, name, theta].verdict) for k, theta in enumerate(THETAS)]
        foot = top + len(names) * (CELL + 4) + 12
        parts += [_text(x, foot, f"{THETAS[0]:g}", size=10), _text(x + wide, foot, f"{THETAS[-1]:g}", "end", size=10)]
        parts.append(_text(x + wide / 2, foot, words["theta"], anchor="middle", size=10))
    return _svg(size, parts, title=words["title"], kind="sweep")


def draw_verdict(verdict: str) -> SafeString:
    """Return the sign of one verdict, for the legend."""
    return _svg((CELL, CELL), [_cell(0, 0, verdict)], title="", kind="sign")


def _cell(x: float, y: float, verdict: str) -> str:
    box = f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{CELL - 1}" height="{CELL - 1}"'
    if verdict == STANDS:
        return f'{box} fill="{VERTICAL}"/>'
    if verdict == UNSURE:
        return f'{box} fill="{PALE}"/>'
    if verdict == DIFFERS:
        cross = f"M{x + 2:.1f} {y + 2:.1f}l6 6m0 -6l-6 6"
        return f'{box} fill="#fff" stroke="{HERE}"/><path d="{cross}" stroke="{HERE}" stroke-width="1.4"/>'
    return f'<circle cx="{x + CELL / 2:.1f}" cy="{y + CELL / 2:.1f}" r="1" fill="{GRID}"/>'


def _text(
    x: float,
    y: float,
    words: str,
    anchor: str = "start",
    *,
    fill: str = SOFT,
    size: int = 12,
    weight: int = 400,
    more: str = "",
) -> str:
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    foreign = ' lang="zh"' if HAN.search(words) and not speaks_chinese() else ""
    look = f'font-size="{size}" text-anchor="{anchor}" fill="{fill}"{heavy}{foreign}{more}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def _svg(size: tuple[int, int], parts: Sequence[str], *, title: str, kind: str) -> SafeString:
    said = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - every text went through escape
        f'<svg class="{kind}" viewBox="0 0 {size[0]} {size[1]}" xmlns="http://www.w3.org/2000/svg" {said}'
        f' font-family="{FONT}">{"".join(parts)}</svg>'
    )
