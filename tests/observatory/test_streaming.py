"""A log counted in pieces gives the very figures of the whole table, whatever stands where and whoever counts."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.observatory.logs import LOOP, MOMENTS, UNIT, dues_of, loops_of, needs_of, organisations, table
from yunzhang.base.errors import YunzhangError
from yunzhang.governance.observatory.rules import measure, streaming
from yunzhang.governance.observatory.rules.charging import place_due
from yunzhang.governance.observatory.rules.streaming import InMemory
from yunzhang.governance.observatory.rules.tree import read_tree
from yunzhang.governance.observatory.terms import BadTable, Parameters
from yunzhang.kit.columns import ParquetPieces

few = settings(max_examples=60, deadline=None)


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(streaming, "PIECE", 7)
    monkeypatch.setattr(streaming, "SLICE", 4)


def told(measured):
    return [(f.unit, f.values, f.raw, f.loops, f.level, f.units, f.coverage) for f in measured.figures()]


@st.composite
def cases(draw):
    units = draw(organisations())
    loops = draw(loops_of(units, max_rows=40))
    need, due = draw(st.one_of(st.none(), needs_of(units))), draw(st.one_of(st.none(), dues_of(units)))
    return units, loops, need, due, draw(st.sampled_from(["", "信访"])), draw(st.randoms(use_true_random=False))


def tables(units, loops, need, due):
    claims = {
        "need": None if need is None else table(need, ("a", "b", "matters")),
        "due": None if due is None else table(due, ("creditor", "debtor", "kind", "count")),
    }
    return table(units, UNIT), table(loops, LOOP), claims


@few
@given(cases())
def test_pieces_whole_tables_and_any_order_agree_to_the_bit(case):
    units, loops, need, due, programme, rng = case
    units_table, loops_table, claims = tables(units, loops, need, due)
    parameters = Parameters(draws=0, programme=programme)
    whole = told(measure(units_table, loops_table, parameters, **claims))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "PIECE", 7)
        patch.setattr(streaming, "SLICE", 4)
        coded = loops_table.set_column(3, "debtor", loops_table["debtor"].dictionary_encode())
        for pieces in (InMemory(loops_table), InMemory(coded)):
            assert told(measure(units_table, pieces, parameters, **claims)) == whole
        for rows in (units, loops, need or [], due or []):
            rng.shuffle(rows)
        units_table, loops_table, claims = tables(units, loops, need, due)
        assert told(measure(units_table, InMemory(loops_table), parameters, **claims)) == whole
        assert told(measure(units_table, loops_table, parameters, **claims)) == whole


def big(seed=1, rows=400):
    rng = random.Random(seed)
    units = [{"id": f"u{k}", "parent": f"u{(k - 1) // 3}" if k else "", "kind": "government"} for k in range(40)]
    loops = [
        {
            "loop": f"l{rng.randrange(150)}",
            "kind": rng.choice(["directive", "report", "consult"]),
            "creditor": f"u{rng.randrange(40)}",
            "debtor": f"u{rng.randrange(40)}",
            "opened_at": rng.choice(MOMENTS[:6]),
            "due_at": rng.choice(MOMENTS),
            "closed_at": rng.choice(["", *MOMENTS]),
            "outcome": "",
        }
        for _ in range(rows)
    ]
    return table(units, UNIT), table(loops, LOOP[:8])


def test_workers_row_groups_and_draws_do_not_matter(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "SLICE", 16)
    units, loops = big()
    whole = measure(units, loops, Parameters(draws=20))
    found = [(f.low, f.high, f.mode) for f in whole.figures()]
    for size, workers in ((400, 1), (37, 2), (5, 3)):
        parquet.write_table(loops, tmp_path / "l.parquet", row_group_size=size)
        monkeypatch.setattr(streaming, "WORKERS", workers)
        pieces = measure(units, ParquetPieces(tmp_path / "l.parquet"), Parameters(draws=20))
        assert told(pieces) == told(whole)
        assert [(f.low, f.high, f.mode) for f in pieces.figures()] == found
    order = np.random.default_rng(1).permutation(units.num_rows)
    assert [(f.low, f.high, f.mode) for f in measure(units.take(order), loops, Parameters(draws=20)).figures()] == found


@pytest.mark.usefixtures("small_pieces")
def test_loops_whose_rows_stand_apart_are_found():
    units, loops = big()
    tree = read_tree(units)
    apart = streaming.count_log(tree, InMemory(loops), place_due(tree, None), Parameters())
    beside = streaming.count_log(tree, InMemory(loops.sort_by("loop")), place_due(tree, None), Parameters())
    assert apart.scattered > 0
    assert beside.scattered == 0
    assert (apart.tally.edges == beside.tally.edges).all()
    assert apart.rows == beside.rows == loops.num_rows


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("column", ["opened_at", "due_at", "closed_at"])
def test_the_first_bad_row_is_named_whoever_reads_it(column):
    units, loops = big()
    cells = loops[column].to_pylist()
    cells[201] = cells[333] = "yesterday"
    loops = loops.set_column(loops.column_names.index(column), column, [cells])
    with pytest.raises(BadTable, match="第 202 行"):
        measure(units, InMemory(loops), Parameters(draws=0, to_at=2**60))


def test_an_empty_log_in_pieces(tmp_path):
    units, loops = big()
    parquet.write_table(loops.slice(0, 0), tmp_path / "l.parquet")
    found = measure(units, ParquetPieces(tmp_path / "l.parquet"), Parameters(draws=0)).figures()
    assert {f.loops for f in found} == {0}
    (tmp_path / "l.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(YunzhangError):
        ParquetPieces(tmp_path / "l.parquet")
