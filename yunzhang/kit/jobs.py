"""A small queue of jobs and timers in the database, the same on SQLite and PostgreSQL; `yunzhang work` runs it.

May lose nothing that was committed. A job may run twice after a crash: its `request` is the act key that makes the
second run the same act.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Q

__all__ = ["KitJob", "KitTimer"]

LEASE = timedelta(minutes=10)
ATTEMPTS = 5
log = logging.getLogger("yunzhang.jobs")


class KitJob(models.Model):
    """One job: what to do, from when, how often it was tried, how it ended; `behind`: nobody waits for it."""

    name = models.CharField(max_length=80)
    arguments = models.TextField()
    request = models.UUIDField(unique=True)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    behind = models.BooleanField(default=False)
    error = models.TextField(default="", blank=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "kit_job"
        indexes = [models.Index(fields=["ended_at", "due_at"], name="kit_job_due")]


class KitTimer(models.Model):
    """When a timer is due next."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()

    class Meta:
        app_label = "yunzhang"
        db_table = "kit_timer"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `request` is the same at every attempt; `is_last`: after this one it is not tried again."""

    name: str
    arguments: Mapping[str, Any]
    request: UUID
    at: datetime
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands: waiting, running, done, failed."""

    id: int
    name: str
    state: str
    attempts: int
    error: str


JobFunction = Callable[[Run], None]
TimerFunction = Callable[[datetime], None]
JOBS: dict[str, JobFunction] = {}
TIMERS: dict[str, tuple[timedelta, TimerFunction]] = {}


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job of that name."""

    def register(function: JobFunction) -> JobFunction:
        JOBS[name] = function
        return function

    return register


def timer(name: str, *, every: timedelta) -> Callable[[TimerFunction], TimerFunction]:
    """Register a function to be run again and again; it gets the moment."""

    def register(function: TimerFunction) -> TimerFunction:
        TIMERS[name] = (every, function)
        return function

    return register


def enqueue(
    name: str, arguments: Mapping[str, Any], *, at: datetime, request: UUID | None = None, behind: bool = False
) -> int:
    """Put a job into the queue, in the caller's transaction; the same request twice is one job. Returns its id.

    `behind`: it comes after every other that is due, as nobody waits for it, until somebody asks for the same.
    """
    told = {"name": name, "arguments": json.dumps(dict(arguments), ensure_ascii=False), "due_at": at}
    row, _ = KitJob.objects.get_or_create(request=request or uuid4(), defaults=told | {"behind": behind})
    if row.behind and not behind:
        KitJob.objects.filter(pk=row.pk).update(behind=False)
    return row.pk


def find_job(number: int) -> JobState | None:
    """Return how a job stands, or None."""
    row = KitJob.objects.filter(pk=number).first()
    if row is None:
        return None
    state = "waiting" if row.taken_at is None else "running"
    if row.ended_at:
        state = "failed" if row.error else "done"
    return JobState(id=row.pk, name=row.name, state=state, attempts=row.attempts, error=row.error)


def run_jobs(now: datetime, *, limit: int = 20) -> int:
    """Run up to `limit` due jobs, each on its own; returns how many ran."""
    ran = 0
    while ran < limit and (row := _take(now)):
        _run(row, now)
        ran += 1
    return ran


def release_taken() -> int:
    """Give back every job that was taken and did not end; for a caller who knows that nobody is at any of them."""
    return KitJob.objects.filter(ended_at=None).exclude(taken_at=None).update(taken_at=None)


def run_timers(now: datetime) -> int:
    """Run every timer that is due; of two workers one runs it. Returns how many ran."""
    ran = 0
    for name, (every, function) in list(TIMERS.items()):
        if _claim_timer(name, now, every):
            ran += 1
            _guarded(name, lambda function=function: function(now))  # type: ignore[misc]
    return ran


def _take(now: datetime) -> KitJob | None:
    free = Q(taken_at=None) | Q(taken_at__lt=now - LEASE)
    due = KitJob.objects.filter(free, ended_at=None, due_at__lte=now).order_by("behind", "due_at", "pk")
    if not due.exists():  # looked at every second: an idle worker must not take SQLite's one write lock
        return None
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True).first()  # SQLite has one writer anyway and ignores this
        if row:
            row.taken_at = now
            row.attempts += 1
            row.save(update_fields=["taken_at", "attempts"])
    return row


def _run(row: KitJob, now: datetime) -> None:
    function = JOBS.get(row.name)
    told = json.loads(row.arguments)
    run = Run(name=row.name, arguments=told, request=row.request, at=now, is_last=row.attempts >= ATTEMPTS)
    error = _guarded(row.name, lambda: function(run)) if function else f"no job is called {row.name}"
    mine = KitJob.objects.filter(pk=row.pk)
    if not error:
        mine.update(ended_at=now, error="")
    elif row.attempts >= ATTEMPTS or not function:
        mine.update(ended_at=now, error=error)
    else:
        mine.update(taken_at=None, due_at=now + timedelta(seconds=4**row.attempts), error=error)


def _guarded(name: str, call: Callable[[], None]) -> str:
    """Run a call; a failure is logged and returned as text, never raised: one bad job must not stop the worker."""
    try:
        call()
    except Exception as error:
        log.exception("%s failed", name)
        return f"{type(error).__name__}: {error}"[:2000]
    return ""


def _claim_timer(name: str, now: datetime, every: timedelta) -> bool:
    row, is_new = KitTimer.objects.get_or_create(name=name, defaults={"next_at": now + every})
    if not is_new and row.next_at > now:
        return False
    return is_new or KitTimer.objects.filter(name=name, next_at__lte=now).update(next_at=now + every) == 1
