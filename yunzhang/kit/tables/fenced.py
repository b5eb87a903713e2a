"""The fenced half of reading: `python -m yunzhang.kit.tables.fenced` limits itself, reads one file."""

from __future__ import annotations

import csv
import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yunzhang.kit.tables.refusals import (
    BadTable,
    DoubledColumn,
    EmptyTable,
    FormulaCell,
    LongCell,
    NotATable,
    OldWorkbook,
    TooManyRows,
    WrongColumns,
    WrongEncoding,
)
from yunzhang.kit.tables.xlsx import MAX_COLUMNS, MAX_FILE, letters, read_xlsx, too_large

CPU_SECONDS = 24
MEMORY = 480 * 2**20
MAX_CELL = 4000
MAX_BLANK = 1000
RIBBONS = ("模拟数据", "Simulated data")  # the line our own exports of a simulated home begin with


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asks for: column name -> heading in the file (the name itself is taken as well)."""

    columns: Mapping[str, str]
    optional: Sequence[str]
    limit: int
    shown: Mapping[str, str] = field(default_factory=dict)  # what a refusal calls a column, where not by its heading
    joint: str = "、"


def main() -> None:
    """Fence oneself in, read, write one line a row; the last line is the refusal, if any."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    asked = json.load(sys.stdin)
    wanted = Wanted(
        asked["columns"], asked["optional"], asked["limit"], asked.get("shown", {}), asked.get("joint", "、")
    )
    try:
        for row in rows_of(Path(asked["path"]), wanted):
            json.dump(row, sys.stdout, ensure_ascii=False)
            sys.stdout.write("\n")
    except BadTable as refusal:
        json.dump({"code": refusal.code, "params": refusal.params}, sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")


def rows_of(path: Path, wanted: Wanted) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells in the order asked for)."""
    rows = number_rows(path)
    places, heading = read_heading(rows, wanted)
    if not wanted.columns:  # whatever the file has: its headings come first
        yield 0, list(places)
    blank = count = 0
    for number, cells in rows:
        if not cells:
            blank += 1
            if blank > max(MAX_BLANK, wanted.limit):
                raise TooManyRows(limit=wanted.limit)
            continue
        count += 1
        if count > wanted.limit:
            raise TooManyRows(limit=wanted.limit)
        check_cells(number, cells, heading)
        yield number, [undo_defusing(cells.get(places.get(name, -1), "")) for name in wanted.columns or places]


def number_rows(path: Path) -> Iterator[tuple[int, dict[int, str]]]:
    """Return the file's rows, whichever kind it is."""
    if path.stat().st_size > MAX_FILE:
        raise too_large()
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PK\x03\x04" or path.suffix.lower() == ".xlsx":
        return read_xlsx(path)
    if head == b"\xd0\xcf\x11\xe0" or path.suffix.lower() == ".xls":
        raise OldWorkbook
    if path.suffix.lower() not in (".csv", ".txt"):
        raise NotATable
    return read_csv(path)


def read_csv(path: Path) -> Iterator[tuple[int, dict[int, str]]]:
    """Yield (row number, {column number: text}) of a UTF-8 csv."""
    check_encoding(path)
    csv.field_size_limit(MAX_CELL * 4)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for line in reader:
                cells = {at: text.strip() for at, text in enumerate(line[:MAX_COLUMNS]) if text.strip()}
                refuse_formula(reader.line_num, cells)
                yield reader.line_num, cells
        except csv.Error:
            raise NotATable from None


def refuse_formula(number: int, cells: Mapping[int, str]) -> None:
    """Raise when a cell would be taken for a formula by a spreadsheet program."""
    for at, text in cells.items():
        if text.startswith("="):
            raise FormulaCell(row=number, column=letters(at))


def check_encoding(path: Path) -> None:
    """Raise when the text is not UTF-8, saying what it looks like."""
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongEncoding(encoding="UTF-16")
    if b"\0" in data:
        raise NotATable
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            raise NotATable from None
        raise WrongEncoding(encoding="GBK") from None


def read_heading(rows: Iterator[tuple[int, dict[int, str]]], wanted: Wanted) -> tuple[dict[str, int], dict[int, str]]:
    """Return where each column stands, and the headings by place; our own ribbon line is passed over."""
    for number, cells in rows:
        if not cells or (len(cells) == 1 and next(iter(cells.values())).startswith(RIBBONS)):
            continue
        return place_columns(number, cells, wanted), cells
    raise EmptyTable


def place_columns(number: int, heading: Mapping[int, str], wanted: Wanted) -> dict[str, int]:
    """Return name -> column number; raises for missing, unknown and doubled headings."""
    asked = wanted.columns or {text: text for text in heading.values()}
    names = {text: name for name, text in asked.items()} | {name: name for name in asked}
    places: dict[str, int] = {}
    for at, text in heading.items():
        name = names.get(text, "")
        if name in places:
            raise DoubledColumn(row=number, column=text)
        if name:
            places[name] = at
    missing = [
        wanted.shown.get(name, text)
        for name, text in wanted.columns.items()
        if name not in places and name not in wanted.optional
    ]
    unknown = [text[:40] for text in heading.values() if text not in names]
    if missing or unknown:
        raise WrongColumns(
            row=number, missing=wanted.joint.join(missing) or "—", unknown=wanted.joint.join(unknown[:20]) or "—"
        )
    return places


def check_cells(number: int, cells: Mapping[int, str], heading: Mapping[int, str]) -> None:
    """Raise for a cell that is too long, or stands under no heading."""
    for at, text in cells.items():
        if at not in heading:
            raise WrongColumns(row=number, missing="—", unknown=f"{letters(at)}{number}")
        if len(text) > MAX_CELL:
            raise LongCell(row=number, column=heading[at], limit=MAX_CELL)


def undo_defusing(text: str) -> str:
    """Return the text our own export wrote with a quote before a risky first character.

    >>> undo_defusing("'-1"), undo_defusing("'quoted'")
    ('-1', "'quoted'")
    """
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


if __name__ == "__main__":
    main()
