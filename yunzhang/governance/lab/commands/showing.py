"""How `lab` shows on a terminal what runs came to: the verdict, a table of figures, the contract's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from django.utils.translation import gettext as _

from yunzhang.governance.lab.commands.report.page import list_marks
from yunzhang.governance.lab.terms import Scenario
from yunzhang.governance.lab.words.calibration import say_record
from yunzhang.governance.lab.words.results import figure_row, list_modes
from yunzhang.governance.lab.words.verdict import say_touched, sentence
from yunzhang.governance.observatory.terms import FIGURES

WIDE = 160  # columns where nobody looks


def say(summary: Mapping[str, Any], scenario: Scenario, *, as_json: bool, out: Path | None) -> None:
    """Print what the runs came to, as JSON or as a table under its verdict."""
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, allow_nan=False))
        return
    typer.echo(" · ".join(list_marks(scenario)))
    typer.echo(sentence(summary, scenario.title))
    if touched := say_touched(summary):
        typer.echo(touched)
    rows = [figure_row(summary, name) for name in FIGURES]
    heads = (_("指标"), _("不实施"), "", _("实施"), "", _("差值"), "", _("升高的运行"))
    names = ("name", "before", "before_range", "after", "after_range", "gain", "gain_range", "up")
    print_table(heads, [[row[name] for name in names] for row in rows], left=1)
    measured = _("测量类型")
    for side, mode in list_modes(summary):
        typer.echo(f"{measured} · {side}: {mode}")
    if record := say_record(summary):
        typer.echo(record)
    if out is not None:
        typer.echo(_("已写入：%(folder)s") % {"folder": out})


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> None:
    """Print a table; the first `left` columns are text."""
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for place, heading in enumerate(heads):
        table.add_column(heading, justify="left" if place < left else "right", no_wrap=place >= left)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(width=WIDE, highlight=False)
    console.print(table)
