"""Nouns of the ledger 台账: who acts, entries, loops 事项, subjects, receipts, checkpoints.

Unit, post and person ids are opaque here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID, uuid4

from yunzhang.base.errors import Conflict, Invalid, Missing, YunzhangError, zh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

type_json = str | int | bool | None | list["type_json"] | dict[str, "type_json"]
Axis = Literal["vertical", "horizontal"]
NOTHING: Mapping[str, type_json] = MappingProxyType({})


class State(StrEnum):
    """Where a loop stands; waiting for acceptance (`answered`) is never charged to the debtor."""

    OPEN = "open"
    SIGNED = "signed"
    ANSWERED = "answered"
    CLOSED = "closed"
    STRUCK_OFF = "struck_off"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of a loop, as the measure reads it."""

    OPEN = "open"
    MET = "met"
    LATE = "late"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """The verbs that move a loop; every other verb is a note on it and leaves it as it is."""

    OPENED = "opened"
    SIGNED = "signed"  # data {"closes": true}: the signature is the accepted answer (towns)
    ANSWERED = "answered"  # data {"closes": true}: delivery is acceptance (reports)
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXTENDED = "extended"  # data {"due_at": moment}
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STRUCK_OFF = "struck_off"


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, resolved once at the door; `request` is the act key: the same key twice is one act."""

    person: str
    post: int | None
    unit: int | None
    on_behalf: int | None = None
    request: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Loop:
    """One matter 事项: who owes what to whom, by when, on which basis."""

    id: UUID
    kind: str
    subject: UUID
    parent: UUID | None
    creditor: int
    debtor: int
    handled_by: int | None
    authority: str
    relation: str
    axis: Axis
    programme: str
    opened_at: datetime
    due_at: datetime | None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome = Outcome.OPEN
    state: State = State.OPEN
    step: int = 0
    returns: int = 0
    extended: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What a loop, or a change without a loop, is about; its title is mutable, its digest is in the ledger."""

    id: UUID
    room: str
    title: str
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry about to be recorded.

    `data` holds ids, enums and moments only (moments as RFC 3339 text); `texts` are stored erasably beside the ledger
    and enter it as salted digests. `step` is the step the actor has seen; None takes the next one.
    """

    loop: UUID
    verb: str
    data: Mapping[str, type_json] = field(default_factory=lambda: NOTHING)
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    opens: Loop | None = None  # with Verb.OPENED: the loop as it starts
    subject: Subject | None = None  # the first entry about this subject carries it
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act got back: its entries, and their sealed numbers, or pending where a sequencer seals."""

    request: UUID
    entries: tuple[UUID, ...]
    seqs: tuple[int, ...] = ()

    @property
    def is_pending(self) -> bool:
        """True until every entry of the act is sealed."""
        return len(self.seqs) < len(self.entries)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed or waiting entry as readers see it."""

    id: UUID
    loop: UUID
    step: int
    verb: str
    at: datetime
    unit: int | None
    post: int | None
    person: str
    on_behalf: int | None
    request: UUID
    ordinal: int
    data: Mapping[str, type_json]
    digests: Mapping[str, str]
    seq: int | None = None


class Parties(Protocol):
    """A set of units usable as a sub-query (`kit.lists.Scope`)."""

    def where(self, *columns: str) -> Any:
        """Return the condition that any of the columns lies in the set."""


@dataclass(frozen=True, slots=True)
class LoopQuery:
    """One page of loops: every condition given must hold; empty ones hold for all. Moments are half-open [from, to)."""

    creditors: Parties | None = None
    debtors: Parties | None = None
    handlers: Parties | None = None  # the handler or the creditor: whoever decides on the answer
    parties: Parties | None = None  # creditor, debtor or handler
    states: Sequence[State] = ()
    outcomes: Sequence[Outcome] = ()
    kinds: Sequence[str] = ()
    but_kinds: Sequence[str] = ()
    subjects: Sequence[UUID] = ()
    programme: str = ""
    axis: str = ""
    relation: str = ""
    due_before: datetime | None = None
    due_after: datetime | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    text: str = ""  # in the subject's title
    order: str = "due_at"
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """One page of entries, newest first: acts by these units, or by one post. Moments are half-open [from, to)."""

    units: Parties
    post: int | None = None
    verbs: Sequence[str] = ()
    loop: UUID | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class Verification:
    """What the last verification in the background found."""

    at: datetime
    is_whole: bool
    entries: int
    sealed: int
    first_seq: int | None = None
    first_entry: str | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed tree head: C2SP tlog-checkpoint text over `size` entries."""

    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree 存证不一致; `seq` is the number of the entry it concerns, where it concerns one."""

    seq: int | None
    entry: str | None
    what: str  # a message id
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}({self.detail})" if self.detail else self.what


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. `entries` counts all that stand, `sealed` those with a number."""

    entries: int
    sealed: int
    faults: tuple[Fault, ...] = ()
    checkpoints: int = 0
    newest: int = 0  # size of the newest checkpoint that was checked
    integrity: str = ""  # the database's own check: "ok", what it said, or "" where it has none

    @property
    def is_whole(self) -> bool:
        """True where everything agrees."""
        return not self.faults

    @property
    def first_bad(self) -> Fault | None:
        """The fault of the lowest number; those that concern no entry come last."""
        return min(self.faults, key=lambda fault: (fault.seq is None, fault.seq or 0), default=None)


class KeyMissing(YunzhangError):
    """The ledger's key is missing or unreadable, so no signature can be checked."""

    code = "key_missing"
    category = "unavailable"
    what = zh("台账的签名密钥缺失或无法读取（%(problem)s）。")
    do = zh("请从备份恢复办公室目录下的 keys 目录。")


class StepTaken(Conflict):
    """Two acted on one loop at once; the other one was first."""

    code = "step_taken"


class WrongState(YunzhangError):
    """The loop is not in a state from which this verb may move it."""

    code = "wrong_state"
    category = "conflict"
    what = zh("该事项当前状态为“%(state)s”，不能进行此项操作。")
    do = zh("请刷新页面查看最新情况。")


class NoSuchLoop(Missing):
    """The ledger holds no loop of that id."""

    code = "no_such_loop"
    what = zh("未找到编号为“%(loop)s”的事项。")


class NoSuchEntry(Missing):
    """The ledger holds no entry and no receipt of that number."""

    code = "no_such_entry"
    what = zh("未找到编号为“%(entry)s”的存证或回执。")


class EntryTooLong(Invalid):
    """One entry carries more than the tile format can hold (65,535 bytes)."""

    code = "entry_too_long"
