"""One directive end to end through the actions, and every way it may not go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.directives.office import DUE, NOW, TODAY, Office, hours, issue, open_office, order
from yunzhang.base.clock import end_of
from yunzhang.base.errors import Refused
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Outcome, State, WrongState
from yunzhang.ground.org.terms import Authority, GateClosed, Involved
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.terms import REPORT, AskDecided, AskOpen, NotOwnUnit, Part, PastDay, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return open_office()


def state(loop: object) -> State:
    return ledger.find_loop(loop.id).state  # type: ignore[attr-defined]


def test_down_to_a_bureau_and_back(office: Office) -> None:
    matter, report = issue(office, "a")
    assert (matter.creditor, matter.debtor, matter.handled_by) == (
        office.unit("city"), office.unit("a"), office.unit("city.big_data"),
    )  # fmt: skip
    assert (matter.relation, matter.axis, matter.due_at) == ("territorial", "vertical", end_of(DUE))
    actions.sign_matters(office.by("a"), [matter.id], at=hours(2))
    split = actions.split_matter(
        office.by("a"), matter.id, [Part(office.unit("a.finance"), "财政部分", date(2026, 3, 20))], at=hours(3)
    )
    (part,) = ledger.find_opened(split.request)
    assert (part.parent, part.creditor, part.relation) == (matter.id, office.unit("a"), "territorial")
    actions.sign_matters(office.by("a.finance"), [part.id], at=hours(4))
    actions.answer_matter(office.by("a.finance"), part.id, "已完成", at=hours(40))
    actions.accept_matters(office.by("a"), [part.id], at=hours(50))
    actions.report_progress(office.by("a"), report.id, "过半", at=hours(60))
    actions.answer_matter(office.by("a"), matter.id, "全部完成", at=hours(70))
    actions.accept_matters(office.by("office"), [matter.id], at=hours(90))
    closed = ledger.find_loop(matter.id)
    assert (closed.state, closed.outcome, closed.closed_at) == (State.CLOSED, Outcome.MET, hours(70))
    assert ledger.find_loop(report.id).outcome is Outcome.MET
    actions.strike_off_matters(office.by("city"), [matter.id], at=hours(100))
    assert state(matter) is State.STRUCK_OFF
    verbs = [row.entry.verb for row in actions.list_timeline(matter.id)]
    assert verbs == ["opened", "signed", "answered", "accepted", "struck_off"]
    assert actions.list_timeline(matter.id)[2].texts == {"text": "全部完成"}


def test_one_act_to_any_set_of_units(office: Office) -> None:
    loops = issue(office, "a", "b", "city.finance")
    assert [loop.kind for loop in loops] == ["directive", REPORT] * 3
    assert len({loop.subject for loop in loops}) == 1
    directive = actions.find_directive(loops[0].subject)
    assert (directive.title, directive.authority_number) == ("关于推进政务云迁移的通知", "江府纪〔2026〕3号")
    assert actions.find_siblings(directive.id) == ledger.find_subject_loops(directive.id)


def test_the_same_press_twice_is_one_act(office: Office) -> None:
    by, asked = office.by("office"), order(office, "a")
    first = actions.issue_directive(by, asked, at=NOW)
    assert actions.issue_directive(by, asked, at=hours(1)).entries == first.entries
    assert len(ledger.find_opened(by.request)) == 2


def test_a_town_signs_and_that_is_all(office: Office) -> None:
    matter, _ = issue(office, "a")
    split = actions.split_matter(
        office.by("a"),
        matter.id,
        [Part(office.unit("a.town1"), "", date(2026, 3, 20), (date(2026, 3, 9),))],
        at=hours(1),
    )
    (part,) = ledger.find_opened(split.request)
    actions.sign_matters(office.by("a.town1"), [part.id], at=hours(5))
    met = ledger.find_loop(part.id)
    assert (met.state, met.outcome, met.closed_at) == (State.CLOSED, Outcome.MET, hours(5))


@pytest.mark.parametrize("stranger", ["b", "a.finance", "city.finance", "auditor", "administrator", "office"])
def test_only_the_debtor_owes(office: Office, stranger: str) -> None:
    matter, report = issue(office, "a")
    for act in (
        lambda by: actions.sign_matters(by, [matter.id], at=hours(1)),
        lambda by: actions.answer_matter(by, matter.id, "x", at=hours(1)),
        lambda by: actions.report_progress(by, report.id, "x", at=hours(1)),
        lambda by: actions.split_matter(by, matter.id, [Part(office.unit("a.finance"), "", DUE)], at=hours(1)),
        lambda by: actions.ask_extension(by, matter.id, DUE + timedelta(days=7), "x", at=hours(1)),
        lambda by: actions.object_to_matter(by, matter.id, "x", at=hours(1)),
    ):
        with pytest.raises(Refused):
            act(office.by(stranger))
    assert state(matter) is State.OPEN


@pytest.mark.parametrize("stranger", ["a", "b", "city.finance", "auditor", "administrator"])
def test_only_handler_or_creditor_decides(office: Office, stranger: str) -> None:
    matter, _ = issue(office, "a")
    actions.answer_matter(office.by("a"), matter.id, "完成", at=hours(1))
    for act in (
        lambda by: actions.accept_matters(by, [matter.id], at=hours(2)),
        lambda by: actions.return_matter(by, matter.id, "x", at=hours(2)),
        lambda by: actions.withdraw_matters(by, [matter.id], "x", at=hours(2)),
        lambda by: actions.strike_off_matters(by, [matter.id], at=hours(2)),
    ):
        with pytest.raises(Refused):
            act(office.by(stranger))
    assert state(matter) is State.ANSWERED


def test_a_return_empties_the_answer_and_counts(office: Office) -> None:
    matter, _ = issue(office, "a")
    actions.answer_matter(office.by("a"), matter.id, "完成", at=hours(1))
    actions.return_matter(office.by("office"), matter.id, "材料不全", at=hours(2))
    again = ledger.find_loop(matter.id)
    assert (again.state, again.returns, again.answered_at, again.closed_at) == (State.SIGNED, 1, None, None)


def test_late_is_the_moment_of_the_answer_not_of_acceptance(office: Office) -> None:
    early, late = (issue(office, one)[0] for one in ("a", "b"))
    actions.answer_matter(office.by("a"), early.id, "完成", at=end_of(DUE))
    actions.accept_matters(office.by("office"), [early.id], at=end_of(DUE) + timedelta(days=9))
    actions.answer_matter(office.by("b"), late.id, "完成", at=end_of(DUE) + timedelta(seconds=1))
    actions.accept_matters(office.by("office"), [late.id], at=end_of(DUE) + timedelta(seconds=2))
    assert ledger.find_loop(early.id).outcome is Outcome.MET
    assert ledger.find_loop(late.id).outcome is Outcome.LATE


def test_extension_asked_granted_and_refused(office: Office) -> None:
    matter, _ = issue(office, "a")
    later = DUE + timedelta(days=10)
    actions.ask_extension(office.by("a"), matter.id, later, "系统改造", at=hours(1))
    with pytest.raises(AskOpen):
        actions.ask_extension(office.by("a"), matter.id, later, "再申请", at=hours(2))
    (ask,) = actions.list_open_asks([matter.id])
    actions.decide_ask(office.by("office"), ask.id, granted=True, reason="", at=hours(3))
    moved = ledger.find_loop(matter.id)
    assert (moved.due_at, moved.extended) == (end_of(later), 1)
    with pytest.raises(AskDecided):
        actions.decide_ask(office.by("city"), ask.id, granted=False, reason="晚了", at=hours(4))
    actions.ask_extension(office.by("a"), matter.id, later + timedelta(days=5), "再申请", at=hours(5))
    (again,) = actions.list_open_asks([matter.id])
    actions.decide_ask(office.by("office"), again.id, granted=False, reason="不同意", at=hours(6))
    assert ledger.find_loop(matter.id).extended == 1


def test_extension_is_for_a_later_day_and_before_the_due_moment(office: Office) -> None:
    matter, _ = issue(office, "a")
    with pytest.raises(PastDay):
        actions.ask_extension(office.by("a"), matter.id, DUE, "x", at=hours(1))
    with pytest.raises(PastDay):
        actions.ask_extension(office.by("a"), matter.id, DUE + timedelta(9), "x", at=end_of(DUE) + timedelta(hours=1))


def test_objection_upheld_withdraws_with_reports(office: Office) -> None:
    matter, report = issue(office, "a")
    actions.object_to_matter(office.by("a"), matter.id, "不属本单位职责", at=hours(1))
    (ask,) = actions.list_open_asks([matter.id])
    actions.decide_ask(office.by("office"), ask.id, granted=True, reason="情况属实", at=hours(2))
    assert state(matter) is State.WITHDRAWN
    assert state(report) is State.WITHDRAWN


def test_withdrawing_takes_open_parts_along_and_leaves_closed_ones(office: Office) -> None:
    matter, report = issue(office, "a")
    parts = [Part(office.unit(one), "", date(2026, 3, 20)) for one in ("a.finance", "a.town1")]
    done, open_part = ledger.find_opened(actions.split_matter(office.by("a"), matter.id, parts, at=hours(1)).request)
    actions.answer_matter(office.by("a.finance"), done.id, "完成", at=hours(2))
    actions.accept_matters(office.by("a"), [done.id], at=hours(3))
    actions.withdraw_matters(office.by("city"), [matter.id], "任务调整", at=hours(4))
    assert [state(one) for one in (matter, report, open_part, done)] == [State.WITHDRAWN] * 3 + [State.CLOSED]


def test_accepting_withdraws_reports_not_yet_due(office: Office) -> None:
    matter, report = issue(office, "a")
    actions.answer_matter(office.by("a"), matter.id, "提前完成", at=hours(5))
    actions.accept_matters(office.by("office"), [matter.id], at=hours(6))
    assert state(report) is State.WITHDRAWN


def test_parts_go_below_and_not_later(office: Office) -> None:
    matter, _ = issue(office, "a")
    with pytest.raises(NotOwnUnit):
        actions.split_matter(office.by("a"), matter.id, [Part(office.unit("b.finance"), "", DUE)], at=hours(1))
    part = Part(office.unit("a.finance"), "", DUE + timedelta(days=1))
    with pytest.raises(TooLate):
        actions.split_matter(office.by("a"), matter.id, [part], at=hours(1))
    assert ledger.find_children([matter.id])[matter.id] == [ledger.find_loop(_.id)]


def test_nothing_moves_from_a_wrong_state(office: Office) -> None:
    matter, _ = issue(office, "a")
    with pytest.raises(WrongState):
        actions.accept_matters(office.by("office"), [matter.id], at=hours(1))
    with pytest.raises(WrongState):
        actions.strike_off_matters(office.by("office"), [matter.id], at=hours(1))
    actions.withdraw_matters(office.by("office"), [matter.id], "x", at=hours(1))
    for act in (actions.sign_matters, actions.accept_matters):
        with pytest.raises((WrongState, Refused)):
            act(office.by("a"), [matter.id], at=hours(2))
    with pytest.raises(WrongState):
        actions.answer_matter(office.by("a"), matter.id, "x", at=hours(2))


# --- in whose name


def test_the_office_needs_a_number_the_mayor_does_not(office: Office) -> None:
    bare = {"authority": Authority.OWN, "authority_number": ""}
    with pytest.raises(GateClosed) as closed:
        issue(office, "a", **bare)
    assert {one.remedy.value for one in closed.value.verdict.alternatives} >= {"number"}
    assert issue(office, "a", by="city", **bare)


def test_nobody_issues_in_anothers_name(office: Office) -> None:
    for stranger in ("a", "city.finance", "auditor", "administrator", "a.finance"):
        with pytest.raises(Refused):
            issue(office, "b", by=stranger)


def test_a_department_does_not_instruct_a_lower_government(office: Office) -> None:
    asked = order(office, "a", name="city.finance", authority=Authority.OWN, authority_number="")
    with pytest.raises(GateClosed) as closed:
        actions.issue_directive(office.by("city.finance"), asked, at=NOW)
    assert {one.remedy.value for one in closed.value.verdict.alternatives} >= {"consent", "corresponding"}
    agreed = replace(asked, authority=Authority.CONSENT, authority_number="江府函〔2026〕9号")
    actions.issue_directive(office.by("city.finance"), agreed, at=NOW)


def test_a_department_may_ask_the_corresponding_one(office: Office) -> None:
    (matter, _) = issue(
        office, "a.finance", by="city.finance", name="city.finance", authority=Authority.OWN, authority_number=""
    )
    assert (matter.relation, matter.axis) == ("functional", "vertical")


def test_what_is_not_countersigned_does_not_go_down(office: Office) -> None:
    other = Involved(office.unit("city.civil_affairs"), "江州市民政局")
    with pytest.raises(GateClosed):
        issue(office, "a", involves=(other,))
    assert issue(office, "a", involves=(replace(other, agreed="江民函〔2026〕2号"),))


def test_past_days_are_refused(office: Office) -> None:
    with pytest.raises(PastDay):
        issue(office, "a", due_on=TODAY - timedelta(days=1), report_on=())
    with pytest.raises(TooLate):
        issue(office, "a", report_on=(DUE + timedelta(days=1),))


def test_who_held_the_post_that_day_stays(office: Office) -> None:
    matter, _ = issue(office, "a")
    before = actions.list_timeline(matter.id)[0].entry
    assert before.person == office.actors["office"].person
    assert replace(before, request=uuid4()).post == office.actors["office"].post
