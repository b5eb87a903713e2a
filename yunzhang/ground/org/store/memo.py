"""What a long transaction has already looked up: standings and lines, for building a home in one process.

Only inside `remembering()`; every change of the organisation in the same process forgets all of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

_memo: ContextVar[dict[Hashable, Any] | None] = ContextVar("org_memo", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what is looked up until the end of this block, or until the organisation changes."""
    token = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(token)


def remembered() -> dict[Hashable, Any]:
    """Return what this block remembers; outside one, an empty thing nobody keeps."""
    memo = _memo.get()
    return {} if memo is None else memo


def is_remembering() -> bool:
    """Return whether what is looked up now is kept."""
    return _memo.get() is not None


def forget() -> None:
    """Forget everything: the organisation has changed."""
    remembered().clear()
