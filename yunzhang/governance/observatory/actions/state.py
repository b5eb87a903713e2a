"""A measured log kept in a folder, so that a later day is counted without reading the log again.

All of it can be made again from the tables. Big arrays are mapped, not read; columns of threads only grow, sorted pairs
stay, and changes lie above them until they are a fourth of their number. What a day changes is written under its own
number and `state.json` replaced last, so that a run broken off leaves the day before.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from yunzhang.base.compiled import side_by_side
from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.rules.blocks import BlockSums, sum_blocks
from yunzhang.governance.observatory.rules.charging import Claims, find_pairs, place_due
from yunzhang.governance.observatory.rules.claims import Need, read_due, read_need
from yunzhang.governance.observatory.rules.counting import Laid, lay
from yunzhang.governance.observatory.rules.horizontal import ought_to_deal
from yunzhang.governance.observatory.rules.keeping import KEPT, Kept, add_day, find_zones
from yunzhang.governance.observatory.rules.measuring import check_parameters, measure_tally
from yunzhang.governance.observatory.rules.names import Names
from yunzhang.governance.observatory.rules.rows import OPTIONAL
from yunzhang.governance.observatory.rules.streaming import InMemory, Pieces, count_log
from yunzhang.governance.observatory.rules.tally import Tally
from yunzhang.governance.observatory.rules.threads import no_threads
from yunzhang.governance.observatory.rules.tree import Tree, read_tree
from yunzhang.governance.observatory.terms import BadState, Parameters
from yunzhang.kit.columns import read_columns

VERSION = 2
TALLY = ("edges", "own", "alive", "claimed")
LAID = ("pairs", "outsiders")
PARTS = ("keys", "asked", "met")
WINDOW = ("from_at", "to_at", "as_of")
ARRAYS = ("kind", "parent", "above", "guide", "place", "reports", "depth", "end", "table")
type_told = dict[str, Any]
__all__ = ["measure_kept"]


def measure_kept(
    folder: Path, tables: Mapping[str, Path], loops: pa.Table | Pieces, parameters: Parameters
) -> rules.Measured:
    """Return the measured log, and keep it in the folder for the next day.

    With nothing in the folder the loops are the whole log; later they are all rows of every loop that is new or has
    changed, laid over what is kept. Raises BadState where that cannot be done, and what `measure` raises.
    """
    check_parameters(parameters)
    if parameters.to_at is None:
        raise BadState(folder=folder.name, problem=zh("须用 --to 写明截止时间"))
    fixed = _fixed(tables, loops, parameters)
    if not (folder / "state.json").exists():
        return _begin(folder, fixed, tables, loops, parameters)
    told = json.loads((folder / "state.json").read_text("utf-8"))
    changed = [name for name, value in fixed.items() if told["fixed"].get(name) != value]
    if changed:
        raise BadState(folder=folder.name, problem=Sentence(zh("%(what)s 已改变"), {"what": ", ".join(changed)}))
    return _go_on(folder, told, tables, loops, parameters)


def _fixed(tables: Mapping[str, Path], loops: pa.Table | Pieces, parameters: Parameters) -> type_told:
    # what must not change from day to day
    names = loops.column_names if isinstance(loops, pa.Table) else loops.names
    columns = [name for name in OPTIONAL if name in names]
    own = {"version": VERSION, "term": parameters.term_days, "programme": parameters.programme, "columns": columns}
    return own | {role: _digest(path) for role, path in tables.items() if role != "loops"}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _begin(
    folder: Path, fixed: type_told, tables: Mapping[str, Path], loops: pa.Table | Pieces, parameters: Parameters
) -> rules.Measured:
    folder.mkdir(parents=True, exist_ok=True)
    tree = read_tree(read_columns(tables["units"]))
    need, claims = _claims(tables, tree)
    pieces: Pieces = InMemory(loops) if isinstance(loops, pa.Table) else loops
    with _Writer(folder) as writer:
        log = count_log(tree, pieces, claims, parameters, keep=writer)
    tally = log.tally
    tally.pairs, tally.outsiders = lay(tally.pairs), lay(tally.outsiders)
    tally.blocks = sum_blocks(tree, find_pairs(tree, tally))
    measured = _measure(tree, tally, log.rows, log.set_aside, parameters, need, claims)
    _save_tree(folder, tree)
    threads = _threads(folder, writer.count)
    kept = Kept(tally, parameters, log.kinds, log.set_aside, log.rows, threads, _NONE, find_zones(threads))
    _turn(folder, _write_day(folder, fixed, kept, writer.count, turn=1, sorted_at={}))
    return measured


def _go_on(
    folder: Path, told: type_told, tables: Mapping[str, Path], loops: pa.Table | Pieces, parameters: Parameters
) -> rules.Measured:
    tree = _load_tree(folder)
    need, claims = _claims(tables, tree)
    day = loops if isinstance(loops, pa.Table) else _whole(loops)
    kept, fresh = add_day(tree, claims, _load(folder, told, tree), day, parameters)
    with _Writer(folder, told["count"]) as writer:
        writer.take(fresh)  # behind the threads of the day before: not there until they are counted
    kept.zones = find_zones(_threads(folder, writer.count), kept.zones, told["count"])
    found: dict[str, Any] = {}

    def measure() -> None:
        found["measured"] = _measure(tree, kept.tally, kept.rows, kept.set_aside, parameters, need, claims)

    def write() -> None:
        found["told"] = _write_day(
            folder, told["fixed"], kept, writer.count, turn=told["turn"] + 1, sorted_at=told["sorted_at"]
        )

    side_by_side(lambda work: work(), (measure, write))
    _turn(folder, found["told"])
    measured: rules.Measured = found["measured"]
    return measured


def _whole(pieces: Pieces) -> pa.Table:
    columns = list(pieces.names)
    return pa.concat_tables([part for piece in range(pieces.count) for _, part in pieces.read(piece, columns)])


def _measure(  # noqa: PLR0917 - one private caller more than one
    tree: Tree,
    tally: Tally,
    rows: int,
    set_aside: dict[str, int],
    parameters: Parameters,
    need: Need | None,
    claims: Claims,
) -> rules.Measured:
    threads = no_threads(rows, set_aside, parameters.to_at)
    return measure_tally(tree, tally, threads, parameters, need=need, claims=claims)


def _claims(tables: Mapping[str, Path], tree: Tree) -> tuple[Need | None, Claims]:
    need = read_need(read_columns(tables["need"]), tree) if "need" in tables else None
    due = read_due(read_columns(tables["due"]), tree) if "due" in tables else None
    return need, place_due(tree, due)


_NONE = np.zeros(0, np.int64)


class _Writer:
    """Appends threads to the columns of a folder, behind the first `count`; any thread of work may call."""

    def __init__(self, folder: Path, count: int = 0) -> None:
        self.folder, self.count, self.first, self.lock = folder, count, count, Lock()
        self.files: dict[str, Any] = {}

    def __enter__(self) -> _Writer:
        self.files = {name: (self.folder / f"{name}.bin").open("r+b" if self.first else "w+b") for name in KEPT}
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files.values():
            file.close()

    def begin(self) -> None:
        """Drop what was written by this writer."""
        self.count = self.first
        for name, file in self.files.items():
            file.truncate(self.first * KEPT[name].itemsize)  # also what a run broken off left behind
            file.seek(0, os.SEEK_END)

    def take(self, kept: dict[str, np.ndarray]) -> None:
        """Write these threads."""
        with self.lock:
            self.count += len(kept["mark"])
            for name, file in self.files.items():
                file.write(kept[name].data)


def _threads(folder: Path, count: int) -> dict[str, np.ndarray]:
    if not count:
        return {name: np.zeros(0, kind) for name, kind in KEPT.items()}
    return {name: np.memmap(folder / f"{name}.bin", kind, "r", shape=(count,)) for name, kind in KEPT.items()}


def _write_day(
    folder: Path, fixed: type_told, kept: Kept, count: int, *, turn: int, sorted_at: dict[str, int]
) -> type_told:
    # write under the number of this turn what it changed; return what `state.json` is to tell
    tally, before = kept.tally, sorted_at
    assert tally.blocks is not None  # noqa: S101 - a kept log has them from its first day
    arrays = {name: getattr(tally, name) for name in TALLY}
    arrays |= {"blocks": tally.blocks.counts, "dead": kept.dead, "zones": kept.zones}
    sorted_at = {}
    for name in LAID:
        counts = getattr(tally, name)
        sorted_at[name] = before.get(name, turn)
        if name not in before or counts.is_heavy:  # merged into the sorted ones
            counts, sorted_at[name] = lay(counts), turn
            _write(folder, {f"{name}_sorted_{part}": each for part, each in zip(PARTS, counts.base, strict=True)}, turn)
        arrays |= {f"{name}_{part}": getattr(counts, part) for part in PARTS}
    _write(folder, arrays, turn)
    return {
        "fixed": fixed,
        "turn": turn,
        "count": count,
        "rows": kept.rows,
        "set_aside": kept.set_aside,
        "kinds": kept.kinds,
        "columns": sorted(tally.columns),
        "sizes": [getattr(tally, name).size if sorted_at[name] < turn else 0 for name in LAID],
        "sorted_at": sorted_at,
        "window": {name: getattr(kept.parameters, name) for name in WINDOW},
    }


def _turn(folder: Path, told: type_told) -> None:
    # from here on the folder holds this day; drop what the day before and runs broken off left behind
    (folder / "state.json.part").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    (folder / "state.json.part").replace(folder / "state.json")
    stays = {f"{name}_sorted_{part}.{at}.npy" for name, at in told["sorted_at"].items() for part in PARTS}
    for path in folder.glob("*.*.npy"):
        if path.name not in stays and path.name.split(".")[1] != str(told["turn"]):
            path.unlink(missing_ok=True)


def _write(folder: Path, arrays: Mapping[str, np.ndarray], turn: int) -> None:
    for name, array in arrays.items():
        np.save(folder / f"{name}.{turn}.npy", array)


def _load(folder: Path, told: type_told, tree: Tree) -> Kept:
    def array(name: str) -> np.ndarray:
        return np.asarray(np.load(folder / f"{name}.{told['turn']}.npy"))

    def laid(name: str, size: int) -> Laid:
        at = told["sorted_at"][name]
        base = tuple(np.load(folder / f"{name}_sorted_{part}.{at}.npy", mmap_mode="r") for part in PARTS)
        keys, asked, met = (array(f"{name}_{part}") for part in PARTS)
        return Laid(keys, asked, met, size, base)

    pairs, outsiders = (laid(name, size) for name, size in zip(LAID, told["sizes"], strict=True))
    edges, own, alive, claimed = (array(name) for name in TALLY)
    columns = frozenset(told["columns"])
    tally = Tally(
        edges, own, alive, pairs, outsiders, claimed, columns, BlockSums(array("blocks"), ought_to_deal(tree))
    )
    window = replace(Parameters(), **told["window"])
    threads = _threads(folder, told["count"])
    return Kept(tally, window, told["kinds"], told["set_aside"], told["rows"], threads, array("dead"), array("zones"))


def _save_tree(folder: Path, tree: Tree) -> None:
    finder = {"offsets": tree.finder.offsets, "data": tree.finder.data, "slots": tree.finder.slots}
    for name, array in ({name: getattr(tree, name) for name in ARRAYS} | finder).items():
        np.save(folder / f"tree_{name}.npy", array)
    names = pa.table({"id": tree.ids, "name": tree.names})
    with ipc.new_file(folder / "tree_names.arrow", names.schema) as file:
        file.write_table(names)


def _load_tree(folder: Path) -> Tree:
    arrays = {name: np.load(folder / f"tree_{name}.npy") for name in (*ARRAYS, "offsets", "data", "slots")}
    finder = Names(*(arrays.pop(name) for name in ("offsets", "data", "slots")))
    with ipc.open_file(folder / "tree_names.arrow") as file:
        names = file.read_all()
    ids, words = names["id"].to_pylist(), names["name"].to_pylist()
    return Tree(count=len(arrays["parent"]), ids=ids, names=words, finder=finder, **arrays)
