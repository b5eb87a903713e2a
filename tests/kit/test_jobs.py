"""Jobs and timers: once each, again after a failure, never two at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from yunzhang.kit import jobs

T0 = datetime(2026, 11, 23, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[jobs.Run]:
    held: list[jobs.Run] = []
    monkeypatch.setattr(jobs, "JOBS", {"note": held.append})
    return held


def test_a_job_runs_once_and_not_before_it_is_due(done: list[jobs.Run]) -> None:
    number = jobs.enqueue("note", {"unit": 3}, at=T0)
    assert jobs.run_jobs(T0 - timedelta(seconds=1)) == 0
    assert [jobs.run_jobs(T0), jobs.run_jobs(T0)] == [1, 0]
    assert [run.arguments for run in done] == [{"unit": 3}]
    assert jobs.find_job(number) == jobs.JobState(number, "note", "done", 1, "")


def test_what_a_killed_worker_had_taken_is_given_back(done: list[jobs.Run]) -> None:
    number = jobs.enqueue("note", {"unit": 1}, at=T0)
    ended = jobs.enqueue("note", {"unit": 2}, at=T0)
    jobs.KitJob.objects.filter(pk=number).update(taken_at=T0, attempts=1)
    jobs.KitJob.objects.filter(pk=ended).update(taken_at=T0, ended_at=T0)
    assert jobs.run_jobs(T0) == 0
    assert jobs.release_taken() == 1
    assert jobs.run_jobs(T0) == 1
    assert [run.arguments["unit"] for run in done] == [1]


def test_what_nobody_waits_for_comes_behind_all_that_is_due(done: list[jobs.Run]) -> None:
    jobs.enqueue("note", {"unit": 1}, at=T0 - timedelta(hours=1), behind=True)
    jobs.enqueue("note", {"unit": 2}, at=T0)
    jobs.enqueue("note", {"unit": 3}, at=T0 + timedelta(hours=1))
    assert [jobs.run_jobs(T0, limit=1) for _ in range(3)] == [1, 1, 0]
    assert [run.arguments["unit"] for run in done] == [2, 1]


def test_a_job_somebody_asks_for_after_all_is_not_behind_any_more(done: list[jobs.Run]) -> None:
    request = uuid4()
    jobs.enqueue("note", {"unit": 1}, at=T0, behind=True)
    number = jobs.enqueue("note", {"unit": 2}, at=T0, request=request, behind=True)
    assert jobs.enqueue("note", {"unit": 2}, at=T0, request=request) == number
    jobs.run_jobs(T0)
    assert [run.arguments["unit"] for run in done] == [2, 1]


def test_the_same_request_is_one_job(done: list[jobs.Run]) -> None:
    request = uuid4()
    assert jobs.enqueue("note", {}, at=T0, request=request) == jobs.enqueue("note", {}, at=T0, request=request)
    jobs.run_jobs(T0)
    assert [run.request for run in done] == [request]


def test_a_job_of_a_rolled_back_transaction_never_was(done: list[jobs.Run]) -> None:
    with transaction.atomic():
        jobs.enqueue("note", {}, at=T0)
        transaction.set_rollback(True)
    assert jobs.run_jobs(T0) == 0
    assert not done


def test_a_failing_job_is_tried_again_later_with_the_same_request(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[jobs.Run] = []

    def fail(run: jobs.Run) -> None:
        tries.append(run)
        raise RuntimeError("no paper")

    monkeypatch.setattr(jobs, "JOBS", {"print": fail})
    number = jobs.enqueue("print", {}, at=T0)
    now = T0
    for _ in range(20):
        jobs.run_jobs(now)
        now += timedelta(seconds=600)
    state = jobs.find_job(number)
    assert state is not None
    assert (state.state, state.attempts, state.error) == ("failed", jobs.ATTEMPTS, "RuntimeError: no paper")
    assert len({run.request for run in tries}) == 1


def test_an_unknown_job_fails_at_once_and_stops_nobody(done: list[jobs.Run]) -> None:
    number = jobs.enqueue("unheard_of", {}, at=T0)
    jobs.enqueue("note", {}, at=T0)
    assert jobs.run_jobs(T0) == 2
    state = jobs.find_job(number)
    assert state is not None
    assert state.state == "failed"
    assert len(done) == 1


def test_a_job_whose_worker_died_is_taken_again_after_its_lease(done: list[jobs.Run]) -> None:
    number = jobs.enqueue("note", {}, at=T0)
    assert jobs._take(T0) is not None  # a worker that dies right here
    assert jobs.run_jobs(T0 + timedelta(minutes=1)) == 0
    state = jobs.find_job(number)
    assert state is not None
    assert state.state == "running"
    assert jobs.run_jobs(T0 + jobs.LEASE + timedelta(seconds=1)) == 1
    assert len(done) == 1


def test_a_timer_runs_at_once_then_every_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[datetime] = []
    monkeypatch.setattr(jobs, "TIMERS", {"tick": (timedelta(minutes=10), rung.append)})
    for minute in range(25):
        jobs.run_timers(T0 + timedelta(minutes=minute))
    assert rung == [T0, T0 + timedelta(minutes=10), T0 + timedelta(minutes=20)]


def test_a_failing_timer_stops_neither_the_worker_nor_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[datetime] = []

    def fail(now: datetime) -> None:
        raise RuntimeError(now)

    every = timedelta(minutes=1)
    monkeypatch.setattr(jobs, "TIMERS", {"bad": (every, fail), "good": (every, rung.append)})
    assert jobs.run_timers(T0) == 2
    assert rung == [T0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_workers_never_take_the_same_job(done: list[jobs.Run]) -> None:
    import threading

    numbers = [jobs.enqueue("note", {"n": n}, at=T0) for n in range(40)]

    def take() -> None:
        jobs.run_jobs(T0, limit=40)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.arguments["n"] for run in done) == list(range(len(numbers)))
