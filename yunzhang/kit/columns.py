"""Whole tables of files as Arrow columns: csv (all text) and Parquet. It knows no column by name."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.kit.tables.fenced import RIBBONS

ENDINGS = (".csv", ".parquet")


class BadFile(YunzhangError):
    """A file that is no table we can read."""

    code = "bad_file"
    what = zh("文件 %(file)s 无法读取（%(problem)s）。")
    why = zh("文件不存在，不是表格，编码不是 UTF-8，或引号不成对。")
    do = zh("请使用 UTF-8 编码的 .csv 或 .parquet 文件，首行为列名。")


def read_columns(path: Path) -> pa.Table:
    """Return the table of a csv or Parquet file; csv cells stay text. Raises BadFile."""
    if path.suffix.lower() not in ENDINGS:
        raise BadFile(file=path.name, problem=path.suffix or "?")
    try:
        return parquet.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except UnicodeDecodeError as error:
        raise BadFile(file=path.name, problem="UTF-8") from error
    except (OSError, pa.ArrowException) as error:
        raise BadFile(file=path.name, problem=str(error).splitlines()[0]) from error


def read_ribbon(path: Path) -> str:
    """Return the mark our own export of a simulated home carries, "" where there is none."""
    if path.suffix.lower() == ".parquet":
        held = parquet.read_schema(path).metadata or {}
        return str(held.get(b"yunzhang.ribbon", b"").decode())
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline(400).strip().strip('",')
    return first if first.startswith(RIBBONS) else ""


def _read_csv(path: Path) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = file.readline().strip(), file.readline()
        file.seek(0)
        quotes = sum(block.count('"') for block in iter(lambda: file.read(1 << 20), ""))
    if quotes % 2:  # all rows behind it would silently become one cell
        raise BadFile(file=path.name, problem='"')
    ribbon = bool(first) and "," not in first.strip(",") and "," in second  # our exports of simulated homes are marked
    text = csv.ConvertOptions(default_column_type=pa.string(), strings_can_be_null=False)
    # newlines may stand inside quoted cells, as office programs write them
    return csv.read_csv(path, csv.ReadOptions(skip_rows=int(ribbon)), csv.ParseOptions(newlines_in_values=True), text)
