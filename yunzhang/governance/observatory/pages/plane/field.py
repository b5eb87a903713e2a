"""The mode plane 治理模式平面: vertical upward, horizontal across, four quadrants in plain words.

One's own place in orange with its plausible region and its course by month; the places below as named dots that
lead on; peers hollow, without names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from yunzhang.governance.observatory.pages.plane.placing import Wish, line_boxes, place_names
from yunzhang.governance.observatory.pages.plane.sheet import (
    BELOW,
    HALO,
    HERE,
    HORIZONTAL,
    INK,
    NARROW,
    SMALL,
    SOFT,
    TEXT,
    VERTICAL,
    Dot,
    Sheet,
    Step,
    dot,
    ordered,
    text_width,
)
from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK

TINTS = {"authoritative": "#f1f5fb", "collaborative": "#eef7f5", "loose": "#f7f8fa", "cooperative": "#fbf9f3"}
OWN_TINTS = {"authoritative": "#dde7f5", "collaborative": "#d5ece7", "loose": "#e9ecf1", "cooperative": "#f3ead2"}
PALE = "#8a97aa"
EDGES = {True: (6.0, 22.0), False: (10.0, 27.0)}  # what the ground adds beside and above, by narrow
TICKS = (0, 0.25, 0.5, 0.75, 1)
RADIUS = {"own": 7.5, "below": 5.0, "peer": 4.0}


def draw_plane(
    dots: Sequence[Dot],
    *,
    size: tuple[int, int],
    words: Mapping[str, str],
    course: Sequence[Step] = (),
    ribbon: str = "",
    name: str = "plane",
) -> SafeString:
    """Return the plane of dots that all have H.

    `words`: title, told, v, h, values (one's own in words), between (the dead band), and for each mode its quadrant's
    name. `name` makes ids unique.
    """
    narrow = size[0] < NARROW
    side, strip = EDGES[narrow]
    top, left = (26 if ribbon else 4) + strip, (46 if narrow else 44) + side
    sheet = Sheet(*size, top=top, left=left, right=side + 4, bottom=strip + 42)
    sheet.add("rect", width=size[0], height=size[1], fill="#fff")
    if ribbon:
        sheet.text(size[0] / 2, 19, ribbon, anchor="middle", fill="#6b4a00", keep=False)
    own = next((each for each in dots if each.role == "own"), None)
    _ground(sheet, words, _quadrant(own))
    _axes(sheet, words)
    for each in dots:
        _whiskers(sheet, each)
    if own is not None:
        _region(sheet, own)
        _course(sheet, own, course)
    for each in ordered(dots):
        dot(sheet, each, sheet.x(each.h or 0), sheet.y(each.v), RADIUS[each.role])
    _names(sheet, own, words, dots, course)
    return sheet.close(words["title"], words["told"], name)


def _quadrant(own: Dot | None) -> str:
    # where one's own dot lies, outside the dead band; the picture marks the ground there, never the dot
    if own is None or own.h is None or WEAK <= own.v <= STRONG or WEAK <= own.h <= STRONG:
        return ""
    return {(True, False): "authoritative", (True, True): "collaborative", (False, True): "cooperative"}.get(
        (own.v > STRONG, own.h > STRONG), "loose"
    )


def _ground(sheet: Sheet, words: Mapping[str, str], here: str) -> None:
    # the quadrants go beyond the values 0..1 by a strip for their names, where no dot can lie
    side, strip = EDGES[sheet.is_narrow]
    left, right, top, floor = sheet.x(0) - side, sheet.x(1) + side, sheet.y(1) - strip, sheet.y(0) + strip
    corners = {
        "authoritative": (left, top, sheet.x(WEAK), sheet.y(STRONG)),
        "collaborative": (sheet.x(STRONG), top, right, sheet.y(STRONG)),
        "loose": (left, sheet.y(WEAK), sheet.x(WEAK), floor),
        "cooperative": (sheet.x(STRONG), sheet.y(WEAK), right, floor),
    }
    size = 12.5 if sheet.is_narrow else 15
    for mode, (a, b, c, d) in corners.items():
        tint = (OWN_TINTS if mode == here else TINTS)[mode]
        sheet.add("rect", x=a, y=b, width=c - a, height=d - b, fill=tint)
        ink: dict[str, Any] = {"fill": INK if mode == here else SOFT, "font_weight": 650 if mode == here else 500}
        x, anchor = (a + 8, "start") if a == left else (c - 8, "end")
        lines = _in_lines(words[mode], c - a - 12, size)
        first = b + size + 4 if b == top else d - 8 - (len(lines) - 1) * (size + 2)
        for turn, line in enumerate(lines):
            sheet.text(x, first + turn * (size + 2), line, anchor=anchor, size=size, **ink)
    dash = {"stroke": "#b3bdcb", "stroke_dasharray": "3 3"}
    sheet.add("path", d=f"M{left:.1f} {sheet.y(0.5):.1f}H{right:.1f}M{sheet.x(0.5):.1f} {top:.1f}V{floor:.1f}", **dash)
    sheet.text(right - 6, sheet.y(0.5) - 4, words["between"], anchor="end", size=10.5, fill=PALE)


def _in_lines(name: str, room: float, size: float) -> list[str]:
    # a name wider than its quadrant stands in two lines, parted at the space nearest to its middle
    spaces = [place for place, sign in enumerate(name) if sign == " "]
    if text_width(name, size) <= room or not spaces:
        return [name]
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return [name[:middle], name[middle + 1 :]]


def _axes(sheet: Sheet, words: Mapping[str, str]) -> None:
    side, strip = EDGES[sheet.is_narrow]
    left, floor = sheet.x(0) - side, sheet.y(0) + strip
    for step in TICKS:
        x, y, told = sheet.x(step), sheet.y(step), f"{step:g}"
        sheet.add("path", d=f"M{left - 4:.1f} {y:.1f}h4M{x:.1f} {floor:.1f}v4", stroke=PALE)
        sheet.text(left - 7, y + 4, told, anchor="end", size=11, keep=False)
        sheet.text(x, floor + 16, told, anchor="middle", size=11, keep=False)
    sheet.add("path", d=f"M{left:.1f} {floor:.1f}V{sheet.y(1) - strip:.1f}", stroke=VERTICAL, stroke_width=2)
    sheet.add("path", d=f"M{left:.1f} {floor:.1f}H{sheet.x(1) + side:.1f}", stroke=HORIZONTAL, stroke_width=2)
    middle, size = sheet.top + sheet.high / 2, 12 if sheet.is_narrow else 13
    below: dict[str, Any] = {"anchor": "middle", "fill": HORIZONTAL, "font_weight": 600, "size": size, "keep": False}
    sheet.text(sheet.left + sheet.wide / 2, sheet.height - 8, f"{words['h']} →", **below)
    beside = below | {"fill": VERTICAL, "transform": f"rotate(-90 13 {middle:.1f})"}
    sheet.text(13, middle, f"{words['v']} →", **beside)


def _whiskers(sheet: Sheet, each: Dot) -> None:
    if each.role != "below" or each.h is None or each.h_range is None:
        return
    x, y = sheet.x(each.h), sheet.y(each.v)
    (left, right), (low, high) = each.h_range, each.v_range
    line = f"M{sheet.x(left):.1f} {y:.1f}H{sheet.x(right):.1f}M{x:.1f} {sheet.y(low):.1f}V{sheet.y(high):.1f}"
    sheet.add("path", d=line, stroke=BELOW, stroke_opacity=".28", fill="none")


def _region(sheet: Sheet, own: Dot) -> None:
    # four quarter ellipses about the dot: each side as far as its range goes
    if own.h is None or own.h_range is None:
        return
    x, y = sheet.x(own.h), sheet.y(own.v)
    left, right = (max(abs(sheet.x(end) - x), 2.0) for end in own.h_range)
    down, up = (max(abs(sheet.y(end) - y), 2.0) for end in own.v_range)
    arcs = ((right, up, x, y - up), (left, up, x - left, y), (left, down, x, y + down), (right, down, x + right, y))
    path = f"M{x + right:.1f} {y:.1f}" + "".join(f"A{a:.1f} {b:.1f} 0 0 0 {c:.1f} {d:.1f}" for a, b, c, d in arcs)
    look = {"fill": HERE, "fill_opacity": ".14", "stroke": HERE, "stroke_opacity": ".5", "stroke_width": 1}
    sheet.add("path", d=path + "Z", **look)


def _points(sheet: Sheet, own: Dot, course: Sequence[Step]) -> list[tuple[float, float]]:
    # where the months stand; the last one is one's own dot
    past = [(sheet.x(step.h or 0), sheet.y(step.v or 0)) for step in _known(course[:-1])]
    return [*past, (sheet.x(own.h or 0), sheet.y(own.v))] if past else []


def _known(course: Sequence[Step]) -> list[Step]:
    return [step for step in course if step.v is not None and step.h is not None]


def _course(sheet: Sheet, own: Dot, course: Sequence[Step]) -> None:
    points = _points(sheet, own, course)
    if not points:
        return
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    sheet.add("path", d=line, fill="none", stroke=HERE, stroke_width=1.6, stroke_linejoin="round", stroke_opacity=".75")
    for (x, y), step in list(zip(points, _known(course), strict=False))[1:-1]:
        fill = "#fff" if step.is_part else HERE
        sheet.add("circle", cx=x, cy=y, r="2.1", fill=fill, stroke=HERE)
    sheet.add("circle", cx=points[0][0], cy=points[0][1], r="3.2", fill="#fff", stroke=HERE, stroke_width=1.6)
    sheet.taken += line_boxes(points, half=1.5)


def _names(
    sheet: Sheet, own: Dot | None, words: Mapping[str, str], dots: Sequence[Dot], course: Sequence[Step]
) -> None:
    named: list[tuple[Wish, list[tuple[str, dict[str, object]]]]] = []
    if own is not None:
        points, last = _points(sheet, own, course), course[-1].month if course else ""
        named.append(_own_name(sheet, own, words, last if points else ""))
        if points:
            named.append(_name(points[0], 3.2, course[0].month, {"fill": HERE, "size": 11}))
    for each in dots:
        if each.role == "below":
            place = (sheet.x(each.h or 0), sheet.y(each.v))
            look: dict[str, object] = {"fill": INK, "size": 11 if sheet.is_narrow else SMALL}
            named.append(_name(place, RADIUS["below"], each.label, look, far=27 if sheet.is_narrow else 52))
    side, strip = EDGES[sheet.is_narrow]
    field = (sheet.x(0) - side, sheet.y(1) - strip, sheet.x(1) + side, sheet.y(0) + strip)
    places = place_names([wish for wish, _ in named], field=field, taken=sheet.taken)
    for (_, lines), put in zip(named, places, strict=True):
        if put is None:
            continue
        if put.leader is not None:
            a, b, c, d = put.leader
            sheet.add("path", d=f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}", stroke=lines[0][1]["fill"], stroke_opacity=".55")
        y = put.box[1] + 1
        for line, look in lines:
            y += float(str(look["size"]))
            sheet.text(put.box[0] + 1, y, line, keep=False, **(HALO | look))
            y += 2


def _own_name(
    sheet: Sheet, own: Dot, words: Mapping[str, str], month: str
) -> tuple[Wish, list[tuple[str, dict[str, object]]]]:
    size = TEXT if sheet.is_narrow else 15
    second = words["values"] + (f" · {month}" if month else "")
    lines: list[tuple[str, dict[str, object]]] = [
        (own.label, {"fill": HERE, "size": size, "font_weight": 650}),
        (second, {"fill": HERE, "size": 11}),
    ]
    wide = max(text_width(own.label, size), text_width(second, 11)) + 2
    wish = Wish(sheet.x(own.h or 0), sheet.y(own.v), RADIUS["own"], wide, size + 11 + 6, must=True)
    return wish, lines


def _name(
    place: tuple[float, float], radius: float, words: str, look: dict[str, object], far: float = 70
) -> tuple[Wish, list[tuple[str, dict[str, object]]]]:
    size = float(str(look["size"]))
    return Wish(*place, radius, text_width(words, size) + 2, size + 4, far=far), [(words, look)]
