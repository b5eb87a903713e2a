"""H_null against a slow one written from the contract's sentence, on the oracle of the measure."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest

from tests.observatory.logs import LOOP, UNIT, table
from tests.observatory.oracle import Oracle
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import Plan, plant, plant_place, rates_of
from yunzhang.governance.observatory.terms import Mode, Parameters

NEED = ("a", "b", "matters")


def slow_null(units, loops, need, root, draws):
    """H of each draw: every asked pair's threads go to one of the sisters' pairs of its part and depth."""
    plain, whole = Oracle(units, loops), Oracle(units, loops, need)
    members = set(whole.sub(root))
    want = {}
    for row in need:
        where = whole.place(row["a"], row["b"], "")
        if where[0] in ("department", "region"):
            want[where] = want.get(where, 0.0) + row["matters"]
    like = {}
    for superior in members:
        for a, b in combinations([x for x in whole.parent if whole.parent[x] == superior], 2):
            part = "region" if whole.is_gov(a) and whole.is_gov(b) else "department"
            like.setdefault((part, len(whole.up(superior))), []).append((part, frozenset((a, b)), superior))
    stays = {key: value for key, value in whole.pairs.items() if key[2] is None or key[2] not in members}
    moves = [(key, value) for key, value in plain.pairs.items() if key[2] in members]
    rng, found = random.Random(5), []
    for _ in range(draws):
        met, asked = {}, {}
        for key, (f, n) in moves:
            to = rng.choice(like[key[0], len(whole.up(key[2]))])
            met[to], asked[to] = met.get(to, 0.0) + f, asked.get(to, 0.0) + n
        keys = {*met, *(key for key in want if key[2] in members)}
        there = {key: (met.get(key, 0.0), max(asked.get(key, 0.0), want.get(key, 0.0))) for key in keys}
        whole.pairs = stays | {key: value for key, value in there.items() if value[1] > 0}
        found.append(whole.h(root)[0])
    return np.array(found)


@pytest.mark.parametrize("with_need", [False, True])
def test_agrees_with_a_slow_one(with_need):
    units = plant_place(counties=2, departments=3, towns=3, enterprises=2, citizens=2, organisations=0)
    planted = plant(units, Plan(rates_of(Mode.COOPERATIVE), events=2, partners=1, seed=4))
    need = [{"a": "c0.1", "b": "c0.2", "matters": 3}, {"a": "c0.1", "b": "c0.3", "matters": 1}] if with_need else []
    rows = [{name: "" if value is None else value for name, value in row.items()} for row in planted.loops.to_pylist()]
    text = [
        row | {name: row[name] and row[name].isoformat() for name in ("opened_at", "due_at", "closed_at")}
        for row in rows
    ]
    asked = table(need, NEED) if need else None
    measured = measure(table(units.to_pylist(), UNIT), table(text, LOOP), Parameters(draws=2000), need=asked)
    figures = {each.unit: each for each in measured.figures()}
    for root in ("c0", "c0-1"):
        slow = slow_null(units.to_pylist(), text, need, root, 400)
        error = np.sqrt(slow.std() ** 2 / len(slow) + slow.std() ** 2 / 2000)
        assert abs(figures[root].null["H"] - slow.mean()) <= 4 * error + 1e-12
        assert figures[root].excess == figures[root].values["H"] - figures[root].null["H"]


def test_a_circle_of_friends_exceeds_what_its_level_explains():
    units = plant_place(counties=1, departments=10, towns=0, enterprises=0, citizens=0, organisations=0, provinces=0)
    plan = Plan({"territorial directive": 0.9, "department": 0.9}, events=4, partners=1)
    planted = plant(units, plan)
    [top] = measure(units, planted.loops, Parameters(parts=("department",))).figures(np.zeros(1, np.int64))
    assert top.excess > 0.02  # round the table every body has its partners; threads thrown anywhere leave some without
    nobody = measure(units, planted.loops.filter(np.zeros(planted.loops.num_rows, bool)), Parameters(to_at=2**60))
    assert [each.excess for each in nobody.figures()] == [0.0, 0.0]
