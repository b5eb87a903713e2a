"""The list of loops as pages ask for it, and the loops as columns for the measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Case, Count, F, Q, When, Window

from yunzhang.ground.ledger.store.rows import LOOP_COLUMNS, fetch, loop_of, moment_out
from yunzhang.ground.ledger.store.tables import LedgerEntry, LedgerLoop, LedgerSealed, LedgerSubject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from yunzhang.ground.ledger.terms import EntryQuery, Loop, LoopQuery, Parties

FIELDS = tuple(LOOP_COLUMNS.split(", "))
ORDERS = frozenset(
    {"due_at", "opened_at", "answered_at", "closed_at", "creditor", "debtor", "state", "kind", "returns"}
)


def condition(query: LoopQuery) -> Q:
    """The query's conditions; an empty one holds for every loop."""
    found = Q()
    for scope, columns in (
        (query.creditors, ("creditor",)),
        (query.debtors, ("debtor",)),
        (query.handlers, ("creditor", "handled_by")),
        (query.parties, ("creditor", "debtor", "handled_by")),
    ):
        if scope is not None:
            found &= scope.where(*columns)
    return found & _facts(query) & _moments(query)


def _facts(query: LoopQuery) -> Q:
    found = ~Q(kind__in=query.but_kinds) if query.but_kinds else Q()
    for column, values in (("state", query.states), ("kind", query.kinds), ("outcome", query.outcomes)):
        if values:
            found &= Q(**{f"{column}__in": [str(value) for value in values]})
    for column, value in (("programme", query.programme), ("axis", query.axis), ("relation", query.relation)):
        if value:
            found &= Q(**{column: value})
    if query.subjects:
        found &= Q(subject_id__in=query.subjects)
    if query.text:
        found &= Q(subject_id__in=LedgerSubject.objects.filter(title__icontains=query.text).values("id"))
    return found


def _moments(query: LoopQuery) -> Q:
    bounds = {
        "due_at__lt": query.due_before,
        "due_at__gte": query.due_after,
        "opened_at__gte": query.opened_from,
        "opened_at__lt": query.opened_to,
    }
    return Q(**{name: moment for name, moment in bounds.items() if moment is not None})


def page_of_loops(query: LoopQuery) -> tuple[list[Loop], int]:
    """One page of loops and how many there are in all."""
    found = LedgerLoop.objects.filter(condition(query))
    first = (query.page - 1) * query.size
    counted = ordered(found, query.order).annotate(in_all=Window(Count("*")))
    rows = list(counted.values_list(*FIELDS, "in_all")[first : first + query.size])
    if rows:
        return [loop_of(row[:-1]) for row in rows], rows[0][-1]
    return [], found.count() if first else 0


IN_HAND = Case(When(state__in=["open", "signed"], then=0), When(state="answered", then=1), default=2)


def ordered(found: QuerySet[LedgerLoop, Any], order: str) -> QuerySet[LedgerLoop, Any]:
    if order == "in_hand":  # what is still to be done first, by its due moment; settled ones last
        return found.order_by(IN_HAND, F("due_at").asc(nulls_last=True), "id")
    name = order.removeprefix("-")
    if name not in ORDERS:
        raise ValueError(order)
    column = F(name).desc(nulls_last=True) if order.startswith("-") else F(name).asc(nulls_last=True)
    return found.order_by(column, "id")


def tally(query: LoopQuery, column: str) -> dict[Any, int]:
    """How many loops fit for each value of a column."""
    rows = LedgerLoop.objects.filter(condition(query)).values_list(column).annotate(number=Count("id"))
    return dict(rows.values_list(column, "number"))


def tally_late(query: LoopQuery, column: str, at: datetime) -> dict[Any, tuple[int, int]]:
    """How many loops fit for each value of a column, and how many of them were due before a moment; one query."""
    late = Count("id", filter=Q(due_at__lt=at))
    rows = LedgerLoop.objects.filter(condition(query)).values_list(column).annotate(number=Count("id"), late=late)
    return {value: (number, over) for value, number, over in rows.values_list(column, "number", "late")}


def programmes() -> list[str]:
    """Every programme a loop was opened under."""
    named = LedgerLoop.objects.exclude(programme="").order_by("programme")
    return list(named.values_list("programme", flat=True).distinct())


def page_of_entries(query: EntryQuery) -> tuple[list[tuple[UUID, bytes, int | None]], int]:
    """One page of entries as id, body, seq, newest first, and how many there are in all."""
    found = LedgerEntry.objects.filter(_by(query.units, query.post))
    if query.verbs:
        found = found.filter(verb__in=query.verbs)
    if query.loop is not None:
        found = found.filter(loop_id=query.loop)
    if query.from_at is not None:
        found = found.filter(acted_at__gte=query.from_at)
    if query.to_at is not None:
        found = found.filter(acted_at__lt=query.to_at)
    first = (query.page - 1) * query.size
    # Ids are UUIDv7: their order is that of the moments, and the key's index gives it without a sort.
    rows = list(found.order_by("-id").values_list("id", "body")[first : first + query.size])
    seqs = dict(LedgerSealed.objects.filter(entry_id__in=[row[0] for row in rows]).values_list("entry_id", "seq"))
    return [(entry, bytes(body), seqs.get(entry)) for entry, body in rows], found.count()


def _by(units: Parties, post: int | None) -> Q:
    condition: Q = units.where("unit_id")
    return condition if post is None else condition | Q(post_id=post)


def touches(entry: UUID, units: Parties, post: int | None = None) -> bool:
    """Whether an entry is an act by one of these units or this post, or stands on a loop or subject of theirs."""
    found = LedgerEntry.objects.filter(id=entry)
    streams = found.values("loop_id")
    loops = LedgerLoop.objects.filter(Q(id__in=streams) | Q(subject_id__in=streams))
    mine = found.filter(_by(units, post)).exists()
    return mine or loops.filter(units.where("creditor", "debtor", "handled_by")).exists()


MOMENT = pa.timestamp("us", tz="UTC")
COLUMNS = ("id", "kind", "creditor", "debtor", "opened_at", "due_at", "closed_at", "answered_at", "outcome", "extended")


def loop_table(opened_from: datetime | None, to: datetime | None) -> pa.Table:
    """The loops as the measure reads them; an answer awaiting acceptance is closed at the moment of the answer."""
    wheres = [f"opened_at {sign} %s" for sign, at in ((">=", opened_from), ("<", to)) if at is not None]
    sql = f"SELECT {', '.join(COLUMNS)}, relation, programme, parent_id FROM ledger_loop"  # noqa: S608
    sql += (f" WHERE {' AND '.join(wheres)}" if wheres else "") + " ORDER BY id"
    return arrow(fetch(sql, [moment_out(at) for at in (opened_from, to) if at is not None]))


def arrow(rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * (len(COLUMNS) + 3)
    moments = {name: pa.array(columns[4 + i], MOMENT) for i, name in enumerate(COLUMNS[4:8])}
    closed = pc.coalesce(moments["closed_at"], moments["answered_at"])
    return pa.table(
        {
            "loop": pa.array([dashed(value) for value in columns[0]], pa.string()),
            "kind": pa.array(columns[1], pa.string()),
            "creditor": pa.array(map(str, columns[2]), pa.string()),
            "debtor": pa.array(map(str, columns[3]), pa.string()),
            "opened_at": moments["opened_at"],
            "due_at": moments["due_at"],
            "closed_at": closed,
            "outcome": outcomes(pa.array(columns[8], pa.string()), closed, moments["due_at"]),
            "extended": pa.array(columns[9], pa.int32()),
            "relation": pa.array(columns[10], pa.string()),
            "programme": pa.array(columns[11], pa.string()),
            "parent": pa.array([None if value is None else dashed(value) for value in columns[12]], pa.string()),
        }
    )


def outcomes(stored: pa.Array, closed: pa.Array, due: pa.Array) -> pa.Array:
    """The stored outcome, or for an answer awaiting acceptance what it will be if accepted."""
    is_late = pc.fill_null(pc.greater(closed, due), fill_value=False)
    waiting = pc.and_(pc.equal(stored, "open"), pc.is_valid(closed))
    return pc.if_else(waiting, pc.if_else(is_late, "late", "met"), stored)


def dashed(value: Any) -> str:
    """A UUID's text, whichever way the driver gave it."""
    text = str(value)
    return text if len(text) == 36 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
