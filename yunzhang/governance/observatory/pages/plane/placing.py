"""Where names go beside their dots: near, on the field, over nothing drawn; a line leads to one that stands off.

Pure geometry in the picture's own units, y downward. The same input gives the same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

import numpy as np

type_box = tuple[float, float, float, float]  # left, top, right, bottom
type_line = tuple[float, float, float, float]
GAP = 4.0  # between a dot and a name that needs no line
REACHES = (0.0, 5.0, 11.0, 18.0, 27.0, 38.0, 52.0, 70.0, 95.0, 130.0)
# right, left, above, below, then the corners, then what lies between: the order a reader expects
TURNS = (0, 8, 12, 4, 14, 2, 10, 6, 15, 1, 13, 11, 9, 7, 5, 3)
STEPS = 7  # points of a leading line that are tried against other names
AIR = 1.5  # kept free around a name


@dataclass(frozen=True, slots=True)
class Wish:
    """A name of this size wanted beside a dot, at most `far` away; `must`: in any case, where it covers least."""

    x: float
    y: float
    radius: float
    wide: float
    high: float
    must: bool = False
    far: float = 70.0


@dataclass(frozen=True, slots=True)
class Put:
    """Where a name stands, and the line that leads to it, if it stands off."""

    box: type_box
    leader: type_line | None = None


def place_names(wishes: Sequence[Wish], *, field: type_box, taken: Sequence[type_box]) -> list[Put | None]:
    """Return a place for each name in turn, or None where none is free.

    Names cover neither each other nor what is taken, except one that must be written and finds nothing free.
    """
    done: list[Put | None] = []
    names: list[type_box] = []
    lines: list[type_box] = []
    for wish in wishes:
        put = _place(wish, field, _array([*taken, *lines, *names]), _array(names))
        done.append(put)
        if put is not None:
            names.append(put.box)
            lines += [] if put.leader is None else _crumbs(put.leader)
    return done


def _array(boxes: Sequence[type_box]) -> np.ndarray:
    return np.array(boxes, np.float64).reshape(-1, 4)


def _crumbs(line: type_line) -> list[type_box]:
    return line_boxes([(line[0], line[1]), (line[2], line[3])])


def line_boxes(points: Sequence[tuple[float, float]], *, half: float = 1.0, every: float = 4.0) -> list[type_box]:
    """Return small boxes along a line through these points: what a name must not cover."""
    boxes = []
    for (a, b), (c, d) in pairwise(points):
        count = max(int(max(abs(c - a), abs(d - b)) / every), 1)
        for k in range(count + 1):
            x, y = a + (c - a) * k / count, b + (d - b) * k / count
            boxes.append((x - half, y - half, x + half, y + half))
    return boxes


def _place(wish: Wish, field: type_box, taken: np.ndarray, names: np.ndarray) -> Put | None:
    boxes, starts = _tries(wish)
    inside = (boxes[:, 0] >= field[0]) & (boxes[:, 1] >= field[1])
    inside &= (boxes[:, 2] <= field[2]) & (boxes[:, 3] <= field[3])
    covered = _covered(boxes, taken)
    free = inside & (covered == 0) & ~_crosses(starts, boxes, names)
    if free.any():
        return _put(wish, boxes[int(free.argmax())])
    if not wish.must:
        return None
    cost = np.where(inside, covered, np.inf)
    return _put(wish, boxes[int(cost.argmin())])


def _tries(wish: Wish) -> tuple[np.ndarray, np.ndarray]:
    # boxes around the dot, nearest first; the side that faces the dot keeps the same distance at every angle
    boxes, starts = [], []
    for reach in REACHES if wish.must else [reach for reach in REACHES if reach <= wish.far]:
        for turn in TURNS:
            angle = turn * pi / 8
            dx, dy = cos(angle), sin(angle)
            away = wish.radius + GAP + reach
            x, y = wish.x + dx * away, wish.y + dy * away
            left = x + (dx - 1) * wish.wide / 2
            top = y + (dy - 1) * wish.high / 2
            boxes.append((left, top, left + wish.wide, top + wish.high))
            starts.append((wish.x, wish.y))
    return _array(boxes), np.array(starts)


def _covered(boxes: np.ndarray, taken: np.ndarray) -> np.ndarray:
    # the area of everything a box would cover
    if not len(taken):
        return np.zeros(len(boxes))
    wide = np.minimum(boxes[:, None, 2] + AIR, taken[None, :, 2]) - np.maximum(
        boxes[:, None, 0] - AIR, taken[None, :, 0]
    )
    high = np.minimum(boxes[:, None, 3] + AIR, taken[None, :, 3]) - np.maximum(
        boxes[:, None, 1] - AIR, taken[None, :, 1]
    )
    area = np.where((wide > 0) & (high > 0), wide * high, 0.0)
    return np.asarray(area.sum(axis=1))


def _crosses(starts: np.ndarray, boxes: np.ndarray, names: np.ndarray) -> np.ndarray:
    # whether the line from dot to name would run through another name
    if not len(names):
        return np.zeros(len(boxes), np.bool_)
    ends = np.clip(starts, boxes[:, :2], boxes[:, 2:])
    steps = np.linspace(0.0, 1.0, STEPS)[None, :, None]
    points = starts[:, None, :] * (1 - steps) + ends[:, None, :] * steps
    within = (points[:, :, None, :] > names[None, None, :, :2]) & (points[:, :, None, :] < names[None, None, :, 2:])
    return np.asarray(within.all(axis=3).any(axis=(1, 2)))


def _put(wish: Wish, found: np.ndarray) -> Put:
    left, top, right, bottom = (float(value) for value in found)
    x, y = min(max(wish.x, left), right), min(max(wish.y, top), bottom)
    length = ((x - wish.x) ** 2 + (y - wish.y) ** 2) ** 0.5
    if length <= wish.radius + GAP + REACHES[1] + 0.01:
        return Put((left, top, right, bottom))
    share = wish.radius / length  # the line begins at the dot's edge
    begins = (wish.x + (x - wish.x) * share, wish.y + (y - wish.y) * share)
    return Put((left, top, right, bottom), (*begins, x, y))
