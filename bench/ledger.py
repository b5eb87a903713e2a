"""The ledger: recording against raw executemany into the same tables, verifying, and writers that wait for no head."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.harness import Bench, flush_seconds

ENTRIES, BATCH, SLICES = 1_000_000, 2_000, 5
WRITERS, SECONDS = 8, 3.0
T0 = datetime(2026, 3, 2, tzinfo=UTC)
TABLES = ("ledger_entry", "ledger_sealed", "ledger_loop", "ledger_subject", "ledger_text")


def run(bench: Bench) -> None:
    """Record and verify on SQLite, then let eight writers loose on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        open_office(home)
        record_and_verify(bench, home, Path(folder) / "raw.sqlite3")
        act_one_by_one(bench)
    write_at_once(bench)


def open_office(root: Path) -> None:
    """Make an empty office and set Django up in it."""
    from yunzhang.kit.home import Home, write_home

    write_home(Home(root))
    os.environ.update(YUNZHANG_HOME=str(root), DJANGO_SETTINGS_MODULE="yunzhang.web.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def drafts(loops: int) -> list[Any]:
    """Four entries a loop: opened, signed, answered, accepted; every opening brings a subject."""
    from yunzhang.base.ids import uuid7
    from yunzhang.ground.ledger.terms import Draft, Loop, Subject, Verb

    made = []
    for _ in range(loops):
        loop = Loop(
            uuid7(T0), "directive", uuid7(T0), None, 1, random.randrange(2000), 3, "府纪〔2026〕3号", "territorial",
            "vertical", "p", T0, T0 + timedelta(days=30),
        )  # fmt: skip
        made.append(
            Draft(loop.id, Verb.OPENED, opens=loop, subject=Subject(loop.subject, "directives", "推进共享", "p"))
        )
    return made + [Draft(one.loop, verb) for verb in (Verb.SIGNED, Verb.ANSWERED, Verb.ACCEPTED) for one in made]


def record_and_verify(bench: Bench, home: Path, raw_file: Path) -> None:
    """Grow both databases side by side, slice by slice, so that load and size weigh on both alike."""
    from yunzhang.ground.ledger import actions

    entries = int(ENTRIES * bench.scale)
    with closing(sqlite3.connect(home / "yunzhang.sqlite3")) as empty, closing(sqlite3.connect(raw_file)) as copy:
        empty.backup(copy)
    ours, raw, done = [], [], 0
    with closing(connect(raw_file)) as copy, closing(sqlite3.connect(home / "yunzhang.sqlite3")) as source:
        for _ in range(SLICES):
            size = entries // SLICES
            ours.append(size / timed_record(size))
            raw.append(size / timed_copy(source, copy, done, size))
            done += size
    bench.figure("flush", flush_seconds() * 1000, "ms")
    bench.figure(f"recorded to {done:,} entries", statistics.median(ours), "/s", aim="≥ 10,000", seconds=ours)
    bench.figure("raw executemany into the same tables", statistics.median(raw), "/s", seconds=raw)
    bench.ratio(
        "recorded / raw (median of slices)", statistics.median(map(lambda a, b: a / b, ours, raw)), 1, aim="≥ 0.6"
    )
    actions.write_checkpoint(datetime.now(UTC))

    def verify() -> None:
        assert actions.verify(is_deep=False).is_whole

    seconds = bench.times(verify)
    bench.figure(
        f"verified {done:,} entries, two processes", statistics.median(seconds), "s", aim="≤ 10", seconds=seconds
    )
    own = bench.times(actions.verify_database, runs=1)
    bench.figure("the database's own integrity check, beside it", own[0], "s")
    bench.memory("memory of the main process")


def timed_record(entries: int) -> float:
    """Return the seconds `record` took, in acts of one batch each; making the drafts is not counted."""
    from yunzhang.ground.ledger.actions import act, record
    from yunzhang.ground.ledger.terms import Acting

    @act
    def do(by: Acting, batch: list[Any], *, at: datetime) -> Any:
        return record(by, batch, at=at)

    seconds = 0.0
    for _ in range(entries // BATCH):
        batch = drafts(BATCH // 4)
        started = time.perf_counter()
        do(Acting("p", 1, 1), batch, at=T0)
        seconds += time.perf_counter() - started
    return seconds


def connect(file: Path) -> sqlite3.Connection:
    """Return a connection with the settings of the product's own."""
    copy = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "recursive_triggers=ON"):
        copy.execute(f"PRAGMA {pragma}")
    return copy


def timed_copy(source: sqlite3.Connection, copy: sqlite3.Connection, first: int, entries: int) -> float:
    """Return the seconds the same rows took by executemany, in transactions of the same size."""
    seconds = 0.0
    for start in range(first, first + entries, BATCH):
        batch = list(rows_of(source, start, start + BATCH))
        started = time.perf_counter()
        copy.execute("BEGIN IMMEDIATE")
        for table, rows in batch:
            copy.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
        copy.execute("COMMIT")
        seconds += time.perf_counter() - started
    return seconds


def rows_of(source: sqlite3.Connection, start: int, stop: int) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows one batch wrote, table by table."""
    picked = "(SELECT entry_id FROM ledger_sealed WHERE seq >= ? AND seq < ?)"
    loops = f"(SELECT loop_id FROM ledger_entry WHERE id IN {picked} AND step = 1)"
    wheres = {
        "ledger_entry": f"id IN {picked}",
        "ledger_sealed": f"entry_id IN {picked}",
        "ledger_loop": f"id IN {loops}",
        "ledger_subject": f"id IN (SELECT subject_id FROM ledger_loop WHERE id IN {loops})",
        "ledger_text": f"entry_id IN {picked}",
    }
    for table in TABLES:
        if rows := source.execute(f"SELECT * FROM {table} WHERE {wheres[table]}", (start, stop)).fetchall():
            yield table, rows


def act_one_by_one(bench: Bench) -> None:
    """What one act of one entry costs inside the demo's day, everything counted."""
    from yunzhang.ground.ledger.actions import act, day, record
    from yunzhang.ground.ledger.terms import Acting, Draft

    @act
    def note(by: Acting, loop: Any, *, at: datetime) -> Any:
        return record(by, [Draft(loop, "noted")], at=at)

    stream, count = uuid4(), 2_000

    def acts() -> None:
        with day(datetime.now(UTC)):
            for _ in range(count):
                note(Acting("p", 1, 1), stream, at=T0)

    seconds = bench.times(acts)
    bench.figure("one act of one entry inside a day", statistics.median(seconds) / count * 1000, "ms", aim="≤ 0.3")


def write_at_once(bench: Bench) -> None:
    """Eight raw writers of entries into the queue, against the same insert and one locked head row."""
    from tests.postgres import new_database, server

    with server() as address:
        database = new_database(address)
        env = {**os.environ, "YUNZHANG_DATABASE": database}
        env.pop("YUNZHANG_HOME", None)
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, env=env, check=True)
        import psycopg

        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("INSERT INTO ledger_head VALUES (1, 'bench', 'sha256', 0, '')")
        free, locked = [], []
        for _ in range(bench.runs):
            free.append(writers_rate(database, insert_only))
            locked.append(writers_rate(database, insert_and_head))
    bench.figure("eight writers, entry and queue", statistics.median(free), "/s", seconds=free)
    bench.figure("eight writers, the same and one head row", statistics.median(locked), "/s", seconds=locked)
    bench.ratio("queue / head row", statistics.median(free), statistics.median(locked), aim="≥ 2.5")


def insert_only(connection: Any) -> None:
    """Commit one entry and its place in the queue."""
    from yunzhang.ground.ledger.store.writes import INSERT_ENTRY, INSERT_PENDING

    entry = uuid4()
    row = (entry, uuid4(), 1, "noted", T0, 1, 1, "p", None, uuid4(), 0, b"x" * 400)
    connection.execute(INSERT_ENTRY, row)
    connection.execute(INSERT_PENDING, (entry,))


def insert_and_head(connection: Any) -> None:
    """The same under the head row's lock: a chained entry must know the head before it can be written."""
    connection.execute("UPDATE ledger_head SET size = size + 1 WHERE id = 1")
    insert_only(connection)


def writers_rate(database: str, insert: Callable[[Any], None]) -> float:
    """Return how many transactions a second eight processes commit."""
    context = get_context("fork")
    counts = context.Queue()
    writers = [context.Process(target=writer, args=(database, insert, counts)) for _ in range(WRITERS)]
    for one in writers:
        one.start()
    total = sum(counts.get() for _ in writers)
    for one in writers:
        one.join()
    return total / SECONDS


def writer(database: str, insert: Callable[[Any], None], counts: Any) -> None:
    """Commit until the time is over."""
    import psycopg

    with psycopg.connect(database) as connection:
        count, end = 0, time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            insert(connection)
            connection.commit()
            count += 1
    counts.put(count)
