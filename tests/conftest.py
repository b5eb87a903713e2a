"""Fixtures every room's tests may use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROWSER = "tests/browser/"
Command = Callable[..., subprocess.CompletedProcess[str]]


def pytest_configure() -> None:
    """Compile the message catalogues where a translation is newer than what was compiled."""
    locale = ROOT / "yunzhang" / "web" / "locale"
    for source in locale.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([sys.executable, str(ROOT / "tools" / "compile_messages.py")], check=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test that uses tables, so that the run on PostgreSQL finds it."""
    if {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        item.add_marker("django_db")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes longest, so that two processes (`--dist loadfile`) end together."""
    long = ("test_on_postgres", "browser", "cli")
    items.sort(key=lambda item: [not {item.path.stem, item.path.parent.name} & {name} for name in long])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one process (`--dist loadfile`), and all that drive a browser to one: they share an office."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # files with few tests would come last, and the longest has nine

    class ByFileOrOffice(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))

    return ByFileOrOffice(config, log)


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_tables() -> None:
    """Lift the ledger's triggers while Django empties the tables after a test that commits."""
    from django.db import connection
    from django.test import TransactionTestCase

    from yunzhang.ground.ledger.store import triggers

    empty = TransactionTestCase._fixture_teardown

    def lifted(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            for statement in triggers.drop_statements(connection.vendor):
                cursor.execute(statement)
            empty(self)
            for statement in triggers.create_statements(connection.vendor):
                cursor.execute(statement)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_fast() -> Iterator[None]:
    """Spare the tests what makes guessing slow, an eighth of a second for each account; commands hash as in earnest."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server from the wheel; `tests.postgres.new_database` makes databases on it."""
    from tests.postgres import server

    with server() as address:
        yield address


@pytest.fixture(scope="session")
def yunzhang() -> Command:
    """Run the command `yunzhang` in a process of its own, as a user does: `yunzhang("verify", "--home", home)`."""

    def run(*words: object, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
        own = {"YUNZHANG_LANGUAGE": "zh", "PYTHONPATH": str(ROOT), **env}
        clean = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
        command = [sys.executable, "-m", "yunzhang.cli", *map(str, words)]
        return subprocess.run(
            command, env={**clean, **own}, capture_output=True, text=True, timeout=timeout, check=False
        )

    return run
