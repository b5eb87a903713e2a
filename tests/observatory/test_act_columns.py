"""The ledger's look at acts: which entries, in what order, with what their matter is about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.directives.office import hours, issue, open_office
from yunzhang.ground.ledger import actions as ledger
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db
ACTS = ("opened", "accepted")


def test_acts_come_with_what_their_matter_is_about():
    office = open_office()
    matter = issue(office, "a", "b")[0]
    directives.sign_matters(office.by("a"), [matter.id], at=hours(1))
    directives.answer_matter(office.by("a"), matter.id, "已办结", at=hours(2))
    directives.accept_matters(office.by("office"), [matter.id], at=hours(3))
    found = ledger.act_columns(ACTS, but_kinds=("report",)).to_pylist()
    assert [row["verb"] for row in found] == ["opened", "opened", "accepted"]
    assert {row["programme"] for row in found} == {"政务云迁移"}
    assert {row["subject"] for row in found} == {matter.subject.hex}
    assert found[0]["request"] == found[1]["request"] != found[2]["request"]
    assert (found[2]["debtor"], found[2]["at"]) == (str(office.unit("a")), hours(3))
    assert found[0]["authority"].startswith("minutes")
    assert found[0]["due_at"] == matter.due_at
    assert ledger.act_columns(ACTS, but_kinds=("report",), to=hours(3)).num_rows == 2


def test_acts_of_one_holder_of_one_post_are_theirs_alone():
    office = open_office()
    issue(office, "a")
    by = office.actors["office"]
    assert ledger.act_columns(ACTS, post=by.post, person=by.person).num_rows == 2
    assert ledger.act_columns(ACTS, post=by.post, person="somebody else").num_rows == 0
    assert ledger.act_columns(ACTS, post=office.actors["a"].post, person=by.person).num_rows == 0


def test_an_empty_ledger_gives_the_columns():
    found = ledger.act_columns(ACTS, to=hours(0) - timedelta(days=9))
    assert found.num_rows == 0
    assert found["at"].type == found["due_at"].type
