"""March 1991 as a limit of the engine: one superior, everybody heard and told every day, no links, no landscape.

`known` is what the superior (the organisation's code) knows: dimensions right minus wrong, a share of all, -1..1.
"""

# ruff: noqa: PLR0917 - compiled loops take their arrays by position
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yunzhang.base.chance import mixed, uniform
from yunzhang.base.compiled import compiled, side_by_side
from yunzhang.governance.lab.rules.backbone import regular_tree
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import Contents, make_contents, worth
from yunzhang.governance.lab.rules.limits.checks import Check, Compared, Curve, Reference, above, below, near_all

MEMBERS, DIMENSIONS = 50, 30
BATCH = 30  # runs one core does at a time, so that progress can be told
RUNS = 1200  # of each case: the standard error of a cell is then at most 0.003
LONGEST = 100_000  # days after which a run that has not settled counts as it stands; none came near


@dataclass(frozen=True, slots=True)
class Case:
    """One setting of the model; `days` 0: until nobody can learn anything any more."""

    p_down: float
    p_up: float
    turnover: float = 0.0
    turbulence: float = 0.0
    days: int = 0
    gradual: bool = True


def play(
    cases: Sequence[Case], *, runs: int, seed: int, tell: Callable[[int, int], None] | None = None
) -> list[np.ndarray]:
    """Return for each case what is known [run, day], or [run, 1] where it runs until it settles.

    `tell` gets the runs done and the runs to do. Run r of any case has the r-th stream of the seed: cases are compared
    on the same beginnings. Source [S131], [S132].
    """
    found = [np.zeros((runs, max(case.days, 1))) for case in cases]
    for start in range(0, runs, BATCH):
        stop = min(start + BATCH, runs)

        def go(which: int, start: int = start, stop: int = stop) -> None:
            play_case(cases[which], found[which][start:stop], seed=seed, number=start)

        side_by_side(go, range(len(cases)))
        if tell is not None:
            tell(stop * len(cases), runs * len(cases))
    return found


def play_case(case: Case, known: np.ndarray, *, seed: int, number: int) -> None:
    """Write what is known into `known` [run, day], run 0 being run `number` of the seed."""
    tree = regular_tree(MEMBERS, 2)
    leaves = np.full(tree.count, case.turnover)
    leaves[0] = 0.0  # the code is no person
    contents = make_contents(
        np.zeros((tree.count, DIMENSIONS), np.int8),
        np.ones(DIMENSIONS, np.int8),
        p_down=case.p_down,
        p_up=case.p_up,
        turnover=leaves,
        turbulence=case.turbulence,
        gradual=case.gradual,
    )
    everybody, nobody, nowhere = np.ones(tree.count, np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.int32)
    starts = np.zeros(tree.count + 1, np.int64)
    _play(
        contents, everybody, nobody, tree.parent, tree.first, tree.kids, starts, nowhere, seed, number, known, case.days
    )


@compiled
def _play(
    contents: Contents,
    everybody: np.ndarray,
    nobody: np.ndarray,
    parent: np.ndarray,
    first: np.ndarray,
    kids: np.ndarray,
    link_start: np.ndarray,
    link_to: np.ndarray,
    seed: int,
    number: int,
    known: np.ndarray,
    days: int,
) -> None:
    state = np.empty(1, np.uint64)
    z, reality, heights = contents.z, contents.reality, contents.heights
    for run in range(len(known)):
        state[0] = mixed(seed, number + run)
        _begin(z, reality, state)
        day = 0
        while day < (days if days > 0 else LONGEST) and (days > 0 or not is_settled(z, reality)):
            learn(contents, everybody, everybody, nobody, nobody, parent, first, kids, link_start, link_to, state)
            if days > 0:
                known[run, day] = worth(z, 0, reality, heights)
            day += 1
        if days == 0:
            known[run, 0] = worth(z, 0, reality, heights)


@compiled
def _begin(z: np.ndarray, reality: np.ndarray, state: np.ndarray) -> None:
    # a code that believes nothing, members whose beliefs are right, wrong or none alike
    for dimension in range(len(reality)):
        reality[dimension] = 1 if uniform(state) < 0.5 else -1
        z[0, dimension] = 0
    for unit in range(1, len(z)):
        for dimension in range(len(reality)):
            z[unit, dimension] = int(uniform(state) * 3.0) - 1


@compiled
def is_settled(z: np.ndarray, reality: np.ndarray) -> bool:
    """Return whether all believe what the code does, on every dimension: then nobody can learn any more."""
    for dimension in range(len(reality)):
        if z[0, dimension] == 0:
            return False  # members that act by a coin may do better yet
    for unit in range(1, len(z)):
        for dimension in range(len(reality)):
            if z[unit, dimension] != z[0, dimension]:
                return False
    return True


def compare(
    published: Mapping[str, Reference],
    *,
    runs: int = RUNS,
    seed: int,
    tell: Callable[[int, int], None] | None = None,
) -> Compared:
    """Return our runs of the model beside the published ones, `runs` of each case; `tell` gets those done and all.

    Source [S131], [S132].
    """
    parts = [part(published) for part in (_table_cases, _one_step_cases, _turnover_cases, _turbulence_cases)]
    found = play([case for part in parts for case in part], runs=runs, seed=seed, tell=tell)
    table, one_step, turnover, turbulence = _split(found, [len(part) for part in parts])
    known = _last(table).reshape(len(published["march_known"].value["p2"]), -1)
    checks = [
        *_check_table(published, known, np.array([each.var() for each in table]).reshape(known.shape), runs),
        *_check_one_step(published, known, _last(one_step)),
        *_check_turnover(published["march_turnover"], _last(turnover)),
        *_check_turbulence(published["march_turbulence"], _last(turbulence)),
    ]
    return Compared(tuple(checks), _curves(published, known, turbulence))


def _table_cases(published: Mapping[str, Reference]) -> list[Case]:
    table = published["march_known"].value
    return [Case(p1, p2) for p2 in table["p2"] for p1 in table["p1"]]


def _one_step_cases(published: Mapping[str, Reference]) -> list[Case]:
    table = published["march_one_step"].value
    return [Case(table["p1"], p2, gradual=False) for p2 in table["p2"]]


def _turnover_cases(published: Mapping[str, Reference]) -> list[Case]:
    table = published["march_turnover"].value
    return [Case(p1, table["p2"], turnover=p3, days=table["days"]) for p1 in table["p1"] for p3 in table["p3"]]


def _turbulence_cases(published: Mapping[str, Reference]) -> list[Case]:
    table = published["march_turbulence"].value
    return [
        Case(table["p1"], table["p2"], turnover=p3, turbulence=table["p4"], days=table["days"]) for p3 in table["p3"]
    ]


def _split(found: list[np.ndarray], sizes: list[int]) -> list[list[np.ndarray]]:
    ends = np.cumsum(sizes)
    return [found[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _last(found: list[np.ndarray]) -> np.ndarray:
    return np.array([known[:, -1].mean() for known in found])


def _check_table(published: Mapping[str, Reference], known: np.ndarray, spread: np.ndarray, runs: int) -> list[Check]:
    cells, other = published["march_known"], published["march_known_300"]
    table = cells.value
    axes = {"p2": table["p2"], "p1": table["p1"]}
    error = spread * (1 / runs + 1 / other.value["runs"])
    off = float(np.mean((known - np.array(other.value["known"])) ** 2 / error))
    return [
        *near_all("march/known", axes, table["known"], known, within=table["within"], source=cells.source),
        below("march/known_300/mean square", other.value["high"], off, other.source, expected=1.0),
    ]


def _check_one_step(published: Mapping[str, Reference], known: np.ndarray, one_step: np.ndarray) -> list[Check]:
    whole, trap = published["march_known"].value, published["march_one_step"]
    table, source = trap.value, trap.source
    column = whole["p1"].index(table["p1"])
    gains = [known[whole["p2"].index(p2), column] - one_step[place] for place, p2 in enumerate(table["p2"])]
    return [
        *near_all(
            "march/one_step", {"p2": table["p2"]}, table["known"], one_step, within=table["within"], source=source
        ),
        *(
            above(f"march/gradual minus one_step/p2={p2}", 0.0, float(gain), source)
            for p2, gain in zip(table["p2"], gains, strict=True)
        ),
    ]


def _check_turnover(reference: Reference, known: np.ndarray) -> list[Check]:
    table, source = reference.value, reference.source
    known, expected = known.reshape(len(table["p1"]), -1), np.array(table["known"])
    axes = {"p1": table["p1"], "p3": table["p3"]}
    gains, wanted = (known[:, -1] - known[:, 0]).tolist(), (expected[:, -1] - expected[:, 0]).tolist()
    return [
        *near_all("march/turnover", axes, table["known"], known, within=table["within"], source=source),
        below("march/turnover/harms slow learners", 0.0, gains[0], source, expected=wanted[0]),
        above("march/turnover/helps fast learners", 0.0, gains[1], source, expected=wanted[1]),
    ]


def _check_turbulence(reference: Reference, known: np.ndarray) -> list[Check]:
    table, source = reference.value, reference.source
    gains, wanted = (known - known[0]).tolist(), table["known"]
    return [
        *near_all("march/turbulence", {"p3": table["p3"]}, wanted, known, within=table["within"], source=source),
        *(
            above(f"march/turbulence/turnover helps/p3={p3}", 0.0, gain, source, expected=want - wanted[0])
            for p3, gain, want in zip(table["p3"][1:], gains[1:], wanted[1:], strict=True)
        ),
    ]


def _curves(published: Mapping[str, Reference], known: np.ndarray, turbulence: list[np.ndarray]) -> tuple[Curve, ...]:
    table, moving = published["march_known"].value, published["march_turbulence"].value
    days = tuple(float(day + 1) for day in range(moving["days"]))
    return (
        *(
            Curve(f"march/known/p2={p2}", tuple(table["p1"]), tuple(known[row].tolist()), tuple(table["known"][row]))
            for row, p2 in enumerate(table["p2"])
        ),
        *(
            Curve(f"march/turbulence/p3={p3}", days, tuple(turbulence[place].mean(0).tolist()))
            for place, p3 in enumerate(moving["p3"])
        ),
    )
