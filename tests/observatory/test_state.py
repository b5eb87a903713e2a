"""A day's loops laid over a kept state give the very figures of a full run over the table so made."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.observatory.logs import LOOP, UNIT, dues_of, loops_of, needs_of, organisations, table
from tests.observatory.test_streaming import told
from yunzhang.governance.observatory.actions import measure_kept
from yunzhang.governance.observatory.commands import measure as command
from yunzhang.governance.observatory.rules import measure, streaming
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
