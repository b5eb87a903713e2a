"""What is drawn while H is missing: a line from weak to strong with a row for every place, and the course by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from yunzhang.governance.observatory.pages.plane.sheet import (
    BELOW,
    HALO,
    HERE,
    INK,
    LINE,
    SOFT,
    TEXT,
    VERTICAL,
    Dot,
    Sheet,
    Step,
    dot,
    text_width,
)
from yunzhang.governance.observatory.rules.posterior import STRONG, WEAK

RADII = {"own": 8.0, "below": 4.5, "peer": 4.0}
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LANE = 46.0  # height of one's own row, and of the peers'
ROWS, LOW, HIGH = 420.0, 13.0, 26.0  # what the rows of those below share, and how low and high one may be


def draw_strip(
    dots: Sequence[Dot], *, wide: int, words: Mapping[str, str], ribbon: str = "", name: str = "strip"
) -> SafeString:
    """Return the line of V: one's own on top with its range, a row for each place below, peers together at the foot.

    Rows stand in the order of the dots, the official one. `words`: title, told, v, weak and strong (what the two ends
    mean), and own, below, peer (the three parts).
    """
    below, peers = ([each for each in dots if each.role == role] for role in ("below", "peer"))
    step = min(max(ROWS / max(len(below), 1), LOW), HIGH)
    top = 52 if ribbon else 34
    height = top + LANE + step * len(below) + (18 if below else 0) + (LANE if peers else 0) + 46
    sheet = Sheet(wide, round(height), left=14, right=14, top=top, bottom=46)
    sheet.add("rect", width=wide, height=sheet.height, fill="#fff")
    if ribbon:
        sheet.text(wide / 2, 17, ribbon, anchor="middle", fill="#6b4a00", keep=False)
    _ground(sheet, words)
    for each in dots:
        if each.role == "own":
            _own(sheet, each, words)
    for k, each in enumerate(below):
        _row(sheet, each, sheet.top + LANE + 9 + step * (k + 0.5))
    if below:
        _part(sheet, words["below"], sheet.top + LANE + 9 + step / 2)
    _peers(sheet, peers, words)
    return sheet.close(words["title"], words["told"], name)


def _ground(sheet: Sheet, words: Mapping[str, str]) -> None:
    left, right, top, floor = sheet.x(0), sheet.x(1), sheet.y(1), sheet.y(0)
    sheet.add("rect", x=left, y=top, width=sheet.x(WEAK) - left, height=floor - top, fill="#f5f6f8")
    sheet.add("rect", x=sheet.x(STRONG), y=top, width=right - sheet.x(STRONG), height=floor - top, fill="#eef3fa")
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


def _part(sheet: Sheet, words: str, y: float) -> None:
    sheet.text(sheet.left + 6, y + 4, words, size=11, fill="#66748a", keep=False)


def _own(sheet: Sheet, own: Dot, words: Mapping[str, str]) -> None:
    low, high = (sheet.x(end) for end in own.v_range)
    x, y = sheet.x(own.v), sheet.top + LANE / 2
    look = {"y": sheet.top, "height": sheet.high, "fill": HERE, "fill_opacity": ".11"}
    sheet.add("rect", x=low, width=max(high - low, 1.0), **look)
    sheet.add("path", d=f"M{x:.1f} {sheet.top:.1f}V{sheet.y(0):.1f}", stroke=HERE, stroke_opacity=".5")
    sheet.add("path", d=f"M{low:.1f} {y:.1f}H{high:.1f}", stroke=HERE, stroke_width=2)
    _part(sheet, words["own"], y)
    dot(sheet, own, x, y, RADII["own"])
    _beside(sheet, f"{own.label} {own.v:.2f}", (min(low, x - RADII["own"]), max(high, x + RADII["own"])), y + 5.5, 15.0)


def _row(sheet: Sheet, each: Dot, y: float) -> None:
    low, high = (sheet.x(end) for end in each.v_range)
    sheet.add("path", d=f"M{low:.1f} {y:.1f}H{high:.1f}", stroke=BELOW, stroke_width=2, stroke_opacity=".35")
    x = sheet.x(each.v)
    dot(sheet, each, x, y, RADII["below"])
    _beside(sheet, each.label, (min(low, x - RADII["below"]), max(high, x + RADII["below"])), y + 4, 11.0)


def _beside(sheet: Sheet, words: str, ends: tuple[float, float], y: float, size: float) -> None:
    # on the side of the middle, so that names of a strong unit do not run over the edge
    look: dict[str, Any] = {"fill": INK, "size": size, "keep": False} | HALO
    if size > TEXT:
        look |= {"fill": HERE, "font_weight": 650}
    is_left = ends[0] - text_width(words, size) - 6 > sheet.left + 40
    sheet.text(ends[0] - 6 if is_left else ends[1] + 6, y, words, anchor="end" if is_left else "start", **look)


def _peers(sheet: Sheet, peers: Sequence[Dot], words: Mapping[str, str]) -> None:
    if not peers:
        return
    middle = sheet.y(0) - LANE / 2
    _part(sheet, words["peer"], middle)
    across = [sheet.x(each.v) for each in peers]
    for each, (x, y) in zip(peers, _swarm(across, middle, RADII["peer"], LANE / 2 - 6), strict=True):
        dot(sheet, each, x, y, RADII["peer"])


def _swarm(across: Sequence[float], middle: float, radius: float, reach: float) -> list[tuple[float, float]]:
    # each dot as near to the middle of its lane as those before it leave room
    apart, done = 2 * radius + 2, list[tuple[float, float]]()
    steps = sorted((k * 3.0 for k in range(-int(reach // 3), int(reach // 3) + 1)), key=lambda step: (abs(step), step))
    for x in across:
        free = (step for step in steps if all((x - a) ** 2 + (middle + step - b) ** 2 >= apart**2 for a, b in done))
        done.append((x, middle + next(free, 0.0)))
    return done


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
    for k, (x, y) in zip(run, points, strict=True):
        fill = "#fff" if course[k].is_part else VERTICAL
        sheet.add("circle", cx=x, cy=y, r="2.8", fill=fill, stroke=VERTICAL, stroke_width=1.4)


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
