"""What `measure` reads: two files or the office's own ledger, where that comes from, which sub-trees are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.terms import BadParameter, Figures, Parameters
from yunzhang.kit.columns import ParquetPieces, read_columns, read_ribbon
from yunzhang.kit.home import Home, current_home

if TYPE_CHECKING:
    import pyarrow as pa

    from yunzhang.governance.observatory.actions import ReadLog

WHOLE = 500_000  # rows; a longer Parquet file is read in pieces
PLACE = ZoneInfo("Asia/Shanghai")
TABLES = ("units", "loops", "need", "due")
OFFICE, SIMULATED, FOREIGN = "office", "simulated", "foreign"


class NoLog(YunzhangError):
    """Nothing to measure was named, or more than one thing."""

    code = "no_log"
    what = zh("没有指明要测算的日志，或同时指明了两处：%(named)s。")
    why = zh("一次测算只针对一处日志：一个办公室的台账、其中一项研究，或一对文件。")
    do = zh("请用 --home 目录（研究另加 --study 名称），或同时用 --units 与 --loops 文件，或 --log 与 --mapping 文件。")


@dataclass(frozen=True, slots=True)
class Named:
    """The files a command line names."""

    units: Path | None = None
    loops: Path | None = None
    need: Path | None = None
    due: Path | None = None
    study: str = ""
    log: Path | None = None
    mapping: Path | None = None
    read: ReadLog | None = None  # the log by its mapping, where it was read already
    state: Path | None = None  # where counts are kept from day to day

    def files(self) -> dict[str, Path]:
        """Return the named files by role."""
        roles = {"units": self.units, "loops": self.loops, "need": self.need, "due": self.due}
        roles |= {"log": self.log, "mapping": self.mapping}
        return {role: path for role, path in roles.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Found:
    """A measured log: where it comes from (office | simulated | foreign), the digests of what was read, its tables.

    A log read in pieces has no table "loops". `words` name the source in a command, files by their role: no path and
    no name of a study.
    """

    measured: rules.Measured
    origin: str
    digests: Callable[[], Mapping[str, str]]
    tables: Mapping[str, pa.Table | None]
    words: tuple[str, ...]


def read_optional(path: Path | None) -> pa.Table | None:
    """Return the table of a file, or None where none is named."""
    return None if path is None else read_columns(path)


def find_log(named: Named, wanted: Parameters) -> Found:
    """Return the log of the files, of a study, or the office's own, measured; raises NoLog for none or several."""
    home, files = current_home(), named.files()
    whole = {"units", "loops"} <= set(files) <= {*TABLES} or set(files) == {"log", "mapping"}
    either = {*files} - {"need", "due"}
    if (home is None and (not whole or named.study)) or (home is not None and either) or (named.study and files):
        words = [*(["home"] if home else []), *(["study"] if named.study else []), *files]
        raise NoLog(named=" ".join(f"--{word}" for word in words) or "–")
    if home is None:
        return _from_mapping(named, wanted) if named.log else _from_files(named, wanted)
    return _from_study(named.study, wanted) if named.study else _from_home(named, wanted, home)


def _from_files(named: Named, wanted: Parameters) -> Found:
    from yunzhang.governance.observatory import actions

    files = named.files()
    wanted = replace(wanted, weights=wanted.weights or actions.find_weights(_last_day(wanted)))
    if named.state is not None:
        measured = actions.measure_kept(named.state, files, open_loops(files["loops"]), wanted)
        return Found(measured, _origin(files), lambda: _file_digests(files), {}, _role_words(files))
    tables = {role: read_columns(path) for role, path in files.items() if role != "loops"}
    loops = open_loops(files["loops"])
    measured = rules.measure(tables["units"], loops, wanted, need=tables.get("need"), due=tables.get("due"))
    if not isinstance(loops, ParquetPieces):
        tables["loops"] = loops
    return Found(measured, _origin(files), lambda: _file_digests(files), tables, _role_words(files))


def _origin(files: Mapping[str, Path]) -> str:
    marked = any(read_ribbon(path) for path in files.values())  # our own export of a simulated office says so
    return SIMULATED if marked else FOREIGN


def _from_mapping(named: Named, wanted: Parameters) -> Found:
    from yunzhang.governance.observatory import actions

    assert named.log is not None  # noqa: S101 - find_log asked
    assert named.mapping is not None  # noqa: S101
    read = named.read or actions.find_log(named.log, named.mapping)
    wanted = replace(wanted, weights=wanted.weights or actions.find_weights(_last_day(wanted)))
    loaded = read.loaded
    measured = rules.measure(loaded.units, loaded.loops, wanted, need=loaded.need, due=loaded.due)
    digests = {role: str(each["sha256"]) for role, each in read.facts["inputs"].items()}
    return Found(measured, FOREIGN, lambda: digests, _tables_of(loaded), _role_words(named.files()))


def _from_home(named: Named, wanted: Parameters, home: Home) -> Found:
    from yunzhang.governance.observatory import actions

    material = actions.find_material(
        wanted, at=_now(home), need=read_optional(named.need), due=read_optional(named.due)
    )
    tables = {"units": material.units, "loops": material.loops}
    claims = {role: path for role, path in named.files().items() if role in ("need", "due")}
    origin = SIMULATED if home.is_simulated else OFFICE
    return Found(
        material.measured,
        origin,
        lambda: {role: _table_digest(table) for role, table in tables.items()} | _file_digests(claims),
        _tables_of(material),
        ("--home", "HOME", *_role_words(claims)),
    )


def _from_study(name: str, wanted: Parameters) -> Found:
    from yunzhang.governance.observatory import actions

    study = actions.find_study(name)
    tables = actions.find_study_tables(study)
    wanted = replace(wanted, weights=wanted.weights or actions.find_weights(_last_day(wanted)))
    measured = rules.measure(tables.units, tables.loops, wanted, need=tables.need, due=tables.due)
    origin = SIMULATED if study.mark == actions.SIMULATED else FOREIGN
    words = ("--home", "HOME", "--study", "STUDY")
    return Found(measured, origin, lambda: dict(study.facts["tables"]), _tables_of(tables), words)


def _tables_of(held: Any) -> dict[str, pa.Table | None]:
    return {role: getattr(held, role) for role in TABLES}


def _role_words(files: Mapping[str, Path]) -> tuple[str, ...]:
    return tuple(word for role in files for word in (f"--{role}", role.upper()))


def _file_digests(files: Mapping[str, Path]) -> dict[str, str]:
    found = {}
    for role, path in files.items():
        with path.open("rb") as file:
            found[role] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _table_digest(table: pa.Table) -> str:
    # of the table as csv: the same whatever database the office keeps it in
    import pyarrow as pa
    from pyarrow import csv

    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def open_loops(path: Path) -> pa.Table | ParquetPieces:
    """Return the loop table of a file: whole, or by pieces where a Parquet file has many rows; raises BadFile."""
    if path.suffix.lower() == ".parquet" and path.is_file():
        pieces = ParquetPieces(path)
        if pieces.rows > WHOLE:
            return pieces
    return read_columns(path)


def _last_day(wanted: Parameters) -> date:
    ends = datetime.now(UTC) if wanted.to_at is None else datetime.fromtimestamp((wanted.to_at - 1) / 1e6, UTC)
    return ends.astimezone(PLACE).date()


def _now(home: Home | None) -> datetime:
    # the year of a simulated office ends at its --until; its figures are of that day
    if home is not None and home.is_simulated and home.until:
        return datetime.combine(date.fromisoformat(home.until) + timedelta(days=1), datetime.min.time(), PLACE)
    return datetime.now(UTC)


def list_chosen(measured: rules.Measured, root: str) -> list[Figures]:
    """Return the figures of every unit that has children, or of those at and below one; raises BadParameter."""
    if not root:
        return measured.figures()
    tree = measured.tree
    if root not in tree.ids[: tree.count]:
        raise BadParameter(name="--root", problem=root)
    top = tree.ids.index(root)
    inner = tree.inner
    return measured.figures(inner[(inner >= top) & (inner < tree.end[top])])
