"""The runs of an experiment, a slice at a time: each is kept at once, so that what breaks off goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import isnan
from typing import Any
from uuid import UUID, uuid5

from yunzhang.base.errors import YunzhangError
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions.engine import find_engine_digest
from yunzhang.governance.lab.actions.experiments import BUSY, find_start
from yunzhang.governance.lab.rules.simulating import Prepared, Trace, prepare, simulate, summarise
from yunzhang.governance.lab.terms import Experiment, State
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.jobs import enqueue

__all__ = ["keep_runs"]
V, H = FIGURES.index("V"), FIGURES.index("H")


def keep_runs(experiment: UUID, *, at: datetime, is_over: Callable[[], bool]) -> None:
    """Return when a slice of runs is kept, at least one; asks for the next slice, or keeps what they came to.

    Twice at once makes the same runs once. One that was cancelled or removed keeps none; a failure is kept in words.
    """
    found = store.find(experiment)
    if found is None or not store.move(experiment, State.RUNNING, among=BUSY):
        store.drop_cancelled(experiment)
        return
    try:
        _play(found, at, is_over)
    except Exception as error:
        problem = f"{error.code}: {error}" if isinstance(error, YunzhangError) else f"{type(error).__name__}: {error}"
        store.move(experiment, State.FAILED, among=BUSY, problem=problem[:2000], ended_at=at)
        raise


def _play(found: Experiment, at: datetime, is_over: Callable[[], bool]) -> None:
    prepared = prepare(*find_start(found))
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
    store.move(found.id, State.DONE, among=BUSY, facts=_facts(prepared, traces, found.seed), ended_at=at)


def _facts(prepared: Prepared, traces: list[Trace], seed: int) -> dict[str, Any]:
    clouds = {side: _cloud(traces, changed=side == "after") for side in ("before", "after")}
    return summarise(prepared, traces, seed=seed) | {"clouds": clouds, "engine": find_engine_digest()}


def _cloud(traces: list[Trace], *, changed: bool) -> list[list[float]]:
    # where runs end, (V, H) each; where either cannot be measured there is no point
    ends = [trace.course[-1] for trace in traces if trace.changed is changed and len(trace.course)]
    return [[float(end[V]), float(end[H])] for end in ends if not (isnan(end[V]) or isnan(end[H]))]
