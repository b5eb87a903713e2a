"""What a simulation starts from: the government of this office or of files, and how its units behave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yunzhang.governance.lab.rules.scenarios import BEHAVIOUR
from yunzhang.governance.lab.terms import ANY_LEVEL, RELATIONS, Behaviour, Pace
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import GuidanceKind
from yunzhang.kit import parameters as parameters_of
from yunzhang.kit.yaml import BadData

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Government", "find_behaviour", "find_office_government", "government_of"]
PLACE = ZoneInfo("Asia/Shanghai")
FILE = "lab.yaml"


@dataclass(frozen=True, slots=True)
class Government:
    """Units (design §5), their record where there is one, and bodies under vertical management 垂管."""

    units: pa.Table
    loops: pa.Table | None
    vertical: frozenset[str]


def find_office_government(at: datetime, *, loops: bool = True) -> Government:
    """Return the office's own government on the day of a moment, with all its loops unless these are not asked for."""
    on = at.astimezone(PLACE).date()
    units = org.unit_columns(on)
    guides = org.find_guides([int(unit) for unit in units["id"].to_pylist()], on=on)
    vertical = frozenset(str(each.lower) for each in guides if each.kind is GuidanceKind.VERTICAL)
    return Government(units, ledger.loop_columns() if loops else None, vertical)


def government_of(units: pa.Table, loops: pa.Table | None) -> Government:
    """Return the government of two tables; `vertical` in a column `guidance` marks a body under vertical management."""
    if "guidance" not in units.column_names:
        return Government(units, loops, frozenset())
    rows = zip(units["id"].to_pylist(), units["guidance"].to_pylist(), strict=True)
    return Government(units, loops, frozenset(str(unit) for unit, cell in rows if cell == "vertical"))


def find_behaviour(on: date) -> Behaviour:
    """Return how units behave where no record says otherwise, by the dated parameters `lab`. Raises BadData."""
    held = parameters_of.load("lab").on(on)
    paces, own = held["paces"], held["behaviour"]
    unknown = [*(set(paces) - set(RELATIONS)), *(set(own) - set(BEHAVIOUR))]
    if unknown:
        raise BadData(file=FILE, problem=f"不认识 {', '.join(sorted(map(str, unknown)))}")
    try:
        by_relation = {(name, ANY_LEVEL): _pace(paces[name]) for name in RELATIONS if name in paces}
        given: dict[str, Any] = {name: _within(name, value) for name, value in own.items()}
        kinds = {"partners": int, "by_hand": bool}
        given |= {name: kind(given[name]) for name, kind in kinds.items() if name in given}
        return Behaviour(by_relation, **given)
    except (TypeError, ValueError, KeyError) as error:
        raise BadData(file=FILE, problem=f"{type(error).__name__}: {error}") from error


def _pace(facts: Any) -> Pace:
    pace = Pace(float(facts["rate"]), float(facts["chance"]), int(facts["term"]))
    if not (0 <= pace.rate <= 200 and 0 <= pace.chance <= 1 and 1 <= pace.term <= 365):
        raise ValueError(facts)
    return pace


def _within(name: str, value: Any) -> float:
    found = float(value)
    if not BEHAVIOUR[name].low <= found <= BEHAVIOUR[name].high:
        raise ValueError(f"{name} {value}")
    return found
