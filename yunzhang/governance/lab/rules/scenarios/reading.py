"""Reading a scenario: every wrong word, unit, number and contradiction is told before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from yunzhang.base.errors import Sentence, zh
from yunzhang.governance.lab.rules.scenarios.clashes import find_clash, say_unit
from yunzhang.governance.lab.rules.scenarios.fields import BEHAVIOUR, FIELDS, HOW_MANY, Field
from yunzhang.governance.lab.terms import (
    RELATIONS,
    BadScenario,
    Do,
    Pace,
    Programme,
    Scenario,
    ScenarioTooLarge,
    WhatIf,
)
from yunzhang.governance.observatory.rules.tree import Tree, read_tree

SHORTEST, LONGEST, MOST_LINKS, MOST_STEPS = 30, 3660, 200_000, 50
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)  # of a run to begin with
KEYS = {"title", "begins", "days", "behaviour", "paces", "programmes", "what_ifs"}
LOCAL = (Do.APPOINT_LEADER, Do.MERGE_UNITS, Do.SPLIT_UNIT, Do.MOVE_OFFICE)  # no local leadership reaches 垂管 bodies
WHOLE = ("count", "partners", "by_hand")
ENDLESS = ("inf", ".inf", "∞")
PACE = {"rate": (0.0, 200.0), "chance": (0.0, 1.0), "term": (1, 365)}
PROGRAMME = {"share": (0.0, 1.0), "halves_in": (1.0, 1e9), "floor": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Known:
    """What a scenario may name: the units as they stand, and those no local leadership reaches."""

    tree: Tree
    number: Mapping[str, int]
    vertical: frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """From when and how long a scenario runs, and its programmes."""

    begins: date
    days: int
    programmes: tuple[Programme, ...]


def refusal(at: object, text: str, **params: object) -> BadScenario:
    """Return the error that says where a scenario is wrong and how."""
    said = {name: value if isinstance(value, Sentence) else str(value) for name, value in params.items()}
    return BadScenario(at=at if isinstance(at, Sentence) else str(at), problem=Sentence(text, said))  # type: ignore[arg-type]


def read_scenario(given: Mapping[str, Any], *, units: pa.Table, vertical: Collection[str] = ()) -> Scenario:
    """Return a scenario that these units can run; `vertical`: bodies under vertical management 垂管.

    Raises BadScenario saying where and what, ScenarioTooLarge.
    """
    if not isinstance(given, Mapping):
        raise refusal(zh("全文"), zh("应为 YAML 的键值对"))
    _check_keys(given, KEYS, zh("全文"))
    tree = read_tree(units)
    known = Known(tree, {name: place for place, name in enumerate(tree.ids)}, frozenset(vertical))
    begins = _begins(given.get("begins"))
    days = int(_number(say_field(zh("天数"), "days"), given.get("days", 720), SHORTEST, LONGEST, whole=True))
    steps = _given(given, "what_ifs", [])
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise refusal("what_ifs", zh("应为不超过 %(most)s 项的列表"), most=MOST_STEPS)
    programmes = _programmes(_given(given, "programmes", []))
    span = Span(begins, days, programmes)
    read = tuple(_what_if(place, step, known, span) for place, step in enumerate(steps, 1))
    clash = find_clash(read, known.number, tree)
    if clash is not None:
        raise BadScenario(at=_step(clash[0] + 1), problem=clash[1])
    _check_all_links(read)
    title = "".join(each for each in str(given.get("title") or "") if each.isprintable()).strip()[:200]
    return Scenario(title, begins, days, read, _behaviour(given), _paces(_given(given, "paces", {})), programmes)


def _given(given: Mapping[str, Any], name: str, default: Any) -> Any:
    # nothing behind a word is nothing; a no or a 0 is something, and wrong
    return default if given.get(name) is None else given[name]


def _behaviour(given: Mapping[str, Any]) -> dict[str, float]:
    told = _values(_given(given, "behaviour", {}), BEHAVIOUR, "behaviour", filled=False)
    behaviour = {name: float(value) for name, value in told.items()}
    if behaviour.get("late", 0.0) + behaviour.get("refused", 0.0) > 1.0 + 1e-9:
        raise refusal("behaviour", zh("late 与 refused 合计不能超过 1"))
    return behaviour


def write_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain values, as `read_scenario` takes them."""
    steps = []
    for one in scenario.what_ifs:
        step: dict[str, Any] = {"do": str(one.do), "on": (scenario.begins + timedelta(one.day)).isoformat()}
        if one.until is not None:
            step["until"] = (scenario.begins + timedelta(one.until)).isoformat()
        if one.units:
            step["units"] = list(one.units)
        steps.append(step | {name: _plain(value) for name, value in one.values.items()})
    told: dict[str, Any] = {"title": scenario.title, "begins": scenario.begins.isoformat(), "days": scenario.days}
    if scenario.behaviour:
        told["behaviour"] = dict(scenario.behaviour)
    if scenario.paces:
        told["paces"] = {
            name: {"rate": p.rate, "chance": p.chance, "term": p.term} for name, p in scenario.paces.items()
        }
    if scenario.programmes:
        told["programmes"] = [
            {"name": each.name, "share": each.share, "halves_in": min(each.halves_in, 1e9), "floor": each.floor}
            for each in scenario.programmes
        ]
    return told | {"what_ifs": steps}


def _plain(value: float | str) -> float | str:
    # 30 and 30.0 are one number: it is written in one way, whoever gave it
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _step(place: int) -> Sentence:
    return Sentence(zh("第 %(place)s 项"), {"place": str(place)})


def say_field(label: str, name: str) -> Sentence:
    """Return a field by what a form calls it and by its name in a file."""
    return Sentence(zh("%(label)s（%(name)s）"), {"label": label, "name": name})


def _within(at: Any, label: str, name: str) -> Sentence:
    return Sentence(zh("%(at)s 的 %(name)s"), {"at": at, "name": say_field(label, name)})  # type: ignore[dict-item]


def _check_keys(given: Mapping[str, Any], allowed: Collection[str], at: Any) -> None:
    for name in given:
        if name not in allowed:
            told = {"name": str(name)[:40], "allowed": ", ".join(sorted(allowed))}
            raise refusal(at, zh("不认识“%(name)s”；可用：%(allowed)s"), **told)


def _date(value: Any, at: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise BadScenario(
            at=at, problem=Sentence(zh("“%(value)s”不是日期（如 2027-03-01）"), {"value": str(value)[:40]})
        ) from None


def _begins(value: Any) -> date:
    at = say_field(zh("起始日"), "begins")
    found = _date(value, at)
    if not FIRST_DAY <= found <= LAST_DAY:
        told = {"value": found.isoformat(), "first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        raise refusal(at, zh("日期 %(value)s 应在 %(first)s 到 %(last)s 之间"), **told)
    return found


def _number(at: Any, value: Any, low: float, high: float, *, whole: bool = False) -> float:
    if str(value).strip() == "":
        raise refusal(at, zh("没有填写"))
    try:
        found = float(str(value) if isinstance(value, bool) else value)  # a yes is no number
    except (TypeError, ValueError):
        raise refusal(at, zh("“%(value)s”不是数"), value=str(value)[:40]) from None
    if not low <= found <= high:
        told = {"value": f"{found:.10g}", "low": f"{low:.10g}", "high": f"{high:.10g}"}
        raise refusal(at, zh("%(value)s 应在 %(low)s 到 %(high)s 之间"), **told)
    if whole and not found.is_integer():
        raise refusal(at, zh("%(value)s 应为整数"), value=f"{found:.10g}")
    return found


def _what_if(place: int, step: Any, known: Known, span: Span) -> WhatIf:
    at = _step(place)
    if not isinstance(step, Mapping):
        raise refusal(at, zh("应为 YAML 的键值对"))
    try:
        do = Do(str(step.get("do")))
    except ValueError:
        told = {"name": str(step.get("do"))[:40], "allowed": ", ".join(Do)}
        raise refusal(at, zh("不认识“%(name)s”；可用：%(allowed)s"), **told) from None
    fields = {field.name: field for field in FIELDS[do]}
    _check_keys(step, {"do", "on", "until", "units", *fields}, at)
    day = _day(step.get("on"), span, _within(at, zh("自"), "on"), 0)
    is_ended = step.get("until") not in {None, ""}
    until = _day(step["until"], span, _within(at, zh("至"), "until"), day + 1) if is_ended else None
    if until is not None and do in (Do.MERGE_UNITS, Do.SPLIT_UNIT):
        raise refusal(at, zh("合并与拆分不写 until；恢复原状可另写一项"))
    values = _values({name: step[name] for name in fields if name in step}, fields, at, filled=True)
    units = _units(_given(step, "units", []), do, known, at)
    _check_values(do, values, known, span.programmes, at)
    if do is Do.ADD_LINKS:
        _check_links(units, values, at)
    return WhatIf(do, day, units, until, values)


def _day(value: Any, span: Span, at: Any, least: int) -> int:
    begins, days = span.begins, span.days
    found = (_date(value, at) - begins).days
    if not least <= found < days + (least > 0):
        told = {"value": str(value), "first": str(begins + timedelta(least)), "last": str(begins + timedelta(days - 1))}
        raise refusal(at, zh("日期 %(value)s 应在 %(first)s 到 %(last)s 之间"), **told)
    return found


def _units(given: Any, do: Do, known: Known, at: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise refusal(at, zh("units 应为单位编号的列表"))
    units = tuple(str(each) for each in given)
    for each in units:
        said = say_unit(known.tree, known.number, each)
        if each not in known.number:
            raise refusal(at, zh("没有编号为“%(unit)s”的单位"), unit=said)
        if known.number[each] >= known.tree.count:
            raise refusal(at, zh("“%(unit)s”是体制外主体"), unit=said)
        if do in LOCAL and each in known.vertical:
            raise refusal(at, zh("“%(unit)s”实行垂直管理，不由地方牵头或调整"), unit=said)
    if len(set(units)) < len(units):
        raise refusal(at, zh("同一单位写了两次"))
    least, most = HOW_MANY[do]
    if not least <= len(units) <= most:
        told = {"count": len(units), "least": least, "most": most}
        raise refusal(at, zh("写了 %(count)s 个单位，应为 %(least)s 到 %(most)s 个"), **told)
    return units


def _values(given: Any, fields: Mapping[str, Field], at: Any, *, filled: bool) -> dict[str, float | str]:
    if not isinstance(given, Mapping):
        raise refusal(at, zh("应为 YAML 的键值对"))
    _check_keys(given, fields, at)
    found: dict[str, float | str] = {name: each.default for name, each in fields.items()} if filled else {}
    for name, value in given.items():
        field = fields[name]
        if field.kind == "choice" and str(value) not in field.choices:
            told = {"name": str(value)[:40], "allowed": ", ".join(field.choices)}
            raise refusal(at, zh("不认识“%(name)s”；可用：%(allowed)s"), **told)
        if field.kind in ("choice", "text", "unit"):
            found[name] = str(value or "").strip()[:100]
        elif name == "by_hand" and isinstance(value, bool):
            found[name] = float(value)
        elif field.endless and str(value).strip() in ENDLESS:
            found[name] = field.high
        else:
            whole = field.kind == "days" or name in WHOLE
            found[name] = _number(_within(at, field.label, name), value, field.low, field.high, whole=whole)
    return found


def _check_values(
    do: Do, values: Mapping[str, float | str], known: Known, programmes: tuple[Programme, ...], at: Any
) -> None:
    for field in FIELDS[do]:
        value = values[field.name]
        must = (do, field.name) in ((Do.ADD_SUPERIOR, "superior"), (Do.CHANGE_PROGRAMME, "programme"))
        if must and not value:
            raise refusal(at, zh("应写明 %(name)s"), name=say_field(field.label, field.name))
        if field.kind == "unit" and value and not known.number.get(str(value), known.tree.count) < known.tree.count:
            raise refusal(at, zh("没有编号为“%(unit)s”的单位"), unit=str(value)[:60])
        if field.name == "programme" and value and value not in {each.name for each in programmes}:
            raise refusal(at, zh("programmes 中没有“%(name)s”"), name=str(value)[:60])


def _check_links(units: tuple[str, ...], values: Mapping[str, float | str], at: Any) -> None:
    count = float(values["count"])
    if not units and count < 1:
        raise refusal(at, zh("应点选单位，或写明 count"))
    if count > MOST_LINKS:
        name = next(field for field in FIELDS[Do.ADD_LINKS] if field.name == "count")
        raise ScenarioTooLarge(kind=_within(at, name.label, "count"), count=f"{count:.0f}", limit=MOST_LINKS)


def _check_all_links(steps: tuple[WhatIf, ...]) -> None:
    count = sum(float(one.values["count"]) for one in steps if one.do is Do.ADD_LINKS and not one.units)
    if count > MOST_LINKS:
        raise ScenarioTooLarge(kind=zh("各项新增联系合计"), count=f"{count:.0f}", limit=MOST_LINKS)


def _paces(given: Any) -> dict[str, Pace]:
    if not isinstance(given, Mapping):
        raise refusal("paces", zh("应为 YAML 的键值对"))
    _check_keys(given, RELATIONS, "paces")
    found = {}
    for name, each in given.items():
        if not isinstance(each, Mapping) or not {"rate", "chance"} <= set(each):
            raise refusal(f"paces: {name}", zh("应写明 rate 和 chance"))
        _check_keys(each, PACE, f"paces: {name}")
        read = {
            key: _number(f"paces: {name}: {key}", value, *PACE[key], whole=key == "term") for key, value in each.items()
        }
        found[str(name)] = Pace(read["rate"], read["chance"], int(read.get("term", 20)))
    return found


def _of(programme: str, key: str) -> Sentence | str:
    way = f"programmes: {programme}: {key}"
    return say_field(zh("该专项占交办的比重"), way) if key == "share" else way


def _programmes(given: Any) -> tuple[Programme, ...]:
    if not isinstance(given, list) or len(given) > 20:
        raise refusal("programmes", zh("应为不超过 %(most)s 项的列表"), most=20)
    found = []
    for each in given:
        if not isinstance(each, Mapping) or not str(each.get("name") or "").strip() or "share" not in each:
            raise refusal("programmes", zh("每项应写明 name 和 share"))
        name = str(each["name"]).strip()[:60]
        _check_keys(each, {"name", *PROGRAMME}, f"programmes: {name}")
        read = {key: _number(_of(name, key), each[key], *PROGRAMME[key]) for key in PROGRAMME if key in each}
        found.append(Programme(name, **read))
    if len({each.name for each in found}) < len(found) or sum(each.share for each in found) > 1.0 + 1e-9:
        raise refusal("programmes", zh("名称不能重复，各项 share 合计不能超过 1"))
    return tuple(found)
