"""One worker per office: a lock on the home's folder, and on PostgreSQL one in the database for several machines."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from yunzhang.base.errors import YunzhangError, zh

NUMBER = 0x59554E5A48414E47 >> 8  # "YUNZHAN": any fixed number no other program of the database uses


class AlreadyRunning(YunzhangError):
    """Another worker already serves this office."""

    code = "already_running"
    category = "conflict"
    what = zh("该办公室已有一个后台进程在运行。")
    why = zh("每个办公室只能有一个后台进程，以保证台账顺序唯一。")
    do = zh("请先停止正在运行的 yunzhang serve 或 yunzhang work。")


@contextmanager
def only_worker(folder: Path) -> Iterator[None]:
    """Hold the office's worker lock; raises AlreadyRunning where another process holds it."""
    with (folder / "worker.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning from error
        hold_database()
        yield


def hold_database() -> None:
    """On PostgreSQL take the worker's lock for this connection's life; raises AlreadyRunning where it is taken."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [NUMBER])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
