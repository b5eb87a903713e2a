"""The runs of an experiment, a slice at a time: each is kept at once, so that what breaks off goes on where it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isnan
from typing import Any
from uuid import UUID, uuid5

from yunzhang.base.errors import YunzhangError
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions.calibrating import find_experiment_score
from yunzhang.governance.lab.actions.engine import find_engine_digest
from yunzhang.governance.lab.actions.experiments import BUSY, find_prepared
from yunzhang.governance.lab.rules.simulating import Prepared, Trace, simulate, summarise
from yunzhang.governance.lab.terms import Experiment, RunsFailed, RunsKeptWaiting, RunsTooBig, State
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.jobs import enqueue

__all__ = ["keep_runs"]
log = logging.getLogger("yunzhang.lab")
V, H = FIGURES.index("V"), FIGURES.index("H")


def keep_runs(experiment: UUID, *, at: datetime, is_over: Callable[[], bool], is_last: bool = True) -> None:
    """Return when a slice of runs is kept, at least one; asks for the next slice, or keeps what they came to.

    Twice at once makes the same runs once. One that was cancelled or removed keeps none. Where the database is busy or
    away the error goes up, for the slice to be tried again, unless this try `is_last`; any other failure is kept with
    the experiment in words and in the log.
    """
    found = store.find(experiment)
    if found is None or not store.move(experiment, State.RUNNING, among=BUSY):
        store.drop_cancelled(experiment)
        return
    try:
        _play(found, at, is_over)
    except Exception as error:
        if store.is_transient(error) and not is_last:
            raise
        _keep_failure(experiment, error, at)


def _keep_failure(experiment: UUID, error: Exception, at: datetime) -> None:
    held = store.find(experiment)
    if held is None or held.state not in BUSY:
        return  # cancelled or removed meanwhile: what broke is nobody's any more
    log.exception("experiment %s broke off after %s runs", experiment, held.done)
    told = _told_as(error, held.done)
    facts = {"failed": {"what": told.what, "why": told.why, "do": told.do, "params": _plain(told.params)}}
    detail = f"{type(error).__name__}: {error}"[:2000]
    store.move(experiment, State.FAILED, among=BUSY, problem=detail, facts=facts, ended_at=at)


def _told_as(error: Exception, done: int) -> YunzhangError:
    # what the room foresaw speaks for itself
    if isinstance(error, YunzhangError):
        return error
    if isinstance(error, MemoryError):
        return RunsTooBig(done=done)
    return (RunsKeptWaiting if store.is_transient(error) else RunsFailed)(done=done)


def _plain(params: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}


def _play(found: Experiment, at: datetime, is_over: Callable[[], bool]) -> None:
    prepared = find_prepared(found)
    for number, changed in store.missing(found.id, found.runs):
        trace = simulate(prepared, seed=found.seed, number=number, changed=changed)
        if not store.keep_run(found.id, number, changed=changed, body=trace.pack()):
            return  # cancelled or removed meanwhile
        if is_over():
            break
    left = len(store.missing(found.id, found.runs))
    if left:
        enqueue("lab_run", {"experiment": str(found.id)}, at=at, request=uuid5(found.id, str(left)))
        return
    traces = [Trace.unpack(body) for body in store.traces(found.id)]
    facts = _facts(prepared, traces, found.seed) | find_experiment_score(found)
    store.move(found.id, State.DONE, among=BUSY, facts=facts, ended_at=at)


def _facts(prepared: Prepared, traces: list[Trace], seed: int) -> dict[str, Any]:
    clouds = {side: _cloud(traces, changed=side == "after") for side in ("before", "after")}
    return summarise(prepared, traces, seed=seed) | {"clouds": clouds, "engine": find_engine_digest()}


def _cloud(traces: list[Trace], *, changed: bool) -> list[list[float]]:
    # where runs end, (V, H) each; where either cannot be measured there is no point
    ends = [trace.course[-1] for trace in traces if trace.changed is changed and len(trace.course)]
    return [[float(end[V]), float(end[H])] for end in ends if not (isnan(end[V]) or isnan(end[H]))]
