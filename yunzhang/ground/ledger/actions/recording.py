"""`record`: drafts become entries, loops are folded live, subjects and texts stand beside them. One pass, plural only.

Rows go to the database in batches; no ORM object is made on this path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yunzhang.base.ids import noise
from yunzhang.base.merkle import leaf_hash
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.actions.acting import current_scope
from yunzhang.ground.ledger.store import rows, writes
from yunzhang.ground.ledger.terms import Acting, Draft, Loop, NoSuchLoop, Receipt, StepTaken, Subject, Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SALT = 16


@dataclass(slots=True)
class _Move:
    """What `fold` reads of an entry, without making the entry."""

    loop: UUID
    verb: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True)
class _Batch:
    """What one `record` will write."""

    by: Acting
    at: datetime
    loops: dict[UUID, Loop]
    steps: dict[UUID, int]  # last step of streams without a loop
    seen: dict[UUID, int]  # step of every stream as the batch began
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)
    leaves: list[tuple[UUID, bytes]] = field(default_factory=list)
    texts: list[tuple[UUID, str, bytes, str]] = field(default_factory=list)
    subjects: dict[UUID, tuple[Subject, bytes]] = field(default_factory=dict)
    opened: set[UUID] = field(default_factory=set)
    moved: set[UUID] = field(default_factory=set)


def record(by: Acting, drafts: Sequence[Draft], *, at: datetime) -> Receipt:
    """Return the receipt of these entries, recorded in order under the running act.

    Raises: StepTaken where a loop has moved on since the actor saw it; WrongState, NoSuchLoop from `rules.fold`;
    EntryTooLong. Units: `at` is an aware moment.
    """
    scope = current_scope()
    entries = scope.running[by.request]
    batch = _load(by, drafts, at)
    for ordinal, draft in enumerate(drafts, start=len(entries)):
        _add(batch, draft, ordinal)
    _save(batch)
    if rows.is_sqlite():
        scope.leaves += batch.leaves
    else:
        writes.insert_pending(batch.ids)
    entries += batch.ids
    return Receipt(by.request, tuple(batch.ids))


def _load(by: Acting, drafts: Sequence[Draft], at: datetime) -> _Batch:
    moment = at.astimezone(UTC)
    wanted = {draft.loop for draft in drafts if draft.opens is None}
    loops = writes.load_loops(wanted) if wanted else {}
    streams = wanted - loops.keys()
    steps = writes.last_steps(streams) if streams else {}
    seen = {**steps, **{loop.id: loop.step for loop in loops.values()}}
    return _Batch(by, moment, loops, steps, seen)


def _add(batch: _Batch, draft: Draft, ordinal: int) -> None:
    step = _next_step(batch, draft)
    entry = rules.entry_id(batch.at, batch.by.request, ordinal)
    data = _data(draft)
    digests = _digests(batch, draft, entry)
    body = rules.body_of(batch.by, draft, step=step, ordinal=ordinal, at=batch.at, data=data, digests=digests)
    _fold(batch, draft, data)
    batch.rows.append(_row(batch, draft, entry, step=step, ordinal=ordinal, body=body))
    batch.ids.append(entry)
    batch.leaves.append((entry, leaf_hash(body)))


def _next_step(batch: _Batch, draft: Draft) -> int:
    if draft.step is not None and draft.step != batch.seen.get(draft.loop, 0):
        raise StepTaken
    loop = batch.loops.get(draft.loop)
    if loop is not None:
        return loop.step + 1
    step = batch.steps.get(draft.loop, 0) + 1
    if draft.opens is None:
        batch.steps[draft.loop] = step
    return step


def _data(draft: Draft) -> dict[str, Any]:
    data = dict(draft.data)
    if draft.opens is not None:
        data["opens"] = rules.opening_terms(draft.opens)
    if draft.subject is not None:
        data["subject"] = {"id": str(draft.subject.id), "room": draft.subject.room}
    return data


def _digests(batch: _Batch, draft: Draft, entry: UUID) -> dict[str, str]:
    digests = {}
    for name, text in draft.texts.items():
        salt = noise(SALT)
        batch.texts.append((entry, name, salt, text))
        digests[name] = rules.salted_digest(salt, text)
    if draft.subject is not None:
        salt = noise(SALT)
        batch.subjects[draft.subject.id] = draft.subject, salt
        digests["subject"] = rules.subject_digest(salt, draft.subject)
    return digests


def _fold(batch: _Batch, draft: Draft, data: Mapping[str, Any]) -> None:
    known = batch.loops.get(draft.loop)
    if known is None and draft.verb not in rules.MOVING:
        return
    if draft.verb == Verb.OPENED and draft.opens is None:
        raise NoSuchLoop(loop=draft.loop)
    batch.loops[draft.loop] = rules.fold(known, _Move(draft.loop, draft.verb, batch.at, data))
    (batch.opened if known is None else batch.moved).add(draft.loop)


def _row(batch: _Batch, draft: Draft, entry: UUID, *, step: int, ordinal: int, body: bytes) -> tuple[Any, ...]:
    by = batch.by
    id_out: Callable[[UUID], Any] = rows.uuid_out
    return (
        id_out(entry),
        id_out(draft.loop),
        step,
        str(draft.verb),
        rows.moment_out(batch.at),
        by.unit,
        by.post,
        by.person,
        by.on_behalf,
        id_out(by.request),
        ordinal,
        body,
    )


def _save(batch: _Batch) -> None:
    writes.insert_entries(batch.rows)
    writes.insert_loops([batch.loops[loop] for loop in batch.opened])
    writes.update_loops([batch.loops[loop] for loop in batch.moved - batch.opened])
    writes.insert_texts(batch.texts)
    if batch.subjects:
        writes.put_subjects(list(batch.subjects.values()))
