"""`yunzhang import` and `yunzhang export` of units, posts and appointments; the actions decide."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, zh
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions, rules
from yunzhang.ground.org.terms import COLUMNS, CONSOLE, REJECTED, ImportKind, RowsRefused
from yunzhang.kit.busy import busy
from yunzhang.kit.lists.export import ribbon
from yunzhang.kit.tables import write_columns, write_table
from yunzhang.kit.wording import plain, speaks_chinese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yunzhang.ground.org.terms import FileRow, ImportPlan, RowError

SHOWN = 20
VILLAGE = 12  # digits of a village's code


def import_file(
    what: Annotated[ImportKind, typer.Argument()],
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    rejects: Annotated[Path | None, typer.Option("--rejects", metavar="FILE")] = None,
    villages: Annotated[str, typer.Option("--villages", metavar="CODE")] = "",
) -> None:
    """Import units, posts, appointments or changes of divisions: all rows or none; --rejects takes the good ones."""
    if villages and what is ImportKind.DIVISIONS and file is None and rejects is None:
        import_villages(villages, dry_run=dry_run)
    elif villages or file is None:
        raise Invalid(field="FILE", problem=zh("请写明一个文件；或只写 divisions --villages CODE"))
    else:
        import_rows(what, file, dry_run=dry_run, rejects=rejects)


def import_villages(code: str, *, dry_run: bool) -> None:
    """Load the villages of one county or town from the list that comes with the program."""
    count = sum(len(each.code) == VILLAGE for each in actions.list_villages(code))
    if dry_run:
        typer.echo(_("试运行：可装入村（社区） %(count)s 个；未作任何改动。") % {"count": count})
        return
    if count:
        actions.load_villages(Acting(person=CONSOLE, post=None, unit=None), code, at=datetime.now(UTC))
    typer.echo(_("已装入村（社区） %(count)s 个。") % {"count": count})


def import_rows(what: ImportKind, file: Path, *, dry_run: bool, rejects: Path | None) -> None:
    """Import the rows of a file, or say what it would do and what is wrong with it."""
    if rejects and not rejects.parent.is_dir():
        raise Invalid(field="--rejects", problem=f"{rejects.parent} ?")
    rows = actions.find_file_rows(what, file)
    plan = actions.preview_import(what, rows, today=rules.day_of(datetime.now(UTC)))
    for error in plan.errors[:SHOWN]:
        typer.echo(_("第 %(row)s 行“%(heading)s”：%(problem)s") % in_words(error), err=True)
    if rejects and plan.errors:
        write_rejects(what, rejects, rows, plan)
    counts = {"new": len(plan.new), "unchanged": plan.unchanged, "refused": len(plan.refused)}
    if plan.errors and not rejects:
        raise RowsRefused(count=len(plan.refused), **in_words(plan.errors[0]))
    if dry_run:
        typer.echo(_("试运行：可新增 %(new)s 行，已有 %(unchanged)s 行，有误 %(refused)s 行；未作任何改动。") % counts)
        return
    if plan.new:
        by = Acting(person=CONSOLE, post=None, unit=None, request=uuid4())
        with busy(_("正在导入")):
            actions.import_rows(by, what, rows, at=datetime.now(UTC), keep_good=rejects is not None)
    typer.echo(_("已导入：新增 %(new)s 行，已有 %(unchanged)s 行，有误 %(refused)s 行。") % counts)


def in_words(error: RowError) -> dict[str, object]:
    """Return what a sentence about a row says: a column goes by its heading in Chinese, by its name in English."""
    heading = error.heading if speaks_chinese() else error.column
    return {"row": error.row, "heading": heading, "problem": plain(error.problem).rstrip("。.")}


def write_rejects(kind: ImportKind, file: Path, rows: Sequence[FileRow], plan: ImportPlan) -> None:
    """Write the refused rows as they came, with the number and the reason in front."""
    why = {error.row: _("%(heading)s：%(problem)s") % in_words(error) for error in plan.errors}
    names = [*REJECTED, *COLUMNS[kind]]
    bad = [row for row in rows if row.number in plan.refused]
    write_table(
        file, names, [(row.number, why[row.number], *(row.cells.get(c, "") for c in COLUMNS[kind])) for row in bad]
    )


def export_rows(what: str, out: Path) -> int:
    """Write units (the measure's columns), posts or appointments as they stand today; return how many."""
    today, mark = rules.day_of(datetime.now(UTC)), "".join(ribbon())
    if what == ImportKind.UNITS:
        count = write_columns(out, actions.unit_columns(today), ribbon=mark)
    else:
        kind = ImportKind(what)
        posts = kind is ImportKind.POSTS
        rows = actions.list_rows_of_posts(on=today) if posts else actions.list_rows_of_appointments()
        count = write_table(out, list(COLUMNS[kind]), rows, ribbon=mark)
    typer.echo(_("已导出 %(count)s 行：%(file)s") % {"count": count, "file": out})
    return count
