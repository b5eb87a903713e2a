"""`kill -9` at any moment: no acknowledged act is lost, no act is half, the ledger verifies whole.

The acknowledgements are kept here, in a process that is never killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.survival.conftest import Nursery
from yunzhang.ground.ledger.store.writes import SEQUENCER

KILLS, INSIDE = 52, 10
CHECK_EVERY = 4
ROUNDS = 6


class Book:
    """What was begun, what was acknowledged, and how many kills fell inside an open transaction."""

    def __init__(self) -> None:
        self.begun: dict[str, bool] = {}
        self.inside = 0

    def follow(self, nursery: Nursery, chance: random.Random, *, aim_inside: bool, children: int) -> None:
        """Read lines until the moment to kill has come, kill, and read what was still said."""
        born, deadline, inside = [], time.monotonic() + 5, ""
        patience = chance.uniform(0.01, 0.12)
        while True:
            words = nursery.line()
            inside = self.note(words, inside)
            if words[0] == "born":
                born.append(int(words[1]))
                deadline = time.monotonic() + patience
            is_time = bool(inside) if aim_inside else time.monotonic() > deadline
            if len(born) == children and is_time and time.monotonic() > deadline - patience / 2:
                break
        time.sleep(chance.uniform(0, 0.002))
        for pid in born:
            os.kill(pid, signal.SIGKILL)
        for _ in born:
            while (words := nursery.line())[0] != "dead":
                inside = self.note(words, inside)
        self.inside += bool(inside)

    def note(self, words: list[str], inside: str) -> str:
        """Keep a line; returns the request whose transaction is open."""
        assert words[0] != "failed", words
        if words[0] == "begin":
            self.begun[words[1]] = False
        elif words[0] == "ack":
            assert words[2] == "3"
            self.begun[words[1]] = True
            return ""
        return words[1] if words[0] == "in" else inside


def checked(nursery: Nursery, book: Book, file: Path) -> int:
    file.write_text(json.dumps(book.begun), "utf-8")
    nursery.told("settle")
    found = json.loads(" ".join(nursery.told(f"check {file}")[-1][1:]))
    assert found["wrong"] == []
    assert found["faults"] == []
    return int(found["size"])


def test_killed_at_random_moments_nothing_acknowledged_is_lost(
    nursery: Nursery, engine: Callable[[], str], tmp_path: Path
) -> None:
    seed = int(os.environ.get("YUNZHANG_SEED", time.time_ns() % 1_000_000))
    print(f"seed {seed}")
    chance, book, file = random.Random(seed), Book(), tmp_path / "acknowledged.json"
    with_worker = engine() == "postgresql"
    for number in range(KILLS):
        children = [f"stream {seed}-{number}"] + (["worker"] if with_worker else [])
        nursery.ask(*children)
        book.follow(nursery, chance, aim_inside=number % 3 == 0, children=len(children))
        if number % CHECK_EVERY == CHECK_EVERY - 1:
            checked(nursery, book, file)
    size = checked(nursery, book, file)
    acknowledged = sum(book.begun.values())
    print(f"{KILLS} kills, {book.inside} inside a transaction, {acknowledged} acts acknowledged, {size} entries")
    assert book.inside >= INSIDE
    assert size >= 3 * acknowledged > 0


def test_the_same_act_submitted_twice_at_once_is_one_act(nursery: Nursery) -> None:
    for _ in range(ROUNDS):
        start = time.time() + 0.06
        said = nursery.told(*[f"twice {request} {start}" for request in [uuid4()] * 2])
        assert [words[0] for words in said] == ["receipt", "receipt"]
        assert said[0] == said[1]


def test_of_two_who_act_on_one_loop_at_once_one_wins_and_the_other_is_told(nursery: Nursery) -> None:
    for _ in range(ROUNDS):
        loop = uuid4()
        nursery.told(f"open {loop}")
        start = time.time() + 0.06
        said = sorted(nursery.told(*[f"rival {loop} {start}"] * 2))
        assert said == [["told", "step_taken"], ["won"]]


def test_nobody_waits_for_the_head(nursery: Nursery, engine: Callable[[], str]) -> None:
    if engine() == "sqlite":
        pytest.skip("SQLite has one writer")
    with psycopg.connect(nursery.database) as held:
        held.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER])
        held.execute("LOCK TABLE ledger_head IN ACCESS EXCLUSIVE MODE")
        held.execute("LOCK TABLE ledger_sealed IN EXCLUSIVE MODE")
        assert nursery.told("hurried 200ms") == [["acted"]]
