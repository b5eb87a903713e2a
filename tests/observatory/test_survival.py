"""What a log must survive: each a clear refusal in both languages or the stated rule, counted, and no hanging."""

from __future__ import annotations

import pytest
from django.utils import translation
from pyarrow import csv

from tests.observatory.logs import LOOP, UNIT, table
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.moments import moment
from yunzhang.governance.observatory.rules.streaming import InMemory
from yunzhang.governance.observatory.terms import BadTable, Parameters
from yunzhang.kit.columns import read_columns
from yunzhang.kit.tables import write_columns
from yunzhang.kit.wording import plain

PLAIN = Parameters(draws=0)
ROW = {"kind": "directive", "creditor": "r", "debtor": "a", "opened_at": "2026-01-01", "due_at": "2026-01-31"}
DONE = {"closed_at": "2026-01-20", "outcome": "met"}


def units(*more):
    first = {"id": "r", "kind": "government"}, {"id": "a", "parent": "r", "kind": "government"}
    return table([*first, *more], UNIT)


def figures(units_table, rows, parameters=PLAIN):
    found = {f.unit: f for f in measure(units_table, table(rows, LOOP), parameters).figures()}
    again = {f.unit: f for f in measure(units_table, InMemory(table(rows, LOOP)), parameters).figures()}
    assert found == again
    return found


def loop(name, **more):
    return ROW | DONE | {"loop": name} | more


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ([{"id": "b", "parent": "zz", "kind": "government"}], "第 3 行：上级 parent 指向不存在的单位“zz”", "row 3"),
        ([{"id": "a", "parent": "r", "kind": "government"}], "第 3 行：编号“a”重复", "given twice"),
        ([{"id": "*", "parent": "r", "kind": "government"}], "保留编号", "reserved"),
        (
            [{"id": "b", "parent": "c", "kind": "government"}, {"id": "c", "parent": "b", "kind": "government"}],
            "第 3 行：上级关系成环",
            "circle",
        ),
    ],
)
def test_a_bad_unit_table_is_refused_in_both_languages(more, zh, en):
    with pytest.raises(BadTable) as refused:
        measure(units(*more), table([], LOOP), PLAIN)
    assert zh in str(refused.value)
    with translation.override("en"):
        assert en in plain(refused.value.params["problem"])


def test_rows_that_cannot_be_judged_are_set_aside_and_counted():
    rows = [
        loop("1"),
        loop("1"),  # a doubled row is the same thread
        loop("2", debtor="nobody"),
        loop("3", creditor="a"),
        loop("4", closed_at="2025-12-01"),
        loop("5", due_at="2025-12-01"),
        loop("6", outcome="done"),
    ]
    [found] = figures(units(), rows).values()
    assert (found.loops, found.values["V"]) == (1, 1.0)
    assert found.coverage["set_aside_reasons"] == {
        "unknown_unit": 1,
        "owed_to_itself": 1,
        "unknown_outcome": 1,
        "closed_before_opened": 1,
        "due_before_opened": 1,
    }
    assert found.coverage["set_aside"] == 5 / 7


def test_a_row_is_named_as_a_person_sees_it_in_the_file(tmp_path):
    bad = units({"id": "b", "parent": "zz", "kind": "government"})
    csv.write_csv(bad, tmp_path / "plain.csv")
    text = (tmp_path / "plain.csv").read_text("utf-8")
    (tmp_path / "marked.csv").write_text(f"模拟数据 · 虚构地区\n{text}", "utf-8-sig")
    write_columns(tmp_path / "sheet.xlsx", bad)
    for name, row in (("plain.csv", 4), ("marked.csv", 5), ("sheet.xlsx", 4)):
        with pytest.raises(BadTable, match=f"第 {row} 行"):
            measure(read_columns(tmp_path / name), table([], LOOP), PLAIN)


def test_sheets_are_measured_like_any_table(tmp_path):
    write_columns(tmp_path / "u.xlsx", units())
    write_columns(tmp_path / "l.xlsx", table([loop("1")], LOOP))
    found = measure(read_columns(tmp_path / "u.xlsx"), read_columns(tmp_path / "l.xlsx"), PLAIN).figures()
    assert [(f.unit, f.values["V"]) for f in found] == [("r", 1.0)]


def test_a_moment_without_a_zone_is_that_of_the_place():
    with_zone, without = "2026-01-31T23:59:59+08:00", "2026-01-31T23:59:59"
    assert moment(with_zone, bare="end", name="to") == moment(without, bare="end", name="to")
    for closed, met in ((with_zone, 1.0), (without, 1.0), ("2026-01-31T23:59:59Z", 0.0)):
        [found] = figures(units(), [loop("1", closed_at=closed, outcome="")]).values()
        assert found.raw["V"] == met


def test_several_roots_an_empty_window_and_one_unit():
    several = figures(units({"id": "s", "kind": "government"}), [loop("1")])
    assert several["*"].units == 4
    late = Parameters(draws=0, from_at=moment("2030-01-01", bare="start", name="from"), to_at=2**60)
    [empty] = figures(units(), [loop("1")], late).values()
    assert (empty.loops, empty.values["V"], empty.coverage["silent_edges"]) == (0, 0.0, 1.0)
    assert figures(table([{"id": "r", "kind": "government"}], UNIT), []) == {}


def test_a_chain_of_thousands_is_measured_and_a_longer_one_refused():
    def chain(length):
        return table(
            [{"id": f"u{k:06d}", "parent": f"u{k - 1:06d}" if k else "", "kind": "government"} for k in range(length)],
            UNIT,
        )

    found = measure(chain(1500), table([loop("1", creditor="u000000", debtor="u000001")], LOOP), PLAIN).figures()
    assert len(found) == 1499
    with pytest.raises(BadTable, match="层级过深"):
        measure(chain(30_000), table([], LOOP), PLAIN)


def test_guidance_may_be_a_long_chain_among_sisters():
    rows = [{"id": "r", "kind": "government"}] + [
        {"id": f"d{k}", "parent": "r", "kind": "department", "guided_by": f"d{k - 1}" if k else ""}
        for k in range(20_000)
    ]
    [found] = measure(table(rows, UNIT), table([], LOOP), PLAIN).figures()
    assert found.units == 20_001


def test_very_many_children_under_one_parent():
    rows = [{"id": "r", "kind": "government"}] + [
        {"id": f"d{k}", "parent": "r", "kind": "department"} for k in range(100_000)
    ]
    asked = [loop(str(k), debtor=f"d{k}") for k in range(50)] + [loop("x", creditor="d1", debtor="d99999")]
    [found] = measure(table(rows, UNIT), table(asked, LOOP), PLAIN).figures()
    assert (found.loops, found.coverage["horizontal_loops"]) == (51, 1)
