"""Imports: what a file would do, errors by row, nothing or all, the same file twice, bad files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.org.places import AT, Places, make_place, system
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.rules import day_of
from yunzhang.ground.org.terms import COLUMNS, Duty, ImportKind, ImportPlan, NewPost, RowsRefused
from yunzhang.kit.tables import BadTable, write_columns, write_table

UNITS, POSTS, APPOINTMENTS = ImportKind.UNITS, ImportKind.POSTS, ImportKind.APPOINTMENTS
HEAD = ["编号", "上级", "类别", "名称", "统一社会信用代码"]


@pytest.fixture
def place(db: None) -> Places:
    return make_place()


@pytest.fixture
def posts(place: Places) -> list[int]:
    rows = [
        NewPost(place["city"], "general_cloud_chief", "总云长", Duty.LEADER),
        NewPost(place["a"], "cloud_chief", "云长", Duty.LEADER),
    ]
    org.add_posts(system(), rows, at=AT)
    return [post.id for post in org.list_posts([place["city"], place["a"]], on=day_of(AT))]


def write(tmp_path: Path, heading: list[str], rows: list[list[object]], suffix: str = ".xlsx") -> Path:
    file = tmp_path / f"rows{suffix}"
    write_table(file, heading, rows)
    return file


def preview(kind: ImportKind, file: Path) -> ImportPlan:
    return org.preview_import(kind, org.find_file_rows(kind, file), today=day_of(AT))


def take(kind: ImportKind, file: Path, *, keep_good: bool = False) -> None:
    org.import_rows(system(), kind, org.find_file_rows(kind, file), at=AT, keep_good=keep_good)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_units_come_in_with_superiors_from_the_same_file_and_twice_is_once(
    place: Places, tmp_path: Path, suffix: str
) -> None:
    rows = [
        ["n2", "n1", "部门", "丙区财政局", ""],
        ["n1", str(place["city"]), "政府", "丙区人民政府", ""],
        ["", "甲区人民政府", "部门", "甲区审计局", "11100000000013127D"],
    ]
    file = write(tmp_path, HEAD, rows, suffix)
    plan = preview(UNITS, file)
    assert (len(plan.new), plan.unchanged, plan.errors) == (3, 0, ())
    assert org.search_units("丙区") == []
    take(UNITS, file)
    finance, government = org.search_units("丙区财政局")[0], org.search_units("丙区人民")[0]
    assert (finance.parent, finance.jurisdiction, government.parent) == (government.id, government.id, place["city"])
    assert org.search_units("甲区审计局")[0].uscc == "11100000000013127D"
    plan = preview(UNITS, file)
    assert (len(plan.new), plan.unchanged) == (0, 3)


@pytest.mark.parametrize("number", [str, lambda row: "zcbhag"[row]])
def test_a_row_may_name_place_and_guide_that_stand_further_down(
    number: Callable[[int], str], db: None, tmp_path: Path
) -> None:
    c, b, h, a, g = map(number, (1, 2, 3, 4, 5))  # numbers of another office, which ours will give to other units
    heading = ["id", "parent", "guided_by", "kind", "jurisdiction", "name"]
    rows: list[list[object]] = [
        [c, "", "", "department", g, "中共丁市委员会"],
        [b, h, a, "department", h, "戊区民政局"],
        [h, g, "", "government", h, "戊区人民政府"],
        [a, g, "", "department", g, "丁市民政局"],
        [g, "", "", "government", g, "丁市人民政府"],
    ]
    plan = preview(ImportKind.UNITS, write(tmp_path, heading, rows, ".csv"))
    assert not plan.errors
    made = {unit.name: unit for unit in plan.new}
    place, guide = made["丁市人民政府"], made["丁市民政局"]
    assert made["中共丁市委员会"].jurisdiction == place.id
    assert guide.parent == made["戊区人民政府"].parent == place.id
    assert [upper for upper, _ in made["戊区民政局"].guided_by] == [guide.id]


def test_errors_name_row_and_column_in_plain_chinese_and_nothing_is_changed(place: Places, tmp_path: Path) -> None:
    rows = [
        ["", "甲区人民政府", "部门", "甲区体育局", ""],
        ["", "没有此单位", "部门", "x", ""],
        ["", "甲区人民政府", "飞船", "y", ""],
        ["", "甲区人民政府", "部门", "", ""],
        ["", "甲区人民政府", "部门", "z", "91110000802100433C"],
        [str(place["b"]), "", "政府", "别的名称", ""],
        ["r1", "r2", "部门", "环一", ""],
        ["r2", "r1", "部门", "环二", ""],
    ]
    file = write(tmp_path, HEAD, rows)
    plan = preview(UNITS, file)
    said = [(error.row, error.heading, str(error.problem)) for error in plan.errors]
    assert [(row, heading) for row, heading, _ in said] == [
        (3, "上级"),
        (4, "类别"),
        (5, "名称"),
        (6, "统一社会信用代码"),
        (7, "编号"),
        (8, "上级"),
        (9, "上级"),
    ]
    assert all("一" <= problem[0] <= "鿿" for _, _, problem in said)
    with pytest.raises(RowsRefused, match="第 3 行"):
        take(UNITS, file)
    assert org.search_units("甲区体育局") == []
    take(UNITS, file, keep_good=True)
    assert len(org.search_units("甲区体育局")) == 1
    assert org.search_units("环一") == []


def test_our_own_export_of_units_changes_nothing_when_imported(place: Places, tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx"):
        file = tmp_path / f"units{suffix}"
        write_columns(file, org.unit_columns(day_of(AT)))
        plan = preview(UNITS, file)
        assert (len(plan.new), plan.unchanged, plan.errors) == (0, len(place.units), ())


def test_posts_and_appointments_round_trip(place: Places, posts: list[int], tmp_path: Path) -> None:
    file = write(tmp_path, list(COLUMNS[POSTS]), [list(row) for row in org.list_rows_of_posts(on=day_of(AT))])
    plan = preview(POSTS, file)
    assert (len(plan.new), plan.unchanged, plan.errors) == (0, 2, ())
    rows: list[list[object]] = [
        [posts[0], "", "张三", "2025年1月1日", "", "否", ""],
        [posts[1], "gh-7", "李四", "2025-02-01", "2025-08-01", "是", "no"],
    ]
    heading = ["岗位编号", "人员编号", "姓名", "任职日期", "离任日期", "是否代理", "是否兼任"]
    file = write(tmp_path, heading, rows)
    take(APPOINTMENTS, file)
    held = org.find_holders(posts, on=day_of(AT))
    assert {post: each.name for post, each in held.items()} == {posts[0]: "张三"}
    plan = preview(APPOINTMENTS, file)
    assert (len(plan.new), plan.unchanged, plan.errors) == (0, 2, ())
    again = write(tmp_path, list(COLUMNS[APPOINTMENTS]), [list(row) for row in org.list_rows_of_appointments()])
    plan = preview(APPOINTMENTS, again)
    assert (len(plan.new), plan.unchanged, plan.errors) == (0, 2, ())


def test_numbers_of_another_office_are_told_by_the_name_beside_them(
    place: Places, posts: list[int], tmp_path: Path
) -> None:
    wrong = [[place["city"], "别处", "liaison", "联络员", "officer"]]
    heading = ["unit", "unit_name", "kind", "title", "duty"]
    assert [e.column for e in preview(ImportKind.POSTS, write(tmp_path, heading, wrong)).errors] == ["unit_name"]
    held = write(tmp_path, ["post", "title", "name", "from_on"], [[posts[0], "别的岗位", "张三", "2026-01-05"]])
    assert [e.column for e in preview(ImportKind.APPOINTMENTS, held).errors] == ["title"]


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        ([999, "", "张三", "2025-01-01"], "岗位编号"),
        ([0, "11010519491231002X", "张三", "2025-01-01"], "人员编号"),
        ([0, "13800138000", "张三", "2025-01-01"], "人员编号"),
        ([0, "", "", "2025-01-01"], "姓名"),
        ([0, "", "张三", "元旦"], "任职日期"),
        ([0, "", "张三", "2025-02-30"], "任职日期"),
        ([0, "", "张三", ""], "任职日期"),
    ],
)
def test_a_wrong_appointment_names_its_column(
    place: Places, posts: list[int], tmp_path: Path, row: list[object], heading: str
) -> None:
    row[0] = row[0] or posts[0]
    file = write(tmp_path, ["岗位编号", "人员编号", "姓名", "任职日期"], [row])
    plan = preview(APPOINTMENTS, file)
    assert [(error.row, error.heading) for error in plan.errors] == [(2, heading)]


def test_two_holders_at_once_are_told_by_row(place: Places, posts: list[int], tmp_path: Path) -> None:
    rows: list[list[object]] = [[posts[0], "张三", "2025-01-01"], [posts[0], "李四", "2025-03-01"]]
    file = write(tmp_path, ["岗位编号", "姓名", "任职日期"], rows)
    plan = preview(APPOINTMENTS, file)
    assert [(error.row, error.heading) for error in plan.errors] == [(3, "岗位编号")]
    assert "张三" in str(plan.errors[0].problem)


def bad_files(tmp_path: Path) -> dict[str, Path]:
    files = {name: tmp_path / f"{name}.xlsx" for name in ("columns", "merged", "formula", "bomb")}
    for name, file in files.items():
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["完全", "不同", "的列"] if name == "columns" else ["上级", "类别", "名称"])
        sheet.append(["", "部门", "=1+1" if name == "formula" else "x"])
        if name == "merged":
            sheet.merge_cells("A2:B2")
        book.save(file)
    with zipfile.ZipFile(files["bomb"], "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", b"0" * (400 * 2**20))
    files["gbk"] = tmp_path / "gbk.csv"
    files["gbk"].write_bytes("上级,类别,名称\n,部门,财政局\n".encode("gbk"))
    files["million"] = tmp_path / "million.csv"
    files["million"].write_text("上级,类别,名称\n" + ",部门,财政局\n" * 1_000_001, "utf-8")
    return files


def test_bad_files_are_refused_and_change_nothing(place: Places, tmp_path: Path) -> None:
    before = org.find_next_unit()
    for name, file in bad_files(tmp_path).items():
        with pytest.raises(BadTable) as refusal:
            take(UNITS, file)
        assert any("一" <= sign <= "鿿" for sign in str(refusal.value)), name
    assert org.find_next_unit() == before
