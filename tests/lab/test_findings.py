"""Findings: made once for each engine, kept, shown; until then their pages say that they are being computed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.conftest import ROOT
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import engine, findings
from yunzhang.governance.lab.actions.findings import FINDINGS, Recipe
from yunzhang.governance.lab.commands.findings import ask_for_findings
from yunzhang.kit.jobs import KitJob, run_jobs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ON = AT.date()
TWO = {"one": Recipe(lambda on: {"told": 1}), "two": Recipe(lambda on: {"told": 2})}


def test_a_finding_is_made_once_for_an_engine_and_again_for_another(monkeypatch):
    made: list[str] = []
    monkeypatch.setattr(findings, "FINDINGS", {"one": Recipe(lambda on: {"told": made.append("one") or len(made)})})
    assert actions.find_missing(ON) == ["one"]
    assert actions.find_finding("one", on=ON) is None
    assert actions.keep_finding("one", at=AT)
    assert not actions.keep_finding("one", at=AT)
    assert actions.find_missing(ON) == []
    monkeypatch.setattr(findings, "find_version", lambda name, on: "another engine")
    assert not actions.find_finding("one", on=ON).is_current
    assert actions.find_missing(ON) == ["one"]
    assert actions.keep_finding("one", at=AT)
    assert actions.find_finding("one", on=ON).body == {"told": 2}


def test_the_worker_asks_for_each_once_and_makes_it(monkeypatch):
    monkeypatch.setattr(findings, "FINDINGS", TWO)
    ask_for_findings(AT)
    ask_for_findings(AT)
    assert KitJob.objects.filter(name="lab_finding").count() == 1, "the next comes when this one is made"
    assert run_jobs(AT, limit=1) == 1
    assert actions.find_missing(ON) == ["two"]
    assert run_jobs(AT) == 1
    assert actions.find_missing(ON) == []


def test_one_that_fails_does_not_hold_up_the_others(monkeypatch):
    def fail(on):
        raise RuntimeError("no")

    monkeypatch.setattr(findings, "FINDINGS", TWO | {"one": Recipe(fail)})
    ask_for_findings(AT)
    assert run_jobs(AT) == 2
    assert actions.find_missing(ON) == ["one"]
    assert KitJob.objects.get(ended_at=None).error


def test_landscapes_are_compared_with_published_numbers_and_all_hold():
    assert actions.keep_finding("nk", at=AT)
    body = actions.find_finding("nk", on=ON).body
    assert body["checks"]
    assert all(check["passed"] for check in body["checks"])


# ---- what a finding depends on


def test_the_programs_of_a_finding_are_those_python_loads_for_it():
    roots = sorted({module for recipe in FINDINGS.values() for module in recipe.rules})
    told = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    env = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    done = subprocess.run(
        [sys.executable, "-c", told, *roots], env=env | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    loaded = {name for name in done.stdout.split() if name.startswith("yunzhang.")}
    assert loaded == set(engine.find_programs(*roots))


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("links.py", {"dodds", "paths", "map", "learning"}),
        ("demand.py", {"dodds", "paths", "map", "learning"}),
        ("composing.py", {"paths"}),
        ("measured.py", {"paths"}),
        ("posterior.py", {"paths"}),
        ("chance.py", set(FINDINGS)),
        ("validating.py", {"nk", "march", "lazer", "dodds"}),
        ("march.py", {"march"}),
        ("calibration/counts.py", set()),
        ("staging.py", set()),
    ],
)
def test_a_changed_program_makes_those_findings_anew_that_depend_on_it(monkeypatch, file, changed):
    before, said = {name: findings.find_version(name, ON) for name in FINDINGS}, engine._said
    monkeypatch.setattr(engine, "_said", lambda path: "changed" if str(path).endswith(f"/{file}") else said(path))
    engine.find_programs_digest.cache_clear()
    after = {name: findings.find_version(name, ON) for name in FINDINGS}
    engine.find_programs_digest.cache_clear()
    assert {name for name in FINDINGS if before[name] != after[name]} == changed


def test_changed_data_makes_those_findings_anew_that_are_compared_with_them(monkeypatch):
    before, held = {name: findings.find_version(name, ON) for name in FINDINGS}, actions.find_published()
    monkeypatch.setattr(findings.validating, "find_published", lambda: held | {"march_known": 1})
    assert {name for name in FINDINGS if before[name] != findings.find_version(name, ON)} == {"march"}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('"""New."""\n\ndef add(a: int) -> int:\n    """Text."""\n    # why\n    return a + (\n    1)\n', True),
        ("def add(a: int) -> int:\n    return a + 2\n", False),
        ("def add(b: int) -> int:\n    return b + 1\n", False),
        ("def add(a: int) -> int:\n    return a - 1\n", False),
        ("def add(a: int) -> int:\n    return a + 1.0\n", False),
        ("def add(a: int = 0) -> int:\n    return a + 1\n", False),
        ("SAID = None\n\n\ndef add(a: int) -> int:\n    return a + 1\n", False),
    ],
)  # fmt: skip
def test_a_digest_is_of_what_a_program_says_not_of_how_it_is_written(tmp_path, text, same):
    (tmp_path / "a.py").write_text('"""One."""\n\n\ndef add(a: int) -> int:\n    return a + 1\n', "utf-8")
    (tmp_path / "b.py").write_text(text, "utf-8")
    assert (engine._said(tmp_path / "a.py") == engine._said(tmp_path / "b.py")) is same
