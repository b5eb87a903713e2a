"""The light of a matter: own rule, worst of the parts, never charged while it waits for acceptance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from yunzhang.base.clock import Calendar, count_working_days, day_of, end_of
from yunzhang.ground.ledger.terms import Loop, State
from yunzhang.ground.matters import rules
from yunzhang.ground.matters.terms import WORST_FIRST, Lamp, Light, LightRule

CALENDAR = Calendar(holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}), published_to=2026)
RULE = LightRule(soon_days=3, source="test")
NOON = datetime(2026, 9, 28, 4, tzinfo=UTC)  # a Monday


def loop(due: date | None, state: State = State.SIGNED) -> Loop:
    due_at = end_of(due) if due else None
    return Loop(
        uuid4(), "directive", uuid4(), None, 1, 2, 3, "", "territorial", "vertical", "", NOON, due_at, state=state
    )


def lit(due: date | None, at: datetime = NOON, state: State = State.SIGNED) -> Light:
    return rules.light(loop(due, state), at=at, calendar=CALENDAR, rule=RULE)


def test_on_the_due_day_there_is_still_time() -> None:
    assert lit(date(2026, 9, 28)) == Light(Lamp.DUE_SOON, 0)
    assert lit(date(2026, 9, 28), end_of(date(2026, 9, 28))) == Light(Lamp.DUE_SOON, 0)


def test_days_are_working_days_with_holidays_left_out() -> None:
    assert lit(date(2026, 10, 6)) == Light(Lamp.ON_TRACK, 4)  # 29, 30 September, 5, 6 October
    assert lit(date(2026, 10, 5)) == Light(Lamp.DUE_SOON, 3)
    assert lit(date(2026, 9, 25)) == Light(Lamp.OVERDUE, 1)


def test_beyond_the_published_calendar_the_day_is_provisional() -> None:
    assert lit(date(2027, 3, 1)).is_provisional
    assert not lit(date(2026, 12, 31)).is_provisional


def test_waiting_for_acceptance_is_never_charged() -> None:
    for state, lamp in rules.SETTLED.items():
        assert lit(date(2026, 1, 5), state=state) == Light(lamp)


def test_no_day_no_number() -> None:
    assert lit(None) == Light(Lamp.ON_TRACK)


@given(due=st.dates(date(2026, 1, 1), date(2026, 12, 31)), hours=st.integers(-4000, 4000))
def test_overdue_exactly_after_the_due_moment(due: date, hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    light = lit(due, at)
    assert (light.lamp is Lamp.OVERDUE) == (at > end_of(due))
    assert light.days is not None
    count = count_working_days(day_of(at), due, CALENDAR)
    assert light.days == (-count if at > end_of(due) else max(0, count))


lamps = st.builds(Light, st.sampled_from(list(Lamp)), st.integers(0, 60))


@given(own=lamps, parts=st.lists(lamps, max_size=6))
def test_a_split_matter_shows_the_worst(own: Light, parts: list[Light]) -> None:
    shown = rules.worst(own, parts)
    if own.lamp not in WORST_FIRST:
        assert shown == own
        return
    ranks = [WORST_FIRST.index(one.lamp) for one in [own, *parts] if one.lamp in WORST_FIRST]
    assert WORST_FIRST.index(shown.lamp) == min(ranks)
    assert rules.worst(own, [*parts, *parts]) == shown
    assert shown in [own, *parts]


def test_worst_climbs_level_by_level() -> None:
    top, middle, bottom = loop(date(2026, 10, 30)), loop(date(2026, 10, 20)), loop(date(2026, 9, 24))
    below = {top.id: [middle], middle.id: [bottom]}
    found = rules.lights([top, middle], below, at=NOON, calendar=CALENDAR, rule=RULE)
    assert {one.lamp for one in found.values()} == {Lamp.OVERDUE}
    settled = {top.id: [replace(middle, state=State.CLOSED)]}
    assert rules.lights([top], settled, at=NOON, calendar=CALENDAR, rule=RULE)[top.id].lamp is Lamp.ON_TRACK
