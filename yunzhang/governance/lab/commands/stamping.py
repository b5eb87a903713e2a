"""What every Parquet file of a results folder says of itself: that it is simulated, and all one needs to make it again.

A file that is passed on without its folder still names its inputs, seed, engine and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import parquet

RIBBON, PROVENANCE = "yunzhang.ribbon", "yunzhang.provenance"
MARK = {RIBBON: "情景推演 · 模拟结果"}
SETTLED = ("format", "what", "product", "engine", "parameter_files", "inputs", "scenario", "behaviour", "seed", "asked")


def stamp_of(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the metadata of a file by its manifest; the language of the report leaves the bytes alone."""
    held = {name: told[name] for name in (*SETTLED, "runs", "simulated") if name in told}
    return MARK | {PROVENANCE: json.dumps(held, ensure_ascii=False, sort_keys=True, allow_nan=False)}


def parquet_bytes(table: pa.Table, told: Mapping[str, Any]) -> bytes:
    """Return a table as a Parquet file with its provenance; the same rows and manifest give the same bytes."""
    sink = pa.BufferOutputStream()
    parquet.write_table(table.combine_chunks().replace_schema_metadata(stamp_of(told)), sink)
    return bytes(sink.getvalue())
