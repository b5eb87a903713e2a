"""Studies 外部日志研究: logs from elsewhere, loaded beside the office's ledger and shown on the same pages.

A load is three steps: everything is built aside (`prepare_study`), then shown at once (`add_study`: one transaction,
one rename). A load that breaks off leaves nothing that anybody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from yunzhang.base.clock import day_of
from yunzhang.base.ids import path_ids, uuid7
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions.facets import BUILDERS, Built, build_facets, keep_built, keep_facets
from yunzhang.governance.observatory.actions.material import Material, list_programmes_of, number_study
from yunzhang.governance.observatory.actions.measuring import find_weights
from yunzhang.governance.observatory.store import facets as facet_store
from yunzhang.governance.observatory.store import folders
from yunzhang.governance.observatory.store import studies as store
from yunzhang.governance.observatory.terms import (
    BadStudyName,
    MayNotLoad,
    NoSuchStudy,
    Parameters,
    Study,
    StudyDamaged,
    StudyTaken,
    StudyTooLarge,
)
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import CONSOLE, Duty, Reader

__all__ = [
    "FOREIGN",
    "SIMULATED",
    "Prepared",
    "StudyTables",
    "add_study",
    "find_digest",
    "find_study",
    "find_study_tables",
    "list_studies",
    "place_stage",
    "prepare_study",
    "refresh_studies_when_due",
    "refresh_study",
    "remove_study",
    "verify_may_load",
    "verify_study_name",
    "verify_study_size",
]
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
RESERVED = {"new", "loading", "upload"}
FOREIGN, SIMULATED = "foreign", "simulated"
MAX_UNITS, MAX_LOOPS = 100_000, 5_000_000
PLACE = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StudyTables:
    """What a study is made of: the tables of the measure, and what was said about the log they were read from."""

    units: pa.Table
    loops: pa.Table
    need: pa.Table | None = None
    due: pa.Table | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # command, digests of the inputs, mapping, coverage


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study built aside and not yet shown."""

    study: Study
    stage: Path


def verify_may_load(by: Acting, *, at: datetime) -> None:
    """Return nothing where one may load and remove studies: the uppermost office, researchers, the console.

    Raises MayNotLoad.
    """
    if by.post is None and by.person == CONSOLE:
        return
    standing = org.find_standing(by, on=day_of(at))
    uppermost = len(path_ids(standing.jurisdiction_path)) == 1
    if uppermost and standing.office_of is not None:
        return
    if standing.duty is Duty.ADMINISTRATOR or org.find_reader_of(by.person) != Reader.RESEARCH:
        raise MayNotLoad


def verify_study_name(name: str) -> None:
    """Return nothing for a free name of 1 to 40 small letters, digits, hyphens; raises BadStudyName, StudyTaken."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise BadStudyName(name=name[:60])
    if store.find(name) is not None:
        raise StudyTaken(name=name)


def verify_study_size(units: int, loops: int) -> None:
    """Return nothing for a log the pages can show; raises StudyTooLarge."""
    for kind, count, limit in (("units", units, MAX_UNITS), ("loops", loops, MAX_LOOPS)):
        if count > limit:
            raise StudyTooLarge(kind=kind, count=count, limit=limit)


@contextmanager
def place_stage(name: str) -> Iterator[Path]:
    """Hold the only place where a study is made ready; it is empty again at the end, whatever happens."""
    with folders.staging(name, [study.name for study in store.every()]) as stage:
        yield stage


def prepare_study(
    stage: Path,
    name: str,
    title: str,
    tables: StudyTables,
    parameters: Parameters,
    *,
    at: datetime,
    simulated: bool = False,
    top: str = "",
) -> Prepared:
    """Return a study written aside with all its facets: measured, but seen by nobody before `add_study`.

    `top`: the unit whose page it opens with; "": the uppermost.
    Raises BadStudyName, StudyTaken, StudyTooLarge, and BadTable, BadParameter of the measure.
    """
    verify_study_name(name)
    verify_study_size(tables.units.num_rows, tables.loops.num_rows)
    whole = _material(name, tables, parameters, at=at)
    study = Study(
        name=name,
        title=title.strip() or name,
        mark=SIMULATED if simulated else FOREIGN,
        stream=uuid7(at),
        added_at=at,
        person="",
        post=None,
        units=tables.units.num_rows,
        loops=tables.loops.num_rows,
        top=whole.number(top or whole.measured.tree.ids[0]),
        facts=_facts(whole, tables, parameters),
    )
    named = {"units": tables.units, "loops": tables.loops, "need": tables.need, "due": tables.due}
    study.facts["tables"] = folders.write_tables(stage, named)
    folders.write_facts(stage, {"name": name, "title": study.title, "mark": study.mark, **study.facts})
    about = {"title": study.title, "mark": study.mark}
    folders.spool(stage, (_spooled(built) for built in build_facets(whole, **about)))
    return Prepared(study, stage)


def _material(name: str, tables: StudyTables, parameters: Parameters, *, at: datetime) -> Material:
    weights = parameters.weights or find_weights(_last_day(parameters, at))
    settled = replace(parameters, weights=weights)
    measured = rules.measure(tables.units, tables.loops, settled, need=tables.need, due=tables.due)
    number = number_study(measured.tree.ids)
    return Material(measured, tables.units, tables.loops, at, number, study=name, need=tables.need, due=tables.due)


def _last_day(parameters: Parameters, at: datetime) -> Any:
    ends = at if parameters.to_at is None else EPOCH + timedelta(microseconds=parameters.to_at - 1)
    return ends.astimezone(PLACE).date()


def _facts(whole: Material, tables: StudyTables, parameters: Parameters) -> dict[str, Any]:
    threads = whole.measured.threads
    return {
        "parameters": asdict(parameters),
        "from_at": whole.parameters.from_at,
        "to_at": whole.parameters.to_at,
        "programmes": list_programmes_of(whole),
        "set_aside": {reason: count for reason, count in threads.set_aside.items() if count},
        "builders": list(BUILDERS),
        **tables.facts,
    }


def _spooled(built: Built) -> dict[str, Any]:
    moments = {name: getattr(built, name) for name in ("from_at", "to_at", "taken_at")}
    texts = {name: None if moment is None else moment.isoformat() for name, moment in moments.items()}
    return {"programme": built.programme, "facts": built.facts, "rows": built.rows} | texts


@act
def add_study(by: Acting, prepared: Prepared, *, at: datetime) -> Receipt:
    """Show a prepared study: its rows, its entry in the ledger and its folder come at once or not at all.

    Raises MayNotLoad, StudyTaken.
    """
    verify_may_load(by, at=at)
    study = replace(prepared.study, person=by.person, post=by.post)
    verify_study_name(study.name)
    store.insert(study)
    for facts, rows in folders.spooled(prepared.stage):
        keep_built(study.name, _built(facts, rows), size=study.loops)
    data = {"units": study.units, "loops": study.loops, "mark": study.mark, "tables": study.facts["tables"]}
    texts = {"name": study.name, "title": study.title}
    receipt = record(by, [Draft(study.stream, "study_added", data, texts=texts)], at=at)
    folders.publish(prepared.stage, study.name)
    return receipt


def _built(facts: dict[str, Any], rows: Any) -> Built:
    moments = {name: facts[name] and datetime.fromisoformat(facts[name]) for name in ("from_at", "to_at", "taken_at")}
    return Built(facts["programme"], facts["facts"], rows, **moments)


@act
def remove_study(by: Acting, name: str, *, at: datetime) -> Receipt:
    """Remove a study with its figures and its files; that it was there stays in the ledger.

    Raises MayNotLoad, NoSuchStudy.
    """
    verify_may_load(by, at=at)
    study = find_study(name)
    facet_store.drop_others(name, [])
    store.delete(name)
    store.when_kept(lambda: folders.remove(name))
    return record(by, [Draft(study.stream, "study_removed")], at=at)


def refresh_study(name: str, *, at: datetime) -> int:
    """Compute the figures of a study anew from its own files; return how many rows.

    Raises NoSuchStudy, StudyDamaged where the files are not those that were loaded.
    """
    study = find_study(name)
    tables = find_study_tables(study)
    parameters = _parameters(study.facts["parameters"])
    whole = _material(name, tables, parameters, at=at)
    rows = keep_facets(whole, size=study.loops, title=study.title, mark=study.mark)
    store.update_facts(name, study.facts | {"builders": list(BUILDERS)})
    return rows


def refresh_studies_when_due(at: datetime) -> int:
    """Compute anew the studies that were measured by another version of the program; return how many."""
    done = 0
    for study in store.every():
        if study.facts.get("builders") == list(BUILDERS):
            continue
        try:
            refresh_study(study.name, at=at)
            done += 1
        except StudyDamaged:  # its page says so; the others are still computed
            continue
    return done


def _parameters(facts: dict[str, Any]) -> Parameters:
    given: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in facts.items()}
    return Parameters(**given)


def find_digest(file: Path) -> str:
    """Return the SHA-256 of a file a study is made of."""
    return folders.digest(file)


def list_studies() -> list[Study]:
    """Return all studies of this home, by name."""
    return store.every()


def find_study(name: str) -> Study:
    """Return one study. Raises NoSuchStudy."""
    found = store.find(name)
    if found is None:
        raise NoSuchStudy(name=name[:60])
    return found


def find_study_tables(study: Study) -> StudyTables:
    """Return the tables a study was loaded with, their digests compared. Raises StudyDamaged."""
    try:
        if folders.digests_of(study.name) != study.facts["tables"]:
            raise StudyDamaged(name=study.name)
        found = folders.read_tables(study.name)
    except FileNotFoundError:
        raise StudyDamaged(name=study.name) from None
    return StudyTables(**found)
