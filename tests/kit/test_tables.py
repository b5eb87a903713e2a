"""Foreign files: what is good is read, what is bad is refused by place; nothing hangs or swells."""

from __future__ import annotations

import csv
import resource
import time
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from yunzhang.kit.tables import read_table, write_table
from yunzhang.kit.tables.fenced import undo_defusing
from yunzhang.kit.tables.refusals import (
    BadTable,
    DoubledColumn,
    EmptyTable,
    ErrorCell,
    FormulaCell,
    LongCell,
    LongNumber,
    MergedCell,
    NotATable,
    OldWorkbook,
    TooLarge,
    TooManyRows,
    TooSlow,
    WrongColumns,
    WrongEncoding,
)
from yunzhang.kit.tables.write import defuse

COLUMNS = {"name": "单位名称", "code": "区划代码", "on": "成立日期"}
HEADING = list(COLUMNS.values())


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_good_workbook_is_read_with_row_numbers_dates_and_numbers(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "a.xlsx", [HEADING, ["甲区", 500101, date(2026, 11, 23)], [], [" 乙县 ", "500102", None]]
    )
    rows = read_table(file, COLUMNS)
    assert [(row.number, dict(row.cells)) for row in rows] == [
        (2, {"name": "甲区", "code": "500101", "on": "2026-11-23"}),
        (4, {"name": "乙县", "code": "500102", "on": ""}),
    ]


def test_a_good_csv_is_read_and_optional_columns_may_be_absent(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('\ufeffname,code\n"甲,区",500101\n', "utf-8")
    rows = read_table(file, COLUMNS, optional=["on"])
    assert [(row.number, dict(row.cells)) for row in rows] == [(2, {"name": "甲,区", "code": "500101", "on": ""})]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_we_write_in_a_simulated_home_reads_back(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    written = [["甲区", "=1+1", "@x"], ["-5", "+x", "'quoted'"]]
    assert write_table(file, HEADING, written, ribbon="模拟数据 · 虚构地区") == 2
    assert [list(row.cells.values()) for row in read_table(file, COLUMNS)] == written


def no_heading(path: Path) -> Path:
    return workbook(path, [["单位台账"], HEADING, ["甲区", 1, ""]])


def wrong_columns(path: Path) -> Path:
    return workbook(path, [["单位名称", "区划代码", "备注"], ["甲区", 1, ""]])


def doubled(path: Path) -> Path:
    return workbook(path, [[*HEADING, "单位名称"], ["甲区", 1, "", "甲区"]])


def merged(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADING)
    sheet.merge_range("A3:A4", "甲区")
    book.close()
    return path


def formula(path: Path) -> Path:
    return workbook(path, [HEADING, ["甲区", 1, ""], ["=HYPERLINK(1)", 2, ""]])


def error_cell(path: Path) -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.append(HEADING)
    book.active.append(["甲区", "#REF!", ""])
    book.active["B2"].data_type = "e"
    book.save(path)
    return path


def long_number(path: Path) -> Path:
    return workbook(path, [HEADING, ["甲区", 110101199003070011, ""]])


def long_cell(path: Path) -> Path:
    return workbook(path, [HEADING, ["甲" * 5000, 1, ""]])


def million_rows(path: Path) -> Path:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADING)
    for row in range(1, 150_000):
        sheet.write_number(row, 1, row)
    book.close()
    return path


def million_lines(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text(",".join(HEADING) + "\n" + "甲,1,\n" * 1_000_000, "utf-8")
    return path


def gbk(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_bytes((",".join(HEADING) + "\n甲区,1,\n").encode("gbk"))
    return path


def utf16(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text(",".join(HEADING), "utf-16")
    return path


def broken_csv(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text(",".join(HEADING) + '\n"甲区"x,1,\n', "utf-8")
    return path


def formula_csv(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text(",".join(HEADING) + "\n=cmd|'/c calc'!A1,1,\n", "utf-8")
    return path


def old_workbook(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return path


def picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(600))
    return path


def cut_short(path: Path) -> Path:
    data = workbook(path, [HEADING, ["甲区", 1, ""]]).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def empty(path: Path) -> Path:
    return workbook(path, [])


def with_sheet(path: Path, pieces: Iterable[bytes]) -> Path:
    """Return a workbook whose sheet is replaced by these bytes; written in pieces to stay small ourselves."""
    source = workbook(path.with_suffix(".base"), [HEADING])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.startswith("xl/worksheets/"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in pieces:
                sheet.write(piece)
    return path


def bomb(path: Path) -> Path:
    return with_sheet(path, [b"<worksheet>", *[b" " * 2**20] * 400])


def lying_bomb(path: Path) -> Path:
    """A bomb whose headers say it is small."""
    data = bytearray(bomb(path).read_bytes())
    real = (11 + 400 * 2**20).to_bytes(4, "little")
    data = bytearray(bytes(data).replace(real, (1000).to_bytes(4, "little")))
    path.write_bytes(data)
    return path


def laughs(path: Path) -> Path:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + entities + b"]>"
    return with_sheet(path, [head, b"<worksheet><sheetData>&a9;</sheetData></worksheet>"])


def outside(path: Path) -> Path:
    head = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return with_sheet(path, [head, b"<worksheet><sheetData>&e;</sheetData></worksheet>"])


def deep(path: Path) -> Path:
    return with_sheet(path, [b"<worksheet><sheetData>", *[b"<row>" * 100_000] * 30])


@pytest.mark.parametrize(
    ("make", "refusal", "words"),
    [
        (no_heading, WrongColumns, "第 1 行应为表头"),
        (wrong_columns, WrongColumns, "缺少列“成立日期”，多出列“备注”"),
        (doubled, DoubledColumn, "“单位名称”列出现了两次"),
        (merged, MergedCell, "第 3 行“A”列有合并单元格（A3:A4）"),
        (formula, FormulaCell, "第 3 行“A”列是公式"),
        (formula_csv, FormulaCell, "第 2 行“A”列是公式"),
        (error_cell, ErrorCell, "第 2 行“B”列显示为错误值“#REF!”"),
        (long_number, LongNumber, "第 2 行“B”列是超过 15 位的数字"),
        (long_cell, LongCell, "第 2 行“单位名称”列超过 4000 个字符"),
        (million_rows, TooManyRows, "表格超过 100000 行"),
        (million_lines, TooManyRows, "表格超过 100000 行"),
        (gbk, WrongEncoding, "GBK"),
        (utf16, WrongEncoding, "UTF-16"),
        (broken_csv, NotATable, "不是有效的"),
        (old_workbook, OldWorkbook, "旧版 xls"),
        (picture, NotATable, "不是有效的"),
        (cut_short, NotATable, "不是有效的"),
        (empty, EmptyTable, "表格是空的"),
        (bomb, TooLarge, "文件过大"),
        (lying_bomb, BadTable, ""),
        (laughs, NotATable, "不是有效的"),
        (outside, NotATable, "不是有效的"),
        (deep, (NotATable, TooSlow), ""),
    ],
)
def test_a_bad_file_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], refusal: type[BadTable], words: str
) -> None:
    file = make(tmp_path / "bad.xlsx")
    begun, other_children = time.monotonic(), largest_child()
    with pytest.raises(refusal) as caught:
        read_table(file, COLUMNS)
    assert words in str(caught.value)
    assert time.monotonic() - begun < 30
    assert largest_child() <= max(other_children, own_size(), 500 * 1024)


def own_size() -> int:
    """Kilobytes this process has held at most: what it starts begins as its copy, and is counted as one."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def largest_child() -> int:
    """Kilobytes of the largest process this one has started so far, by any test."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


@given(st.text(max_size=20))
@settings(max_examples=200)
def test_no_cell_we_write_is_a_formula_and_all_read_back(text: str) -> None:
    written = str(defuse(text))
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    if text[:1] not in ("'", "\t", "\r"):
        assert undo_defusing(written) == text


def test_csv_of_a_list_can_be_read_by_anybody(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    write_table(file, ["甲", "乙"], [["x", date(2026, 1, 2)]])
    with file.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["甲", "乙"], ["x", "2026-01-02"]]


def test_parquet_keeps_the_ribbon(tmp_path: Path) -> None:
    from pyarrow import parquet

    file = tmp_path / "a.parquet"
    write_table(file, ["id"], [["1"], ["2"]], ribbon="模拟")
    table = parquet.read_table(file)
    assert table.column("id").to_pylist() == ["1", "2"]
    assert table.schema.metadata[b"yunzhang.ribbon"].decode() == "模拟"
