"""The pictures: one's own unit is always named, peers never; names are escaped; nothing is coloured by its figures."""

from __future__ import annotations

import random
import re

import pytest
from defusedxml import ElementTree

from yunzhang.governance.observatory.pages.plane import (
    Dot,
    Step,
    draw_bar,
    draw_course,
    draw_plane,
    draw_spark,
    draw_strip,
)

NAMES = (
    "title",
    "told",
    "v",
    "h",
    "values",
    "between",
    "weak",
    "strong",
    "own",
    "below",
    "peer",
    "course",
    "told_course",
)
WORDS = {name: f"[{name}]" for name in (*NAMES, "loose", "authoritative", "cooperative", "collaborative")}
SIZES = [(640, 590), (350, 420)]


def some_dots(*, has_h, own=(0.8, 0.2)):
    rng, dots = random.Random(1), []
    for k in range(60):
        v, h = rng.random(), rng.random() if has_h else None
        role, span = ("below", "peer")[k % 2], None if h is None else (h, h)
        told = f"<b>{k}" if role == "below" else ""
        dots.append(Dot(role, v, (v, v), h, span, told, f"/observatory/{k}" if told else "", told))
    v, h = own
    span = (h - 0.1, h + 0.1) if has_h else None
    return [*dots, Dot("own", v, (v - 0.1, v + 0.1), h if has_h else None, span, "江州市", "", "江州市")]


def draw(*, has_h, size, **more):
    if has_h:
        return draw_plane(some_dots(has_h=True), size=size, words=WORDS, **more)
    return draw_strip(some_dots(has_h=False), wide=size[0], words=WORDS, **more)


@pytest.mark.parametrize("has_h", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_own_is_named_and_peers_are_not(has_h, size):
    picture = draw(has_h=has_h, size=size, ribbon="模拟数据")
    assert ">江州市" in picture
    assert "模拟数据" in picture
    assert "<b>" not in picture
    assert picture.count('class="dot-peer"') == 30
    assert picture.count("<a ") == 30  # those below, and nobody else
    assert "style=" not in picture
    assert ("[authoritative]" in picture) is has_h
    ElementTree.fromstring(picture)


def test_every_link_is_named_and_every_picture_has_title_and_description():
    picture = draw(has_h=True, size=SIZES[0], name="one")
    assert all('aria-label="' in link for link in re.findall(r"<a [^>]*>", picture))
    assert '<title id="one-title">[title]</title>' in picture
    assert '<desc id="one-told">[told]</desc>' in picture


def test_dots_of_a_role_look_alike_whatever_their_figures():
    picture = draw(has_h=True, size=SIZES[0])
    links = re.findall(r"<a .*?</a>", picture)
    assert len({re.search(r'r="5" fill="(#\w+)"', link)[1] for link in links}) == 1


def test_the_ground_under_ones_own_dot_is_marked_and_between_nothing_is():
    def bold(own):
        drawn = draw_plane(some_dots(has_h=True, own=own), size=SIZES[0], words=WORDS)
        return re.findall(r'font-weight="650"[^>]*>\[(\w+)\]', drawn)

    assert bold((0.8, 0.2)) == ["authoritative"]
    assert bold((0.2, 0.2)) == ["loose"]
    assert bold((0.9, 0.9)) == ["collaborative"]
    assert bold((0.2, 0.8)) == ["cooperative"]
    assert bold((0.5, 0.8)) == []


def test_the_course_names_its_first_and_last_month_and_leaves_gaps():
    steps = [Step(f"m{k}", 0.5 + k / 50, (0.4, 0.9), 0.2, (0.1, 0.3)) for k in range(12)]
    plane = draw_plane(some_dots(has_h=True), size=SIZES[0], words=WORDS, course=steps)
    assert ">m0<" in plane
    assert "m11" in plane
    assert "m5" not in plane
    steps[4] = Step("m4")
    course = draw_course(steps, size=(640, 170), words=WORDS)
    assert course.count('stroke-width="2"') == 2  # two spells
    assert ">m0<" in course
    assert ">m11<" in course
    assert "NaN" not in draw_course([Step("a"), Step("b")], size=(640, 170), words=WORDS)


def test_small_pictures_hold_what_is_missing():
    assert 'fill="#1f4e8c"' not in draw_bar(None, None, None, vertical=True)
    spark = draw_spark([None, 0.2, 0.3, None, 0.4], [None, (0.1, 0.3), (0.2, 0.4), None, None], vertical=False)
    assert spark.count("<path") == 4  # the middle, one band, two spells
    assert draw_spark([], vertical=True)
