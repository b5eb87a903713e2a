"""What a timeline says of an entry: the verb in the reader's words, who acted from which post, and the texts held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from yunzhang.base.errors import zh
from yunzhang.ground.ledger.terms import Entry, Verb
from yunzhang.ground.org import actions as org
from yunzhang.vertical.directives.rules import last_day
from yunzhang.vertical.directives.terms import Note, TimelineRow

VERBS = {
    Verb.OPENED: zh("交办"),
    Verb.SIGNED: zh("签收"),
    Verb.ANSWERED: zh("报送办理结果"),
    Verb.ACCEPTED: zh("审核通过，办结"),
    Verb.RETURNED: zh("退回补充"),
    Verb.EXTENDED: zh("同意延期"),
    Verb.WITHDRAWN: zh("撤回"),
    Verb.STRUCK_OFF: zh("销号"),
    Note.ISSUED: zh("印发"),
    Note.PROGRESS: zh("反馈进展"),
    Note.EXTENSION_ASKED: zh("申请延期"),
    Note.OBJECTED: zh("提出异议"),
    Note.ASK_REFUSED: zh("不同意申请"),
}
CLOSES = {Verb.SIGNED: zh("签收即办结"), Verb.ANSWERED: zh("反馈进展")}
SHOWN_TEXTS = ("requirement", "text", "reason")


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a timeline."""

    entry: Entry
    verb: str
    unit: str
    post: str
    person: str
    on_behalf: str
    until: date | None
    texts: tuple[str, ...]


def describe(rows: Sequence[TimelineRow]) -> list[Act]:
    """Return the lines of a timeline; names are of the post-holders of each day, in a fixed number of queries."""
    entries = [row.entry for row in rows]
    units = org.find_units({one.unit for one in entries if one.unit is not None})
    posts = {post for one in entries for post in (one.post, one.on_behalf) if post is not None}
    signed = org.find_signatures(posts, {one.person for one in entries if one.person})
    return [
        Act(
            entry=row.entry,
            verb=verb(row.entry),
            unit=units[row.entry.unit].name if row.entry.unit in units else "",
            post=signed.title(row.entry.post),
            person=signed.name(row.entry.person),
            on_behalf=signed.title(row.entry.on_behalf),
            until=new_due(row.entry),
            texts=tuple(row.texts[name] for name in SHOWN_TEXTS if row.texts.get(name)),
        )
        for row in rows
    ]


def verb(entry: Entry) -> str:
    """Return the entry's verb as readers say it."""
    if entry.data.get("closes") and entry.verb in CLOSES:
        return _(CLOSES[Verb(entry.verb)])
    known = {str(name): text for name, text in VERBS.items()}
    return _(known[entry.verb]) if entry.verb in known else entry.verb


def new_due(entry: Entry) -> date | None:
    """Return the day an entry sets or asks for, if any."""
    if entry.verb == Verb.EXTENDED:
        return last_day(datetime.fromisoformat(str(entry.data["due_at"])))
    if entry.verb == Note.EXTENSION_ASKED:
        return date.fromisoformat(str(entry.data["due_on"]))
    return None
