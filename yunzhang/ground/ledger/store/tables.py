"""The eight tables of the ledger. Plain types, names of at most 30 characters, no foreign keys inside the record.

Immutable by trigger: entry, sealed, checkpoint. Erasable: text. Rebuilt from entries: loop, head.
"""

from __future__ import annotations

from django.db import models


class LedgerEntry(models.Model):
    """One act's one sentence; `body` is the canonical bytes that are hashed, the other columns repeat it."""

    id = models.UUIDField(primary_key=True)
    loop_id = models.UUIDField()
    step = models.IntegerField()
    verb = models.CharField(max_length=40)
    acted_at = models.DateTimeField()
    unit_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    person = models.CharField(max_length=80)
    on_behalf = models.BigIntegerField(null=True)
    request_id = models.UUIDField()
    ordinal = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_entry"
        constraints = [
            models.UniqueConstraint(fields=["loop_id", "step"], name="ledger_entry_loop_step"),
            models.UniqueConstraint(fields=["request_id", "ordinal"], name="ledger_entry_request"),
        ]


class LedgerPending(models.Model):
    """Entries waiting for the sequencer (PostgreSQL); the id only orders what one look at the queue sees."""

    id = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_pending"


class LedgerSealed(models.Model):
    """The order of the ledger: seq 0, 1, 2, … without a gap, each with its leaf hash."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    leaf = models.BinaryField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_sealed"


class LedgerCheckpoint(models.Model):
    """Signed tree heads; `note` is the C2SP checkpoint text with its signature lines."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    written_at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_checkpoint"


class LedgerLoop(models.Model):
    """Loops as the fold of their entries."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    parent_id = models.UUIDField(null=True)
    creditor = models.BigIntegerField()
    debtor = models.BigIntegerField()
    handled_by = models.BigIntegerField(null=True)
    authority = models.CharField(max_length=200)
    relation = models.CharField(max_length=20)
    axis = models.CharField(max_length=12)
    programme = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    step = models.IntegerField()
    returns = models.IntegerField()
    extended = models.IntegerField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_loop"
        indexes = [
            models.Index(fields=["debtor", "state"], name="ledger_loop_debtor"),
            models.Index(fields=["creditor", "state"], name="ledger_loop_creditor"),
            models.Index(fields=["handled_by"], name="ledger_loop_handler"),
            models.Index(fields=["parent_id"], name="ledger_loop_parent"),
            models.Index(fields=["subject_id"], name="ledger_loop_subject"),
        ]


class LedgerSubject(models.Model):
    """What loops and changes are about; the title may change, its salted digest stands in the ledger."""

    id = models.UUIDField(primary_key=True)
    room = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    programme = models.CharField(max_length=80)
    salt = models.BinaryField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_subject"


class LedgerText(models.Model):
    """Words beside an entry that may have to be erased; the ledger holds their salted digests only."""

    id = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField()
    name = models.CharField(max_length=40)
    salt = models.BinaryField()
    text = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_text"
        constraints = [models.UniqueConstraint(fields=["entry_id", "name"], name="ledger_text_entry_name")]


class LedgerHead(models.Model):
    """The one row of the tree's frontier, with the ledger's name and hash for life."""

    id = models.IntegerField(primary_key=True)
    origin = models.CharField(max_length=200)
    hash_name = models.CharField(max_length=20)
    size = models.BigIntegerField()
    frontier = models.BinaryField()

    class Meta:
        app_label = "yunzhang"
        db_table = "ledger_head"
