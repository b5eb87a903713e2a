"""Files somebody uploaded to make a study of, and how far their check has come; HOME/files/loads/ID/.

Trust and loss: nothing here is a source; a load that is not finished within a day is swept away.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

STATE, REJECTS = "state.json", "rejects.json"
KEPT_SECONDS = 24 * 3600


def folder_of(load: UUID) -> Path:
    """Return the folder of a load; raises FileNotFoundError without a home."""
    if settings.HOME is None:
        raise FileNotFoundError("loads need a home")
    found: Path = settings.HOME.files / "loads" / load.hex
    return found


def create(load: UUID, files: Mapping[str, tuple[str, Iterable[bytes]]], state: dict[str, Any]) -> None:
    """Keep uploaded files under their roles' names; an earlier load of the same number is replaced."""
    folder = folder_of(load)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for name, (_, blocks) in files.items():
        with (folder / name).open("wb") as out:
            for block in blocks:
                out.write(block)
    write_state(load, state)


def write_state(load: UUID, state: dict[str, Any]) -> None:
    """Write how far a load has come; the file is replaced whole."""
    file = folder_of(load) / STATE
    part = file.with_suffix(".part")
    part.write_text(json.dumps(state, ensure_ascii=False), "utf-8")
    part.replace(file)


def read_state(load: UUID) -> dict[str, Any] | None:
    """Return how far a load has come, or None where there is none."""
    try:
        found: dict[str, Any] = json.loads((folder_of(load) / STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def write_rejects(load: UUID, rows: list[Any]) -> None:
    """Keep the rows of a log that were set aside."""
    (folder_of(load) / REJECTS).write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def read_rejects(load: UUID) -> list[Any]:
    """Return the rows of a log that were set aside."""
    file = folder_of(load) / REJECTS
    found: list[Any] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return found


def sweep(now: float) -> int:
    """Remove loads older than a day; return how many."""
    folder = folder_of(UUID(int=0)).parent
    old = [each for each in folder.glob("*") if now - each.stat().st_mtime > KEPT_SECONDS] if folder.exists() else []
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)
