"""`fold` and the bytes of an entry, by example and by property."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import RFC_4122, uuid4

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ledger.cast import T0, moment, new_loop, who
from yunzhang.base.canonical import canonical
from yunzhang.ground.ledger import rules
from yunzhang.ground.ledger.terms import (
    Acting,
    Draft,
    Entry,
    EntryTooLong,
    Loop,
    NoSuchLoop,
    Outcome,
    State,
    Verb,
    WrongState,
)


def move(verb: str, hours: float = 1, **data: object) -> Entry:
    return Entry(uuid4(), uuid4(), 0, verb, moment(hours), 1, 1, "p", None, uuid4(), 0, data, {})  # type: ignore[arg-type]


def run(*moves: Entry, due_hours: float | None = 10) -> Loop:
    loop = new_loop(due=None if due_hours is None else moment(due_hours))
    folded = rules.fold(None, replace(move(Verb.OPENED, 0, opens=rules.opening_terms(loop)), loop=loop.id))
    for one in moves:
        folded = rules.fold(folded, one)
    return folded


def test_opening_gives_back_the_loop_at_step_one() -> None:
    loop = new_loop(due=moment(10), parent=uuid4())
    opened = rules.fold(None, replace(move(Verb.OPENED, 0, opens=rules.opening_terms(loop)), loop=loop.id))
    assert opened == replace(loop, step=1)


def test_an_accepted_answer_closes_at_the_moment_of_the_answer() -> None:
    loop = run(move(Verb.SIGNED, 1), move(Verb.ANSWERED, 9), move(Verb.ACCEPTED, 50))
    assert (loop.state, loop.outcome, loop.closed_at, loop.step) == (State.CLOSED, Outcome.MET, moment(9), 4)


def test_waiting_for_acceptance_is_not_charged_but_a_late_answer_is() -> None:
    assert run(move(Verb.ANSWERED, 11), move(Verb.ACCEPTED, 12)).outcome == Outcome.LATE
    assert run(move(Verb.ANSWERED, 10), move(Verb.ACCEPTED, 12)).outcome == Outcome.MET
    assert run(move(Verb.ANSWERED, 900), move(Verb.ACCEPTED, 901), due_hours=None).outcome == Outcome.MET


def test_a_return_for_rework_empties_the_answer_and_counts() -> None:
    loop = run(move(Verb.ANSWERED, 2), move(Verb.RETURNED, 3))
    assert (loop.state, loop.answered_at, loop.closed_at, loop.returns) == (State.SIGNED, None, None, 1)
    assert loop.outcome == Outcome.OPEN


def test_a_towns_signature_and_a_delivered_report_close() -> None:
    assert run(move(Verb.SIGNED, 3, closes=True)).closed_at == moment(3)
    assert run(move(Verb.ANSWERED, 12, closes=True)).outcome == Outcome.LATE


def test_extension_moves_the_due_moment_and_counts() -> None:
    later = rules.moment_text(moment(99))
    loop = run(move(Verb.EXTENDED, 5, due_at=later), move(Verb.ANSWERED, 90), move(Verb.ACCEPTED, 91))
    assert (loop.due_at, loop.extended, loop.outcome) == (moment(99), 1, Outcome.MET)


@pytest.mark.parametrize(
    ("verb", "state", "outcome"),
    [(Verb.REFUSED, State.CLOSED, Outcome.REFUSED), (Verb.WITHDRAWN, State.WITHDRAWN, Outcome.WITHDRAWN)],
)
def test_refusing_and_withdrawing_end_the_loop(verb: Verb, state: State, outcome: Outcome) -> None:
    loop = run(move(verb, 4))
    assert (loop.state, loop.outcome, loop.closed_at) == (state, outcome, moment(4))


def test_striking_off_confirms_a_closed_matter_and_keeps_its_outcome() -> None:
    loop = run(move(Verb.ANSWERED, 2), move(Verb.ACCEPTED, 3), move(Verb.STRUCK_OFF, 4))
    assert (loop.state, loop.outcome, loop.closed_at) == (State.STRUCK_OFF, Outcome.MET, moment(2))


def test_a_note_only_adds_a_step() -> None:
    before = run(move(Verb.SIGNED))
    assert rules.fold(before, move("commented", 4)) == replace(before, step=before.step + 1)


REACHED = {
    State.OPEN: [],
    State.SIGNED: [move(Verb.SIGNED)],
    State.ANSWERED: [move(Verb.ANSWERED)],
    State.CLOSED: [move(Verb.ANSWERED), move(Verb.ACCEPTED)],
    State.STRUCK_OFF: [move(Verb.ANSWERED), move(Verb.ACCEPTED), move(Verb.STRUCK_OFF)],
    State.WITHDRAWN: [move(Verb.WITHDRAWN)],
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_from_every_state_moves_or_is_refused(state: State, verb: Verb) -> None:
    loop = run(*REACHED[state])
    assert loop.state == state
    step = move(verb, 5, due_at=rules.moment_text(moment(20)))
    if verb != Verb.OPENED and state in rules.MAY_FOLLOW[verb]:
        assert rules.fold(loop, step).step == loop.step + 1
    else:
        with pytest.raises(WrongState):
            rules.fold(loop, step)


def test_nothing_moves_a_loop_that_was_never_opened() -> None:
    with pytest.raises(NoSuchLoop):
        rules.fold(None, move(Verb.SIGNED))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_bytes_are_those_of_rfc_8785(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError:
        with pytest.raises(ValueError):
            canonical(value)
    else:
        assert canonical(value) == expected


def test_the_body_carries_the_fields_of_the_design_and_reads_back() -> None:
    by, draft = who(), Draft(uuid4(), "commented", {"kind": "a"})
    stamp = rules.Stamp(by, T0)
    body = stamp.body(draft.loop, draft.verb, step=3, ordinal=0, data=draft.data, digests={"content": "00"})
    entry = rules.entry_of(uuid4(), body, 9)
    assert (entry.loop, entry.step, entry.verb, entry.at, entry.request) == (draft.loop, 3, "commented", T0, by.request)
    assert (entry.person, entry.unit, entry.post, entry.data, entry.seq) == ("p1", 3, 7, {"kind": "a"}, 9)
    fields = ["at", "loop", "step", "verb", "unit", "post", "person", "on_behalf", "request", "ordinal", "v"]
    assert sorted(json.loads(body)) == sorted([*fields, "data", "digests"])


def test_an_entry_longer_than_a_bundle_can_hold_is_refused() -> None:
    with pytest.raises(EntryTooLong):
        rules.Stamp(who(), T0).body(uuid4(), "noted", step=1, ordinal=0, data={"a": "x" * 70_000}, digests={})


def test_entry_ids_depend_on_moment_request_and_ordinal_alone() -> None:
    request = uuid4()
    now, later = (rules.Stamp(who(request=request), T0 + timedelta(seconds=n)) for n in (0, 1))
    assert now.entry_id(1) == rules.Stamp(who(request=request), T0).entry_id(1)
    assert now.entry_id(1) != now.entry_id(2)
    assert now.entry_id(1).hex < later.entry_id(1).hex
    assert (now.entry_id(1).version, now.entry_id(1).variant) == (7, RFC_4122)


@given(data=st.dictionaries(st.text(max_size=4), json_values, max_size=4), person=st.text(max_size=9), verb=st.text())
def test_a_body_is_its_own_canonical_form(data: dict[str, object], person: str, verb: str) -> None:
    by = Acting(person, None, 5, on_behalf=9)
    try:
        expected = rfc8785.dumps([data, person, verb])  # type: ignore[list-item]
        rfc8785.dumps(json.loads(expected))  # a float may read back as a whole number too large for JSON
    except rfc8785.CanonicalizationError:
        assume(False)
    body = rules.Stamp(by, T0).body(uuid4(), verb, step=2, ordinal=1, data=data, digests={"text": "ab"})
    facts = json.loads(body)
    assert rfc8785.dumps(facts) == body
    assert rfc8785.dumps([facts["data"], facts["person"], facts["verb"]]) == expected
