"""Names beside dots: on the field, over nothing drawn, over no other name; the same input, the same places."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yunzhang.governance.observatory.pages.plane.placing import Wish, line_boxes, place_names

FIELD = (0.0, 0.0, 400.0, 300.0)
places = st.tuples(st.floats(5, 395), st.floats(5, 295), st.floats(15, 70))


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def dots(wishes):
    return [(w.x - w.radius, w.y - w.radius, w.x + w.radius, w.y + w.radius) for w in wishes]


@settings(max_examples=60, deadline=None)
@given(st.lists(places, max_size=30))
def test_names_cover_neither_each_other_nor_dots_and_stay_on_the_field(found):
    wishes = [Wish(x, y, 5.0, wide, 15.0) for x, y, wide in found]
    put = place_names(wishes, field=FIELD, taken=dots(wishes))
    boxes = [one.box for one in put if one is not None]
    assert put == place_names(wishes, field=FIELD, taken=dots(wishes))
    for k, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 400
        assert box[3] <= 300
        assert not any(overlap(box, other) for other in [*boxes[:k], *dots(wishes)])


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=1, max_size=60))
def test_a_name_that_must_be_written_is_written(found):
    wishes = [Wish(x, y, 5.0, wide, 15.0, must=k == 0) for k, (x, y, wide) in enumerate(found)]
    assert place_names(wishes, field=FIELD, taken=[FIELD])[0] is not None


def test_a_lone_name_stands_at_the_right_without_a_line():
    (put,) = place_names([Wish(100, 100, 5, 40, 14)], field=FIELD, taken=[(95, 95, 105, 105)])
    assert put is not None
    assert put.leader is None
    assert put.box[0] > 105


def test_a_name_that_stands_off_gets_a_line_from_the_edge_of_its_dot():
    wall = [
        (60.0, 60.0, 94.0, 140.0),
        (106.0, 60.0, 140.0, 140.0),
        (60.0, 60.0, 140.0, 90.0),
        (60.0, 110.0, 140.0, 140.0),
    ]
    (put,) = place_names([Wish(100, 100, 5, 40, 14)], field=FIELD, taken=wall)
    assert put is not None
    assert put.leader is not None
    x, y = put.leader[:2]
    assert abs(((x - 100) ** 2 + (y - 100) ** 2) ** 0.5 - 5) < 1e-6
    assert not any(overlap(put.box, box) for box in wall)


def test_a_name_farther_than_wished_is_left_out():
    assert place_names([Wish(100, 100, 5, 40, 14, far=0)], field=FIELD, taken=[(70, 70, 130, 130)]) == [None]


def test_names_keep_clear_of_a_line():
    line = line_boxes([(0, 100), (400, 100)])
    (put,) = place_names([Wish(100, 100, 5, 40, 14)], field=FIELD, taken=line)
    assert put is not None
    assert not any(overlap(put.box, box) for box in line)
