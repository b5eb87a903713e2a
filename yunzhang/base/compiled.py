"""One typed decorator for loops that Numba compiles and keeps on disk; a caller sees a plain function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return the function compiled for the machine on first use; the machine code is cached beside its file."""
    return cast(F, numba.njit(cache=True)(function))
