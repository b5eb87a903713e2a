"""Refusals: each reason is met where it holds, in words, and nowhere else; nothing left means no forecast at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.lab.logs import JANUARY, MONTHS, UNITS, record_of, steady
from yunzhang.governance.lab.rules.calibration import Record, foresee, hold_out, read_record
from yunzhang.governance.lab.rules.calibration.checks import Stretch, find_hindrances
from yunzhang.governance.lab.terms import HINDRANCES, Hindrance, NoForecast, Unforeseen
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.terms import Parameters

CELL = ("territorial directive", 2)


def reasons(record: Record, *, stop: int | None = None, ahead: int = 3, begin: int | None = None) -> list[Unforeseen]:
    """Why one busy cell is not forecast."""
    cell = record.cells.index(CELL)
    first = int(record.first[cell]) if begin is None else begin
    return find_hindrances(
        record, Stretch(cell, first, record.count - ahead if stop is None else stop, ahead), seed=1
    )  # fmt: skip


def with_counts(record: Record, due: list[int] | np.ndarray, met: list[int] | np.ndarray | None = None) -> Record:
    """The same record with other numbers in the busy cell."""
    cell = record.cells.index(CELL)
    changed = record.due.copy(), record.met.copy()
    changed[0][cell] = due
    changed[1][cell] = np.asarray(due) // 2 if met is None else met
    return replace(record, due=changed[0], met=changed[1])


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(steady(1))


def test_a_steady_cell_is_refused_nothing(record):
    assert reasons(record) == []


def test_too_few_months(record):
    found = reasons(record, stop=6)
    assert [one.hindrance for one in found] == [Hindrance.FEW_MONTHS]
    assert found[0].params == {"count": "5", "least": "6"}
    assert reasons(record, stop=7) == []


def test_too_few_matters(record):
    few = [one.hindrance for one in reasons(with_counts(record, [1] * MONTHS))]
    assert few == [Hindrance.FEW_MATTERS]
    assert reasons(with_counts(record, [2] * MONTHS)) == []
    assert [one.hindrance for one in reasons(with_counts(record, [0] * MONTHS), stop=3)] == [
        Hindrance.FEW_MONTHS,
        Hindrance.FEW_MATTERS,
    ]


def test_further_ahead_than_the_record_reaches_back(record):
    found = reasons(record, stop=9, ahead=9)
    assert [one.hindrance for one in found] == [Hindrance.SHORTER_THAN_AHEAD]
    assert found[0].params == {"ahead": "9", "count": "8"}
    assert reasons(record, stop=9, ahead=8) == []


def test_a_month_without_records_in_this_cell_or_in_the_whole_log(record):
    due = np.full(MONTHS, 20)
    due[6] = 0
    found = reasons(with_counts(record, due))
    assert Hindrance.NO_RECORDS in [one.hindrance for one in found]
    assert found[0].params == {"months": "2026-07"}
    due[6] = 20
    opened = record.opened.copy()
    opened[[6, 7]] = 0
    found = reasons(replace(with_counts(record, due), opened=opened))
    assert (found[0].hindrance, found[0].params) == (Hindrance.NO_RECORDS, {"months": "2026-07、2026-08"})
    rare = np.full(MONTHS, 3)
    rare[6] = 0
    assert reasons(with_counts(record, rare)) == []  # with three a month one in twenty has none


def test_a_hole_among_the_months_to_be_told_is_no_test(record):
    opened = record.opened.copy()
    opened[-1] = 0
    assert Hindrance.NO_RECORDS in [one.hindrance for one in reasons(replace(record, opened=opened))]


def test_a_hole_in_the_rows_is_found():
    loops = steady(1)
    begins, ends = (pa.scalar(month_start(JANUARY + turn), pa.timestamp("us", "UTC")) for turn in (7, 9))
    lost = pc.and_(pc.greater_equal(loops["opened_at"], begins), pc.less(loops["opened_at"], ends))
    with pytest.raises(NoForecast) as raised:
        hold_out(record_of(loops.filter(pc.invert(lost))))
    busy = [one for one in raised.value.params["unforeseen"] if one.hindrance == Hindrance.NO_RECORDS]
    assert {one.params["months"] for one in busy} <= {"2026-08、2026-09", "2026-08、2026-09、2026-10"}
    assert len(busy) >= 8


def test_moved_units_by_an_earlier_table():
    rows = UNITS.to_pylist()
    for row in rows:
        if row["id"].startswith("c0-1."):
            row["parent"], row["jurisdiction"] = "c0-2", "c0-2"
    before = pa.Table.from_pylist(rows, UNITS.schema)
    window = Parameters(to_at=month_start(JANUARY + MONTHS))
    found = reasons(read_record(UNITS, steady(1), window, before=before))
    assert [one.hindrance for one in found] == [Hindrance.REORGANISED]
    assert found[0].params["share"] == "20%" or 10 <= int(found[0].params["share"].rstrip("%")) <= 30
    assert reasons(read_record(UNITS, steady(1), window, before=UNITS)) == []


def test_moved_units_by_the_relation_that_was_written():
    loops = steady(1)
    is_line = pc.equal(loops["kind"], "directive")
    written = pc.if_else(is_line, "department", None)
    record = record_of(loops.append_column("relation", written))
    assert [one.hindrance for one in reasons(record)] == [Hindrance.REORGANISED]
    right = pc.if_else(pc.and_(is_line, pc.equal(loops["creditor"], "c0")), "territorial", None)
    assert reasons(record_of(loops.append_column("relation", right))) == []


def test_a_changed_share(record):
    due, met = np.full(MONTHS, 30), np.array([27] * 8 + [12] * (MONTHS - 8))
    found = reasons(with_counts(record, due, met))
    assert [(one.what, one.hindrance) for one in found] == [("met", Hindrance.CHANGED_SHARE)]
    assert found[0].params == {"month": "2026-09", "before": "90%", "after": "40%"}


def test_a_changed_number_and_a_trend(record):
    step = np.array([30, 28, 31, 29, 32, 30, 28, 31, 61, 58, 60, 62, 59, 61, 60, 58, 62, 60])
    found = reasons(with_counts(record, step))
    assert (found[0].what, found[0].hindrance) == ("due", Hindrance.CHANGED_NUMBER)
    assert found[0].params["month"] == "2026-09"
    assert (float(found[0].params["before"]), float(found[0].params["after"])) == (
        pytest.approx(30, abs=2),
        pytest.approx(60, abs=2),
    )
    ramp = np.linspace(20, 70, MONTHS).astype(int)
    trend = {one.hindrance: one for one in reasons(with_counts(record, ramp))}
    assert trend[Hindrance.TREND].params["slope"].startswith("+")
    assert trend[Hindrance.TREND].what == "due"


def test_a_season_takes_two_years_to_be_seen(record):
    rng = np.random.default_rng(3)
    months = np.arange(JANUARY, JANUARY + 33)
    yearly = rng.poisson(40 + 25 * np.sin(months * np.pi / 6))
    cells, days = len(record.cells), np.full(33, 30.4)
    due = np.zeros((cells, 33), np.int64)
    due[record.cells.index(CELL)] = yearly
    longer = replace(
        record, months=months, days=days, due=due, met=due // 2, opened=np.full(33, 400), first=np.zeros(cells, int)
    )
    found = [one.hindrance for one in reasons(longer, stop=30)]
    assert Hindrance.SEASON in found
    assert Hindrance.SEASON not in [one.hindrance for one in reasons(longer, stop=20)]


def test_a_change_after_the_fitted_months_cannot_be_known(record):
    due, met = np.full(MONTHS, 30), np.array([27] * (MONTHS - 3) + [5] * 3)
    assert reasons(with_counts(record, due, met)) == []


def test_every_reason_has_a_sentence_without_holes(record):
    places = {
        Hindrance.FEW_MONTHS: {"count": "5", "least": "6"},
        Hindrance.FEW_MATTERS: {"count": "5", "least": "20"},
        Hindrance.SHORTER_THAN_AHEAD: {"ahead": "9", "count": "8"},
        Hindrance.NO_RECORDS: {"months": "2026-07"},
        Hindrance.REORGANISED: {"count": "5", "share": "8%"},
        Hindrance.CHANGED_SHARE: {"month": "2026-09", "before": "90%", "after": "40%"},
        Hindrance.CHANGED_NUMBER: {"month": "2026-09", "before": "30", "after": "60"},
        Hindrance.TREND: {"slope": "+3%"},
        Hindrance.SEASON: {},
    }
    assert set(places) == set(HINDRANCES)
    for hindrance, params in places.items():
        assert "%(" not in str(Unforeseen(*CELL, "", hindrance, params).sentence)


@pytest.mark.parametrize("tell", [hold_out, foresee])
def test_an_empty_log_is_refused_in_whole(tell):
    with pytest.raises(NoForecast) as raised:
        tell(record_of(steady(1).slice(0, 0)))
    assert "现有记录不足以预测" in str(raised.value)


def test_a_short_log_is_refused_in_whole_with_every_reason():
    record = record_of(steady(1, months=7), months=7)
    with pytest.raises(NoForecast) as raised:
        hold_out(record)
    kept = raised.value.params["unforeseen"]
    assert len({(one.relation, one.level) for one in kept}) == len(record.cells)
    assert {one.hindrance for one in kept} <= {Hindrance.FEW_MONTHS, Hindrance.FEW_MATTERS}
    assert "3 个" in str(raised.value)


def test_held_out_months_are_a_quarter_at_least_and_on_record(record):
    with pytest.raises(ValueError, match="fewer"):
        hold_out(record, ahead=2)
    with pytest.raises(ValueError, match="ends before"):
        hold_out(record, stop=MONTHS - 2)
