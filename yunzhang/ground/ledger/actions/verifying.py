"""`verify`: everything stored is compared with everything it must agree with; it changes nothing.

Bytes against leaves, columns against bytes, loops against replay, texts and subjects against digests, the tree against
its signed heads, triggers and the database's own check. A cut tail signed anew shows only in `against`.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.actions import scanning
from yunzhang.ground.ledger.actions.heads import Heads
from yunzhang.ground.ledger.actions.scanning import BLOCK, Part, dashed, scan_part
from yunzhang.ground.ledger.store import rows, scan, triggers
from yunzhang.ground.ledger.terms import Fault, Report, Verb, Verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

KEPT = "verification.json"
WORTH_A_PROCESS = 20_000
NOT_QUEUED = zh("存证未编号，也不在待编号队列中")
LOOP_COUNT = zh("事项数与开立的存证数不符")
SUBJECT = zh("主题与摘要不符")
NO_TRIGGER = zh("数据库触发器缺失或被更改")
DAMAGE = zh("数据库报告损坏")


def verify(*, against: str | None = None, processes: int = 2, is_deep: bool = True) -> Report:
    """Return what agrees and what does not; `against` is an earlier checkpoint kept elsewhere.

    `is_deep` also runs SQLite's own integrity check. Raises: KeyMissing where signatures cannot be checked.
    """
    try:
        return _verify(against, processes, is_deep=is_deep)
    except (DatabaseError, sqlite3.DatabaseError) as damage:
        return Report(0, 0, (Fault(None, None, DAMAGE, str(damage)),))


def verify_database() -> Report:
    """Return what the database's own check says (SQLite); PostgreSQL checks pages as it reads them."""
    try:
        said = scan.integrity()
    except (DatabaseError, sqlite3.DatabaseError) as damage:
        said = str(damage)
    faults = () if said in ("", "ok") else (Fault(None, None, DAMAGE, said),)
    return Report(0, 0, faults, integrity=said)


def keep_verification(report: Report, *, at: datetime) -> None:
    """Keep what a verification in the background found, beside the tables: it is no part of the record."""
    bad = report.first_bad
    facts = {
        "at": rules.moment_text(at),
        "is_whole": report.is_whole,
        "entries": report.entries,
        "sealed": report.sealed,
        "first_seq": bad.seq if bad else None,
        "first_entry": bad.entry if bad else None,
        "what": bad.what if bad else "",
    }
    if settings.HOME is not None:
        (settings.HOME.files / KEPT).write_text(json.dumps(facts, ensure_ascii=False), "utf-8")


def find_verification() -> Verification | None:
    """Return what the last verification in the background found, or None before the first."""
    if settings.HOME is None or not (settings.HOME.files / KEPT).exists():
        return None
    facts = json.loads((settings.HOME.files / KEPT).read_text("utf-8"))
    return Verification(**{**facts, "at": rules.read_moment(facts["at"])})


def _verify(against: str | None, processes: int, *, is_deep: bool) -> Report:
    with scan.reader() as reader:
        (entries, sealed, _, _), (stop, texts) = reader.counts(), reader.ends()
        heads = Heads(settings.HOME, stop, reader.head(), reader.checkpoints(), against)
    parts = _parts(stop, texts, heads.sizes, processes if scan.can_split() else 1)
    faults = [fault for part in parts for fault in (*part.faults, *part.words)]
    with scan.reader() as reader:
        reader.tolerate()
        derived = _whole(reader, parts, stop)
    # A damaged entry drags its loop and subject along; their faults must not name an earlier entry than the damage.
    faults += [replace(one, seq=None) for one in derived] if faults else derived
    if all(part.is_gapless for part in parts):
        faults += heads.faults(parts, is_clean=not faults)
    vendor = connection.vendor
    faults += [Fault(None, None, NO_TRIGGER, name) for name in triggers.missing_triggers(vendor)]
    own = verify_database() if is_deep else Report(0, 0)
    faults += own.faults
    return Report(entries, sealed, tuple(faults), len(heads.signed), heads.newest, own.integrity)


def _parts(stop: int, texts: int, sizes: Sequence[int], processes: int) -> list[Part]:
    count = max(1, min(processes, stop // WORTH_A_PROCESS))
    edges = [stop * i // count // BLOCK * BLOCK for i in range(count)] + [stop]
    words = [texts * i // count for i in range(count)] + [texts]
    jobs = [((edges[i], edges[i + 1]), sizes, (words[i], words[i + 1])) for i in range(count)]
    if count == 1:
        return [scan_part(*jobs[0])]
    connection.close()  # a forked child must never touch the parent's connection
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(scan_part, *zip(*jobs, strict=True)))


def _whole(reader: scan.Reader, parts: Sequence[Part], stop: int) -> list[Fault]:
    rest = Part(opened=sum(part.opened for part in parts))
    for part in parts:
        rest.subjects |= part.subjects
        rest.unsettled |= part.unsettled
    _since(rest, reader.since(stop))
    entries, sealed, queued, loops = reader.counts()
    if entries != sealed + queued:
        strays = [Fault(None, dashed(row[0]), NOT_QUEUED) for row in reader.strays()]
        rest.faults += strays or [Fault(None, None, NOT_QUEUED, str(entries - sealed - queued))]
    rest.faults += _histories(reader, sorted(rest.unsettled))
    rest.faults += _subjects(reader, rest.subjects)
    if loops != rest.opened:
        rest.faults.append(Fault(None, None, LOOP_COUNT, f"{loops} / {rest.opened}"))
    return rest.faults


def _since(rest: Part, stored: Iterable[tuple[Any, ...]]) -> None:
    """Entries that came while the parts were read, and those that wait for their number."""
    view = scanning.column_view()
    for row in stored:
        entry, columns, body = dashed(row[0]), row[1:11], row[11]
        try:
            found = json.loads(body)
            if columns != view(found):
                rest.faults.append(Fault(None, entry, scanning.COLUMNS))
            rest.unsettled.add(found["loop"])
            rest.opened += found["verb"] == Verb.OPENED
            if "subject" in found["data"]:
                rest.subjects[found["data"]["subject"]["id"]] = found["digests"]["subject"], None, entry
        except (ValueError, KeyError, TypeError):
            rest.faults.append(Fault(None, entry, scanning.BODY))


def _histories(reader: scan.Reader, streams: Sequence[str]) -> list[Fault]:
    """Fold whole streams again, at one moment, and compare their rows."""
    ids = [rows.uuid_out(UUID(stream)) for stream in streams if scanning.is_uuid(stream)]
    stored = {row[0]: row for row in reader.loops(ids)}
    faults: list[Fault] = []
    for stream, told in groupby(reader.histories(ids), key=lambda row: row[0]):
        loop, step, seq, entry = None, 0, None, ""
        for _, seq, raw, body in told:
            entry, step = dashed(raw), step + 1
            try:
                move = rules.entry_of(UUID(int=0), body)
                if move.step != step:
                    faults.append(Fault(seq, entry, scanning.OUT_OF_ORDER))
                loop = rules.fold(loop, move) if loop is not None or move.verb == Verb.OPENED else None
            except (YunzhangError, *scanning.UNREADABLE):
                faults.append(Fault(seq, entry, scanning.IMPOSSIBLE))
        expected = rows.loop_row(loop, sqlite=rows.is_sqlite()) if loop is not None else None
        if stored.get(stream) != expected:
            faults.append(Fault(seq, entry, scanning.LOOP_ROW))
    return faults


def _subjects(reader: scan.Reader, expected: scanning.Digests) -> list[Fault]:
    faults, left = [], dict(expected)
    for name, room, title, programme, salt in reader.subjects():
        digest, seq, entry = left.pop(dashed(name), ("", None, None))
        is_salted = type(salt) is bytes
        if not digest or not is_salted or rules.subject_digest(salt, room, programme, title) != digest:
            faults.append(Fault(seq, entry and dashed(entry), SUBJECT, dashed(name)))
    return faults + [Fault(seq, dashed(entry), SUBJECT, name) for name, (_, seq, entry) in left.items()]
