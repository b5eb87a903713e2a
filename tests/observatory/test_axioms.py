"""The axioms of design §5 as properties: pooled A1-A5, A8-A10, A12; with tau 0 also A6, A7, A11."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, organisations, table
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.terms import COVERS, FIGURES, Parameters

FIXED = {"to_at": 2_000_000_000_000_000, "draws": 0, "covers": COVERS}
few = settings(max_examples=40, deadline=None)
DONE = {"opened_at": "2026-01-01", "due_at": "2026-01-20", "closed_at": "2026-01-10", "outcome": "met"}


def figures(units, loops, **more):
    measured = measure(table(units, UNIT), table(loops, LOOP), Parameters(**(FIXED | more)))
    return {each.unit: each for each in measured.figures()}


def row(loop, kind, creditor, debtor, **more):
    return {"loop": loop, "kind": kind, "creditor": creditor, "debtor": debtor} | DONE | more


@st.composite
def organisation_with_log(draw):
    units = draw(organisations(max_units=9))
    return units, draw(loops_of(units, max_rows=15)), draw(st.randoms(use_true_random=False))


def pair_of(units, rng, *, vertical):
    inside = [u for u in units if u["kind"] in ("government", "department")]
    parent = {u["id"]: u["parent"] for u in inside}
    if vertical:
        found = [(u, parent[u]) for u in parent if parent[u]]
    else:
        sisters = [(a, b) for a in parent for b in parent if a != b and parent[a] == parent[b]]
        guides = {u["id"]: u["guided_by"] for u in inside}
        found = [(a, b) for a, b in sisters if not guides[a] and not guides[b]]
    return rng.choice(found) if found else None


@few
@given(organisation_with_log(), st.booleans(), st.sampled_from([4.0, 0.0]))
def test_a1_a2_a3_one_more_loop(case, vertical, tau):
    units, loops, rng = case
    pair = pair_of(units, rng, vertical=vertical)
    if pair is None:
        return
    debtor, creditor = pair
    kind = rng.choice(["directive", "report"]) if vertical else "consult"
    before = figures(units, loops, tau=tau)
    closed = figures(units, [*loops, row("new", kind, creditor, debtor)], tau=tau)
    silent = figures(units, [*loops, row("new", kind, creditor, debtor, closed_at="", outcome="open")], tau=tau)
    moved, still = ("V", "H") if vertical else ("H", "V")
    for unit, old in before.items():
        if old.values[moved] is not None:
            assert closed[unit].values[moved] >= old.values[moved] - 1e-12
            assert silent[unit].values[moved] <= old.values[moved] + 1e-12
        assert closed[unit].values[still] == silent[unit].values[still] == old.values[still]


@few
@given(organisations(), st.sampled_from([4.0, 0.0]))
def test_a4_silence_is_nought(units, tau):
    for each in figures(units, [], tau=tau).values():
        assert each.values["V"] in (0.0, None)
        assert each.values["H"] == 0.0


@few
@given(organisations(max_units=8, several=False), st.sampled_from([4.0, 0.0]))
def test_a5_everything_closed_is_one(units, tau):
    inside = [u for u in units if u["kind"] in ("government", "department")]
    loops = [
        row(f"{kind}{u['id']}{k}", kind, u[up], u["id"])
        for u in inside
        for k, up in enumerate(("parent", "guided_by"))
        if u[up]
        for kind in ("directive", "report")
    ]
    loops += [row(f"s{a['id']}{b['id']}", "consult", a["id"], b["id"]) for a in inside for b in inside if a != b]
    for each in figures(units, loops, tau=tau, parts=("department", "region")).values():
        assert each.values["V"] == pytest.approx(1.0)
        if not any(u["guided_by"] for u in inside):  # a pair on a line has nothing lateral to close
            assert each.values["H"] is None or each.values["H"] == pytest.approx(1.0)


@few
@given(organisation_with_log())
def test_a8_names_do_not_matter(case):
    units, loops, rng = case
    ids = [u["id"] for u in units]
    name = dict(zip(ids, rng.sample([f"n{k}" for k in range(len(ids))], len(ids)), strict=True)) | {"": ""}

    def renamed(rows, *columns):
        return [r | {column: name.get(r[column], r[column]) for column in columns} for r in rows]

    before = figures(units, loops)
    after = figures(renamed(units, "id", "parent", "guided_by", "jurisdiction"), renamed(loops, "creditor", "debtor"))
    for unit, each in before.items():
        other = after[name.get(unit, unit)]
        assert all(
            (each.values[key] is None) == (other.values[key] is None)
            and (each.values[key] is None or each.values[key] == pytest.approx(other.values[key], abs=1e-12))
            for key in FIGURES
        )


@few
@given(organisation_with_log(), st.integers(2, 4))
def test_a9_a_thread_in_rows_is_one(case, times):
    units, loops, rng = case
    more = [r for r in loops for _ in range(times)]
    rng.shuffle(more)
    before, after = figures(units, loops), figures(units, more)
    assert [(u, e.values) for u, e in before.items()] == [(u, e.values) for u, e in after.items()]


def chain(length):
    return [
        {"id": f"u{k}", "parent": f"u{k - 1}" if k else "", "guided_by": "", "kind": "government", "jurisdiction": ""}
        for k in range(length)
    ]


def edge_loops(units, met, asked):
    return [
        row(
            f"{u['id']}{kind}{k}",
            kind,
            u["parent"],
            u["id"],
            **({} if k < met else {"closed_at": "", "outcome": "open"}),
        )
        for u in units
        if u["parent"]
        for kind in ("directive", "report")
        for k in range(asked)
    ]


def test_a6_a7_raw_copies_and_levels_change_nothing():
    star = [chain(1)[0]] + [chain(2)[1] | {"id": f"b{k}"} for k in range(3)]
    wide = star + [star[1] | {"id": f"c{k}"} for k in range(3)]
    raw = [figures(units, edge_loops(units, 3, 4), tau=0)["u0"].raw["V"] for units in (star, wide, chain(3), chain(4))]
    assert raw == pytest.approx([0.75] * 4)


def test_a11_raw_a_stalled_edge_stops_its_own_sub_tree_alone():
    units = [*chain(2), chain(2)[1] | {"id": "w"}, {"id": "w1", "parent": "w", "guided_by": "", "kind": "government"}]
    loops = [r for r in edge_loops(units, 2, 2) if r["debtor"] != "u1"]
    found = figures(units, loops, tau=0)
    assert found["u0"].raw["V"] == pytest.approx(2 / 3)
    assert found["w"].raw["V"] == 1.0


def test_a12_counts_of_two_windows_add():
    units = chain(3)
    loops = edge_loops(units, 1, 2) + [
        r | {"loop": f"x{r['loop']}", "due_at": "2026-02-20"} for r in edge_loops(units, 2, 3)
    ]
    both = measure(table(units, UNIT), table(loops, LOOP), Parameters(**FIXED))
    half = 1_770_000_000_000_000
    first = measure(table(units, UNIT), table(loops, LOOP), Parameters(**(FIXED | {"to_at": half})))
    second = measure(table(units, UNIT), table(loops, LOOP), Parameters(**(FIXED | {"from_at": half})))
    for line in range(2):
        sums = [m.charged.lines[line].s for m in (first, second)]
        assert (sum(sums) == both.charged.lines[line].s).all()
