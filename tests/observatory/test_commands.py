"""`yunzhang measure` from files: the contract's JSON, windows, exports of ours, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import csv, parquet

from tests.observatory.logs import LOOP, UNIT, table
from tests.observatory.oracle import Oracle
from yunzhang.base.errors import YunzhangError
from yunzhang.governance.observatory.commands import measure
from yunzhang.governance.observatory.rules.tree import read_tree
from yunzhang.governance.observatory.terms import BadTable

UNITS = [
    {"id": "r", "parent": "", "kind": "government", "jurisdiction": "r", "name": "江州市人民政府"},
    {"id": "a", "parent": "r", "kind": "government", "jurisdiction": "a", "name": "甲区人民政府"},
    {"id": "b", "parent": "r", "kind": "government", "jurisdiction": "b", "name": "乙县人民政府"},
    {"id": "a1", "parent": "a", "guided_by": "", "kind": "department", "jurisdiction": "a", "name": "甲区民政局"},
]
LOOPS = [
    {"loop": "1", "kind": "directive", "creditor": "r", "debtor": "a", "opened_at": "2026-01-01",
     "due_at": "2026-01-31", "closed_at": "2026-01-20", "outcome": "met"},
    {"loop": "2", "kind": "directive", "creditor": "a", "debtor": "a1", "opened_at": "2026-01-02", "due_at": "",
     "closed_at": "", "outcome": "open"},
    {"loop": "3", "kind": "consult", "creditor": "a", "debtor": "b", "opened_at": "2026-01-02", "due_at": "2026-02-01",
     "closed_at": "2026-02-01", "outcome": "met"},
    {"loop": "4", "kind": "consult", "creditor": "ghost", "debtor": "b", "opened_at": "2026-01-02", "due_at": "",
     "closed_at": "", "outcome": "met"},
]  # fmt: skip
FIELDS = (
    "unit name level units V V_low V_high V_territorial V_functional H H_low H_high H_department H_region H_market"
    " H_society mode p_mode loops coverage"
)


@pytest.fixture
def files(tmp_path):
    csv.write_csv(table(UNITS, UNIT), tmp_path / "units.csv")
    text = (tmp_path / "units.csv").read_text("utf-8")
    (tmp_path / "units.csv").write_text(f"模拟数据 · 虚构地区\n{text}", "utf-8-sig")  # as an export of a demonstration
    parquet.write_table(table(LOOPS, LOOP), tmp_path / "loops.parquet")
    return tmp_path / "units.csv", tmp_path / "loops.parquet"


def test_prints_the_contracts_json(yunzhang, files):
    words = ("measure", "--units", files[0], "--loops", files[1], "--json")
    done = yunzhang(*words)
    rows = json.loads(done.stdout)
    assert [row["unit"] for row in rows] == ["a", "r"]
    assert list(rows[0])[:20] == FIELDS.split()
    theirs = Oracle(UNITS_FULL, LOOPS).figures()
    for row in rows:
        for name in ("V", "V_territorial", "V_functional", "H", "H_department", "H_region", "H_market", "H_society"):
            ours, oracle = row[name], theirs[row["unit"]][name]
            assert (ours is None) == (oracle is None)
            assert ours is None or ours == pytest.approx(oracle, abs=1e-9)
    assert rows[1]["coverage"]["set_aside_reasons"] == {"unknown_unit": 1}
    assert rows[1]["coverage"]["covers"] == ["territorial directive"]
    assert yunzhang(*words).stdout == done.stdout
    assert yunzhang(*words, "--tau", "-1").stderr.count("\n") == 1


UNITS_FULL = [{name: unit.get(name, "") for name in UNIT} for unit in UNITS]


def test_the_table_says_what_was_set_aside_merged_or_not_to_be_measured(files, tmp_path, capsys):
    units, _ = files
    twice = [*LOOPS, LOOPS[0], LOOPS[1] | {"loop": "5", "closed_at": "2025-12-01"}]
    csv.write_csv(table(twice, LOOP), tmp_path / "twice.csv")
    measure(units, tmp_path / "twice.csv")
    told = capsys.readouterr().out
    for line in ("事项表 6 行，未计入 2 行", "单位不在机构表中 1", "办结早于开立 1", "合并 1 行"):
        assert line in told
    csv.write_csv(table(UNITS[:1], UNIT), tmp_path / "one.csv")
    measure(tmp_path / "one.csv", tmp_path / "twice.csv")
    assert "没有一个单位有下级" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told_so(yunzhang, files):
    done = yunzhang("measure", "--units", files[0].with_name("nowhere.csv"), "--loops", files[1])
    assert done.returncode == 1
    assert "nowhere.csv" in done.stderr
    assert "没有这个文件" in done.stderr
    assert "Errno" not in done.stderr


def test_a_log_without_a_line_of_command_has_no_v(files, tmp_path, capsys):
    csv.write_csv(table(LOOPS[2:3], LOOP), tmp_path / "across.csv")
    measure(files[0], tmp_path / "across.csv", root="r")
    told = capsys.readouterr().out
    assert "日志里没有纵向往来" in told
    assert "数据不足，暂不判定" in told
    measure(files[0], tmp_path / "across.csv", root="r", report=tmp_path / "report", sweep=True)
    assert "日志里没有纵向往来" in (tmp_path / "report" / "report.html").read_text("utf-8")
    rows = json.loads((tmp_path / "report" / "figures.json").read_text("utf-8"))["figures"]
    assert [(row["V"], row["mode"], row["p_mode"]) for row in rows] == [(None, "undecided", None)] * len(rows)
    assert any(row["H"] is not None for row in rows)


def test_prints_a_table_and_writes_files(files, tmp_path, capsys):
    measure(*files, root="r")
    assert "江州市人民政府" in capsys.readouterr().out
    for name in ("o.json", "o.csv", "o.parquet", "o.xlsx"):
        measure(*files, out=tmp_path / name)
    assert sum(parquet.read_table(tmp_path / "o.parquet")["units"].to_pylist()) == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"units": None},
        {"loops": None},
        {"units": "gbk.csv"},
        {"units": "open.csv"},
        {"draws": 10**9},
        {"units": "wrong.csv"},
        {"units": "none.csv"},
        {"tau": -1},
        {"term": -1},
        {"parts": "village"},
        {"covers": "all"},
        {"from_": "yesterday"},
        {"from_": "2026-02-01", "to": "2026-01-01"},
        {"root": "nobody"},
        {"out": Path("o.docx")},
        {"need": "wrong.csv"},
    ],
)
def test_refuses_in_one_line(files, tmp_path, changed):
    (tmp_path / "open.csv").write_text(files[0].read_text("utf-8").replace("乙县", '"乙县'), "utf-8")
    (tmp_path / "gbk.csv").write_bytes("编号,上级\n甲,乙\n".encode("gbk"))
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", "utf-8")
    words = dict(zip(("units", "loops"), files, strict=True))
    asked = {key: tmp_path / word if str(word).endswith(".csv") else word for key, word in changed.items()}
    with pytest.raises(YunzhangError) as refused:
        measure(**(words | asked))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"parent": "a1"}, 2),
        ({"parent": "zz"}, 2),
        ({"kind": "village"}, 2),
        ({"guided_by": "a"}, 2),
        ({"id": "r"}, 2),
        ({"id": ""}, 2),
        ({"reports": "never"}, 2),
    ],
)
def test_names_the_bad_row_of_a_unit_table(change, row):
    units = [dict(unit) for unit in UNITS]
    units[1] |= change
    with pytest.raises(BadTable, match=f"第 {row} 行"):
        read_tree(table(units, UNIT))
