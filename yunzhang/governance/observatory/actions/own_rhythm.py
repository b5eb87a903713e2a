"""A post's own view of its rhythm: for its holder alone, closed until the holder opens it, counted when looked at.

Its only input are the ledger's entries by this holder in this post: no page view, sign-in or time online can reach it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Refused
from yunzhang.governance.observatory.rules.rhythm import ACTS, day_numbers, entropy, month_numbers
from yunzhang.governance.observatory.store import own as store
from yunzhang.governance.observatory.terms import OwnViewClosed
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.actions import act
from yunzhang.ground.ledger.terms import Acting, Receipt
from yunzhang.ground.org import actions as org

__all__ = ["OwnRhythm", "close_own_rhythm", "find_own_rhythm", "find_own_view", "open_own_rhythm", "verify_holder"]
MONTHS = 12
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class OwnRhythm:
    """The holder's own acts by programme and month, [programme][month], and how evenly they spread each month."""

    since: datetime
    months: tuple[str, ...]
    programmes: tuple[str, ...]
    acts: tuple[tuple[int, ...], ...]
    entropy: tuple[float | None, ...]


def verify_holder(by: Acting, *, at: datetime) -> None:
    """Return nothing for the holder of the post acted from, in the own right; raises Refused for a borrowed post."""
    if by.post is None or by.on_behalf is not None:
        raise Refused
    org.find_standing(by, on=day_of(at))


def find_own_view(by: Acting, *, at: datetime) -> datetime | None:
    """Return since when the holder has the own view open, or None while it is closed. Raises Refused."""
    verify_holder(by, at=at)
    return store.opened_at(by.post or 0, by.person)


def find_own_rhythm(by: Acting, *, at: datetime) -> OwnRhythm:
    """Return the acts of this holder in this post, of the last 12 months. Raises Refused, OwnViewClosed."""
    since = find_own_view(by, at=at)
    if since is None:
        raise OwnViewClosed
    table = ledger.act_columns(ACTS, to=at, post=by.post, person=by.person)
    return _count(table.filter(pc.not_equal(table["programme"], "")), since, day_of(at - timedelta(microseconds=1)))


def _count(table: pa.Table, since: datetime, last: date) -> OwnRhythm:
    end = int(month_numbers(np.array([(last - EPOCH).days]))[0])
    months = np.arange(end - MONTHS + 1, end + 1)
    rows = {
        (request, programme): int(month)
        for request, programme, month in zip(
            table["request"].to_pylist(),
            table["programme"].to_pylist(),
            month_numbers(day_numbers(table["at"])),
            strict=True,
        )
    }
    programmes = sorted({programme for (_, programme), month in rows.items() if month >= months[0]})
    counts = np.zeros((len(programmes), MONTHS), np.int64)
    for (_, programme), month in rows.items():
        if month >= months[0]:
            counts[programmes.index(programme), month - months[0]] += 1
    return OwnRhythm(
        since,
        tuple(_month(month) for month in months.tolist()),
        tuple(programmes),
        tuple(tuple(row) for row in counts.tolist()),
        tuple(entropy(column) for column in counts.T),
    )


def _month(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{1970 + year}-{month + 1:02d}"


@act
def open_own_rhythm(by: Acting, *, at: datetime) -> Receipt:
    """Open the own view of the post one holds, with its date; the receipt is empty: nobody else is to learn of it."""
    verify_holder(by, at=at)
    store.open_view(by.post or 0, by.person, at)
    return Receipt(by.request, ())


@act
def close_own_rhythm(by: Acting, *, at: datetime) -> Receipt:
    """Close the own view again and forget its date; the receipt is empty."""
    verify_holder(by, at=at)
    store.close_view(by.post or 0, by.person)
    return Receipt(by.request, ())
