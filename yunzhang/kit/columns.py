"""Whole tables of files as Arrow columns: csv (all text) and Parquet. It knows no column by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.kit.tables.fenced import RIBBONS

ENDINGS = (".csv", ".parquet", ".xlsx")
ROW = "#row"  # the number of each row in its file, where rows may be missing between
FIRST_ROW = b"yunzhang.first_row"  # the number of the first row, where all follow


class BadFile(YunzhangError):
    """A file that is no table we can read."""

    code = "bad_file"
    what = zh("文件 %(file)s 无法读取（%(problem)s）。")
    why = zh("文件不存在，不是表格，编码不是 UTF-8，或引号不成对。")
    do = zh("请使用 UTF-8 编码的 .csv、.parquet 或 .xlsx 文件，首行为列名。")


def read_columns(path: Path) -> pa.Table:
    """Return the table of a csv, Parquet or xlsx file; cells of csv and xlsx are text. Raises BadFile, BadTable."""
    if path.suffix.lower() not in ENDINGS:
        raise BadFile(file=path.name, problem=path.suffix or "?")
    try:
        if path.suffix.lower() == ".xlsx":
            return _read_xlsx(path)
        return parquet.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except UnicodeDecodeError as error:
        raise BadFile(file=path.name, problem="UTF-8") from error
    except FileNotFoundError as error:
        raise BadFile(file=path.name, problem=zh("没有这个文件")) from error
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


PART = 1 << 21  # rows of a row group read at a time


class ParquetPieces:
    """A Parquet file read by row groups, each by any thread, never whole. It knows no column by name."""

    def __init__(self, path: Path) -> None:
        """Read what the file says of itself; raises BadFile."""
        with _as_bad_file(path):
            file = parquet.ParquetFile(path)
            self.path, self.metadata, self.schema = path, file.metadata, file.schema_arrow
        sizes = [self.metadata.row_group(k).num_rows for k in range(self.metadata.num_row_groups)]
        self.names = list(self.schema.names)
        self.firsts = [sum(sizes[:k]) for k in range(len(sizes))]
        self.rows, self.count = sum(sizes), max(1, len(sizes))

    def read(self, piece: int, columns: list[str]) -> Iterator[tuple[int, pa.Table]]:
        """Yield (index of its first row, table) of the parts of one row group; coded columns stay coded."""
        if not self.rows:
            yield 0, self.schema.empty_table().select(columns)
            return
        first = self.firsts[piece]
        with _as_bad_file(self.path):
            coded = [name for name in columns if self._is_coded(piece, name)]
            file = parquet.ParquetFile(self.path, metadata=self.metadata, read_dictionary=coded)
            for batch in file.iter_batches(PART, [piece], columns, use_threads=False):
                yield first, pa.Table.from_batches([batch])
                first += batch.num_rows

    def _is_coded(self, piece: int, name: str) -> bool:
        column = self.metadata.row_group(piece).column(self.metadata.schema.names.index(name))
        return bool(pa.types.is_string(self.schema.field(name).type) and column.has_dictionary_page)

    def number(self, index: int) -> int:
        """Return the number of a row; a Parquet file has no heading row, its first row is 1."""
        return index + 1

    def largest(self, columns: Sequence[str]) -> dict[str, pa.Array] | None:
        """Return the largest value of each column, where all are moments and every row group tells it."""
        found: dict[str, pa.Array] = {}
        for name in columns:
            kind = self.schema.field(name).type
            if not pa.types.is_timestamp(kind) or not self.firsts:
                return None
            said = [self._largest(k, name) for k in range(len(self.firsts))]
            if None in said:
                return None
            found[name] = pa.array([each for some in said for each in some or ()] or [None], kind)
        return found

    def _largest(self, piece: int, name: str) -> list[object] | None:
        # one value, none where all cells are empty, None where the row group does not tell
        group = self.metadata.row_group(piece)
        column = group.column(self.metadata.schema.names.index(name))
        said = column.statistics  # reads memory of `column`: both must live on
        if said is None or not (said.has_min_max or said.null_count == group.num_rows):
            return None
        return [said.max] if said.has_min_max else []


@contextmanager
def _as_bad_file(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BadFile(file=path.name, problem=zh("没有这个文件")) from error
    except (OSError, pa.ArrowException) as error:
        raise BadFile(file=path.name, problem=str(error).splitlines()[0]) from error


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
    table = csv.read_csv(path, csv.ReadOptions(skip_rows=int(ribbon)), csv.ParseOptions(newlines_in_values=True), text)
    return table.replace_schema_metadata({FIRST_ROW: b"3" if ribbon else b"2"})


def _read_xlsx(path: Path) -> pa.Table:
    from yunzhang.kit.tables import read_whole_table

    names, rows = read_whole_table(path)
    cells = list(zip(*(row for _, row in rows), strict=True)) or [()] * len(names)
    columns = {name: pa.array(column, pa.string()) for name, column in zip(names, cells, strict=True)}
    return pa.table(columns | {ROW: pa.array([number for number, _ in rows], pa.int64())})
