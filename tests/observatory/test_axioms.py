"""The axioms of design §5 as properties: pooled A1-A5, A8-A10, A12; with tau 0 also A6, A7, A11."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, UNIT, loops_of, organisations, table
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.vertical import columns, edge_values
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


def one_more(case, *, vertical, tau, **more):
    """Figures of a log, and of the same with one more loop between two who stand so to each other; or None."""
    units, loops, rng = case
    pair = pair_of(units, rng, vertical=vertical)
    if pair is None:
        return None
    debtor, creditor = pair
    kind = rng.choice(["directive", "report"]) if vertical else "consult"
    return figures(units, loops, tau=tau), figures(units, [*loops, row("new", kind, creditor, debtor, **more)], tau=tau)


@few
@given(organisation_with_log(), st.booleans(), st.sampled_from([4.0, 0.0]))
def test_a1_a_loop_completed_in_time_never_lowers(case, vertical, tau):
    both = one_more(case, vertical=vertical, tau=tau)
    for unit, old in (both or [{}])[0].items():
        name = "V" if vertical else "H"
        assert old.values[name] is None or both[1][unit].values[name] >= old.values[name] - 1e-12


@few
@given(organisation_with_log(), st.booleans(), st.sampled_from([4.0, 0.0]))
def test_a2_a_due_loop_left_open_never_raises(case, vertical, tau):
    both = one_more(case, vertical=vertical, tau=tau, closed_at="", outcome="open")
    for unit, old in (both or [{}])[0].items():
        name = "V" if vertical else "H"
        assert old.values[name] is None or both[1][unit].values[name] <= old.values[name] + 1e-12


@few
@given(organisation_with_log(), st.booleans(), st.sampled_from([4.0, 0.0]), st.booleans())
def test_a3_the_axes_leave_each_other_alone(case, vertical, tau, is_open):
    late = {"closed_at": "", "outcome": "open"} if is_open else {}
    both = one_more(case, vertical=vertical, tau=tau, **late)
    for unit, old in (both or [{}])[0].items():
        name = "H" if vertical else "V"
        assert both[1][unit].values[name] == old.values[name]


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


def tree_of(branch, depth, kind="government"):
    """A government with `branch` units of a kind below each unit, `depth` levels."""
    units = [{"id": "u", "parent": "", "guided_by": "", "kind": "government", "jurisdiction": ""}]
    for unit in units:
        if len(unit["id"]) <= depth:
            units += [units[0] | {"id": f"{unit['id']}{k}", "parent": unit["id"], "kind": kind} for k in range(branch)]
    return units


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


@st.composite
def trees_with_log(draw):
    units = tree_of(
        draw(st.integers(2, 3)), draw(st.integers(1, 2)), draw(st.sampled_from(["government", "department"]))
    )
    rng = draw(st.randoms(use_true_random=False))
    sisters = [(a["id"], b["id"]) for a in units for b in units if a["id"] < b["id"] and a["parent"] == b["parent"]]
    ends = [(kind, u["parent"], u["id"]) for u in units if u["parent"] for kind in ("directive", "report")]
    ends += [("consult", a, b) for a, b in sisters if a != "u"]
    loops = [
        row(f"{number}", *rng.choice(ends), outcome=rng.choice(["met", "late"]), closed_at="") for number in range(40)
    ]
    return units, loops


def copied(units, loops, times):
    """Every branch of the root `times` over, each copy with the loops of its own."""
    new_units, new_loops = [units[0]], []
    for turn in range(times):
        name = {u["id"]: u["id"] if u["id"] == "u" else f"{u['id']}-{turn}" for u in units} | {"": ""}
        new_units += [u | {"id": name[u["id"]], "parent": name[u["parent"]]} for u in units[1:]]
        new_loops += [
            r | {"loop": f"{r['loop']}-{turn}", "creditor": name[r["creditor"]], "debtor": name[r["debtor"]]}
            for r in loops
        ]
    return new_units, new_loops


@few
@given(trees_with_log(), st.integers(2, 3))
def test_a6_raw_copies_of_branches_and_of_counts_change_nothing(case, times):
    units, loops = case
    parts = ("department", "region")
    before = figures(units, loops, tau=0, parts=parts)["u"].values
    wide = figures(*copied(units, loops, times), tau=0, parts=parts)["u"].values
    more = [r | {"loop": f"{r['loop']}-{turn}"} for r in loops for turn in range(times)]
    asked = {(r["kind"] == "report", r["debtor"]) for r in loops if r["kind"] != "consult"}
    often = figures(units, more, tau=0, parts=parts)["u"].values
    for name in ("V", "H", "H_department", "H_region"):
        assert wide[name] == pytest.approx(before[name], abs=1e-12)
    if len(asked) == 2 * (len(units) - 1):  # a silent edge or block stays at one due however often the others are asked
        assert often["V"] == pytest.approx(before["V"], abs=1e-12)


@few
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 4))
def test_a7_raw_a_level_of_the_same_fidelity_changes_nothing(branch, depth, met):
    raw = [figures(units, edge_loops(units, met, 4), tau=0)["u"].values["V"] for units in trees(branch, depth)]
    assert raw == pytest.approx([met / 4] * 2, abs=1e-12)


def trees(branch, depth):
    return [tree_of(branch, depth), tree_of(branch, depth + 1)]


@few
@given(organisation_with_log())
def test_a10_v_is_a_sum_over_branches(case):
    units, loops, _ = case
    measured = measure(table(units, UNIT), table(loops, LOOP), Parameters(**FIXED))
    tree, lines = measured.tree, measured.charged.lines
    for root in tree.inner.tolist():
        branches = [node for node in range(root + 1, tree.end[root]) if tree.parent[node] == root]
        terms, count = [0.0] * len(branches), 0
        for line in lines:
            values = np.zeros(tree.count)
            edge_values(root, tree.end[root], tree.depth, *columns(line), 4.0, values)
            for number, branch in enumerate(branches):
                for x in range(branch, tree.end[branch]):
                    path = path_of(line.up, root, tree.end[root], x)
                    count += bool(path)
                    terms[number] += np.prod(values[path]) ** (1 / len(path)) if path else 0.0
        value = measured.figures(np.array([root]))[0].values["V"]
        assert (value is None) == (count == 0)
        assert value is None or value == pytest.approx(sum(terms) / count, abs=1e-12)


def path_of(up, root, stop, x):
    path = []
    while root <= up[x] < stop:
        path.append(x)
        x = up[x]
    return path


@few
@given(st.data(), st.integers(2, 3), st.integers(1, 3))
def test_a11_raw_a_stalled_edge_stops_its_own_sub_tree_alone(data, branch, depth):
    units = tree_of(branch, depth)
    stalled = data.draw(st.sampled_from([u["id"] for u in units[1:]]))
    found = figures(units, [r for r in edge_loops(units, 1, 1) if r["debtor"] != stalled], tau=0)
    for unit, each in found.items():
        below = [u["id"] for u in units if u["id"].startswith(unit) and u["id"] != unit]
        whole = [u for u in below if not (stalled.startswith(unit) and unit != stalled and u.startswith(stalled))]
        assert each.values["V"] == pytest.approx(len(whole) / len(below), abs=1e-12)


@few
@given(organisation_with_log(), st.integers(0, 80))
def test_a12_counts_of_two_windows_add(case, day):
    units, loops, _ = case
    cut = 1_767_196_800_000_000 + day * 86_400_000_000
    whole, first, second = (
        measure(table(units, UNIT), table(loops, LOOP), Parameters(**(FIXED | window)))
        for window in ({}, {"to_at": cut}, {"from_at": cut})
    )
    for line in range(2):
        for name in ("s", "asked"):
            sums = [getattr(m.charged.lines[line], name) for m in (first, second)]
            assert (sum(sums) == getattr(whole.charged.lines[line], name)).all()
    for name in ("met", "asked"):
        sums = [getattr(m.charged.pairs, name).sum() for m in (first, second)]
        assert sum(sums) == getattr(whole.charged.pairs, name).sum()
