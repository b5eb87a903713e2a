"""Reading a foreign log by its mapping: files in, tables and a coverage statement out; nothing is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.actions.studies import StudyTables, find_digest, verify_study_size
from yunzhang.governance.observatory.rules import logs
from yunzhang.governance.observatory.rules.logs.loading import BLIND, Source
from yunzhang.governance.observatory.rules.logs.tally import REASONS
from yunzhang.governance.observatory.terms import BadLog, BadMapping
from yunzhang.kit.rows import Limits, Opened, open_rows
from yunzhang.kit.yaml import read_marked

__all__ = ["BLIND", "REASONS", "ReadLog", "find_log", "find_mapping", "tables_of"]
FIRST = 5


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log that was read: its tables and coverage, its first rows as they came, and what it was read from."""

    loaded: logs.Loaded
    headings: tuple[str, ...]
    first: list[Mapping[str, str]]
    title: str
    facts: dict[str, Any]


def find_mapping(file: Path) -> logs.Mapping:
    """Return the mapping a YAML file holds; raises BadData, or BadMapping naming the line and the key."""
    facts, lines = read_marked(file)
    try:
        return logs.read_mapping(facts)
    except BadMapping as error:
        raise _with_line(error, lines) from None


def _with_line(error: BadMapping, lines: Mapping[tuple[str, ...], int]) -> BadMapping:
    way = tuple(str(error.params["at"]).split(".")) if error.params["at"] != "/" else ()
    line = next((lines[way[:end]] for end in range(len(way), -1, -1) if way[:end] in lines), 1)
    where = Sentence(zh("第 %(line)s 行 %(way)s"), {"line": str(line), "way": ".".join(way) or "/"})
    return BadMapping(at=where, problem=error.params["problem"])


def find_log(file: Path, mapping_file: Path, *, limits: Limits | None = None) -> ReadLog:
    """Return a log read by its mapping. Raises BadData, BadMapping, BadLog, Unreadable."""
    facts, lines = read_marked(mapping_file)
    try:
        mapping = logs.read_mapping(facts)
        return _read(file, mapping_file, mapping, limits or Limits())
    except BadMapping as error:
        raise _with_line(error, lines) from None


def _read(file: Path, mapping_file: Path, mapping: logs.Mapping, limits: Limits) -> ReadLog:
    files = {name: mapping_file.parent / name for name in mapping.files()}
    for name, path in files.items():
        if not path.is_file():
            raise BadLog(file=name, problem=zh("映射所指的文件不在同一目录"))
    with ExitStack() as stack:
        opened = stack.enter_context(
            open_rows(file, encoding=mapping.encoding, separator=mapping.separator, limits=limits)
        )
        head = list(islice(opened.rows, FIRST))

        def open_beside(name: str) -> Source:
            return _source(stack.enter_context(open_rows(files[name], encoding=mapping.encoding, limits=limits)))

        source = Source(opened.headings, chain(head, opened.rows), is_complete=opened.is_complete)
        loaded = logs.load_log(mapping, source, open_beside)
    inputs = {"log": file, "mapping": mapping_file, **files}
    return ReadLog(
        loaded, opened.headings, [cells for _, cells in head], mapping.title, _facts(inputs, mapping_file, loaded)
    )


def _source(opened: Opened) -> Source:
    return Source(opened.headings, opened.rows, is_complete=opened.is_complete)


def _facts(inputs: Mapping[str, Path], mapping_file: Path, loaded: logs.Loaded) -> dict[str, Any]:
    return {
        "inputs": {name: {"file": file.name, "sha256": find_digest(file)} for name, file in inputs.items()},
        "mapping": mapping_file.read_text("utf-8"),
        "coverage": loaded.coverage,
    }


def tables_of(read: ReadLog, *, command: str = "") -> StudyTables:
    """Return what a study is made of. Raises StudyTooLarge."""
    loaded = read.loaded
    verify_study_size(loaded.units.num_rows, loaded.loops.num_rows)
    facts = {"command": command, **read.facts}
    return StudyTables(loaded.units, loaded.loops, loaded.need, loaded.due, facts=facts)
