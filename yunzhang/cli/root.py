"""The root of the command line: finds the verb, readies the home, and turns every failure into one line."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from yunzhang.base.errors import YunzhangError
from yunzhang.cli.readiness import Unready, ready
from yunzhang.cli.speech import either, fail, spoken, told
from yunzhang.cli.verbs import VERBS, Verb

HOME = "--home"
HELP = ("--help", "-h")
HOME_TEXT = either("办公室所在目录", "The office's folder")
HomeOption = Annotated[Path | None, typer.Option(HOME, metavar="DIR", help=HOME_TEXT)]


def run(words: Sequence[str]) -> int:
    """Run one command line; returns its exit status, having said in one line what went wrong."""
    if not words or words[0] in HELP:
        typer.echo(overview())
        return 0 if words else 2
    if words[0] == "--version":
        typer.echo(importlib.import_module("yunzhang").__version__)
        return 0
    if words[0] not in VERBS:
        fail(
            either("没有这个命令：%s。可用命令：%s", "No such command: %s. Commands: %s") % (words[0], ", ".join(VERBS))
        )
        return 2
    return guarded(words[0], list(words[1:]))


def guarded(name: str, words: list[str]) -> int:
    """Run one verb; whatever goes wrong is said in one line."""
    try:
        return call(name, words)
    except Unready as error:
        fail(told(error))
        return error.status
    except YunzhangError as error:
        fail(told(error))
        return 1
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        return 141
    except typer.TyperException as error:
        fail(error.format_message() if hasattr(error, "format_message") else str(error))
        return int(getattr(error, "exit_code", 2))
    except Exception as error:
        return unforeseen(error)


def call(name: str, words: list[str]) -> int:
    """Ready the home, load the verb, and run it with the words that follow."""
    home, asks_help = named_home(words), bool({*HELP} & {*words})
    if home:
        os.environ["YUNZHANG_HOME"] = str(Path(home).expanduser().absolute())
    verb = VERBS[name]
    ready(verb, asks_help=asks_help)
    with spoken():
        status = load(name, verb).main(words, prog_name=f"yunzhang {name}", standalone_mode=False)
    if verb.writes and not asks_help:
        seal_all()
    return status if isinstance(status, int) else 0


def seal_all() -> None:
    """Seal what the command wrote, and sign a checkpoint."""
    ledger, now = importlib.import_module("yunzhang.ground.ledger.actions"), datetime.now(UTC)
    ledger.seal(now)
    ledger.write_checkpoint(now)


def load(name: str, verb: Verb) -> Any:
    """Return the command a verb's target makes, with the option --home."""
    module, _, attribute = verb.target.partition(":")
    target = getattr(importlib.import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name, help=either(verb.zh, verb.en))(target)
        target = app
    return with_home(typer.main.get_command(target))


def with_home(command: Any) -> Any:
    """Give a command, or each command of a group, the option --home unless it declares one itself."""
    if hasattr(command, "commands"):
        for inner in command.commands.values():
            with_home(inner)
    elif not any(HOME in parameter.opts for parameter in command.params):
        command.params.append(home_option())
    return command


def home_option() -> Any:
    """Return the option --home, which the root reads itself and hands to no command."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def declare(home: HomeOption = None) -> None:
        """Only declares the option."""

    option = typer.main.get_command(app).params[0]
    option.expose_value = False
    return option


def named_home(words: Sequence[str]) -> str | None:
    """Return the folder named by --home on the command line, wherever it stands; of several the last, as everywhere."""
    found = None
    for number, word in enumerate(words):
        if word == HOME and number + 1 < len(words):
            found = words[number + 1]
        elif word.startswith(f"{HOME}="):
            found = word.partition("=")[2]
    return found


def overview() -> str:
    """Return the list of verbs with a line each; no room is imported for it."""
    lines = [either("云长制工作平台", "Cloud-chief office"), ""]
    lines += [f"  yunzhang {name:<9}{either(verb.zh, verb.en)}" for name, verb in VERBS.items()]
    return "\n".join([*lines, "", "  yunzhang VERB --help"])


def unforeseen(error: Exception) -> int:
    """Say an unforeseen failure in one line; YUNZHANG_TRACE=1 shows where it arose."""
    if os.environ.get("YUNZHANG_TRACE"):
        raise error
    text = either("未能完成（%s）。设 YUNZHANG_TRACE=1 可查看详情。", "Not done (%s). YUNZHANG_TRACE=1 shows more.")
    fail(text % f"{type(error).__name__}: {error}")
    return 1


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))
