"""Pictures of rhythm: the heat strip of programmes by month, half-lives with their range, plan beside acts.

A number stands in every cell and at every bar: colour only repeats it. Numbers in, markup out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from yunzhang.governance.observatory.pages.plane.sheet import HERE, HORIZONTAL, INK, LINE, SOFT, VERTICAL, Sheet

WIDE, NARROW = 1180, 350
ROW, HEAD = 40, 30
NAME_ROW = 22  # a programme's name above its cells on a phone
SHADES = ("#f4f6fa", "#dfe8f4", "#bcd0e8", "#8fb0d8", "#5d8ac2", "#2f63a4", "#1f4e8c")
DARK = 4  # from this shade on the number is white
DAYS = (7, 14, 30, 60, 120, 240, 480)
SHORTEST, LONGEST = 6.0, 720.0


@dataclass(frozen=True, slots=True)
class Row:
    """One programme of the strip: acts by month, and the months in which its push was renewed."""

    name: str
    counts: Sequence[int]
    renewed: frozenset[int] = frozenset()


def shade(count: int, most: int) -> int:
    """Return the shade of a count, 0 for none to the darkest for the largest; roots, so that small ones differ too.

    >>> [shade(count, 100) for count in (0, 1, 25, 100)]
    [0, 1, 3, 6]
    """
    if count <= 0 or most <= 0:
        return 0
    return max(1, round(math.sqrt(count / most) * (len(SHADES) - 1)))


def draw_strip_of(rows: Sequence[Row], months: Sequence[str], *, narrow: bool, words: Mapping[str, str]) -> SafeString:
    """Return the heat strip; `words`: title, told, renewed."""
    width, left = (NARROW, 2.0) if narrow else (WIDE, 170.0)
    step = ROW + (NAME_ROW if narrow else 0)
    sheet = Sheet(width, HEAD + step * len(rows) + 4, left=left, right=2, top=HEAD, bottom=4)
    cell = sheet.wide / max(len(months), 1)
    for place, month in enumerate(months):
        sheet.text(left + cell * (place + 0.5), HEAD - 9, month, anchor="middle", size=11 if narrow else 12)
    most = max((max(row.counts, default=0) for row in rows), default=0)
    for number, row in enumerate(rows):
        top = HEAD + step * number + (NAME_ROW if narrow else 0)
        if narrow:
            sheet.text(left, top - 6, row.name, size=13, fill=INK)
        else:
            sheet.text(left - 12, top + ROW / 2 + 3, row.name, anchor="end", size=14, fill=INK)
        for place, count in enumerate(row.counts):
            _cell(sheet, (left + cell * place, top, cell), count, most, renewed=place in row.renewed)
    name = "heat-narrow" if narrow else "heat-wide"
    return sheet.close(words["title"], words["told"], name)


def _cell(sheet: Sheet, box: tuple[float, float, float], count: int, most: int, *, renewed: bool) -> None:
    (x, y, wide), number = box, shade(count, most)
    sheet.add("rect", x=x + 1, y=y + 1.0, width=wide - 2, height=ROW - 4.0, rx="2", fill=SHADES[number])
    ink = "#fff" if number >= DARK else INK
    size = 10.5 if sheet.is_narrow and count > 99 else 12
    sheet.text(x + wide / 2, y + ROW / 2 + 4, str(count) if count else "·", anchor="middle", size=size, fill=ink)
    if renewed:
        middle = x + wide / 2
        sheet.add("path", d=f"M{middle - 5:.1f} {y - 2:.1f}h10l-5 7z", fill=HERE, stroke="#fff", stroke_width="1")


def draw_days(days: float | None, low: float | None, high: float | None, at_least: float | None) -> SafeString:
    """Return a half-life on a scale of days (each mark twice the one before), with its range; an arrow: at least."""
    sheet = Sheet(240, 30, left=6, right=6, top=2, bottom=2)

    def x(value: float) -> float:
        return sheet.x(math.log(min(max(value, SHORTEST), LONGEST) / SHORTEST) / math.log(LONGEST / SHORTEST))

    sheet.add("path", d=f"M{x(SHORTEST):.1f} 13H{x(LONGEST):.1f}", stroke="#c3ccd8")
    for mark in DAYS:
        sheet.add("path", d=f"M{x(mark):.1f} 10v6", stroke="#c3ccd8")
        sheet.text(x(mark), 27, str(mark), anchor="middle", size=10)
    if days is not None and low is not None and high is not None:
        sheet.add("rect", x=x(low), y="9", width=max(x(high) - x(low), 1.0), height="8", rx="2", fill=VERTICAL,
                  fill_opacity=".22")  # fmt: skip
        sheet.add("circle", cx=x(days), cy="13", r="5", fill=VERTICAL, stroke="#fff")
    elif at_least is not None:
        start, end = x(at_least), x(LONGEST)
        sheet.add("path", d=f"M{start:.1f} 8v10M{start:.1f} 13H{end:.1f}m-6 -4l6 4l-6 4", stroke=VERTICAL,
                  stroke_dasharray="", fill="none", stroke_opacity=".6", stroke_width="1.6")  # fmt: skip
    return _silent(sheet)


def draw_pair(plan: float, acts: float, demand: float | None, most: float) -> SafeString:
    """Return a programme's shares of plan, acts and demand as bars one under the other, on one scale to `most`."""
    bars = [(plan, SOFT), (acts, VERTICAL)] + ([] if demand is None else [(demand, HORIZONTAL)])
    sheet = Sheet(260, 15 * len(bars) + 2, left=2, right=40, top=0, bottom=0)
    for number, (share, colour) in enumerate(bars):
        y = 15 * number + 2
        length = sheet.wide * share / most if most else 0.0
        sheet.add("rect", x="2", y=y, width=sheet.wide, height="11", rx="1", fill="#f0f2f6")
        sheet.add("rect", x="2", y=y, width=max(length, 0.5), height="11", rx="1", fill=colour)
        sheet.text(sheet.left + max(length, 0.0) + 6, y + 10, f"{share:.0%}", size=11.5, fill=INK)
    return _silent(sheet)


def _silent(sheet: Sheet) -> SafeString:
    # beside the same numbers as text: nothing to tell again
    drawn = sheet.close("", "", "")
    before, after = drawn.index("<svg"), drawn.index("</desc>") + len("</desc>")
    head = f'<svg class="small-bars" viewBox="0 0 {sheet.width:g} {sheet.height:g}" aria-hidden="true"'
    return SafeString(f'{drawn[:before]}{head} font-family="sans-serif">{drawn[after:]}')


def draw_months(values: Sequence[float | None], *, colour: str = VERTICAL) -> SafeString:
    """Return a small line 0..1 by month; a month without a value is a gap."""
    sheet = Sheet(132, 34, left=4, right=4, top=4, bottom=4)
    places = [sheet.x(number / max(len(values) - 1, 1)) for number in range(len(values))]
    sheet.add("path", d=f"M0 {sheet.y(0):.1f}H132M0 {sheet.y(1):.1f}H132", stroke=LINE)
    for (a, left), (b, right) in pairwise(zip(places, values, strict=True)):
        if left is not None and right is not None:
            sheet.add("path", d=f"M{a:.1f} {sheet.y(left):.1f}L{b:.1f} {sheet.y(right):.1f}", stroke=colour,
                      stroke_width="1.6")  # fmt: skip
    for x, value in zip(places, values, strict=True):
        if value is not None:
            sheet.add("circle", cx=x, cy=sheet.y(value), r="1.8", fill=colour)
    return _silent(sheet)
