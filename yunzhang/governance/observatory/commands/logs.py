"""A foreign log on the command line: read by its mapping, what was read said on standard error, rejects to a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.kit.busy import busy
from yunzhang.kit.wording import plain

if TYPE_CHECKING:
    from yunzhang.governance.observatory.actions import ReadLog

LogOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", exists=True, dir_okay=False, help=".csv | .xes | .xes.gz | .mbox | .parquet"),
]
MappingOption = Annotated[Path | None, typer.Option(metavar="FILE.yaml", exists=True, dir_okay=False)]
CheckOption = Annotated[bool, typer.Option("--check", "--dry-run", help="read, say what was read, measure nothing")]
RejectsOption = Annotated[Path | None, typer.Option(metavar="FILE", help=".csv | .xlsx | .parquet")]
SHOWN = 5
WIDTH = 60


def read_log(
    log: Path | None,
    mapping: Path | None,
    *,
    check: bool = False,
    rejects: Path | None = None,
) -> ReadLog | None:
    """Return the log read by its mapping, having said what was read; None where no log is named. Raises Invalid."""
    if log is None and mapping is None:
        if check or rejects is not None:
            raise Invalid(field="--check, --rejects", problem="--log FILE --mapping FILE.yaml")
        return None
    if log is None or mapping is None:
        raise Invalid(field="--log", problem="--log FILE --mapping FILE.yaml")
    from yunzhang.governance.observatory import actions

    if rejects is not None and not rejects.parent.is_dir():
        raise Invalid(field="--rejects", problem=f"{rejects.parent} ?")
    with busy(_("正在读取日志")):
        read = actions.find_log(log, mapping)
    for line in (
        (*_first(read), *coverage_lines(read.loaded.coverage)) if check else coverage_lines(read.loaded.coverage)
    ):
        typer.echo(line, err=not check)
    if rejects is not None:
        write_rejects(read, rejects)
    return read


def _first(read: ReadLog) -> Iterator[str]:
    yield _("前几行：")
    for row in read.first:
        yield "  " + " | ".join(f"{name}={_short(text)}" for name, text in row.items() if text)
    yield _("前几件事项：")
    for row in read.loaded.loops.slice(0, SHOWN).to_pylist():
        yield "  " + " | ".join(f"{name}={_short(value)}" for name, value in row.items() if value not in (None, ""))


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def coverage_lines(coverage: dict[str, Any]) -> Iterator[str]:
    """Yield what was read of a log, in words: rows read, used, set aside and why, guesses, loops, what is not seen."""
    from yunzhang.governance.observatory.actions import BLIND, REASONS

    counts = {name: coverage[name] for name in ("rows", "used", "loops", "closed")}
    yield _("读取 %(rows)s 行，用于测算 %(used)s 行；事项 %(loops)s 行，其中已办结 %(closed)s 行。") % counts
    units = ", ".join(f"{kind} {count}" for kind, count in coverage["units"].items())
    yield _("单位：%(units)s；其中由日志推出 %(derived)s 个。") % {"units": units, "derived": coverage["units_derived"]}
    headings = {"set_aside": _("未用"), "ambiguous": _("推定"), "parts_set_aside": _("未用的部分")}
    for name, heading in headings.items():
        for reason, count in coverage[name].items():
            yield f"  {heading}: {plain(REASONS.get(reason, reason))} {count}"
    if "overlap" in coverage:
        yield _("领导小组 %(groups)s 个，%(units_in_several)s 个单位同属多个小组。") % coverage["overlap"]
    mind = _("注意")
    for spot in coverage["blind"]:
        yield f"  {mind}: {plain(BLIND[spot])}"


def write_rejects(read: ReadLog, file: Path) -> None:
    """Write the rows that were set aside, with the reason and their cells."""
    from yunzhang.governance.observatory.actions import REASONS
    from yunzhang.kit.tables import write_table

    rows = [
        (one.table, one.row, plain(REASONS.get(one.reason, one.reason)), " | ".join(one.cells))
        for one in read.loaded.rejects
    ]
    count = write_table(file, [_("表"), _("行号"), _("原因"), _("内容")], rows)
    typer.echo(_("未用的 %(count)s 行已写入 %(file)s") % {"count": count, "file": file}, err=True)
