"""Moments in tables: text, dates and timestamps become microseconds of UTC. No clock is read here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.compiled import compiled
from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.rules.refusals import row_refusal
from yunzhang.governance.observatory.terms import BadParameter

NONE = np.iinfo(np.int64).min
SECOND = 1_000_000
DAY = 86_400 * SECOND
ZONE = 8 * 3600 * SECOND  # a moment without a zone is +08:00
Bare = Literal["start", "end"]
NO_MOMENT = zh("时间“%(value)s”不是 YYYY-MM-DD 或 ISO 8601 格式")


def add_one(index: int) -> int:
    """Return the number of a row that stands in no file."""
    return index + 1


def read_moments(
    column: pa.ChunkedArray | pa.Array, *, table: str, bare: Bare, number: Callable[[int], int] = add_one
) -> tuple[np.ndarray, np.ndarray]:
    """Return microseconds of UTC (NONE where empty) and a flag where only a date stood.

    A bare date is the start of its day in +08:00, or with `bare="end"` the end of it. `number` tells
    the number of a row in its file. Raises BadTable.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _from_timestamps(column), np.zeros(len(column), np.bool_)
    if pa.types.is_date(kind):
        days = np.asarray(column.cast(pa.date32()).cast(pa.int32()).fill_null(0), np.int64)
        at, dated = days * DAY - ZONE, np.ones(len(column), np.bool_)
    elif pa.types.is_null(kind):
        return np.full(len(column), NONE, np.int64), np.zeros(len(column), np.bool_)
    else:
        at, dated = _from_text(column, table, number)
    at = np.where(dated & (at != NONE), at + (DAY if bare == "end" else 0), at)
    empty = np.asarray(column.is_null(), np.bool_)
    return np.where(empty, NONE, at), dated & ~empty


def _from_timestamps(column: pa.Array) -> np.ndarray:
    shift = 0 if column.type.tz else ZONE
    plain = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    at = np.asarray(plain.cast(pa.int64()).fill_null(NONE), np.int64)
    return np.where(at == NONE, NONE, at - shift) if shift else at


def _from_text(column: pa.Array, table: str, number: Callable[[int], int]) -> tuple[np.ndarray, np.ndarray]:
    text = column.cast(pa.large_string())
    offsets = np.frombuffer(text.buffers()[1], np.int64, len(text) + 1 + text.offset)[text.offset :]
    data = np.frombuffer(text.buffers()[2] or b"", np.uint8)
    at, dated, bad = _parse(offsets, data, np.asarray(text.is_null(), np.bool_))
    if bad >= 0:
        raise row_refusal(table, number(bad), NO_MOMENT, value=str(text[bad].as_py()))
    return at, dated


def moment(text: str, *, bare: Bare, name: str) -> int:
    """Return one moment given as text, as microseconds of UTC; raises BadParameter naming it.

    >>> moment("1970-01-02", bare="start", name="from") == 16 * 3600 * 1_000_000
    True
    """
    offsets, data = np.array([0, len(text.strip().encode())]), np.frombuffer(text.strip().encode(), np.uint8)
    at, dated, bad = _parse(offsets, data, np.zeros(1, np.bool_))
    if bad >= 0 or at[0] == NONE:
        raise BadParameter(name=name, problem=Sentence(NO_MOMENT, {"value": text.strip()}))
    at = at + (DAY if dated[0] and bare == "end" else 0)
    return int(at[0])


def trimmed(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return the column as text without surrounding blanks, nothing being the empty text."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type) and bool(pc.all(pc.equal(column, pc.floor(column))).as_py()):
        column = column.cast(pa.int64())  # 3.0 from a spreadsheet is the id "3"
    return pc.utf8_trim_whitespace(column.cast(pa.large_string())).fill_null("")


@compiled
def _digits(data: np.ndarray, start: int, count: int, end: int) -> int:
    if start + count > end:
        return -1
    value = 0
    for k in range(start, start + count):
        digit = int(data[k]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@compiled
def _days(year: int, month: int, day: int) -> int:
    # days since 1970-01-01 of a date of the Gregorian calendar (Hinnant's days_from_civil)
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@compiled
def _is_date(year: int, month: int, day: int) -> bool:
    if year < 1 or month < 1 or month > 12 or day < 1:
        return False
    if month == 2:
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        return day <= (29 if leap else 28)
    return day <= (30 if month in (4, 6, 9, 11) else 31)


@compiled
def _clock(data: np.ndarray, start: int, end: int) -> tuple[int, int]:
    # microseconds of the day and where the clock ends; (-1, start) where it is none
    hour, minute, second, micro, k = _digits(data, start, 2, end), -1, 0, 0, start + 2
    if hour < 0 or hour > 23 or k >= end or data[k] != 58:
        return -1, start
    minute, k = _digits(data, k + 1, 2, end), k + 3
    if minute < 0 or minute > 59:
        return -1, start
    if k < end and data[k] == 58:
        second, k = _digits(data, k + 1, 2, end), k + 3
        if second < 0 or second > 59:
            return -1, start
        if k < end and data[k] in (46, 44):
            scale, k = 100_000, k + 1
            if k >= end or not 48 <= data[k] <= 57:
                return -1, start
            while k < end and 48 <= data[k] <= 57:
                micro, scale, k = micro + (int(data[k]) - 48) * scale, scale // 10, k + 1
    return ((hour * 60 + minute) * 60 + second) * SECOND + micro, k


@compiled
def _zone(data: np.ndarray, start: int, end: int) -> int:
    # microseconds east of UTC; NONE where it is none
    if start == end:
        return ZONE
    if data[start] in (90, 122) and start + 1 == end:
        return 0
    if data[start] not in (43, 45):
        return NONE
    hour, minute, k = _digits(data, start + 1, 2, end), 0, start + 3
    if hour < 0 or hour > 23:
        return NONE
    if k < end:
        k += data[k] == 58
        minute, k = _digits(data, k, 2, end), k + 2
        if minute < 0 or minute > 59 or k != end:
            return NONE
    east = (hour * 60 + minute) * 60 * SECOND
    return east if data[start] == 43 else -east


@compiled
def _one(data: np.ndarray, start: int, end: int) -> tuple[int, bool, bool]:
    # (moment, is a bare date, is readable)
    year, month, day = _digits(data, start, 4, end), _digits(data, start + 5, 2, end), _digits(data, start + 8, 2, end)
    if end - start < 10 or data[start + 4] != 45 or data[start + 7] != 45 or not _is_date(year, month, day):
        return NONE, False, False
    at = _days(year, month, day) * DAY
    if end - start == 10:
        return at - ZONE, True, True
    if data[start + 10] not in (84, 116, 32):
        return NONE, False, False
    clock, stop = _clock(data, start + 11, end)
    if clock < 0:
        return NONE, False, False
    east = _zone(data, stop, end)
    return at + clock - east, False, east != NONE


@compiled
def _parse(offsets: np.ndarray, data: np.ndarray, empty: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    count = len(empty)
    at, dated = np.full(count, NONE, np.int64), np.zeros(count, np.bool_)
    for k in range(count):
        start, end = offsets[k], offsets[k + 1]
        while start < end and data[start] == 32:
            start += 1
        while end > start and data[end - 1] == 32:
            end -= 1
        if empty[k] or start == end:
            continue
        at[k], dated[k], good = _one(data, start, end)
        if not good:
            return at, dated, k
    return at, dated, -1
