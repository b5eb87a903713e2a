"""Findings: made once for each engine, kept, shown; until then their pages say that they are being computed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import findings
from yunzhang.governance.lab.commands.findings import ask_for_findings
from yunzhang.kit.jobs import KitJob, run_jobs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ON = AT.date()


def test_a_finding_is_made_once_for_an_engine_and_again_for_another(monkeypatch):
    made: list[str] = []
    monkeypatch.setattr(findings, "FINDINGS", {"one": lambda on: {"told": made.append("one") or len(made)}})
    assert actions.find_missing(ON) == ["one"]
    assert actions.find_finding("one", on=ON) is None
    assert actions.keep_finding("one", at=AT)
    assert not actions.keep_finding("one", at=AT)
    assert actions.find_missing(ON) == []
    monkeypatch.setattr(findings, "find_version", lambda on: "another engine")
    assert not actions.find_finding("one", on=ON).is_current
    assert actions.find_missing(ON) == ["one"]
    assert actions.keep_finding("one", at=AT)
    assert actions.find_finding("one", on=ON).body == {"told": 2}


def test_the_worker_asks_for_each_once_and_makes_it(monkeypatch):
    monkeypatch.setattr(findings, "FINDINGS", {"one": lambda on: {"told": 1}, "two": lambda on: {"told": 2}})
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

    monkeypatch.setattr(findings, "FINDINGS", {"one": fail, "two": lambda on: {"told": 2}})
    ask_for_findings(AT)
    assert run_jobs(AT) == 2
    assert actions.find_missing(ON) == ["one"]
    assert KitJob.objects.get(ended_at=None).error


def test_landscapes_are_compared_with_published_numbers_and_all_hold():
    assert actions.keep_finding("nk", at=AT)
    body = actions.find_finding("nk", on=ON).body
    assert body["checks"]
    assert all(check["passed"] for check in body["checks"])
