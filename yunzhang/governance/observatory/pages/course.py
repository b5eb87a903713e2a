"""One unit's months as the pictures and their table show them, read from the facet "trail"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.plane import Step
from yunzhang.governance.observatory.pages.wording import noun, span
from yunzhang.governance.observatory.terms import FIGURES
from yunzhang.kit.lists import Column
from yunzhang.kit.wording import speaks_chinese, term

YEAR = 12
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of the standard window that ends with this month ("2026-10"); what is missing is None."""

    month: str
    values: Mapping[str, float | None]
    low: Mapping[str, float | None]
    high: Mapping[str, float | None]
    held: int = 12  # how many of the window's months have a record
    about: Mapping[str, Any] = field(default_factory=dict)  # raw, mode, p_mode, loops

    def range_of(self, name: str) -> tuple[float, float] | None:
        """The plausible range of a figure, or None."""
        low, high = self.low.get(name), self.high.get(name)
        return None if low is None or high is None else (low, high)


def read_months(body: Mapping[str, Any] | None) -> list[Month]:
    """Return the months of the facet, the oldest first; none where nothing was kept."""
    return [
        Month(row["month"], row["values"], row.get("low") or {}, row.get("high") or {}, row.get("held", YEAR), row)
        for row in (body or {}).get("months", ())
    ]


def written_month(month: str) -> str:
    """Return 2026年10月, or Oct 2026 in English."""
    year, number = (int(part) for part in month.split("-")[:2])
    return f"{year}年{number}月" if speaks_chinese() else f"{MONTHS[number - 1]} {year}"


def steps_of(months: Sequence[Month], *, has_h: bool) -> list[Step]:
    """Return the months as the plane draws them."""
    return [
        Step(
            written_month(one.month),
            one.values.get("V"),
            one.range_of("V"),
            one.values.get("H") if has_h else None,
            one.range_of("H") if has_h else None,
            one.held < YEAR,
        )
        for one in months
    ]


def month_columns(figures: Sequence[str]) -> list[Column]:
    """Return the columns of the table of months: the month, and each figure with its range."""
    columns = [Column("month", _("截至月份"), lambda row: written_month(row.month))]
    for name in figures:
        columns.append(Column(name, noun(name), _reader(name), kind="number"))
        if name in ("V", "H"):
            columns.append(Column(f"{name}_range", term("interval"), _spans(name), kind="number"))
    return columns


def _reader(name: str) -> Any:
    def read(row: Month) -> float | str:
        value = row.values.get(name)
        return "–" if value is None else round(value, 2)

    return read


def _spans(name: str) -> Any:
    return lambda row: span(row.low.get(name), row.high.get(name)) or "–"


def shown_figures(months: Sequence[Month], *, has_h: bool) -> list[str]:
    """Return the figures the table of months has: all that any month has a value of, H only where there is H."""
    names = [name for name in FIGURES if has_h or not name.startswith("H")]
    return [name for name in names if any(month.values.get(name) is not None for month in months)]
