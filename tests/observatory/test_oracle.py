"""The measure agrees with the slow oracle to 1e-9 on small organisations and logs, nasty ones among them."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observatory.logs import LOOP, MOMENTS, UNIT, dues_of, loops_of, needs_of, organisations, table
from tests.observatory.oracle import PARTS, Oracle
from yunzhang.governance.observatory.rules import measure, moment
from yunzhang.governance.observatory.terms import COVERS, FIGURES, Parameters

SUBSETS = list(chain.from_iterable(combinations(PARTS, size) for size in range(1, 5)))


def close(ours, theirs):
    return (ours is None) == (theirs is None) and (ours is None or abs(ours - theirs) <= 1e-9)


@st.composite
def cases(draw):
    units = draw(organisations())
    loops = draw(loops_of(units))
    need = draw(st.one_of(st.none(), needs_of(units)))
    due = draw(st.one_of(st.none(), dues_of(units)))
    window = (draw(st.sampled_from([None, *MOMENTS[:4]])), draw(st.sampled_from([None, *MOMENTS[5:]])))
    options = {
        "window": window,
        "as_of": draw(st.sampled_from([None, None, *MOMENTS[4:]])),
        "term": draw(st.sampled_from([30, 3, 0.5])),
        "tau": draw(st.sampled_from([4.0, 4.0, 0.0, 0.7])),
        "parts": draw(st.sampled_from([tuple(PARTS), *SUBSETS])),
        "covers": draw(st.one_of(st.none(), st.lists(st.sampled_from(COVERS), unique=True).map(tuple))),
        "weights": draw(st.sampled_from([(1, 1, 1, 1), (3, 1, 0.5, 2), (0, 1, 0, 0)])),
        "programme": draw(st.sampled_from(["", "", "信访", "nobody"])),
    }
    return units, loops, need, due, options


def measured(units, loops, need, due, options):
    at = {
        name: None if text is None else moment(text, bare=bare, name=name)
        for name, text, bare in (
            ("from_at", options["window"][0], "start"),
            ("to_at", options["window"][1], "end"),
            ("as_of", options["as_of"], "end"),
        )
    }
    if at["from_at"] is not None and at["to_at"] is not None and at["from_at"] >= at["to_at"]:
        at["from_at"], options["window"] = None, (None, options["window"][1])
    parameters = Parameters(
        **at,
        term_days=options["term"],
        tau=options["tau"],
        parts=options["parts"],
        covers=options["covers"],
        weights=options["weights"],
        programme=options["programme"],
        draws=0,
    )
    return measure(
        table(units, UNIT),
        table(loops, LOOP),
        parameters,
        need=None if need is None else table(need, ("a", "b", "matters")),
        due=None if due is None else table(due, ("creditor", "debtor", "kind", "count")),
    )


@settings(max_examples=400, deadline=None)
@given(cases())
def test_agrees_with_the_oracle(case):
    units, loops, need, due, options = case
    ours = measured(*case)
    for raw in (False, True):
        oracle = Oracle(units, loops, need or (), due or (), **(options | ({"tau": 0.0} if raw else {})))
        expected = oracle.figures()
        found = ours.figures()
        assert [figures.unit for figures in found] == list(expected)
        for figures in found:
            theirs = expected[figures.unit]
            assert (figures.loops, figures.units, figures.level) == tuple(
                theirs[k] for k in ("loops", "units", "level")
            )
            assert figures.coverage["reports_asked"] == theirs["reports"]
            values = figures.raw if raw else figures.values
            assert all(close(values[name], theirs[name]) for name in FIGURES), (figures.unit, values, theirs)
        assert {name: n for name, n in ours.threads.set_aside.items() if n} == dict(oracle.aside)
        assert set(ours.parameters.covers) == oracle.covers


@settings(max_examples=40, deadline=None)
@given(cases())
def test_gains_are_what_the_figure_rises_by(case):
    ours = measured(*case)
    for root in ours.tree.inner:
        [figures] = ours.figures(np.array([root]))
        for gain in ours.edge_gains(int(root)):
            assert 0 < gain.gain <= 1 - figures.values["V"] + 1e-9
        total = sum(gain.gain for gain in ours.block_gains(int(root)))
        if figures.values["H"] is not None:
            assert abs(total - (1 - figures.values["H"])) < 1e-9
