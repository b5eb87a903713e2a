"""An event log: cases with their activities; who asks and who answers is told by columns or by the order of events."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from yunzhang.governance.observatory.rules.logs.clock import Unreadable, days, read_moment
from yunzhang.governance.observatory.rules.logs.desk import Aside, Desk
from yunzhang.governance.observatory.rules.logs.spec import EventRules
from yunzhang.governance.observatory.rules.logs.units import NoUnit

KEPT = ("unit", "to", "creditor", "debtor", "due", "kind", "programme")


@dataclass(slots=True)
class Book:
    """All events as columns of numbers; texts stand once each in `texts`."""

    texts: list[str] = field(default_factory=lambda: [""])
    numbers: dict[str, int] = field(default_factory=lambda: {"": 0})
    row: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    case: array[int] = field(default_factory=lambda: array("q"))
    activity: array[int] = field(default_factory=lambda: array("q"))
    kept: dict[str, array[int]] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """Return the number of a text."""
        found = self.numbers.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found


@dataclass(slots=True)
class Event:
    """One event of a case."""

    row: int
    at: int
    activity: str
    texts: dict[str, str]

    def __getitem__(self, role: str) -> str:
        return self.texts.get(role, "")


def read_events(rows: Iterable[tuple[int, Cells[str, str]]], desk: Desk) -> None:
    """Turn the cases of an event log into loops, as the mapping's `loops` says."""
    rules = desk.mapping.loops
    assert isinstance(rules, EventRules)  # noqa: S101 - the mapping was checked
    book = _collect(rows, desk)
    make = {"case": _whole_case, "handover": _handovers, "pairs": _pairs}[rules.how]
    for case, events in _cases(book):
        try:
            make(case, events, rules, desk)
        except (Aside, NoUnit, Unreadable) as reason:
            for event in events:
                desk.tally.put_aside(str(reason), event.row, {"case": case, "activity": event.activity})


def _collect(rows: Iterable[tuple[int, Cells[str, str]]], desk: Desk) -> Book:
    roles = [role for role in KEPT if role in desk.mapping.columns]
    book = Book(kept={role: array("q") for role in roles})
    for number, cells in rows:
        with desk.row(number, cells, uses=False):
            _take(book, number, cells, desk)
    return book


def _take(book: Book, number: int, cells: Cells[str, str], desk: Desk) -> None:
    read = desk.reader(cells)
    case, activity = read("case"), read("activity")
    if not case:
        raise Aside("no_case")
    if not activity:
        raise Aside("no_activity")
    at = desk.moment(read("at"))
    role = desk.mapping.units.parent_of
    if desk.mapping.units.parent is not None and read(role):
        desk.hang(cells, {role: desk.units.unit_of(read(role))})
    for column, value in ((book.row, number), (book.at, at)):
        column.append(value)
    book.case.append(book.number(case))
    book.activity.append(book.number(activity))
    for name, column in book.kept.items():
        column.append(book.number(read(name)))


def _cases(book: Book) -> Iterator[tuple[str, list[Event]]]:
    # events side by side by case, in time; of the same moment in the order of the log
    case, at = np.frombuffer(book.case, np.int64), np.frombuffer(book.at, np.int64)
    order = np.lexsort((np.frombuffer(book.row, np.int64), at, case))
    ends = np.flatnonzero(np.diff(case[order], append=-1)) + 1
    start = 0
    for end in ends.tolist():
        places = order[start:end].tolist()
        yield book.texts[book.case[places[0]]], [_event(book, place) for place in places]
        start = end


def _event(book: Book, place: int) -> Event:
    texts = {role: book.texts[column[place]] for role, column in book.kept.items()}
    return Event(book.row[place], book.at[place], book.texts[book.activity[place]], texts)


def _whole_case(case: str, events: list[Event], rules: EventRules, desk: Desk) -> None:
    first = next((k for k, event in enumerate(events) if not rules.opens or event.activity in rules.opens), None)
    if first is None:
        raise Aside("case_without_opening")
    opening, later = events[first], events[first + 1 :]
    endings = [event for event in later if event.activity in (*rules.closes, *rules.refuses, *rules.withdraws)]
    desk.tally.ambiguous["several_closings"] += int(len(endings) > 1)
    creditor = desk.units.unit_of(opening["creditor"] or opening["unit"])
    debtor = _debtor(creditor, opening, events[first:], rules, desk)
    last = endings[-1] if endings else None
    outcome = "" if last is None or last.activity in rules.closes else _outcome(last, rules)
    desk.loops.add(
        case,
        opening["kind"] or rules.kind,
        (creditor, debtor),
        (opening.at, _due(opening, rules, desk), None if last is None else last.at),
        outcome=outcome,
        programme=opening["programme"],
    )
    desk.tally.used += len(events)


def _debtor(creditor: str, opening: Event, events: list[Event], rules: EventRules, desk: Desk) -> str:
    if opening["debtor"]:
        found = desk.units.unit_of(opening["debtor"])
        if found == creditor:
            raise Aside("same_unit")
        return found
    for event in events if rules.answered_by == "first" else reversed(events):
        if event["unit"] and desk.units.unit_of(event["unit"]) != creditor:
            desk.tally.ambiguous["debtor_from_order"] += 1
            return desk.units.unit_of(event["unit"])
    raise Aside("no_debtor")


def _outcome(event: Event, rules: EventRules) -> str:
    return "refused" if event.activity in rules.refuses else "withdrawn"


def _due(event: Event, rules: EventRules, desk: Desk) -> int | None:
    due = read_moment(event["due"], desk.mapping.clock, "end")
    if due is None and rules.within_days is not None:
        return event.at + days(rules.within_days)
    return due


def _handovers(case: str, events: list[Event], rules: EventRules, desk: Desk) -> None:
    runs: list[tuple[str, list[Event]]] = []
    for event in events:
        unit = desk.units.unit_of(event["unit"])
        if runs and runs[-1][0] == unit:
            runs[-1][1].append(event)
        else:
            runs.append((unit, [event]))
    if len(runs) < 2:
        raise Aside("one_unit_case")
    for number, ((creditor, before), (debtor, run)) in enumerate(pairwise(runs), 1):
        handed, closing = before[-1], run[0] if rules.closes_on == "first" else run[-1]
        due = None if rules.within_days is None else handed.at + days(rules.within_days)
        kind = run[0]["kind"] or rules.kind
        moments = (handed.at, due, closing.at)
        desk.loops.add(f"{case}#{number}", kind, (creditor, debtor), moments, programme=run[0]["programme"])
    desk.tally.used += len(events)


@dataclass(slots=True)
class _Request:
    event: Event
    creditor: str
    debtor: str  # "" where only the answer will tell
    kind: str
    answer: Event | None = None
    refused: bool = False


def _pairs(case: str, events: list[Event], rules: EventRules, desk: Desk) -> None:
    requests: list[tuple[int, _Request]] = []
    for event in events:
        try:
            used = _ask(event, rules, requests, desk) | _answer(event, rules, requests, desk)
        except (Aside, NoUnit) as reason:
            desk.tally.put_aside(str(reason), event.row, {"case": case, "activity": event.activity})
            continue
        if used:
            desk.tally.used += 1
        else:
            desk.tally.put_aside("opens_nothing", event.row, {"case": case, "activity": event.activity})
    for number, (_, request) in enumerate(requests, 1):
        _close(f"{case}#{number}", request, rules, desk)


def _ask(event: Event, rules: EventRules, requests: list[tuple[int, _Request]], desk: Desk) -> bool:
    asked = False
    for number, pair in enumerate(rules.pairs):
        if event.activity not in pair.asks:
            continue
        creditor = desk.units.unit_of(event["unit"])
        debtors = [desk.units.unit_of(name) for name in desk.mapping.split(event["to"])] or [""]
        wanted = [debtor for debtor in debtors if debtor != creditor]
        if not wanted:
            raise Aside("same_unit")
        requests += [(number, _Request(event, creditor, debtor, event["kind"] or pair.kind)) for debtor in wanted]
        asked = True
    return asked


def _answer(event: Event, rules: EventRules, requests: list[tuple[int, _Request]], desk: Desk) -> bool:
    found = False
    for number, pair in enumerate(rules.pairs):
        if event.activity not in pair.answers and event.activity not in pair.refuses:
            continue
        debtor = desk.units.unit_of(event["unit"])
        creditors = {desk.units.unit_of(name) for name in desk.mapping.split(event["to"])}
        fitting = [
            request
            for which, request in requests
            if which == number
            and request.answer is None
            and request.event is not event
            and request.debtor in ("", debtor)
            and request.creditor != debtor
            and (not creditors or request.creditor in creditors)
        ]
        if not fitting:
            raise Aside("answer_without_request")
        named = [request for request in fitting if request.debtor]
        chosen = (named or fitting)[0]
        desk.tally.ambiguous["several_open"] += int(len(named or fitting) > 1)
        desk.tally.ambiguous["debtor_from_order"] += int(not chosen.debtor)
        chosen.debtor, chosen.answer, chosen.refused = debtor, event, event.activity in pair.refuses
        found = True
    return found


def _close(loop: str, request: _Request, rules: EventRules, desk: Desk) -> None:
    if not request.debtor:
        desk.tally.used -= 1
        desk.tally.put_aside("no_debtor", request.event.row, {"loop": loop, "activity": request.event.activity})
        return
    closed = None if request.answer is None else request.answer.at
    desk.loops.add(
        loop,
        request.kind,
        (request.creditor, request.debtor),
        (request.event.at, _due(request.event, rules, desk), closed),
        outcome="refused" if request.refused else "",
        programme=request.event["programme"],
    )
