"""Pure rules of the ledger: what an entry does to its loop, and which bytes an entry is.

`fold` is the one function of the live write, the replay and the lab.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from yunzhang.base.canonical import canonical_text
from yunzhang.ground.ledger.terms import (
    Acting,
    Entry,
    EntryTooLong,
    Loop,
    NoSuchLoop,
    Outcome,
    State,
    Verb,
    WrongState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION = 1
LONGEST_BODY = 65_535  # an entry bundle's length prefix has 16 bits (C2SP tlog-tiles)
OPEN_STATES = frozenset({State.OPEN, State.SIGNED, State.ANSWERED})
MAY_FOLLOW: Mapping[str, frozenset[State]] = {
    Verb.SIGNED: frozenset({State.OPEN}),
    Verb.ANSWERED: frozenset({State.OPEN, State.SIGNED}),
    Verb.ACCEPTED: frozenset({State.ANSWERED}),
    Verb.RETURNED: frozenset({State.ANSWERED}),
    Verb.EXTENDED: OPEN_STATES,
    Verb.REFUSED: OPEN_STATES,
    Verb.WITHDRAWN: OPEN_STATES,
    Verb.STRUCK_OFF: frozenset({State.CLOSED}),
}
MOVING = frozenset({Verb.OPENED, *MAY_FOLLOW})


class Move(Protocol):
    """What `fold` reads of an entry."""

    @property
    def loop(self) -> UUID: ...
    @property
    def verb(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def moment_text(at: datetime) -> str:
    """Return a moment as the ledger writes it: RFC 3339, UTC, microseconds.

    >>> moment_text(datetime(2026, 11, 23, tzinfo=UTC))
    '2026-11-23T00:00:00.000000Z'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain_text(value: Any) -> str:
    """Return data or digests of an entry as canonical JSON text."""
    return canonical_text(value)


def read_moment(text: str) -> datetime:
    """Return the moment written as RFC 3339 text."""
    return datetime.fromisoformat(text)


def opening_terms(loop: Loop) -> dict[str, Any]:
    """Return what an opening entry says of its loop: everything `fold` needs, nothing that changes later."""
    return {
        "kind": loop.kind,
        "subject": str(loop.subject),
        "parent": str(loop.parent) if loop.parent else None,
        "creditor": loop.creditor,
        "debtor": loop.debtor,
        "handled_by": loop.handled_by,
        "authority": loop.authority,
        "relation": str(loop.relation),
        "axis": str(loop.axis),
        "programme": loop.programme,
        "due_at": moment_text(loop.due_at) if loop.due_at else None,
    }


def opened_loop(move: Move) -> Loop:
    """Return the loop an opening entry starts, at step 1."""
    terms = move.data["opens"]
    parent, due = terms["parent"], terms["due_at"]
    return Loop(
        id=move.loop,
        kind=terms["kind"],
        subject=UUID(terms["subject"]),
        parent=UUID(parent) if parent else None,
        creditor=terms["creditor"],
        debtor=terms["debtor"],
        handled_by=terms["handled_by"],
        authority=terms["authority"],
        relation=terms["relation"],
        axis=terms["axis"],
        programme=terms["programme"],
        opened_at=move.at,
        due_at=read_moment(due) if due else None,
        step=1,
    )


def outcome_of(answered_at: datetime, due_at: datetime | None) -> Outcome:
    """Return whether an accepted answer came in time; waiting for acceptance is never charged."""
    return Outcome.MET if due_at is None or answered_at <= due_at else Outcome.LATE


def fold(loop: Loop | None, move: Move) -> Loop:
    """Return the loop after one entry; verbs outside `Verb` are notes and only add a step.

    Raises: WrongState where the loop's state does not allow the verb; NoSuchLoop where nothing was opened.
    """
    verb = move.verb
    if verb == Verb.OPENED:
        if loop is not None:
            raise WrongState(state=loop.state)
        return opened_loop(move)
    if loop is None:
        raise NoSuchLoop(loop=move.loop)
    allowed = MAY_FOLLOW.get(verb)
    if allowed is None:
        return _moved(loop)
    if loop.state not in allowed:
        raise WrongState(state=loop.state)
    return _MOVES[verb](loop, move)


def _moved(loop: Loop, **changes: Any) -> Loop:
    # Slots are copied by hand: dataclasses.replace costs four times as much, and this runs once per entry ever made.
    values = list(_values(loop))
    values[_AT["step"]] = loop.step + 1
    for name, value in changes.items():
        values[_AT[name]] = value
    new: Loop = object.__new__(Loop)
    for put, value in zip(_PUTS, values, strict=True):
        put(new, value)
    return new


_FIELDS = tuple(Loop.__dataclass_fields__)
_AT = {name: number for number, name in enumerate(_FIELDS)}
_PUTS = tuple(Loop.__dict__[name].__set__ for name in _FIELDS)
_values = attrgetter(*_FIELDS)


def _answered(loop: Loop, move: Move) -> Loop:
    if move.data.get("closes"):
        return _closed(loop, move.at)
    return _moved(loop, state=State.ANSWERED, answered_at=move.at)


def _signed(loop: Loop, move: Move) -> Loop:
    if move.data.get("closes"):
        return _closed(loop, move.at)
    return _moved(loop, state=State.SIGNED)


def _closed(loop: Loop, answered_at: datetime) -> Loop:
    outcome = outcome_of(answered_at, loop.due_at)
    return _moved(loop, state=State.CLOSED, answered_at=answered_at, closed_at=answered_at, outcome=outcome)


def _accepted(loop: Loop, move: Move) -> Loop:
    return _closed(loop, loop.answered_at or move.at)


def _returned(loop: Loop, move: Move) -> Loop:
    return _moved(loop, state=State.SIGNED, answered_at=None, closed_at=None, returns=loop.returns + 1)


def _extended(loop: Loop, move: Move) -> Loop:
    return _moved(loop, due_at=read_moment(move.data["due_at"]), extended=loop.extended + 1)


def _refused(loop: Loop, move: Move) -> Loop:
    return _moved(loop, state=State.CLOSED, closed_at=move.at, outcome=Outcome.REFUSED)


def _withdrawn(loop: Loop, move: Move) -> Loop:
    return _moved(loop, state=State.WITHDRAWN, closed_at=move.at, outcome=Outcome.WITHDRAWN)


def _struck_off(loop: Loop, move: Move) -> Loop:
    return _moved(loop, state=State.STRUCK_OFF)


_MOVES: Mapping[str, Callable[[Loop, Move], Loop]] = {
    Verb.SIGNED: _signed,
    Verb.ANSWERED: _answered,
    Verb.ACCEPTED: _accepted,
    Verb.RETURNED: _returned,
    Verb.EXTENDED: _extended,
    Verb.REFUSED: _refused,
    Verb.WITHDRAWN: _withdrawn,
    Verb.STRUCK_OFF: _struck_off,
}


class Stamp:
    """What all entries of one act have in common, written out once: who, when, which request."""

    def __init__(self, by: Acting, at: datetime) -> None:
        self.at, self.request = at.astimezone(UTC), by.request
        self.head = f'{{"at":"{moment_text(at)}","data":'
        self.behalf = f'","on_behalf":{canonical_text(by.on_behalf)},"ordinal":'
        self.person = f',"person":{canonical_text(by.person)},"post":{canonical_text(by.post)}'
        self.person += f',"request":"{by.request}","step":'
        self.tail = f',"unit":{canonical_text(by.unit)},"v":{VERSION},"verb":'
        self.moment = int(self.at.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62

    def entry_id(self, ordinal: int) -> UUID:
        """Return the id of the act's n-th entry: a UUIDv7 of its moment, its noise drawn from request and ordinal."""
        noise = sha256(self.request.bytes + ordinal.to_bytes(4, "big")).digest()
        low = int.from_bytes(noise[:8], "big") & (1 << 62) - 1
        return UUID(int=self.moment | int.from_bytes(noise[8:10], "big") >> 4 << 64 | low)

    def body(
        self, loop: UUID, verb: str, *, step: int, ordinal: int, data: Mapping[str, Any], digests: Mapping[str, str]
    ) -> bytes:
        """Return the canonical bytes of one entry, the ones that are hashed (RFC 8785): its keys stand in order here.

        Raises: EntryTooLong beyond 65,535 bytes; ValueError where the data have no canonical form.
        """
        words = canonical_text(data) if data else "{}"
        stamps = canonical_text(digests) if digests else "{}"
        text = (
            f'{self.head}{words},"digests":{stamps},"loop":"{loop}{self.behalf}{ordinal}{self.person}{step}{self.tail}'
        )
        body = f"{text}{canonical_text(verb)}}}".encode()
        if len(body) > LONGEST_BODY:
            raise EntryTooLong(field="data", problem=len(body))
        return body


def salted_digest(salt: bytes, text: str) -> str:
    """Return the digest under which an erasable text stands in the ledger: SHA-256 over salt and text, in hex."""
    # A damaged text read back from the database may hold bytes that are no UTF-8; it must differ, not stop the check.
    return sha256(salt + text.encode("utf-8", "surrogateescape")).hexdigest()


def subject_digest(salt: bytes, room: str, programme: str, title: str) -> str:
    """Return the digest of a subject in the entry that introduced or retitled it: room, programme and title."""
    return salted_digest(salt, f"{room}\n{programme}\n{title}")


def entry_of(entry: UUID, body: bytes, seq: int | None = None) -> Entry:
    """Return the entry as readers see it, from its canonical bytes."""
    facts = json.loads(body)
    return Entry(
        id=entry,
        loop=UUID(facts["loop"]),
        step=facts["step"],
        verb=facts["verb"],
        at=read_moment(facts["at"]),
        unit=facts["unit"],
        post=facts["post"],
        person=facts["person"],
        on_behalf=facts["on_behalf"],
        request=UUID(facts["request"]),
        ordinal=facts["ordinal"],
        data=facts["data"],
        digests=facts["digests"],
        seq=seq,
    )
