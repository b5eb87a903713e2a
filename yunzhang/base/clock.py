"""The place's days: Asia/Shanghai dates of moments, and working days with swapped days 调休. Pure.

A term's start day is not counted; a due day ends at 24:00 there. Beyond the last published year weekends alone count.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property

PLACE = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1992
DAY = timedelta(days=1)
FRIDAY = 4


@dataclass(frozen=True)
class Calendar:
    """Published days off and swapped working days; `published_to` is the last year the State Council has announced."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    published_to: int = 0

    @cached_property
    def lost(self) -> list[date]:
        """Weekdays that are no working days, ascending."""
        return sorted(day for day in self.holidays - self.workdays if day.weekday() <= FRIDAY)

    @cached_property
    def gained(self) -> list[date]:
        """Weekend days that are working days, ascending."""
        return sorted(day for day in self.workdays if day.weekday() > FRIDAY)


@dataclass(frozen=True, slots=True)
class Due:
    """A due day and its end as a UTC moment; provisional when it rests on a year not yet announced."""

    on: date
    at: datetime
    is_provisional: bool


def day_of(moment: datetime) -> date:
    """Return the place's date of a moment.

    >>> day_of(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    return moment.astimezone(PLACE).date()


def start_of(day: date) -> datetime:
    """Return the UTC moment at which a day of the place begins.

    >>> start_of(date(2026, 11, 23)).isoformat()
    '2026-11-22T16:00:00+00:00'
    """
    return datetime.combine(day, time(), PLACE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the UTC moment at which a day of the place ends (24:00).

    >>> end_of(date(2026, 11, 23)).isoformat()
    '2026-11-23T16:00:00+00:00'
    """
    return start_of(day + DAY)


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Return whether offices work on that day, swapped days 调休 included. Source [S87]."""
    if day in calendar.workdays:
        return True
    return day.weekday() <= FRIDAY and day not in calendar.holidays


def add_working_days(start: date, days: int, calendar: Calendar) -> Due:
    """Return the due day `days` working days after `start`, which itself is not counted. Source [S88] arts. 201–203.

    >>> add_working_days(date(2026, 11, 20), 1, Calendar(published_to=2026)).on
    datetime.date(2026, 11, 23)
    """
    if days < 0:
        raise ValueError(days)
    on = start
    left = days
    while left:
        on += DAY
        left -= is_working_day(on, calendar)
    return _due(on, calendar)


def add_calendar_days(start: date, days: int, calendar: Calendar) -> Due:
    """Return the due day `days` calendar days after `start`, moved on to a working day. Source [S88] art. 203.

    >>> add_calendar_days(date(2026, 11, 20), 1, Calendar(published_to=2026)).on
    datetime.date(2026, 11, 23)
    """
    on = start + days * DAY
    while not is_working_day(on, calendar):
        on += DAY
    return _due(on, calendar)


def count_working_days(after: date, to: date, calendar: Calendar) -> int:
    """Return how many working days lie after `after`, up to and with `to`; negative when `to` lies before.

    >>> count_working_days(date(2026, 11, 20), date(2026, 11, 24), Calendar())
    2
    """
    if to < after:
        return -count_working_days(to, after, calendar)
    weekdays = _weekdays_before(to + DAY) - _weekdays_before(after + DAY)
    return weekdays - _between(calendar.lost, after, to) + _between(calendar.gained, after, to)


def is_provisional(on: date, calendar: Calendar) -> bool:
    """Return whether a day lies beyond the last year whose days off are announced."""
    return on.year > calendar.published_to


def _due(on: date, calendar: Calendar) -> Due:
    return Due(on=on, at=end_of(on), is_provisional=is_provisional(on, calendar))


def _weekdays_before(day: date) -> int:
    weeks, rest = divmod(day.toordinal() - 1, 7)  # ordinal 1 is a Monday
    return weeks * 5 + min(rest, 5)


def _between(days: list[date], after: date, to: date) -> int:
    return bisect_right(days, to) - bisect_right(days, after)
