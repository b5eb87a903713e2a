"""Lines over months: a figure with its range, broken where a new period starts; raw months as bars; two side by side.

Numbers in, markup out; the same on page, print and report.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from yunzhang.governance.observatory.pages.plane.sheet import (
    HERE,
    HORIZONTAL,
    INK,
    LINE,
    SOFT,
    VERTICAL,
    Sheet,
    text_width,
)

SIZES = {"wide": (640, 250), "narrow": (350, 230)}
BARS = {"wide": (640, 210), "narrow": (350, 200)}
HALF = 0.5
LABEL = 15  # least distance of two labels at the end of lines
BESIDE = 0.24  # longer words than this share of the width stand in a legend above, not at the line's end
type_range = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure by month; `word` stands at its end. Months of another period are not joined."""

    word: str
    vertical: bool
    values: Sequence[float | None]
    ranges: Sequence[type_range]
    periods: Sequence[int]
    is_thin: bool = False  # a part beside its whole
    dash: str = ""


def draw_lines(
    lines: Sequence[Line], months: Sequence[str], *, width: str, words: Mapping[str, str], breaks: Sequence[int] = ()
) -> SafeString:
    """Return the lines 0..1 over the months; `breaks` are places where a new period starts. `words`: title, told."""
    beside = max((text_width(f"{line.word} 0.00", 11.5) for line in lines), default=0.0) + 10
    is_beside = beside <= BESIDE * SIZES[width][0]
    sheet = Sheet(*SIZES[width], left=34, right=beside if is_beside else 40, top=14, bottom=28)
    if not is_beside:
        _legend(sheet, lines)
    across = [sheet.x((place + 0.5) / len(months)) for place in range(len(months))]
    _ground(sheet, months, across)
    for place in breaks:
        x = sheet.x(place / len(months))
        sheet.add("path", d=f"M{x:.1f} {sheet.y(1):.1f}V{sheet.y(0):.1f}", stroke=HERE, stroke_dasharray="3 3")
        sheet.text(x + 4, sheet.y(1) + 9, words["break"], size=11, fill=HERE)
    for line in lines:
        _band(sheet, line, across)
    for line in lines:
        _line(sheet, line, across)
    _ends(sheet, lines, is_beside=is_beside)
    return sheet.close(words["title"], words["told"], f"{words['name']}-{width}")


def _legend(sheet: Sheet, lines: Sequence[Line]) -> None:
    x, y = 6.0, 14.0
    for line in lines:
        length = 36 + text_width(line.word, 11.5)
        if x > 6 and x + length > sheet.width:
            x, y = 6.0, y + 17
        look = {"stroke_dasharray": line.dash} if line.dash else {}
        wide = "1.3" if line.is_thin else "2.2"
        sheet.add("path", d=f"M{x:.1f} {y - 4:.1f}h22", stroke=_colour(line), stroke_width=wide, **look)
        sheet.text(x + 27, y, line.word, size=11.5, fill=INK)
        x += length + 10
    sheet.height += y
    sheet.top = y + 14


def _ground(sheet: Sheet, months: Sequence[str], across: Sequence[float]) -> None:
    for percent in (0, 25, 50, 75, 100):
        y = sheet.y(percent / 100)
        sheet.add("path", d=f"M{sheet.x(0):.1f} {y:.1f}H{sheet.x(1):.1f}", stroke="#c3ccd8" if percent == 50 else LINE)
        sheet.text(sheet.x(0) - 6, y + 4, f"{percent / 100:g}", anchor="end", size=11)
    every = max(1, math.ceil(len(months) / (6 if sheet.is_narrow else 12)))
    for place in range(len(months) - 1, -1, -every):
        sheet.text(across[place], sheet.height - 9, months[place], anchor="middle", size=11)


def _runs(line: Line) -> list[list[int]]:
    runs: list[list[int]] = []
    for place, value in enumerate(line.values):
        if value is None:
            continue
        joined = runs and runs[-1][-1] == place - 1 and line.periods[place] == line.periods[place - 1]
        if joined:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _band(sheet: Sheet, line: Line, across: Sequence[float]) -> None:
    if line.is_thin:
        return
    for run in _runs(line):
        spans = [(across[place], span) for place in run if (span := line.ranges[place]) is not None]
        upper = [f"{x:.1f} {sheet.y(high):.1f}" for x, (_, high) in spans]
        lower = [f"{x:.1f} {sheet.y(low):.1f}" for x, (low, _) in reversed(spans)]
        if spans:
            sheet.add("path", d="M" + "L".join([*upper, *lower]) + "Z", fill=_colour(line), fill_opacity=".16")


def _colour(line: Line) -> str:
    return VERTICAL if line.vertical else HORIZONTAL


def _line(sheet: Sheet, line: Line, across: Sequence[float]) -> None:
    look: dict[str, object] = {"stroke": _colour(line), "stroke_width": "1.3" if line.is_thin else "2.2"}
    if line.dash:
        look["stroke_dasharray"] = line.dash
    for run in _runs(line):
        points = "L".join(f"{across[place]:.1f} {sheet.y(line.values[place] or 0.0):.1f}" for place in run)
        sheet.add("path", d=f"M{points}", fill="none", stroke_linejoin="round", **look)
        if not line.is_thin:
            for place in run:
                y = sheet.y(line.values[place] or 0.0)
                sheet.add("circle", cx=across[place], cy=y, r="2.6", fill=_colour(line))


def _ends(sheet: Sheet, lines: Sequence[Line], *, is_beside: bool) -> None:
    # words at the right end, pushed apart so that none covers another
    found: list[tuple[float, str, str]] = []
    for line in lines:
        places = [place for place, value in enumerate(line.values) if value is not None]
        if places:
            value = line.values[places[-1]] or 0.0
            found.append((sheet.y(value), f"{line.word} {value:.2f}" if is_beside else f"{value:.2f}", _colour(line)))
    found.sort()
    for y, (_, words, colour) in zip(_apart([one[0] for one in found], sheet.y(0) + 4), found, strict=True):
        sheet.text(sheet.x(1) + 4, y + 4, words, size=11.5, fill=colour, font_weight=600)


def _apart(wanted: Sequence[float], limit: float) -> list[float]:
    # pushed down from the top, then up from the floor
    found: list[float] = []
    for y in wanted:
        found.append(max(y, found[-1] + LABEL) if found else y)
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], limit)
        limit = found[place] - LABEL
    return found


@dataclass(frozen=True, slots=True)
class Raw:
    """Raw months: met of due, and where the share changed: (place of the month, before, after)."""

    met: Sequence[int]
    due: Sequence[int]
    changes: Sequence[tuple[int, float, float]] = ()
    vertical: bool = True


def draw_raw(raw: Raw, months: Sequence[str], *, width: str, words: Mapping[str, str]) -> SafeString:
    """Return the share met in time of each month as a bar with its count, the levels between changes as lines."""
    sheet = Sheet(*BARS[width], left=34, right=10, top=18, bottom=28)
    count = len(months)
    across = [sheet.x((place + 0.5) / count) for place in range(count)]
    _ground(sheet, months, across)
    room = sheet.wide / count
    colour = VERTICAL if raw.vertical else HORIZONTAL
    for x, met, due in zip(across, raw.met, raw.due, strict=True):
        if due:
            top = sheet.y(met / due)
            sheet.add("rect", x=x - room * 0.32, y=top, width=room * 0.64, height=sheet.y(0) - top, rx="1.5",
                      fill=colour, fill_opacity=".35")  # fmt: skip
            if room > 30:
                sheet.text(x, top - 4, f"{met / due:.0%}", anchor="middle", size=11, fill=INK)
    _levels(sheet, raw, count)
    return sheet.close(words["title"], words["told"], f"{words['name']}-{width}")


def _levels(sheet: Sheet, raw: Raw, count: int) -> None:
    if not raw.changes:
        return
    cuts = [0, *(place for place, _, _ in raw.changes), count]
    rates = [raw.changes[0][1], *(after for _, _, after in raw.changes)]
    for first, stop, rate in zip(cuts[:-1], cuts[1:], rates, strict=True):
        y = sheet.y(rate)
        sheet.add("path", d=f"M{sheet.x(first / count):.1f} {y:.1f}H{sheet.x(stop / count):.1f}", stroke=HERE,
                  stroke_width="2")  # fmt: skip
    for place in cuts[1:-1]:
        x = sheet.x(place / count)
        sheet.add("path", d=f"M{x:.1f} {sheet.y(1):.1f}V{sheet.y(0):.1f}", stroke=HERE, stroke_dasharray="3 3")
        sheet.add("path", d=f"M{x - 5:.1f} {sheet.y(1) - 9:.1f}h10l-5 8z", fill=HERE)


def draw_two(
    own: Sequence[float | None], matched: Sequence[float | None], at: int, months: Sequence[str], *, width: str,
    words: Mapping[str, str],
) -> SafeString:  # fmt: skip
    """Return the months of those concerned beside those of their matched units; `at` is the month of the act."""
    sheet = Sheet(*SIZES[width], left=34, right=92 if width == "wide" else 76, top=22, bottom=28)
    count = len(months)
    across = [sheet.x((place + 0.5) / count) for place in range(count)]
    _ground(sheet, months, across)
    left, right = sheet.x(at / count), sheet.x((at + 1) / count)
    sheet.add("rect", x=left, y=sheet.y(1), width=right - left, height=sheet.y(0) - sheet.y(1), fill=HERE,
              fill_opacity=".1")  # fmt: skip
    sheet.text((left + right) / 2, sheet.y(1) - 7, words["act"], anchor="middle", size=11, fill=HERE)
    for values, colour, dash in ((matched, SOFT, "5 4"), (own, VERTICAL, "")):
        line = Line("", True, values, (), [0] * count, dash=dash)
        for run in _runs(line):
            points = "L".join(f"{across[place]:.1f} {sheet.y(values[place] or 0.0):.1f}" for place in run)
            more = {"stroke_dasharray": dash} if dash else {}
            sheet.add("path", d=f"M{points}", fill="none", stroke=colour, stroke_width="2.2", **more)
            for place in run:
                sheet.add("circle", cx=across[place], cy=sheet.y(values[place] or 0.0), r="2.8", fill=colour)
    _two_ends(sheet, own, matched, words)
    return sheet.close(words["title"], words["told"], f"{words['name']}-{width}")


def _two_ends(
    sheet: Sheet, own: Sequence[float | None], matched: Sequence[float | None], words: Mapping[str, str]
) -> None:
    ends = [(next((one for one in reversed(values) if one is not None), None)) for values in (own, matched)]
    ys = [sheet.y(end) if end is not None else 0.0 for end in ends]
    if None not in ends and abs(ys[0] - ys[1]) < LABEL:
        middle, side = sum(ys) / 2, 1 if ys[0] >= ys[1] else -1
        ys = [middle + side * LABEL / 2, middle - side * LABEL / 2]
    for end, y, word, colour in zip(ends, ys, (words["own"], words["matched"]), (VERTICAL, SOFT), strict=True):
        if end is not None:
            sheet.text(sheet.x(1) + 4, y + 4, word, size=11.5, fill=colour, font_weight=600)
