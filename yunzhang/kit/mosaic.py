"""Small multiples of a whole grid as one SVG: a panel for each pair of values, in it a cell for each of the others.

Each cell bears a shape, so that a print in grey says the same as the screen; the region of one outcome is outlined. As
in `pictures`, attributes only: no style, no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from django.utils.safestring import SafeString

from yunzhang.kit.pictures import GRID, INK, SOFT, svg, text, width_of

WIDE, NARROW = 760, 350
GAP, PAD, HEAD, TICK = 8, 6, 17, 13
GROUNDS = ("#dff0ec", "#fde3cd", "#fff", "#eef0f4")  # of square, ring, dot, cross
INKS = ("#0f6b60", "#b93c08", "#55637a", "#55637a")
type_place = tuple[float, float]
type_cell = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis in words: its name, short enough to stand beside a value, and its values in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mosaic:
    """What is drawn: panels by `down` and `across`, in each the scales `rows` and `columns`, the outermost first.

    `cells` holds for each panel (down, across) rows of cells: the number of its mark and whether it is drawn in full.
    `marks` are the words of square, ring, dot and cross; the region of the ring is outlined. `small` and `outline` say
    what a small shape and the outline mean.
    """

    title: str
    down: Scale
    across: Scale
    rows: tuple[Scale, ...]
    columns: tuple[Scale, ...]
    cells: dict[tuple[int, int], list[list[type_cell]]]
    marks: tuple[str, ...]
    small: str
    outline: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: the side of a cell, its panels' corner, and how many cells a panel has."""

    side: float
    left: float
    top: float
    high: int
    wide: int

    def corner(self, down: int, across: int) -> type_place:
        return (
            self.left + across * (self.wide * self.side + GAP),
            self.top + down * (self.high * self.side + GAP),
        )


def draw_mosaic(mosaic: Mosaic, *, width: int = WIDE) -> SafeString:
    """Return the mosaic so many pixels wide; labels that find no room are left out, shapes never are."""
    legend, head = _legend(mosaic, width)
    frame = _lay(mosaic, width, head)
    panels = list(product(range(len(mosaic.down.values)), range(len(mosaic.across.values))))
    height = frame.corner(len(mosaic.down.values), 0)[1] - GAP + PAD
    parts = [f'<rect width="{width}" height="{height:.0f}" fill="#fff"/>', *legend]
    for mark in range(len(mosaic.marks)):
        parts += _all_of(mosaic, frame, panels, mark)
    parts += _separators(mosaic, frame, panels)
    outline = "".join(part for panel in panels for part in _outline(mosaic.cells[panel], frame, panel))
    if outline:
        parts.append(f'<path d="{outline}" stroke="{INK}" stroke-width="{_stroke(frame.side):.1f}" fill="none"/>')
    parts += [*_heads(mosaic, frame), *_sides(mosaic, frame)]
    return svg((width, round(height)), parts, mosaic.title, "mosaic")


def _lay(mosaic: Mosaic, width: int, head: float) -> _Frame:
    high, wide = (prod(len(scale.values) for scale in scales) for scales in (mosaic.rows, mosaic.columns))
    many = len(mosaic.across.values)
    side, left = 0.0, 60.0
    for _turn in range(2):  # how wide the labels are depends on the cells, and the reverse
        side = int((width - left - PAD - GAP * (many - 1)) / (many * wide) * 2) / 2
        left = HEAD + sum(room for _, room, _ in _levels(mosaic.rows, side)) + 4
    side = int((width - left - PAD - GAP * (many - 1)) / (many * wide) * 2) / 2
    ticks = sum(1 for _ in _shown(mosaic.columns, side))
    return _Frame(side, left, head + HEAD + ticks * TICK + 4, high, wide)


# ---- cells


def _all_of(mosaic: Mosaic, frame: _Frame, panels: Sequence[tuple[int, int]], mark: int) -> Iterator[str]:
    # one path for all grounds of a mark and one for all its shapes: a thousand elements would weigh five times as much
    grounds, shapes = list[str](), list[str]()
    for panel in panels:
        for place, is_full in _places(mosaic.cells[panel], frame, panel, mark):
            x, y = place
            grounds.append(f"M{x:g} {y:g}h{frame.side:g}v{frame.side:g}h-{frame.side:g}z")
            shapes.append(_shape(mark, (x + frame.side / 2, y + frame.side / 2), frame.side, is_full=is_full))
    if grounds:
        yield f'<path d="{"".join(grounds)}" fill="{GROUNDS[mark]}"/>'
        yield f'<path d="{"".join(shapes)}" {_ink(mark, frame.side)}/>'


def _places(
    cells: Sequence[Sequence[type_cell]], frame: _Frame, panel: tuple[int, int], mark: int
) -> Iterator[tuple[type_place, bool]]:
    left, top = frame.corner(*panel)
    for row, line in enumerate(cells):
        for column, (found, is_full) in enumerate(line):
            if found == mark:
                yield (left + column * frame.side, top + row * frame.side), is_full


def _shape(mark: int, middle: type_place, side: float, *, is_full: bool) -> str:
    x, y = middle
    reach = side * (0.27 if is_full else 0.14)
    if mark == 0:
        return f"M{x - reach:.1f} {y - reach:.1f}h{2 * reach:.1f}v{2 * reach:.1f}h-{2 * reach:.1f}z"
    if mark == 3:
        across = f"l{2 * reach:.1f} {2 * reach:.1f}m0-{2 * reach:.1f}l-{2 * reach:.1f} {2 * reach:.1f}"
        return f"M{x - reach:.1f} {y - reach:.1f}{across}"
    reach = max(0.6, side * 0.07) if mark == 2 else reach * 1.1
    turn = f"a{reach:.1f} {reach:.1f} 0 1 "
    return f"M{x - reach:.1f} {y:.1f}{turn}0 {2 * reach:.1f} 0{turn}0-{2 * reach:.1f} 0z"


def _ink(mark: int, side: float) -> str:
    if mark in (0, 2):
        return f'fill="{INKS[mark]}"'
    return f'fill="none" stroke="{INKS[mark]}" stroke-width="{max(0.9, side * 0.1):.1f}"'


def _outline(cells: Sequence[Sequence[type_cell]], frame: _Frame, panel: tuple[int, int]) -> Iterator[str]:
    # a stroke wherever a ring stands beside something else
    left, top = frame.corner(*panel)
    side = frame.side
    inside = {(row, column) for row, line in enumerate(cells) for column, (mark, _) in enumerate(line) if mark == 1}
    for row, column in sorted(inside):
        x, y = left + column * side, top + row * side
        for beside, start, stroke in (
            ((row - 1, column), (x, y), f"h{side:g}"),
            ((row + 1, column), (x, y + side), f"h{side:g}"),
            ((row, column - 1), (x, y), f"v{side:g}"),
            ((row, column + 1), (x + side, y), f"v{side:g}"),
        ):
            if beside not in inside:
                yield f"M{start[0]:g} {start[1]:g}{stroke}"


def _stroke(side: float) -> float:
    return max(1.1, side * 0.12)


def _separators(mosaic: Mosaic, frame: _Frame, panels: Sequence[tuple[int, int]]) -> Iterator[str]:
    lines, frames = list[str](), list[str]()
    high, wide = frame.high * frame.side, frame.wide * frame.side
    for panel in panels:
        x, y = frame.corner(*panel)
        lines += [f"M{x:g} {y + at:g}h{wide:g}" for at in _cuts(mosaic.rows, frame.high, frame.side)]
        lines += [f"M{x + at:g} {y:g}v{high:g}" for at in _cuts(mosaic.columns, frame.wide, frame.side)]
        frames.append(f"M{x:g} {y:g}h{wide:g}v{high:g}h-{wide:g}z")
    if lines:
        yield f'<path d="{"".join(lines)}" stroke="#fff" stroke-width="1.4"/>'
    yield f'<path d="{"".join(frames)}" fill="none" stroke="{GRID}"/>'


def _cuts(scales: Sequence[Scale], count: int, side: float) -> list[float]:
    groups = len(scales[0].values) if len(scales) > 1 else 1
    return [count // groups * place * side for place in range(1, groups)]


# ---- labels


def _heads(mosaic: Mosaic, frame: _Frame) -> Iterator[str]:
    wide = frame.wide * frame.side
    shown = list(_shown(mosaic.columns, frame.side))
    for across, value in enumerate(mosaic.across.values):
        x = frame.corner(0, across)[0]
        said = f"{mosaic.across.name} {value}"
        words = said if width_of(said, 11) <= wide + GAP else value
        yield text(x + wide / 2, frame.top - len(shown) * TICK - 8, words, anchor="middle", fill=INK, size=11)
        for level, (name, labels, span) in enumerate(shown):
            y = frame.top - (len(shown) - 1 - level) * TICK - 4
            if name and across == 0 and width_of(name, 10) <= frame.left - 8:
                yield text(x - 6, y, name, anchor="end", size=10)
            for place, label in enumerate(labels * round(wide / (len(labels) * span))):
                yield text(x + (place + 0.5) * span, y, label, anchor="middle", size=10)


def _shown(scales: Sequence[Scale], side: float) -> Iterator[tuple[str, list[str], float]]:
    # each level that finds room along the columns: the name that stands before it, or "" where it stands in every
    # label; the labels; and how many pixels one spans
    for scale, span in _spans(scales, side):
        whole = [f"{scale.name} {value}" for value in scale.values]
        for name, labels in (("", whole), (scale.name, list(scale.values))):
            if max(width_of(label, 10) for label in labels) <= span - 1:
                yield name, labels, span
                break


def _sides(mosaic: Mosaic, frame: _Frame) -> Iterator[str]:
    high = frame.high * frame.side
    for down, value in enumerate(mosaic.down.values):
        y = frame.corner(down, 0)[1]
        said = f"{mosaic.down.name} {value}"
        yield _upright(12, y + high / 2, said if width_of(said, 11) <= high + GAP else value, size=11, fill=INK)
        x = float(HEAD)
        for (labels, is_upright), room, span in _levels(mosaic.rows, frame.side):
            for place, label in enumerate(labels * round(high / (len(labels) * span))):
                middle = y + (place + 0.5) * span
                if is_upright:
                    yield _upright(x + room / 2 + 4, middle, label, size=10, fill=SOFT)
                else:
                    yield text(x + room - 1, middle + 3.5, label, anchor="end", size=10)
            x += room


def _levels(scales: Sequence[Scale], side: float) -> Iterator[tuple[tuple[list[str], bool], float, float]]:
    # the labels of each level along the rows, upright where name and value find room so; their room; what one spans
    for scale, span in _spans(scales, side):
        whole, values = [f"{scale.name} {value}" for value in scale.values], list(scale.values)
        if max(width_of(label, 10) for label in whole) <= span:
            yield (whole, True), 15.0, span
        elif span >= 9:
            if width_of(scale.name, 10) <= 12:  # a sign, before the first
                values[0] = whole[0]
            yield (values, False), max(width_of(label, 10) for label in values) + 4, span


def _spans(scales: Sequence[Scale], side: float) -> Iterator[tuple[Scale, float]]:
    span = prod(len(scale.values) for scale in scales) * side
    for scale in scales:
        span /= len(scale.values)
        yield scale, span


def _upright(x: float, y: float, words: str, *, size: int, fill: str) -> str:
    return text(x, y, words, anchor="middle", size=size, fill=fill, more=f' transform="rotate(-90 {x:.1f} {y:.1f})"')


def _legend(mosaic: Mosaic, width: float) -> tuple[list[str], float]:
    # every mark in the shape and on the ground it has below, then what size and outline mean; and how high that stands
    side, parts, place = 14.0, list[str](), (float(PAD), 4.0)
    drawn = [*enumerate(mosaic.marks), (-1, mosaic.outline), (-2, mosaic.small)]
    for mark, words in drawn:
        room = side + 5 + width_of(words, 11) + 14
        if place[0] > PAD and place[0] + room > width:
            place = (float(PAD), place[1] + HEAD)
        parts += _key(mark, place, side)
        parts.append(text(place[0] + side + 5, place[1] + 11, words, fill=INK, size=11))
        place = (place[0] + room, place[1])
    return parts, place[1] + HEAD + 4


def _key(mark: int, place: type_place, side: float) -> Iterator[str]:
    x, y = place
    middle = x + side / 2, y + side / 2
    if mark == -2:
        for shape in (0, 1):
            at = middle[0] + (shape - 0.5) * side * 0.55, middle[1]
            yield f'<path d="{_shape(shape, at, side, is_full=False)}" {_ink(shape, side)}/>'
        return
    ground, edge = (GROUNDS[mark], GRID) if mark >= 0 else ("#fff", INK)
    stroke = 1 if mark >= 0 else _stroke(side)
    box = f'x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}"'
    yield f'<rect {box} fill="{ground}" stroke="{edge}" stroke-width="{stroke:g}"/>'
    if mark >= 0:
        yield f'<path d="{_shape(mark, middle, side, is_full=True)}" {_ink(mark, side)}/>'
