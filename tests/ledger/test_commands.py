"""`yunzhang verify` and `export` as a user runs them: exit status, the fields of --json, files."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.survival.conftest import Nursery

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few entries, sealed and signed."""
    home = tmp_path_factory.mktemp("cli") / "home"
    nursery = Nursery(home, "sqlite")
    loop = "01a205b3-d000-7000-8000-000000000001"
    nursery.told(f"open {loop}")
    nursery.told(f"rival {loop} 0")
    nursery.told("settle")
    nursery.close()
    return home


def whole(home: Path, yunzhang: Command, *words: object) -> dict[str, object]:
    done = yunzhang("verify", "--home", home, "--json", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_verify_exits_0_on_a_whole_ledger_and_prints_the_fields(office: Path, yunzhang: Command) -> None:
    assert whole(office, yunzhang) == {"ok": True, "entries": 2, "sealed": 2, "first_bad": None}
    kept = office / "tiles" / "checkpoint"
    assert whole(office, yunzhang, "--against", kept)["ok"]
    assert "核验通过" in yunzhang("verify", "--home", office).stdout


def test_verify_exits_1_and_names_the_first_bad_entry(office: Path, yunzhang: Command) -> None:
    with closing(sqlite3.connect(office / "yunzhang.sqlite3")) as harm:
        entry, body = harm.execute("SELECT id, body FROM ledger_entry WHERE step = 2").fetchone()
        triggers = harm.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_entry_no_update'").fetchone()[0]
        harm.execute("DROP TRIGGER ledger_entry_no_update")
        harm.execute("UPDATE ledger_entry SET body = ? WHERE id = ?", (body[:-1] + b"]", entry))
        harm.execute(triggers)
        harm.commit()
        done = yunzhang("verify", "--home", office, "--json")
        harm.execute("DROP TRIGGER ledger_entry_no_update")
        harm.execute("UPDATE ledger_entry SET body = ? WHERE id = ?", (body, entry))
        harm.execute(triggers)
        harm.commit()
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert (found["ok"], found["first_bad"]["seq"]) == (False, 1)
    assert found["first_bad"]["entry"].replace("-", "") == entry
    assert set(found["first_bad"]) == {"seq", "entry", "what"}
    assert whole(office, yunzhang)["ok"]


def test_verify_exits_2_where_home_key_or_checkpoint_cannot_be_read(office: Path, yunzhang: Command) -> None:
    assert yunzhang("verify", "--home", office / "nowhere").returncode == 2
    assert yunzhang("verify", "--home", office, "--against", office / "nothing").returncode == 2
    assert yunzhang("verify", "--home", office, "--against", office / "home.toml").returncode == 2
    key = office / "keys" / "ledger.ed25519"
    aside = key.rename(key.with_suffix(".aside"))
    done = yunzhang("verify", "--home", office)
    aside.rename(key)
    assert (done.returncode, "密钥" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("what", "ending"), [("loops", ".csv"), ("loops", ".parquet"), ("entries", ".csv"), ("entries", ".xlsx")]
)
def test_loops_and_entries_are_exported(
    office: Path, yunzhang: Command, tmp_path: Path, what: str, ending: str
) -> None:
    out = tmp_path / f"{what}{ending}"
    done = yunzhang("export", what, "--home", office, "--out", out)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 0
    if ending == ".csv":
        rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
        assert len(rows) == {"loops": 1, "entries": 2}[what]
        names = "loop kind creditor debtor opened_at due_at closed_at outcome extended relation"
        assert set(rows[0]) >= set(names.split() if what == "loops" else ["seq", "entry", "verb", "data"])
