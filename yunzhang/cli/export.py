"""`yunzhang export`: one verb over the rooms that hold the rows."""

from __future__ import annotations

import importlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yunzhang.base.errors import Invalid
from yunzhang.cli.speech import either


class What(StrEnum):
    """What may be exported."""

    UNITS = "units"
    POSTS = "posts"
    APPOINTMENTS = "appointments"
    LOOPS = "loops"
    ENTRIES = "entries"


LEDGER = (What.LOOPS, What.ENTRIES)
ENDINGS = (".csv", ".parquet", ".xlsx")


def export(
    what: Annotated[What, typer.Argument()],
    out: Annotated[Path, typer.Option(help=either("目标文件", "Target file") + " .csv|.parquet|.xlsx")],
) -> None:
    """Write units, posts, appointments, loops or entries to a file."""
    if out.suffix not in ENDINGS:
        raise Invalid(field="--out", problem=f"{out.name} ({', '.join(ENDINGS)})")
    if not out.parent.is_dir():
        raise Invalid(field="--out", problem=f"{out.parent} ?")
    room = "ledger" if what in LEDGER else "org"
    importlib.import_module(f"yunzhang.ground.{room}.commands").export_rows(what.value, out)
