"""The pictures of a report as SVG: the plane with both clouds, courses with their bands, months, lines beside others.

Attributes only, no style and no script, so that a page, a print and a converter show the same. Shapes tell before and
after apart, never colour alone; nobody but the simulated government itself stands on the plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor, isnan, log10

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from yunzhang.kit.wording import HAN, speaks_chinese

INK, SOFT, LINE, GRID = "#17263c", "#55637a", "#dfe3ea", "#9aa7b8"
BEFORE, AFTER = "#55637a", "#c2410c"
TINTS = {"authoritative": "#e9eff8", "collaborative": "#e3f3f0", "loose": "#f5f6f8", "cooperative": "#faf6ec"}
CORNERS = {"authoritative": (0, 1), "collaborative": (1, 1), "loose": (0, 0), "cooperative": (1, 0)}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
PLANE, COURSE, CHART = (520, 460), (660, 220), (460, 300)
NARROW_PLANE, NARROW_COURSE, NARROW_CHART = (350, 370), (350, 220), (350, 290)  # drawn for a phone
LEFT, TOP, RIGHT, BOTTOM = 46, 12, 14, 40
type_point = tuple[float, float]


def draw_plane(
    before: Sequence[type_point],
    after: Sequence[type_point],
    path: Sequence[type_point],
    words: Mapping[str, str],
    *,
    past: Sequence[type_point] = (),
    size: tuple[int, int] = PLANE,
) -> SafeString:
    """Return the mode plane: ends of runs without the what-ifs as squares, with them as dots, a line as middle course.

    Points are (V, H). `past` is the middle course without the what-ifs, dashed. `words`: title, v, h, before, after and
    the name of each mode.
    """
    wide, high = size[0] - LEFT - RIGHT, size[1] - TOP - BOTTOM

    def at(point: type_point) -> type_point:
        return LEFT + point[1] * wide, TOP + (1 - point[0]) * high

    parts = [*_quadrants(size, words), *_plane_axes(size, words)]
    parts += [_square(*at(point), BEFORE, 0.28, 2.0) for point in before]
    parts += [_dot(*at(point), AFTER, 0.28, 2.2) for point in after]
    for points, colour, dash in ((past, BEFORE, ' stroke-dasharray="5 3"'), (path, AFTER, "")):
        if len(points) > 1:
            line = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(at, points))
            parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>')
    ends = [at(_middle(cloud)) for cloud in (before, after) if cloud]
    parts += [
        draw(x, y, colour, 1.0, 6.0)
        for draw, (x, y), colour in zip((_square, _dot), ends, (BEFORE, AFTER), strict=False)
    ]
    left = ends[0][0] <= ends[-1][0]  # the name of each on its far side
    for name, (x, y), aside in zip(("before", "after"), ends, (left, not left), strict=False):
        if aside and y < TOP + 30:  # where the name of the mode stands
            parts.append(text(x, y + 21, words[name], anchor="middle", fill=INK))
        else:
            parts.append(
                text(x - 10 if aside else x + 10, y + 4, words[name], anchor="end" if aside else "start", fill=INK)
            )
    return svg(size, parts, words["title"], "plane")


def _middle(points: Sequence[type_point]) -> type_point:
    ordered = [sorted(values) for values in zip(*points, strict=True)]
    return ordered[0][len(points) // 2], ordered[1][len(points) // 2]


def _quadrants(size: tuple[int, int], words: Mapping[str, str]) -> Iterator[str]:
    wide, high = size[0] - LEFT - RIGHT, size[1] - TOP - BOTTOM
    yield f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>'
    for mode, (right, up) in CORNERS.items():
        x, y = LEFT + right * wide / 2, TOP + (1 - up) * high / 2
        yield f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide / 2:.1f}" height="{high / 2:.1f}" fill="{TINTS[mode]}"/>'
        edge, anchor = (x + wide / 2 - 8, "end") if right else (x + 8, "start")
        lines = _fold(words[mode], wide / 2 - 12)
        first = y + 18 if up else y + high / 2 - 9 - 14 * (len(lines) - 1)
        for turn, line in enumerate(lines):
            yield text(edge, first + 14 * turn, line, anchor=anchor, weight=600)


def _fold(words: str, room: float) -> list[str]:
    # in two lines where one is too long: parted at the space or the Chinese comma nearest to its middle
    if width_of(words, 12) <= room:
        return [words]
    places = [place + 1 for place, sign in enumerate(words) if sign in " 、，"]
    if not places:
        return [words]
    middle = min(places, key=lambda place: abs(place - len(words) / 2))
    return [words[:middle].strip(), words[middle:]]


def _plane_axes(size: tuple[int, int], words: Mapping[str, str]) -> Iterator[str]:
    wide, high = size[0] - LEFT - RIGHT, size[1] - TOP - BOTTOM
    floor = TOP + high
    for step in range(0, 11, 2):
        x, y = LEFT + step / 10 * wide, TOP + (1 - step / 10) * high
        yield f'<path d="M{LEFT - 4} {y:.1f}H{LEFT}M{x:.1f} {floor:.1f}v4" stroke="{SOFT}"/>'
        yield text(LEFT - 8, y + 4, f"{step / 10:g}", anchor="end")
        yield text(x, floor + 17, f"{step / 10:g}", anchor="middle")
    middle = f"M{LEFT} {TOP + high / 2:.1f}H{LEFT + wide}M{LEFT + wide / 2:.1f} {TOP}V{floor}"
    yield f'<path d="{middle}" stroke="{GRID}" stroke-dasharray="4 3"/>'
    yield f'<path d="M{LEFT} {TOP}V{floor}H{LEFT + wide}" fill="none" stroke="{LINE}"/>'
    yield text(LEFT + wide / 2, size[1] - 5, words["h"], anchor="middle")
    turn = f' transform="rotate(-90 12 {TOP + high / 2:.1f})"'
    yield text(12, TOP + high / 2, words["v"], anchor="middle", more=turn)


def draw_course(
    before: Mapping[str, Sequence[float | None]],
    after: Mapping[str, Sequence[float | None]],
    marks: Iterable[float],
    words: Mapping[str, str],
    *,
    size: tuple[int, int] = COURSE,
    thin: int = 0,
) -> SafeString:
    """Return one figure by month: the middle runs as lines, nine in ten runs as bands; `marks`: months of what-ifs.

    `before` (dashed) and `after` hold low, mid, high. `thin`: the first months, whose windows are not full yet, are
    shaded. `words`: title, before, after, month.
    """
    months = len(after["mid"])
    left, foot, tall = 40, size[1] - 34, size[1] - 52
    step = (size[0] - left - 70) / max(months - 1, 1)
    parts = [f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>']
    if thin and months > thin:
        parts.append(
            f'<rect x="{left}" y="{foot - tall}" width="{(thin - 0.5) * step:.1f}" height="{tall}" fill="#f0f2f6"/>'
        )
    for value in (0.0, 0.5, 1.0):
        dash = f' stroke="{GRID}" stroke-dasharray="4 3"' if value == 0.5 else f' stroke="{LINE}"'
        parts.append(f'<path d="M{left} {foot - value * tall:.1f}H{size[0] - 70}"{dash}/>')
        parts.append(text(left - 6, foot - value * tall + 4, f"{value:g}", anchor="end"))
    for month in marks:
        x = left + min(max(month - 1, 0), months - 1) * step
        parts.append(f'<path d="M{x:.1f} {foot - tall}V{foot}" stroke="{GRID}" stroke-dasharray="1 3"/>')
    every = max(1, months // (8 if size[0] > NARROW_COURSE[0] else 5))
    for place in range(0, months, every):
        parts.append(text(left + place * step, foot + 16, str(place + 1), anchor="middle", size=11))
    parts.append(text(left + (months - 1) * step / 2, size[1] - 4, words["month"], anchor="middle", size=11))
    for held, colour, dash in ((before, BEFORE, ' stroke-dasharray="5 3"'), (after, AFTER, "")):
        parts += _band(held, colour, dash, at=(left, foot), step=step, tall=tall)
    parts += _names(before, after, at=(left + (months - 1) * step + 8, foot), tall=tall, words=words)
    return svg(size, parts, words["title"], "course")


def _band(
    held: Mapping[str, Sequence[float | None]], colour: str, dash: str, *, at: type_point, step: float, tall: float
) -> Iterator[str]:
    def points(name: str) -> list[str]:
        return [
            f"{at[0] + place * step:.1f} {at[1] - value * tall:.1f}"
            for place, value in enumerate(held[name])
            if value is not None
        ]

    if len(points("mid")) > 1:
        around = "L".join([*points("high"), *reversed(points("low"))])
        yield f'<path d="M{around}Z" fill="{colour}" fill-opacity=".13"/>'
        yield f'<path d="M{"L".join(points("mid"))}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def _names(
    before: Mapping[str, Sequence[float | None]],
    after: Mapping[str, Sequence[float | None]],
    *,
    at: type_point,
    tall: float,
    words: Mapping[str, str],
) -> Iterator[str]:
    # behind the lines, apart even where these end together
    ends = [(side["mid"] or [None])[-1] for side in (before, after)]
    heights = [at[1] - (value or 0.0) * tall + 4 for value in ends]
    if abs(heights[0] - heights[1]) < 14:
        middle, up = sum(heights) / 2, 7 if heights[1] <= heights[0] else -7
        heights = [middle + up, middle - up]
    for value, y, name, colour in zip(ends, heights, ("before", "after"), (BEFORE, AFTER), strict=True):
        if value is not None:
            yield text(at[0], y, words[name], fill=colour, weight=600)


def draw_lines(
    lines: Sequence[tuple[str, Sequence[float], Sequence[float], Sequence[float]]],
    title: str,
    ours: str,
    theirs: str,
    *,
    size: tuple[int, int] = CHART,
) -> SafeString:
    """Return curves with published points beside them: (name, xs, ys, reference ys or none) each.

    Names stand above with a piece of their line: lines differ by dash as well as by colour. The height grows with them.
    """
    legend, foot_of_legend = _legend([name for name, *_ in lines], size[0])
    size, top = (size[0], size[1] + foot_of_legend), TOP + foot_of_legend
    xs = [x for _, held, *_ in lines for x in held]
    ys = [y for _, _, held, reference in lines for y in (*held, *reference) if not isnan(y)]
    low, high = min(xs), max(xs)
    foot, most = min([*ys, 0.0]), max(ys) or 1.0
    wide, tall = size[0] - LEFT - RIGHT, size[1] - top - BOTTOM

    def at(x: float, y: float) -> type_point:
        share = (x - low) / (high - low) if high > low else 0.5
        return LEFT + share * wide, top + (1 - (y - foot) / ((most - foot) or 1.0)) * tall

    parts = [f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>', *legend]
    for value in (foot, (foot + most) / 2, most):
        _, y = at(low, value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{LEFT + wide}" stroke="{LINE}"/>')
        parts.append(text(LEFT - 6, y + 4, f"{value:.3g}", anchor="end", size=11))
    for value in (low, high):
        parts.append(text(at(value, foot)[0], top + tall + 16, f"{value:.4g}", anchor="middle", size=11))
    for place, (_name, held, own, reference) in enumerate(lines):
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in zip(held, own, strict=True)))
        parts.append(f'<path d="M{line}" fill="none" {_stroke(place)}/>')
        colour = LINES[place % len(LINES)]
        parts += [_dot(*at(x, y), colour, 1.0, 3.0) for x, y in zip(held, reference, strict=False) if not isnan(y)]
    if any(len(reference) for *_, reference in lines):
        parts.append(text(LEFT + wide, size[1] - 4, f"{ours} – · {theirs} ●", anchor="end", size=11))
    return svg(size, parts, title, "chart")


TOLD, NEAR = "#1f4e8c", "#c2410c"  # what is told by an estimate, and by another way beside it
MONTHS = (360, 210)


def draw_months(
    seen: Sequence[float | None],
    band: Mapping[str, Sequence[float | None]],
    beside: Mapping[str, Sequence[float | None]],
    words: Mapping[str, str],
    *,
    held: int,
    is_share: bool = False,
    size: tuple[int, int] = MONTHS,
) -> SafeString:
    """Return one figure by month: what was seen as points, a band told for it, and from `held` on another band beside.

    Months from `held` on stand on grey ground and their points are rings; the other band is a bar with feet. `band` and
    `beside` (of the months from `held` on, or empty) hold low, mid, high. `is_share`: 0..1, told in percent. `words`:
    title, first, last, held.
    """
    count, left, top = len(seen), 46, 24
    foot, wide = size[1] - 26, size[0] - 46 - 12
    most = 1.0 if is_share else _ceiling([*_some(seen), *_some(band["high"]), *_some(beside.get("high", ()))])
    step, tall = wide / max(count, 1), foot - top
    at = (left + step / 2, float(foot))
    parts = [f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>']
    edge = left + held * step
    if held < count:
        shade = f'x="{edge:.1f}" y="{top}" width="{(count - held) * step:.1f}" height="{tall}"'
        parts.append(f'<rect {shade} fill="#eceff4"/>')
        parts.append(text(left + wide, top - 8, words["held"], anchor="end", size=11))
    for share in (0.0, 0.5, 1.0):
        y = foot - share * tall
        said = f"{share * most:.0%}" if is_share else f"{share * most:,g}"
        parts.append(f'<path d="M{left} {y:.1f}H{left + wide}" stroke="{LINE}"/>')
        parts.append(text(left - 6, y + 4, said, anchor="end", size=11))
    parts += _band({name: _shares(band[name], most) for name in ENDS}, TOLD, "", at=at, step=step, tall=tall)
    if beside:
        parts += _bars({name: _shares(beside[name], most) for name in ENDS}, at=(at[0] + held * step, at[1]), step=step,
                       tall=tall)  # fmt: skip
    for place, value in enumerate(_shares(seen, most)):
        if value is not None:
            x, y = at[0] + place * step, foot - value * tall
            parts.append(_ring(x, y) if place >= held else _dot(x, y, INK, 1.0, 2.6))
    parts.append(text(left, size[1] - 8, words["first"], size=11))
    parts.append(text(left + wide, size[1] - 8, words["last"], anchor="end", size=11))
    return svg(size, parts, words["title"], "months")


def draw_months_legend(words: Mapping[str, str]) -> SafeString:
    """Return what the signs of `draw_months` mean: seen, held, band, beside; one row, or two where it is narrow."""
    parts, x, y = list[str](), 8.0, 16.0
    for name in ("seen", "held", "band", "beside"):
        length = 24 + width_of(words[name], 12) + 16
        if x > 8 and x + length > NARROW_CHART[0]:
            x, y = 8.0, y + 20
        if name == "band":
            parts.append(f'<rect x="{x:.1f}" y="{y - 10}" width="16" height="12" fill="{TOLD}" fill-opacity=".2"/>')
            parts.append(f'<path d="M{x:.1f} {y - 4}h16" stroke="{TOLD}" stroke-width="2"/>')
        elif name == "beside":
            parts.append(_bar(x + 8, y - 11, y + 3, y - 4))
        else:
            parts.append(_dot(x + 8, y - 4, INK, 1.0, 2.6) if name == "seen" else _ring(x + 8, y - 4))
        parts.append(text(x + 24, y, words[name], fill=INK))
        x += length
    return svg((NARROW_CHART[0], int(y) + 8), parts, words["title"], "legend")


ENDS = ("low", "mid", "high")


def _some(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _shares(values: Iterable[float | None], most: float) -> list[float | None]:
    return [None if value is None else value / most for value in values]


def _ceiling(values: Sequence[float]) -> float:
    # the next number with a round half
    most = max([*values, 1.0])
    unit = 10.0 ** floor(log10(most))
    return next(unit * turn for turn in (1, 2, 4, 6, 8, 10) if unit * turn >= most)


def _bars(held: Mapping[str, Sequence[float | None]], *, at: type_point, step: float, tall: float) -> Iterator[str]:
    for place, (low, mid, high) in enumerate(zip(held["low"], held["mid"], held["high"], strict=True)):
        if low is not None and mid is not None and high is not None:
            x = at[0] + place * step + min(step * 0.3, 7)
            yield _bar(x, *(at[1] - value * tall for value in (high, low, mid)))


def _bar(x: float, high: float, low: float, mid: float) -> str:
    feet = "".join(f"M{x - 3:.1f} {y:.1f}h6" for y in (high, low))
    return f'<path d="M{x:.1f} {high:.1f}V{low:.1f}{feet}M{x - 2:.1f} {mid:.1f}h4" stroke="{NEAR}" stroke-width="1.4"/>'


def _ring(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'


LINES = ("#1f4e8c", "#c2410c", "#0f8a7a", "#6b4a00", "#55637a")
DASHES = ("", "6 3", "2 3", "9 3 2 3", "1 4")


def _stroke(place: int) -> str:
    dash = DASHES[place % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{LINES[place % len(LINES)]}" stroke-width="1.8"{dashed}'


def _legend(names: Sequence[str], wide: float) -> tuple[list[str], int]:
    # names in rows above the picture, each behind a piece of its line; and how high they stand
    parts, x, y = list[str](), 6.0, 16.0
    for place, name in enumerate(names):
        length = 32 + width_of(name, 11.5) + 12
        if x > 6 and x + length > wide:
            x, y = 6.0, y + 17
        parts.append(f'<path d="M{x:.1f} {y - 4:.1f}h24" fill="none" {_stroke(place)}/>')
        parts.append(text(x + 30, y, name, fill=INK, size=11))
        x += length
    return parts, int(y)


def width_of(words: str, size: float) -> float:
    """Return about how many pixels words of a size take."""
    return sum(size if HAN.match(sign) or ord(sign) > WIDE_FROM else size * 0.58 for sign in words)


WIDE_FROM = 0x2E7F  # from here on signs are square


def _dot(x: float, y: float, colour: str, faint: float, size: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{colour}" fill-opacity="{faint:g}"/>'


def _square(x: float, y: float, colour: str, faint: float, size: float) -> str:
    side = 2 * size
    box = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{side:g}" height="{side:g}"'
    return f'<rect {box} fill="{colour}" fill-opacity="{faint:g}"/>'


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    fill: str = SOFT,
    size: int = 12,
    weight: int = 400,
    more: str = "",
) -> str:
    """Return words at a place; `more`: further attributes."""
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    foreign = ' lang="zh"' if HAN.search(words) and not speaks_chinese() else ""
    look = f'font-size="{size}" text-anchor="{anchor}" fill="{fill}"{heavy}{foreign}{more}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def svg(size: tuple[int, int], parts: Sequence[str], title: str, kind: str) -> SafeString:
    """Return the picture of its parts: `kind` is its class, `title` what it is called for who does not see it."""
    return mark_safe(  # noqa: S308 - every text went through escape
        f'<svg class="{kind}" viewBox="0 0 {size[0]} {size[1]}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-label="{escape(title)}" font-family="{FONT}">{"".join(parts)}</svg>'
    )
