"""Rows of csv and Parquet files as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from yunzhang.base.errors import zh
from yunzhang.kit.rows.limits import Limits, Opened, refuse

RIBBONS = ("模拟数据", "Simulated data")  # the line our own exports of a simulated home begin with
BATCH = 20_000


def read_csv(stream: io.BufferedReader, file: str, limits: Limits, *, encoding: str, separator: str) -> Opened:
    """Return the rows of a csv in its declared encoding. Raises Unreadable."""
    csv.field_size_limit(limits.cell)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")
    lines = _lines(csv.reader(text, delimiter=separator, strict=True), file, encoding)
    first = next(lines, None)
    if first is not None and len([cell for cell in first[1] if cell]) == 1 and first[1][0].startswith(RIBBONS):
        first = next(lines, None)
    if first is None or not any(first[1]):
        raise refuse(file, zh("没有表头"))
    headings = [cell.strip() for cell in first[1]]
    doubled = sorted({name for name in headings if name and headings.count(name) > 1})
    if doubled:
        raise refuse(file, zh("表头有重复的列 %(columns)s"), columns=", ".join(doubled))
    if len(headings) == 1 and any(mark in headings[0] for mark in ",;\t|"):
        raise refuse(file, zh("表头只有一列，分隔符似乎不是“%(separator)s”"), separator=separator)
    return Opened(tuple(name for name in headings if name), True, _rows(lines, headings, file, limits))


def _lines(reader: Any, file: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            yield reader.line_num, cells
    except UnicodeDecodeError as error:
        found = _looks_like(error.object[max(0, error.start - 4000) :], encoding)
        raise refuse(
            file, zh("不是 %(encoding)s 编码（像是 %(found)s），第 %(line)s 行附近；可在映射的 file.encoding 中声明"),
            encoding=encoding, found=found, line=reader.line_num + 1,
        ) from None  # fmt: skip
    except csv.Error as error:
        raise refuse(file, zh("第 %(line)s 行不是合格的 csv（%(error)s）"), line=reader.line_num, error=error) from None


def _looks_like(data: bytes, encoding: str) -> str:
    if encoding == "utf-8":
        for name in ("gb18030", "utf-16"):
            try:
                data[: len(data) // 4 * 4].decode(name, "strict" if name == "utf-16" else "replace")
                if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    return "UTF-16"
                return "GBK (gb18030)"
            except UnicodeDecodeError:
                continue
    return "UTF-8" if encoding != "utf-8" else "?"


def _rows(
    lines: Iterator[tuple[int, list[str]]], headings: list[str], file: str, limits: Limits
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for count, (number, cells) in enumerate(lines):
        if count >= limits.rows:
            raise refuse(file, zh("超过 %(limit)s 行"), limit=limits.rows)
        if not any(cells):
            continue
        row = dict(zip(headings, cells, strict=False))
        row.pop("", None)
        if any(cells[len(headings) :]):
            row[""] = cells[len(headings)]
        yield number, row


def read_parquet(path: Path, limits: Limits) -> Opened:
    """Return the rows of a Parquet file as text; moments as ISO 8601. Raises Unreadable."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowException):
        raise refuse(path.name, zh("不是 Parquet 文件")) from None
    if file.metadata.num_rows > limits.rows:
        raise refuse(path.name, zh("超过 %(limit)s 行"), limit=limits.rows)
    return Opened(tuple(file.schema_arrow.names), True, _parquet_rows(file))


def _parquet_rows(file: Any) -> Iterator[tuple[int, Mapping[str, str]]]:
    batches = (batch.to_pylist() for batch in file.iter_batches(BATCH))
    for number, row in enumerate(chain.from_iterable(batches), 1):
        yield number, {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
