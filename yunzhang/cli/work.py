"""`yunzhang work`: the one worker of an office.

Seals the ledger (PostgreSQL), runs jobs and timers, signs checkpoints.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from yunzhang.cli.speech import either
from yunzhang.kit.guard import hold_database, only_worker
from yunzhang.kit.home import current_home

BEAT = 0.2  # seconds between two sealings: what a receipt waits for on PostgreSQL
SECOND = 1.0  # jobs and timers are looked at once a second
PATIENCE = 2.0  # after the database went away
log = logging.getLogger("yunzhang.worker")


@dataclass
class Rounds:
    """When the slower rounds ran last, and whether the worker was asked to end."""

    slow_at: float = 0.0
    is_ending: bool = False
    holds_lock: bool = True  # `only_worker` has taken it
    parent: int = field(default_factory=os.getppid)

    def end(self, *_: object) -> None:
        """Ask the worker to end after this round."""
        self.is_ending = True


def work(
    once: Annotated[bool, typer.Option("--once", help=either("办完当前积压即退出", "End when nothing waits"))] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Run the worker until it is told to end, or once through."""
    home = current_home()
    assert home is not None  # noqa: S101 - the root has opened it
    open_rooms()
    with only_worker(home.root):
        if once:
            while seal_round() + slow_round():
                pass
            return
        rounds = Rounds()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, rounds.end)
        while not rounds.is_ending and (not with_parent or os.getppid() == rounds.parent):
            beat(rounds)


def beat(rounds: Rounds) -> None:
    """Do one round; a database that went away is waited for, then locked and used again."""
    from django.db import InterfaceError, OperationalError, connection

    started = time.monotonic()
    try:
        if not rounds.holds_lock:
            hold_database()
            rounds.holds_lock = True
        is_slow = started - rounds.slow_at >= SECOND
        if is_slow or connection.vendor == "postgresql":  # an embedded ledger is sealed by the acts themselves
            seal_round()
        if is_slow:
            rounds.slow_at = started
            slow_round()
    except (OperationalError, InterfaceError) as error:
        log.warning("database: %s", str(error).strip())
        connection.close()  # and with it the lock
        rounds.holds_lock = False
        time.sleep(PATIENCE)
    time.sleep(max(0.0, BEAT - (time.monotonic() - started)))


def seal_round() -> int:
    """Seal what waits and sign a checkpoint where the ledger grew; returns how many entries were sealed."""
    from yunzhang.ground.ledger.actions import seal

    return seal(datetime.now(UTC))


def slow_round() -> int:
    """Run due jobs and timers; returns how many jobs ran."""
    from yunzhang.kit.jobs import run_jobs, run_timers

    now = datetime.now(UTC)
    run_timers(now)
    return run_jobs(now)


def open_rooms() -> list[str]:
    """Import every room's commands, so that its jobs and timers are known; returns their names."""
    package = Path(__file__).resolve().parents[1]
    rooms = sorted(f"yunzhang.{room.parent.name}.{room.name}" for room in package.glob("*/*/") if _is_room(room))
    found = [f"{room}.commands" for room in rooms if find_spec(f"{room}.commands")]
    for name in found:
        importlib.import_module(name)
    return found


def _is_room(folder: Path) -> bool:
    floors = ("ground", "assets", "vertical", "horizontal", "governance")
    return folder.parent.name in floors and (folder / "__init__.py").exists()
