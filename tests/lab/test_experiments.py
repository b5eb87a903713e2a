"""Experiments: who may ask, what is kept, runs a slice at a time, and what stays after a stop, a failure, a removal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa
import pytest
from django.db import OperationalError

from tests.directives.office import NOW, Office, issue, open_office
from yunzhang.base.errors import Invalid
from yunzhang.governance.lab import actions, store
from yunzhang.governance.lab.actions import experiments, playing
from yunzhang.governance.lab.actions.government import find_office_government
from yunzhang.governance.lab.commands import jobs
from yunzhang.governance.lab.rules.simulating import prepare, run_log, simulate
from yunzhang.governance.lab.terms import (
    AlreadyRunning,
    BadScenario,
    Experiment,
    MayNotSimulate,
    NoSuchExperiment,
    ScenarioTooLarge,
    State,
)
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.moments import DAY
from yunzhang.governance.observatory.terms import FIGURES, NotYours, Parameters
from yunzhang.ground.ledger import actions as ledger
from yunzhang.kit.jobs import LEASE, run_jobs

pytestmark = pytest.mark.django_db
BEGINS = int(np.datetime64("2026-04-01", "us").astype(np.int64)) - DAY // 3


@pytest.fixture
def office() -> Office:
    """A city with two counties and people in its posts."""
    return open_office()


def scenario(office: Office, **more: Any) -> dict[str, Any]:
    pair = [str(office.unit(f"city.{name}")) for name in ("finance", "ecology")]
    step = {"do": "appoint_leader", "on": "2026-05-01", "units": pair}
    return {"title": "牵头", "begins": "2026-04-01", "days": 180, "what_ifs": [step]} | more


def ask(
    office: Office, by: str = "office", unit: str = "city", runs: int = 10, seed: int = 1, **more: Any
) -> Experiment:
    receipt = actions.ask_experiment(office.by(by), office.unit(unit), scenario(office, **more), runs, seed, at=NOW)
    return actions.find_experiment(actions.find_asked(receipt))


def play(experiment: UUID) -> Experiment:
    actions.keep_runs(experiment, at=NOW, is_over=lambda: False)
    return actions.find_experiment(experiment)


def test_asked_run_by_the_worker_and_summarised(office: Office) -> None:
    asked = ask(office)
    assert (asked.state, asked.done, asked.title) == (State.WAITING, 0, "牵头")
    [entry] = ledger.list_entries(asked.id)
    assert entry.verb == "experiment_asked"
    assert len(entry.data["units"]) == len(entry.data["scenario"]) == 64
    assert run_jobs(NOW) == 1
    found = actions.find_experiment(asked.id)
    assert (found.state, found.done, found.problem) == (State.DONE, 10, "")
    assert found.facts["runs"] == 10
    assert len(found.facts["clouds"]["after"]) == len(found.facts["clouds"]["before"]) == 10
    assert len(found.facts["busiest"]) <= 5


def test_slices_come_to_the_same_as_one_piece(office: Office) -> None:
    whole = play(ask(office).id)
    asked = ask(office)
    rounds = 0
    while actions.find_experiment(asked.id).state is not State.DONE:
        actions.keep_runs(asked.id, at=NOW, is_over=lambda: True)
        rounds += 1
    assert rounds == 20, "one run a slice, both sides"
    assert actions.find_experiment(asked.id).facts == whole.facts


def test_every_slice_asks_for_the_next_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(office)
    monkeypatch.setattr(jobs, "SLICE", -1.0)
    assert run_jobs(NOW, limit=99) == 20
    assert actions.find_experiment(asked.id).state is State.DONE


def test_run_twice_changes_nothing(office: Office) -> None:
    asked = ask(office)
    done = play(asked.id)
    traces = store.traces(asked.id)
    assert play(asked.id) == done
    assert store.traces(asked.id) == traces


def test_cancelled_keeps_no_run(office: Office) -> None:
    asked = ask(office)
    actions.keep_runs(asked.id, at=NOW, is_over=lambda: True)
    assert len(store.traces(asked.id)) == 1
    actions.cancel_experiment(office.by("office"), asked.id, at=NOW)
    assert play(asked.id).state is State.CANCELLED
    assert store.traces(asked.id) == []
    assert not store.keep_run(asked.id, 0, changed=True, body={}), "a run that was under way is not kept"
    assert [entry.verb for entry in ledger.list_entries(asked.id)] == ["experiment_asked", "experiment_cancelled"]
    actions.cancel_experiment(office.by("office"), asked.id, at=NOW)
    assert len(ledger.list_entries(asked.id)) == 2, "twice is once"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TypeError("'NoneType' object"), "没有预料到"),
        (MemoryError("too little"), "内存不足"),
        (ScenarioTooLarge(kind="往来", count=9, limit=1), ""),
    ],
)
def test_a_failure_is_kept_in_words_and_in_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, why: str
) -> None:
    asked = ask(office)
    actions.keep_runs(asked.id, at=NOW, is_over=lambda: True)
    monkeypatch.setattr(playing, "simulate", raising(error))
    run_jobs(NOW, limit=9)
    found = actions.find_experiment(asked.id)
    assert (found.state, found.ended_at) == (State.FAILED, NOW)
    assert found.problem == f"{type(error).__name__}: {error}"
    assert why in found.facts["failed"]["why"]
    assert found.facts["failed"]["do"]
    [kept] = [record for record in caplog.records if record.name == "yunzhang.lab"]
    assert str(asked.id) in kept.getMessage()
    assert kept.exc_info is not None


def raising(error: BaseException, *, times: int = 99, then: Any = None) -> Any:
    """A function that raises so often, and then does its work."""
    left = [times]

    def fail(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return then(*given, **named)

    return fail


def test_a_busy_database_is_tried_again_and_comes_to_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = play(ask(office).id)
    asked = ask(office)
    locked = raising(OperationalError("database is locked"), times=2, then=store.keep_run)
    monkeypatch.setattr(store, "keep_run", locked)
    run_jobs(NOW)
    assert actions.find_experiment(asked.id).state is State.RUNNING, "not given up"
    for later in (10, 60):
        run_jobs(NOW + timedelta(seconds=later))
    found = actions.find_experiment(asked.id)
    assert (found.state, found.problem) == (State.DONE, "")
    assert found.facts == whole.facts


def test_a_database_that_stays_busy_ends_it_in_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(office)
    monkeypatch.setattr(store, "keep_run", raising(OperationalError("database is locked")))
    for minutes in range(20):
        run_jobs(NOW + timedelta(minutes=minutes))
    found = actions.find_experiment(asked.id)
    assert found.state is State.FAILED
    assert "数据库一直繁忙" in found.facts["failed"]["why"]


def test_a_killed_worker_s_runs_are_kept_and_the_rest_made_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = play(ask(office).id)
    asked = ask(office)
    with monkeypatch.context() as patch:
        patch.setattr(playing, "simulate", killed_after(7))
        with pytest.raises(SystemExit):
            run_jobs(NOW)  # nothing catches this, as nothing catches a kill
    assert len(store.traces(asked.id)) == 7
    assert run_jobs(NOW + timedelta(minutes=1)) == 0, "the job is still the dead worker's"
    made: list[tuple[int, bool]] = []
    monkeypatch.setattr(playing, "simulate", noting(made))
    run_jobs(NOW + LEASE + timedelta(seconds=1))
    found = actions.find_experiment(asked.id)
    assert found.state is State.DONE
    assert len(made) == 20 - 7, "what was kept is not made again"
    assert found.facts == whole.facts


def killed_after(runs: int) -> Any:
    made, real = [0], playing.simulate

    def dying(*given: Any, **named: Any) -> Any:
        made[0] += 1
        if made[0] > runs:
            raise SystemExit(137)
        return real(*given, **named)

    return dying


def noting(made: list[tuple[int, bool]]) -> Any:
    real = playing.simulate

    def noted(*given: Any, **named: Any) -> Any:
        made.append((named["number"], named["changed"]))
        return real(*given, **named)

    return noted


@pytest.mark.parametrize("stop", ["cancel", "remove"])
def test_stopped_while_a_slice_runs_it_leaves_nothing_and_no_failure(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stop: str
) -> None:
    asked = ask(office)
    real, turns = playing.simulate, [0]

    def meanwhile(*given: Any, **named: Any) -> Any:
        turns[0] += 1
        if turns[0] == 3:
            act = actions.cancel_experiment if stop == "cancel" else actions.remove_experiment
            act(office.by("office"), asked.id, at=NOW)
            raise MemoryError if stop == "remove" else TypeError  # and it breaks besides
        return real(*given, **named)

    monkeypatch.setattr(playing, "simulate", meanwhile)
    run_jobs(NOW)
    run_jobs(NOW + timedelta(hours=1))
    assert store.traces(asked.id) == []
    assert not caplog.records
    left = store.find(asked.id)
    assert (left is None) if stop == "remove" else (left is not None and left.state is State.CANCELLED)


def test_removed_leaves_its_entries_alone(office: Office) -> None:
    asked = ask(office)
    play(asked.id)
    actions.remove_experiment(office.by("city"), asked.id, at=NOW)
    assert store.traces(asked.id) == []
    with pytest.raises(NoSuchExperiment):
        actions.find_experiment(asked.id)
    assert ledger.list_entries(asked.id)[-1].verb == "experiment_removed"
    actions.keep_runs(asked.id, at=NOW, is_over=lambda: False)  # the job that was waiting


def test_three_at_once_and_no_more(office: Office) -> None:
    for seed in range(3):
        ask(office, seed=seed)
    with pytest.raises(AlreadyRunning):
        ask(office)
    ask(office, by="city")  # another post


@pytest.mark.parametrize(
    ("by", "unit", "error"),
    [
        ("administrator", "city", MayNotSimulate),
        ("auditor", "city", MayNotSimulate),
        ("a.civil_affairs", "a", MayNotSimulate),
        ("city.finance", "city.finance", MayNotSimulate),
        ("b", "a", NotYours),
        ("a", "city", NotYours),
    ],
)
def test_who_may_not_ask(office: Office, by: str, unit: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        actions.ask_experiment(office.by(by), office.unit(unit), scenario(office), 10, 1, at=NOW)
    assert store.every(None, most=9) == []


def test_wrong_numbers_and_units_are_refused_before_anything_is_kept(office: Office) -> None:
    for runs, seed in ((9, 1), (201, 1), (10, -1), (10, 2**63)):
        with pytest.raises(Invalid):
            ask(office, runs=runs, seed=seed)
    with pytest.raises(BadScenario):
        ask(office, by="a", unit="a")  # departments of the city are not the county's
    assert store.every(None, most=9) == []


def test_the_part_of_a_county_is_its_own(office: Office) -> None:
    issue(office, "a")
    part = actions.find_part(office.unit("a"), at=NOW + timedelta(hours=1))
    rows = {row["id"]: row for row in part.units.to_pylist()}
    assert rows[str(office.unit("a"))]["parent"] is None
    assert rows[str(office.unit("a.ecology"))]["guided_by"] is None, "its superior bureau is not simulated"
    assert str(office.unit("b")) not in rows
    assert str(office.unit("a.town1")) in rows
    assert part.loops is not None
    assert part.loops.num_rows == 0, "the city's matters are not among its own"


def measured_of(units: Any, loops: Any, unit: int) -> dict[str, float | None]:
    found = measure(units, loops, Parameters(draws=0, to_at=BEGINS + 90 * DAY))
    return next(each.values for each in found.figures() if each.unit == str(unit))


def test_branches_of_a_place_are_simulated_and_only_its_sub_tree_is_measured(office: Office) -> None:
    part = actions.find_part(office.unit("a"), at=NOW)
    rows = {row["id"]: row for row in part.units.to_pylist()}
    assert rows[str(office.unit("a.party"))]["parent"] is None, "its superior is the city's committee"
    assert str(office.unit("city.party")) not in rows
    assert str(office.unit("b.party")) not in rows
    department = {row["id"] for row in actions.find_part(office.unit("a.finance"), at=NOW).units.to_pylist()}
    assert department == {str(office.unit("a.finance"))}
    pair = [str(office.unit(name)) for name in ("a.finance", "a.party")]
    links = {"do": "add_links", "on": "2026-04-01", "units": pair, "rate": 20}
    asked = play(ask(office, by="a", unit="a", what_ifs=[links], days=90).id)
    prepared = prepare(*experiments.find_start(asked), root=str(office.unit("a")))
    assert prepared.root != prepared.before.made.tree.ids[0] == "*", "the place has two roots"
    units, loops = run_log(prepared, seed=asked.seed, number=0, changed=True)
    seen = set(loops["debtor"].to_pylist())
    assert str(office.unit("a.party")) in seen, "it takes part"
    trace = simulate(prepared, seed=asked.seed, number=0, changed=True)
    own = [row for row in units.to_pylist() if row["id"] != str(office.unit("a.party"))]
    for table in (units, pa.Table.from_pylist(own, schema=units.schema)):  # with it, and the sub-tree by itself
        inside = [row for row in loops.to_pylist() if {row["creditor"], row["debtor"]} <= set(table["id"].to_pylist())]
        log = pa.Table.from_pylist(inside, schema=loops.schema)
        window = Parameters(draws=0, to_at=BEGINS + 90 * DAY)
        found = measure(table, log, window).figures()
        values = next(each.values for each in found if each.unit == str(office.unit("a")))
        for place, name in enumerate(FIGURES):
            if values[name] is None:
                assert np.isnan(trace.course[-1][place])
            else:
                assert abs(trace.course[-1][place] - values[name]) < 1e-9, name


def test_a_part_is_measured_as_the_observatory_measures_it_in_the_whole(office: Office) -> None:
    asked = play(ask(office, what_ifs=[], days=90).id)  # the whole city, and all that went on in it
    _, loops = run_log(prepare(*experiments.find_start(asked)), seed=1, number=0, changed=False)
    whole = find_office_government(NOW)
    for name in ("city", "a", "b"):
        part = actions.find_part(office.unit(name), at=NOW)
        assert part.units.num_rows < whole.units.num_rows or name == "city"
        inside = {*part.units["id"].to_pylist()}
        own = [row for row in loops.to_pylist() if {row["creditor"], row["debtor"]} <= inside]
        here = measured_of(part.units, pa.Table.from_pylist(own, schema=loops.schema), office.unit(name))
        there = measured_of(whole.units, loops, office.unit(name))
        for figure in FIGURES:
            assert here[figure] == pytest.approx(there[figure], abs=1e-9), (name, figure)
        assert here["V_territorial"] is not None


def test_a_list_shows_what_one_may_see(office: Office) -> None:
    ask(office)
    own = ask(office, by="a", unit="a", what_ifs=[])
    assert [one.unit for one in actions.list_experiments(office.by("a"), at=NOW)] == [own.unit]
    assert len(actions.list_experiments(office.by("city"), at=NOW)) == 2
    assert actions.list_experiments(office.by("b"), at=NOW) == []
    with pytest.raises(NotYours):
        actions.verify_may_see_experiment(office.by("b"), own.id, at=NOW)
    with pytest.raises(NoSuchExperiment):
        actions.verify_may_see_experiment(office.by("b"), uuid4(), at=NOW)


def test_a_run_opens_as_the_tables_of_a_study(office: Office) -> None:
    asked = ask(office)
    (first, window), (again, _) = (actions.find_run_tables(asked) for _ in range(2))
    assert first.loops.equals(again.loops)
    assert first.loops.num_rows > 0
    prepared = experiments.find_prepared(asked)
    shown = dict(zip(FIGURES, simulate(prepared, seed=asked.seed, number=0, changed=True).course[-1], strict=True))
    study = {one.unit: one for one in measure(first.units, first.loops, window).figures()}[str(asked.unit)]
    for name in ("V", "H"):  # the study says of the unit what the page of the result says
        assert shown[name] == pytest.approx(study.values[name], abs=1e-9)
    told = actions.find_provenance(asked)
    assert told["basis"] == "assumed"
    assert set(told["digests"]) == {"units", "scenario"}
