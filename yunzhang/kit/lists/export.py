"""Exports equal the screen: same columns, order and count; no text is taken for a formula; simulated data say so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunzhang.kit.lists.query import Column, Query
from yunzhang.kit.tables.write import defuse
from yunzhang.kit.wording import light_text, term

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plain(column: Column, row: Any) -> Any:
    """Return what an export writes for a cell: numbers and days stay numbers and days."""
    value = column.value(row)
    if column.kind == "light":
        return light_text(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None)
        return value.date() if column.kind == "day" else value
    if value is None or isinstance(value, (int, float, date)):
        return value
    return str(value)


def ribbon() -> list[str]:
    """The line that marks simulated data, first in every export of a simulated home."""
    return [term("simulated")] if settings.YUNZHANG_SIMULATED else []


def export_csv(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Return the rows as csv (UTF-8 with mark, as office programs expect), formulas defused."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([line] for line in ribbon())
    writer.writerow([defuse(capfirst(str(column.heading))) for column in columns])
    writer.writerows([defuse(plain(column, row)) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def export_xlsx(columns: Sequence[Column], rows: Iterable[Any], *, title: str = "", marks: Sequence[str] = ()) -> bytes:
    """Return the rows as a workbook with one sheet: fixed headings, real dates, no formulas; `marks` stand on top."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    formats["text"] = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet((title or _("清单"))[:31].translate(str.maketrans("", "", "[]:*?/\\'")))
    above = [*dict.fromkeys([*ribbon(), *marks])]
    top = len(above)
    for number, line in enumerate(above):
        sheet.write_string(number, 0, line)
    for at, column in enumerate(columns):
        sheet.write_string(top, at, capfirst(str(column.heading)), bold)
        sheet.set_column(at, at, 12 if column.kind in ("number", "day", "light", "percent") else 26)
    for number, row in enumerate(rows, top + 1):
        for at, column in enumerate(columns):
            write_cell(sheet, (number, at), defuse(plain(column, row)), formats)
    sheet.freeze_panes(top + 1, 1)
    book.close()
    return out.getvalue()


def write_cell(sheet: Any, at: tuple[int, int], value: Any, formats: Mapping[str, Any]) -> None:
    """Write one cell with its own type."""
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(*at, value, formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(*at, value, formats["day"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(*at, value)
    else:
        sheet.write_string(*at, str(value), formats["text"])


def export(query: Query, rows: Iterable[Any], *, name: str) -> HttpResponse:
    """Return the whole list as the file the address asks for: same columns, order and count as the screen."""
    columns = query.spec.columns
    if query.form == "csv":
        body, kind = export_csv(columns, rows), "text/csv; charset=utf-8"
    else:
        body, kind = export_xlsx(columns, rows, title=name), XLSX
    day = f"{timezone.localdate():%Y%m%d}"
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = disposition(f"{name}-{day}.{query.form or 'xlsx'}")
    return response


def disposition(filename: str) -> str:
    """Return the header value that saves under a Chinese name."""
    return content_disposition_header(as_attachment=True, filename=filename) or "attachment"
