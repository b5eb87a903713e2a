"""All one may ask of the ledger: `act`, `day`, `record`, sealing, and looks at loops, entries, subjects, receipts.

Rooms write through `record` inside an `@act`; nothing else touches the ledger's tables.
"""

from yunzhang.ground.ledger.actions.acting import act, day
from yunzhang.ground.ledger.actions.looks import (
    find_children,
    find_entry,
    find_loop,
    find_loops,
    find_receipt,
    find_subjects,
    find_texts,
    list_entries,
    list_loops_about,
    list_sealed,
)
from yunzhang.ground.ledger.actions.recording import record
from yunzhang.ground.ledger.actions.sealing import find_checkpoint, list_checkpoints, seal

__all__ = [
    "act",
    "day",
    "find_checkpoint",
    "find_children",
    "find_entry",
    "find_loop",
    "find_loops",
    "find_receipt",
    "find_subjects",
    "find_texts",
    "list_checkpoints",
    "list_entries",
    "list_loops_about",
    "list_sealed",
    "record",
    "seal",
]
