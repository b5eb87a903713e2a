"""Every room's tests of tables once more, on PostgreSQL: one run for all, told folder by folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.postgres import new_database

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("kit", "ledger", "org", "matters", "directives", "observatory", "lab")
HAVE_TESTS = [name for name in FOLDERS if (ROOT / "tests" / name).is_dir()]
Run = tuple[int, list[ElementTree.Element], str]


@pytest.fixture(scope="module")
def run(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The exit status, every test, and what was printed: a process and a database for each folder would cost twice."""
    report = tmp_path_factory.mktemp("postgres") / "report.xml"
    words = ["-m", "pytest", *(f"tests/{name}" for name in HAVE_TESTS)]
    words += ["-m", "django_db and not postgres and not browser", f"--junitxml={report}"]
    words += ["-p", "no:cacheprovider", "-p", "no:xdist"]
    env = {**os.environ, "YUNZHANG_DATABASE": new_database(postgres)}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    printed = done.stdout[-6000:] + done.stderr[-2000:]
    assert report.exists(), printed
    return done.returncode, list(ElementTree.parse(report).iter("testcase")), printed  # noqa: S314 - our own


@pytest.mark.postgres
@pytest.mark.parametrize("folder", HAVE_TESTS)
def test_the_rooms_tests_pass_on_postgresql(run: Run, folder: str) -> None:
    _, tests, printed = run
    mine = [test for test in tests if test.get("classname", "").startswith(f"tests.{folder}.")]
    failed = [test.get("name") for test in mine if test.find("failure") is not None or test.find("error") is not None]
    assert not failed, printed
    assert any(test.find("skipped") is None for test in mine)


@pytest.mark.postgres
def test_nothing_else_went_wrong_on_postgresql(run: Run) -> None:
    status, tests, printed = run
    assert status == 0, printed
    assert tests
