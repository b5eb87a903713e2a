"""A process with Django ready that forks children to be killed: a kill costs milliseconds, not a start of Python.

Run as a program. Each line on standard input forks one child (`stream SEED`, `worker`, `check FILE`, `pair KIND`, …);
children write their lines straight to standard output, the nursery adds `born PID` and `dead PID`.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

PAUSE = 0.003  # inside an open transaction, where a third of the kills shall fall


def say(*words: object) -> None:
    """Write one line in one piece, at once: what is written survives the writer."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def set_up() -> None:
    """Make the home's tables and name the ledger."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from yunzhang.kit.home import Home, write_home

    write_home(Home(Path(os.environ["YUNZHANG_HOME"]), database=os.environ.get("YUNZHANG_DATABASE", "sqlite")))
    call_command("migrate", verbosity=0)
    connections.close_all()
    # Imported here, before the first fork, or every child would spend its short life on it.
    importlib.import_module("tests.ledger.cast")
    importlib.import_module("yunzhang.kit.lists")


def stream(seed: str) -> None:
    """Act until killed: `begin` before each act, `in` inside its open transaction, `ack` once it has returned."""
    from tests.ledger.cast import new_loop, opening, who
    from yunzhang.base.ids import uuid7
    from yunzhang.ground.ledger.actions import act, record
    from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Verb

    chance = random.Random(seed)
    loops: list[UUID] = []

    @act
    def two_steps(by: Acting, drafts: list[Draft], *, at: datetime) -> Receipt:
        record(by, drafts, at=at)
        say("in", by.request)
        time.sleep(PAUSE if chance.random() < 0.3 else 0)
        return record(by, [Draft(drafts[0].loop, "noted")], at=at)

    while True:
        at = datetime.now(UTC)
        by = who(request=uuid7(at))
        if not loops or chance.random() < 0.5:
            loop = new_loop(at=at)
            drafts = [opening(loop), Draft(loop.id, Verb.SIGNED)]
            loops.append(loop.id)
        else:
            drafts = [Draft(chance.choice(loops), "progress", texts={"text": "进展"})] * 2
        say("begin", by.request)
        try:
            receipt = two_steps(by, drafts, at=at)
        except Exception as error:
            say("failed", by.request, type(error).__name__, error)
            return
        say("ack", by.request, len(receipt.entries))


def worker() -> None:
    """Seal until killed."""
    from yunzhang.ground.ledger.actions import seal

    while True:
        seal(datetime.now(UTC))
        time.sleep(0.002)


def settle() -> None:
    """Seal what waits and sign the head."""
    from yunzhang.ground.ledger.actions import seal, write_checkpoint

    seal(datetime.now(UTC))
    write_checkpoint(datetime.now(UTC))


def check(file: str) -> None:
    """Look for half acts and lost acts among the requests in the file, and verify the whole."""
    from yunzhang.ground.ledger.actions import find_receipt, verify
    from yunzhang.ground.ledger.terms import NoSuchEntry

    begun: dict[str, bool] = json.loads(Path(file).read_text("utf-8"))
    wrong = []
    for request, is_acknowledged in begun.items():
        try:
            count = len(find_receipt(UUID(request)).entries)
        except NoSuchEntry:
            count = 0
        if count != 3 and (count or is_acknowledged):
            wrong.append([request, is_acknowledged, count])
    report = verify(processes=1, is_deep=False)
    say("checked", json.dumps({"wrong": wrong, "faults": [str(one) for one in report.faults], "size": report.sealed}))


def twice(request: str, start: str) -> None:
    """Submit one act at the given moment; another child does the very same."""
    from tests.ledger.cast import T0, do, new_loop, opening, who

    wait_until(float(start))
    receipt = do(who(request=UUID(request)), [opening(new_loop())], at=T0)
    say("receipt", *receipt.entries)


def rival(loop: str, start: str) -> None:
    """Sign one loop at the given moment, having seen step 1; another child does so too."""
    from tests.ledger.cast import do, moment, who
    from yunzhang.base.errors import YunzhangError
    from yunzhang.ground.ledger.terms import Draft, Verb

    wait_until(float(start))
    try:
        do(who(), [Draft(UUID(loop), Verb.SIGNED, step=1)], at=moment(1))
        say("won")
    except YunzhangError as told:
        say("told", told.code)


def open_one(loop: str) -> None:
    """Open one loop."""
    from tests.ledger.cast import new_loop, opened

    opened(new_loop(id=UUID(loop)))
    say("opened")


def hurried(limit: str) -> None:
    """Act with a limit on how long any lock may be waited for."""
    from django.db import connection

    from tests.ledger.cast import opened

    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{limit}'")
    opened()
    say("acted")


def wait_until(moment: float) -> None:
    """Connect, then spin to the moment, so that two children meet."""
    from django.db import connection

    connection.ensure_connection()
    while time.time() < moment:
        pass


CHILDREN: dict[str, Callable[..., Any]] = {
    "stream": stream,
    "worker": worker,
    "settle": settle,
    "check": check,
    "twice": twice,
    "rival": rival,
    "open": open_one,
    "hurried": hurried,
}


def main() -> None:
    """Fork a child for every line, and tell when it has died."""
    set_up()
    say("ready")
    for line in sys.stdin:
        groups = [part.split() for part in line.strip().split("|")]
        pids = []
        for name, *words in groups:
            pid = os.fork()
            if pid == 0:
                try:
                    CHILDREN[name](*words)
                finally:
                    os._exit(0)
            say("born", pid)
            pids.append(pid)
        for pid in pids:
            os.waitpid(pid, 0)
            say("dead", pid)


if __name__ == "__main__":
    main()
