"""Sealing: entries get their place in the one order, the tree grows, and a head of it is signed.

SQLite seals inside the act's own transaction; on PostgreSQL `seal` works off the queue. Commit point: the head row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from yunzhang.base.merkle import Frontier, leaf_hash
from yunzhang.ground.ledger.store import looks, writes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from yunzhang.ground.ledger.terms import Checkpoint

BATCH = 5_000


def seal_leaves(leaves: Sequence[tuple[UUID, bytes]]) -> list[int]:
    """Return the numbers given to these leaves, appended to the tree in order."""
    if not leaves:
        return []
    head = load_head()
    writes.insert_sealed(head.size, leaves)
    grown = head.extended(leaf for _, leaf in leaves)
    writes.update_head(grown)
    return list(range(head.size, grown.size))


def load_head() -> Frontier:
    """Return the tree's frontier; the first call names the ledger for life."""
    head = writes.load_head()
    if head is None:
        writes.insert_head(origin_name())
        return Frontier()
    return head[1]


def origin_name() -> str:
    """Return the name a new ledger gets: its home's folder, marked where the home is simulated."""
    home = settings.HOME
    if home is None:
        return "yunzhang.invalid/unhoused"
    return f"yunzhang.invalid/{'simulated/' if home.is_simulated else ''}{home.root.name or 'home'}"


def seal(now: datetime) -> int:
    """Return how many waiting entries were sealed."""
    count = 0
    while waiting := _seal_batch():
        count += waiting
        if waiting < BATCH:
            break
    write_due_checkpoint(now)
    return count


def _seal_batch() -> int:
    with transaction.atomic():
        waiting = writes.load_pending(BATCH)
        seal_leaves([(entry, leaf_hash(body)) for _, entry, body in waiting])
        writes.delete_pending([number for number, _, _ in waiting])
    return len(waiting)


def write_due_checkpoint(at: datetime) -> None:
    """Sign the head where it has grown since the last checkpoint, at most once a second."""


def find_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint, or None."""
    return next(iter(looks.checkpoints(1)), None)


def list_checkpoints(limit: int = 50) -> list[Checkpoint]:
    """Return the newest checkpoints, newest first."""
    return looks.checkpoints(limit)
