"""A log in which every row is one matter: a register, a list of letters and answers."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Cells

from yunzhang.governance.observatory.rules.logs.clock import DAY, Unreadable, days, is_date, read_moment
from yunzhang.governance.observatory.rules.logs.desk import Aside, Desk
from yunzhang.governance.observatory.terms import OUTCOMES


def read_matters(rows: Iterable[tuple[int, Cells[str, str]]], desk: Desk) -> None:
    """Turn every row into a loop, or set it aside with its reason."""
    for number, cells in rows:
        with desk.row(number, cells):
            _read(desk, cells)


def _read(desk: Desk, cells: Cells[str, str]) -> None:
    read = desk.reader(cells)
    loop = read("loop")
    if not loop:
        raise Aside("no_loop")
    opened = desk.moment(read("opened"))
    closed = _closing(desk, read("opened"), read("closed"), opened)
    due = _due(desk, read("due"), opened)
    outcome = read("outcome")
    if outcome and outcome not in OUTCOMES:
        raise Aside("bad_outcome")
    parties = desk.parties(read("creditor"), read("debtor"))
    desk.hang(cells, {"creditor": parties[0], "debtor": parties[1]})
    desk.loops.add(
        loop,
        read("kind") or "matter",
        parties,
        (opened, due, closed),
        outcome=outcome,
        programme=read("programme"),
        extended=read("extended"),
        confirmed=read("confirmed"),
    )


def _due(desk: Desk, text: str, opened: int) -> int | None:
    try:
        due = read_moment(text, desk.mapping.clock, "end")
    except Unreadable as reason:
        raise Aside(str(reason)) from None
    limit = desk.mapping.within_days
    return opened + days(limit) if due is None and limit is not None else due


def _closing(desk: Desk, opened_text: str, text: str, opened: int) -> int | None:
    if not text:
        return None
    closed = desk.moment(text)
    if closed < opened and is_date(text, desk.mapping.clock) and opened - closed < DAY:
        return opened  # answered the same day, of which only the date is known
    if closed < opened:
        raise Aside("closed_before_opened")
    return closed
