"""`record`: drafts become entries, loops are folded live, subjects and texts stand beside them. One pass, plural only.

Rows go to the database in batches; no ORM object is made on this path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yunzhang.base.ids import noise
from yunzhang.base.merkle import leaf_hash
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.actions.acting import current_scope
from yunzhang.ground.ledger.store import rows, writes
from yunzhang.ground.ledger.terms import Acting, Draft, Loop, NoSuchLoop, Receipt, StepTaken, Subject, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    stamp: rules.Stamp
    request: Any  # the act key and the moment as the driver takes them
    moment: Any
    # Keyed by UUID.int: a UUID hashes itself in Python, and these are asked six times for every entry.
    loops: dict[int, Loop]
    steps: dict[int, int]  # last step of streams without a loop
    seen: dict[int, int]  # step of every stream as the batch began
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)
    leaves: list[tuple[UUID, bytes]] = field(default_factory=list)
    texts: list[tuple[UUID, str, bytes, str]] = field(default_factory=list)
    subjects: dict[UUID, tuple[Subject, bytes]] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)


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
    stamp = rules.Stamp(by, at)
    wanted = {draft.loop for draft in drafts if draft.opens is None}
    found = writes.load_loops(wanted) if wanted else {}
    streams = wanted - found.keys()
    steps = {stream.int: step for stream, step in writes.last_steps(streams).items()} if streams else {}
    loops = {loop.int: row for loop, row in found.items()}
    seen = {**steps, **{number: loop.step for number, loop in loops.items()}}
    return _Batch(by, stamp, rows.uuid_out(by.request), rows.moment_out(at), loops, steps, seen)


def _add(batch: _Batch, draft: Draft, ordinal: int) -> None:
    step, stamp = _next_step(batch, draft), batch.stamp
    entry, verb = stamp.entry_id(ordinal), str(draft.verb)
    data = _data(draft)
    digests = _digests(batch, draft, entry)
    body = stamp.body(draft.loop, verb, step=step, ordinal=ordinal, data=data, digests=digests)
    _fold(batch, draft, data)
    out, by = rows.uuid_out, batch.by
    # In the order of INSERT_ENTRY's columns.
    ids = out(entry), out(draft.loop)
    facts = by.unit, by.post, by.person, by.on_behalf, batch.request, ordinal, body
    batch.rows.append((*ids, step, verb, batch.moment, *facts))
    batch.ids.append(entry)
    batch.leaves.append((entry, leaf_hash(body)))


def _next_step(batch: _Batch, draft: Draft) -> int:
    if draft.step is not None and draft.step != batch.seen.get(draft.loop.int, 0):
        raise StepTaken
    loop = batch.loops.get(draft.loop.int)
    if loop is not None:
        return loop.step + 1
    step = batch.steps.get(draft.loop.int, 0) + 1
    if draft.opens is None:
        batch.steps[draft.loop.int] = step
    return step


def _data(draft: Draft) -> Mapping[str, Any]:
    if draft.opens is None and draft.subject is None:
        return draft.data if type(draft.data) is dict else dict(draft.data)
    data = dict(draft.data)
    if draft.opens is not None:
        data["opens"] = rules.opening_terms(draft.opens)
    if draft.subject is not None:
        data["subject"] = {"id": str(draft.subject.id), "room": draft.subject.room}
    return data


def _digests(batch: _Batch, draft: Draft, entry: UUID) -> dict[str, str]:
    digests: dict[str, str] = {}
    for name, text in draft.texts.items():
        salt = noise(SALT)
        batch.texts.append((entry, name, salt, text))
        digests[name] = rules.salted_digest(salt, text)
    about = draft.subject
    if about is not None:
        salt = noise(SALT)
        batch.subjects[about.id] = about, salt
        digests["subject"] = rules.subject_digest(salt, about.room, about.programme, about.title)
    return digests


def _fold(batch: _Batch, draft: Draft, data: Mapping[str, Any]) -> None:
    number = draft.loop.int
    known = batch.loops.get(number)
    if known is None and draft.verb not in rules.MOVING:
        return
    if draft.verb == Verb.OPENED and draft.opens is None:
        raise NoSuchLoop(loop=draft.loop)
    batch.loops[number] = rules.fold(known, _Move(draft.loop, draft.verb, batch.stamp.at, data))
    (batch.opened if known is None else batch.moved).add(number)


def _save(batch: _Batch) -> None:
    writes.insert_entries(batch.rows)
    writes.insert_loops([batch.loops[loop] for loop in batch.opened])
    writes.update_loops([batch.loops[loop] for loop in batch.moved - batch.opened])
    writes.insert_texts(batch.texts)
    if batch.subjects:
        writes.put_subjects(list(batch.subjects.values()))
