"""Random operations against a model, and every write failing in turn: an act is there whole, or not at all."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.cast import T0, do, moment, new_loop, opening, who
from yunzhang.base.errors import YunzhangError
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.actions import day, find_loops, find_receipt, list_entries, list_sealed, seal, verify
from yunzhang.ground.ledger.store import writes
from yunzhang.ground.ledger.terms import Draft, Loop, NoSuchEntry, Receipt, Verb

pytestmark = pytest.mark.django_db
VERBS = [*[verb for verb in Verb if verb != Verb.OPENED], "noted", "progress"]
STEP = st.tuples(
    st.sampled_from(["open", "move", "move", "many", "twice", "stale", "day"]),
    st.integers(0, 30),
    st.sampled_from(VERBS),
    st.booleans(),
)


class Model:
    """Loops folded in memory beside the ledger, by the same pure rule."""

    def __init__(self) -> None:
        self.loops: dict[UUID, Loop] = {}
        self.acts: dict[UUID, Receipt] = {}
        self.clock = 0

    def run(self, kind: str, number: int, verb: str, *, closes: bool) -> None:
        """Do one operation; whatever it refuses must leave everything as it was."""
        self.clock += 1
        ids = list(self.loops)
        if kind == "open" or not ids:
            loop = new_loop(at=moment(self.clock), due=moment(self.clock + number))
            self.act([opening(loop)])
        elif kind == "move":
            self.act([self.draft(ids[number % len(ids)], verb, closes=closes)])
        elif kind == "many":
            self.act(
                [self.draft(one, verb, closes=closes) for one in ids[: number % 4 + 1]] + [self.draft(ids[0], "noted")]
            )
        elif kind == "stale":
            draft = self.draft(ids[number % len(ids)], verb, closes=closes)
            self.act([dataclasses.replace(draft, step=self.loops[draft.loop].step - 1)])
        elif kind == "twice" and self.acts:
            request = list(self.acts)[number % len(self.acts)]
            again = do(who(request=request), [self.draft(ids[0], "noted")], at=moment(self.clock))
            assert again.entries == self.acts[request].entries
        elif kind == "day":
            with day(moment(self.clock)):
                self.act([self.draft(ids[0], "noted")])
                self.act([self.draft(ids[-1], verb, closes=closes)])

    def draft(self, loop: UUID, verb: str, *, closes: bool = False) -> Draft:
        data = {"closes": closes} if verb in (Verb.SIGNED, Verb.ANSWERED) else {}
        if verb == Verb.EXTENDED:
            data = {"due_at": rules.moment_text(moment(self.clock + 50))}  # type: ignore[dict-item]
        return Draft(loop, verb, data)  # type: ignore[arg-type]

    def act(self, drafts: list[Draft]) -> None:
        by, at = who(), moment(self.clock)
        expected: dict[UUID, Loop] | None = dict(self.loops)
        try:
            for draft in drafts:
                self.fold(expected or {}, draft, at)
        except YunzhangError:
            expected = None
        try:
            self.acts[by.request] = do(by, drafts, at=at)
        except YunzhangError:
            assert expected is None or any(draft.step is not None for draft in drafts)
            return
        assert expected is not None
        self.loops = expected

    def fold(self, loops: dict[UUID, Loop], draft: Draft, at: Any) -> None:
        data = {"opens": rules.opening_terms(draft.opens)} if draft.opens else draft.data
        move = type("Move", (), {"loop": draft.loop, "verb": draft.verb, "at": at, "data": data})()
        loops[draft.loop] = rules.fold(loops.get(draft.loop), move)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=3, max_size=25))
def test_after_random_operations_tables_replay_and_model_agree(steps: list[Any]) -> None:
    model = Model()
    for kind, number, verb, closes in steps:
        model.run(kind, number, verb, closes=closes)
    seal(T0)
    assert find_loops(list(model.loops)) == model.loops
    for loop, expected in model.loops.items():
        folded = None
        for entry in list_entries(loop):
            folded = rules.fold(folded, entry)
        assert folded == expected
    for request, receipt in model.acts.items():
        assert find_receipt(request).entries == receipt.entries
        assert not find_receipt(request).is_pending
    seqs = [entry.seq for entry in list_sealed(0, 100_000)]
    assert seqs == list(range(len(seqs)))
    assert verify(is_deep=False).is_whole


WRITES = [
    "insert_entries",
    "insert_loops",
    "update_loops",
    "insert_texts",
    "put_subjects",
    "insert_sealed",
    "update_head",
]


@pytest.mark.parametrize("landed", [False, True], ids=["before it lands", "after it lands"])
@pytest.mark.parametrize("name", WRITES)
def test_every_write_failing_leaves_no_half_act(monkeypatch: pytest.MonkeyPatch, name: str, *, landed: bool) -> None:
    loop = new_loop()
    do(who(), [opening(loop)], at=T0)
    seal(T0)
    before = find_loops([loop.id]), len(list_sealed(0, 99))
    honest: Callable[..., Any] = getattr(writes, name)

    def failing(*words: Any) -> None:
        if landed:
            honest(*words)
        raise OperationalError("disk full")

    by, other = who(), new_loop()
    with monkeypatch.context() as patch:
        patch.setattr(writes, name, failing)
        try:
            do(by, [opening(other), Draft(loop.id, Verb.SIGNED, texts={"text": "甲"})], at=moment(1))
            seal(T0)  # PostgreSQL seals here, and fails here
        except OperationalError:
            pass
    try:
        done = len(find_receipt(by.request).entries)
    except NoSuchEntry:
        done = 0
    assert done in (0, 2)
    if not done:
        assert (find_loops([loop.id]), len(list_sealed(0, 99))) == before
    seal(T0)
    assert verify(is_deep=False).is_whole


def test_the_ledger_goes_on_after_a_failure() -> None:
    chance = random.Random(4)
    loop = new_loop()
    do(who(), [opening(loop)], at=T0)
    for turn in range(20):
        bad = chance.random() < 0.5
        drafts = [Draft(loop.id, "noted"), *([Draft(uuid4(), Verb.SIGNED)] if bad else [])]
        try:
            do(who(), drafts, at=moment(turn))
        except YunzhangError:
            assert bad
    seal(T0)
    assert verify().is_whole
