"""One act, one transaction, one receipt: the decorator of every change action, and the demo's many-acts day.

The same act key twice gives the first receipt; of two at once on one loop the first wins and the other is told.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from yunzhang.ground.ledger.actions import sealing
from yunzhang.ground.ledger.store import rows, writes
from yunzhang.ground.ledger.terms import Acting, Receipt, StepTaken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

P = ParamSpec("P")
DEADLOCK = "40P01"


@dataclass(slots=True)
class Scope:
    """One outermost transaction: the acts running in it, and the leaves it will seal at its end (SQLite)."""

    running: dict[UUID, list[UUID]] = field(default_factory=dict)  # act key -> entries so far
    leaves: list[tuple[UUID, bytes]] = field(default_factory=list)


_scope: ContextVar[Scope | None] = ContextVar("ledger_scope", default=None)


def current_scope() -> Scope:
    """Return the scope `record` writes in; raises RuntimeError outside every act."""
    scope = _scope.get()
    if scope is None:
        raise RuntimeError("record() is called inside an @act only")
    return scope


def act(function: Callable[Concatenate[Acting, P], Receipt]) -> Callable[Concatenate[Acting, P], Receipt]:
    """Make a change action one act: one transaction, one receipt, once per act key; nested calls join.

    Raises: StepTaken where somebody else moved the same loop first; whatever the action raises, with nothing changed.
    """

    @wraps(function)
    def wrapper(by: Acting, /, *args: P.args, **kwargs: P.kwargs) -> Receipt:
        scope = _scope.get()
        if scope is not None and by.request in scope.running:
            with transaction.atomic(savepoint=False):
                return function(by, *args, **kwargs)
        try:
            with _in_scope(scope) as inner, transaction.atomic():
                return _once(inner, by, lambda: function(by, *args, **kwargs), outermost=scope is None)
        except IntegrityError as clash:
            return _first_receipt(by.request, clash)
        except OperationalError as clash:
            if getattr(clash.__cause__, "sqlstate", "") == DEADLOCK:
                raise StepTaken from clash
            raise

    return wrapper


@contextmanager
def day(at: datetime) -> Iterator[None]:
    """Hold many acts in one transaction, sealed once at its end with a checkpoint at `at` (building the demo)."""
    with _in_scope(None) as scope, transaction.atomic():
        yield
        sealing.seal_leaves(scope.leaves)
        if settings.HOME is not None and rows.is_sqlite():
            sealing.sign_head(settings.HOME, at)
    if not rows.is_sqlite():
        sealing.seal(at)
        sealing.write_checkpoint(at)


@contextmanager
def _in_scope(outer: Scope | None) -> Iterator[Scope]:
    if outer is not None:
        yield outer
        return
    scope = Scope()
    token = _scope.set(scope)
    try:
        with rows.one_cursor():
            yield scope
    finally:
        _scope.reset(token)


def _once(scope: Scope, by: Acting, body: Callable[[], Any], *, outermost: bool) -> Receipt:
    if done := writes.entries_of_request(by.request):
        return receipt_of(by.request, done)
    mark, entries = len(scope.leaves), scope.running.setdefault(by.request, [])
    try:
        body()
    except BaseException:
        del scope.leaves[mark:]
        raise
    finally:
        del scope.running[by.request]
    seqs = sealing.seal_leaves(scope.leaves) if outermost else ()
    return Receipt(by.request, tuple(entries), tuple(seqs))


def receipt_of(request: UUID, done: list[tuple[UUID, int | None]]) -> Receipt:
    """Return the receipt of an act from its stored entries."""
    seqs = tuple(seq for _, seq in done if seq is not None)
    return Receipt(request, tuple(entry for entry, _ in done), seqs)


def _first_receipt(request: UUID, clash: IntegrityError) -> Receipt:
    # The clash rolled this act back. If the other one was the same press twice, its receipt is ours too.
    if done := writes.entries_of_request(request):
        return receipt_of(request, done)
    if rows.is_step_clash(clash):
        raise StepTaken from clash
    raise clash
