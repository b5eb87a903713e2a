"""`yunzhang work`: the one worker of an office.

Seals the ledger (PostgreSQL), runs jobs and timers, signs checkpoints.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
from collections.abc import Callable
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
    """What the two loops of the worker share."""

    ending: threading.Event = field(default_factory=threading.Event)
    parent: int = field(default_factory=os.getppid)
    holds_lock: bool = True  # `only_worker` has taken it

    def end(self, *_: object) -> None:
        """Ask both loops to end after their round."""
        self.ending.set()


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
            while seal_round() + slow_round(lambda: False):
                pass
            return
        rounds = Rounds()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, rounds.end)
        release_jobs()
        slow = threading.Thread(target=run_slowly, args=(rounds,), daemon=True)
        slow.start()
        while not rounds.ending.is_set() and (not with_parent or os.getppid() == rounds.parent):
            beat(rounds)
        rounds.end()
        slow.join(PATIENCE)  # a job cut short is taken up again after its lease


def release_jobs() -> None:
    """Give back what a worker that was killed had taken: beside an embedded database there is no other than this one.

    Elsewhere another machine's worker may be at it: there its lease must end.
    """
    from django.db import connection

    from yunzhang.kit.jobs import release_taken

    if connection.vendor == "sqlite":
        outlives(release_taken)


def beat(rounds: Rounds) -> None:
    """Seal once; a database that went away is waited for, then locked and used again."""
    from django.db import connection

    def seal_holding_the_lock() -> None:
        if not rounds.holds_lock:
            hold_database()
            rounds.holds_lock = True
        seal_round()

    if not outlives(seal_holding_the_lock):
        rounds.holds_lock = False  # it went with the connection
    embedded = connection.vendor == "sqlite"  # sealed by the acts themselves: only checkpoints are left to do
    rounds.ending.wait(PATIENCE if not rounds.holds_lock else SECOND if embedded else BEAT)


def run_slowly(rounds: Rounds) -> None:
    """Run jobs and timers in a thread of their own: the longest of them must not keep entries from being sealed."""
    while not rounds.ending.is_set():
        try:
            outlives(lambda: slow_round(rounds.ending.is_set))
        except Exception:
            log.exception("jobs and timers")  # the next round tries again
        rounds.ending.wait(SECOND)


def outlives(call: Callable[[], object]) -> bool:
    """Run a call; where the database went away, drop the connection and return False."""
    from django.db import InterfaceError, OperationalError, connection

    try:
        call()
    except (OperationalError, InterfaceError) as error:
        log.warning("database: %s", str(error).strip())
        connection.close()
        return False
    return True


def seal_round() -> int:
    """Seal what waits and sign a checkpoint where the ledger grew; returns how many entries were sealed."""
    from yunzhang.ground.ledger.actions import seal

    return seal(datetime.now(UTC))


def slow_round(is_over: Callable[[], bool]) -> int:
    """Run due timers and jobs, each at its own moment, so that what is asked for meanwhile is due too.

    Returns how many jobs ran.
    """
    from yunzhang.kit.jobs import run_jobs, run_timers

    ran = 0
    while not is_over():
        run_timers(datetime.now(UTC))
        if not run_jobs(datetime.now(UTC), limit=1):
            break
        ran += 1
    return ran


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
