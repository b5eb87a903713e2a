"""The folder of a study: its tables as Parquet, written aside and renamed at the end; one loads at a time.

Trust and loss: a folder without a row in the table of studies is the rest of a broken load and is swept away.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from pyarrow import parquet

TABLES = ("units", "loops", "need", "due")
PART = ".part"
LOCK = ".lock"
SPOOL = "facets.jsonl"
BLOCK = 1 << 20


def root() -> Path:
    """Return HOME/studies, made on first use."""
    if settings.HOME is None:
        raise FileNotFoundError("studies need a home")
    folder: Path = settings.HOME.root / "studies"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def staging(name: str, known: Iterable[str]) -> Iterator[Path]:
    """Hold the only stage: rests of broken loads are swept away first, and the stage itself at the end."""
    folder = root()
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(folder, set(known))
        stage = folder / f".{name}{PART}"
        stage.mkdir(mode=0o700)
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _sweep(folder: Path, known: set[str]) -> None:
    for each in folder.iterdir():
        if each.is_dir() and each.name not in known:
            shutil.rmtree(each, ignore_errors=True)


def publish(stage: Path, name: str) -> None:
    """Give a finished stage its name: one rename."""
    (stage / SPOOL).unlink(missing_ok=True)
    stage.rename(root() / name)


def remove(name: str) -> None:
    """Remove the folder of a study."""
    shutil.rmtree(root() / name, ignore_errors=True)


def write_tables(stage: Path, tables: dict[str, pa.Table | None]) -> dict[str, str]:
    """Write the tables that are there; return the SHA-256 digest of each file."""
    digests = {}
    for name in TABLES:
        table = tables.get(name)
        if table is not None:
            parquet.write_table(table, stage / f"{name}.parquet", compression="zstd", row_group_size=250_000)
            digests[name] = digest(stage / f"{name}.parquet")
    return digests


def read_tables(name: str) -> dict[str, pa.Table]:
    """Return the tables of a study; raises FileNotFoundError where its folder is gone."""
    folder = root() / name
    files = {table: folder / f"{table}.parquet" for table in TABLES}
    found = {table: parquet.read_table(file) for table, file in files.items() if file.exists()}
    if not {"units", "loops"} <= set(found):
        raise FileNotFoundError(folder)
    return found


def digests_of(name: str) -> dict[str, str]:
    """Return the digests of a study's files as they are now."""
    files = {table: root() / name / f"{table}.parquet" for table in TABLES}
    return {table: digest(file) for table, file in files.items() if file.exists()}


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    found = hashlib.sha256()
    with file.open("rb") as data:
        for block in iter(lambda: data.read(BLOCK), b""):
            found.update(block)
    return found.hexdigest()


def write_facts(stage: Path, facts: dict[str, Any]) -> None:
    """Write what a study is made from beside its tables, so that the folder explains itself."""
    (stage / "study.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def spool(stage: Path, snapshots: Iterable[dict[str, Any]]) -> None:
    """Write snapshots aside, one programme a line of facts followed by its rows; none is held longer than written."""
    with (stage / SPOOL).open("w", encoding="utf-8") as out:
        for one in snapshots:
            rows = one.pop("rows")
            out.write(json.dumps({**one, "count": len(rows)}, ensure_ascii=False) + "\n")
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def spooled(stage: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[Any]]]]:
    """Yield each snapshot's facts with its rows; the rows are read before the next is asked for."""
    with (stage / SPOOL).open(encoding="utf-8") as file:
        for line in file:
            facts = json.loads(line)
            yield facts, (json.loads(file.readline()) for _ in range(facts.pop("count")))
