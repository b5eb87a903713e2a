"""A scenario as stages of the engine, and for each period the structure it is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from yunzhang.base.errors import zh
from yunzhang.governance.lab.rules.backbone import Backbone, make_backbone
from yunzhang.governance.lab.rules.composing import MONTH, ROLE, Ask, Composed, compose, kept, units_of
from yunzhang.governance.lab.rules.engine import Setting, Stage
from yunzhang.governance.lab.rules.engine.parts import ACROSS, Flows, Leaders, Meetings, no_leaders, wire
from yunzhang.governance.lab.rules.links import make_links
from yunzhang.governance.lab.rules.measured import Gauge, make_gauge
from yunzhang.governance.lab.rules.scenarios.acts import APPLY, EXTEND
from yunzhang.governance.lab.rules.scenarios.clashes import seat_of
from yunzhang.governance.lab.rules.scenarios.draft import NOBODY, Arrays, Draft, make_arrays, table_at
from yunzhang.governance.lab.terms import (
    RELATIONS,
    Behaviour,
    Do,
    Pace,
    Programme,
    Scenario,
    ScenarioTooLarge,
    WhatIf,
)
from yunzhang.governance.observatory.rules.tree import VIRTUAL, read_tree

MOST_UNITS, MOST_FLOWS = 100_000, 3_000_000
STRUCTURAL = (Do.MERGE_UNITS, Do.SPLIT_UNIT)  # a reorganisation starts a new period (design §5, Time)
REDRAWN = (*STRUCTURAL, Do.RAISE_SYSTEM, Do.ADD_SUPERIOR, Do.OPEN_CHANNEL)
FOREVER = 1 << 30
Asked = tuple[tuple[WhatIf, ...], tuple[Programme, ...]]  # what-ifs and programmes of a scenario


@dataclass(frozen=True, slots=True)
class Period:
    """From a day on, the structure by which windows are measured; `since` is the first day that still counts in it.

    `flows` are the engine's flows that this structure has, in the order of `gauge.made`.
    """

    day: int
    since: int
    gauge: Gauge
    flows: np.ndarray


@dataclass(frozen=True, slots=True)
class Built:
    """A government to run, with or without what-ifs: the engine's setting, its flows by name, periods to measure by."""

    made: Composed
    setting: Setting
    periods: tuple[Period, ...]


def behave(behaviour: Behaviour, scenario: Scenario) -> Behaviour:
    """Return the behaviour of a scenario: its own numbers over the given ones."""
    own: dict[str, Any] = dict(scenario.behaviour)
    for name, kind in (("partners", int), ("by_hand", bool)):
        if name in own:
            own[name] = kind(own[name])
    paces: dict[tuple[str, int], Pace] = dict(behaviour.paces)
    for name, pace in scenario.paces.items():
        paces = {key: each for key, each in paces.items() if key[0] != name} | {(name, -1): pace}
    return replace(behaviour, **own, paces=paces)


def build(
    units: pa.Table, behaviour: Behaviour, scenario: Scenario, asks: Sequence[Ask] = (), *, changed: bool
) -> Built:
    """Return what to run; `asks`: who asks whom by a record, for the kinds of matters and levels they name.

    Raises BadTable, BadScenario, ScenarioTooLarge.
    """
    if units.num_rows > MOST_UNITS:
        raise ScenarioTooLarge(kind=zh("单位"), count=units.num_rows, limit=MOST_UNITS)
    behaviour = behave(behaviour, scenario)
    made = compose(units, behaviour, _standing(scenario, asks))
    steps = scenario.what_ifs if changed else ()
    draft = Draft(made, [{name: value or "" for name, value in row.items()} for row in units.to_pylist()])
    for place, one in enumerate(steps):
        if one.do in EXTEND:
            EXTEND[one.do](draft, place, one)
    if len(made.flows.rate) * (1 + len(scenario.programmes)) + len(draft.streams) > MOST_FLOWS:
        raise ScenarioTooLarge(kind=zh("往来"), count=len(draft.streams), limit=MOST_FLOWS)
    arrays = make_arrays(draft, scenario.programmes, lambda tree: units_of(tree, behaviour))
    _seat_offices(arrays, scenario.what_ifs)
    days = sorted({0, *_turns(steps, scenario.days)})
    backbone = make_backbone(arrays.tree.parent.astype(np.int32), tuple(arrays.tree.ids[: arrays.tree.count]))
    whole = _composed(table_at(draft, None), arrays, backbone, behaviour)
    stages = tuple(_stage(day, whole, draft, arrays, (steps, scenario.programmes)) for day in days)
    setting = Setting(backbone, stages, scenario.days, MONTH, behaviour.late, behaviour.refused)
    return Built(whole, setting, tuple(_periods(draft, arrays, steps, scenario.days, behaviour)))


def _standing(scenario: Scenario, asks: Sequence[Ask]) -> list[Ask]:
    # a scenario that says with how many sisters each deals means those of the structure, not those on record; one
    # that gives a kind of matter a pace means it for every flow
    redrawn = ("department", "region") if "partners" in scenario.behaviour else ()
    return [
        Ask(ask.relation, ask.creditor, ask.debtor) if ask.relation in scenario.paces else ask
        for ask in asks
        if ask.relation not in redrawn
    ]


def _turns(steps: tuple[WhatIf, ...], days: int) -> list[int]:
    return [day for one in steps for day in (one.day, one.until) if day is not None and day < days]


def _is_on(one: WhatIf, day: int) -> bool:
    return one.day <= day < (one.until or FOREVER)


def _seat_offices(arrays: Arrays, steps: tuple[WhatIf, ...]) -> None:
    # where the office sits before it moves, with what-ifs and without
    for one in steps:
        was = str(one.values.get("was", "")) if one.do is Do.MOVE_OFFICE else ""
        if was:
            arrays.units.host[seat_of(arrays.tree, arrays.number[was])] = arrays.number[was]


def _composed(table: pa.Table, arrays: Arrays, backbone: Backbone, behaviour: Behaviour) -> Composed:
    tree = arrays.tree
    level = tree.depth[np.minimum(arrays.debtor, tree.count - 1)].astype(np.int16)
    flows = _flows(arrays, behaviour)
    return Composed(table, tree, backbone, flows, arrays.units, arrays.relation, level, behaviour)


def _flows(arrays: Arrays, behaviour: Behaviour) -> Flows:
    roles = np.array([ROLE[name] for name in RELATIONS], np.int8)[arrays.relation]
    inside = np.maximum(arrays.creditor, arrays.debtor) < arrays.tree.count
    routed = ((roles == ACROSS) & inside & behaviour.by_hand).astype(np.uint8)
    none = np.full(len(roles), NOBODY, np.int64)
    return Flows(
        roles, arrays.creditor, arrays.debtor, arrays.rate, arrays.chance, arrays.term, arrays.programme, routed, none
    )


def _stage(day: int, whole: Composed, draft: Draft, arrays: Arrays, asked: Asked) -> Stage:
    steps, programmes = asked
    at = arrays.copy()
    resting = [place for place, one in enumerate(steps) if not _is_on(one, day)]
    at.rate[np.isin(at.owner, resting)] = 0.0
    for one in sorted(steps, key=lambda one: one.day):  # of two moves of an office the later one holds
        if _is_on(one, day):
            _apply(at, one, programmes)
    pairs = [(at.number[a], at.number[b]) for a, b, owner in draft.links if owner not in resting]
    links = make_links(whole.backbone, np.array(pairs, np.int64).reshape(-1, 2))
    flows = whole.flows._replace(rate=at.rate, chance=at.chance)
    wiring = wire(whole.backbone, links.start, links.to)
    return Stage(day, wiring, flows, at.units, _meetings(at, steps, programmes), _leaders(at))


def _apply(at: Arrays, one: WhatIf, programmes: tuple[Programme, ...]) -> None:
    if one.do is Do.CHANGE_PROGRAMME:
        place = next(k for k, each in enumerate(programmes) if each.name == one.values["programme"])
        at.rate[at.programme == place] *= float(one.values["factor"])
    elif one.do in APPLY:
        APPLY[one.do](at, one)


def _leaders(at: Arrays) -> Leaders:
    if not at.leaders:
        return no_leaders()
    table = np.array(at.leaders)
    return Leaders(table[:, 0].copy(), table[:, 1].copy())


def _meetings(at: Arrays, steps: tuple[WhatIf, ...], programmes: tuple[Programme, ...]) -> Meetings:
    table = np.array(at.meetings, np.float64).reshape(-1, 6).T
    start, stop, every, phase = (row.astype(np.int32) for row in table[:4])
    renewed = np.full(len(programmes), NOBODY, np.int32)
    days = {(row[2], row[3]): which for which, row in enumerate(at.meetings)}
    for one in steps:
        if one.do is Do.SET_MEETINGS and one.values["programme"]:
            which = days.get((int(float(one.values["every"])), one.day), NOBODY)
            renewed[[k for k, each in enumerate(programmes) if each.name == one.values["programme"]]] = which
    keep = np.array([kept(each.halves_in) for each in programmes])
    floor = np.array([each.floor for each in programmes])
    return Meetings(start, stop, every, phase, table[4], np.ones(len(programmes)), keep, floor, renewed)


def _periods(draft: Draft, arrays: Arrays, steps: tuple[WhatIf, ...], days: int, behaviour: Behaviour) -> list[Period]:
    turns = sorted({0, *_turns(tuple(one for one in steps if one.do in REDRAWN), days)})
    broken = {one.day for one in steps if one.do in STRUCTURAL}
    found, since = [], 0
    for day in turns:
        since = day if day in broken else since
        found.append(_period(draft, arrays, day, since, behaviour))
    return found


def _period(draft: Draft, arrays: Arrays, day: int, since: int, behaviour: Behaviour) -> Period:
    table = table_at(draft, day)
    tree = read_tree(table)
    number = {name: place for place, name in enumerate(tree.ids)}
    into = {unit: target for unit, (since_day, target) in draft.merged.items() if since_day <= day}
    where = np.array([number.get(into.get(name, name), NOBODY) for name in arrays.tree.ids], np.int64)
    creditor, debtor = where[arrays.creditor], where[arrays.debtor]
    kinds = tree.kind if len(tree.ids) else np.zeros(0)
    there = (creditor >= 0) & (debtor >= 0) & (creditor != debtor)
    there &= (kinds[creditor] != VIRTUAL) & (kinds[debtor] != VIRTUAL)
    flows = np.flatnonzero(there)
    backbone = make_backbone(tree.parent.astype(np.int32))
    part = Flows(*(column[flows] for column in _flows(arrays, behaviour)))._replace(
        creditor=creditor[flows].astype(np.int32), debtor=debtor[flows].astype(np.int32)
    )
    level = np.zeros(len(flows), np.int16)
    made = Composed(table, tree, backbone, part, units_of(tree, behaviour), arrays.relation[flows], level, behaviour)
    return Period(day, since, make_gauge(made), flows)
