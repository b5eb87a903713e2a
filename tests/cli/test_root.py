"""The command line says in one line what is wrong, ends non-zero, and never shows a traceback."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.homes import bare_home
from tests.conftest import ROOT, Command
from yunzhang.cli.verbs import VERBS


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare_home(tmp_path_factory.mktemp("cli") / "home")


def refused(done: subprocess.CompletedProcess[str], status: int, *told: str) -> None:
    assert done.returncode == status, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    for word in told:
        assert word in done.stderr


def test_help_lists_every_verb_quickly_and_imports_no_room(yunzhang: Command) -> None:
    started = time.monotonic()
    done = yunzhang("--help")
    assert done.returncode == 0
    assert all(f"yunzhang {name}" in done.stdout for name in VERBS)
    assert time.monotonic() - started < 5
    code = "import sys; from yunzhang.cli import root; root.overview(); print('pyarrow' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_help_is_english_where_the_terminal_is(yunzhang: Command) -> None:
    assert "Verify the ledger" in yunzhang("--help", YUNZHANG_LANGUAGE="en_GB.UTF-8").stdout
    assert "核验台账" in yunzhang("--help", YUNZHANG_LANGUAGE="zh_CN.UTF-8").stdout


def test_every_verb_has_help_with_its_home() -> None:
    code = """if True:
        import sys
        from yunzhang.cli.root import run
        sys.exit(max(run([*verb.split(), "--help"]) for verb in sys.argv[1:]))
    """
    groups = {"account": "account add", "study": "study add", "lab": "lab run"}
    verbs = [groups.get(verb, verb) for verb in VERBS]
    done = subprocess.run([sys.executable, "-c", code, *verbs], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("--home") >= len(VERBS)
    assert done.stdout.count("Usage: yunzhang") == len(VERBS)


def test_an_unknown_verb_is_refused(yunzhang: Command) -> None:
    refused(yunzhang("frobnicate"), 2, "frobnicate", "verify")


@pytest.mark.parametrize(("verb", "status"), [("work", 1), ("upgrade", 1), ("verify", 2)])
def test_no_home_and_wrong_homes_are_refused(yunzhang: Command, tmp_path: Path, verb: str, status: int) -> None:
    refused(yunzhang(verb), status, "--home")
    refused(yunzhang(verb, "--home", tmp_path / "nowhere"), status, "nowhere")
    (tmp_path / "home.toml").write_text("born = [", "utf-8")
    refused(yunzhang(verb, "--home", tmp_path), status)
    (tmp_path / "home.toml").write_text('born = "real"\n', "utf-8")
    refused(yunzhang(verb, "--home", tmp_path), status, "yunzhang.sqlite3")
    (tmp_path / "yunzhang.sqlite3").write_bytes(b"this is no database at all" * 100)
    refused(yunzhang(verb, "--home", tmp_path), status)


def test_an_older_schema_is_refused_and_upgraded_with_a_backup(yunzhang: Command, tmp_path: Path) -> None:
    home = bare_home(tmp_path / "home")
    with closing(sqlite3.connect(home / "yunzhang.sqlite3")) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")
        database.commit()
    refused(yunzhang("work", "--once", "--home", home), 1, f"yunzhang upgrade --home {home}")
    refused(yunzhang("verify", "--home", home), 2, "yunzhang upgrade")
    done = yunzhang("upgrade", "--home", home)
    assert done.returncode == 0, done.stderr
    assert len(list((home / "backups").glob("*.sqlite3"))) == 1
    assert yunzhang("work", "--once", "--home", home).returncode == 0
    assert "最新" in yunzhang("upgrade", "--home", home).stdout


def test_a_newer_schema_is_refused(yunzhang: Command, tmp_path: Path) -> None:
    home = bare_home(tmp_path / "home")
    with closing(sqlite3.connect(home / "yunzhang.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('yunzhang', '9999_x', '2030-01-01')"
        )
        database.commit()
    refused(yunzhang("work", "--once", "--home", home), 1, "较新")


def test_bad_options_are_one_line(yunzhang: Command, home: Path, tmp_path: Path) -> None:
    refused(yunzhang("serve", "--home", home, "--port", "99999"), 2, "port")
    refused(yunzhang("work", "--home", home, "--nonsense"), 2, "nonsense")
    refused(yunzhang("serve", "--home", home, "--host", "nonsense"), 1, "nonsense")
    refused(yunzhang("account", "add", "one", "--post", 10**30, "--home", home), 2, "--post")
    refused(yunzhang("work", "--once", "--home", home, "--home", tmp_path / "later"), 1, "later")
    refused(yunzhang("export", "everything", "--home", home, "--out", "x.csv"), 2, "everything")
    refused(yunzhang("export", "units", "--home", home, "--out", tmp_path / "x.pdf"), 1, ".csv")
    refused(yunzhang("export", "units", "--home", home, "--out", tmp_path / "no" / "x.csv"), 1, "no")


def test_a_new_office_wants_an_empty_folder_and_a_known_scheme(yunzhang: Command, home: Path, tmp_path: Path) -> None:
    refused(yunzhang("init", "--home", home, "--scheme", "chongqing"), 1, str(home))
    refused(yunzhang("init", "--home", tmp_path / "x", "--scheme", "atlantis"), 1, "atlantis", "guizhou")
    refused(yunzhang("init", "--home", tmp_path / "x", "--scheme", "cdo", "--depth", "street"), 1, "street")
    refused(yunzhang("init", "--home", tmp_path / "x", "--scheme", "cdo", "--database", "mysql://x"), 1, "--database")
    assert not (tmp_path / "x").exists()
    told = yunzhang("init", "--home", home, "--scheme", "chongqing", YUNZHANG_LANGUAGE="en")
    refused(told, 1, "is not empty")
    (tmp_path / "file").write_text("", "utf-8")
    refused(yunzhang("init", "--home", tmp_path / "file" / "x", "--scheme", "cdo"), 1, "--home")


def test_a_failed_building_leaves_the_folder_as_it_was(yunzhang: Command, tmp_path: Path) -> None:
    nobody = "postgresql://nobody@127.0.0.1:9/none"
    refused(yunzhang("init", "--home", tmp_path / "new", "--scheme", "chongqing", "--database", nobody), 1)
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    refused(yunzhang("init", "--home", tmp_path / "empty", "--scheme", "chongqing", "--database", nobody), 1)
    assert list((tmp_path / "empty").iterdir()) == []
