"""What was simulated from the pages: experiments with their traces, drafts, and findings kept for everybody.

Trust and loss: an experiment row holds scenario, units and seed, so that its traces and facts can
be made anew to the last bit; losing them costs computing. Findings (limits, paths, maps) come from the code alone.
A draft is one form as it stood at one press, of one person in one post: losing it costs typing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, models, transaction

from yunzhang.governance.lab.terms import Experiment, State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

__all__ = ["LabDraft", "LabExperiment", "LabFinding", "LabTrace"]
PLAIN = ("id", "unit", "title", "runs", "seed", "done", "asked_at", "ended_at", "person", "post", "problem")
BUSY = (State.WAITING, State.RUNNING)


class LabExperiment(models.Model):
    """One scenario somebody runs: what it starts from, how far it is, what it came to."""

    id = models.UUIDField(primary_key=True)
    unit = models.BigIntegerField()
    title = models.CharField(max_length=200)
    scenario = models.TextField()
    behaviour = models.TextField()  # paces and what units can do, and where they come from
    units = models.BinaryField()  # the unit table as Parquet
    runs = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    state = models.CharField(max_length=12)
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    person = models.CharField(max_length=64)
    post = models.BigIntegerField(null=True)
    facts = models.TextField(default="{}")
    problem = models.TextField(default="", blank=True)

    class Meta:
        app_label = "yunzhang"
        db_table = "lab_experiment"
        indexes = [models.Index(fields=["unit", "-asked_at"], name="lab_experiment_unit")]


class LabTrace(models.Model):
    """What one run showed, with the what-ifs or without."""

    experiment = models.ForeignKey(LabExperiment, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    changed = models.BooleanField()
    body = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "lab_trace"
        constraints = [models.UniqueConstraint(fields=["experiment", "number", "changed"], name="lab_trace_once")]


class LabDraft(models.Model):
    """The builder's form as it stood at one press; never changed, so that its address shows the same for ever."""

    number = models.UUIDField(unique=True)  # the row's own id tells the order of presses
    person = models.CharField(max_length=64)
    post = models.BigIntegerField(null=True)
    kept_at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "lab_draft"
        indexes = [models.Index(fields=["person", "post", "-id"], name="lab_draft_of")]


class LabFinding(models.Model):
    """A result that does not depend on an office: a limit beside its published numbers, paths, a map."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        app_label = "yunzhang"
        db_table = "lab_finding"


def insert(experiment: Experiment, *, behaviour: dict[str, Any], units: bytes) -> None:
    """Keep a new experiment with what it starts from."""
    texts = {"scenario": experiment.scenario, "behaviour": behaviour, "facts": experiment.facts}
    LabExperiment.objects.create(
        **{name: getattr(experiment, name) for name in PLAIN},
        **{name: json.dumps(value, ensure_ascii=False) for name, value in texts.items()},
        state=experiment.state,
        units=units,
    )


def find(number: UUID) -> Experiment | None:
    """Return one experiment, or None."""
    row = LabExperiment.objects.defer("units", "behaviour").filter(pk=number).first()
    return None if row is None else _experiment(row)


def find_start(number: UUID) -> tuple[dict[str, Any], bytes]:
    """Return the behaviour and the units (Parquet) an experiment starts from."""
    row = LabExperiment.objects.only("behaviour", "units").get(pk=number)
    return json.loads(row.behaviour), bytes(row.units)


def every(units: Iterable[int] | None, *, most: int) -> list[Experiment]:
    """Return the experiments about these units (None: any), the newest first."""
    rows = LabExperiment.objects.defer("units", "behaviour", "facts").order_by("-asked_at", "pk")
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    return [_experiment(row) for row in rows[:most]]


def count_busy(post: int | None, person: str) -> int:
    """Return how many experiments of a person in a post wait or run."""
    return LabExperiment.objects.filter(post=post, person=person, state__in=BUSY).count()


def _experiment(row: LabExperiment) -> Experiment:
    deferred = row.get_deferred_fields()
    facts = {} if "facts" in deferred else json.loads(row.facts)
    plain = {name: getattr(row, name) for name in PLAIN}
    return Experiment(**plain, scenario=json.loads(row.scenario), state=State(row.state), facts=facts)


def move(number: UUID, state: State, *, among: Iterable[State], **more: Any) -> bool:
    """Bring an experiment to a state from one of these; return whether it stood in one of them."""
    told = {name: json.dumps(value, ensure_ascii=False) if name == "facts" else value for name, value in more.items()}
    return bool(LabExperiment.objects.filter(pk=number, state__in=list(among)).update(state=state, **told))


def keep_trace(number: UUID, run: int, *, changed: bool, body: dict[str, Any]) -> None:
    """Keep what a run showed; the same run again is the same trace."""
    text = json.dumps(body, ensure_ascii=False)
    LabTrace.objects.get_or_create(experiment_id=number, number=run, changed=changed, defaults={"body": text})


def keep_run(number: UUID, run: int, *, changed: bool, body: dict[str, Any]) -> bool:
    """Keep a run and how far its experiment is; return whether it still runs: of one that was stopped nothing stays."""
    with transaction.atomic():
        if not LabExperiment.objects.select_for_update().filter(pk=number, state=State.RUNNING).exists():
            return False
        keep_trace(number, run, changed=changed, body=body)
        LabExperiment.objects.filter(pk=number).update(done=count_done(number))
    return True


def drop_cancelled(number: UUID) -> None:
    """Drop the runs of an experiment that was cancelled."""
    LabTrace.objects.filter(experiment_id=number, experiment__state=State.CANCELLED).delete()


def count_done(number: UUID) -> int:
    """Return how many runs are there on both sides."""
    return min(LabTrace.objects.filter(experiment_id=number, changed=side).count() for side in (False, True))


def missing(number: UUID, runs: int) -> list[tuple[int, bool]]:
    """Return the runs still to make, in their order."""
    there = set(LabTrace.objects.filter(experiment_id=number).values_list("number", "changed"))
    return [(run, side) for run in range(runs) for side in (False, True) if (run, side) not in there]


def traces(number: UUID) -> list[dict[str, Any]]:
    """Return what all runs showed, in their order."""
    rows = LabTrace.objects.filter(experiment_id=number).order_by("number", "changed")
    return [json.loads(text) for text in rows.values_list("body", flat=True)]


def drop_traces(number: UUID) -> None:
    """Drop what the runs of an experiment showed."""
    LabTrace.objects.filter(experiment_id=number).delete()


def delete(number: UUID) -> None:
    """Drop an experiment with its traces."""
    LabExperiment.objects.filter(pk=number).delete()


def is_transient(error: BaseException) -> bool:
    """Return whether the database was busy or away: the same again may well go through."""
    return isinstance(error, OperationalError | InterfaceError)


def keep_draft(number: UUID, body: dict[str, Any], *, person: str, post: int | None, at: datetime, most: int) -> None:
    """Keep a form, of this person in this post no more than the newest `most`; the same number again is the same."""
    text = json.dumps(body, ensure_ascii=False)
    told = {"person": person, "post": post, "kept_at": at, "body": text}
    LabDraft.objects.get_or_create(number=number, defaults=told)
    own = LabDraft.objects.filter(person=person, post=post).order_by("-pk")
    LabDraft.objects.filter(pk__in=list(own.values_list("pk", flat=True)[most:])).delete()


def find_draft(number: UUID) -> tuple[str, int | None, dict[str, Any]] | None:
    """Return who kept a form, in which post, and the form; or None."""
    row = LabDraft.objects.filter(number=number).first()
    return None if row is None else (row.person, row.post, json.loads(row.body))


def find_last_draft(*, person: str, post: int | None) -> tuple[UUID, datetime, dict[str, Any]] | None:
    """Return the newest form of this person in this post with its number and moment, or None."""
    row = LabDraft.objects.filter(person=person, post=post).order_by("-pk").first()
    return None if row is None else (row.number, row.kept_at, json.loads(row.body))


def find_last_asked(*, person: str, post: int | None) -> datetime | None:
    """Return when this person last asked for an experiment in this post, or None."""
    rows = LabExperiment.objects.filter(person=person, post=post).order_by("-asked_at")
    return rows.values_list("asked_at", flat=True).first()


def find_finding(name: str) -> tuple[str, datetime, dict[str, Any]] | None:
    """Return version, moment and body of a finding, or None."""
    row = LabFinding.objects.filter(pk=name).first()
    return None if row is None else (row.version, row.made_at, json.loads(row.body))


def find_versions() -> dict[str, str]:
    """Return the version of every finding by its name."""
    return dict(LabFinding.objects.values_list("name", "version"))


def keep_finding(name: str, version: str, body: dict[str, Any], *, at: datetime) -> None:
    """Keep a finding, in place of an older one."""
    text = json.dumps(body, ensure_ascii=False)
    LabFinding.objects.update_or_create(pk=name, defaults={"version": version, "made_at": at, "body": text})
