"""Template tag `{% listing query page %}`: filters, table (cards on a phone), orders, pager and export of one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html

from yunzhang.kit.lists import Column, Filter, Page, Query
from yunzhang.kit.wording import HAN, data, speaks_chinese
from yunzhang.web import tags

register = template.Library()
SHORT = 2  # pages shown on either side of the current one


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter as drawn."""

    value: str
    label: Any
    chosen: bool
    lang: str


@dataclass(frozen=True, slots=True)
class Control:
    """One filter as drawn."""

    name: str
    label: Any
    kind: str
    is_many: bool
    value: str
    count: int
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Heading:
    """One column heading, with the address that orders by it."""

    column: Column
    url: str
    sorted_by: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as drawn."""

    column: Column
    html: str

    @property
    def is_title(self) -> bool:
        """True for the cell that carries the row's link."""
        return self.column.href is not None


@register.inclusion_tag("yz/listing.html", takes_context=True)
def listing(context: template.Context, query: Query, page: Page[Any], empty: str = "", caption: str = "") -> Any:
    """Draw a list; `empty` is what to say when there is nothing, `caption` names the table for screen readers."""
    return {
        "request": context["request"],
        "query": query,
        "page": page,
        "caption": caption,
        "empty": empty,
        "controls": [control(query, each) for each in query.spec.filters if each.kind != "hidden"],
        "kept": [(name, value) for name, value in kept(query)],
        "headings": [heading(query, column) for column in query.spec.columns],
        "rows": [[Cell(column, cell(column, row)) for column in query.spec.columns] for row in page.rows],
        "numbers": numbers(page),
        "pages": [(number, query.url(page=number)) for number in numbers(page)],
    }


def kept(query: Query) -> list[tuple[str, str]]:
    """Return the hidden conditions a filter form must carry on."""
    hidden = [each.name for each in query.spec.filters if each.kind == "hidden"]
    return [(name, value) for name in hidden for value in query.all(name)]


def control(query: Query, asked: Filter) -> Control:
    """Return a filter ready to draw."""
    chosen = query.all(asked.name)
    choices = [Choice(value, label, value in chosen, language(label)) for value, label in asked.choices]
    return Control(asked.name, asked.label, asked.kind, asked.is_many, query.one(asked.name), len(chosen), choices)


def language(label: Any) -> str:
    """Return "zh" for a plain Chinese text (a name) on an English page; lazy texts are the interface's own."""
    is_name = not isinstance(label, Promise) and HAN.search(str(label))
    return "zh" if is_name and not speaks_chinese() else ""


def heading(query: Query, column: Column) -> Heading:
    """Return a column's heading; pressing it again turns the order round where the list knows the reverse."""
    if not column.order:
        return Heading(column, "", "")
    back = column.order[1:] if column.order.startswith("-") else f"-{column.order}"
    if query.order == column.order and back in dict(query.spec.orders):
        return Heading(column, query.url(order=back), direction(column.order))
    is_sorted = query.order in (column.order, back)
    return Heading(column, query.url(order=column.order), direction(query.order) if is_sorted else "")


def direction(order: str) -> str:
    """Return the order's direction in aria's words."""
    return "descending" if order.startswith("-") else "ascending"


def cell(column: Column, row: Any) -> str:
    """Return a cell's html; what has a link is the row's link."""
    html = draw(column, column.value(row))
    if column.href is None:
        return html
    return format_html('<a class="row-link" href="{}">{}</a>', column.href(row), html)


def draw(column: Column, value: Any) -> str:
    """Return a value as its kind is drawn."""
    if value is None or value == "":
        return "—"
    drawer = DRAWERS.get(column.kind, conditional_escape)
    return drawer(value)


def number(value: Any) -> str:
    """Return a figure with its thousands apart."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def numbers(page: Page[Any]) -> list[int]:
    """Return the page numbers to show: the first, the last, and those near the current one."""
    near = range(page.page - SHORT, page.page + SHORT + 1)
    return sorted({1, page.pages, *(number for number in near if 1 <= number <= page.pages)})


DRAWERS: dict[str, Callable[[Any], str]] = {
    "day": tags.day,
    "moment": tags.moment,
    "light": tags.light,
    "percent": tags.percent,
    "data": data,
    "number": number,
}
