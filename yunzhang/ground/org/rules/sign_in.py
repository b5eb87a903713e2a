"""Pure decision of the sign-in page: when a name or an address has failed too often. Time is counted by the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_locked"]


def is_locked(failures: tuple[int, int, int], limits: Mapping[str, int]) -> bool:
    """Return whether failures (of this account from this address, of the account, of the address) reach a limit.

    >>> is_locked((4, 4, 4), {"failures_same": 5, "failures_account": 20, "failures_address": 60})
    False
    """
    same, of_account, of_address = failures
    return (
        same >= limits["failures_same"]
        or of_account >= limits["failures_account"]
        or of_address >= limits["failures_address"]
    )
