"""What is drawn while H is missing: one line from weak to strong with every place on it, and the course by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from yunzhang.governance.observatory.pages.plane.placing import Wish, place_names
from yunzhang.governance.observatory.pages.plane.sheet import (
    HERE,
    INK,
    LINE,
    SMALL,
    SOFT,
    VERTICAL,
    Dot,
    Sheet,
    Step,
    dot,
    text_width,
)
from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK

OWN, BELOW, PEER = 8.0, 5.0, 4.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LANE = 52.0  # of one's own and of the peers; those below have the rest


def draw_strip(
    dots: Sequence[Dot], *, size: tuple[int, int], words: Mapping[str, str], ribbon: str = "", name: str = "strip"
) -> SafeString:
    """Return the line of V: own on top with its range, those below under it, peers at the foot; `words`: title,
    told, v, weak and strong (what the two ends mean), and own, below, peer (the three lanes)."""
    sheet = Sheet(*size, left=14, right=14, top=52 if ribbon else 34, bottom=46)
    sheet.add("rect", width=size[0], height=size[1], fill="#fff")
    if ribbon:
        sheet.text(size[0] / 2, 17, ribbon, anchor="middle", fill="#6b4a00", keep=False)
    _ground(sheet, words)
    own = next((each for each in dots if each.role == "own"), None)
    if own is not None:
        _range(sheet, own)
    for role in ("peer", "below", "own"):
        if any(each.role == role for each in dots):
            sheet.text(sheet.left + 6, _middle(sheet, role) + 4, words[role], size=11, fill="#7a879b")
        _lane(sheet, [each for each in dots if each.role == role], role)
    return sheet.close(words["title"], words["told"], name)


def _ground(sheet: Sheet, words: Mapping[str, str]) -> None:
    left, right, top, floor = sheet.x(0), sheet.x(1), sheet.y(1), sheet.y(0)
    sheet.add("rect", x=left, y=top, width=sheet.x(WEAK) - left, height=floor - top, fill="#f5f6f8")
    sheet.add("rect", x=sheet.x(STRONG), y=top, width=right - sheet.x(STRONG), height=floor - top, fill="#e9eff8")
    sheet.add("path", d=f"M{sheet.x(0.5):.1f} {top:.1f}V{floor:.1f}", stroke="#b3bdcb", stroke_dasharray="3 3")
    sheet.add("path", d=f"M{left:.1f} {floor:.1f}H{right:.1f}", stroke=VERTICAL, stroke_width=2)
    head: dict[str, Any] = {"size": 12.5 if sheet.is_narrow else 14, "keep": False, "font_weight": 600}
    sheet.text(left, top - 10, words["weak"], fill=SOFT, **head)
    sheet.text(right, top - 10, words["strong"], anchor="end", fill=VERTICAL, **head)
    for step in TICKS:
        anchor = {0.0: "start", 1.0: "end"}.get(step, "middle")
        sheet.add("path", d=f"M{sheet.x(step):.1f} {floor:.1f}v4", stroke="#8a97aa")
        sheet.text(sheet.x(step), floor + 16, f"{step:g}", anchor=anchor, size=11, keep=False)
    middle = sheet.left + sheet.wide / 2
    sheet.text(middle, sheet.height - 9, f"{words['v']} →", anchor="middle", fill=VERTICAL, font_weight=600, keep=False)


def _range(sheet: Sheet, own: Dot) -> None:
    low, high = (sheet.x(end) for end in own.v_range)
    look = {"y": sheet.top, "height": sheet.high, "fill": HERE, "fill_opacity": ".11"}
    sheet.add("rect", x=low, width=max(high - low, 1.0), **look)
    x, y = sheet.x(own.v), _middle(sheet, "own")
    sheet.add("path", d=f"M{x:.1f} {sheet.top:.1f}V{sheet.y(0):.1f}", stroke=HERE, stroke_opacity=".55")
    sheet.add("path", d=f"M{low:.1f} {y:.1f}H{high:.1f}", stroke=HERE, stroke_width=2)


def _middle(sheet: Sheet, role: str) -> float:
    return {"own": sheet.top + LANE / 2, "peer": sheet.y(0) - LANE / 2}.get(role, sheet.top + sheet.high / 2)


def _lane(sheet: Sheet, dots: Sequence[Dot], role: str) -> None:
    radius = {"own": OWN, "below": BELOW, "peer": PEER}[role]
    middle = _middle(sheet, role)
    reach = (sheet.high - 2 * LANE) / 2 - 30 if role == "below" else LANE / 2 - 10
    places = _swarm([sheet.x(each.v) for each in dots], middle, radius, reach)
    for each, (x, y) in zip(dots, places, strict=True):
        if role == "below":
            low, high = (sheet.x(end) for end in each.v_range)
            sheet.add("path", d=f"M{low:.1f} {y:.1f}H{high:.1f}", stroke="#5b6b84", stroke_opacity=".3")
        dot(sheet, each, x, y, radius)
    if role != "peer":
        _names(sheet, dots, places, radius)


def _swarm(across: Sequence[float], middle: float, radius: float, reach: float) -> list[tuple[float, float]]:
    # each dot as near to the middle of its lane as those before it leave room
    apart, done = 2 * radius + 2, list[tuple[float, float]]()
    steps = sorted((k * 3.0 for k in range(-int(reach // 3), int(reach // 3) + 1)), key=lambda step: (abs(step), step))
    for x in across:
        free = (step for step in steps if all((x - a) ** 2 + (middle + step - b) ** 2 >= apart**2 for a, b in done))
        done.append((x, middle + next(free, 0.0)))
    return done


def _names(sheet: Sheet, dots: Sequence[Dot], places: Sequence[tuple[float, float]], radius: float) -> None:
    size = {OWN: 15.0, BELOW: 11.0 if sheet.is_narrow else float(SMALL)}[radius]
    said = [f"{each.label} {each.v:.2f}" if each.role == "own" else each.label for each in dots]
    wishes = [
        Wish(x, y, radius, text_width(words, size) + 2, size + 4, must=radius == OWN, far=38.0)
        for words, (x, y) in zip(said, places, strict=True)
    ]
    field = (sheet.left + 1, sheet.top + 2, sheet.width - sheet.right - 1, sheet.y(0) - 2)
    for words, put in zip(said, place_names(wishes, field=field, taken=sheet.taken), strict=True):
        if put is None:
            continue
        colour = HERE if radius == OWN else INK
        if put.leader is not None:
            a, b, c, d = put.leader
            sheet.add("path", d=f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}", stroke=colour, stroke_opacity=".55")
        weight = 650 if radius == OWN else 400
        sheet.text(put.box[0] + 1, put.box[1] + size, words, fill=colour, size=size, font_weight=weight)


def draw_course(
    course: Sequence[Step], *, size: tuple[int, int], words: Mapping[str, str], name: str = "course"
) -> SafeString:
    """Return V month by month with its range; a month without figures is a gap. `words`: course, told_course, v."""
    sheet = Sheet(*size, left=34, right=14, top=12, bottom=28)
    left, right = sheet.x(0), sheet.x(1)
    sheet.add(
        "rect", x=left, y=sheet.y(STRONG), width=right - left, height=sheet.y(WEAK) - sheet.y(STRONG), fill="#f0f2f6"
    )
    for step in (0, 0.5, 1):
        sheet.add("path", d=f"M{left:.1f} {sheet.y(step):.1f}H{right:.1f}", stroke=LINE)
        sheet.text(left - 6, sheet.y(step) + 4, f"{step:g}", anchor="end", size=11, keep=False)
    across = [sheet.x((k + 0.5) / len(course)) for k in range(len(course))]
    for run in _runs(course):
        _ribbon(sheet, run, across, course)
    _months(sheet, course, across)
    return sheet.close(words["course"], words["told_course"], name)


def _runs(course: Sequence[Step]) -> list[list[int]]:
    runs: list[list[int]] = []
    for k, step in enumerate(course):
        if step.v is None:
            continue
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return runs


def _ribbon(sheet: Sheet, run: list[int], across: Sequence[float], course: Sequence[Step]) -> None:
    spans = [(across[k], course[k].v_range) for k in run]
    if all(span is not None for _, span in spans):
        upper = [f"{x:.1f} {sheet.y(span[1]):.1f}" for x, span in spans if span]
        lower = [f"{x:.1f} {sheet.y(span[0]):.1f}" for x, span in spans if span]
        sheet.add("path", d="M" + "L".join([*upper, *reversed(lower)]) + "Z", fill=VERTICAL, fill_opacity=".13")
    points = [(across[k], sheet.y(course[k].v or 0)) for k in run]
    sheet.add(
        "path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), fill="none", stroke=VERTICAL, stroke_width=2
    )
    for x, y in points:
        sheet.add("circle", cx=x, cy=y, r="2.6", fill=VERTICAL)


def _months(sheet: Sheet, course: Sequence[Step], across: Sequence[float]) -> None:
    last = len(course) - 1
    if course[last].v is not None:
        value, x, y = course[last].v or 0, across[last], sheet.y(course[last].v or 0)
        sheet.add("circle", cx=x, cy=y, r="4.5", fill=HERE, stroke="#fff", stroke_width=1.5)
        above = y - 10 if y - 10 > sheet.top + 10 else y + 18
        sheet.text(x, above, f"{value:.2f}", anchor="middle", fill=HERE, font_weight=650, keep=False)
    for k in {0, last}:
        anchor = "middle" if last == 0 else ("start" if k == 0 else "end")
        x = sheet.x(0) if k == 0 else sheet.x(1)
        sheet.text(x, sheet.height - 8, course[k].month, anchor=anchor, size=11, keep=False)
