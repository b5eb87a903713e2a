"""The nursery of each engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """Talks with the nursery process: one line there, lines back."""

    def __init__(self, home: Path, database: str) -> None:
        self.database = database
        clean = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
        env = {
            **clean,
            "YUNZHANG_HOME": str(home),
            "YUNZHANG_DATABASE": database,
            "DJANGO_SETTINGS_MODULE": "yunzhang.web.settings",
            "PYTHONPATH": str(ROOT),
        }
        home.mkdir(parents=True)
        (home / "home.toml").write_text(f'born = "real"\ndatabase = "{database}"\n', "utf-8")
        (home / "keys").mkdir(mode=0o700)
        command = [sys.executable, "-m", "tests.survival.nursery"]
        self.process = subprocess.Popen(
            command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.line() == ["ready"]

    def ask(self, *children: str) -> None:
        """Fork these children together."""
        assert self.process.stdin
        self.process.stdin.write("|".join(children) + "\n")
        self.process.stdin.flush()

    def line(self) -> list[str]:
        """The next line, in words."""
        assert self.process.stdout
        return self.process.stdout.readline().split(maxsplit=3)

    def told(self, *children: str) -> list[list[str]]:
        """Fork these children and return what they said until all are dead."""
        self.ask(*children)
        said: list[list[str]] = []
        dead = 0
        while dead < len(children):
            words = self.line()
            assert words, "the nursery died"
            dead += words[0] == "dead"
            said += [words] if words[0] not in ("born", "dead") else []
        return said

    def close(self) -> None:
        """End the nursery."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def nursery(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """A ledger of its own on each engine."""
    database = "sqlite"
    if request.param == "postgresql":
        from tests.postgres import new_database

        database = new_database(request.getfixturevalue("postgres"))
    made = Nursery(tmp_path_factory.mktemp("office") / "home", database)
    yield made
    made.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The name of the engine the test runs on."""
    return lambda: str(request.node.callspec.params["nursery"])
