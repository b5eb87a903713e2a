"""The floor under every durable figure: one flush, and one durable row by raw SQLite."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bench.harness import Bench, flush_seconds

ROWS = 300


def run(bench: Bench) -> None:
    """Measure the disk itself."""
    bench.figure("one flush (fsync of 4 KB)", flush_seconds() * 1000, "ms")
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "f", isolation_level=None)) as db,
    ):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE t (x)")

        def rows() -> None:
            for _ in range(ROWS):
                db.execute("INSERT INTO t VALUES (1)")

        bench.figure("durable single rows by raw SQLite", ROWS / bench.median(rows), "/s")
