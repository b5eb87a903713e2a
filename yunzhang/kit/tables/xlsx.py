"""Reads the first sheet of an xlsx as rows of text, streaming, trusting nothing: no entities, no bombs, no formulas.

Our own reader, for a general one would evaluate, unmerge or guess where an import must refuse.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from yunzhang.kit.tables.refusals import (
    ErrorCell,
    FormulaCell,
    LongNumber,
    MergedCell,
    NotATable,
    OldWorkbook,
    TooLarge,
)

MAX_FILE = 50 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_STRINGS = 64 * 2**20
MAX_MEMBERS = 2000
MAX_COLUMNS = 200
EXACT_DIGITS = 15
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built in, the Chinese ones included
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
Sheet = Iterator[tuple[int, dict[int, str]]]


class Counted:
    """A member of the archive that refuses to unpack beyond its share, whatever its header says."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.stream, self.left = stream, limit

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = self.stream.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self.left -= len(piece)
        if self.left < 0:
            raise too_large()
        return piece


def too_large() -> TooLarge:
    """Return the refusal of a file that is too large."""
    return TooLarge(megabytes=MAX_FILE >> 20, unpacked=MAX_UNPACKED >> 20)


def read_xlsx(path: Path) -> Sheet:
    """Yield (row number, {column number: text}) of the first sheet; columns count from 0, empty cells are left out."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise OldWorkbook
    try:
        with zipfile.ZipFile(path) as archive:
            yield from read_archive(archive)
    except (
        zipfile.BadZipFile,
        ParseError,
        DefusedXmlException,
        KeyError,
        UnicodeDecodeError,
        NotImplementedError,
        EOFError,
    ):
        raise NotATable from None
    except (ValueError, RuntimeError, OSError) as error:  # encrypted members, cut streams, nonsense in numbers
        raise NotATable from error


def read_archive(archive: zipfile.ZipFile) -> Sheet:
    """Yield the rows of the archive's first sheet."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise too_large()
    sheet, is_1904 = first_sheet(archive)
    strings = read_strings(archive)
    dates = date_styles(archive)
    yield from read_sheet(archive, sheet, Cells(strings, dates, is_1904))


def elements(archive: zipfile.ZipFile, name: str, limit: int = MAX_UNPACKED) -> Iterator[Element]:
    """Yield every finished element of a member; document type and entities are refused."""
    with archive.open(name) as stream:
        for _, element in iterparse(Counted(stream, limit), forbid_dtd=True):
            yield element


def tag(element: Element) -> str:
    """Return the element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def first_sheet(archive: zipfile.ZipFile) -> tuple[str, bool]:
    """Return the member of the first visible sheet, and whether the workbook counts days from 1904."""
    wanted, is_1904 = "", False
    for element in elements(archive, "xl/workbook.xml", MAX_STRINGS):
        if tag(element) == "workbookPr":
            is_1904 = element.get("date1904") in ("1", "true")
        if tag(element) == "sheet" and not wanted and element.get("state", "visible") == "visible":
            wanted = next((value for key, value in element.items() if key.endswith("}id")), "")
    for element in elements(archive, "xl/_rels/workbook.xml.rels", MAX_STRINGS):
        if element.get("Id") == wanted:
            return posixpath.normpath(posixpath.join("/xl", element.get("Target", ""))).lstrip("/"), is_1904
    raise NotATable


def read_strings(archive: zipfile.ZipFile) -> list[str]:
    """Return the shared strings, phonetic notes left out."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[str] = []
    for element in elements(archive, "xl/sharedStrings.xml", MAX_STRINGS):
        if tag(element) == "rPh":
            element.clear()
        elif tag(element) == "si":
            found.append("".join(part.text or "" for part in element.iter() if tag(part) == "t"))
            element.clear()
    return found


def date_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the cell styles that show a number as a date."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    formats, styles, in_cells = set(DATE_FORMATS), [], []
    for element in elements(archive, "xl/styles.xml", MAX_STRINGS):
        if tag(element) == "numFmt" and shows_date(element.get("formatCode", "")):
            formats.add(int(element.get("numFmtId", "0")))
        elif tag(element) == "xf":
            styles.append(int(element.get("numFmtId", "0")))
        elif tag(element) in ("cellStyleXfs", "cellXfs"):
            in_cells, styles = styles, []
    return {number for number, shown in enumerate(in_cells) if shown in formats}


def shows_date(code: str) -> bool:
    """Return whether a number format writes a date.

    >>> shows_date('yyyy"年"m"月"'), shows_date('0.00"day"'), shows_date("[Red]0")
    (True, False, False)
    """
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code)
    return bool(re.search(r"[ymdhs年月日]", bare, re.IGNORECASE)) and "General" not in code


class Cells:
    """Turns cells into text."""

    def __init__(self, strings: list[str], dates: set[int], is_1904: bool) -> None:
        self.strings, self.dates = strings, dates
        self.origin = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001

    def text(self, cell: Element, row: int, at: int) -> str:
        """Return a cell's text; raises what no import may take."""
        kind, value = cell.get("t", "n"), ""
        for part in cell.iter():
            if tag(part) == "f":
                raise FormulaCell(row=row, column=letters(at))
            if tag(part) in ("v", "t"):
                value += part.text or ""
        if kind == "e":
            raise ErrorCell(row=row, column=letters(at), value=value)
        if kind == "s":
            return self.strings[int(value)] if value else ""
        if kind == "b":
            return "是" if value == "1" else "否"
        return self.number(value, cell, row, at) if kind == "n" and value else value

    def number(self, value: str, cell: Element, row: int, at: int) -> str:
        """Return a number or a date as text: 12, 0.5, 2026-11-23."""
        if int(cell.get("s", "0")) in self.dates:
            moment = self.origin + timedelta(seconds=round(float(value) * 86_400))
            return moment.date().isoformat() if moment.hour == moment.minute == 0 else moment.isoformat(" ")
        number = float(value)
        if number.is_integer():
            if abs(number) >= 10**EXACT_DIGITS:
                raise LongNumber(row=row, column=letters(at))
            return str(int(number))
        return repr(number)


def read_sheet(archive: zipfile.ZipFile, name: str, cells: Cells) -> Sheet:
    """Yield the rows of a sheet. Merged ranges stand behind the rows in the file: they end the reading."""
    last = 0
    for element in elements(archive, name):
        kind = tag(element)
        if kind == "row":
            last = int(element.get("r", last + 1))
            yield last, read_row(element, last, cells)
            element.clear()
        elif kind == "mergeCell":
            raise_merged(element.get("ref", ""))
        elif kind == "sheetData":
            element.clear()


def read_row(row: Element, number: int, cells: Cells) -> dict[int, str]:
    """Return the cells of a row that hold something."""
    found: dict[int, str] = {}
    at = -1
    for cell in row:
        place = REFERENCE.match(cell.get("r", ""))
        at = column_number(place[1]) if place else at + 1
        if at < MAX_COLUMNS and (text := cells.text(cell, number, at).strip()):
            found[at] = text
    return found


def raise_merged(reference: str) -> Any:
    """Refuse a merged range by name."""
    start = REFERENCE.match(reference)
    raise MergedCell(row=start[2] if start else "?", column=start[1] if start else "?", range=reference)


def column_number(name: str) -> int:
    """Return the number of a column, from 0.

    >>> column_number("A"), column_number("AB")
    (0, 27)
    """
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters(number: int) -> str:
    """Return the letters of a column.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
