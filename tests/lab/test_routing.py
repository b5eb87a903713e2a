"""A message goes to the neighbour nearest to its target, never in a circle; what is counted on the way is right."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import inf

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.trees import CROOKED, WOOD, apart, woods
from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.backbone import make_backbone, regular_tree
from yunzhang.governance.lab.rules.connection import largest_share, topmost
from yunzhang.governance.lab.rules.demand import prepare_demand
from yunzhang.governance.lab.rules.links import draw_links, make_links, no_links
from yunzhang.governance.lab.rules.routing import FAR, next_hop, next_hop_spread, steps_to
from yunzhang.governance.lab.rules.sending import Conditions, draw_messages, send_all

few = settings(max_examples=60, deadline=None)


@st.composite
def networks(draw, roots=True):
    """A backbone of at least two units with some links."""
    tree = draw(woods(roots=roots).filter(lambda tree: tree.count > 1))
    unit = st.integers(0, tree.count - 1)
    return tree, make_links(tree, np.array(draw(st.lists(st.tuples(unit, unit), max_size=12))).reshape(-1, 2))


def steps(tree, a, b):
    _, i, j = apart(tree, a, b)
    return i + j


def neighbours(tree, links, unit):
    above = [int(tree.parent[unit])] if tree.parent[unit] >= 0 else []
    below = tree.kids[tree.first[unit] : tree.first[unit + 1]].tolist()
    return [*above, *below, *links.to[links.start[unit] : links.start[unit + 1]].tolist()]


def graph(tree, links):
    whole = nx.Graph((int(u), int(tree.parent[u])) for u in range(tree.count) if tree.parent[u] >= 0)
    whole.add_nodes_from(range(tree.count))
    whole.add_edges_from((u, v) for u in range(tree.count) for v in neighbours(tree, links, u))
    return whole


def hop(tree, links, holder, target, *, state, load=None, slack=1):
    wires = (tree.parent, tree.depth, tree.end, tree.first, tree.kids, links.start, links.to)
    if load is not None:
        return next_hop_spread(holder, target, *wires, load, slack, state)
    return next_hop(holder, target, *wires, state)


@few
@given(woods(), st.integers(0, 8), st.data())
def test_steps_to_another_unit_are_those_of_walking_up_and_down(tree, limit, data):
    a, b = (data.draw(st.integers(0, tree.count - 1)) for _ in range(2))
    far = steps(tree, a, b)
    assert steps_to(a, b, FAR, tree.parent, tree.depth, tree.end) == far
    assert steps_to(a, b, limit, tree.parent, tree.depth, tree.end) == (far if far <= limit else FAR)


@few
@given(networks(), st.data())
def test_the_next_holder_is_one_of_the_nearest_and_each_of_them_comes(network, data):
    tree, links = network
    holder, target = data.draw(st.permutations(range(tree.count)))[:2]
    near = {unit: steps(tree, unit, target) for unit in neighbours(tree, links, holder)}
    best = min(near.values(), default=inf)
    wanted = {unit for unit, far in near.items() if far == best < steps(tree, holder, target)} or {-1}
    state = np.array([mixed(1, holder)], np.uint64)
    assert {hop(tree, links, holder, target, state=state) for _ in range(120)} == wanted


def test_ties_are_broken_evenly():
    tree = make_backbone(np.array([-1, 0, 1, 1, 1, 0, 5]))
    links = make_links(tree, np.array([[6, 2], [6, 3]]))  # two sisters of 4, both nearer to it than the superior
    state = np.array([mixed(2, 2)], np.uint64)
    found = Counter(hop(tree, links, 6, 4, state=state) for _ in range(6000))
    assert set(found) == {2, 3}
    assert abs(found[2] - 3000) < 4 * 39  # four standard deviations of an even coin


@few
@given(networks(), st.integers(0, 5))
def test_a_message_comes_nearer_with_each_hop_and_arrives_in_one_tree(network, seed):
    tree, links = network
    state = np.array([mixed(seed, 0)], np.uint64)
    several = (tree.parent < 0).sum() > 1
    for source in range(tree.count):
        for target in set(range(tree.count)) - {source}:
            holder, way = source, []
            while holder != target and holder >= 0:
                way.append(steps(tree, holder, target))
                holder = hop(tree, links, holder, target, state=state)
            assert all(a > b for a, b in pairwise(way))
            assert holder == target or several


@few
@given(networks(), st.sampled_from([0, 1]), st.data())
def test_spreading_takes_the_least_loaded_of_the_nearest_or_next_to_nearest(network, slack, data):
    tree, links = network
    holder, target = data.draw(st.permutations(range(tree.count)))[:2]
    load = np.array(data.draw(st.lists(st.integers(0, 3), min_size=tree.count, max_size=tree.count)), np.int64)
    own = steps(tree, holder, target)
    near = {unit: steps(tree, unit, target) for unit in neighbours(tree, links, holder)}
    best = min(near.values(), default=inf)
    choice = [unit for unit, far in near.items() if far <= best + slack] if best < own else []
    if target in choice:
        choice = [target]
    least = min((load[unit] for unit in choice), default=0)
    wanted = {unit for unit in choice if load[unit] == least} or {-1}
    state = np.array([mixed(1, holder)], np.uint64)
    assert {hop(tree, links, holder, target, state=state, load=load, slack=slack) for _ in range(120)} == wanted


@pytest.mark.parametrize("spread", [False, True])
def test_without_links_all_arrive_along_the_tree(spread):
    messages = draw_messages(prepare_demand(CROOKED, xi=1.0), count=500, seed=1)
    sent = send_all(CROOKED, no_links(CROOKED), messages, seed=1, conditions=Conditions(spread=spread))
    tree = graph(CROOKED, no_links(CROOKED))
    ways = [nx.shortest_path(tree, s, t) for s, t in messages.tolist()]
    passed = Counter(unit for way in ways for unit in way[1:-1])
    assert (sent.share, sent.delivered, sent.sent) == (1.0, 500, 500)
    assert sent.hops == sent.tries == sum(len(way) - 1 for way in ways)
    assert sent.passed.tolist() == [passed[unit] for unit in range(CROOKED.count)]
    assert sent.busiest == max(passed.values()) / 500


def test_of_several_trees_only_what_a_link_joins_is_reached():
    messages = draw_messages(prepare_demand(WOOD, xi=inf), count=800, seed=1)
    for pairs in ([], [[0, 6]]):
        links = make_links(WOOD, np.array(pairs, np.int32).reshape(-1, 2))
        whole = graph(WOOD, links)
        reached = sum(nx.has_path(whole, s, t) for s, t in messages.tolist())
        assert send_all(WOOD, links, messages, seed=1).delivered == reached > 0


@few
@given(networks(roots=False), st.sampled_from([None, 0, 1, 2, 9]), st.integers(0, 3))
def test_no_message_takes_more_hops_than_the_tree_and_its_detours_or_loses_its_way(network, detours, seed):
    tree, links = network
    messages = np.array([(s, t) for s in range(tree.count) for t in range(tree.count) if s != t], np.int32)
    held = Conditions() if detours is None else Conditions(spread=True, detours=detours)
    sent = send_all(tree, links, messages, seed=seed, conditions=held)
    assert sent.share == 1.0
    assert sent.hops <= sum(steps(tree, s, t) + (detours or 0) for s, t in messages.tolist())
    assert sent.passed.sum() == sent.hops - sent.delivered


@pytest.mark.parametrize(("retries", "works"), [(0, 0.6), (1, 0.84), (3, 1 - 0.4**4)])
def test_a_hop_works_as_often_as_its_line_and_retries_say(retries, works):
    chain = regular_tree(1, 5)
    messages = np.tile(np.array([[0, 4]], np.int32), (8000, 1))
    sent = send_all(chain, no_links(chain), messages, seed=4, conditions=Conditions(line=0.6, retries=retries))
    spread = (works**4 * (1 - works**4) / 8000) ** 0.5
    assert abs(sent.share - works**4) < 4 * spread
    by_unit = send_all(chain, no_links(chain), messages, seed=4, conditions=Conditions(line=[1, 1, 0, 1, 1]))
    assert (by_unit.delivered, by_unit.passed.tolist()) == (0, [0, 8000, 0, 0, 0])
    link = make_links(chain, np.array([[0, 4]]))
    across = send_all(chain, link, messages, seed=4, conditions=Conditions(line=0.0, across=0.5, retries=retries))
    assert abs(across.share - (1 - 0.5 ** (retries + 1))) < 4 * 0.5 / 8000**0.5


def test_a_vacant_unit_passes_nothing_on_and_is_avoided_only_by_who_looks():
    tree = regular_tree(3, 3)
    root = np.arange(tree.count) == 0
    messages = draw_messages(prepare_demand(tree, xi=inf), count=2000, seed=2)
    through = sum(nx.shortest_path(graph(tree, no_links(tree)), s, t)[1:-1].count(0) for s, t in messages.tolist())
    ends = int((messages == 0).any(axis=1).sum())
    sent = send_all(tree, no_links(tree), messages, seed=2, conditions=Conditions(vacant=root))
    assert (sent.sent, sent.delivered) == (2000 - ends, 2000 - ends - through)
    assert sent.passed[0] == through
    heads = tree.kids[: tree.first[1]]
    ring = make_links(tree, np.array([[a, b] for a in heads for b in heads if a < b]))
    leaves = messages[(tree.depth[messages] == 2).all(axis=1)]
    blind, sees = (
        send_all(tree, ring, leaves, seed=2, conditions=Conditions(vacant=root, spread=spread))
        for spread in (False, True)
    )
    assert blind.share == sees.share == 1.0  # a link between heads is nearer than the root
    around = make_links(
        tree, np.array([[2, 0], [2, 5], [5, 10], [1, 9]])
    )  # the empty post is nearer, but there are ways
    one = np.array([[2, 10]], np.int32)
    for spread in (False, True):
        held = Conditions(vacant=root, spread=spread)
        assert send_all(tree, around, one, seed=1, conditions=held).delivered == spread


def test_ends_never_end_empty_and_nothing_sent_is_no_number():
    tree = regular_tree(3, 3)
    everybody = np.ones(tree.count, np.bool_)
    sent = send_all(tree, no_links(tree), np.array([[1, 5]], np.int32), seed=1, conditions=Conditions(vacant=everybody))
    assert sent.sent == 0
    assert all(np.isnan(value) for value in (sent.share, sent.mean_hops, sent.busiest))
    for wrong in ({"line": 1.1}, {"across": -0.1}, {"retries": -1}, {"detours": -1}):
        with pytest.raises(ValueError, match="chances"):
            send_all(tree, no_links(tree), np.zeros((0, 2), np.int32), seed=1, conditions=Conditions(**wrong))


def test_the_same_seed_sends_the_same():
    tree = regular_tree(5, 4)
    links = make_links(tree, draw_links(tree, lam=0.5, zeta=0.5, count=100, seed=1))
    messages = draw_messages(prepare_demand(tree, xi=1.0), count=1000, seed=1)
    held = Conditions(line=0.8, across=0.9, spread=True, retries=1)
    one, again, other = (send_all(tree, links, messages, seed=seed, conditions=held) for seed in (1, 1, 2))
    assert one.passed.tobytes() == again.passed.tobytes() != other.passed.tobytes()


@few
@given(networks(), st.integers(0, 14), st.integers(0, 3))
def test_the_largest_part_is_that_of_the_graph(network, count, seed):
    tree, links = network
    gone = topmost(tree, count, seed=seed)
    assert gone.sum() == min(count, tree.count)
    assert tree.depth[gone].max(initial=0) <= tree.depth[~gone].min(initial=99)
    whole = graph(tree, links)
    whole.remove_nodes_from(np.flatnonzero(gone).tolist())
    found = largest_share(tree, links, gone)
    if gone.all():
        assert np.isnan(found)
    else:
        assert found == max(map(len, nx.connected_components(whole))) / len(whole)
