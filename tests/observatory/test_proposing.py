"""Drafts 拟办意见: only those may move them who may, every step is recorded, nobody's decision is lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.directives.office import DUE, NOW, hours, issue, open_office
from tests.observatory.suggested import KEY, keep_none, keep_suggestions
from yunzhang.base.errors import YunzhangError
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.terms import APPROVAL, DraftTaken, Step, SuggestionGone, WrongStep
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Outcome, State
from yunzhang.ground.matters import actions as matters
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    found = open_office()
    keep_suggestions(found.unit("city"), found.unit("a"), at=NOW)
    return found


def draft(office, name="office", unit="city", **changes):
    facts = {"title": "建议会商解决", "text": "拟请会商。"} | changes
    by = office.by(name)
    actions.draft_proposal(by, office.unit(unit), KEY, at=NOW, **facts)
    return actions.list_proposals(by, office.unit(unit), at=NOW)[0]


def put_up(office, name="office", unit="city"):
    made = draft(office, name, unit)
    actions.submit_proposal(office.by(name), made.id, made.text, version=1, due_on=DUE, at=hours(1))
    return actions.find_proposal(made.id)


def test_a_draft_put_up_is_a_question_on_the_leaders_desk_until_it_is_decided(office):
    one = put_up(office)
    loop = ledger.find_loop(one.loop)
    assert (loop.kind, loop.creditor, loop.debtor) == (APPROVAL, office.unit("city.big_data"), office.unit("city"))
    assert (loop.relation, loop.axis) == ("territorial", "vertical")
    assert [each.loop.id for each in matters.find_desk(office.by("city"), at=hours(2)).to_decide] == [one.loop]
    assert [each.loop.id for each in matters.find_desk(office.by("office"), at=hours(2)).asked_up] == [one.loop]
    assert not matters.find_desk(office.by("city"), at=hours(2)).to_sign
    actions.decide_proposal(office.by("city"), one.id, adopted=True, reason="同意。", version=2, at=hours(3))
    assert ledger.find_loop(one.loop).state is State.CLOSED
    assert ledger.find_loop(one.loop).outcome is Outcome.MET
    assert not matters.find_desk(office.by("city"), at=hours(4)).to_decide
    found = actions.find_proposal(one.id)
    assert (found.step, found.reason) == (Step.ADOPTED, "同意。")
    verbs = [entry.verb for entry, _ in actions.list_proposal_record(found)]
    assert verbs == ["suggestion_drafted", "suggestion_submitted", "suggestion_decided"]


def test_a_question_owed_by_the_upper_unit_leaves_v_as_it_is(office):
    issue(office, "a", "b", at=hours(-24 * 200), due_on=(NOW - timedelta(days=150)).date(), report_on=())
    from yunzhang.governance.observatory.terms import Parameters

    def v():
        found = actions.find_measure(Parameters(draws=0), at=NOW + timedelta(days=90)).figures()
        return next(each.values for each in found if each.unit == str(office.unit("city")))

    before = v()
    put_up(office)
    assert v() == before


def test_not_adopted_keeps_its_reason_and_its_figures_when_the_suggestion_is_gone(office):
    one = put_up(office)
    keep_none(at=hours(2))
    actions.decide_proposal(office.by("city"), one.id, adopted=False, reason="已有安排。", version=2, at=hours(3))
    found = actions.find_proposal(one.id)
    assert (found.step, found.reason, found.suggestion["gain"]) == (Step.NOT_ADOPTED, "已有安排。", 0.031)
    with pytest.raises(SuggestionGone):
        draft(office)


def test_one_draft_on_a_suggestion_at_a_time_and_a_double_press_is_one(office):
    by = office.by("office")
    for _ in range(2):
        actions.draft_proposal(by, office.unit("city"), KEY, title="题", text="文", at=NOW)
    assert len(actions.list_proposals(by, office.unit("city"), at=NOW)) == 1
    with pytest.raises(DraftTaken):
        draft(office)


def test_two_at_once_on_the_same_version_the_second_is_told(office):
    one = draft(office)
    actions.revise_proposal(office.by("office"), one.id, "先改。", version=1, at=hours(1))
    with pytest.raises(WrongStep):
        actions.revise_proposal(office.by("office"), one.id, "后改。", version=1, at=hours(1))
    assert actions.find_proposal(one.id).text == "先改。"


def test_a_government_decides_its_own_draft_or_puts_it_up_to_its_superior(office):
    one = draft(office, "a", "a")
    assert (one.asker, one.decider) == (office.unit("a"), office.unit("a"))
    roles = actions.find_proposal_roles(office.by("a"), one, at=NOW)
    assert roles.powers == {"revise", "drop", "submit", "decide"}
    actions.submit_proposal(office.by("a"), one.id, one.text, version=1, due_on=DUE, at=hours(1))
    put = actions.find_proposal(one.id)
    assert put.decider == office.unit("city")
    actions.recall_proposal(office.by("a"), one.id, "再研究。", version=2, at=hours(2))
    back = actions.find_proposal(one.id)
    assert (back.step, back.decider, ledger.find_loop(put.loop).state) == (Step.DRAFTED, office.unit("a"), "withdrawn")
    actions.decide_proposal(office.by("a"), one.id, adopted=False, reason="本级自行解决。", version=3, at=hours(3))
    assert actions.find_proposal(one.id).step is Step.NOT_ADOPTED


def test_other_rooms_do_not_move_the_question(office):
    one = put_up(office)
    for name, act in (
        ("city", lambda by: directives.sign_matters(by, [one.loop], at=hours(2))),
        ("city", lambda by: directives.answer_matter(by, one.loop, "知道了", at=hours(2))),
        ("office", lambda by: directives.withdraw_matters(by, [one.loop], "不问了", at=hours(2))),
    ):
        with pytest.raises(YunzhangError):
            act(office.by(name))
    assert ledger.find_loop(one.loop).state is State.OPEN


def test_a_mere_draft_is_for_its_own_unit_and_auditors(office):
    one = draft(office)
    seen = {name for name in ("office", "city", "a", "auditor", "administrator") if reads(office, name, one)}
    assert seen == {"office", "auditor"}
    actions.submit_proposal(office.by("office"), one.id, one.text, version=1, due_on=DUE, at=hours(1))
    seen = {name for name in ("office", "city", "a", "b", "auditor", "administrator") if reads(office, name, one)}
    assert seen == {"office", "city", "auditor"}


def reads(office, name, one):
    try:
        actions.verify_may_read_proposal(office.by(name), one.id, at=hours(2))
    except YunzhangError:
        return False
    return True


ACTORS = ("office", "city", "a", "b", "auditor", "administrator", "city.finance")
ACTS = ("revise", "submit", "recall", "drop", "adopt", "decline")
ALLOWED = {  # by act: who may, from which step, to which step
    "revise": ("office", Step.DRAFTED, Step.DRAFTED),
    "submit": ("office", Step.DRAFTED, Step.SUBMITTED),
    "recall": ("office", Step.SUBMITTED, Step.DRAFTED),
    "drop": ("office", Step.DRAFTED, Step.DROPPED),
    "adopt": ("city", Step.SUBMITTED, Step.ADOPTED),
    "decline": ("city", Step.SUBMITTED, Step.NOT_ADOPTED),
}


def do(by, act, number, version, at):
    words = {"version": version, "at": at}
    if act == "revise":
        actions.revise_proposal(by, number, "改写。", **words)
    elif act == "submit":
        actions.submit_proposal(by, number, "呈。", due_on=DUE, **words)
    elif act in ("adopt", "decline"):
        actions.decide_proposal(by, number, adopted=act == "adopt", reason="理由。", **words)
    else:
        {"recall": actions.recall_proposal, "drop": actions.drop_proposal}[act](by, number, "理由。", **words)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTORS), st.sampled_from(ACTS), st.booleans()), max_size=9))
def test_any_sequence_of_acts_keeps_to_the_table_of_steps(office, acts):
    with transaction.atomic():
        number, step, version = draft(office).id, Step.DRAFTED, 1
        for turn, (name, act, is_stale) in enumerate(acts):
            who, from_step, to_step = ALLOWED[act]
            by, at = replace(office.actors[name], request=uuid4()), hours(turn + 1)
            is_right = name == who and step is from_step and not is_stale
            try:
                with transaction.atomic():
                    do(by, act, number, version - is_stale, at)
                assert is_right
                step, version = to_step, version + 1
            except YunzhangError:
                assert not is_right
            now = actions.find_proposal(number)
            assert (now.step, now.version) == (step, version)
            states = [loop.state for loop in ledger.find_subject_loops(number)]
            assert sum(state is State.OPEN for state in states) == (step is Step.SUBMITTED)
            assert (State.CLOSED in states) == (step in (Step.ADOPTED, Step.NOT_ADOPTED))
        transaction.set_rollback(True)
