"""Loops that Numba compiles and keeps on disk, seen by a caller as plain functions; and work shared among cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

F = TypeVar("F", bound=Callable[..., object])
J = TypeVar("J")


def compiled(function: F) -> F:
    """Return the function compiled for the machine on first use; the machine code is cached beside its file.

    It lets other threads run meanwhile, so a caller must not hand the same array to two that write in it.
    """
    made = numba.njit(nogil=True)(function)
    cache: object = _Cache(function)  # type: ignore[no-untyped-call]
    made._cache = cache  # type: ignore[attr-defined]  # as njit(cache=True) does, with our key
    return cast(F, made)


class _Cache(FunctionCache):
    """The machine code on disk, known by all it was made from.

    numba looks at the function's own file alone; what it calls from other files is woven in too, so that after a change
    there old code would run on without a word.
    """

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), content_digest(self._py_func))  # type: ignore[no-untyped-call]

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except (AttributeError, ImportError):  # an entry names a class that is gone since: begin anew
            self.flush()  # type: ignore[no-untyped-call]
            return None


def content_digest(function: Callable[..., object]) -> str:
    """Return a digest of a function's code with all compiled functions and constants it names, however far away."""
    seen: dict[Callable[..., object], None] = {}
    waiting, found = [getattr(function, "py_func", function)], sha256()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen[one] = None
        code = cast(FunctionType, one).__code__
        found.update(_spell(code))
        for name in code.co_names:
            value = cast(FunctionType, one).__globals__.get(name)
            if isinstance(value, Dispatcher):
                waiting.append(value.py_func)
            else:
                found.update(_spell((name, value)))
    return found.hexdigest()


def _spell(value: object) -> bytes:
    # numbers, texts, tables and the fields of bundles; of anything else its kind
    if isinstance(value, CodeType):
        return value.co_code + b"".join(_spell(each) for each in value.co_consts)
    if isinstance(value, tuple):
        return b"(" + b",".join(_spell(each) for each in value) + b")"
    if isinstance(value, np.ndarray):
        return repr((value.dtype, value.shape)).encode() + value.tobytes()
    if isinstance(value, (int, float, str, bytes, np.generic, type(None))):
        return repr(value).encode()
    return repr(getattr(value, "_fields", type(value).__name__)).encode()


def side_by_side(work: Callable[[J], object], jobs: Iterable[J]) -> None:
    """Return nothing when `work` has done every job, as many at a time as there are cores; the first error is raised.

    Worth it where `work` spends its time in compiled loops. Jobs must not depend on each other or on their order.
    """
    # read from the settings: asking numba itself would start threads of its own, which a later fork does not survive
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS) as pool:  # type: ignore[attr-defined]
        for _ in pool.map(work, jobs):
            pass
