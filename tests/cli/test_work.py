"""The worker's two loops: the longest job keeps no entry from being sealed, and a lost database is waited for."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import OperationalError

from yunzhang.cli import work as worker


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "home.toml").write_text('born = "real"\n', "utf-8")
    monkeypatch.setenv("YUNZHANG_HOME", str(tmp_path))
    for name in ("BEAT", "SECOND", "PATIENCE"):
        monkeypatch.setattr(worker, name, 0.02)
    monkeypatch.setattr(worker, "open_rooms", list)
    monkeypatch.setattr(worker, "release_jobs", lambda: None)
    held = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield tmp_path
    for number, handler in held.items():
        signal.signal(number, handler)


def run_for(seconds: float) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # until the worker listens
    ending = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
    ending.start()
    try:
        worker.work()
    finally:
        ending.cancel()


def test_a_long_job_keeps_nothing_from_being_sealed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed: list[float] = []
    monkeypatch.setattr(worker, "seal_round", lambda: sealed.append(time.monotonic()) or 0)
    monkeypatch.setattr(worker, "slow_round", lambda is_over: time.sleep(5) or 0)
    run_for(1.0)
    assert len(sealed) > 5


def test_failures_of_database_and_jobs_are_survived(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed: list[int] = []
    slow: list[int] = []

    def seal() -> int:
        sealed.append(1)
        if len(sealed) == 2:
            raise OperationalError("server closed the connection")
        return 0

    def jobs(is_over: Callable[[], bool]) -> int:
        slow.append(1)
        raise ValueError("an error nobody foresaw")

    monkeypatch.setattr(worker, "seal_round", seal)
    monkeypatch.setattr(worker, "slow_round", jobs)
    run_for(1.0)
    assert len(sealed) > 3
    assert len(slow) > 3


def test_every_room_with_commands_is_opened() -> None:
    names = {name.split(".")[2] for name in worker.open_rooms()}
    assert {"ledger", "org", "observatory"} <= names


def test_each_job_has_its_own_moment_so_that_what_is_asked_meanwhile_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    from yunzhang.kit import jobs

    moments: list[datetime] = []

    def run_one(now: datetime, *, limit: int) -> int:
        moments.append(now)
        return int(len(moments) < 3) * limit

    monkeypatch.setattr(jobs, "run_timers", lambda now: 0)
    monkeypatch.setattr(jobs, "run_jobs", run_one)
    assert worker.slow_round(lambda: False) == 2
    assert moments == sorted(set(moments))
    assert worker.slow_round(lambda: True) == 0
