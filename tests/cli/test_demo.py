"""The demonstration: every row from an action, the same seed the same bytes, rhythm that fades, places that differ."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

import yunzhang
from yunzhang.base.clock import Calendar
from yunzhang.cli import demo
from yunzhang.cli.demo import plan
from yunzhang.cli.demo.cast import fresh, gather, hold_posts, list_all_units
from yunzhang.cli.demo.play import Play
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty

YEAR = {"begins": date(2025, 11, 23), "ends": date(2026, 11, 22), "calendar": Calendar(published_to=2026)}


class Stopped(Exception):
    """An action was called."""


def acts() -> list[tuple[ModuleType, str]]:
    """Every place in the package where a function decorated with `act` can be reached by name."""
    found = []
    for info in pkgutil.walk_packages(yunzhang.__path__, "yunzhang."):
        if ".actions" in info.name:
            module = importlib.import_module(info.name)
            found += [(module, name) for name, each in vars(module).items() if is_act(each)]
    return found


def is_act(each: Any) -> bool:
    return callable(each) and getattr(getattr(each, "__code__", None), "co_name", "") == "wrapper"


@pytest.mark.django_db
def test_without_actions_the_demo_makes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_args: Any, **_kwargs: Any) -> None:
        raise Stopped

    replaced = acts()
    assert {"issue_directive", "sign_matters", "add_units", "appoint", "build_place"} <= {name for _, name in replaced}
    for module, name in replaced:
        monkeypatch.setattr(module, name, stop)
    by = Acting(person="system", post=None, unit=None)
    with pytest.raises(Stopped):
        demo.play_year(
            Random(1), by, scheme="guangxi", months=1, ends=date(2026, 11, 22), real_names=False, depth="city"
        )
    rows = {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}
    standing = ("django_content_type", "auth_permission")  # made by the migrations
    assert {table: count for table, count in rows.items() if count and table not in standing} == {}


def test_the_demo_reaches_no_table_by_itself() -> None:
    for file in Path(demo.__file__).parent.glob("*.py"):
        text = file.read_text("utf-8")
        assert ".store" not in text, file
        assert "yunzhang.models" not in text, file
        assert "cursor" not in text, file


@pytest.mark.django_db
def test_every_department_that_leads_a_line_can_issue_down_it_and_accept() -> None:
    on, at = date(2026, 10, 30), datetime(2026, 10, 30, 1, tzinfo=UTC)
    by, rng = Acting(person="system", post=None, unit=None), Random(1)
    org.build_place(fresh(by, at), "guangxi", depth="city", at=at, real_names=False, fictional=True)
    posts = org.list_posts([unit.id for unit in list_all_units()], on=on)
    guides = {pair.upper for pair in org.find_guides([post.unit for post in posts], on=on)}
    vacant = next(post for post in posts if post.duty is Duty.OFFICER and post.unit in guides)
    hold_posts(fresh(by, at), rng, [post for post in posts if post.id != vacant.id], on=on, at=at)
    cast = gather(rng, on=on)
    assert vacant.unit not in cast.guided
    for number, name in enumerate(unit for unit in cast.guided if unit in cast.leaders):
        play = Play(replace(cast, line={"one": name}, guided={name: cast.guided[name]}), Calendar(), rng, on, on)
        programme = replace(plan.PROGRAMMES[0], lead="one")
        play.issue(plan.Issue(on, programme, "核对目录", "line", 10), at + timedelta(minutes=number))
        assert play.queue
        assert name in cast.officers


def build(yunzhang: Callable[..., Any], home: Path) -> None:
    words = ["demo", "--home", home, "--scheme", "guangxi", "--depth", "city", "--months", "1"]
    made = yunzhang(*words, "--until", "2026-10-31", "--seed", "7", "--no-serve", timeout=300)
    assert made.returncode == 0, made.stdout + made.stderr


def test_same_seed_same_bytes_and_private_sign_ins(yunzhang: Callable[..., Any], tmp_path: Path) -> None:
    bodies, passwords = [], []
    for home in (tmp_path / "one", tmp_path / "two"):
        build(yunzhang, home)
        with sqlite3.connect(home / "yunzhang.sqlite3") as tables:
            bodies.append(
                tables.execute(
                    "SELECT s.seq, e.body FROM ledger_sealed s JOIN ledger_entry e ON e.id = s.entry_id"
                ).fetchall()
            )
        file = home / "sign-ins.txt"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        passwords.append([line.split()[1] for line in file.read_text("utf-8").splitlines()])
    assert len(bodies[0]) > 1000
    assert bodies[0] == bodies[1]
    assert not set(passwords[0]) & set(passwords[1])
    assert (tmp_path / "one" / "tiles" / "checkpoint").read_text("utf-8").splitlines()[0].count("simulated") == 1
    assert yunzhang("verify", "--home", tmp_path / "one").returncode == 0
    refused = yunzhang("demo", "--home", tmp_path / "one", "--no-serve")
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


@given(seed=st.integers(0, 10**6))
def test_the_rhythm_fades_between_campaigns(seed: int) -> None:
    programme = Random(seed).choice(plan.PROGRAMMES)
    start = programme.campaigns[0]
    late = start + programme.halves_in_days / 365
    assert plan.push(programme, start, 365) == 1.0
    if not any(start < other <= late for other in programme.campaigns):
        assert abs(plan.push(programme, late, 365) - 0.5) < 0.01
    assert plan.push(programme, start - 0.01, 365) < 1.0


def test_the_year_is_decided_by_the_seed_alone() -> None:
    first, again, other = (plan.plan_year(Random(seed), density=0.2, **YEAR) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert first == again != other
    assert {issue.reach for issue in first} == set(plan.REACHES)
    assert [issue.on for issue in first] == sorted(issue.on for issue in first)


@given(seed=st.integers(0, 10**6), reliable=st.floats(0.05, 0.99))
def test_a_fate_lies_in_office_hours_and_never_before_the_matter(seed: int, reliable: float) -> None:
    opened, due = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)
    fate = plan.decide_fate(Random(seed), opened=opened, due=due, reliable=reliable, calendar=Calendar())
    if fate.answers_at is not None:
        assert fate.answers_at > opened
        assert 9 <= (fate.answers_at.hour + 8) % 24 <= 17


@pytest.mark.parametrize(("text", "problem"), [("2099-01-01", "2099"), ("soon", "soon")])
def test_a_day_not_yet_over_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Exception, match=problem):
        demo.last_day(text)
