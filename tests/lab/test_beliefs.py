"""How units learn in a day: each channel by hand, what never happens, and chances by counting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.trees import woods
from yunzhang.governance.lab.rules.backbone import Backbone, make_backbone, regular_tree
from yunzhang.governance.lab.rules.beliefs import learn
from yunzhang.governance.lab.rules.contents import Contents, make_contents, mean_worth, no_contents, worth
from yunzhang.governance.lab.rules.landscape import face_best, find_heights, make_landscape

NOBODY = np.zeros(0, np.uint8)
STAR = regular_tree(4, 2)  # one superior, four below
PAIR = make_backbone(np.array([-1, 0]))
HERMITS = make_backbone(np.array([-1, -1, -1]))


def flags(*values: int) -> np.ndarray:
    return np.array(values, np.uint8)


def minds(*rows: list[int], reality: list[int] | None = None, **given: Any) -> Contents:
    z = np.array(rows, np.int8)
    return make_contents(z, np.array(reality or [1] * z.shape[1], np.int8), **given)


def day(contents: Contents, tree: Backbone, *, seed: int = 1, links: list[list[int]] | None = None, **met: Any) -> None:
    starts = np.zeros(tree.count + 1, np.int64)
    np.cumsum([len(each) for each in links or [[]] * tree.count], out=starts[1:])
    to = np.array([other for each in links or [] for other in each], np.int32)
    state = np.array([seed], np.uint64)
    channels = (met.get(name, NOBODY) for name in ("heard", "told", "consulted", "informed"))
    learn(contents, *channels, tree.parent, tree.first, tree.kids, starts, to, state)


# hearing the superior


def test_a_wrong_belief_is_given_up_before_it_is_replaced() -> None:
    contents = minds([1, 1, 1, 0], [-1, 0, 1, -1], p_down=1.0)
    day(contents, PAIR, heard=flags(0, 1))
    assert contents.z[1].tolist() == [0, 1, 1, -1]  # no step where the superior believes nothing
    day(contents, PAIR, heard=flags(0, 1))
    assert contents.z[1].tolist() == [1, 1, 1, -1]
    assert contents.z[0].tolist() == [1, 1, 1, 0]


def test_the_one_step_rule_replaces_at_once() -> None:
    contents = minds([1, -1, 0], [-1, 1, 1], p_down=1.0, gradual=False)
    day(contents, PAIR, heard=flags(0, 1))
    assert contents.z[1].tolist() == [1, -1, 1]


def test_only_who_heard_learns_and_roots_have_nobody_to_hear() -> None:
    contents = minds([1], [0], [0], [0], [0], p_down=1.0)
    day(contents, STAR, heard=flags(1, 1, 0, 1, 0))
    assert contents.z[:, 0].tolist() == [1, 1, 0, 1, 0]


def test_news_goes_down_one_level_a_day() -> None:
    chain = make_backbone(np.array([-1, 0, 1, 2]))
    contents = minds([1], [0], [0], [0], p_down=1.0)
    for far in range(1, 4):
        day(contents, chain, heard=flags(1, 1, 1, 1))
        assert contents.z[:, 0].tolist() == [1] * (far + 1) + [0] * (3 - far)


def test_each_differing_dimension_moves_with_the_units_own_chance() -> None:
    z = np.zeros((5, 20_000), np.int8)
    z[0] = 1
    contents = make_contents(z, np.ones(20_000, np.int8), p_down=np.array([0, 0.1, 0.5, 0.9, 1.0]))
    day(contents, STAR, heard=flags(0, 1, 1, 1, 1))
    for unit, chance in ((1, 0.1), (2, 0.5), (3, 0.9)):
        assert contents.z[unit].mean() == pytest.approx(chance, abs=4.5 * np.sqrt(chance * (1 - chance) / 20_000))
    assert (contents.z[4] == 1).all()


# being told by those below


def test_a_superior_follows_the_majority_of_those_that_do_better() -> None:
    # its score is 0; the first three are better, the fourth is worse and not heeded
    rows = [1, -1, 1, -1], [1, 1, 1, -1], [1, 1, -1, 1], [1, 1, 1, 1], [-1, -1, -1, -1]
    contents = minds(*rows, p_up=1.0)
    day(contents, STAR, told=flags(0, 1, 1, 1, 1))
    assert contents.z[0].tolist() == [1, 1, 1, 1]
    assert (contents.z[1:] == np.array(rows[1:])).all()


def test_only_reports_count_and_equals_are_not_heeded() -> None:
    contents = minds([1, -1], [1, 1], [1, 1], [-1, 1], [1, 1], p_up=1.0)
    day(contents, STAR, told=flags(1, 0, 0, 1, 0))
    assert contents.z[0].tolist() == [1, -1]


def test_a_tie_among_the_better_moves_nothing() -> None:
    contents = minds([-1, -1, -1], [1, 1, -1], [-1, 1, 1], [-1] * 3, [-1] * 3, p_up=1.0)
    day(contents, STAR, told=flags(0, 1, 1, 1, 1))
    assert contents.z[0].tolist() == [-1, 1, -1]


@pytest.mark.parametrize("margin", [1, 2, 4])
def test_the_chance_grows_with_the_margin(margin: int) -> None:
    size, p = 20_000, 0.3
    z = np.ones((5, size), np.int8)
    z[0] = -1
    contents = make_contents(z, np.ones(size, np.int8), p_up=p)
    day(contents, STAR, told=flags(0, *(1 if unit < margin else 0 for unit in range(4))))
    chance = 1 - (1 - p) ** margin
    assert (contents.z[0] == 1).mean() == pytest.approx(chance, abs=4.5 * np.sqrt(chance * (1 - chance) / size))


def test_who_believes_nothing_acts_by_a_coin_and_may_be_lucky() -> None:
    """Knowledge 0 against 0: judged by beliefs nobody would be heeded; judged by acts half of the beginners are."""
    heeded = 0
    for seed in range(2000):
        contents = minds([0], [0], p_up=1.0)
        day(contents, PAIR, told=flags(0, 1), seed=seed)
        assert contents.z[0, 0] in {0, 1}  # who acted wrongly did not do better
        heeded += int(contents.z[0, 0] == 1)
    assert abs(heeded - 1000) < 4.5 * np.sqrt(500)


# consulting


def test_the_best_of_those_consulted_is_copied_if_better() -> None:
    contents = minds([1, -1, -1, -1], [1, 1, 1, -1], [1, 1, -1, -1])
    day(contents, HERMITS, links=[[1, 2], [], []], consulted=flags(1, 1))
    assert contents.z[0].tolist() == [1, 1, 1, -1]
    contents = minds([1, -1, -1, -1], [1, 1, 1, -1], [1, 1, -1, -1])
    day(contents, HERMITS, links=[[1, 2], [], []], consulted=flags(0, 1))
    assert contents.z[0].tolist() == [1, 1, -1, -1]


def test_copying_sees_the_beginning_of_the_day() -> None:
    contents = minds([1, 1, 1], [1, 1, -1], [1, -1, -1])
    day(contents, HERMITS, links=[[], [0], [1]], consulted=flags(1, 1))
    assert contents.z.tolist() == [[1, 1, 1], [1, 1, 1], [1, 1, -1]]


def test_without_a_better_one_a_change_is_tried_and_kept_only_if_it_helps() -> None:
    kept = 0
    for seed in range(1000):
        contents = minds([1, 1, -1, 1], [1, 1, -1, -1], [0, 0, 0, 0])
        day(contents, HERMITS, links=[[1], [], []], consulted=flags(1), seed=seed)
        assert contents.z[0].tolist() in ([1, 1, -1, 1], [1, 1, 1, 1])
        assert contents.z[1:].tolist() == [[1, 1, -1, -1], [0, 0, 0, 0]]
        kept += int(contents.z[0, 2] == 1)
    assert abs(kept - 250) < 4.5 * np.sqrt(1000 * 0.25 * 0.75)


def test_of_equally_good_ones_any_is_copied() -> None:
    first = 0
    for seed in range(1000):
        contents = minds([-1, -1, -1], [1, 1, -1], [-1, 1, 1])
        day(contents, HERMITS, links=[[1, 2], [], []], consulted=flags(1, 1), seed=seed)
        first += int(contents.z[0].tolist() == [1, 1, -1])
    assert abs(first - 500) < 4.5 * np.sqrt(250)


def test_a_landscape_decides_what_is_better() -> None:
    # two dimensions: agreeing on one alone is worst, on both best
    contents = minds([-1, -1], [1, -1], [1, 1], heights=np.array([0.5, 0.1, 0.2, 0.9]))
    day(contents, HERMITS, links=[[1], [0], [1]], consulted=flags(1, 1, 1))
    assert contents.z.tolist() == [[-1, -1], [-1, -1], [1, 1]]
    assert worth(contents.z, 2, contents.reality, contents.heights) == 0.9


# the world outside


def test_the_informed_learn_one_true_dimension() -> None:
    reality = [1, -1, -1, 1]
    contents = minds([0] * 4, [0] * 4, [0] * 4, reality=reality)
    day(contents, HERMITS, informed=flags(1, 0, 1))
    assert np.count_nonzero(contents.z, axis=1).tolist() == [1, 0, 1]
    assert (contents.z * np.array(reality) >= 0).all()


def test_newcomers_and_turning_worlds_come_as_often_as_said() -> None:
    tree, size = regular_tree(4, 2), 9
    leave = np.array([0, 0.2, 0.2, 0.2, 1.0])
    left, turned, first = np.zeros(5), 0, np.zeros(3)
    contents = make_contents(np.zeros((5, size), np.int8), np.ones(size, np.int8), turnover=leave, turbulence=0.1)
    for seed in range(2000):
        contents.z[:], contents.reality[:] = 0, 1
        day(contents, tree, seed=seed)
        left += contents.z.any(axis=1)
        turned += int((contents.reality < 0).sum())
        first += np.bincount(contents.z[4] + 1, minlength=3)
    assert left[0] == 0
    assert (abs(left[1:4] - 400) < 4.5 * np.sqrt(2000 * 0.2 * 0.8)).all()
    assert abs(turned - 200 * size) < 4.5 * np.sqrt(2000 * size * 0.09)
    assert (abs(first - 2000 * size / 3) < 4.5 * np.sqrt(2000 * size * 2 / 9)).all()


def test_a_turning_world_turns_the_landscape_with_it() -> None:
    heights = face_best(find_heights(make_landscape(6, 3, seed=2)))
    before = minds([1, -1, 1, 1, -1, 1], heights=heights)
    after = minds([-1, -1, 1, 1, -1, 1], reality=[-1, 1, 1, 1, 1, 1], heights=heights)
    assert mean_worth(before) == mean_worth(after)
    best = minds([1, -1, 1, 1, -1, 1], reality=[1, -1, 1, 1, -1, 1], heights=heights)
    assert mean_worth(best) == heights.max()


# what always holds


@st.composite
def worlds(draw):
    """Contents on any backbone with any links, and any contacts of a day."""
    tree = draw(woods())
    size, count = draw(st.integers(1, 5)), tree.count
    belief, chance = st.sampled_from([-1, 0, 1]), st.sampled_from([0.0, 0.3, 1.0])
    z = np.array(
        draw(st.lists(st.lists(belief, min_size=size, max_size=size), min_size=count, max_size=count)), np.int8
    )
    reality = np.array(draw(st.lists(st.sampled_from([-1, 1]), min_size=size, max_size=size)), np.int8)
    links = [sorted(draw(st.sets(st.integers(0, count - 1), max_size=3)) - {unit}) for unit in range(count)]
    heights = (
        find_heights(make_landscape(size, size - 1, seed=draw(st.integers(0, 99)))) if draw(st.booleans()) else None
    )
    given = {name: draw(chance) for name in ("p_down", "p_up", "turnover", "turbulence")}
    mark = st.integers(0, 1)
    met = {
        name: flags(*draw(st.lists(mark, min_size=long, max_size=long)))
        for name, long in (("heard", count), ("told", count), ("informed", count), ("consulted", sum(map(len, links))))
        if draw(st.booleans())
    }
    return tree, make_contents(z, reality, heights=heights, gradual=draw(st.booleans()), **given), links, met


def again(contents: Contents) -> Contents:
    return contents._replace(z=contents.z.copy(), reality=contents.reality.copy())


LEARNS = settings(max_examples=100, deadline=None)  # the first example compiles


@LEARNS
@given(worlds(), st.integers(0, 2**32))
def test_beliefs_stay_beliefs_and_the_same_seed_gives_the_same_bytes(world: Any, seed: int) -> None:
    tree, contents, links, met = world
    same = again(contents)
    day(contents, tree, links=links, seed=seed, **met)
    day(same, tree, links=links, seed=seed, **met)
    assert np.isin(contents.z, (-1, 0, 1)).all()
    assert np.isin(contents.reality, (-1, 1)).all()
    assert contents.z.tobytes() == same.z.tobytes()
    assert contents.reality.tobytes() == same.reality.tobytes()


@LEARNS
@given(worlds())
def test_with_chances_of_zero_nothing_changes_but_by_consulting_and_facts(world: Any) -> None:
    tree, contents, links, met = world
    still = make_contents(contents.z, contents.reality, heights=contents.heights)
    day(still, tree, links=links, **{name: met[name] for name in ("heard", "told") if name in met})
    assert still.z.tobytes() == contents.z.tobytes()
    assert still.reality.tobytes() == contents.reality.tobytes()


@LEARNS
@given(worlds())
def test_whom_nobody_met_nothing_happens(world: Any) -> None:
    tree, contents, links, met = world
    alone = make_contents(contents.z, contents.reality, heights=contents.heights, p_down=1.0, p_up=1.0)
    day(alone, tree, links=links, **{name: each * 0 for name, each in met.items()})
    assert alone.z.tobytes() == contents.z.tobytes()


@LEARNS
@given(worlds(), st.integers(0, 2**32))
def test_consulting_never_makes_a_unit_worse_in_a_still_world(world: Any, seed: int) -> None:
    tree, contents, links, met = world
    still = make_contents(contents.z, contents.reality, heights=contents.heights)
    before = [worth(still.z, unit, still.reality, still.heights) for unit in range(tree.count)]
    day(still, tree, links=links, seed=seed, consulted=met.get("consulted", NOBODY))
    after = [worth(still.z, unit, still.reality, still.heights) for unit in range(tree.count)]
    assert all(late >= early for early, late in zip(before, after, strict=True))


@LEARNS
@given(worlds())
def test_all_that_hear_an_all_knowing_superior_agree_after_two_days(world: Any) -> None:
    tree, contents, _, _ = world
    knowing = make_contents(contents.z, contents.reality, p_down=1.0)
    roots = tree.parent < 0
    knowing.z[roots] = knowing.reality
    for _ in range(2):
        day(knowing, tree, heard=np.ones(tree.count, np.uint8))
    assert (knowing.z[tree.depth == 1] == knowing.reality).all()


@LEARNS
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_sisters_does_not_matter_where_no_chance_is(world: Any, chance: Any) -> None:
    """Chances of 1, no unbelieved dimension that acts by a coin: sisters in another order end where they would have."""
    _, contents, _, _ = world
    count, size = 1 + len(contents.z), contents.z.shape[1]
    star = make_backbone(np.array([-1] + [0] * (count - 1)))
    z = np.vstack([contents.z[:1], np.where(contents.z == 0, 1, contents.z)])
    order = [0, *chance.sample(range(1, count), count - 1)]
    heard = flags(*(chance.randint(0, 1) for _ in range(count)))
    told = flags(*(chance.randint(0, 1) for _ in range(count)))
    one = make_contents(z, contents.reality, p_down=1.0, p_up=1.0)
    two = make_contents(z[order], contents.reality, p_down=1.0, p_up=1.0)
    day(one, star, heard=heard, told=told, seed=1)
    day(two, star, heard=heard[order], told=told[order], seed=2)
    assert one.z[order].tolist() == two.z.tolist()
    assert one.z.shape == (count, size)


# what is refused


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"z": np.array([[2]])}, "beliefs"),
        ({"reality": np.array([0])}, "beliefs"),
        ({"reality": np.array([1, 1])}, "sizes"),
        ({"heights": np.ones(4)}, "sizes"),
        ({"p_up": 1.1}, "chances"),
        ({"turbulence": -0.1}, "chances"),
        ({"p_down": float("nan")}, "chances"),
    ],
)
def test_contents_that_cannot_be_are_refused(given: dict[str, Any], says: str) -> None:
    plain: dict[str, Any] = {"z": np.array([[1]]), "reality": np.array([1])}
    with pytest.raises(ValueError, match=says):
        make_contents(**{**plain, **given})


def test_units_that_know_nothing_cost_nothing() -> None:
    contents, state = no_contents(), np.array([5], np.uint64)
    empty = np.zeros(0, np.int32)
    ones = flags(1, 1, 1, 1, 1)
    learn(contents, ones, ones, NOBODY, ones, STAR.parent, STAR.first, STAR.kids, np.zeros(6, np.int64), empty, state)
    assert state[0] == 5
    assert mean_worth(contents) == 0.0
