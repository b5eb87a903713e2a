"""Writes our own tables: the ending of the file's name chooses xlsx, csv or Parquet; unfinished files never appear."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunzhang.base.errors import Invalid, zh

if TYPE_CHECKING:
    import pyarrow

MAX_SHEET = 1_048_000
RISKY = ("=", "+", "-", "@", "\t", "\r")


def defuse(value: object) -> object:
    """Return text no spreadsheet program takes for a formula.

    >>> defuse("=1+1")
    "'=1+1"
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def write_table(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], *, ribbon: str = "") -> int:
    """Write rows under their headings and return how many; `ribbon` is the first line in a simulated home."""
    writers = {".csv": write_csv, ".xlsx": write_xlsx, ".parquet": write_parquet}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise Invalid(field=zh("导出文件"), problem=zh("文件名应以 .xlsx、.csv 或 .parquet 结尾"))
    unfinished = path.with_name(f".{path.name}.part")
    try:
        count = writer(unfinished, names, rows, ribbon)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def write_columns(path: Path, table: pyarrow.Table, *, ribbon: str = "") -> int:
    """Write an Arrow table and return its number of rows."""
    names = list(table.column_names)
    rows = (tuple(row.values()) for batch in table.to_batches(10_000) for row in batch.to_pylist())
    if path.suffix.lower() != ".parquet":
        return write_table(path, names, rows, ribbon=ribbon)
    from pyarrow import parquet

    unfinished = path.with_name(f".{path.name}.part")
    try:
        parquet.write_table(mark(table, ribbon), unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return int(table.num_rows)


def mark(table: pyarrow.Table, ribbon: str) -> pyarrow.Table:
    """Return the table with the ribbon in its schema's metadata."""
    return table.replace_schema_metadata({"yunzhang.ribbon": ribbon}) if ribbon else table


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], ribbon: str) -> int:
    """Write csv in UTF-8 with mark."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([[ribbon]] if ribbon else [])
        writer.writerow(names)
        for count, row in enumerate(rows, 1):  # noqa: B007
            writer.writerow([defuse(flat(value)) for value in row])
    return count


def write_xlsx(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], ribbon: str) -> int:
    """Write one sheet, row by row."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    top = 1 if ribbon else 0
    if ribbon:
        sheet.write_string(0, 0, ribbon)
    for at, name in enumerate(names):
        sheet.write_string(top, at, name, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MAX_SHEET:
            raise Invalid(field=zh("导出文件"), problem=zh("行数超过 xlsx 的上限，请改用 csv 或 parquet"))
        for at, value in enumerate(row):
            if value is not None:
                sheet.write(top + count, at, defuse(flat(value)))
    book.close()
    return count


def write_parquet(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], ribbon: str) -> int:
    """Write Parquet; column types are read off the values."""
    import pyarrow
    from pyarrow import parquet

    columns = list(zip(*rows, strict=True)) or [() for _ in names]
    table = pyarrow.table({name: pyarrow.array(column) for name, column in zip(names, columns, strict=True)})
    parquet.write_table(mark(table, ribbon), path)
    return int(table.num_rows)


def flat(value: Any) -> Any:
    """Return a value a cell can hold: moments as RFC 3339 text, everything that is no number as text."""
    if value is None or isinstance(value, (int, float, str)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
