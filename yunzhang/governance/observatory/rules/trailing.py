"""The measure in many windows of one log: threads are read once for each tree, then held to each window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from yunzhang.governance.observatory.rules.charging import place_due
from yunzhang.governance.observatory.rules.claims import read_due, read_need
from yunzhang.governance.observatory.rules.measuring import Measured, measure, measure_threads
from yunzhang.governance.observatory.rules.moments import ZONE
from yunzhang.governance.observatory.rules.threads import Threads
from yunzhang.governance.observatory.terms import Parameters

MONTHS = 12
LONG = 24  # of a log that holds so many windows and one year more
LEAST = 3  # months of the log a window must hold to be shown
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Window:
    """One trailing window (from, to] in microseconds of UTC; `held` is how many of its 12 months the log covers."""

    month: int  # its last whole month, in months since 1970
    from_at: int
    to_at: int
    held: int


def list_windows(first_month: int, last_month: int) -> list[Window]:
    """Return the trailing windows of 12 months, moved monthly, that end with each of the last 12 months.

    24 where the log, which begins in `first_month`, holds three years; a window of which the log covers fewer than 3
    months is left out.

    >>> [(one.month, one.held) for one in list_windows(600, 605)]
    [(602, 3), (603, 4), (604, 5), (605, 6)]
    """
    count = LONG if last_month - first_month + 1 >= LONG + MONTHS else MONTHS
    found = []
    for month in range(last_month - count + 1, last_month + 1):
        held = min(MONTHS, month - first_month + 1)
        if held >= LEAST:
            found.append(Window(month, month_start(month + 1 - MONTHS), month_start(month + 1), held))
    return found


def month_start(month: int) -> int:
    """Return the first moment of a month of the place, in microseconds of UTC.

    >>> month_start(0) // 3_600_000_000
    -8
    """
    return int(np.datetime64(month, "M").astype("datetime64[s]").astype(np.int64)) * SECOND - ZONE


def rewindow(threads: Threads, from_at: int, to_at: int) -> Threads:
    """Return the same threads held to another window (from, to]."""
    inside = (threads.due > from_at) & (threads.due <= to_at)
    return replace(threads, counts=threads.alive & inside, gone=~threads.alive & inside, to_at=to_at)


def measure_windows(
    units: pa.Table,
    loops: pa.Table,
    windows: Sequence[Window],
    parameters: Parameters,
    *,
    need: pa.Table | None = None,
    due: pa.Table | None = None,
) -> list[Measured]:
    """Return the log measured in each window with one tree: equal to `measure` with that window.

    Need and due tables count for each window as they stand. Raises BadTable, BadParameter.
    """
    if not windows:
        return []
    whole = measure(units, loops, replace(parameters, from_at=None, to_at=None), need=need, due=due)
    needs = None if need is None else read_need(need, whole.tree)
    claims = place_due(whole.tree, None if due is None else read_due(due, whole.tree))
    found = []
    for window in windows:
        held = replace(whole.parameters, from_at=window.from_at, to_at=window.to_at)
        threads = rewindow(whole.threads, window.from_at, _least(window.to_at, parameters.as_of))
        measured = measure_threads(whole.tree, threads, held, need=needs, claims=claims)
        found.append(replace(measured, parameters=held))
    return found


def _least(to_at: int, as_of: int | None) -> int:
    return to_at if as_of is None else min(to_at, as_of)
