"""A day's loops laid over a kept state give the very figures of a full run over the table so made."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.observatory.logs import LOOP, UNIT, dues_of, loops_of, needs_of, organisations, table
from tests.observatory.test_streaming import told
from yunzhang.governance.observatory.actions import measure_kept, state
from yunzhang.governance.observatory.commands import measure as command
from yunzhang.governance.observatory.rules import counting, keeping, measure, streaming
from yunzhang.governance.observatory.terms import BadState, Parameters

DAY = 86_400_000_000
BEGINS = 20_454 * DAY
moments = st.integers(0, 70).map(lambda day: BEGINS + day * DAY)


def laid_over(loops, day):
    """The table after a day: what was known of a loop the day names is dropped."""
    named = {row["loop"] for row in day}
    return [row for row in loops if row["loop"] not in named] + day


@st.composite
def cases(draw):
    units = draw(organisations())
    days = draw(st.lists(loops_of(units, max_rows=25), min_size=2, max_size=4))
    windows = []
    for _ in days:
        begins, ends, until = draw(st.one_of(st.none(), moments)), draw(moments), draw(st.one_of(st.none(), moments))
        windows.append({"from_at": begins if begins is None or begins < ends else None, "to_at": ends, "as_of": until})
    claims = {"need": draw(st.one_of(st.none(), needs_of(units))), "due": draw(st.one_of(st.none(), dues_of(units)))}
    return units, days, windows, claims, draw(st.sampled_from(["", "", "信访"]))


def written(folder, units, claims):
    columns = {"need": ("a", "b", "matters"), "due": ("creditor", "debtor", "kind", "count")}
    tables = {role: table(rows, columns[role]) for role, rows in claims.items() if rows is not None}
    for role, rows in (tables | {"units": table(units, UNIT)}).items():
        parquet.write_table(rows, folder / f"{role}.parquet")
    return {role: folder / f"{role}.parquet" for role in (*tables, "units")}, tables


@settings(max_examples=20, deadline=None)
@given(cases())
def test_days_laid_over_equal_a_full_run_to_the_bit(case):
    units, days, windows, claims, programme = case
    folder = Path(tempfile.mkdtemp())
    files, tables = written(folder, units, claims)
    whole = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "PIECE", 7)
        patch.setattr(streaming, "SLICE", 4)
        patch.setattr(keeping, "ZONE", 3)
        patch.setattr(counting, "_FIRST", 2)  # so that changes are merged into the sorted pairs
        for day, window in zip(days, windows, strict=True):
            whole = laid_over(whole, day)
            parameters = Parameters(draws=0, programme=programme, **window)
            kept = measure_kept(folder / "state", files, table(day, LOOP), parameters)
            assert told(kept) == told(measure(table(units, UNIT), table(whole, LOOP), parameters, **tables))
    shutil.rmtree(folder)


def test_what_may_not_change_is_refused(tmp_path):
    units = [{"id": "r", "kind": "government"}, {"id": "a", "parent": "r", "kind": "government"}]
    row = {"loop": "1", "kind": "directive", "creditor": "r", "debtor": "a", "opened_at": "2026-01-01"}
    files, _ = written(tmp_path, units, {})
    at = Parameters(draws=0, to_at=BEGINS)
    measure_kept(tmp_path / "state", files, table([row], LOOP), at)
    with pytest.raises(BadState, match="--to"):
        measure_kept(tmp_path / "state", files, table([row], LOOP), Parameters(draws=0))
    with pytest.raises(BadState, match="columns"):
        measure_kept(tmp_path / "state", files, table([row], LOOP[:8]), at)
    with pytest.raises(BadState, match="term"):
        measure_kept(tmp_path / "state", files, table([row], LOOP), Parameters(draws=0, to_at=BEGINS, term_days=3))
    parquet.write_table(table([*units, {"id": "b", "parent": "r", "kind": "government"}], UNIT), files["units"])
    with pytest.raises(BadState, match="units"):
        measure_kept(tmp_path / "state", files, table([row], LOOP), at)


def test_a_run_broken_off_at_any_file_leaves_the_day_before(tmp_path):
    units = [{"id": "r", "kind": "government"}, *({"id": i, "parent": "r", "kind": "government"} for i in "abc")]
    files, _ = written(tmp_path, units, {})
    at = Parameters(draws=0, to_at=BEGINS + 70 * DAY)
    row = {"kind": "consult", "creditor": "a", "opened_at": "2026-01-01", "closed_at": "2026-01-03"}
    first = [row | {"loop": str(number), "debtor": "bc"[number % 2]} for number in range(9)]
    second = [row | {"loop": str(number), "debtor": "r", "closed_at": ""} for number in range(5, 12)]
    measure_kept(tmp_path / "state", files, table(first, LOOP), at)
    whole = told(measure(table(units, UNIT), table(laid_over(first, second), LOOP), at))
    for breaks in range(30):
        folder = tmp_path / f"state{breaks}"
        shutil.copytree(tmp_path / "state", folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(counting, "_FIRST", 1)
            saves = count_down(breaks)
            patch.setattr(state.np, "save", lambda path, array, saves=saves: saves(path, array))
            try:
                measure_kept(folder, files, table(second, LOOP), at)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert told(measure_kept(folder, files, table(second, LOOP), at)) == whole
        assert {path.name.split(".")[1] for path in folder.glob("*.*.npy")} <= {"1", "2"}
    assert breaks > 10


def count_down(left):
    """A way to save that breaks off in the middle of one file."""
    save = np.save

    def saves(path, array):
        nonlocal left
        left -= 1
        if left < 0:
            path.write_bytes(b"half")
            raise KeyboardInterrupt
        save(path, array)

    return saves


def test_draws_after_a_day_are_those_of_a_full_run(tmp_path):
    units = [{"id": "r", "kind": "government"}, *({"id": i, "parent": "r", "kind": "department"} for i in "abc")]
    files, _ = written(tmp_path, units, {})
    at = Parameters(draws=60, to_at=BEGINS + 70 * DAY)
    row = {"kind": "consult", "creditor": "a", "opened_at": "2026-01-01", "closed_at": "2026-01-03"}
    first = [row | {"loop": str(number), "debtor": "bc"[number % 2]} for number in range(9)]
    second = [row | {"loop": str(number), "debtor": "b", "closed_at": ""} for number in range(5, 12)]
    measure_kept(tmp_path / "state", files, table(first, LOOP), at)
    kept = measure_kept(tmp_path / "state", files, table(second, LOOP), at)
    whole = measure(table(units, UNIT), table(laid_over(first, second), LOOP), at)
    assert told(kept) == told(whole)
    assert kept.figures() == whole.figures()


def test_the_command_keeps_and_goes_on(tmp_path):
    units = [{"id": "r", "kind": "government"}, {"id": "a", "parent": "r", "kind": "government"}]
    files, _ = written(tmp_path, units, {})
    row = {"loop": "1", "kind": "directive", "creditor": "r", "debtor": "a", "opened_at": "2026-01-01"}
    met = row | {"closed_at": "2026-01-03", "outcome": "met"}
    shown = []
    for day in ([row], [met], [row | {"loop": "2"}]):
        parquet.write_table(table(day, LOOP), tmp_path / "l.parquet")
        out = tmp_path / "out.json"
        state = tmp_path / "state"
        command(files["units"], tmp_path / "l.parquet", to="2026-03-01", draws=0, out=out, state=state)
        shown.append(json.loads(out.read_text("utf-8"))[0])
    assert [(row["V_raw"], row["loops"]) for row in shown] == [(0.0, 1), (1.0, 1), (0.5, 2)]
