"""Looks at the ledger: loops, their entries, subjects, texts, receipts. None of them changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yunzhang.ground.ledger.actions.acting import receipt_of
from yunzhang.ground.ledger.rules import entry_of
from yunzhang.ground.ledger.store import acts, lists, looks, writes
from yunzhang.ground.ledger.terms import Entry, Loop, NoSuchEntry, NoSuchLoop, Receipt, Subject
from yunzhang.kit.lists import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    import pyarrow as pa

    from yunzhang.ground.ledger.terms import EntryQuery, LoopQuery, Parties


def find_loop(loop: UUID) -> Loop:
    """Return one loop. Raises: NoSuchLoop."""
    return find_loops([loop])[loop]


def find_loops(ids: Sequence[UUID]) -> dict[UUID, Loop]:
    """Return these loops, keyed by id. Raises: NoSuchLoop where one is missing."""
    found = writes.load_loops(set(ids))
    for loop in ids:
        if loop not in found:
            raise NoSuchLoop(loop=loop)
    return found


def find_children(parents: Sequence[UUID]) -> dict[UUID, list[Loop]]:
    """Return the loops one level below each of these, oldest first; every parent has a list."""
    found = looks.children_of(parents)
    return {parent: found.get(parent, []) for parent in parents}


def find_subject_loops(subject: UUID) -> list[Loop]:
    """Return all loops about one subject, oldest first."""
    return looks.loops_of_subject(subject)


def list_loops(query: LoopQuery) -> Page[Loop]:
    """Return one page of the loops the query describes; who may see them is asked before."""
    loops, total = lists.page_of_loops(query)
    return Page(rows=loops, total=total, page=query.page, size=query.size)


def list_records(query: EntryQuery) -> Page[Entry]:
    """Return one page of entries of the units the query names, newest first; who may see them is asked before."""
    written, total = lists.page_of_entries(query)
    return Page(rows=[entry_of(*one) for one in written], total=total, page=query.page, size=query.size)


def find_record(key: UUID, units: Parties, *, post: int | None = None) -> list[Entry]:
    """Return the entries of an act by its key, or one entry by its id: those that touch the units, or of one post.

    An empty list says neither that there is none nor that there is one.
    """
    found = [entry for entry, _ in writes.entries_of_request(key)] or [key]
    return [find_entry(entry) for entry in found if lists.touches(entry, units, post)]


def loop_columns(*, opened_from: datetime | None = None, to: datetime | None = None) -> pa.Table:
    """Return the loops as Arrow columns for the measure (design §5); ids are text, moments UTC.

    An answer awaiting acceptance is closed at the moment of the answer. No `confirmed` column: nothing confirms yet.
    """
    return lists.loop_table(opened_from, to)


def act_columns(
    verbs: Sequence[str],
    *,
    but_kinds: Sequence[str] = (),
    to: datetime | None = None,
    post: int | None = None,
    person: str | None = None,
) -> pa.Table:
    """Return the entries of these verbs on matters as Arrow columns, by moment; `to` is exclusive.

    Columns: at, verb, request, loop, unit, post, subject, kind, programme, creditor, debtor, axis, relation,
    authority, parent, due_at. Ids are text. With `post` and `person` the acts of one holder of one post alone.
    """
    return acts.act_table(verbs, but_kinds, to, post, person)


def list_acts(verbs: Sequence[str], *, after: datetime, to: datetime) -> list[Entry]:
    """Return the entries of these verbs between two moments (both exclusive), on matters and streams, by moment."""
    return [entry_of(*written) for written in acts.entries_of_verbs(verbs, after, to)]


def find_family(loop: UUID) -> list[Loop]:
    """Return every loop about the same subject as this one, itself among them, oldest first. Raises: NoSuchLoop."""
    found = looks.loops_beside(loop)
    if not found:
        raise NoSuchLoop(loop=loop)
    return found


def find_subjects(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """Return the subjects that stand, keyed by id."""
    return looks.subjects_by_id(set(ids))


def find_titles(streams: Iterable[UUID]) -> dict[UUID, str]:
    """Return what each loop or stream is about, as far as a subject stands."""
    asked = set(streams)
    loops = writes.load_loops(asked)
    subjects = looks.subjects_by_id({loops[each].subject if each in loops else each for each in asked})
    about = {each: subjects.get(loops[each].subject if each in loops else each) for each in asked}
    return {each: subject.title for each, subject in about.items() if subject}


def list_entries(loop: UUID) -> list[Entry]:
    """Return the timeline of a loop or stream, by step; `seq` is None until sealed."""
    return [entry_of(*written) for written in looks.entries_of(loop)]


def list_record(loop: UUID) -> list[tuple[Entry, dict[str, str]]]:
    """Return the timeline of a loop or stream, each entry with the texts still held beside it. One query."""
    found: dict[UUID, tuple[Entry, dict[str, str]]] = {}
    for written, name, text in looks.record_of(loop):
        if written[0] not in found:
            found[written[0]] = (entry_of(*written), {})
        if name is not None and text is not None:
            found[written[0]][1][name] = text
    return list(found.values())


def find_open_below(parents: Iterable[UUID]) -> dict[UUID, list[Loop]]:
    """Return the loops in hand directly below each loop, for these and for everything in hand under them. One query."""
    found: dict[UUID, list[Loop]] = {}
    for loop in looks.open_below(list(parents)):
        if loop.parent is not None:
            found.setdefault(loop.parent, []).append(loop)
    return found


def find_entry(entry: UUID) -> Entry:
    """Return one entry. Raises: NoSuchEntry."""
    written = looks.entry_by_id(entry)
    if written is None:
        raise NoSuchEntry(entry=entry)
    return entry_of(*written)


def find_texts(loop: UUID) -> dict[tuple[UUID, str], str]:
    """Return the words still held beside a loop's entries, keyed by entry and name."""
    return looks.texts_of(loop)


def find_receipt(request: UUID) -> Receipt:
    """Return the receipt of an act by its key. Raises: NoSuchEntry where no act had it."""
    done = writes.entries_of_request(request)
    if not done:
        raise NoSuchEntry(entry=request)
    return receipt_of(request, done)


def find_opened(request: UUID) -> list[Loop]:
    """Return the loops an act opened, in the order of its entries."""
    return looks.loops_opened_by(request)


def list_sealed(cursor: int, limit: int) -> list[Entry]:
    """Return sealed entries from number `cursor` on, at most `limit`, in order: the way to replay from zero."""
    return [entry_of(*written) for written in looks.sealed_from(cursor, limit)]


def count_loops(query: LoopQuery, *, per: str) -> dict[Any, int]:
    """Return how many loops fit for each value of a column: debtor, creditor, handled_by, state, kind, programme."""
    return lists.tally(query, per)


def count_loops_late(query: LoopQuery, *, per: str, at: datetime) -> dict[Any, tuple[int, int]]:
    """Return for each value of a column how many loops fit, and how many of them were due before a moment."""
    return lists.tally_late(query, per, at)


def list_programmes() -> list[str]:
    """Return every programme 专项 a loop was opened under, in alphabetical order."""
    return lists.programmes()
