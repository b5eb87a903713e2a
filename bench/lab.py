"""The lab's engine: entries a second, many what-ifs, a country of units; and two known models beside Mesa's own.

Mesa runs its own example models, activation alone, without collecting data; ours keep the same rules (bench/models.py),
and before speed is told both must come to the same distribution.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.harness import Bench
from bench.models import make_segregation, make_wealth
from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab.rules.composing import Composed, compose
from yunzhang.governance.lab.rules.engine import Outcome, Setting, Stage
from yunzhang.governance.lab.rules.engine import run as run_engine
from yunzhang.governance.lab.rules.engine.parts import wire
from yunzhang.governance.lab.rules.scenarios import read_scenario
from yunzhang.governance.lab.rules.simulating import Prepared, prepare, simulate
from yunzhang.governance.lab.terms import ANY_LEVEL, Behaviour, Pace
from yunzhang.governance.observatory.rules.planted_place import plant_tree

LINE = ("territorial directive", "territorial report")
TREE, COUNTRY = (10, 5), (10, 6)  # branches, levels: 111,111 and 1,111,111 units
SMALL_TREE, SMALL_COUNTRY = (10, 4), (10, 5)
DAYS, RUNS, WHAT_IF_DAYS = 60, 1000, 500
AGENTS, WIDE, HIGH, STEPS = 100_000, 500, 250, 4
SAME = 0.01  # two runs of 100,000 agents differ by a few thousandths
WHAT_IFS = {
    "title": "三项措施",
    "begins": "2027-01-01",
    "days": WHAT_IF_DAYS,
    "what_ifs": [
        {"do": "sign_agreement", "on": "2027-04-01", "units": ["u1", "u2", "u3"]},
        {"do": "set_meetings", "on": "2027-04-01", "every": 14},
        {"do": "vacate_post", "on": "2027-06-01", "until": "2027-09-01", "units": ["u4"]},
    ],
}


def run(bench: Bench) -> None:
    """Tell the engine's figures, then those beside Mesa."""
    quick = bench.scale < 1
    tell_events(bench, SMALL_TREE if quick else TREE)
    tell_what_ifs(bench, int(RUNS * bench.scale))
    tell_country(bench, SMALL_COUNTRY if quick else COUNTRY)
    tell_wealth(bench, int(AGENTS * bench.scale))
    tell_segregation(bench, bench.scale)


def behave(*relations: str, rate: float = 4.0) -> Behaviour:
    """Return units that fill up and forget: queues, attention and its refresh are at work in every figure."""
    paces = {(name, ANY_LEVEL): Pace(rate, 0.7) for name in relations}
    return Behaviour(paces, capacity=4, attention=0.6, halves_in=60, refresh=0.2, partners=1)


def play(made: Composed, days: int) -> tuple[Outcome, int]:
    """Run a government for some days, every matter written as a row; return what it came to, and the rows."""
    written = 0

    def sink(rows: np.ndarray) -> None:
        nonlocal written
        written += len(rows)

    stage = Stage(0, wire(made.backbone), made.flows, made.units)
    outcome = run_engine(Setting(made.backbone, (stage,), days=days), seed=1, sink=sink)
    return outcome, written


def tell_events(bench: Bench, tree: tuple[int, int]) -> None:
    """Tell entries a second on one core: a matter opened, a matter ended; every matter is written as a row."""
    for name, relations, aim in (
        ("entries a second, the line down and back", LINE, "≥ 3e6"),
        ("  the same with matters between sisters", (*LINE, "region"), ""),
    ):
        made = compose(plant_tree(*tree), behave(*relations))
        play(made, 2)  # compiles
        seconds = bench.times(lambda made=made: play(made, DAYS))  # type: ignore[misc]
        outcome, written = play(made, DAYS)
        assert written == outcome.ended == outcome.opened
        if aim:
            bench.figure("units", made.tree.count, f"with {len(made.flows.rate)} flows, {DAYS} days")
        bench.figure(name, outcome.events / statistics.median(seconds), "per s and core", aim=aim)


def tell_what_ifs(bench: Bench, runs: int) -> None:
    """Tell the seconds of many runs of one scenario on all cores, V and H of every place measured in each."""
    units = plant_tree(5, 5)
    prepared = prepare(units, behave(*LINE, "region", rate=1.0), read_scenario(WHAT_IFS, units=units))
    played: list[float] = []
    side_by_side(lambda number: played.append(what_if(prepared, number)), range(2))
    started = time.perf_counter()
    side_by_side(lambda number: played.append(what_if(prepared, number)), range(runs))
    seconds = time.perf_counter() - started
    assert len(set(played)) > runs / 2, "runs of different numbers must differ"
    name = f"{runs} what-if runs, {prepared.units} units × {WHAT_IF_DAYS} days, V and H"
    bench.figure(name, seconds, f"s on {os.cpu_count()} cores", aim="≤ 180 for 1,000 on 2 cores")
    bench.figure("  each a core", seconds * (os.cpu_count() or 1) / runs, "s")


def what_if(prepared: Prepared, number: int) -> float:
    """Run one what-if and return V at its end."""
    return float(simulate(prepared, seed=1, number=number, changed=True).course[-1, 0])


def tell_country(bench: Bench, tree: tuple[int, int]) -> None:
    """Tell days a second of a country and the largest memory, in a process of its own."""
    words = [sys.executable, "-c", f"from bench.lab import country; country{tree}"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    units, laid, ticks, events, memory = (float(word) for word in told)
    bench.figure("units of a country", units, f"laid out in {laid:.0f} s")
    bench.figure("  days a second, on one core", ticks, "per s", aim="≥ 2")
    bench.figure("  entries a second", events, "per s")
    bench.figure("  largest memory", memory, "MB", aim="≤ 4096")


def country(branch: int, depth: int) -> None:
    """Print units, seconds until laid out, days and entries a second, and this process's largest memory in MB."""
    started = time.perf_counter()
    made = compose(plant_tree(branch, depth), behave(*LINE, "region", rate=2.0))
    laid = time.perf_counter() - started
    play(made, 1)
    started = time.perf_counter()
    outcome, _ = play(made, DAYS)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(made.tree.count, laid, DAYS / seconds, outcome.events / seconds, memory)


# ---- beside Mesa


def tell_wealth(bench: Bench, agents: int) -> None:
    """Tell how many times Mesa's agent-steps a second ours are: Boltzmann wealth, shuffled activation in both."""
    from mesa.examples.basic.boltzmann_wealth_model.model import BoltzmannWealth

    wide, high = _grid(agents)
    theirs = BoltzmannWealth(agents, wide, high, seed=1)
    _wealth_step(theirs)  # neighbourhoods are laid out in the first step
    slow = paced(lambda: _wealth_step(theirs), STEPS)
    make_wealth(100, 10, 10, 1).step()
    ours = make_wealth(agents, wide, high, 1)
    ours.step()
    quick = paced(ours.step, STEPS)
    assert same(ours.gini(), theirs.compute_gini(), agents), (ours.gini(), theirs.compute_gini())
    quick = [*quick, *paced(ours.step, 50)]
    tell_pair(bench, "Boltzmann", agents, quick, slow, aim="≥ 200 at 100,000")


def _wealth_step(model: object) -> None:
    model.agents.shuffle_do("step")  # type: ignore[attr-defined]


def tell_segregation(bench: Bench, scale: float) -> None:
    """Tell the same of Schelling's segregation; both begin anew with each four steps, when many are unhappy."""
    from mesa.examples.basic.schelling.model import Schelling

    high = int(HIGH * scale)
    theirs = Schelling(height=high, width=WIDE, density=0.8, minority_pc=0.5, homophily=0.4, seed=1)
    agents = len(theirs.agents)
    slow = paced(lambda: _segregation_step(theirs), STEPS)
    make_segregation(10, 10, 1).step()
    quick = []
    for seed in range(1, 11):
        ours = make_segregation(WIDE, high, seed)
        quick += paced(ours.step, STEPS)
    happy = theirs.happy / agents
    assert same(float(ours.happy.mean()), happy, agents), (ours.happy.mean(), happy)
    tell_pair(bench, "Schelling", agents, quick, slow, aim="≥ 400 at 100,000")


def _segregation_step(model: object) -> None:
    model.happy = 0  # type: ignore[attr-defined]
    model.agents.shuffle_do("step")  # type: ignore[attr-defined]
    model.agents.do("assign_state")  # type: ignore[attr-defined]


def _grid(agents: int) -> tuple[int, int]:
    # about a cell an agent, as the example begins
    high = int(agents**0.5)
    return -(-agents // high), high


def same(ours: float, theirs: float, agents: int) -> bool:
    """Return whether two runs agree as two of the same model would: within a few of their standard errors."""
    return abs(ours - theirs) < SAME * max(1.0, (AGENTS / agents) ** 0.5)


def paced(step: Callable[[], object], steps: int) -> list[float]:
    """Return the seconds of one core that each step takes, whatever else the machine does."""
    seconds = []
    for _ in range(steps):
        started = time.process_time()
        step()
        seconds.append(time.process_time() - started)
    return seconds


def tell_pair(bench: Bench, name: str, agents: int, ours: list[float], theirs: list[float], *, aim: str) -> None:
    """Tell both speeds and their ratio; medians of steps."""
    import mesa

    quick, slow = (agents / statistics.median(each) for each in (ours, theirs))
    bench.figure(f"{name}, {agents} agents: ours", quick, "agent-steps per s")
    bench.figure(f"  Mesa {mesa.__version__}", slow, "agent-steps per s")
    bench.ratio("  ours / Mesa", quick, slow, aim=aim)
