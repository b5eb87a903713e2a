"""One worker an office; web and worker live and die together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.homes import bare_home
from tests.conftest import ROOT, Command
from tests.postgres import new_database

LONG = 30.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare_home(tmp_path_factory.mktemp("serve") / "home")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*words: object) -> subprocess.Popen[str]:
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("YUNZHANG")}, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "yunzhang.cli", *map(str, words)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(holds: Callable[[], object]) -> None:
    last = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.1)


def children(parent: int) -> dict[int, str]:
    """Process ids and command lines below a process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            above = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
        if above == parent:
            found[int(folder.name)] = words
    return found


def alive(number: int) -> bool:
    try:
        return (Path("/proc") / str(number) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


Served = tuple[subprocess.Popen[str], int]


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    port = free_port()
    process = start("serve", "--home", home, "--port", port)
    until(lambda: answers(port))
    yield process, port
    process.kill()
    process.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("victim", ["granian", "yunzhang.cli"])
def test_when_one_ends_the_other_is_ended(served: Served, victim: str) -> None:
    process, _ = served
    below = children(process.pid)
    assert len(below) == 2, below
    os.kill(next(number for number, words in below.items() if victim in words), signal.SIGKILL)
    assert process.wait(LONG) != 0
    until(lambda: not any(map(alive, below)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_ending_serve_ends_both(served: Served, number: int) -> None:
    process, _ = served
    below = children(process.pid)
    process.send_signal(number)
    status = process.wait(LONG)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    until(lambda: not any(map(alive, below)))


def test_a_second_worker_is_refused(served: Served, home: Path, yunzhang: Command) -> None:
    assert served
    for words in (("work", "--once"), ("serve", "--port", free_port())):
        done = yunzhang(*words, "--home", home)
        assert done.returncode == 1
        assert "后台进程" in done.stderr


def test_a_taken_port_is_named(home: Path, yunzhang: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = yunzhang("serve", "--home", home, "--port", port)
    assert done.returncode == 1
    assert str(port) in done.stderr


def locks_held(address: str) -> int:
    """How many of the locks that programs name themselves are held in that database."""
    with psycopg.connect(address) as connection:
        mine = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        row = connection.execute(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND {mine}").fetchone()
    return row[0] if row else 0


@pytest.mark.postgres
def test_on_postgresql_one_worker_serves_an_office_from_any_machine(
    postgres: str, yunzhang: Command, tmp_path: Path
) -> None:
    address = new_database(postgres)
    first = bare_home(tmp_path / "first", address)
    second = tmp_path / "second"
    second.mkdir()
    (second / "home.toml").write_text((first / "home.toml").read_text("utf-8"), "utf-8")
    (second / "keys").mkdir(mode=0o700)
    worker = start("work", "--home", first)
    try:
        until(lambda: locks_held(address))
        assert yunzhang("work", "--once", "--home", second).returncode == 1
    finally:
        worker.terminate()
        assert worker.wait(LONG) == 0
    until(lambda: yunzhang("work", "--once", "--home", second).returncode == 0)
    done = yunzhang("init", "--home", tmp_path / "third", "--scheme", "chongqing", "--database", address)
    assert done.returncode == 1
    assert not (tmp_path / "third").exists()
