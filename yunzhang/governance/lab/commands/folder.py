"""The folder of a study of what-ifs: finished runs are kept in it one by one, so that an interrupted command goes on.

May lose a run that was under way when the machine stopped; never shows half a file: each is written aside and renamed.
The manifest comes first, without outputs, and says whose runs these are; it comes last again, with their digests.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from yunzhang.base.errors import Conflict, Invalid, YunzhangError, zh
from yunzhang.governance.lab.commands.stamping import SETTLED, stamp_of
from yunzhang.governance.lab.commands.traces import read_traces, run_bytes, traces_bytes
from yunzhang.governance.lab.rules.simulating import Trace
from yunzhang.governance.lab.terms import Unresumable

MANIFEST, TRACES, RUNS, PART = "manifest.json", "traces.parquet", "runs", ".part"


class MoreRunsThere(Conflict):
    """The folder holds more runs than are asked for now."""

    code = "more_runs_there"
    why = zh("已完成的运行不会被删去。")
    what = zh("目录 %(folder)s 中已有 %(there)s 次运行，多于所要的 %(asked)s 次，未作任何改动。")
    do = zh("请把 --runs 提高到不少于 %(there)s，或换一个目录。")


class FolderBusy(Conflict):
    """Another command writes to the folder."""

    code = "folder_busy"
    what = zh("另一条命令正在向目录 %(folder)s 写入。")
    why = zh("两条命令写入同一个目录，会互相覆盖。")
    do = zh("请等它结束，或换一个目录。")


class CannotWrite(YunzhangError):
    """The machine does not let the folder be written to: the disk is full, or it may only be read."""

    code = "cannot_write"
    category = "unavailable"
    what = zh("目录 %(folder)s 无法写入：%(problem)s。")
    why = zh("磁盘已满、目录只读或没有写入权限。已写完的文件都是完整的。")
    do = zh("请腾出空间或改正权限后重复同一条命令，或用 --out 换一个目录。")


@contextmanager
def opened(folder: Path, told: Mapping[str, Any], runs: int) -> Iterator[Results]:
    """Give the results folder of what the manifest tells, made if missing, held against a second command.

    Raises Invalid, Unresumable, MoreRunsThere, FolderBusy, and nothing is touched then; CannotWrite.
    """
    check(folder, told)
    with _locked(folder):
        check(folder, told)  # once more: another may have been quicker
        yield Results(folder, runs, told)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with _told(folder):
        folder.mkdir(exist_ok=True)
        held = os.open(folder, os.O_RDONLY)  # the folder itself is the lock; it goes with the process
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise FolderBusy(folder=folder.name) from error
    finally:
        os.close(held)


def write_all(folder: Path, files: Mapping[str, bytes], told: Mapping[str, Any]) -> None:
    """Write the files of a command that keeps nothing on its way, the manifest last, and first of all without outputs.

    By it a stopped command knows its folder again. Raises as `check`, FolderBusy, CannotWrite.
    """
    check(folder, told)
    with _locked(folder):
        if not (folder / MANIFEST).is_file():
            write_file(folder / MANIFEST, json_bytes({**told, "outputs": {}}))
        for name, content in files.items():
            write_file(folder / name, content)
        write_file(folder / MANIFEST, json_bytes(told))
        _sweep(folder)


def _sweep(folder: Path) -> None:
    # what a stopped command had only half written
    for unfinished in folder.glob(f".*{PART}"):
        unfinished.unlink()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(folder=folder.name, problem=error.strerror or type(error).__name__) from error


def write_file(target: Path, content: bytes) -> None:
    """Write one file aside and rename it: it is there whole or not at all. Raises CannotWrite."""
    aside = target.with_name(f".{target.name}{PART}")
    with _told(target.parent):
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)


def check(folder: Path, told: Mapping[str, Any]) -> None:
    """Return nothing; raises Invalid, Unresumable where a folder is not this command's to write to."""
    if folder.exists() and not folder.is_dir():
        raise Invalid(field="--out", problem=zh("已有同名文件"))
    if not folder.absolute().parent.is_dir():
        raise Invalid(field="--out", problem=zh("上级目录不存在"))
    held = [each for each in folder.iterdir() if each.suffix != PART] if folder.is_dir() else []
    if held and not _is_same(folder, told):
        raise Unresumable(folder=folder.name)


def _is_same(folder: Path, told: Mapping[str, Any]) -> bool:
    try:
        there = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    ours = json.loads(json.dumps(told))  # as a file gives it back
    return isinstance(there, dict) and all(there.get(name) == ours.get(name) for name in SETTLED)


class Results:
    """A results folder that is this command's: which runs are finished, and where new ones go."""

    def __init__(self, folder: Path, runs: int, told: Mapping[str, Any]) -> None:
        """Look what is there; raises MoreRunsThere."""
        self.folder, self.runs = folder, runs
        self.found = {trace.number: pair for pair in self._finished() for trace in pair[:1]}
        if any(number >= runs for number in self.found):
            raise MoreRunsThere(folder=folder.name, there=len(self.found), asked=runs)
        if not (folder / MANIFEST).is_file():
            self.write(MANIFEST, json_bytes(told))
        with _told(folder):
            (folder / RUNS).mkdir(exist_ok=True)

    def _finished(self) -> Iterator[tuple[Trace, ...]]:
        if (self.folder / TRACES).is_file():
            yield from _pairs(self.folder / TRACES)
        for file in sorted((self.folder / RUNS).glob("[0-9]*.parquet")):
            yield from _pairs(file)

    def missing(self) -> list[int]:
        """Return the numbers of runs that are still to be made."""
        return [number for number in range(self.runs) if number not in self.found]

    def keep(self, sides: Sequence[Trace]) -> None:
        """Keep a finished run."""
        number = sides[0].number
        self.write(f"{RUNS}/{number:04d}.parquet", run_bytes(sides))
        self.found[number] = tuple(sides)

    def traces(self) -> list[Trace]:
        """Return all runs in the order of their numbers."""
        return [trace for number in sorted(self.found) for trace in self.found[number]]

    def close(self, files: Mapping[str, bytes], told: Mapping[str, Any], digests: Mapping[str, str]) -> None:
        """Write the files of a finished study, the runs in one file, and last the manifest with the digests."""
        for name, content in files.items():
            self.write(name, content)
        self.write(MANIFEST, json_bytes({**told, "outputs": dict(sorted(digests.items()))}))
        shutil.rmtree(self.folder / RUNS, ignore_errors=True)  # all of them stand in one file now
        _sweep(self.folder)

    def merged(self, told: Mapping[str, Any]) -> bytes:
        """Return the file of all runs, stamped by their manifest."""
        return traces_bytes((self.found[number] for number in sorted(self.found)), stamp_of(told))

    def write(self, name: str, content: bytes) -> None:
        """Write one file aside and rename it: it is there whole or not at all."""
        write_file(self.folder / name, content)


def _pairs(file: Path) -> Iterator[tuple[Trace, ...]]:
    # what cannot be read is no finished run: it is made anew
    try:
        traces = read_traces(parquet.read_table(file))
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError, YunzhangError):
        return
    for before, after in zip(traces[::2], traces[1::2], strict=False):
        if before.number == after.number and (before.changed, after.changed) == (False, True):
            yield before, after


def json_bytes(value: Any) -> bytes:
    """Return a value as readable JSON, Chinese as it is, one end of line at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
