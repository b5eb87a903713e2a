"""Rules of 交办: which loops an order opens, which parts fit, which acts a post is offered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunzhang.base.clock import end_of
from yunzhang.ground.ledger.terms import Loop, State, WrongState
from yunzhang.ground.org.terms import Branch, Level, Line, Placement, Relation, UnitKind
from yunzhang.vertical.directives import rules
from yunzhang.vertical.directives.terms import DIRECTIVE, REPORT, NotOwnUnit, PastDay, TooLate

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DOWN = Placement(Relation.TERRITORIAL, "vertical")
DAYS = st.dates(date(2026, 3, 2), date(2027, 3, 2))


def line(unit: int, *, kind: UnitKind = UnitKind.GOVERNMENT, path: str = "000001.000002.") -> Line:
    return Line(unit, f"单位{unit}", kind, Branch.GOVERNMENT, path, (), unit, path, Level.COUNTY)


def matter(**changes: object) -> Loop:
    facts: dict[str, object] = {
        "id": uuid4(), "kind": DIRECTIVE, "subject": uuid4(), "parent": None, "creditor": 1, "debtor": 2,
        "handled_by": 3, "authority": "", "relation": "territorial", "axis": "vertical", "programme": "",
        "opened_at": AT, "due_at": AT + timedelta(days=20),
    }  # fmt: skip
    return Loop(**(facts | changes))  # type: ignore[arg-type]


def opened(kind: UnitKind, due_on: date, report_on: list[date]) -> list[Loop]:
    numbers = count(1)
    return rules.open_loops(
        rules.Terms(uuid4(), "政务云迁移", "", 3, AT),
        creditor=1,
        debtor=line(2, kind=kind),
        placement=DOWN,
        due_on=due_on,
        report_on=report_on,
        parent=None,
        new_id=lambda: UUID(int=next(numbers)),
    )


@given(due=DAYS, reports=st.lists(DAYS, max_size=5))
def test_one_matter_and_one_report_a_stated_day(due: date, reports: list[date]) -> None:
    loops = opened(UnitKind.GOVERNMENT, due, reports)
    assert [loop.kind for loop in loops] == [DIRECTIVE] + [REPORT] * len(set(reports))
    assert loops[0].due_at == end_of(due)
    assert [loop.due_at for loop in loops[1:]] == [end_of(day) for day in sorted(set(reports))]
    assert {loop.parent for loop in loops[1:]} <= {loops[0].id}


@given(due=DAYS, reports=st.lists(DAYS, max_size=5))
def test_a_town_owes_no_report(due: date, reports: list[date]) -> None:
    assert [loop.kind for loop in opened(UnitKind.TOWN, due, reports)] == [DIRECTIVE]


def test_days_behind_are_refused() -> None:
    rules.require_days(date(2026, 3, 9), [date(2026, 3, 5)], date(2026, 3, 2))
    with pytest.raises(PastDay):
        rules.require_days(date(2026, 3, 1), [], date(2026, 3, 2))
    with pytest.raises(PastDay):
        rules.require_days(date(2026, 3, 9), [date(2026, 3, 1)], date(2026, 3, 2))
    with pytest.raises(TooLate):
        rules.require_days(date(2026, 3, 9), [date(2026, 3, 10)], date(2026, 3, 2))


def test_a_part_goes_directly_below_and_not_later() -> None:
    above, below = line(2, path="000001.000002."), line(5, path="000001.000002.000005.")
    limit = end_of(date(2026, 3, 20))
    rules.require_part(below, above, date(2026, 3, 20), limit)
    with pytest.raises(TooLate):
        rules.require_part(below, above, date(2026, 3, 21), limit)
    for elsewhere in ("000001.000003.", "000001.000002.", "000001.000002.000005.000006."):
        with pytest.raises(NotOwnUnit):
            rules.require_part(line(6, path=elsewhere), above, date(2026, 3, 20), limit)


@pytest.mark.parametrize("state", list(State))
def test_notes_and_parts_only_while_in_hand(state: State) -> None:
    loop = matter(state=state)
    if state in (State.OPEN, State.SIGNED):
        rules.require_active(loop)
    else:
        with pytest.raises(WrongState):
            rules.require_active(loop)


@given(
    state=st.sampled_from(list(State)),
    kind=st.sampled_from([DIRECTIVE, REPORT]),
    owes=st.booleans(),
    handles=st.booleans(),
    asks=st.booleans(),
)
def test_powers_follow_rights(state: State, kind: str, owes: bool, handles: bool, asks: bool) -> None:
    found = rules.powers(matter(state=state, kind=kind), owes=owes, handles=handles, has_open_ask=asks)
    if not owes:
        assert not found & {"sign", "answer", "report", "split", "extend", "object"}
    if not handles:
        assert not found & {"accept", "return", "withdraw", "strike_off", "decide"}
    if state in (State.STRUCK_OFF, State.WITHDRAWN):
        assert not found
    if kind == REPORT:
        assert found <= {"report"}
    town = rules.signs_only(found, UnitKind.TOWN)
    assert town <= {"sign", "object", "accept", "return", "withdraw", "strike_off", "decide"}
    assert rules.signs_only(found, UnitKind.DEPARTMENT) == found


def test_the_tree_keeps_parts_and_reports_apart() -> None:
    top = matter()
    part, report = matter(parent=top.id), matter(parent=top.id, kind=REPORT)
    deep = matter(parent=part.id)
    branch = rules.grow([deep, report, part, top], top.id)
    assert [one.loop for one in branch.parts] == [part]
    assert branch.reports == (report,)
    assert [one.loop for one in branch.parts[0].parts] == [deep]
