"""V and H of every sub-tree of 100,000 units from 1,000,000 loops in Parquet, without intervals, as a command.

First run: nothing compiled yet. Second: compiled code from disk. The peer reads the same file and only groups it.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from bench.harness import Bench

UNITS, LOOPS, LEVELS, PLACES, BODIES = 100_000, 1_000_000, 4, 17, 40
GROUPED = "SELECT creditor, debtor, kind, count(*), sum((closed_at <= due_at)::int) FROM '{}' GROUP BY ALL"


def run(bench: Bench) -> None:
    """Write the tables, run the command in processes of its own, and group the same file by DuckDB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rng = np.random.default_rng(1)
        parents = write_units(folder, int(UNITS * bench.scale))
        write_loops(folder, rng, parents, int(LOOPS * bench.scale))
        first, memory, rows = measured(folder)
        found = [measured(folder) for _ in range(bench.runs)]
        seconds = [each[0] for each in found]
        bench.figure("units", len(parents), "rows")
        bench.figure("loops", int(LOOPS * bench.scale), "rows")
        bench.figure("sub-trees measured", rows, "rows")
        bench.figure("first run, compiling", first, "s")
        bench.figure("second run", statistics.median(seconds), "s", aim="≤ 5", seconds=seconds)
        bench.figure("largest memory", max(memory, *(each[1] for each in found)), "MB")
        loops = folder / "loops.parquet"
        peer = bench.median(lambda: duckdb.sql(GROUPED.format(loops)).fetchall())
        bench.ratio("second run / DuckDB grouping the same file", statistics.median(seconds), peer)


def measured(folder: Path) -> tuple[float, float, int]:
    """Run `yunzhang measure` once; return seconds, largest memory in MB and how many sub-trees it told of."""
    out = folder / "figures.json"
    words = ["measure", "--units", folder / "units.parquet", "--loops", folder / "loops.parquet", "--draws", 0]
    command = [sys.executable, "-m", "yunzhang.cli", *map(str, words), "--json", "--out", str(out)]
    env = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    started = time.perf_counter()
    subprocess.run(command, env=env | {"NUMBA_CACHE_DIR": str(folder / "compiled")}, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, memory, len(json.loads(out.read_text("utf-8")))


def write_units(folder: Path, count: int) -> np.ndarray:
    """Write a tree of places with departments, guided by those above; return the parent of each unit."""
    parent, kind, seat, guide, depth, queue = [-1], ["government"], [0], [-1], [0], [0]
    bodies: dict[tuple[int, int], int] = {}
    while len(parent) < count:
        place = queue.pop(0)
        below = PLACES if depth[place] < LEVELS else 0
        for turn in range(min(below + BODIES, count - len(parent))):
            node, is_place = len(parent), turn < below
            parent.append(place)
            depth.append(depth[place] + 1)
            kind.append("government" if is_place else "department")
            seat.append(node if is_place else place)
            guide.append(-1 if is_place else bodies.get((parent[place], turn - below), -1))
            if is_place:
                queue.append(node)
            else:
                bodies[place, turn - below] = node
    ids = [f"u{node:06d}" for node in range(count)]
    name = np.array([*ids, ""])
    columns: dict[str, Any] = {"id": ids, "parent": name[parent], "guided_by": name[guide], "kind": kind}
    parquet.write_table(pa.table(columns | {"jurisdiction": name[seat], "name": ids}), folder / "units.parquet")
    return np.array(parent)


def write_loops(folder: Path, rng: np.random.Generator, parents: np.ndarray, count: int) -> None:
    """Write loops down the tree and, three in ten, across it."""
    name = np.array([f"u{node:06d}" for node in range(len(parents))])
    debtor = rng.integers(1, len(parents), count)
    creditor = np.where(rng.random(count) < 0.3, rng.integers(0, len(parents), count), parents[debtor])
    second, moment = 1_000_000, pa.timestamp("us", tz="UTC")
    opened = 1_735_689_600 * second + rng.integers(0, 360 * 86_400, count) * second
    closed = opened + rng.integers(1, 40 * 86_400, count) * second
    columns = {
        "loop": [f"{number:032x}" for number in range(count)],
        "kind": rng.choice(["directive", "report", "consult", "need"], count, p=[0.5, 0.3, 0.1, 0.1]),
        "creditor": name[creditor],
        "debtor": name[debtor],
        "opened_at": pa.array(opened, moment),
        "due_at": pa.array(opened + 30 * 86_400 * second, moment),
        "closed_at": pa.array(closed, moment, mask=rng.random(count) < 0.1),
        "outcome": np.full(count, ""),
    }
    parquet.write_table(pa.table(columns), folder / "loops.parquet")
