"""Rhythm counts superiors' official acts alone; drift is rarely told without drift, and is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.observatory.logs import UNIT, table
from yunzhang.governance.observatory.rules.drift import Workload, find_drift
from yunzhang.governance.observatory.rules.logged_acts import acts_of_loops
from yunzhang.governance.observatory.rules.rhythm import Settings, entropy, find_rhythm, read_acts
from yunzhang.governance.observatory.rules.tree import read_tree

BEGINS = datetime(2026, 1, 5, 1, tzinfo=UTC)
LAST = 20_600  # 2026-05-27
MOMENT = pa.timestamp("us", tz="UTC")


def tree():
    units = [{"id": "1", "kind": "government"}] + [
        {"id": f"{k}", "parent": "1", "kind": "government", "jurisdiction": f"{k}"} for k in range(2, 6)
    ]
    return read_tree(table([*units, {"id": "9", "kind": "citizen"}], UNIT))


def acts(*rows):
    names = ("at", "verb", "request", "subject", "programme", "debtor", "axis", "relation", "authority", "due_at")
    facts = {"axis": "vertical", "relation": "territorial", "authority": "", "due_at": None}
    full = [facts | {"subject": row["request"]} | row for row in rows]
    columns = {name: [row[name] for row in full] for name in names}
    kinds = {"at": MOMENT, "due_at": MOMENT}
    return pa.table({name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()})


def row(verb, request, debtor="2", programme="甲", days=0, **more):
    return {"at": BEGINS + timedelta(days=days), "verb": verb, "request": request, "debtor": debtor} | {
        "programme": programme,
        **more,
    }


def rhythm(rows, stop=(0, 5)):
    found = read_acts(acts(*rows), tree(), LAST)
    working = np.arange(LAST - 700, LAST + 1)
    return find_rhythm(found, stop, last_month=12 * 56 + 4, working=working, recorded={}, settings=Settings(), known={})


def test_one_act_key_is_one_act_however_many_it_asks():
    found = rhythm([row("opened", "r1", debtor=str(unit)) for unit in range(2, 6)] + [row("urged", "r2", days=40)])
    assert found.acts.sum() == 2
    assert found.verbs == {"opened": 1, "urged": 1}
    assert [int(count) for count in found.acts[0, -5:]] == [1, 1, 0, 0, 0]


def test_what_those_below_do_is_no_push():
    answers = [row(verb, f"a{n}") for n, verb in enumerate(("signed", "answered", "progress_reported", "objected"))]
    assert rhythm([row("opened", "r1"), *answers]).acts.sum() == 1


def test_a_sub_tree_counts_what_is_owed_inside_it():
    rows = [row("opened", "r1", debtor="2"), row("opened", "r2", debtor="3")]
    assert rhythm(rows, stop=(1, 2)).acts.sum() == 1
    assert rhythm(rows).acts.sum() == 2


def test_plan_counts_matters_falling_due_by_the_month_of_their_last_day():
    midnight = datetime(2026, 3, 31, 16, tzinfo=UTC)  # 24:00 of the last of March, there
    found = rhythm([row("opened", "r1", due_at=midnight), row("opened", "r1", debtor="3", due_at=midnight)])
    assert found.plan[0].tolist()[-5:] == [0, 0, 2, 0, 0]


def test_demand_is_missing_without_any_and_counted_where_there_is():
    assert rhythm([row("opened", "r1")]).demand is None
    asked = row("opened", "c1", axis="horizontal", relation="society", days=3)
    found = rhythm([row("opened", "r1"), asked])
    assert found.demand is not None
    assert found.demand.sum() == 1
    assert found.acts.sum() == 1


def test_months_without_acts_have_no_entropy():
    found = rhythm([row("opened", "r1"), row("opened", "r2", programme="乙")])
    assert found.entropy[-5] == 1.0
    assert found.entropy[:-5] + found.entropy[-4:] == [None] * 11


@given(st.lists(st.integers(0, 50), min_size=2, max_size=8))
def test_entropy_lies_between_0_and_1_and_is_missing_without_acts(counts):
    found = entropy(np.array(counts))
    assert (found is None) == (sum(counts) == 0)
    assert found is None or 0 <= found <= 1 + 1e-12


def work(rng, programmes, *, neglected=None, documents=40):
    """Documents of any size whose matters get acts alike, but for one programme's."""
    plan = rng.geometric(0.1, documents)
    programme = rng.integers(0, programmes, documents)
    rate = np.where(programme == neglected, 0.1, 2.5)
    return Workload(programme, plan, rng.poisson(rate * plan * rng.gamma(4, 0.25, documents)), programmes)


def test_drift_is_rarely_told_of_logs_without_drift_and_mostly_of_those_with_it():
    rng = np.random.default_rng(7)
    told = [find_drift(work(rng, 6), settings=Settings()) for _ in range(200)]
    assert sum(bool(one.lagging) for one in told) <= 16  # 5 % nominal, 8 % at most
    planted = [find_drift(work(rng, 4, neglected=2), settings=Settings()) for _ in range(50)]
    assert sum([number for number, _ in one.lagging] == [2] for one in planted) >= 40


def test_drift_shares_add_up_and_few_documents_tell_nothing():
    few = find_drift(work(np.random.default_rng(1), 3, documents=6), settings=Settings())
    assert not few.is_told
    assert not few.lagging
    assert abs(sum(few.plan) - 1) + abs(sum(few.acts) - 1) < 1e-9
    assert find_drift(Workload(np.zeros(0, int), np.zeros(0), np.zeros(0), 3), settings=Settings()).distance is None


def test_a_study_has_rhythm_from_its_openings():
    columns = ("loop", "kind", "creditor", "debtor", "opened_at", "due_at", "programme")
    loops = [
        {"loop": f"l{n}", "kind": kind, "creditor": upper, "debtor": lower, "opened_at": day, "programme": "甲"}
        for n, (kind, upper, lower, day) in enumerate([
            ("directive", "1", "2", "2026-03-02"), ("directive", "1", "3", "2026-03-02"),
            ("report", "1", "2", "2026-03-02"), ("consult", "2", "3", "2026-03-03"), ("appeal", "9", "2", "2026-04-01"),
        ])
    ]  # fmt: skip
    found = read_acts(acts_of_loops(table(loops, columns), tree()), tree(), LAST)
    assert len(found.node) == 2, "a report, a sister's and a citizen's matter are no push"
    assert len(np.unique(found.act)) == 1
    assert found.outside_month.tolist() == [12 * 56 + 3]
