"""Pure reading of one cell of an imported row: each reader returns a value or raises Bad, in plain words.

Time is an argument; nothing here reads or writes.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from yunzhang.base.errors import Invalid, zh
from yunzhang.ground.org.terms import COLUMNS, RowError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yunzhang.base.errors import Sentence
    from yunzhang.ground.org.terms import FileRow, ImportKind

Choice = TypeVar("Choice", bound=StrEnum)
YES = {"是": True, "yes": True, "1": True, "否": False, "no": False, "0": False, "": False}
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


class Bad(Exception):
    """A cell that cannot be taken: its column, what is wrong, what stands there."""

    def __init__(self, name: str, problem: str | Sentence, value: str = "") -> None:
        super().__init__(str(problem))
        self.name, self.problem, self.value = name, problem, value


def row_error(kind: ImportKind, row: FileRow, bad: Bad) -> RowError:
    """Return what is wrong with a cell as an error of its row."""
    return RowError(row.number, bad.name, COLUMNS[kind].get(bad.name, bad.name), bad.problem, bad.value)


def plain(cells: Mapping[str, str], name: str, longest: int) -> str:
    """Return the text of a cell, which may be empty."""
    return short(cells.get(name, "").strip(), name, longest)


def needed(cells: Mapping[str, str], name: str, longest: int = 120) -> str:
    """Return the text of a cell that must hold some."""
    text = plain(cells, name, longest)
    if not text:
        raise Bad(name, zh("不能为空"))
    return text


def short(text: str, name: str, longest: int) -> str:
    """Return a text unless it is too long for its column."""
    if len(text) > longest:
        raise Bad(name, zh("过长"), text[:20] + "…")
    return text


def choice(cells: Mapping[str, str], name: str, words: Mapping[str, Choice], default: Choice | None = None) -> Choice:
    """Return the value a cell names by its Chinese or its English word."""
    text = cells.get(name, "").strip()
    if not text and default is not None:
        return default
    known = {**words, **{value.value: value for value in words.values()}}
    if text not in known:
        raise Bad(name, zh("不认识这个取值"), text)
    return known[text]


def whole(cells: Mapping[str, str], name: str) -> int:
    """Return a whole number; an empty cell is 0."""
    text = cells.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Bad(name, zh("应为整数"), text)
    return int(text)


def day(cells: Mapping[str, str], name: str) -> date | None:
    """Return a day; an empty cell is None."""
    text = cells.get(name, "").strip()
    if not text:
        return None
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else _no_day(name, text)
    except ValueError:
        return _no_day(name, text)


def needed_day(cells: Mapping[str, str], name: str) -> date:
    """Return the day of a cell that must hold one."""
    found = day(cells, name)
    if found is None:
        raise Bad(name, zh("不能为空"))
    return found


def _no_day(name: str, text: str) -> date:
    raise Bad(name, zh("不是日期，应如 2026-01-31"), text)


def yes(cells: Mapping[str, str], name: str) -> bool:
    """Return yes or no; an empty cell is no."""
    text = cells.get(name, "").strip().lower()
    if text not in YES:
        raise Bad(name, zh("应填“是”或“否”"), text)
    return YES[text]


def checked(cells: Mapping[str, str], name: str, check: Callable[[str], str]) -> str:
    """Return an identifier that its own check lets pass; an empty cell is ""."""
    text = cells.get(name, "").strip()
    try:
        return check(text) if text else ""
    except Invalid as error:
        raise Bad(name, str(error.params["problem"]), text) from error
