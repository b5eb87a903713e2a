"""One part of a verification: a run of sealed entries read once, hashed, compared with its columns and folded.

Runs in a process of its own where the ledger is large; everything in and out of it is plain values.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from hashlib import sha256
from json import JSONDecoder
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.base.merkle import Frontier, parents
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.store import rows, scan
from yunzhang.ground.ledger.terms import Fault, Loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

BLOCK = 256
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration)
KEPT_FAULTS = 100
BODY = zh("正文字节与叶散列不符")
COLUMNS = zh("列与正文不符")
NO_ENTRY = zh("缺少存证")
NO_NUMBER = zh("序号不连续")
OUT_OF_ORDER = zh("步次不连续")
IMPOSSIBLE = zh("该步与事项状态不符")
LOOP_ROW = zh("事项与重放结果不符")
TEXT = zh("文字与摘要不符")
_decode = JSONDecoder().scan_once  # type: ignore[attr-defined]  # the C scanner: half the time of json.loads


Digests = dict[str, tuple[str, int | None, Any]]  # subject -> its last digest, and the entry that holds it


class Move:
    """What `fold` reads; one object serves a whole scan."""

    __slots__ = ("at", "data", "loop", "verb")
    loop: UUID
    verb: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True)
class Part:
    """What one scan hands back."""

    faults: list[Fault] = field(default_factory=list)
    words: list[Fault] = field(default_factory=list)  # texts that differ from their digests
    blocks: list[bytes] = field(default_factory=list)  # roots of complete blocks of 256 leaves
    partials: dict[int, tuple[bytes, ...]] = field(default_factory=dict)  # tree size -> frontier inside its last block
    unsettled: set[str] = field(default_factory=set)  # streams that reach over this part, or differ: looked at again
    subjects: Digests = field(default_factory=dict)
    opened: int = 0
    is_gapless: bool = True


def scan_part(span: tuple[int, int], sizes: Sequence[int], texts: tuple[int, int]) -> Part:
    """Return what stands between two numbers: faults, block roots, and what the whole must still settle."""
    try:
        return _scan(span, sizes, texts, is_tolerant=False)
    except (UnicodeDecodeError, sqlite3.OperationalError):  # a flipped bit inside stored text
        return _scan(span, sizes, texts, is_tolerant=True)


def _scan(span: tuple[int, int], sizes: Sequence[int], texts: tuple[int, int], *, is_tolerant: bool) -> Part:
    scanner = Scanner()
    with scan.reader() as reader:
        if is_tolerant:
            reader.tolerate()
        scanner.read(reader.sealed(*span), *span)
        _settle(scanner, reader)
        _texts(scanner.part, reader.texts(*texts))
    _tree(scanner.part, scanner.leaves, span, sizes)
    return scanner.part


class Scanner:
    """Reads a run of sealed entries: hashes each, compares it with its columns, folds its loop."""

    def __init__(self) -> None:
        self.part = Part()
        self.leaves: list[bytes] = []
        self.loops: dict[str, Loop] = {}
        self.steps: dict[str, int] = {}  # of streams that are no loops
        self.move = Move()

    def read(self, stored: Iterable[tuple[Any, ...]], start: int, stop: int) -> None:
        """Read the rows from number `start` up to `stop`."""
        expected, decode, view, follow, leaves = start, _decode, column_view(), self._follow, self.leaves
        for row in stored:
            seq, entry, leaf, body = row[0], row[1], row[2], row[13]
            if seq != expected:
                self._gap(expected)
            expected = seq + 1
            if body is None:
                self._fault(seq, entry, NO_ENTRY)
                leaves.append(leaf)
                continue
            computed = sha256(b"\x00" + body).digest()
            leaves.append(computed)
            if computed != leaf:
                self._fault(seq, entry, BODY)
                continue
            try:
                facts = decode(body.decode(), 0)[0]
                if row[3:13] != view(facts):
                    self._fault(seq, entry, COLUMNS, _differing(row[3:13], view(facts)))
                follow(facts, seq, entry)
            except UNREADABLE:
                self._fault(seq, entry, BODY)
        if expected != stop:
            self._gap(expected)

    def _follow(self, facts: dict[str, Any], seq: int, entry: Any) -> None:
        stream, step, data = facts["loop"], facts["step"], facts["data"]
        if "subject" in data:
            self.part.subjects[data["subject"]["id"]] = facts["digests"]["subject"], seq, entry
        loop = self.loops.get(stream)
        last = loop.step if loop is not None else self.steps.get(stream, 0)
        if stream in self.part.unsettled:
            return
        if step != last + 1:
            self._unsettle(stream, seq, entry, OUT_OF_ORDER if last else "")
        elif loop is None and facts["verb"] != "opened":
            self.steps[stream] = step
        else:
            self._fold(loop, facts, seq, entry)

    def _fold(self, loop: Loop | None, facts: dict[str, Any], seq: int, entry: Any) -> None:
        move, stream = self.move, facts["loop"]
        move.verb, move.data = facts["verb"], facts["data"]
        if move.verb in rules.MOVING:
            move.at = rules.read_moment(facts["at"])
        if loop is None:
            move.loop = UUID(stream)
            self.part.opened += 1
        try:
            self.loops[stream] = rules.fold(loop, move)
        except (YunzhangError, *UNREADABLE):
            self._unsettle(stream, seq, entry, IMPOSSIBLE)

    def _unsettle(self, stream: str, seq: int, entry: Any, what: str) -> None:
        # Its earlier steps may stand in another part; the whole looks at such a stream again.
        self.part.unsettled.add(stream)
        self.loops.pop(stream, None)
        if what:
            self._fault(seq, entry, what)

    def _gap(self, seq: int) -> None:
        self.part.is_gapless = False
        self._fault(seq, None, NO_NUMBER)

    def _fault(self, seq: int, entry: Any, what: str, detail: str = "") -> None:
        if len(self.part.faults) < KEPT_FAULTS:
            self.part.faults.append(Fault(seq, None if entry is None else dashed(entry), what, detail))


def column_view() -> Any:
    """Return the function from an entry's facts to its columns as this database stores them."""
    return _sqlite_view if rows.is_sqlite() else _postgres_view


def _sqlite_view(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    at = facts["at"]
    return (
        facts["loop"].replace("-", ""),
        facts["step"],
        facts["verb"],
        f"{at[:10]} {at[11:19]}" if at[19:26] == ".000000" else f"{at[:10]} {at[11:26]}",
        facts["unit"],
        facts["post"],
        facts["person"],
        facts["on_behalf"],
        facts["request"].replace("-", ""),
        facts["ordinal"],
    )


NAMES = ("loop", "step", "verb", "at", "unit", "post", "person", "on_behalf", "request", "ordinal")


def _postgres_view(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple([facts[name] for name in NAMES])


def _differing(stored: Sequence[Any], expected: Sequence[Any]) -> str:
    return ", ".join(name for name, a, b in zip(NAMES, stored, expected, strict=True) if a != b)


def dashed(entry: Any) -> str:
    """Return an entry's id as people write it; a damaged one as it is stored."""
    if type(entry) is str and len(entry) == 32:
        return f"{entry[:8]}-{entry[8:12]}-{entry[12:16]}-{entry[16:20]}-{entry[20:]}"
    try:
        return str(entry if isinstance(entry, UUID) else UUID(hex=entry))
    except (ValueError, TypeError, AttributeError):
        return str(entry)


def is_uuid(text: str) -> bool:
    """Return whether a stream's name can be looked for at all; a forged one may be anything."""
    try:
        return str(UUID(text)) == text
    except (ValueError, AttributeError):
        return False


def _settle(scanner: Scanner, reader: scan.Reader) -> None:
    # A row that equals the fold is settled. One that differs may only have moved on since, or in the next part.
    sqlite = rows.is_sqlite()
    expected = {(row := rows.loop_row(loop, sqlite=sqlite))[0]: (name, row) for name, loop in scanner.loops.items()}
    for stored in reader.loops(sorted(expected)):
        if expected[stored[0]][1] == stored:
            del expected[stored[0]]
    scanner.part.unsettled |= {name for name, _ in expected.values()}


def _texts(part: Part, stored: Iterable[tuple[Any, ...]]) -> None:
    for entry, name, salt, text, seq, body in stored:
        # Digests stand nowhere else in a body, so finding name and digest together is finding them in their place.
        if body is None or type(salt) is not bytes or _stamp(name, salt, text) not in body:
            part.words.append(Fault(seq, dashed(entry), TEXT, str(name)))


def _stamp(name: str, salt: bytes, text: str) -> bytes:
    digest = sha256(salt + text.encode("utf-8", "surrogateescape")).hexdigest()
    return f'"{name}":"{digest}"'.encode("utf-8", "surrogateescape")


def _tree(part: Part, leaves: list[bytes], span: tuple[int, int], sizes: Sequence[int]) -> None:
    if not part.is_gapless:
        return
    start = span[0]
    hashes: list[bytes] = leaves[: len(leaves) // BLOCK * BLOCK]
    while len(hashes) * BLOCK > len(leaves) and hashes:
        hashes = parents(hashes)
    part.blocks = hashes
    for size in sizes:
        if start < size <= span[1] or size == start == 0:
            inside = leaves[size // BLOCK * BLOCK - start : size - start]
            part.partials[size] = Frontier().extended(inside).hashes
