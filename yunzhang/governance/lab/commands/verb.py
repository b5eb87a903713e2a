"""The verb `lab` and what one may ask of it."""

from __future__ import annotations

import typer

from yunzhang.governance.lab.commands.calibrating import calibrate
from yunzhang.governance.lab.commands.example import example
from yunzhang.governance.lab.commands.pathing import paths
from yunzhang.governance.lab.commands.running import run
from yunzhang.governance.lab.commands.validating import validate

lab = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
lab.command("run")(run)
lab.command("calibrate")(calibrate)
lab.command("validate")(validate)
lab.command("paths")(paths)
lab.command("example")(example)


@lab.callback()
def laboratory() -> None:
    """What if the structure changed: simulate it, calibrate to a record, check the engine, compare paths."""
