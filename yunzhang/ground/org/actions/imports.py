"""What one may ask of files: see what one would do, import it, list what an export holds.

Files are read by the kit, fenced in; the rules say what is wrong with a row; units and posts add the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.divisions import apply_division_changes, preview_changes
from yunzhang.ground.org.actions.posts import add_posts, appoint
from yunzhang.ground.org.actions.rights import verify_editor
from yunzhang.ground.org.actions.units import add_units, find_next_unit
from yunzhang.ground.org.store import posts as post_store
from yunzhang.ground.org.store import units as store
from yunzhang.ground.org.terms import COLUMNS, OPTIONAL, REJECTED, FileRow, ImportKind, ImportPlan, RowsRefused
from yunzhang.kit.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

__all__ = ["find_file_rows", "import_rows", "list_rows_of_appointments", "list_rows_of_posts", "preview_import"]


def find_file_rows(kind: ImportKind, file: Path) -> list[FileRow]:
    """Return the rows of a file to import, numbered as there. Raises BadTable for a file that cannot be trusted."""
    rows = read_table(file, {**COLUMNS[kind], **REJECTED}, optional=(*OPTIONAL[kind], *REJECTED))
    return [FileRow(row.number, row.cells) for row in rows]


def preview_import(kind: ImportKind, rows: Sequence[FileRow], *, today: date) -> ImportPlan:
    """Return what the rows would add, what is there already, and what is wrong with which row; writes nothing."""
    if kind is ImportKind.DIVISIONS:
        return preview_changes(rows, today=today)
    if kind is ImportKind.UNITS:
        return rules.plan_units(rows, store.read_units(store.standing()), first=find_next_unit())
    posts = post_store.posts(Q())
    if kind is ImportKind.POSTS:
        return rules.plan_posts(rows, store.read_units(store.standing()), posts)
    return rules.plan_appointments(rows, posts, post_store.appointments(Q()))


@act
def import_rows(
    by: Acting, kind: ImportKind, rows: Sequence[FileRow], *, at: datetime, keep_good: bool = False
) -> Receipt:
    """Add or change what a file holds; one wrong row and nothing is changed, unless the good ones are to be kept.

    The same file twice changes nothing the second time. Raises RowsRefused.
    """
    verify_editor(by, at=at)
    plan = preview_import(kind, rows, today=rules.day_of(at))
    if plan.errors and not keep_good:
        first = plan.errors[0]
        raise RowsRefused(count=len(plan.refused), row=first.row, heading=first.heading, problem=first.problem)
    changes: dict[ImportKind, Any] = {
        ImportKind.UNITS: add_units,
        ImportKind.POSTS: add_posts,
        ImportKind.APPOINTMENTS: appoint,
        ImportKind.DIVISIONS: apply_division_changes,
    }
    if plan.new:
        changes[kind](by, plan.new, at=at)
    stream = uuid7(at)
    facts = {"kind": kind.value, "added": len(plan.new), "unchanged": plan.unchanged, "refused": len(plan.refused)}
    return record(by, [Draft(stream, "rows_imported", facts, subject=Subject(stream, "org", kind.value))], at=at)


def list_rows_of_posts(*, on: date) -> list[tuple[object, ...]]:
    """Return the posts that stand on a day as an export writes them: the columns an import of posts reads."""
    posts = post_store.posts(store.on_day(on))
    names = {unit.id: unit.name for unit in store.by_ids(list({post.unit for post in posts}))}
    return [
        (p.id, p.unit, names[p.unit], p.kind, p.title, p.duty.value, p.sector, p.official_order, p.source)
        for p in posts
    ]


def list_rows_of_appointments() -> list[tuple[object, ...]]:
    """Return every appointment as an export writes it: the columns an import of appointments reads."""
    held = post_store.appointments(Q())
    posts = {post.id: post for post in post_store.posts_by_ids(list({each.post for each in held}))}
    names = {unit.id: unit.name for unit in store.by_ids(list({post.unit for post in posts.values()}))}
    return [
        (
            h.post, names[posts[h.post].unit], posts[h.post].title, h.person, h.name, h.from_on, h.to_on,
            "yes" if h.is_acting else "no", "yes" if h.is_concurrent else "no",
        )
        for h in held
    ]  # fmt: skip
