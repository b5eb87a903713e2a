"""What a run starts from: the government of the home or of files, its behaviour, and where both come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.actions import Government
from yunzhang.governance.lab.rules.composing import Ask
from yunzhang.governance.lab.terms import Behaviour
from yunzhang.kit.columns import read_columns
from yunzhang.kit.home import Home, current_home

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ZoneInfo("Asia/Shanghai")
RECORD, ASSUMED = "record", "assumed"
UNBOUNDED = 1e9


class NoGovernment(YunzhangError):
    """No units were named, or more than one place."""

    code = "no_government"
    what = zh("没有指明要模拟哪里，或同时指明了两处：%(named)s。")
    why = zh("一次推演只针对一处：一个办公室，或一张机构表。")
    do = zh("请用 --home 目录，或 --units 文件（有日志时另加 --loops 文件）。")


@dataclass(frozen=True, slots=True)
class Start:
    """A government with its behaviour. `basis`: record | assumed; `digests` and `words` name inputs by their role."""

    government: Government
    at: datetime | None
    digests: Mapping[str, str]
    words: tuple[str, ...]
    is_home: bool


def find_start(units: Path | None, loops: Path | None) -> Start:
    """Return what a command line names. Raises NoGovernment, BadFile."""
    home = current_home()
    named = {"units": units, "loops": loops}
    files = {role: path for role, path in named.items() if path is not None}
    if (home is None and units is None) or (home is not None and files):
        named_here = [*(["home"] if home else []), *files]
        raise NoGovernment(named=" ".join(f"--{word}" for word in named_here) or "–")
    if home is not None:
        return _from_home(home)
    tables = {role: read_columns(path) for role, path in files.items()}
    government = actions.government_of(tables["units"], tables.get("loops"))
    words = tuple(word for role in files for word in (f"--{role}", role.upper()))
    return Start(government, None, {role: file_digest(path) for role, path in files.items()}, words, is_home=False)


def _from_home(home: Home) -> Start:
    at = _today(home)
    government = actions.find_office_government(at)
    digests = {"units": _table_digest(government.units)}
    if government.loops is not None:
        digests["loops"] = _table_digest(government.loops)
    return Start(government, at, digests, ("--home", "HOME"), is_home=True)


def _today(home: Home) -> datetime:
    # the first moment of the day: the same command later that day starts from the same
    if home.is_simulated and home.until:
        return datetime.combine(date.fromisoformat(home.until) + timedelta(days=1), datetime.min.time(), PLACE)
    return datetime.combine(datetime.now(UTC).astimezone(PLACE).date(), datetime.min.time(), PLACE)


def settle_behaviour(start: Start, on: date) -> tuple[Behaviour, Sequence[Ask], dict[str, Any]]:
    """Return how units behave, who asks whom, and what the manifest says of it: by the record if any, else assumed."""
    assumed = actions.find_behaviour(on)
    found = actions.find_calibrated(start.government, at=start.at)
    if found is None:
        return assumed, (), {"basis": ASSUMED, "matters": 0, "paces": _paces(assumed)} | {"units": _own(assumed)}
    matters = sum(one.matters for one in found.estimates)
    told = {"basis": RECORD, "matters": matters, "paces": _paces(found.behaviour)} | {"units": _own(found.behaviour)}
    return found.behaviour, found.asks, told


def _paces(behaviour: Behaviour) -> list[dict[str, Any]]:
    return [
        {"relation": relation, "level": level, "rate": pace.rate, "chance": pace.chance, "term": pace.term}
        for (relation, level), pace in behaviour.paces.items()
    ]


def _own(behaviour: Behaviour) -> dict[str, float]:
    names = ("capacity", "attention", "halves_in", "refresh", "relay", "hop", "aside", "partners", "late", "refused")
    own = {name: min(float(getattr(behaviour, name)), UNBOUNDED) for name in names}
    return own | {"by_hand": float(behaviour.by_hand)}


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_digest(table: pa.Table) -> str:
    # of the table as csv: the same whatever database the office keeps it in
    import pyarrow as pa
    from pyarrow import csv

    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def check_language(language: str) -> str:
    """Return the language files are written in: the one named, else the terminal's; raises Invalid."""
    if language not in ("", "zh", "en"):
        raise Invalid(field="--language", problem="zh | en")
    return language or ("zh" if (get_language() or "zh").startswith("zh") else "en")


def check_numbers(runs: int, seed: int) -> None:
    """Return nothing; raises Invalid for no runs, too many, or a seed that is no seed."""
    if not 1 <= runs <= 10_000:
        raise Invalid(field="--runs", problem="1–10000")
    if not 0 <= seed < 2**63:
        raise Invalid(field="--seed", problem="0–9223372036854775807")
