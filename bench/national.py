"""Tables of a country: a million units and as many loops as asked, written in pieces; and one more day of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

PLACES, BODIES, LEVELS = 17, 40, 4  # under each place; below the deepest level bodies alone
GROUP = 4_194_304  # rows of one row group
SECOND = 1_000_000
DAY = 86_400 * SECOND
BEGINS = 1_735_660_800 * SECOND  # 2025-01-01 in +08:00
DAYS = 365
KINDS = ("directive", "report", "consult", "need")
OUTCOMES = ("", "refused", "withdrawn")
MOMENT = pa.timestamp("us", tz="UTC")
CODED = ["kind", "creditor", "debtor", "outcome"]


def write_units(path: Path, count: int) -> np.ndarray:
    """Write a tree of places with their bodies, bodies guided by their like above; return the parent of each unit."""
    parent, guide, depth = np.full(count, -1), np.full(count, -1), np.zeros(count, np.int64)
    place, seat = np.zeros(count, np.bool_), np.zeros(count, np.int64)
    place[0], bodies_of, node, done = True, np.full(count, -1), 1, 0
    while node < count:
        below = PLACES if depth[done] < LEVELS else 0
        stop = min(node + below + BODIES, count)
        parent[node:stop], depth[node:stop] = done, depth[done] + 1
        place[node : node + below] = True
        seat[node : node + below], seat[node + below : stop] = np.arange(node, min(node + below, stop)), done
        bodies_of[done] = node + below
        if parent[done] >= 0 and stop > node + below:
            guide[node + below : stop] = bodies_of[parent[done]] + np.arange(stop - node - below)
        node, done = stop, done + 1
        while done < node and not place[done]:
            done += 1
    ids = pa.array([f"u{number:07d}" for number in range(count)])
    kind = pa.array(np.where(place, "government", "department"))
    upper = [ids.take(pa.array(column, mask=column < 0)) for column in (parent, guide)]
    columns = [ids, upper[0], upper[1], kind, ids.take(pa.array(seat)), ids]
    names = ["id", "parent", "guided_by", "kind", "jurisdiction", "name"]
    parquet.write_table(pa.table(columns, names), path)
    return parent


def write_loops(
    path: Path, parents: np.ndarray, count: int, *, days: tuple[int, int] = (0, DAYS), seed: int = 1
) -> int:
    """Write `count` loops opened in these days, a twentieth of them in two rows side by side; return the rows."""
    rng, written, rows = np.random.default_rng(seed), 0, 0
    ids = pa.array([f"u{number:07d}" for number in range(len(parents))])
    schema = _piece(rng, parents, ids, 1, 0, days, seed).schema
    if count < len(parents):  # a day's file names the units of its day, not of the whole country
        schema = pa.schema([(each.name, pa.string() if each.name in CODED else each.type) for each in schema])
    with parquet.ParquetWriter(path, schema, use_dictionary=CODED) as file:
        while written < count:
            size = min(GROUP * 20 // 21, count - written)
            begin, end = (days[0] + (days[1] - days[0]) * at / count for at in (written, written + size))
            piece = _piece(rng, parents, ids, size, written, (begin, end), seed)
            piece = piece.cast(schema)
            file.write_table(piece, row_group_size=GROUP)
            written, rows = written + size, rows + piece.num_rows
    return rows


def _piece(  # noqa: PLR0917 - one private caller
    rng: np.random.Generator,
    parents: np.ndarray,
    ids: pa.Array,
    size: int,
    first: int,
    days: tuple[float, float],
    seed: int,
) -> pa.Table:
    units = len(parents)
    debtor = rng.integers(1, units, size, dtype=np.int32)
    sister = np.minimum(debtor + rng.integers(1, 30, size, dtype=np.int32), units - 1)
    anyone = rng.integers(0, units, size, dtype=np.int32)
    chance = rng.random(size, np.float32)
    creditor = np.select([chance < 0.7, chance < 0.95], [parents[debtor], sister], anyone).astype(np.int32)
    creditor = np.where(creditor == debtor, parents[debtor], creditor).astype(np.int32)
    kind = np.where(chance < 0.45, 0, np.where(chance < 0.7, 1, np.where(chance < 0.9, 2, 3))).astype(np.int8)
    opened = BEGINS + ((days[0] + np.sort(rng.random(size)) * (days[1] - days[0])) * 86_400).astype(np.int64) * SECOND
    due = opened + rng.integers(10, 60, size) * DAY
    closed = opened + (rng.random(size) * 45 * 86_400).astype(np.int64) * SECOND
    outcome = np.where(rng.random(size, np.float32) < 0.03, rng.integers(1, 3, size), 0).astype(np.int8)
    still = rng.random(size, np.float32) < 0.1
    rows = np.sort(np.concatenate([np.arange(size), rng.integers(0, size, size // 20)]))
    columns = {
        "loop": _names((rows + first).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(seed)),
        "kind": _coded(kind[rows], pa.array(KINDS)),
        "creditor": _coded(creditor[rows], ids),
        "debtor": _coded(debtor[rows], ids),
        "opened_at": pa.array(opened[rows], MOMENT),
        "due_at": pa.array(due[rows], MOMENT),
        "closed_at": pa.array(closed[rows], MOMENT, mask=still[rows]),
        "outcome": _coded(outcome[rows], pa.array(OUTCOMES)),
    }
    return pa.table(columns)


def _coded(codes: np.ndarray, names: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), names)


def _names(numbers: np.ndarray) -> pa.Array:
    # opaque ids in no order: 16 hexadecimal digits each
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.empty((len(numbers), 16), np.uint8)
    for at in range(16):
        text[:, at] = digits[(numbers >> np.uint64(4 * at)) & np.uint64(15)]
    offsets = (np.arange(len(numbers) + 1) * 16).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(text)])
