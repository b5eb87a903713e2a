"""Lists: one Query (filters, order, page) read from the address: the address is the saved view, the export equals it.

A room declares a ListSpec; the page, the xlsx, the csv and later the API read the same Query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from yunzhang.base.errors import Invalid, zh

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

    Text = str | Promise

T = TypeVar("T")
Kind = Literal["text", "data", "number", "day", "moment", "light", "percent"]
LARGEST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """An opaque set of ids, usable as a sub-query: everything (None), a tuple, or a queryset of one id column."""

    ids: tuple[int, ...] | QuerySet[Any, Any] | None = ()

    @classmethod
    def everything(cls) -> Scope:
        """The set that holds every id."""
        return cls(None)

    def where(self, *columns: str) -> Q:
        """Return the condition that any of the columns lies in this set."""
        condition = Q()
        if self.ids is None:
            return condition
        for column in columns:
            condition |= Q(**{f"{column}__in": self.ids})
        return condition


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows out of `total`; pages count from 1."""

    rows: Sequence[T]
    total: int
    page: int = 1
    size: int = 50

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 when there is none."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    def with_rows(self, rows: Sequence[Any]) -> Page[Any]:
        """Return the same page carrying other rows (the room's terms made ready for the screen)."""
        return Page(rows, self.total, self.page, self.size)

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class Column:
    """One column, on screen and in the export: `value` gives what both show."""

    name: str
    heading: Text
    value: Callable[[Any], Any]
    kind: Kind = "text"
    href: Callable[[Any], str] | None = None  # the row's link; the first column that has one opens with Enter
    order: str = ""  # the order this heading switches to, if any
    narrow: bool = True  # kept on a phone


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition a reader may set; its name is the parameter in the address."""

    name: str
    label: Text
    kind: Literal["choice", "text", "day", "flag", "hidden"] = "choice"
    choices: Sequence[tuple[str, Text]] = ()
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list offers: columns, filters, orders (name, label); the first order is the default."""

    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    orders: Sequence[tuple[str, Text]] = ()
    size: int = 50

    def filter(self, name: str) -> Filter:
        """Return the filter of that name."""
        return next(each for each in self.filters if each.name == name)

    @property
    def default_order(self) -> str:
        """The order of an address that names none."""
        return self.orders[0][0] if self.orders else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force, and the address without it."""

    label: Text
    value: Text
    url: str


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for: conditions, order, page, and the form of the answer."""

    spec: ListSpec
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = ""
    page: int = 1
    form: str = ""  # "", xlsx or csv

    @classmethod
    def parse(cls, spec: ListSpec, asked: QueryDict) -> Query:
        """Return the query of an address; raises Invalid for a value the list does not know."""
        values = {each.name: read_filter(each, asked.getlist(each.name)) for each in spec.filters}
        order = asked.get("order", "") or spec.default_order
        if order != spec.default_order and order not in dict(spec.orders):
            raise Invalid(field=zh("排序"), problem=zh("没有这种排序"))
        form = asked.get("form", "")
        if form not in ("", "xlsx", "csv"):
            raise Invalid(field=zh("导出格式"), problem=zh("只能导出 xlsx 或 csv"))
        return cls(spec, {name: found for name, found in values.items() if found}, order, read_page(asked), form)

    def one(self, name: str) -> str:
        """Return the single value of a filter, or ""."""
        return self.values.get(name, ("",))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a filter."""
        return self.values.get(name, ())

    def day(self, name: str) -> date | None:
        """Return a day filter's date, or None."""
        return date.fromisoformat(self.one(name)) if self.one(name) else None

    def flag(self, name: str) -> bool:
        """Return whether a flag is set."""
        return self.one(name) == "1"

    @property
    def size(self) -> int:
        """Rows on a page; an export has them all on one."""
        return LARGEST_PAGE if self.form else self.spec.size

    @property
    def conditions(self) -> dict[str, Any]:
        """The filters as keyword arguments: one value, or a tuple where many are allowed."""
        return {name: found if self.spec.filter(name).is_many else found[0] for name, found in self.values.items()}

    def url(self, **changes: Any) -> str:
        """Return this list's address with something changed; page goes back to 1 unless it is what changes."""
        values = {**self.values}
        for name in changes.keys() & {each.name for each in self.spec.filters}:
            found = changes[name]
            values[name] = (
                tuple(map(str, found)) if isinstance(found, (tuple, list)) else (str(found),) if found else ()
            )
        rest = {
            "order": changes.get("order", self.order),
            "page": changes.get("page", 1),
            "form": changes.get("form", ""),
        }
        defaults = {"order": self.spec.default_order, "page": 1, "form": ""}
        pairs = [(each.name, value) for each in self.spec.filters for value in values.get(each.name, ())]
        pairs += [(name, str(value)) for name, value in rest.items() if value != defaults[name]]
        return f"?{urlencode(pairs)}"

    @property
    def xlsx_url(self) -> str:
        """The address of this very list as a workbook."""
        return self.url(form="xlsx")

    @property
    def csv_url(self) -> str:
        """The address of this very list as csv."""
        return self.url(form="csv")

    @property
    def chips(self) -> list[Chip]:
        """The conditions in force, each with the address that drops it."""
        found = []
        for name, values in self.values.items():
            asked = self.spec.filter(name)
            if asked.kind != "hidden":
                labels = dict(asked.choices)
                text = "、".join(str(labels.get(value, value)) for value in values)
                found.append(Chip(asked.label, "" if asked.kind == "flag" else text, self.url(**{name: ""})))
        return found

    def without(self, *names: str) -> Query:
        """Return this query without some conditions."""
        return replace(self, values={name: found for name, found in self.values.items() if name not in names})


def read_filter(asked: Filter, found: list[str]) -> tuple[str, ...]:
    """Return the values of one filter, checked."""
    values = tuple(dict.fromkeys(value.strip() for value in found if value.strip()))
    if not asked.is_many:
        values = values[:1]
    for value in values:
        if not is_known(asked, value):
            raise Invalid(field=str(asked.label), problem=zh("没有这个选项"))
    return values


def is_known(asked: Filter, value: str) -> bool:
    """Return whether a filter may have this value."""
    if asked.kind == "day":
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    if asked.kind == "flag":
        return value == "1"
    return asked.kind != "choice" or not asked.choices or value in dict(asked.choices)


def read_page(asked: QueryDict) -> int:
    """Return the page asked for; anything unreadable is the first."""
    text = asked.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
