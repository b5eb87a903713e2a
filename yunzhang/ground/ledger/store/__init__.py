"""The ledger's tables and queries; only `ledger.actions` writes them.

Never lost: entry, sealed, checkpoint, text, subject. May be lost and rebuilt: loop (replay), pending, head, tiles.
"""

from yunzhang.ground.ledger.store.tables import (
    LedgerCheckpoint,
    LedgerEntry,
    LedgerHead,
    LedgerLoop,
    LedgerPending,
    LedgerSealed,
    LedgerSubject,
    LedgerText,
)

__all__ = [
    "LedgerCheckpoint",
    "LedgerEntry",
    "LedgerHead",
    "LedgerLoop",
    "LedgerPending",
    "LedgerSealed",
    "LedgerSubject",
    "LedgerText",
]
