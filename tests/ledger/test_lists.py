"""The list of loops, and the loops as columns of the measure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.ledger.cast import T0, do, moment, new_loop, opened, opening, who
from yunzhang.ground.ledger.actions import find_subject_loops, list_loops, loop_columns
from yunzhang.ground.ledger.terms import Draft, LoopQuery, State, Verb
from yunzhang.kit.lists import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[UUID]:
    """To unit 2 due at 5 h, to unit 20 due at 9 h and answered at 6 h, to unit 30 undated and of another kind."""
    first = new_loop(due=moment(5))
    second = new_loop(due=moment(9), debtor=20, handled_by=None)
    third = new_loop(debtor=30, kind="report", creditor=20)
    do(who(), [opening(first, "数据共享"), opening(second, "一网统管"), opening(third, "月报")], at=T0)
    do(who(), [Draft(second.id, Verb.SIGNED), Draft(second.id, Verb.ANSWERED)], at=moment(6))
    return [first.id, second.id, third.id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (LoopQuery(), [0, 1, 2]),
        (LoopQuery(order="-due_at"), [1, 0, 2]),
        (LoopQuery(debtors=Scope((20,))), [1]),
        (LoopQuery(creditors=Scope((20,))), [2]),
        (LoopQuery(parties=Scope((20,))), [1, 2]),
        (LoopQuery(parties=Scope((3,))), [0, 2]),
        (LoopQuery(handlers=Scope((1, 3)), states=(State.ANSWERED,)), [1]),
        (LoopQuery(parties=Scope.everything(), kinds=("report",)), [2]),
        (LoopQuery(parties=Scope(())), []),
        (LoopQuery(but_kinds=("report",), states=(State.OPEN, State.SIGNED)), [0]),
        (LoopQuery(due_before=moment(9)), [0]),
        (LoopQuery(due_after=moment(9)), [1]),
        (LoopQuery(opened_from=moment(1)), []),
        (LoopQuery(text="统管"), [1]),
        (LoopQuery(size=2, page=2), [2]),
    ],
)
def test_each_condition_narrows_the_list(three: list[UUID], query: LoopQuery, expected: list[int]) -> None:
    page = list_loops(query)
    assert [loop.id for loop in page.rows] == [three[i] for i in expected]
    assert page.total == (3 if query.page > 1 else len(expected))


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError):
        list_loops(LoopQuery(order="body"))


def test_loops_about_one_subject_come_oldest_first() -> None:
    loop = opened()
    other = opened(new_loop(at=moment(1), subject=loop.subject), at=moment(1))
    assert [one.id for one in find_subject_loops(loop.subject)] == [loop.id, other.id]


def test_columns_for_the_measure(three: list[UUID]) -> None:
    rows: list[dict[str, Any]] = loop_columns().to_pylist()
    by_loop = {row["loop"]: row for row in rows}
    waiting, bare = by_loop[str(three[1])], by_loop[str(three[2])]
    assert (waiting["closed_at"], waiting["outcome"], waiting["due_at"]) == (moment(6), "met", moment(9))
    assert (bare["programme"], bare["parent"]) == ("p", None)
    assert (bare["closed_at"], bare["outcome"], bare["creditor"], bare["kind"]) == (None, "open", "20", "report")
    do(who(), [Draft(three[1], Verb.RETURNED)], at=moment(8))
    do(who(), [Draft(three[1], Verb.ANSWERED)], at=moment(10))
    late = {row["loop"]: row for row in loop_columns(opened_from=T0, to=moment(1)).to_pylist()}[str(three[1])]
    assert (late["closed_at"], late["outcome"]) == (moment(10), "late")
    assert loop_columns(opened_from=moment(1)).num_rows == 0
