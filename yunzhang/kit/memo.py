"""What one page, or one long transaction, has already looked up, so that it asks the database once.

A page that is read remembers until it is answered; a form never remembers: what it decides on, it reads afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
THROUGH_DAYS = "through days"
_memo: ContextVar[dict[Hashable, Any] | None] = ContextVar("memo", default=None)


@contextmanager
def remembering(*, through_days: bool = False) -> Iterator[None]:
    """Keep what is looked up until the end of this block, or until somebody says `forget`.

    `through_days`: the block spans many days (building a home), so what is kept must say until when it holds.
    """
    token = _memo.set({THROUGH_DAYS: True} if through_days else {})
    try:
        yield
    finally:
        _memo.reset(token)


def remembered() -> dict[Hashable, Any]:
    """Return what this block remembers; outside one, an empty thing nobody keeps."""
    memo = _memo.get()
    return {} if memo is None else memo


def spans_days() -> bool:
    """Return whether the block spans many days."""
    return THROUGH_DAYS in remembered()


def forget() -> None:
    """Forget everything: something that may have been looked up has changed."""
    memo = remembered()
    kept = spans_days()
    memo.clear()
    memo.update({THROUGH_DAYS: True} if kept else {})


def recall(key: Hashable, look: Callable[[], Found]) -> Found:
    """Return what was looked up under `key`, or look now."""
    memo = remembered()
    if key not in memo:
        memo[key] = look()
    return cast(Found, memo[key])


def recall_each(kind: str, keys: Iterable[Key], look: Callable[[list[Key]], dict[Key, Found]]) -> dict[Key, Found]:
    """Return what is known under each key, looking up only those not remembered; unknown ones are left out."""
    memo = remembered()
    wanted = list(dict.fromkeys(keys))
    fresh = [key for key in wanted if (kind, key) not in memo]
    if fresh:
        memo.update({(kind, key): found for key, found in look(fresh).items()})
    return {key: memo[kind, key] for key in wanted if (kind, key) in memo}
