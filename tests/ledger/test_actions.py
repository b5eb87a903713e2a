"""Acts as rooms call them: one receipt, one loop, one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from tests.ledger.cast import T0, do, moment, new_loop, opened, opening, sealed, who
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.actions import (
    act,
    day,
    find_children,
    find_entry,
    find_loop,
    find_loops,
    find_receipt,
    find_subjects,
    find_texts,
    list_entries,
    list_sealed,
    record,
    seal,
)
from yunzhang.ground.ledger.terms import (
    Acting,
    Draft,
    NoSuchEntry,
    NoSuchLoop,
    Receipt,
    State,
    StepTaken,
    Subject,
    Verb,
    WrongState,
)

pytestmark = pytest.mark.django_db


def test_an_act_opens_a_loop_and_is_sealed() -> None:
    loop = new_loop(due=moment(10))
    receipt = sealed(do(who(), [opening(loop)], at=T0))
    assert receipt.seqs == (0,)
    assert not receipt.is_pending
    assert find_loop(loop.id) == replace(loop, step=1)
    assert find_subjects([loop.subject])[loop.subject].title == "推进数据共享"
    assert find_texts(loop.id) == {(receipt.entries[0], "content"): "关于推进数据共享的通知"}


def test_live_loops_equal_the_replay() -> None:
    loop = opened()
    for hours, verb in ((1, Verb.SIGNED), (2, "commented"), (3, Verb.ANSWERED), (4, Verb.RETURNED), (5, Verb.ANSWERED)):
        do(who(), [Draft(loop.id, verb)], at=moment(hours))
    folded = None
    for entry in list_entries(loop.id):
        folded = rules.fold(folded, entry)
    assert folded == find_loop(loop.id)
    seal(T0)
    assert [entry.seq for entry in list_entries(loop.id)] == list(range(6))


def test_the_same_act_key_twice_is_one_act() -> None:
    loop, by = opened(), who()
    first = do(by, [Draft(loop.id, Verb.SIGNED)], at=moment(1))
    assert do(by, [Draft(loop.id, Verb.SIGNED)], at=moment(2)) == first == find_receipt(by.request)
    assert len(list_entries(loop.id)) == 2


def test_of_two_who_saw_the_same_step_the_second_is_told() -> None:
    loop = opened()
    do(who("a"), [Draft(loop.id, Verb.SIGNED, step=1)], at=moment(1))
    with pytest.raises(StepTaken):
        do(who("b"), [Draft(loop.id, "commented", step=1)], at=moment(1))
    with pytest.raises(WrongState):
        do(who("b"), [Draft(loop.id, Verb.SIGNED)], at=moment(1))
    assert find_loop(loop.id).step == 2


def test_nested_acts_join_and_their_ordinals_continue() -> None:
    loop = new_loop()

    @act
    def outer(by: Acting, *, at: datetime) -> Receipt:
        do(by, [opening(loop)], at=at)
        do(by, [Draft(loop.id, Verb.SIGNED)], at=at)
        return record(by, [Draft(loop.id, "commented")], at=at)

    receipt = sealed(outer(who(), at=T0))
    assert receipt.seqs == (0, 1, 2)
    assert [entry.ordinal for entry in list_entries(loop.id)] == [0, 1, 2]


def test_a_failing_act_leaves_nothing() -> None:
    loop, by = new_loop(), who()

    @act
    def half(by: Acting, *, at: datetime) -> Receipt:
        do(by, [opening(loop)], at=at)
        raise WrongState(state="x")

    with pytest.raises(WrongState):
        half(by, at=T0)
    with pytest.raises(NoSuchLoop):
        find_loop(loop.id)
    with pytest.raises(NoSuchEntry):
        find_receipt(by.request)
    assert list_sealed(0, 9) == []
    assert sealed(do(by, [opening(loop)], at=T0)).seqs == (0,)


def test_a_day_seals_its_acts_once_and_drops_what_failed() -> None:
    loops, bad = [new_loop() for _ in range(3)], who()
    with day(moment(24)):
        for loop in loops:
            assert do(who(), [opening(loop)], at=T0).is_pending
        with pytest.raises(NoSuchLoop):
            do(bad, [Draft(loops[0].id, "commented"), Draft(uuid4(), Verb.SIGNED)], at=T0)
    assert [entry.loop for entry in list_sealed(0, 9)] == [loop.id for loop in loops]
    with pytest.raises(NoSuchEntry):
        find_receipt(bad.request)


def test_a_change_without_a_loop_stands_on_the_stream_of_its_subject() -> None:
    stream = uuid4()
    first = Draft(stream, "unit_added", {"unit": 5}, subject=Subject(stream, "org", "甲区数据局"))
    do(who(), [first, Draft(stream, "unit_moved", {"to": 9})], at=T0)
    do(who(), [Draft(stream, "unit_renamed", subject=Subject(stream, "org", "甲区大数据局"))], at=moment(1))
    assert [entry.step for entry in list_entries(stream)] == [1, 2, 3]
    assert find_subjects([stream])[stream].title == "甲区大数据局"
    with pytest.raises(NoSuchLoop):
        find_loop(stream)


def test_children_are_found_under_each_parent() -> None:
    parent = opened()
    child = opened(new_loop(parent=parent.id))
    assert find_children([parent.id, child.id]) == {parent.id: [find_loop(child.id)], child.id: []}


def test_looks_say_what_is_missing() -> None:
    loop = opened()
    with pytest.raises(NoSuchLoop):
        find_loops([loop.id, uuid4()])
    with pytest.raises(NoSuchEntry):
        find_entry(uuid4())
    assert find_entry(list_entries(loop.id)[0].id).verb == Verb.OPENED


def test_many_drafts_in_one_record_move_their_loops_in_order() -> None:
    loops = [new_loop() for _ in range(500)]
    drafts = [opening(loop) for loop in loops]
    drafts += [Draft(loop.id, verb) for loop in loops for verb in (Verb.SIGNED, Verb.ANSWERED, Verb.ACCEPTED)]
    do(who(), drafts, at=T0)
    assert {loop.state for loop in find_loops([loop.id for loop in loops]).values()} == {State.CLOSED}
    seal(T0)
    assert [entry.ordinal for entry in list_sealed(0, 5000)] == list(range(2000))


def test_record_outside_an_act_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        record(who(), [], at=T0)
