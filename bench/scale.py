"""V and H of every sub-tree of a country of 1,000,000 units, as a command; then one day more; and peers beside it.

20,000,000 loops; with BENCH_LOOPS=100000000 as many as that. Loops stand by row groups in Parquet, ids coded, the rows
of one loop side by side. Peers only group and look for superiors; none of them computes V or H.
"""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
from pyarrow import parquet

from bench.harness import Bench
from bench.national import DAYS, write_loops, write_units
from yunzhang.governance.observatory.rules import moment
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.kit.columns import read_columns

UNITS, LOOPS = 1_000_000, 20_000_000
PANDAS, NETWORKX = 5_000_000, 200_000  # rows they hold in the memory of a small machine
END = "2026-01-01"
SCAN = "SELECT count(loop), count(kind), count(creditor), count(debtor), {} FROM '{{}}'".format(
    ", ".join(f"max(epoch_us({name}))" for name in ("opened_at", "due_at", "closed_at"))
)
GROUPED = "SELECT creditor, debtor, kind, count(*), sum((closed_at <= due_at)::int) FROM '{}' GROUP BY ALL"
PAIRS = "SELECT count(*) FROM (" + GROUPED + ")"


def run(bench: Bench) -> None:
    """Write the tables in pieces, run the command in processes of its own, then the peers on the same file."""
    count = int(int(os.environ.get("BENCH_LOOPS", LOOPS)) * bench.scale)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        parents = write_units(folder / "units.parquet", int(UNITS * bench.scale))
        started = time.perf_counter()
        rows = write_loops(folder / "loops.parquet", parents, count)
        for day in range(2):
            days = (DAYS + day, DAYS + day + 1)
            write_loops(folder / f"day{day}.parquet", parents, max(1, count // DAYS), days=days, seed=2 + day)
        bench.figure("units", len(parents), "rows")
        bench.figure("loops", count, f"in {rows} rows, written in {time.perf_counter() - started:.0f} s")
        measured(folder, "day0.parquet")  # compiles what is not compiled yet
        tell_ours(bench, folder)
        tell_peers(bench, folder, parents)


def tell_ours(bench: Bench, folder: Path) -> None:
    """Tell seconds and memory of the whole run, of the run that keeps a state, and of the day laid over it."""
    whole, memory = measured(folder, "loops.parquet")
    bench.figure("V and H of every sub-tree, whole command", whole, "s", aim="≤ 60 at 100,000,000")
    bench.figure("largest memory", memory, "MB", aim="≤ 4096")
    seconds, _ = measured(folder, "loops.parquet", "--state", folder / "state")
    bench.figure("the same, keeping a state for the next day", seconds, "s")
    laid(folder, folder / "day0.parquet", "warm")  # loads what is compiled
    laid(folder, folder / "day0.parquet", "warm")
    kept, seconds = laid(folder, folder / "day0.parquet", "state")
    bench.figure("a day laid over it and kept, V and H of every sub-tree", seconds, "s", aim="≤ 2")
    bench.figure("  of that until the new state is kept", kept, "s")
    command, _ = measured(folder, "day1.parquet", "--state", folder / "state")
    bench.figure("the next day as a whole command, figures written", command, "s")
    bench.figure("  a full run takes times as long", whole / command, "×")


def laid(folder: Path, day: Path, state: str) -> tuple[float, float]:
    """Lay a day over a state in this process; return seconds until it is kept, and until every figure is known."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "yunzhang.web.settings"
    import django

    django.setup()  # the room of the observatory declares tables, although none is asked here
    from yunzhang.governance.observatory.actions import measure_kept

    parameters = Parameters(draws=0, to_at=moment(END, bare="end", name="--to"))
    gc.freeze()  # as the command does
    started = time.perf_counter()
    found = measure_kept(folder / state, {"units": folder / "units.parquet"}, read_columns(day), parameters)
    kept = time.perf_counter() - started
    found.figures()
    return kept, time.perf_counter() - started


def measured(folder: Path, loops: str, *more: object) -> tuple[float, float]:
    """Run `yunzhang measure` once; return seconds and the largest memory any run so far has held, in MB."""
    words = ["measure", "--units", folder / "units.parquet", "--loops", folder / loops, "--draws", 0, "--to", END]
    words += [*more, "--out", folder / "figures.parquet"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("YUNZHANG")}
    command = [sys.executable, "-m", "yunzhang.cli", *map(str, words)]
    started = time.perf_counter()
    subprocess.run(command, env=env | {"NUMBA_CACHE_DIR": str(folder / "compiled")}, check=True, capture_output=True)
    return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def tell_peers(bench: Bench, folder: Path, parents: np.ndarray) -> None:
    """Tell DuckDB's bare scan and grouping of all rows, and pandas and networkx at what they can hold."""
    loops = folder / "loops.parquet"
    duckdb.sql("SET threads TO 2")
    bench.figure("DuckDB: bare scan of the same columns", timed(lambda: duckdb.sql(SCAN.format(loops)).fetchall()), "s")
    bench.figure("DuckDB: counts per pair and kind", timed(lambda: duckdb.sql(PAIRS.format(loops)).fetchall()), "s")
    with parquet.ParquetFile(loops) as file:
        batch = next(file.iter_batches(PANDAS, columns=["creditor", "debtor", "kind", "due_at", "closed_at"]))
    frame = batch.to_pandas()
    seconds = timed(lambda: by_pandas(frame))
    bench.figure(f"pandas: counts per pair and kind of {len(frame)} rows", seconds, "s")
    seconds = timed(lambda: by_networkx(parents, batch.slice(0, NETWORKX).to_pandas()))
    bench.figure(f"networkx: nearest common superiors of {min(NETWORKX, len(frame))} pairs", seconds, "s")


def timed(work: object) -> float:
    """Return the seconds of one run."""
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def by_pandas(frame: object) -> object:
    """Return asked and met per creditor, debtor and kind."""
    met = frame["closed_at"] <= frame["due_at"]  # type: ignore[index]
    keys = ["creditor", "debtor", "kind"]
    return frame.assign(met=met).groupby(keys, observed=True)["met"].agg(["size", "sum"])  # type: ignore[attr-defined]


def by_networkx(parents: np.ndarray, frame: object) -> int:
    """Return how many different nearest common superiors the pairs have."""
    import networkx as nx

    tree = nx.DiGraph(list(zip(parents[1:].tolist(), range(1, len(parents)), strict=True)))
    ends = [frame[name].str.slice(1).astype(int).tolist() for name in ("creditor", "debtor")]  # type: ignore[index]
    found = nx.tree_all_pairs_lowest_common_ancestor(tree, 0, set(zip(*ends, strict=True)))
    return len({superior for _, superior in found})
