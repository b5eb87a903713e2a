"""Reads a foreign table: in a subprocess with limits on memory and time, so that a bad file harms nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import get_language

from yunzhang.kit.tables.refusals import REFUSALS, TooSlow

SECONDS = 25
PACKAGE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its number there, and its cells by column name (all columns present, empty ones "")."""

    number: int
    cells: Mapping[str, str]


def read_table(
    path: Path,
    columns: Sequence[str] | Mapping[str, str],
    *,
    optional: Sequence[str] = (),
    limit: int = 100_000,
) -> list[Row]:
    """Return the rows of an xlsx or csv file, blank ones left out.

    `columns` are the names asked for, or name -> Chinese heading; `optional` are those that may be absent.
    Raises a BadTable that names row and column; the file is read under limits of 25 s and 480 MB.
    """
    named = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    asked = {"path": str(path), "columns": named, "optional": list(optional), "limit": limit, **in_words(named)}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        run_child(json.dumps(asked), out)
        out.seek(0)
        return list(read_answer(out, list(named)))


def read_whole_table(path: Path, *, limit: int = 1_000_000) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the headings of an xlsx or csv file as they stand, and (row number, cells) of every row that is not blank.

    Raises a BadTable that names row and column; the file is read under limits of 25 s and 480 MB.
    """
    asked = {"path": str(path), "columns": {}, "optional": [], "limit": limit}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        run_child(json.dumps(asked), out)
        out.seek(0)
        answers = [json.loads(line) for line in out]
    if answers and isinstance(answers[-1], dict):
        raise REFUSALS[answers[-1]["code"]](**answers[-1]["params"])
    (_, names), *rows = answers
    return names, [(number, cells) for number, cells in rows]


def in_words(named: Mapping[str, str]) -> dict[str, object]:
    """Return what a refusal calls the columns: their headings for readers of Chinese, else their names."""
    if (get_language() or "zh").startswith("zh"):
        return {}
    return {"shown": {name: name for name in named}, "joint": ", "}


def run_child(asked: str, out: IO[str]) -> None:
    """Read the file in a process of its own; whatever goes wrong there is a refusal here."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(PACKAGE_ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "yunzhang.kit.tables.fenced"]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            check=False,
            input=asked,
            stdout=out,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise TooSlow(seconds=SECONDS) from None
    if done.returncode:
        raise TooSlow(seconds=SECONDS)


def read_answer(out: IO[str], names: list[str]) -> Iterator[Row]:
    """Yield what the child wrote: rows, or its refusal in the last line."""
    for line in out:
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise REFUSALS[answer["code"]](**answer["params"])
        yield Row(answer[0], dict(zip(names, answer[1], strict=True)))
