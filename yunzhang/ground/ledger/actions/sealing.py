"""Sealing: entries get their place in the one order, the tree grows, and a head of it is signed.

SQLite seals inside the act's own transaction; on PostgreSQL `seal` works off the queue. Commit point: the head row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from yunzhang.base.merkle import Frontier, leaf_hash
from yunzhang.base.note import Signer, TreeHead, checkpoint_text
from yunzhang.ground.ledger.store import keys, looks, rows, writes
from yunzhang.ground.ledger.store.tiles import TileFolder
from yunzhang.ground.ledger.terms import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from yunzhang.kit.home import Home

BATCH = 5_000
SECOND = timedelta(seconds=1)


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
    """Return the name a new ledger gets: its scheme and a random part, or that it is simulated."""
    home: Home | None = settings.HOME
    if home is None:
        return "yunzhang.invalid/unhoused"
    if home.is_simulated:
        return f"yunzhang.invalid/simulated/{home.scheme}"
    return f"yunzhang.invalid/{home.scheme}/{token_hex(6)}"


def seal(now: datetime) -> int:
    """Return how many waiting entries were sealed; where acts seal themselves (SQLite) nothing ever waits.

    Signs a checkpoint where the ledger has grown, at most one a second.
    Only one sequencer works at a time: a second one finds the lock taken and returns 0. Nobody else waits for it.
    """
    count = 0
    while waiting := 0 if rows.is_sqlite() else _seal_batch():
        count += waiting
        if waiting < BATCH:
            break
    last = find_checkpoint()
    if last is None or now - last.at >= SECOND:
        write_checkpoint(now)
    return count


def _seal_batch() -> int:
    with transaction.atomic():
        if not writes.try_sequencer_lock():
            return 0
        waiting = writes.load_pending(BATCH)
        seal_leaves([(entry, leaf_hash(body)) for _, entry, body in waiting])
        writes.delete_pending([number for number, _, _ in waiting])
    return len(waiting)


def write_checkpoint(at: datetime) -> Checkpoint | None:
    """Return the checkpoint signed over a head that has grown, or None; then write the tiles up to it.

    Every command calls it at its end; the worker does so through `seal`.
    """
    home: Home | None = settings.HOME
    if home is None or not has_grown():
        return None
    with transaction.atomic():
        written = sign_head(home, at)
    if written is not None and not connection.in_atomic_block:
        write_tiles()
    return written


def has_grown() -> bool:
    """Return whether entries were sealed since the newest checkpoint."""
    head, last = writes.load_head(), find_checkpoint()
    return head is not None and head[1].size > (last.size if last else 0)


def sign_head(home: Home, at: datetime) -> Checkpoint | None:
    """Return the checkpoint over the present head, kept in the table; None where none has grown since the last."""
    if not writes.try_sequencer_lock():
        return None
    head = writes.load_head()
    if head is None or not has_grown():
        return None
    origin, frontier = head
    tree = TreeHead(origin, frontier.size, frontier.root())
    moment, signer = at.replace(microsecond=0), signer_of(home, origin)
    note = signer.cosigned(signer.signed(checkpoint_text(tree)), int(moment.timestamp()))
    checkpoint = Checkpoint(tree.size, tree.root, moment, note)
    writes.insert_checkpoint(checkpoint)
    return checkpoint


def signer_of(home: Home, origin: str) -> Signer:
    """Return the home's signer; the key is made with the first checkpoint and never again."""
    if find_checkpoint() is None and not keys.key_file(home).exists():
        return keys.make_signer(home, origin)
    return keys.load_signer(home, origin)


def write_tiles(*, rebuild: bool = False) -> int:
    """Return the size up to which the tiles now stand: that of the newest checkpoint. `rebuild` drops them first."""
    home: Home | None = settings.HOME
    newest = find_checkpoint()
    if home is None or newest is None:
        return 0
    folder = TileFolder(home.tiles)
    if rebuild:
        folder.clear()
    folder.write(newest.size, newest.note)
    return newest.size


def find_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint, or None."""
    return next(iter(looks.checkpoints(1)), None)


def list_checkpoints(limit: int = 50) -> list[Checkpoint]:
    """Return the newest checkpoints, newest first."""
    return looks.checkpoints(limit)


def find_verifier_key() -> str:
    """Return the public key under which checkpoints are signed, as others configure it; "" before the first."""
    home: Home | None = settings.HOME
    head = writes.load_head()
    if home is None or head is None or not keys.key_file(home).exists():
        return ""
    return keys.load_signer(home, head[0]).verifier_key()
