"""What every bench uses: medians of five, ratios, and the state of the machine beside them.

A bench is a module bench/NAME.py with `def run(bench: Bench) -> None`; it runs in a process of its own.
"""

from __future__ import annotations

import gc
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNS = 5
FLUSHES = 50


@dataclass(frozen=True)
class Figure:
    """One line of the table: what, how much, in which unit, beside which aim."""

    name: str
    value: float
    unit: str
    aim: str = ""
    spread: tuple[float, float] | None = None

    def line(self) -> str:
        """Return the figure as a line of text."""
        spread = f"  [{self.spread[0]:.4g}–{self.spread[1]:.4g}]" if self.spread else ""
        aim = f"  (aim {self.aim})" if self.aim else ""
        return f"  {self.name:<58} {self.value:>10.4g} {self.unit}{spread}{aim}"


@dataclass
class Bench:
    """Collects the figures of one bench; `runs` is lowered by --quick."""

    runs: int = RUNS
    scale: float = 1.0
    figures: list[Figure] = field(default_factory=list)

    def times(self, work: Callable[[], Any], *, before: Callable[[], Any] | None = None, runs: int = 0) -> list[float]:
        """Return the seconds of each run of `work`; `before` is run ahead of each and not counted."""
        seconds = []
        for _ in range(runs or self.runs):
            if before:
                before()
            gc.collect()
            started = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - started)
        return seconds

    def median(self, work: Callable[[], Any], *, before: Callable[[], Any] | None = None, runs: int = 0) -> float:
        """Return the median seconds of `work`."""
        return statistics.median(self.times(work, before=before, runs=runs))

    def figure(self, name: str, value: float, unit: str, *, aim: str = "", seconds: list[float] | None = None) -> None:
        """Keep and print one figure; `seconds` adds the spread of its runs."""
        spread = (min(seconds), max(seconds)) if seconds else None
        self.figures.append(Figure(name, value, unit, aim, spread))
        print(self.figures[-1].line(), flush=True)

    def ratio(self, name: str, ours: float, theirs: float, *, aim: str = "") -> None:
        """Keep and print how many times `theirs` our figure is."""
        self.figure(name, ours / theirs if theirs else float("nan"), "×", aim=aim)

    def memory(self, name: str) -> None:
        """Keep and print the largest memory this process has held."""
        self.figure(name, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


def flush_seconds(folder: Path | None = None) -> float:
    """Return the median seconds of one durable write (fsync of 4 KB)."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        seconds = []
        for _ in range(FLUSHES):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def machine() -> str:
    """Return one line about the machine and how busy it is."""
    load = os.getloadavg()[0]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {pages:.0f} GB, "
        f"Python {platform.python_version()}, load {load:.1f}, flush {flush_seconds() * 1000:.2f} ms"
    )
