"""Shows on a terminal that a long command is at work, and for how long; says nothing where nobody looks."""

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
