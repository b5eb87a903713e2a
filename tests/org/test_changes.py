"""Changes of divisions: by file (dry run, errors by row, twice is once), and what no sequence of them may break."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.homes import bare_home
from tests.conftest import Command
from tests.org.places import AT, system
from yunzhang.ground.org import actions as org
from yunzhang.ground.org import rules
from yunzhang.ground.org.terms import (
    ChangeKind,
    Division,
    DivisionChange,
    ImportKind,
    ImportPlan,
    RowsRefused,
)
from yunzhang.kit.tables import write_table

DIVISIONS = ImportKind.DIVISIONS
NOW = AT.replace(year=2026)
HEAD = ["变更日期", "变更类型", "行政区划代码", "名称", "变更后代码", "上级代码", "出处"]
ROWS: list[list[object]] = [
    ["2025年3月1日", "合并", "500199", "", "500101", "", ""],
    ["2024-03-01", "变更代码", "500102", "", "500199", "", "民政部公告"],
    ["2024-03-01", "更名", "500106", "新坪坝区", "", "", ""],
    ["2024-03-01", "新设", "500198", "两江新区", "", "500000", ""],
    ["2024-03-01", "撤销", "500105", "", "", "", ""],
]


@pytest.fixture
def chongqing(db: None) -> None:
    rows = [each for each in org.load_place("50") if len(each.code) < 9]
    org.load_divisions(system(), rows, at=AT)


def write(tmp_path: Path, rows: list[list[object]], suffix: str = ".xlsx") -> Path:
    file = tmp_path / f"changes{suffix}"
    write_table(file, HEAD, rows)
    return file


def preview(file: Path) -> ImportPlan:
    return org.preview_import(DIVISIONS, org.find_file_rows(DIVISIONS, file), today=rules.day_of(NOW))


def take(file: Path, *, keep_good: bool = False) -> None:
    org.import_rows(system(), DIVISIONS, org.find_file_rows(DIVISIONS, file), at=NOW, keep_good=keep_good)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_file_of_changes_is_made_once_and_every_day_can_be_asked_about(
    chongqing: None, tmp_path: Path, suffix: str
) -> None:
    file = write(tmp_path, ROWS, suffix)
    plan = preview(file)
    assert (len(plan.new), plan.unchanged, plan.errors) == (5, 0, ())
    assert org.find_division("500106").name == "沙坪坝区"
    take(file)
    assert org.find_division("500106").name == "新坪坝区"
    assert org.find_division("500106", on=date(2024, 2, 29)).name == "沙坪坝区"
    assert {"500198", "500199"} <= {each.code for each in org.list_divisions("50", on=date(2024, 6, 1))}
    found = [org.find_successor("500102", on=day) for day in (date(2024, 2, 1), date(2024, 6, 1), None)]
    assert [each.code for each in found if each] == ["500102", "500199", "500101"]
    plan = preview(file)
    assert (len(plan.new), plan.unchanged, plan.errors) == (0, 5, ())
    take(file)
    assert len(org.list_divisions("50")) == 38 - 1


def test_wrong_rows_are_named_and_the_good_ones_taken_where_asked(chongqing: None, tmp_path: Path) -> None:
    wrong: list[list[object]] = [
        ["元旦", "撤销", "500107", "", "", "", ""],
        ["2024-03-01", "飞升", "500107", "", "", "", ""],
        ["2024-03-01", "撤销", "50x", "", "", "", ""],
        ["2024-03-01", "合并", "500107", "", "509999", "", ""],
        ["2024-03-01", "变更代码", "509999", "", "500197", "", ""],
        ["2024-03-01", "合并", "500107", "", "500197", "", ""],
        ["2099-03-01", "撤销", "500107", "", "", "", ""],
    ]
    file = write(tmp_path, [ROWS[2], *wrong])
    said = [(error.row, error.heading) for error in preview(file).errors]
    assert said == [
        (3, "变更日期"),
        (4, "变更类型"),
        (5, "行政区划代码"),
        (6, "变更后代码"),
        (7, "行政区划代码"),
        (8, "变更后代码"),  # counted on the code that the refused row 7 would have brought
        (9, "变更日期"),
    ]
    with pytest.raises(RowsRefused, match="第 3 行"):
        take(file)
    assert org.find_division("500106").name == "沙坪坝区"
    take(file, keep_good=True)
    assert org.find_division("500106").name == "新坪坝区"
    assert org.find_division("500107").to_on is None


def test_what_is_loaded_later_follows_what_has_become_of_its_superior(chongqing: None, tmp_path: Path) -> None:
    take(write(tmp_path, ROWS))
    towns = [each for each in org.load_place("500102") if len(each.code) == 9 and not each.is_pseudo]
    org.load_divisions(system(), towns, at=NOW)
    codes = {each.code for each in towns}
    for above, day in (("500102", date(2024, 2, 29)), ("500199", date(2024, 3, 1)), ("500101", None)):
        assert {each.code for each in org.list_divisions(above, on=day)} == codes


CODES = ["50", "51", "5003", "500101", "500102", "500103", "510101", "500101001", "500101002", "500102001"]
START = date(2023, 6, 30)
changes = st.builds(
    DivisionChange,
    st.integers(0, 9).map(lambda days: START + timedelta(days)),
    st.sampled_from(ChangeKind),
    st.sampled_from(CODES),
    st.sampled_from(["", "甲", "乙"]),
    st.sampled_from(["", *CODES]),
    st.sampled_from(["", "00", *CODES]),
)


def on_day(rows: list[Division], day: date) -> set[tuple[str, str, str]]:
    return {(r.code, r.name, r.parent) for r in rows if r.from_on <= day and (r.to_on is None or day < r.to_on)}


@settings(max_examples=300, deadline=None)
@given(st.lists(changes, max_size=30))
def test_no_sequence_of_changes_breaks_a_past_day_or_leaves_a_place_without_its_superior(
    asked: list[DivisionChange],
) -> None:
    first = {"50": "00", "51": "00", "500101": "50", "500102": "50", "500101001": "500101", "500102001": "500102"}
    register = rules.DivisionRegister([Division(code, code, above, START) for code, above in first.items()])

    def rows() -> list[Division]:
        return [row for code in CODES for row in register.rows(code)]

    for change in rules.in_order(asked):
        before = rows()
        if rules.change_problem(register, change, today=date(2024, 1, 1)):
            continue
        rules.make_change(register, change)
        assert on_day(rows(), change.on - timedelta(1)) == on_day(before, change.on - timedelta(1))
        for days in range(12):
            held = on_day(rows(), START + timedelta(days))
            assert len({code for code, _, _ in held}) == len(held)
        standing = {row.code: row for row in rows() if row.to_on is None}
        assert all(row.parent == "00" or row.parent in standing for row in standing.values())


def test_the_command_speaks_of_rows_writes_rejects_and_repeats_nothing(yunzhang: Command, tmp_path: Path) -> None:
    home, rejects = bare_home(tmp_path / "home"), tmp_path / "bad.csv"
    good: list[list[object]] = [["2024-03-01", "新设", "99", "云国", "", "00", ""]]
    bad: list[list[object]] = [["2024-03-01", "新设", "9901", "江州市", "", "98", ""]]
    file = write(tmp_path, good + bad, ".csv")
    done = yunzhang("import", "divisions", file, "--home", home)
    assert done.returncode == 1
    assert "第 3 行“上级代码”" in done.stderr
    done = yunzhang("import", "divisions", file, "--home", home, "--dry-run", "--rejects", rejects)
    assert "可新增 1 行，已有 0 行，有误 1 行" in done.stdout
    for count in ("新增 1 行，已有 0 行", "新增 0 行，已有 1 行"):
        done = yunzhang("import", "divisions", file, "--home", home, "--rejects", rejects)
        assert (done.returncode, count in done.stdout) == (0, True)
    with rejects.open(encoding="utf-8-sig") as lines:
        heading, row = csv.reader(lines)
    assert (heading[0], row[0], row[4]) == ("row", "3", "9901")
    assert yunzhang("import", "divisions", "--home", home).returncode == 1
    assert yunzhang("import", "units", "--villages", "500101", "--home", home).returncode == 1
    assert "500101" in yunzhang("import", "divisions", "--villages", "500101", "--home", home).stderr
    rows: list[list[object]] = [
        ["2023-07-01", "新设", "50", "重庆市", "", "00", ""],
        ["2023-07-01", "新设", "500101", "万州区", "", "50", ""],
    ]
    assert yunzhang("import", "divisions", write(tmp_path, rows, ".csv"), "--home", home).returncode == 0
    villages = ("import", "divisions", "--villages", "500101", "--home", home)
    assert "可装入村（社区） 6" in yunzhang(*villages, "--dry-run").stdout
    assert ["已装入村（社区） 6" in yunzhang(*villages).stdout for _ in range(2)] == [True, False]
    assert yunzhang("verify", "--home", home).returncode == 0
