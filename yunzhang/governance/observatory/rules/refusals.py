"""How a table is refused: which row as a person sees it, which problem, in both languages of the doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import pyarrow as pa

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory.terms import BadTable

ROW = "#row"  # a column that tells the number of each row in its file
FIRST_ROW = b"yunzhang.first_row"  # or, in the schema's metadata, the number of the first
IN_ROW = zh("第 %(row)s 行：%(problem)s")


def refusal(table: str, problem: str, **values: str) -> BadTable:
    """Return the refusal of a whole table; `problem` is a message id whose places the values fill."""
    return BadTable(table=table, problem=Sentence(problem, values))


def row_refusal(table: str, row: int, problem: str, **values: str) -> BadTable:
    """Return the refusal of a row by its number in the file."""
    inner = cast(str, Sentence(problem, values))  # doors translate a sentence inside a sentence
    return BadTable(table=table, problem=Sentence(IN_ROW, {"row": str(row), "problem": inner}))


def row_number(table: pa.Table, index: int) -> int:
    """Return the number a person sees beside a row in its file, headings counted; without a file, 1 is the first.

    >>> row_number(pa.table({"id": ["a", "b"]}), 1)
    2
    """
    if ROW in table.column_names:
        return int(table[ROW][index].as_py())
    first = (table.schema.metadata or {}).get(FIRST_ROW, b"1")
    return int(first) + index


def refuse_rows(
    bad: np.ndarray, name: str, number: Callable[[int], int], problem: str, cell: pa.Array | None = None
) -> None:
    """Return nothing; raises BadTable for the first row where `bad` is true, with its cell as %(value)s."""
    rows = np.flatnonzero(bad)
    if len(rows):
        row = int(rows[0])
        value = "" if cell is None else str(cell[row].as_py())
        raise row_refusal(name, number(row), problem, value=value)


def check_columns(table: pa.Table, wanted: tuple[str, ...], name: str) -> None:
    """Return nothing; raises BadTable naming the columns that are missing or doubled."""
    check_names(table.column_names, wanted, name)


def check_names(names: list[str], wanted: tuple[str, ...], name: str) -> None:
    """Return nothing; raises BadTable naming the columns that are missing or doubled."""
    missing = [column for column in wanted if column not in names]
    if missing:
        raise refusal(name, zh("缺少列 %(columns)s"), columns=", ".join(missing))
    doubled = sorted({column for column in wanted if names.count(column) > 1})
    if doubled:
        raise refusal(name, zh("列 %(columns)s 重复"), columns=", ".join(doubled))
