"""`yunzhang study`: logs from elsewhere, loaded beside the office's ledger and shown on the same pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.commands.logs import (
    CheckOption,
    LogOption,
    MappingOption,
    RejectsOption,
    read_log,
)
from yunzhang.governance.observatory.terms import Parameters, Study
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org.terms import CONSOLE
from yunzhang.kit.busy import busy
from yunzhang.kit.columns import read_columns

if TYPE_CHECKING:
    from yunzhang.governance.observatory.actions import ReadLog, StudyTables

study = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
FileOption = Annotated[Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False)]
Name = Annotated[str, typer.Argument(metavar="NAME")]


@study.callback()
def studies() -> None:
    """Logs from elsewhere, apart from the office's own ledger."""


@study.command("add")
def add(  # noqa: PLR0917 - one argument per option
    name: Name,
    title: Annotated[str, typer.Option(metavar="TEXT")] = "",
    units: FileOption = None,
    loops: FileOption = None,
    need: FileOption = None,
    due: FileOption = None,
    log: LogOption = None,
    mapping: MappingOption = None,
    check: CheckOption = False,
    rejects: RejectsOption = None,
    from_: Annotated[str, typer.Option("--from", metavar="T")] = "",
    to: Annotated[str, typer.Option(metavar="T")] = "",
    term: Annotated[float, typer.Option(metavar="DAYS")] = 30,
    tau: Annotated[float, typer.Option(metavar="X")] = 4,
    simulated: Annotated[bool, typer.Option("--simulated")] = False,
) -> None:
    """Load a log and show it on the pages of the observatory, marked foreign or simulated."""
    from yunzhang.governance.observatory import actions

    actions.verify_study_name(name)
    wanted = Parameters(from_at=_moment("--from", from_), to_at=_moment("--to", to), term_days=term, tau=tau)
    rules.check_parameters(wanted)
    read = read_log(log, mapping, check=check, rejects=rejects)
    if check:
        return
    files = {"units": units, "loops": loops, "need": need, "due": due}
    at = datetime.now(UTC)
    with busy(_("正在测算")), actions.place_stage(name) as stage:
        tables = _tables(name, files) if read is None else _mapped(name, read, files)
        title = title or (read.title if read is not None else "")
        prepared = actions.prepare_study(stage, name, title, tables, wanted, at=at, simulated=simulated)
        actions.add_study(Acting(person=CONSOLE, post=None, unit=None), prepared, at=at)
    typer.echo(_("已装入：%(name)s，单位 %(units)s 个，事项 %(loops)s 行。") % _words(prepared.study))


def _moment(name: str, text: str) -> int | None:
    return rules.moment(text, bare="start" if name == "--from" else "end", name=name) if text.strip() else None


def _tables(name: str, files: dict[str, Path | None]) -> StudyTables:
    from yunzhang.governance.observatory import actions

    if files["units"] is None or files["loops"] is None:
        raise Invalid(field="study add", problem="--units FILE --loops FILE | --log FILE --mapping FILE.yaml")
    given = {which: file for which, file in files.items() if file is not None}
    inputs = {which: {"file": file.name, "sha256": actions.find_digest(file)} for which, file in given.items()}
    command = " ".join(["yunzhang study add", name, *(f"--{which} {file.name}" for which, file in given.items())])
    tables = {which: read_columns(file) for which, file in given.items()}
    return actions.StudyTables(**tables, facts={"command": command, "inputs": inputs})


def _mapped(name: str, read: ReadLog, files: dict[str, Path | None]) -> StudyTables:
    from yunzhang.governance.observatory import actions

    if any(files.values()):
        raise Invalid(field="--log", problem="--log FILE --mapping FILE.yaml")
    inputs = read.facts["inputs"]
    named = f"--log {inputs['log']['file']} --mapping {inputs['mapping']['file']}"
    return actions.tables_of(read, command=f"yunzhang study add {name} {named}")


def _words(one: Study) -> dict[str, Any]:
    return {"name": one.name, "title": one.title, "units": one.units, "loops": one.loops, "mark": one.mark}


@study.command("list")
def list_() -> None:
    """List the studies of this office."""
    from yunzhang.governance.observatory import actions

    for one in actions.list_studies():
        typer.echo(f"{one.name:<20} {one.mark:<10} {one.units:>8} {one.loops:>10}  {one.title}")


@study.command("remove")
def remove(name: Name) -> None:
    """Remove a study, its figures and its files."""
    from yunzhang.governance.observatory import actions

    actions.remove_study(Acting(person=CONSOLE, post=None, unit=None), name, at=datetime.now(UTC))
    typer.echo(_("已移除：%(name)s") % {"name": name})


@study.command("refresh")
def refresh(name: Name) -> None:
    """Compute the figures of a study anew from its own files."""
    from yunzhang.governance.observatory import actions

    with busy(_("正在测算")):
        rows = actions.refresh_study(name, at=datetime.now(UTC))
    typer.echo(_("已重新测算：%(name)s，%(count)s 行。") % {"name": name, "count": rows})
