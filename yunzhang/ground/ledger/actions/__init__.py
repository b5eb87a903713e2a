"""All one may ask of the ledger: `act`, `day`, `record`, sealing, and looks at loops, entries, subjects, receipts.

Rooms write through `record` inside an `@act`; nothing else touches the ledger's tables.
"""

from yunzhang.ground.ledger.actions.acting import act, day
from yunzhang.ground.ledger.actions.looks import (
    act_columns,
    count_loops,
    find_children,
    find_entry,
    find_family,
    find_loop,
    find_loops,
    find_open_below,
    find_opened,
    find_receipt,
    find_record,
    find_subject_loops,
    find_subjects,
    find_texts,
    find_titles,
    list_entries,
    list_loops,
    list_programmes,
    list_record,
    list_records,
    list_sealed,
    loop_columns,
)
from yunzhang.ground.ledger.actions.recording import record
from yunzhang.ground.ledger.actions.sealing import (
    find_checkpoint,
    find_verifier_key,
    list_checkpoints,
    seal,
    write_checkpoint,
    write_tiles,
)
from yunzhang.ground.ledger.actions.verifying import find_verification, keep_verification, verify, verify_database

__all__ = [
    "act",
    "act_columns",
    "count_loops",
    "day",
    "find_checkpoint",
    "find_children",
    "find_entry",
    "find_family",
    "find_loop",
    "find_loops",
    "find_open_below",
    "find_opened",
    "find_receipt",
    "find_record",
    "find_subject_loops",
    "find_subjects",
    "find_texts",
    "find_titles",
    "find_verification",
    "find_verifier_key",
    "keep_verification",
    "list_checkpoints",
    "list_entries",
    "list_loops",
    "list_programmes",
    "list_record",
    "list_records",
    "list_sealed",
    "loop_columns",
    "record",
    "seal",
    "verify",
    "verify_database",
    "write_checkpoint",
    "write_tiles",
]
