"""An e-mail log: a message that asks opens a matter for every unit it goes to; that unit's first reply closes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field

from yunzhang.governance.observatory.rules.logs.clock import days
from yunzhang.governance.observatory.rules.logs.desk import Aside, Desk
from yunzhang.governance.observatory.rules.logs.spec import MessageRules
from yunzhang.governance.observatory.rules.logs.units import NoUnit

ANSWERED = re.compile(r"^\s*(?:(?:re|aw|sv|答复|回复)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
PREFIXES = re.compile(r"^\s*(?:(?:re|aw|sv|fw|fwd|答复|回复|转发)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
LONGEST_CHAIN = 100  # references looked at; the last ones are the nearest


@dataclass(slots=True)
class Message:
    """One message with the units it came from and went to."""

    row: int
    id: str
    at: int
    sender: str
    recipients: list[str]
    parents: list[str]
    thread: str
    is_reply: bool
    kind: str
    programme: str


@dataclass(slots=True)
class Threads:
    """Matters that wait for an answer, by thread and parties; `root` names the thread of every message seen."""

    root: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    open: dict[tuple[str, str, str], list[tuple[int, int, str]]] = field(default_factory=dict)


def read_messages(rows: Iterable[tuple[int, Cells[str, str]]], desk: Desk) -> None:
    """Turn messages into loops, in the order of time."""
    rules = desk.mapping.loops
    assert isinstance(rules, MessageRules)  # noqa: S101 - the mapping was checked
    threads = Threads()
    for message in sorted(_collect(rows, rules, desk), key=lambda one: (one.at, one.row)):
        try:
            _follow(message, threads, rules, desk)
            desk.tally.used += 1
        except Aside as reason:
            shown = {"id": message.id, "from": message.sender, "to": "、".join(message.recipients)}
            desk.tally.put_aside(str(reason), message.row, shown)


def _collect(rows: Iterable[tuple[int, Cells[str, str]]], rules: MessageRules, desk: Desk) -> list[Message]:
    found: list[Message] = []
    seen: set[str] = set()
    for number, cells in rows:
        with desk.row(number, cells, uses=False):
            found.append(_message(number, cells, rules, desk, seen))
    return found


def _message(number: int, cells: Cells[str, str], rules: MessageRules, desk: Desk, seen: set[str]) -> Message:
    read = desk.reader(cells)
    identity = _bare(read("id"))
    if not identity:
        raise Aside("no_id")
    if identity in seen:
        raise Aside("duplicate_id")
    at, sender = desk.moment(read("at")), desk.units.unit_of(read("from"))
    recipients = _recipients(read("to") + ("、" + read("copies") if rules.copies else ""), sender, desk)
    desk.hang(cells, {"from": sender})
    seen.add(identity)
    parents = [_bare(each) for each in [*read("references").split(), *read("in_reply_to").split()] if _bare(each)]
    subject = read("subject")
    thread = {"reply": "", "subject": PREFIXES.sub("", subject).strip().lower(), "column": read("thread")}[rules.thread]
    is_reply = bool(parents) if rules.thread == "reply" else bool(ANSWERED.match(subject))
    kind, programme = read("kind") or rules.kind, read("programme")
    parents = parents[-LONGEST_CHAIN:]
    return Message(number, identity, at, sender, recipients, parents, thread, is_reply, kind, programme)


def _bare(text: str) -> str:
    return text.strip().strip("<>").strip()


def _recipients(text: str, sender: str, desk: Desk) -> list[str]:
    found: dict[str, None] = {}
    for name in desk.mapping.split(text):
        try:
            found[desk.units.unit_of(name)] = None
        except NoUnit as reason:
            desk.tally.parts[str(reason)] += 1
    if not found:
        raise Aside("unknown_unit" if text.strip("、 ") else "no_unit")
    found.pop(sender, None)
    if not found:
        raise Aside("same_unit")
    return list(found)


def _follow(message: Message, threads: Threads, rules: MessageRules, desk: Desk) -> None:
    thread = _thread(message, threads, rules)
    closed = {unit for unit in message.recipients if _closes(message, thread, unit, threads, desk)}
    rest = [unit for unit in message.recipients if unit not in closed]
    starts = thread not in threads.begun if rules.thread == "column" else not message.is_reply
    threads.begun.add(thread)
    if not rest or (closed and rules.opens == "start"):
        return
    if rules.opens == "start" and not starts:
        unseen = rules.thread == "reply" and not any(each in threads.root for each in message.parents)
        raise Aside("reply_to_unseen" if unseen else "answer_without_request")
    if len(rest) > rules.at_most:
        raise Aside("announcement")
    for unit in rest:
        moments = (message.at, message.at + days(rules.within_days), None)
        parties = (message.sender, unit)
        place = desk.loops.add(message.id, message.kind, parties, moments, programme=message.programme)
        threads.open.setdefault((thread, message.sender, unit), []).append((place, message.at, message.id))


def _thread(message: Message, threads: Threads, rules: MessageRules) -> str:
    if rules.thread != "reply":
        return message.thread or message.id
    known = next((threads.root[each] for each in reversed(message.parents) if each in threads.root), None)
    root = known or (message.parents[0] if message.parents else message.id)
    threads.root[message.id] = root
    return root


def _closes(message: Message, thread: str, creditor: str, threads: Threads, desk: Desk) -> bool:
    rules = desk.mapping.loops
    assert isinstance(rules, MessageRules)  # noqa: S101 - the mapping was checked
    waiting = threads.open.get((thread, creditor, message.sender), [])
    lapsed = message.at - days(rules.lapse_days)
    fitting = [one for one in waiting if one[1] >= lapsed]
    if not fitting:
        return False
    exact = [one for one in fitting if one[2] in message.parents]
    chosen = (exact or fitting)[-1 if exact else 0]
    desk.tally.ambiguous["by_thread"] += int(not exact)
    desk.tally.ambiguous["several_open"] += int(not exact and len(fitting) > 1)
    waiting.remove(chosen)
    desk.loops.close(chosen[0], message.at)
    return True
