"""Shows on a terminal that a long command is at work, how far and for how long; says nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def busy(text: str) -> Iterator[Callable[[str], None]]:
    """Turn a wheel beside a text on standard error while the block runs; what it prints stays where it belongs.

    Gives a function that changes the text when the work comes to its next step.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as wheel:
        task = wheel.add_task(text)
        yield lambda text: wheel.update(task, description=text)


@contextmanager
def counted(text: str, whole: int) -> Iterator[Callable[[int], None]]:
    """Show on standard error how much of a known whole is done, and how long the rest may take.

    Gives a function that takes how much is done by now; several threads may call it.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(text, total=whole)
        yield lambda done: bar.update(task, completed=done)
