"""The data files of a pack: csv, JSON, labelled Stata, and the codebook in two forms. Same rows, same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Variable
from yunzhang.kit.tables.write import defuse

type_row = dict[str, Any]
STAMP = datetime(2000, 1, 1)  # noqa: DTZ001 - Stata's header wants a moment; a real one would change the digest
LABEL = 80  # what Stata keeps of a label
UNICODE, LATIN = 118, 117  # Stata 14 and later; Stata 13, which knows no Unicode


def csv_bytes(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the rows as csv in UTF-8 with mark, cells no spreadsheet takes for formulas, nothing for null."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    return "" if value is None else defuse(value)


def json_bytes(value: Any) -> bytes:
    """Return a value as readable JSON, Chinese as it is, one end of line at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def stata_bytes(names: Sequence[str], rows: Sequence[type_row], *, language: str, title: str) -> bytes:
    """Return the rows as a Stata file (14 and later) with labels of variables and of values in one language."""
    return _stata(names, rows, language=language, title=title, version=UNICODE)


def stata13_bytes(names: Sequence[str], rows: Sequence[type_row], *, title: str) -> bytes:
    """Return the rows for Stata 13: English labels; text it cannot hold is left empty, `row` leads to figures.csv."""
    plain = [{"row": number} | {name: _latin(row.get(name)) for name in names} for number, row in enumerate(rows, 1)]
    return _stata(["row", *names], plain, language="en", title=title, version=LATIN)


def _latin(value: Any) -> Any:
    return "" if isinstance(value, str) and not value.isascii() else value


def _stata(names: Sequence[str], rows: Sequence[type_row], *, language: str, title: str, version: int) -> bytes:
    import pandas

    known = actions.list_variables()
    frame = pandas.DataFrame({name: _column(known.get(name), [row.get(name) for row in rows]) for name in names})
    labels = {name: (known[name].label[language] if name in known else name)[:LABEL] for name in names}
    values = {
        name: {code: text[language] for code, text in enumerate(known[name].values.values(), 1)}
        for name in names
        if name in known and known[name].values
    }
    out = io.BytesIO()
    frame.to_stata(
        out,
        write_index=False,
        version=version,
        time_stamp=STAMP,
        data_label=title[:LABEL],
        variable_labels={name: label if version == UNICODE else _ascii(label) for name, label in labels.items()},
        value_labels=values,
    )
    return out.getvalue()


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _column(variable: Variable | None, cells: Sequence[Any]) -> Any:
    import pandas

    kind = variable.kind if variable else "count"
    if kind in ("text", "moment"):
        return pandas.Series([cell or "" for cell in cells], dtype=object)
    if kind == "code" and variable:
        number = {value: code for code, value in enumerate(variable.values, 1)}
        return pandas.Series([number.get(str(cell)) for cell in cells], dtype="float64")
    return pandas.Series(cells, dtype="float64" if kind in ("share", "figure") or None in cells else "int64")
