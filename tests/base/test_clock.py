"""Working days against a slow oracle, and days of the place against moments."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from yunzhang.base.clock import (
    Calendar,
    add_calendar_days,
    add_working_days,
    count_working_days,
    day_of,
    end_of,
    is_working_day,
    start_of,
)
from yunzhang.kit.calendar import SHIPPED, read_calendar
from yunzhang.kit.yaml import BadData

DAY = timedelta(days=1)
CALENDAR = read_calendar(SHIPPED)
FIRST, LAST = date(2004, 1, 1), date(2029, 12, 31)


def slow(start: date, days: int) -> date:
    """The oracle: walks day by day and asks the package the data came from, never our code."""
    on = start
    while days:
        on += DAY
        if on.year <= 2026:
            days -= chinese_calendar.is_workday(on)
        else:
            days -= on.weekday() < 5
    return on


def test_ten_thousand_random_terms_agree_with_the_slow_oracle() -> None:
    chance = random.Random(20261123)
    span = (LAST - FIRST).days
    for _ in range(10_000):
        start, days = FIRST + chance.randrange(span - 150) * DAY, chance.randrange(0, 31)
        due, expected = add_working_days(start, days, CALENDAR), slow(start, days)
        assert due.on == expected, (start, days)
        assert due.at == end_of(expected)
        assert due.is_provisional == (expected.year > 2026)
        assert days == 0 or count_working_days(start, due.on, CALENDAR) == days


def test_counting_is_additive_and_changes_sign() -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        a, b, c = sorted(FIRST + chance.randrange(9000) * DAY for _ in range(3))
        whole = count_working_days(a, c, CALENDAR)
        assert whole == count_working_days(a, b, CALENDAR) + count_working_days(b, c, CALENDAR)
        assert count_working_days(c, a, CALENDAR) == -whole


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2025, 9, 30), 1, date(2025, 10, 9)),  # over National Day and Mid-Autumn
        (date(2025, 10, 10), 1, date(2025, 10, 11)),  # a Saturday swapped into work
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # a swapped Saturday, then the Spring Festival
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # not announced yet: weekends alone
    ],
)
def test_known_terms(start: date, days: int, due: date) -> None:
    assert add_working_days(start, days, CALENDAR).on == due


def test_calendar_days_move_off_days_off() -> None:
    assert add_calendar_days(date(2025, 9, 2), 30, CALENDAR).on == date(2025, 10, 9)
    assert add_calendar_days(date(2026, 11, 2), 3, CALENDAR).on == date(2026, 11, 5)


def test_a_due_day_ends_at_midnight_of_the_place() -> None:
    assert day_of(end_of(date(2026, 3, 1)) - timedelta(microseconds=1)) == date(2026, 3, 1)
    assert day_of(end_of(date(2026, 3, 1))) == date(2026, 3, 2)
    assert day_of(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert start_of(date(2026, 3, 2)) == end_of(date(2026, 3, 1))


def test_without_any_calendar_weekends_alone_count() -> None:
    assert not is_working_day(date(2026, 11, 22), Calendar())
    assert add_working_days(date(2026, 9, 30), 1, Calendar()).is_provisional


def test_a_home_replaces_or_adds_a_year(tmp_path: Path) -> None:
    own = tmp_path / "calendar.yaml"
    own.write_text("2027:\n  holidays: {2027-01-01: 元旦}\n  workdays: {2027-01-02: 元旦}\n", "utf-8")
    calendar = read_calendar(SHIPPED, own)
    due = add_working_days(date(2026, 12, 31), 1, calendar)
    assert (due.on, due.is_provisional) == (date(2027, 1, 2), False)


@pytest.mark.parametrize(
    "text",
    [
        "2027: [1]\n",
        "2027: {holidays: {2026-01-01: 元旦}, workdays: {}}\n",
        "2027: {holidays: {2027-01-01: 元旦}, workdays: {2027-01-01: 元旦}}\n",
        "2027: {holidays: {}, workdays: {}, more: {}}\n",
        "2027: {holidays: {}, holidays: {}}\n",
    ],
)
def test_a_bad_calendar_is_refused(tmp_path: Path, text: str) -> None:
    own = tmp_path / "calendar.yaml"
    own.write_text(text, "utf-8")
    with pytest.raises(BadData):
        read_calendar(own)
