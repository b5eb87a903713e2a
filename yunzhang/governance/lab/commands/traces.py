"""Traces of runs as Parquet: one file for each finished run, one row group for each in the file of all.

Rows hold lists of records, as DuckDB, pandas and R read them; a trace comes back from its row to the last bit.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from yunzhang.governance.lab.commands.stamping import MARK
from yunzhang.governance.lab.rules.simulating import Trace
from yunzhang.governance.lab.rules.touched import KINDS
from yunzhang.governance.lab.terms import RELATIONS
from yunzhang.governance.observatory.terms import FIGURES

_VALUES = [(name, pa.float64()) for name in FIGURES]
SCHEMA = pa.schema(
    [
        ("number", pa.int32()),
        ("changed", pa.bool_()),
        ("opened", pa.int64()),
        ("ended", pa.int64()),
        ("met", pa.int64()),
        ("course", pa.list_(pa.struct([("month", pa.int16()), *_VALUES]))),
        ("places", pa.list_(pa.struct([("unit", pa.string()), *_VALUES]))),
        ("load", pa.list_(pa.struct([("unit", pa.string()), ("share", pa.float64())]))),
        ("relations", pa.list_(pa.struct([("relation", pa.string()), ("due", pa.int64()), ("met", pa.int64())]))),
        ("touched", pa.list_(pa.struct([("kind", pa.string()), ("due", pa.int64()), ("met", pa.int64())]))),
    ]
)


def run_bytes(sides: Sequence[Trace]) -> bytes:
    """Return the Parquet file of one run, without its what-ifs and with them."""
    return traces_bytes([sides])


def traces_bytes(runs: Iterable[Sequence[Trace]], stamp: Mapping[str, str] = MARK) -> bytes:
    """Return the Parquet file of runs, a row group for each; the same runs and stamp give the same bytes."""
    sink, schema = io.BytesIO(), SCHEMA.with_metadata(dict(stamp))
    with parquet.ParquetWriter(sink, schema) as writer:
        for sides in runs:
            writer.write_table(pa.Table.from_pylist([_row(trace) for trace in sides], schema))
    return sink.getvalue()


def read_traces(table: pa.Table) -> list[Trace]:
    """Return the traces of rows; raises KeyError, TypeError, ValueError where these are none."""
    return [_trace(row) for row in table.to_pylist()]


def _row(trace: Trace) -> dict[str, Any]:
    plain = trace.pack()
    relations = zip(RELATIONS, plain["related"], strict=True)
    touched = zip(KINDS, plain["touched"], strict=True)
    return {
        **{name: plain[name] for name in ("number", "changed", "opened", "ended", "met")},
        "course": [{"month": month} | _named(row) for month, row in enumerate(plain["course"], 1)],
        "places": [{"unit": unit} | _named(row) for unit, row in plain["places"].items()],
        "load": [{"unit": unit, "share": share} for unit, share in plain["load"].items()],
        "relations": [{"relation": name, "due": due, "met": met} for name, (due, met) in relations],
        "touched": [{"kind": kind, "due": due, "met": met} for kind, (due, met) in touched],
    }


def _named(row: Sequence[float | None]) -> dict[str, float | None]:
    # a figure that does not exist is null in every file, never NaN
    return {name: None if value is None or isnan(value) else value for name, value in zip(FIGURES, row, strict=True)}


def _trace(row: dict[str, Any]) -> Trace:
    counts = {name: row[name] for name in ("number", "changed", "opened", "ended", "met")}
    return Trace.unpack({
        **counts,
        "course": [[each[name] for name in FIGURES] for each in row["course"]],
        "places": {each["unit"]: [each[name] for name in FIGURES] for each in row["places"]},
        "load": {each["unit"]: each["share"] for each in row["load"]},
        "related": [[each["due"], each["met"]] for each in row["relations"]],
        "touched": [[each["due"], each["met"]] for each in row["touched"]],
    })  # fmt: skip
