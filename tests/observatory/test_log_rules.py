"""The rules of reading a log, without files: threads, silence, order of events, units and tables beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from yunzhang.governance.observatory.rules.logs import Loaded, load_log, read_mapping
from yunzhang.governance.observatory.rules.logs.loading import Source


def source(rows: Iterable[dict[str, str]]) -> Source:
    found = list(rows)
    return Source(tuple(dict.fromkeys(name for row in found for name in row)), enumerate(found, 2))


def read(facts: dict[str, Any], rows: list[dict[str, str]], **beside: list[dict[str, str]]) -> Loaded:
    tables = {f"{name}.csv": source(found) for name, found in beside.items()}
    return load_log(read_mapping(facts), source(rows), tables.__getitem__)


def ties(found: Loaded) -> list[tuple[str, str, bool]]:
    rows = found.loops.to_pylist()
    return [(row["creditor"], row["debtor"], row["closed_at"] is not None) for row in rows]


def mail(number: int, sender: str, to: str, day: int, subject: str = "s", *, cc: str = "") -> dict[str, str]:
    at = f"2026-01-{day:02d}T09:00:00Z"
    return {"id": str(number), "from": sender, "to": to, "at": at, "subject": subject, "cc": cc}


MAIL = {"id": "id", "from": "from", "to": "to", "at": "at", "subject": "subject", "copies": "cc"}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, [("a", "b", True), ("a", "b", False)]),
        ({"opens": "every"}, [("a", "b", True), ("a", "b", False), ("c", "a", False)]),
        ({"copies": True}, [("a", "b", True), ("a", "c", False), ("a", "b", False)]),
        ({"lapse_days": 7}, [("a", "b", True), ("a", "b", False)]),
        ({"at_most": 1, "copies": True}, [("a", "b", False)]),
    ],
)
def test_mails_by_subject(rules: dict[str, Any], expected: list[tuple[str, str, bool]]) -> None:
    facts = {"log": "messages", "columns": MAIL, "loops": {"thread": "subject", "within_days": 2, **rules}}
    rows = [
        mail(1, "a", "b", 1, "Plan", cc="c"),
        mail(2, "b", "a", 3, "RE: plan"),
        mail(3, "a", "b", 10, "plan"),  # the same words once more: another request
        mail(4, "c", "a", 11, "答复：别的"),
    ]
    assert ties(read(facts, rows)) == expected


def test_a_reply_after_the_lapse_is_none() -> None:
    facts = {"log": "messages", "columns": MAIL, "loops": {"thread": "subject", "within_days": 2, "lapse_days": 5}}
    found = read(facts, [mail(1, "a", "b", 1), mail(2, "b", "a", 9, "Re: s")])
    assert ties(found) == [("a", "b", False)]
    assert found.coverage["set_aside"] == {"answer_without_request": 1}


def test_threads_by_a_column() -> None:
    columns = MAIL | {"thread": "case"}
    facts = {"log": "messages", "columns": columns, "loops": {"thread": "column", "within_days": 2}}
    rows = [mail(1, "a", "b", 1), mail(2, "b", "a", 2, "other words"), mail(3, "a", "b", 3, "thanks")]
    found = read(facts, [row | {"case": "7"} for row in rows])
    assert ties(found) == [("a", "b", True)]


UNITS = [
    {"id": "p", "parent": "", "kind": "government", "name": "省"},
    {"id": "x", "parent": "p", "kind": "government", "name": "甲市"},
    {"id": "y", "parent": "p", "kind": "government", "name": "乙市"},
    {"id": "d", "parent": "p", "kind": "department", "name": "省厅"},
]


@pytest.mark.parametrize(("silent", "expected"), [("none", ["x"]), ("sisters", ["x", "y"]), ("addressees", ["x", "d"])])
def test_silence_is_seen_as_the_mapping_says(silent: str, expected: list[str]) -> None:
    facts = {
        "log": "documents",
        "columns": {"id": "id", "issuer": "issuer", "at": "at", "to": "to", "cites": "cites"},
        "loops": {"cites": {"within_days": 30, "silent": silent}},
        "units": {"table": "units.csv", "derive": False},
    }
    rows = [
        {"id": "1", "issuer": "省", "at": "2026-01-01", "to": "省厅", "cites": ""},
        {"id": "2", "issuer": "甲市", "at": "2026-01-10", "to": "", "cites": "1"},
    ]
    found = read(facts, rows, units=UNITS)
    assert [debtor for _, debtor, _ in ties(found)] == expected
    assert ("only_answered" in found.coverage["blind"]) == (silent == "none")


def test_events_of_one_moment_keep_the_order_of_the_log_and_rows_may_stand_in_any_order() -> None:
    facts = {
        "log": "events",
        "columns": {"case": "case", "activity": "act", "at": "at", "unit": "unit"},
        "loops": {"how": "handover", "within_days": 1},
    }
    rows = [
        {"case": case, "act": "x", "at": f"2026-01-01T0{hour}:00:00Z", "unit": unit}
        for case, hour, unit in (("1", 1, "a"), ("2", 1, "c"), ("1", 1, "b"), ("2", 2, "a"), ("1", 3, "a"))
    ]
    expected = [("a", "b", True), ("b", "a", True), ("c", "a", True)]
    assert ties(read(facts, rows)) == expected
    assert sorted(ties(read(facts, [rows[4], rows[3], rows[0], rows[1], rows[2]]))) == expected


def test_units_by_name_alias_person_and_kind() -> None:
    facts = {
        "log": "matters",
        "columns": {"loop": "n", "creditor": "c", "debtor": "d", "opened": "t"},
        "within_days": 5,
        "units": {
            "table": "units.csv",
            "people": "people.csv",
            "aliases": {"甲市": ["甲市政府"]},
            "kinds": [{"ends": "公司", "kind": "enterprise"}],
            "root": "省",
        },
    }
    rows = [
        {"n": "1", "c": "甲市政府", "d": "省厅", "t": "2026-01-01"},
        {"n": "2", "c": "某公司", "d": "张某", "t": "2026-01-01"},
        {"n": "3", "c": "同名局", "d": "省厅", "t": "2026-01-01"},
        {"n": "4", "c": "新设局", "d": "", "t": "2026-01-01"},
        {"n": "5", "c": "新设局", "d": "省厅", "t": "2026-01-01"},
    ]
    double = [{"id": each, "parent": "p", "kind": "department", "name": "同名局"} for each in ("s1", "s2")]
    people = [{"person": "张某", "unit": "乙市"}]
    found = read(facts, rows, units=UNITS + double, people=people)
    assert ties(found) == [("x", "d", False), ("某公司", "y", False), ("新设局", "d", False)]
    assert found.coverage["set_aside"] == {"no_unit": 1, "several_units": 1}
    kinds = {row["id"]: (row["kind"], row["parent"]) for row in found.units.to_pylist()}
    assert kinds["某公司"] == ("enterprise", "")
    assert kinds["新设局"] == ("department", "p")


def test_what_was_due_is_read_beside_the_log() -> None:
    facts = {
        "log": "matters",
        "columns": {"loop": "n", "creditor": "c", "debtor": "d", "opened": "t"},
        "units": {"table": "units.csv", "derive": False},
        "tables": {"due": {"file": "due.csv"}},
    }
    due = [
        {"creditor": "省", "debtor": "甲市", "kind": "report", "count": "4"},
        {"creditor": "省", "debtor": "甲市", "kind": "report", "count": "many"},
        {"creditor": "省", "debtor": "丙市", "kind": "report", "count": "4"},
    ]
    found = read(facts, [{"n": "1", "c": "省", "d": "甲市", "t": "2026-01-01"}], units=UNITS, due=due)
    assert found.due.to_pylist() == [{"creditor": "p", "debtor": "x", "kind": "report", "count": 4.0}]
    assert found.coverage["set_aside"] == {"bad_number": 1, "unknown_unit": 1}
    assert [one.table for one in found.rejects] == ["due", "due"]
    assert "no_time_limit" in found.coverage["blind"]
