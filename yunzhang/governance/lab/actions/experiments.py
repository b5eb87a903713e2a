"""Experiments 情景推演 on the pages: who may run and see them, what they start from, their end.

An experiment is seen by whoever may see the placement of its unit. Asking, cancelling and removing are acts on its own
stream of the ledger; what is simulated never enters it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import pyarrow as pa
from pyarrow import compute, parquet

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Invalid, Sentence, zh
from yunzhang.base.ids import uuid7
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions.government import Government, find_behaviour, find_office_government
from yunzhang.governance.lab.actions.record import find_calibrated
from yunzhang.governance.lab.actions.rights import (
    ASSUMED,
    FILLED,
    RECORD,
    find_bases,
    verify_may_change,
    verify_may_run,
)
from yunzhang.governance.lab.rules.composing import Ask
from yunzhang.governance.lab.rules.scenarios import read_scenario, say_field, write_scenario
from yunzhang.governance.lab.rules.simulating import Prepared, find_window, prepare, run_log
from yunzhang.governance.lab.terms import (
    RELATIONS,
    AlreadyRunning,
    Behaviour,
    Experiment,
    Pace,
    Scenario,
    State,
)
from yunzhang.governance.observatory import actions as observatory
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.ground.ledger.actions import act, find_entry, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, type_json
from yunzhang.kit.jobs import enqueue

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = [
    "ASKED",
    "FEWEST_RUNS",
    "MOST_RUNS",
    "ask_experiment",
    "cancel_experiment",
    "find_asked",
    "find_names_at_start",
    "find_part",
    "find_provenance",
    "find_run_tables",
    "read_given",
    "remove_experiment",
]
FEWEST_RUNS, MOST_RUNS, MOST_BUSY = 10, 200, 3
ASKED = {"runs": zh("运行次数"), "seed": zh("种子")}
UNBOUNDED = 1e9  # stands for infinite where a behaviour is kept: the engine bounds both alike
GOVERNMENT = "government"
OFFICIAL = (GOVERNMENT, "department")
BUSY = (State.WAITING, State.RUNNING)


def find_part(unit: int, *, at: datetime, loops: bool = True) -> Government:
    """Return the government of a unit with all below it and all other bodies of its places, and the matters among them.

    A form that only names units does not ask for `loops`.

    Beside a government stand branches and bodies under vertical management 垂管, whose superior is the same body one
    level up: they hang under no unit of the part, deal with the others, and stand outside the unit's own sub-tree,
    which alone is measured (design §5). Of a department only its own sub-tree is taken.
    """
    whole = find_office_government(at, loops=loops)
    rows = whole.units.to_pylist()
    official = [row for row in rows if row["kind"] in OFFICIAL]
    upper = {row["id"]: row["parent"] for row in rows}
    inside = {str(unit)}
    while fresh := {row["id"] for row in official if row["parent"] in inside} - inside:
        inside |= fresh
    places = {row["id"] for row in official if row["kind"] == GOVERNMENT and row["id"] in inside}
    inside |= {row["id"] for row in official if row["jurisdiction"] in places}
    is_whole = upper.get(str(unit)) is None
    for row in rows:
        if row["kind"] not in OFFICIAL and (is_whole or row["jurisdiction"] in inside):
            inside.add(row["id"])
    kept = [_cut(row, inside) for row in rows if row["id"] in inside]
    units = pa.Table.from_pylist(kept, schema=whole.units.schema)
    return Government(units, _among(whole.loops, inside), frozenset(whole.vertical & inside))


def _cut(row: Mapping[str, Any], inside: set[str]) -> dict[str, Any]:
    # who stands above and guides from outside is not simulated
    ends = {name: row[name] if row[name] in inside else None for name in ("parent", "guided_by")}
    return {**row, **ends}


def _among(loops: pa.Table | None, inside: set[str]) -> pa.Table | None:
    if loops is None:
        return None
    held = pa.array(sorted(inside), pa.string())
    ends = [compute.is_in(loops[name].cast(pa.string()), value_set=held) for name in ("creditor", "debtor")]
    return loops.filter(compute.and_(*ends))


def read_given(given: Mapping[str, Any], unit: int, *, at: datetime) -> Scenario:
    """Return the scenario a form gives for a unit. Raises BadScenario, ScenarioTooLarge."""
    part = find_part(unit, at=at, loops=False)
    return read_scenario(given, units=part.units, vertical=part.vertical)


@dataclass(frozen=True, slots=True)
class Basis:
    """How units behave, and whether their record or assumption says so: record | filled | assumed, from how many
    matters; `lacking`: kinds of matters no record says anything of; `asks`: who asks whom on record.
    """

    behaviour: Behaviour
    basis: str
    matters: int = 0
    lacking: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


def _basis(part: Government, wanted: str, on: date, at: datetime) -> Basis:
    # what the record says; where it says nothing of a kind of matter, the default where one wants it filled
    default = find_behaviour(on)
    found = None if wanted == ASSUMED else find_calibrated(part, at=at)
    if found is None:
        return Basis(default, ASSUMED)
    there = {name for name, _level in found.behaviour.paces}
    lacking = tuple(name for name in RELATIONS if name not in there)
    matters = sum(one.matters for one in found.estimates)
    if wanted == RECORD or not lacking:
        return Basis(found.behaviour, RECORD, matters, lacking, found.asks)
    paces = {key: pace for key, pace in default.paces.items() if key[0] in lacking}
    filled = replace(found.behaviour, paces={**found.behaviour.paces, **paces})
    return Basis(filled, FILLED, matters, lacking, found.asks)


def _plain(basis: Basis) -> dict[str, Any]:
    own = basis.behaviour
    names = ("capacity", "attention", "halves_in", "refresh", "relay", "hop", "aside", "late", "refused")
    told: dict[str, Any] = {name: min(float(getattr(own, name)), UNBOUNDED) for name in names}
    told |= {"partners": own.partners, "by_hand": own.by_hand}
    paces = [[name, level, pace.rate, pace.chance, pace.term] for (name, level), pace in own.paces.items()]
    facts = {"basis": basis.basis, "matters": basis.matters, "lacking": list(basis.lacking)}
    asks = [[RELATIONS.index(ask.relation), ask.creditor, ask.debtor, ask.rate, ask.chance] for ask in basis.asks]
    return facts | {"own": told, "paces": paces, "asks": asks}


def behaviour_of(told: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour of what was kept of it."""
    paces = {(name, level): Pace(rate, chance, term) for name, level, rate, chance, term in told["paces"]}
    return Behaviour(paces, **told["own"])


def find_start(experiment: Experiment) -> tuple[pa.Table, Behaviour, Scenario, list[Ask]]:
    """Return what `prepare` takes, as it was when an experiment was asked for."""
    told, body = store.find_start(experiment.id)
    units = parquet.read_table(pa.BufferReader(body))
    asks = [Ask(RELATIONS[place], *more) for place, *more in told.get("asks", [])]
    return units, behaviour_of(told), read_scenario(experiment.scenario, units=units), asks


def find_prepared(experiment: Experiment) -> Prepared:
    """Return an experiment ready to run, as it was when it was asked for; its own unit is measured."""
    return prepare(*find_start(experiment), root=str(experiment.unit))


def find_provenance(experiment: Experiment) -> dict[str, Any]:
    """Return where the behaviour comes from, and the digests of units and scenario (SHA-256)."""
    told, body = store.find_start(experiment.id)
    digests = {"units": hashlib.sha256(body).hexdigest(), "scenario": _digest(experiment.scenario)}
    own = {name: told[name] for name in ("basis", "matters", "paces")}
    return own | {"lacking": told.get("lacking", []), "digests": digests}


def _digest(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def find_names_at_start(experiment: Experiment) -> dict[str, str]:
    """Return the names of the units of an experiment by id, as they were when it was asked for."""
    rows = parquet.read_table(pa.BufferReader(store.find_start(experiment.id)[1]), columns=["id", "name"]).to_pydict()
    return dict(zip(rows["id"], rows["name"], strict=True))


def find_asked(receipt: Receipt) -> UUID:
    """Return which experiment an act asked for; pressed twice it is the same."""
    return find_entry(receipt.entries[0]).loop


def find_run_tables(experiment: Experiment) -> tuple[observatory.StudyTables, Parameters]:
    """Return the first run with the what-ifs as the tables of a study, and the window its figures at the end are of."""
    prepared = find_prepared(experiment)
    units, loops = run_log(prepared, seed=experiment.seed, number=0, changed=True)
    told = {"experiment": str(experiment.id), "seed": experiment.seed, "number": 0, "changed": True}
    facts = {"command": " ".join(f"{k}={v}" for k, v in told.items())}
    from_at, to_at = find_window(prepared)
    return observatory.StudyTables(units, loops, facts=facts), Parameters(from_at=from_at, to_at=to_at)


# ---- acts


@act
def ask_experiment(
    by: Acting, unit: int, given: Mapping[str, Any], runs: int, seed: int, *, at: datetime, basis: str = ""
) -> Receipt:
    """Ask for the runs of a scenario about a unit and all below it; the worker makes them.

    `basis`: how units behave, by their record with defaults for what it lacks (filled), by it alone, or assumed; ""
    is the first of these that is allowed.
    Raises MayNotSimulate, NotYours, BadScenario, ScenarioTooLarge, Invalid, AlreadyRunning.
    """
    verify_may_run(by, unit, at=at)
    for name, value, low, high in (("runs", runs, FEWEST_RUNS, MOST_RUNS), ("seed", seed, 0, 2**63 - 1)):
        if not low <= value <= high:
            ends = {"value": f"{value}", "low": f"{low}", "high": f"{high}"}
            problem = Sentence(zh("%(value)s 应在 %(low)s 到 %(high)s 之间"), ends)
            raise Invalid(field=say_field(ASKED[name], name), problem=problem)
    bases = find_bases(by, unit, at=at)
    if basis and basis not in bases:
        raise Invalid(field="basis", problem=" | ".join(bases))
    busy = store.count_busy(by.post, by.person)
    if busy >= MOST_BUSY:
        raise AlreadyRunning(count=busy)
    part = find_part(unit, at=at)
    scenario = read_scenario(given, units=part.units, vertical=part.vertical)
    found = _basis(part, basis or bases[0], day_of(at), at)
    prepare(part.units, found.behaviour, scenario, found.asks, root=str(unit))  # what cannot be run is told now
    return _keep(by, (unit, runs, seed), scenario, (part, found), at=at)


def _keep(
    by: Acting, asked: tuple[int, int, int], scenario: Scenario, start: tuple[Government, Basis], *, at: datetime
) -> Receipt:
    (part, basis), (unit, runs, seed) = start, asked
    plain = json.loads(json.dumps(write_scenario(scenario)))
    sink = pa.BufferOutputStream()
    parquet.write_table(part.units, sink)
    units = sink.getvalue().to_pybytes()
    new = Experiment(
        id=uuid7(at), unit=unit, title=scenario.title, scenario=plain, runs=runs, seed=seed, state=State.WAITING,
        done=0, asked_at=at, ended_at=None, person=by.person, post=by.post, facts={},
    )  # fmt: skip
    store.insert(new, behaviour=_plain(basis), units=units)
    enqueue("lab_run", {"experiment": str(new.id)}, at=at, request=uuid5(new.id, "first"))
    data: dict[str, type_json] = {"unit": unit, "runs": runs, "seed": seed, "basis": basis.basis}
    digests: dict[str, type_json] = {"scenario": _digest(plain), "units": hashlib.sha256(units).hexdigest()}
    return record(by, [Draft(new.id, "experiment_asked", data | digests)], at=at)


@act
def cancel_experiment(by: Acting, experiment: UUID, *, at: datetime) -> Receipt:
    """Stop an experiment that waits or runs, and drop its runs; one that has ended stays as it is.

    Raises NoSuchExperiment, MayNotSimulate, NotYours.
    """
    verify_may_change(by, experiment, at=at)
    if not store.move(experiment, State.CANCELLED, among=BUSY, ended_at=at):
        return Receipt(by.request, ())
    store.drop_traces(experiment)
    return record(by, [Draft(experiment, "experiment_cancelled")], at=at)


@act
def remove_experiment(by: Acting, experiment: UUID, *, at: datetime) -> Receipt:
    """Remove an experiment with all its runs; that it was asked for stays in the ledger.

    Raises NoSuchExperiment, MayNotSimulate, NotYours.
    """
    verify_may_change(by, experiment, at=at)
    store.delete(experiment)
    return record(by, [Draft(experiment, "experiment_removed")], at=at)
