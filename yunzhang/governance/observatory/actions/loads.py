"""Loading a log through the pages: files are kept aside, checked without being shown, and added when a person says so.

A small load is checked and added at once, a large one by the worker; both run the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yunzhang.base.errors import Sentence, YunzhangError, zh
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions.logs import find_log, tables_of
from yunzhang.governance.observatory.actions.studies import (
    PLACE,
    StudyTables,
    add_study,
    find_digest,
    place_stage,
    prepare_study,
    verify_study_name,
    verify_study_size,
)
from yunzhang.governance.observatory.store import loads as store
from yunzhang.governance.observatory.store import studies
from yunzhang.governance.observatory.terms import BadLog, NoSuchLoad, Parameters
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.columns import read_columns
from yunzhang.kit.rows import Limits

__all__ = [
    "MAX_UPLOAD",
    "SMALL_LOAD",
    "Load",
    "add_load",
    "check_load",
    "confirm_load",
    "find_load",
    "find_reject_rows",
    "keep_load",
    "sweep_loads",
]
MAX_UPLOAD = 64 << 20  # bytes of one form
SMALL_LOAD = 2 << 20  # bytes that are checked and added while one waits
LIMITS = Limits(rows=1_000_000, size=512 << 20)
SHOWN = 8
TABLES = ("units", "loops", "need", "due")


@dataclass(frozen=True, slots=True)
class Load:
    """How far a load has come: waiting | checked | adding | added | failed; `facts` are what the check found."""

    id: UUID
    state: str
    person: str
    post: int | None
    size: int
    files: dict[str, str]  # file kept -> what the person called it
    facts: dict[str, Any]
    problem: YunzhangError | None = None

    @property
    def is_small(self) -> bool:
        """True where one may wait for it."""
        return self.size <= SMALL_LOAD

    @property
    def is_busy(self) -> bool:
        """True while the worker has something to do."""
        return self.state in ("waiting", "adding")


def keep_load(
    load: UUID, files: Mapping[str, tuple[str, Iterable[bytes]]], *, size: int, person: str, post: int | None
) -> Load:
    """Keep uploaded files by the names they are kept under, and return the load that waits to be checked.

    `files` are name kept -> (name given, blocks): units, loops, need, due with their endings, or log and mapping with
    the tables the mapping names. Raises BadLog where they are neither.
    """
    kept = {name: given for name, (given, _) in files.items()}
    _verify_set(kept)
    state = {"state": "waiting", "person": person, "post": post, "size": size, "files": kept, "facts": {}}
    store.create(load, files, state)
    return find_load(load, person=person)


def _verify_set(kept: Mapping[str, str]) -> None:
    roles = {name.partition(".")[0] for name in kept}
    mapped = {"log", "mapping"} <= roles
    if mapped == ({"units", "loops"} <= roles):
        raise BadLog(file="–", problem=zh("应上传单位表和事项表，或日志和映射文件，二者取一"))


def find_load(load: UUID, *, person: str) -> Load:
    """Return a load of this person. Raises NoSuchLoad, for another's as for none."""
    found = store.read_state(load)
    if found is None or found["person"] != person:
        raise NoSuchLoad
    problem = found.get("problem")
    own = {name: found[name] for name in ("state", "person", "post", "size", "files", "facts")}
    return Load(load, **own, problem=None if problem is None else _unpacked(problem))


def check_load(load: UUID) -> None:
    """Read and measure the files of a load without showing anything, and keep what was found, or what is wrong."""
    with _Told(load, "checked") as facts:
        facts.update(_check(load, _state(load)))


def _check(load: UUID, state: dict[str, Any]) -> dict[str, Any]:
    tables, found = _read(load, state)
    store.write_rejects(load, found.pop("rejects", []))
    verify_study_size(tables.units.num_rows, tables.loops.num_rows)
    measured = rules.measure(tables.units, tables.loops, Parameters(draws=0), need=tables.need, due=tables.due)
    first = [
        {name: _shown(value) for name, value in row.items() if value}
        for row in tables.loops.slice(0, SHOWN).to_pylist()
    ]
    counted = {"units": tables.units.num_rows, "loops": tables.loops.num_rows, "first": first}
    aside = {reason: count for reason, count in measured.threads.set_aside.items() if count}
    return counted | {"rows_aside": aside, "inner": len(measured.tree.inner)} | found


def _shown(value: object) -> str:
    return f"{value.astimezone(PLACE):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _read(load: UUID, state: dict[str, Any]) -> tuple[StudyTables, dict[str, Any]]:
    folder = store.folder_of(load)
    named = {name.partition(".")[0]: folder / name for name in state["files"]}
    given = {role: state["files"][file.name] for role, file in named.items()}
    if "log" not in named:
        tables = {role: read_columns(named[role]) for role in TABLES if role in named}
        inputs = {role: {"file": given[role], "sha256": find_digest(named[role])} for role in tables}
        return StudyTables(**tables, facts={"inputs": inputs}), {}
    read = find_log(named["log"], named["mapping"], limits=LIMITS)
    found = tables_of(read)
    inputs = {role: each | {"file": given.get(role, role)} for role, each in read.facts["inputs"].items()}
    rejects = [(one.table, one.row, one.reason, " | ".join(one.cells)) for one in read.loaded.rejects[:20_000]]
    said = {"coverage": read.loaded.coverage, "title": read.title, "rejects": rejects}
    return replace(found, facts=found.facts | {"inputs": inputs}), said


def confirm_load(load: Load, name: str, title: str, *, simulated: bool) -> None:
    """Keep what a person decided about a checked load; it then waits to be added.

    Raises BadStudyName, StudyTaken, NoSuchLoad for one that was not checked.
    """
    verify_study_name(name)
    if load.state not in ("checked", "failed") or "units" not in load.facts:
        raise NoSuchLoad
    wish = {"name": name, "title": title, "simulated": simulated}
    store.write_state(load.id, _state(load.id) | {"state": "adding", "wish": wish, "problem": None})


def add_load(load: UUID, *, request: UUID, at: datetime) -> None:
    """Add a confirmed load as a study in the name of who loaded it; twice is once. What goes wrong is kept."""
    state = _state(load)
    wish = state["wish"]
    known = studies.find(wish["name"])
    with _Told(load, "added") as facts:
        facts.update(study=wish["name"])
        if known is not None and known.facts.get("load") == str(load):
            return
        by = Acting(state["person"], state["post"], _unit(state), request=request)
        tables, _ = _read(load, state)
        tables = replace(tables, facts=tables.facts | {"load": str(load), "command": "web"})
        with place_stage(wish["name"]) as stage:
            prepared = prepare_study(
                stage, wish["name"], wish["title"], tables, Parameters(), at=at, simulated=wish["simulated"]
            )
            add_study(by, prepared, at=at)


def _unit(state: dict[str, Any]) -> int | None:
    from yunzhang.ground.org import actions as org

    return None if state["post"] is None else org.find_post(state["post"]).unit


class _Told:
    """Keep what a step found, or the refusal that ended it, so that the page can say it in the reader's language."""

    def __init__(self, load: UUID, state: str) -> None:
        self.load, self.state, self.facts = load, state, dict[str, Any]()

    def __enter__(self) -> dict[str, Any]:
        return self.facts

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        kept = _state(self.load)
        found = {"state": self.state if error is None else "failed", "facts": kept["facts"] | self.facts}
        known = error if isinstance(error, YunzhangError) else YunzhangError()
        store.write_state(self.load, kept | found | {"problem": None if error is None else _packed(known)})
        return isinstance(error, YunzhangError)


def _state(load: UUID) -> dict[str, Any]:
    found = store.read_state(load)
    if found is None:
        raise NoSuchLoad
    return found


def _packed(error: YunzhangError) -> dict[str, Any]:
    return {"code": error.code, "params": {name: _plain(value) for name, value in error.params.items()}}


def _plain(value: object) -> Any:
    if isinstance(value, Sentence):
        return {"text": value.text, "params": {name: _plain(each) for name, each in value.params.items()}}
    return str(value)


def _unpacked(told: Mapping[str, Any]) -> YunzhangError:
    kinds = {kind.code: kind for kind in _kinds(YunzhangError)}
    return kinds.get(told["code"], YunzhangError)(**{name: _spoken(each) for name, each in told["params"].items()})


def _spoken(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return Sentence(value["text"], {name: _spoken(each) for name, each in value["params"].items()})


def _kinds(kind: type[YunzhangError]) -> Iterator[type[YunzhangError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def sweep_loads(at: datetime) -> int:
    """Remove what was uploaded more than a day ago; return how many loads."""
    return store.sweep(at.timestamp())


def find_reject_rows(load: Load) -> list[tuple[str, int, str, str]]:
    """Return the rows of a load that were set aside: table, row, reason, cells."""
    return [
        (str(table), int(row), str(reason), str(cells)) for table, row, reason, cells in store.read_rejects(load.id)
    ]
