"""The published models are limits of the engine itself: days, flows, queues and marks, not a program beside it."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.backbone import make_backbone, regular_tree
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import make_contents, mean_worth
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.engine import Setting, Stage, run
from yunzhang.governance.lab.rules.engine.parts import ACROSS, DIRECTIVE, REPORT, make_flows, make_units, wire
from yunzhang.governance.lab.rules.landscape import find_heights, make_landscape
from yunzhang.governance.lab.rules.limits import lazer, march
from yunzhang.governance.lab.rules.links import draw_links, make_links
from yunzhang.governance.lab.rules.sending import draw_messages, send_all

ALWAYS = 14.0  # matters a day of each flow: one day in a million goes by without


def test_one_superior_whom_all_hear_and_tell_every_day_is_march():
    members, days, runs = march.MEMBERS, 40, 30
    tree, lower = regular_tree(members, 2), np.arange(1, members + 1)
    flows = make_flows(
        np.tile([DIRECTIVE, REPORT], members),
        np.zeros(2 * members),
        np.repeat(lower, 2),
        rate=ALWAYS,
    )
    case, ours = march.Case(0.5, 0.5, days=days), []
    for number in range(runs):
        rng = np.random.default_rng(number)
        z = rng.integers(-1, 2, (members + 1, march.DIMENSIONS)).astype(np.int8)
        z[0] = 0
        reality = rng.choice([-1, 1], march.DIMENSIONS).astype(np.int8)
        contents = make_contents(z, reality, p_down=case.p_down, p_up=case.p_up)
        setting = Setting(tree, (Stage(0, wire(tree), flows, make_units(tree.count)),), days=days, contents=contents)
        ours.append(run(setting, seed=1, number=number).known[-1])
    theirs = np.zeros((300, days))
    march.play_case(case, theirs, seed=1, number=0)
    spread = theirs[:, -1].std()  # everybody believes what the code does by then, or nearly
    assert abs(np.mean(ours) - theirs[:, -1].mean()) < 4 * spread * np.sqrt(1 / runs + 1 / 300) + 0.01


@pytest.mark.parametrize("shape", ["line", "full"])
def test_units_without_a_superior_who_consult_all_their_links_every_day_are_lazer_and_friedman(shape):
    agents, size, days = 30, 12, 60
    starts, to = (lazer.link_line if shape == "line" else lazer.link_all)(agents)
    tree = make_backbone(np.full(agents, -1))
    asker = np.repeat(np.arange(agents), np.diff(starts))
    order = np.argsort(to, kind="stable")
    flows = make_flows(np.full(len(to), ACROSS), asker[order], to[order], rate=ALWAYS, entry=order)
    everybody, nobody = np.ones(len(to), np.uint8), np.zeros(0, np.uint8)
    ends: list[list[float]] = [[], []]
    for number in range(24):
        heights = find_heights(make_landscape(size, 4, seed=3, number=number))
        rng = np.random.default_rng(number)
        z = rng.choice([-1, 1], (agents, size)).astype(np.int8)
        contents = make_contents(z, np.ones(size, np.int8), heights=heights / heights.max())
        stage = Stage(0, wire(tree, starts, to), flows, make_units(agents))
        ends[0].append(run(Setting(tree, (stage,), days=days, contents=contents), seed=1, number=number).known[-1])
        state = np.array([mixed(9, number)], np.uint64)
        for _ in range(days):
            learn(contents, nobody, nobody, everybody, nobody, tree.parent, tree.first, tree.kids, starts, to, state)
        ends[1].append(mean_worth(contents))
    engine, alone = np.array(ends)
    apart = engine - alone
    assert abs(apart.mean()) < 4 * apart.std() / np.sqrt(len(apart)) + 0.005
    assert engine.mean() > 0.8


def loads(tree, links, pairs, days=30) -> np.ndarray:
    """By unit the share of matters it passed on, from the engine: one flow a message, then days to arrive."""
    pairs = pairs[np.argsort(pairs[:, 1], kind="stable")]
    flows = make_flows(np.full(len(pairs), ACROSS), pairs[:, 0], pairs[:, 1], rate=0.5, routed=1, term=60)
    wiring, units = wire(tree, links.start, links.to), make_units(tree.count)
    silent = Stage(days, wiring, flows._replace(rate=np.zeros(len(pairs))), units)
    outcome = run(Setting(tree, (Stage(0, wiring, flows, units), silent), days=days + 90), seed=1)
    answered = np.zeros(tree.count)
    np.add.at(answered, pairs[:, 1], outcome.tally[:, :, 1].sum(axis=0))
    assert outcome.met == outcome.opened  # everything arrived
    return (outcome.busy - answered) / outcome.opened


def test_messages_by_hand_without_a_queue_load_units_as_dodds_watts_and_sabel_have_it():
    tree = regular_tree(5, 6)
    none = make_links(tree, np.zeros((0, 2), np.int64))
    pairs = draw_messages(prepare_demand(tree, xi=inf, by_pairs=True), count=20_000, seed=1)
    assert loads(tree, none, pairs)[0] == pytest.approx(12_199_220 / 15_245_120, abs=0.012)  # exact; 4 standard errors
    links = make_links(tree, draw_links(tree, lam=0.5, zeta=0.5, count=tree.count, seed=2))
    near = draw_messages(prepare_demand(tree, xi=1.0), count=20_000, seed=3)
    ours, theirs = loads(tree, links, near), send_all(tree, links, near, seed=1)
    busy = np.argsort(-theirs.passed)[:20]
    assert np.allclose(ours[busy], theirs.passed[busy] / theirs.sent, atol=0.004)
    assert ours.max() == pytest.approx(theirs.busiest, abs=0.004)
