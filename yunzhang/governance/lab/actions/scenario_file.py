"""A scenario in a YAML file: read, checked against the units, and every mistake told by file, line and field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.lab.actions.government import Government
from yunzhang.governance.lab.rules.scenarios import read_scenario
from yunzhang.governance.lab.terms import BadScenario, Scenario
from yunzhang.kit.yaml import BadData, read_marked

__all__ = ["load_scenario"]
type_way = tuple[str, ...]


def load_scenario(path: Path, government: Government) -> Scenario:
    """Return the scenario of a file; raises BadScenario and ScenarioTooLarge."""
    if not path.is_file():
        raise BadScenario(at=path.name, problem=zh("没有这个文件"))
    try:
        given, lines = read_marked(path)
    except BadData as error:
        raise BadScenario(at=path.name, problem=error.params["problem"]) from error
    try:
        return read_scenario(_as_meant(given), units=government.units, vertical=government.vertical)
    except BadScenario as error:
        at = error.params["at"]
        place = {"file": path.name, "line": str(_line(_way(at, given), lines)), "at": at}
        said = Sentence(zh("%(file)s 第 %(line)s 行（%(at)s）"), place)  # type: ignore[arg-type]
        raise BadScenario(at=said, problem=error.params["problem"]) from error


def _as_meant(value: Any) -> Any:
    # to YAML a bare `on` is a truth; and a moment of day is no date: told as text, it is refused by name
    if isinstance(value, Mapping):
        return {"on" if key is True else str(key): _as_meant(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_meant(each) for each in value]
    return str(value) if isinstance(value, datetime) else value


def _way(at: Any, given: Mapping[str, Any]) -> type_way:
    """Return the way to what an error's place names: ("what_ifs", "2", "rate"); () for the whole."""
    if isinstance(at, Sentence):
        if "place" in at.params:
            return ("what_ifs", at.params["place"])
        name: Any = at.params["name"]  # with what a form calls it, or bare
        field = str(name.params["name"] if isinstance(name, Sentence) else name)
        return (*_way(at.params["at"], given), field) if "at" in at.params else _way(field, given)
    way = tuple(str(at).split(": "))
    if way[0] == "programmes" and len(way) > 1:
        names = [str(each.get("name")) if isinstance(each, Mapping) else "" for each in given["programmes"]]
        return ("programmes", str(names.index(way[1]) + 1), *way[2:]) if way[1] in names else way[:1]
    return way


def _line(way: type_way, lines: Mapping[type_way, int]) -> int:
    while way and way not in lines:
        way = way[:-1]
    return lines.get(way, 1)
