"""Command-line verbs of the ledger: `verify`, and `export loops|entries`."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from yunzhang.base.note import read_checkpoint
from yunzhang.ground.ledger import actions, rules
from yunzhang.ground.ledger.terms import KeyMissing
from yunzhang.kit.jobs import Run, job, timer
from yunzhang.kit.lists.export import ribbon
from yunzhang.kit.tables import write_columns, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yunzhang.ground.ledger.terms import Fault, Report

WHOLE, DIFFERS, UNREADABLE = 0, 1, 2
PAGE = 5_000
SHOWN = 10
ENTRY_COLUMNS = (
    "seq", "entry", "loop", "step", "verb", "at", "unit", "post", "person", "on_behalf", "request", "ordinal", "data",
    "digests",
)  # fmt: skip


def verify(
    against: Annotated[Path | None, typer.Option(metavar="CHECKPOINT", help="另处保存的较早检查点")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Compare everything stored with everything it must agree with: 0 whole, 1 something differs, 2 unreadable."""
    try:
        kept = None if against is None else against.read_text("utf-8")
        if kept is not None:
            read_checkpoint(kept)
    except (OSError, ValueError) as problem:
        typer.secho(_("无法读取检查点文件：%(problem)s") % {"problem": " ".join(str(problem).split()) or "?"}, err=True)
        raise typer.Exit(UNREADABLE) from problem
    try:
        report, seconds, own = run(kept)
    except KeyMissing as problem:
        typer.secho(_(problem.what) % problem.params + _(problem.do), err=True)
        raise typer.Exit(UNREADABLE) from problem
    typer.echo(json.dumps(summary(report), ensure_ascii=False) if as_json else told(report, seconds, own))
    raise typer.Exit(WHOLE if report.is_whole else DIFFERS)


def run(against: str | None) -> tuple[Report, float, float]:
    """Verify, then let the database check itself; returns the report and the seconds each took."""
    start = time.perf_counter()
    report = actions.verify(against=against, is_deep=False)
    middle = time.perf_counter()
    said = actions.verify_database()
    if said.faults:
        report = replace(report, faults=report.faults + said.faults)
    return replace(report, integrity=said.integrity), middle - start, time.perf_counter() - middle


def summary(report: Report) -> dict[str, Any]:
    """Return the four fields of `verify --json`."""
    bad = report.first_bad
    first = {"seq": bad.seq, "entry": bad.entry, "what": line(bad)} if bad else None
    return {"ok": report.is_whole, "entries": report.entries, "sealed": report.sealed, "first_bad": first}


def line(fault: Fault) -> str:
    """Return a fault's words in the reader's language."""
    return _(fault.what) + (f" ({fault.detail})" if fault.detail else "")


def told(report: Report, seconds: float, own: float) -> str:
    """Return the report as a person reads it, the first bad entry first."""
    counts = _("存证 %(entries)s 条，已编号 %(sealed)s 条，检查点 %(checkpoints)s 个；用时 %(seconds).1f 秒。")
    lines = [
        _("核验通过。") if report.is_whole else _("存证不一致，待核查。"),
        counts
        % {
            "entries": report.entries,
            "sealed": report.sealed,
            "checkpoints": report.checkpoints,
            "seconds": seconds,
        },
    ]
    if report.integrity:
        lines.append(_("数据库自检：%(said)s，用时 %(own).1f 秒。") % {"said": report.integrity, "own": own})
    if report.sealed > report.newest:
        lines.append(_("其中 %(count)s 条尚未纳入检查点。") % {"count": report.sealed - report.newest})
    order = sorted(report.faults, key=lambda fault: (fault.seq is None, fault.seq or 0))
    lines += [f"  {'-' if one.seq is None else one.seq}  {one.entry or '-'}  {line(one)}" for one in order[:SHOWN]]
    if len(order) > SHOWN:
        lines.append(_("另有 %(count)s 处。") % {"count": len(order) - SHOWN})
    return "\n".join(lines)


def verify_in_background(at: datetime) -> None:
    """Verify in the worker and keep what was found, for the page of records."""
    report = actions.verify(processes=1)
    actions.keep_verification(report, at=at)


@timer("ledger.verify_daily", every=timedelta(days=1))
def verify_daily(now: datetime) -> None:
    """Verify once a day."""
    verify_in_background(now)


@job("ledger.verify")
def verify_asked(run: Run) -> None:
    """Verify because somebody asked for it."""
    verify_in_background(run.at)


def export_rows(what: str, out: Path) -> int:
    """Write loops (the measure's columns) or sealed entries to a file; returns how many."""
    mark = "".join(ribbon())
    if what == "loops":
        count = write_columns(out, actions.loop_columns(), ribbon=mark)
    else:
        count = write_table(out, ENTRY_COLUMNS, entry_rows(), ribbon=mark)
    typer.echo(_("已导出 %(count)s 行：%(file)s") % {"count": count, "file": out})
    return count


def entry_rows() -> Iterator[tuple[Any, ...]]:
    """Every sealed entry in order."""
    cursor = 0
    while page := actions.list_sealed(cursor, PAGE):
        for entry in page:
            yield (
                entry.seq,
                str(entry.id),
                str(entry.loop),
                entry.step,
                entry.verb,
                rules.moment_text(entry.at),
                entry.unit,
                entry.post,
                entry.person,
                entry.on_behalf,
                str(entry.request),
                entry.ordinal,
                rules.plain_text(entry.data),
                rules.plain_text(entry.digests),
            )
        cursor = (page[-1].seq or 0) + 1
