"""Numbers from law, policy or local choice: dated YAML with unit and source, validated on load.

`data/parameters/NAME.yaml` ships with the product; `HOME/parameters/NAME.yaml` may add values to the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yunzhang.kit.home import current_home
from yunzhang.kit.yaml import BadData, check_keys, read_yaml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "parameters"
MUST = {"value", "from", "source"}


def _number(low: float, high: float, *, whole: bool = False) -> Callable[[Any], bool]:
    kinds: tuple[type, ...] = (int,) if whole else (int, float)
    return lambda value: type(value) in kinds and low <= value <= high


UNITS: Mapping[str, Callable[[Any], bool]] = {
    "working_days": _number(0, 3660, whole=True),
    "days": _number(0, 36600, whole=True),
    "minutes": _number(0, 10**7),
    "seconds": _number(0, 10**9),
    "count": _number(0, 10**12, whole=True),
    "share": _number(0, 1),
    "number": _number(-(10**12), 10**12),
    "text": lambda value: isinstance(value, str),
    "yes_no": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "table": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value from a day on, with where it was seen."""

    value: Any
    from_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named number (or text, list, table) with its unit and its history, oldest first."""

    name: str
    unit: str
    values: tuple[Value, ...]
    title: str = ""

    def on(self, day: date) -> Value:
        """Return the value in force on a day; raises BadData before the first."""
        held = [value for value in self.values if value.from_on <= day]
        if not held:
            raise BadData(file=self.name, problem=f"{day} 尚无取值")
        return held[-1]


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters of one file."""

    name: str
    held: Mapping[str, Parameter]

    def on(self, day: date) -> dict[str, Any]:
        """Return every parameter's plain value on a day, ready to be handed to rules."""
        return {name: parameter.on(day).value for name, parameter in self.held.items()}

    def __getitem__(self, name: str) -> Parameter:
        return self.held[name]


def load(name: str) -> Parameters:
    """Return the parameters of a room: the product's file, with the values of the home's own file added."""
    home = current_home()
    own = home.root / "parameters" / f"{name}.yaml" if home else None
    return _load(name, own, own.stat().st_mtime_ns if own and own.exists() else 0)


@lru_cache(maxsize=64)
def _load(name: str, own: Path | None, changed: int) -> Parameters:
    held = read_parameters(FOLDER / f"{name}.yaml")
    if own and changed:
        held = {**held, **{key: _add(own, held, extra) for key, extra in read_parameters(own).items()}}
    return Parameters(name=name, held=held)


def read_parameters(file: Path) -> dict[str, Parameter]:
    """Return the parameters one file declares; raises BadData naming the key that is wrong."""
    return {str(key): _parameter(file, str(key), facts) for key, facts in read_yaml(file).items()}


def _parameter(file: Path, name: str, facts: Any) -> Parameter:
    if not isinstance(facts, dict):
        raise BadData(file=file.name, problem=f"{name} 应有 unit 与 values")
    check_keys(file, facts, must={"unit", "values"}, may={"title"})
    if facts["unit"] not in UNITS:
        raise BadData(file=file.name, problem=f"{name} 的单位 {facts['unit']} 不在 {', '.join(UNITS)} 之中")
    if not isinstance(facts["values"], list) or not facts["values"]:
        raise BadData(file=file.name, problem=f"{name} 没有取值")
    values = tuple(_value(file, name, facts["unit"], one) for one in facts["values"])
    days = [value.from_on for value in values]
    if days != sorted(set(days)):
        raise BadData(file=file.name, problem=f"{name} 的起始日应由早到晚且不重复")
    return Parameter(name=name, unit=facts["unit"], values=values, title=str(facts.get("title", "")))


def _value(file: Path, name: str, unit: str, facts: Any) -> Value:
    if not isinstance(facts, dict):
        raise BadData(file=file.name, problem=f"{name} 的取值应有 value、from、source")
    check_keys(file, facts, must=MUST)
    if type(facts["from"]) is not date:
        raise BadData(file=file.name, problem=f"{name} 的 from 应为日期，如 2026-01-01")
    if not isinstance(facts["source"], str) or not facts["source"].strip():
        raise BadData(file=file.name, problem=f"{name} 未写明出处")
    if not UNITS[unit](facts["value"]):
        raise BadData(file=file.name, problem=f"{name} 的值 {facts['value']} 与单位 {unit} 不符")
    return Value(value=facts["value"], from_on=facts["from"], source=facts["source"].strip())


def _add(file: Path, held: Mapping[str, Parameter], extra: Parameter) -> Parameter:
    known = held.get(extra.name)
    if known is None or known.unit != extra.unit:
        raise BadData(file=file.name, problem=f"不认识 {extra.name} 或其单位不符")
    by_day = {value.from_on: value for value in (*known.values, *extra.values)}
    values = tuple(by_day[day] for day in sorted(by_day))
    return Parameter(name=known.name, unit=known.unit, values=values, title=known.title)
