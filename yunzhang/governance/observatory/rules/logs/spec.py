"""What a mapping says, checked: which columns hold what, who answers whom, how a reply is told, which units there are.

Nouns only; `mapping` reads them from YAML, the readers of each kind of log follow them.
"""

from __future__ import annotations

from collections.abc import Mapping as Cells
from dataclasses import dataclass, field
from datetime import tzinfo

LOGS = ("matters", "events", "messages", "documents")
# Roles a column may play, by kind of log: those that must be given, then those that may.
ROLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "matters": (
        ("loop", "creditor", "debtor", "opened"),
        ("due", "closed", "outcome", "kind", "programme", "extended", "confirmed"),
    ),
    "events": (("case", "activity", "at"), ("unit", "to", "creditor", "debtor", "due", "kind", "programme")),
    "messages": (
        ("id", "from", "to", "at"),
        ("copies", "subject", "in_reply_to", "references", "thread", "kind", "programme"),
    ),
    "documents": (
        ("id", "issuer", "at"),
        ("to", "cites", "consulted", "consulted_at", "kind", "programme"),
    ),
}
PARTIES = ("creditor", "debtor", "unit", "to", "from", "issuer", "consulted", "copies")
TESTS = ("is", "has", "starts", "ends")


@dataclass(frozen=True, slots=True)
class Match:
    """One line of a list of choices: a text that equals, holds, begins or ends with something becomes `then`."""

    test: str
    words: tuple[str, ...]
    then: str

    def fits(self, text: str) -> bool:
        """Return whether a text passes."""
        if self.test == "is":
            return text in self.words
        if self.test == "has":
            return any(word in text for word in self.words)
        return text.startswith(self.words) if self.test == "starts" else text.endswith(self.words)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the value of a role comes from: a column, perhaps translated, or a constant."""

    column: str = ""
    constant: str = ""
    matches: tuple[Match, ...] = ()
    otherwise: str | None = None  # None: the cell as it is

    def read(self, cells: Cells[str, str]) -> str:
        """Return the value in one row, without surrounding blanks."""
        if not self.column:
            return self.constant
        text = cells.get(self.column, "").strip()
        for match in self.matches:
            if match.fits(text):
                return match.then
        return text if self.otherwise is None else self.otherwise


@dataclass(frozen=True, slots=True)
class Clock:
    """How moments are written: formats tried in turn ("iso" is ISO 8601), and the zone of those that name none."""

    formats: tuple[str, ...] = ("iso",)
    zone: tzinfo | None = None  # None: every moment must name its own


@dataclass(frozen=True, slots=True)
class UnitRules:
    """Where units come from: a table, the log itself, or both; and what names of the log stand for."""

    table: str = ""
    people: str = ""
    derive: bool = True
    default_kind: str = "department"
    root: str = ""
    parent: Source | None = None
    parent_of: str = ""
    address: str = "whole"  # of an e-mail address: whole | domain | local
    kinds: tuple[Match, ...] = ()
    aliases: Cells[str, str] = field(default_factory=dict)
    more: tuple[Cells[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Activities that ask and those that answer; of the answers some refuse."""

    asks: tuple[str, ...]
    answers: tuple[str, ...]
    refuses: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class EventRules:
    """How matters arise from events: a whole case, a handover of work, or pairs of asking and answering."""

    how: str = "case"  # case | handover | pairs
    within_days: float | None = None
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    withdraws: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    closes_on: str = "last"  # of the run of events of one unit: first | last
    answered_by: str = "first"  # of a case without a debtor's column: its first | last unit that is not the creditor
    kind: str = "matter"


@dataclass(frozen=True, slots=True)
class MessageRules:
    """How matters arise from messages: what makes a thread, which messages ask, and when an answer is in time."""

    thread: str = "reply"  # reply | subject | column
    opens: str = "start"  # start | every
    within_days: float = 7
    lapse_days: float = 90
    copies: bool = False
    at_most: int = 20  # a message to more units is an announcement and asks nobody
    kind: str = "request"


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """How matters arise from documents; None leaves a kind of tie out."""

    cites: Cites | None = None
    joint: str = ""  # the kind of a joint issue; "" leaves it out
    consults: Consults | None = None


@dataclass(frozen=True, slots=True)
class Cites:
    """An upper document is implemented by the lower one that cites it; who never does is silent."""

    within_days: float
    kind: str = "directive"
    silent: str = "none"  # none | addressees | sisters


@dataclass(frozen=True, slots=True)
class Consults:
    """Bodies consulted before a document was issued owe an answer."""

    within_days: float
    kind: str = "consultation"


@dataclass(frozen=True, slots=True)
class Side:
    """A table beside the log: its file, its columns by role, what one row counts."""

    file: str
    columns: Cells[str, str]
    matters: float = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping."""

    log: str
    columns: Cells[str, Source]
    clock: Clock
    units: UnitRules
    loops: EventRules | MessageRules | DocumentRules | None
    within_days: float | None = None  # matters: the time limit of a row without one
    title: str = ""
    encoding: str = "utf-8"
    separator: str = ","
    several: tuple[str, ...] = ("、", ";", "；")
    only: tuple[tuple[str, Match], ...] = ()
    sides: Cells[str, Side] = field(default_factory=dict)

    def split(self, text: str) -> list[str]:
        """Return the names a cell holds, each once, in order."""
        for mark in self.several[1:]:
            text = text.replace(mark, self.several[0])
        parts = (part.strip() for part in text.split(self.several[0]))
        return list(dict.fromkeys(part for part in parts if part))

    def files(self) -> list[str]:
        """Return the files that must lie beside the log."""
        named = [self.units.table, self.units.people, *(side.file for side in self.sides.values())]
        return [name for name in named if name]
