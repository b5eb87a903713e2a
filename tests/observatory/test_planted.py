"""Planted organisations are found again: mode, range, and the gains that point where it was planted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest

from yunzhang.governance.observatory.rules import leader_gains, measure
from yunzhang.governance.observatory.rules.posterior import make_sampler
from yunzhang.governance.observatory.terms import Parameters

PLANTED = {"loose": (0.45, 0.40, 0.35), "authoritative": (0.92, 0.88, 0.35)} | {
    "cooperative": (0.45, 0.40, 0.88),
    "collaborative": (0.92, 0.88, 0.88),
}


def organisation():
    """A tree of governments, five below each, three levels: 156 units."""
    parents, level = [""], [0]
    for _ in range(3):
        first = len(parents)
        parents += [f"u{p}" for p in level for _ in range(5)]
        level = list(range(first, len(parents)))
    ids = [f"u{k}" for k in range(len(parents))]
    kinds = ["government"] * len(ids)
    return pa.table(
        {"id": ids, "parent": parents, "guided_by": [""] * len(ids), "kind": kinds, "jurisdiction": ids, "name": ids}
    )


def log(units, rng, rates, *, events=3):
    """Loops of that organisation: each edge and each pair of sisters has its own rate about the planted one."""
    down, up, lateral = rates
    ids, parents = units["id"].to_pylist(), units["parent"].to_pylist()
    sisters = [
        (a, b) for k, a in enumerate(ids) for j, b in enumerate(ids[:k]) if parents[k] and parents[k] == parents[j]
    ]
    asks = [
        (kind, p, c, rate)
        for c, p in zip(ids, parents, strict=True)
        if p
        for kind, rate in (("directive", down), ("report", up))
    ]
    asks += [("consult", a, b, lateral) for a, b in sisters]
    rows = []
    for kind, creditor, debtor, rate in asks:
        own = rng.beta(20 * rate, 20 * (1 - rate))
        rows += [(kind, creditor, debtor, "met" if rng.random() < own else "late") for _ in range(events)]
    kind, creditor, debtor, outcome = zip(*rows, strict=True)
    none = [""] * len(rows)
    return pa.table(
        {"loop": [str(k) for k in range(len(rows))], "kind": kind, "creditor": creditor, "debtor": debtor,
         "opened_at": ["2026-01-01"] * len(rows), "due_at": none, "closed_at": none, "outcome": outcome}
    )  # fmt: skip


def sampler_of(measured, *, draws):
    charged = measured.charged
    return make_sampler(measured.tree, charged.lines, measured.blocks, pairs=charged.pairs, tau=4, draws=draws, seed=1)


@pytest.mark.parametrize("mode", PLANTED)
def test_finds_the_planted_mode(mode):
    units, rng = organisation(), np.random.default_rng(7)
    right = 0
    for _ in range(4):
        loops = log(units, rng, PLANTED[mode])
        parameters = Parameters(parts=("region",), covers=("territorial directive", "territorial report"), to_at=2**60)
        measured = measure(units, loops, parameters)
        [top] = measured.figures(np.array([0]))
        right += top.mode == mode
        assert top.low["H"] <= top.values["H"] <= top.high["H"]
    assert right == 4


def test_gains_point_at_the_rotten_branch():
    units = organisation()
    loops = log(units, np.random.default_rng(3), (0.95, 0.95, 0.5), events=6)
    rotten = pa.compute.and_(pa.compute.equal(loops["debtor"], "u2"), pa.compute.not_equal(loops["kind"], "consult"))
    loops = loops.set_column(7, "outcome", pa.compute.if_else(rotten, "late", loops["outcome"]))
    measured = measure(units, loops, Parameters(to_at=2**60, draws=0))
    [worst, *_] = measured.edge_gains(0)
    assert (worst.unit, worst.upper, worst.met, worst.due) == ("u2", "u0", 0, 12)
    leaders = leader_gains(measured.edge_gains(0))
    assert max(leaders, key=leaders.__getitem__) == "u0"


def test_draws_are_those_the_contract_states():
    ids, parents = ["r", "a", "b"], ["", "r", "r"]
    units = pa.table(
        {
            "id": ids,
            "parent": parents,
            "guided_by": [""] * 3,
            "kind": ["government"] * 3,
            "jurisdiction": ids,
            "name": ids,
        }
    )
    asked, met, rows = {"a": 6, "b": 3}, {"a": 4, "b": 1}, []
    for unit, count in asked.items():
        rows += [(f"{unit}{k}", unit, "met" if k < met[unit] else "late") for k in range(count)]
    loop, debtor, outcome = zip(*rows, strict=True)
    none, kind = [""] * len(rows), ["directive"] * len(rows)
    loops = pa.table(
        {"loop": loop, "kind": kind, "creditor": ["r"] * len(rows), "debtor": debtor, "closed_at": none,
         "opened_at": ["2026-01-01"] * len(rows), "due_at": none, "outcome": outcome}
    )  # fmt: skip
    measured = measure(units, loops, Parameters(to_at=2**60))
    sample = sampler_of(measured, draws=20_000).sample(0)
    rng, tau, size = np.random.default_rng(5), 4.0, 200_000
    pi = rng.beta(5, 9 - 5 + 0.5, size)
    level = rng.beta(5 + tau * pi, 4 + tau * (1 - pi))
    edges = [rng.beta(met[u] + tau * level, asked[u] - met[u] + tau * (1 - level)) for u in ("a", "b")]
    low, high = np.quantile(sum(edges) / 2, (0.05, 0.95))
    assert np.quantile(sample[0], (0.05, 0.95)) == pytest.approx((low, high), abs=0.01)
