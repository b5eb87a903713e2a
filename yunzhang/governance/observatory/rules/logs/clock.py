"""Moments of a foreign log, read as its mapping says; nothing is guessed: a moment without a zone is told as such."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from yunzhang.governance.observatory.rules.logs.spec import Clock

SECOND = 1_000_000
DAY = 86_400 * SECOND
PLACE = timezone(timedelta(hours=8))  # of a bare date where the mapping names no zone, as in the tables of the measure
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Bare = Literal["start", "end"]
CLOCK_MARKS = ("%H", "%I", "%c", "%X")


class Unreadable(ValueError):
    """A moment that cannot be read; its text is the reason."""


def read_moment(text: str, clock: Clock, bare: Bare = "start") -> int | None:
    """Return microseconds of UTC, or None for an empty cell; raises Unreadable with bad_moment or no_zone.

    A bare date is the start of its day, or its end. Days are those of the mapping's zone, else of +08:00.

    >>> read_moment("1970-01-01T08:00:00+08:00", Clock())
    0
    """
    text = text.strip()
    if not text:
        return None
    found, is_day = _parse(text, clock.formats)
    if is_day:
        day = found.replace(tzinfo=clock.zone or PLACE)
        return _micros(day) + (DAY if bare == "end" else 0)
    if found.tzinfo is None:
        if clock.zone is None:
            raise Unreadable("no_zone")
        found = found.replace(tzinfo=clock.zone)
    return _micros(found)


def is_date(text: str, clock: Clock) -> bool:
    """Return whether a cell holds a day without a time; raises Unreadable."""
    return bool(text.strip()) and _parse(text.strip(), clock.formats)[1]


def _parse(text: str, formats: tuple[str, ...]) -> tuple[datetime, bool]:
    # the moment, and whether only a day stood there
    for each in formats:
        try:
            if each != "iso":
                found = datetime.strptime(text, each)  # noqa: DTZ007 - the zone is the mapping's
                return found, not any(mark in each for mark in CLOCK_MARKS)
            if len(text) >= 10 and text[4] == "-":
                return datetime.fromisoformat(text), len(text) == 10
        except (ValueError, OverflowError):
            continue
    raise Unreadable("bad_moment")


def _micros(moment: datetime) -> int:
    try:
        return (moment - EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        raise Unreadable("bad_moment") from None


def days(number: float) -> int:
    """Return a number of days in microseconds."""
    return round(number * DAY)
