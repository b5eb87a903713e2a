"""Identifiers: UUIDv7 from a given moment, and six-digit base-36 path segments. Order never comes from them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from itertools import count
from uuid import UUID

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SEGMENT = 6
_SOURCE: ContextVar[Callable[[int], bytes]] = ContextVar("noise", default=secrets.token_bytes)


def noise(size: int) -> bytes:
    """Return `size` unpredictable bytes; inside `seeded` they repeat with the seed."""
    return _SOURCE.get()(size)


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Make `noise` repeatable: only a home born simulated may use it, so that the same seed gives the same bytes."""
    turns = count()
    token = _SOURCE.set(lambda size: hashlib.shake_128(f"{seed}:{next(turns)}".encode()).digest(size))
    try:
        yield
    finally:
        _SOURCE.reset(token)


def uuid7(at: datetime, chance: bytes | None = None) -> UUID:
    """Return a UUIDv7 for the moment `at` (RFC 9562 §5.7); `chance` (10 bytes) makes it reproducible.

    >>> from datetime import UTC
    >>> uuid7(datetime(2026, 11, 23, tzinfo=UTC), bytes(10)).hex
    '01a205b3d00070008000000000000000'
    """
    millis = int(at.timestamp() * 1000)
    bits = int.from_bytes(chance or noise(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (bits >> 68 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | bits & (1 << 62) - 1)


def segment(number: int) -> str:
    """Return the six-digit base-36 path segment of a unit's number, 0 <= number < 36**6.

    >>> segment(36)
    '000010'
    """
    if not 0 <= number < 36**SEGMENT:
        raise ValueError(number)
    digits = []
    for _ in range(SEGMENT):
        number, rest = divmod(number, 36)
        digits.append(DIGITS[rest])
    return "".join(reversed(digits))


def path_ids(path: str) -> tuple[int, ...]:
    """Return the unit numbers on a path such as '000001.00000a.', highest unit first.

    >>> path_ids("000001.00000a.")
    (1, 10)
    """
    return tuple(int(part, 36) for part in path.split(".") if part)
