"""Loops that Numba compiles and keeps on disk, seen by a caller as plain functions; and work shared among cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])
J = TypeVar("J")


def compiled(function: F) -> F:
    """Return the function compiled for the machine on first use; the machine code is cached beside its file.

    It lets other threads run meanwhile, so a caller must not hand the same array to two that write in it.
    """
    return cast(F, numba.njit(cache=True, nogil=True)(function))


def side_by_side(work: Callable[[J], object], jobs: Iterable[J]) -> None:
    """Return nothing when `work` has done every job, as many at a time as there are cores; the first error is raised.

    Worth it where `work` spends its time in compiled loops. Jobs must not depend on each other or on their order.
    """
    # read from the settings: asking numba itself would start threads of its own, which a later fork does not survive
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS) as pool:  # type: ignore[attr-defined]
        for _ in pool.map(work, jobs):
            pass
