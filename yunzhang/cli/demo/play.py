"""A year of operation, carried out through the same actions the doors call; one simulated day is one transaction.

`plan.py` decides what happens, this file does it; it writes no row of its own.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from uuid import UUID

from yunzhang.base.clock import PLACE, Calendar, add_working_days, day_of, end_of
from yunzhang.cli.demo import plan
from yunzhang.cli.demo.cast import Cast, fresh
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Acting, Loop
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.rules import other_superior
from yunzhang.ground.org.terms import Authority, UnitKind
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.terms import REPORT, Order, Part, Source, Urgency

Step = Callable[[datetime], None]
EVENING = time(17, 20)
MINUTES = "{place}府专纪〔{year}〕{number}号"


@dataclass
class Play:
    """The stage: who acts, what is still to come, and what waits for whom."""

    cast: Cast
    calendar: Calendar
    rng: Random
    begins: date
    ends: date
    queue: list[tuple[datetime, int, Step]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    to_sign: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    to_accept: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    settled: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    papers: Iterator[int] = field(default_factory=lambda: count(1))

    def later(self, at: datetime, step: Step) -> None:
        """Put a step on the queue; what lies beyond the last day never happens."""
        if day_of(at) <= self.ends:
            heapq.heappush(self.queue, (at, next(self.order), step))

    def run(self, issues: list[plan.Issue], told: Callable[[date], None]) -> None:
        """Play the year day by day, one transaction a day, telling each day that is done."""
        for issue in issues:
            self.later(self._morning(issue.on), lambda at, issue=issue: self.issue(issue, at))  # type: ignore[misc]
        on = self.begins
        while on <= self.ends:
            self.play_day(on)
            told(on)
            on += timedelta(days=1)

    def play_day(self, on: date) -> None:
        """Do everything the day holds, in the order of its moments."""
        end = end_of(on)
        if not self.queue or self.queue[0][0] >= end:
            return
        with ledger.day(end):
            while self.queue and self.queue[0][0] < end:
                at, _, step = heapq.heappop(self.queue)
                step(at)

    def _morning(self, on: date) -> datetime:
        return datetime.combine(on, time(8, 30 + self.rng.randrange(29), self.rng.randrange(60)), PLACE).astimezone(UTC)

    def _evening(self, on: date) -> datetime:
        day = add_working_days(on, 1, self.calendar).on
        return datetime.combine(day, EVENING, PLACE).astimezone(UTC)

    # --- issuing

    def issue(self, issue: plan.Issue, at: datetime) -> None:
        """Issue one document and let its matters begin."""
        by, order = self._paper(issue, at)
        if order.to:
            order = replace(order, copied_to=self._copies(order, at))
            receipt = actions.issue_directive(fresh(by, at), order, at=at)
            for loop in ledger.find_opened(receipt.request):
                self.begin(loop, issue, at)

    def _paper(self, issue: plan.Issue, at: datetime) -> tuple[Acting, Order]:
        root = self.cast.root
        due = add_working_days(issue.on, issue.term, self.calendar).on
        half = add_working_days(issue.on, max(2, issue.term // 2), self.calendar).on
        shared = {
            "title": f"关于{issue.title}的通知",
            "requirement": f"请各单位按照{issue.programme.name}工作安排，{issue.title}，按期报送办理结果。",
            "due_on": due,
            "report_on": (half,),
            "programme": issue.programme.name,
            "urgency": self.rng.choice((Urgency.ORDINARY, Urgency.ORDINARY, Urgency.URGENT)),
        }
        name = self._line_of(issue)
        if name is not None:
            return self.cast.leaders[name], Order(in_name_of=name, to=self.cast.guided[name], **shared)  # type: ignore[arg-type]
        to = self.cast.departments if issue.reach == "departments" else self.cast.places
        number = MINUTES.format(place=self.cast.place_name[:1], year=issue.on.year, number=next(self.papers))
        order = Order(
            in_name_of=root,
            to=to,
            source=Source.MEETING,
            authority=Authority.MINUTES,
            authority_number=number,
            **shared,  # type: ignore[arg-type]
        )
        return self.cast.office, order

    @staticmethod
    def _copies(order: Order, at: datetime) -> tuple[int, ...]:
        """The other superiors of the dual-led bodies among the addressees."""
        lines = org.find_lines([order.in_name_of, *order.to], on=day_of(at))
        others = {other_superior(lines[order.in_name_of], lines[unit]) for unit in order.to}
        return tuple(sorted(unit for unit in others if unit is not None))

    def _line_of(self, issue: plan.Issue) -> int | None:
        """The department that asks down its own line: often the one that leads the programme, else any other."""
        if issue.reach != "line":
            return None
        lead = self.cast.line.get(issue.programme.lead)
        if lead in self.cast.guided and self.rng.random() < 0.4:
            return lead
        able = [unit for unit in self.cast.guided if unit in self.cast.leaders]
        return self.rng.choice(able) if able else None

    def begin(self, loop: Loop, issue: plan.Issue, at: datetime) -> None:
        """Decide what its debtor will do with a matter, and put that on the queue."""
        if loop.due_at is None:
            return
        reliable = self._reliable(loop.debtor, issue, at)
        fate = plan.decide_fate(self.rng, opened=at, due=loop.due_at, reliable=reliable, calendar=self.calendar)
        if loop.kind == REPORT:
            if fate.answers_at:
                self.later(max(fate.answers_at, at + timedelta(days=1)), lambda then: self.report(loop, then))
            return
        signs_at = plan.office_hour(self.rng, at + fate.signs_after, self.calendar)
        signs_at = max(signs_at, at + timedelta(minutes=20))
        self.to_sign[loop.debtor].append(loop.id)
        self.later(signs_at, lambda then: self.sign(loop.debtor, then))
        if self.cast.kinds[loop.debtor] is UnitKind.TOWN:
            return
        if self.cast.kinds[loop.debtor] is UnitKind.GOVERNMENT:
            self.later(signs_at + timedelta(minutes=40), lambda then: self.split(loop, issue, then))
        self._answers(loop, fate, signs_at)

    def _reliable(self, unit: int, issue: plan.Issue, at: datetime) -> float:
        days = (self.ends - self.begins).days + 1
        through = (day_of(at) - self.begins).days / days
        return self.cast.diligence[unit] * (0.72 + 0.28 * plan.push(issue.programme, through, days))

    def _answers(self, loop: Loop, fate: plan.Fate, signs_at: datetime) -> None:
        if fate.objects:
            self.later(signs_at + timedelta(hours=3), lambda then: self.object_to(loop, then))
        if fate.answers_at is None:
            return
        if fate.asks_extension and loop.due_at is not None:
            asks_at = loop.due_at - timedelta(days=2, hours=7)
            if asks_at > signs_at:
                self.later(asks_at, lambda then: self.ask_more_time(loop, then))
        answers_at = max(fate.answers_at, signs_at + timedelta(hours=1))
        self.later(answers_at, lambda then: self.answer(loop, then, is_returned=fate.is_returned))

    # --- the debtor's side

    def sign(self, unit: int, at: datetime) -> None:
        """Sign for everything that waits at a unit."""
        loops = [one.id for one in self._active(self.to_sign.pop(unit, []), {"open"})]
        if loops:
            actions.sign_matters(self._of(unit, at), loops, at=at)

    def split(self, loop: Loop, issue: plan.Issue, at: datetime) -> None:
        """Split a government's matter to its departments, or to its towns."""
        if not self._active([loop.id], {"signed"}) or loop.due_at is None:
            return
        children = self.cast.towns[loop.debtor] if issue.reach == "towns" else self._departments(loop.debtor)
        due = day_of(at + (loop.due_at - at) * 0.7)
        if not children or due <= day_of(at):
            return
        half = day_of(at + (loop.due_at - at) * 0.35)
        reports = (half,) if half > day_of(at) else (due,)
        parts = [Part(unit, "请结合职责抓好落实。", due, reports) for unit in children]
        receipt = actions.split_matter(self._of(loop.debtor, at), loop.id, parts, at=at)
        for part in ledger.find_opened(receipt.request):
            self.begin(part, issue, at)

    def _departments(self, unit: int) -> list[int]:
        held = self.cast.departments_of[unit]
        return self.rng.sample(held, min(len(held), self.rng.choice((2, 3, 3, 4))))

    def report(self, loop: Loop, at: datetime) -> None:
        """Deliver a report that is due."""
        if self._active([loop.id], {"open", "signed"}):
            actions.report_progress(self._of(loop.debtor, at), loop.id, self.rng.choice(plan.PROGRESS), at=at)

    def answer(self, loop: Loop, at: datetime, *, is_returned: bool) -> None:
        """Answer a matter and let its handler look at it next working day."""
        if not self._active([loop.id], {"open", "signed"}):
            return
        actions.answer_matter(self._of(loop.debtor, at), loop.id, self.rng.choice(plan.ANSWERS), at=at)
        handler = loop.handled_by or loop.creditor
        if is_returned:
            self.later(self._evening(day_of(at)), lambda then: self.send_back(loop, then))
            return
        self.to_accept[handler].append(loop.id)
        self.later(self._evening(day_of(at)), lambda then: self.accept(handler, then))

    def object_to(self, loop: Loop, at: datetime) -> None:
        """Object, and have the objection decided next working day."""
        if self._active([loop.id], {"open", "signed"}):
            actions.object_to_matter(
                self._of(loop.debtor, at), loop.id, "经核对职责清单，该项工作不属本单位职责。", at=at
            )
            self.later(self._evening(day_of(at)), lambda then: self.decide(loop, then, granted=self.rng.random() < 0.4))

    def ask_more_time(self, loop: Loop, at: datetime) -> None:
        """Ask for five working days more."""
        live = self._active([loop.id], {"open", "signed"})
        if not live or live[0].due_at is None or live[0].due_at <= at:
            return
        due_on = add_working_days(day_of(live[0].due_at - timedelta(seconds=1)), 5, self.calendar).on
        actions.ask_extension(self._of(loop.debtor, at), loop.id, due_on, "涉及系统改造，需与承建单位会商。", at=at)
        self.later(self._evening(day_of(at)), lambda then: self.decide(loop, then, granted=self.rng.random() < 0.75))

    # --- the handler's side

    def accept(self, handler: int, at: datetime) -> None:
        """Accept everything that waits at a handler."""
        loops = [one.id for one in self._active(self.to_accept.pop(handler, []), {"answered"})]
        if loops:
            actions.accept_matters(self._of(handler, at), loops, at=at)
            self.settled[handler] += loops
            self.later(at + timedelta(days=30), lambda then: self.strike_off(handler, then))

    def strike_off(self, handler: int, at: datetime) -> None:
        """Strike off what has been closed for a month."""
        loops = [one.id for one in self._active(self.settled.pop(handler, []), {"closed"})]
        if loops:
            actions.strike_off_matters(self._of(handler, at), loops, at=at)

    def send_back(self, loop: Loop, at: datetime) -> None:
        """Return an answer for completion; it comes again within days."""
        if self._active([loop.id], {"answered"}):
            handler = loop.handled_by or loop.creditor
            actions.return_matter(self._of(handler, at), loop.id, "材料不全，请补充系统清单和完成时间。", at=at)
            again = plan.office_hour(self.rng, at + timedelta(days=self.rng.choice((1, 2, 4))), self.calendar)
            self.later(again, lambda then: self.answer(loop, then, is_returned=False))

    def decide(self, loop: Loop, at: datetime, *, granted: bool) -> None:
        """Decide what the debtor asked."""
        if not self._active([loop.id], {"open", "signed"}):
            return
        for ask in actions.list_open_asks([loop.id]):
            handler = loop.handled_by or loop.creditor
            reason = "情况属实。" if granted else "请按原要求办理。"
            actions.decide_ask(self._of(handler, at), ask.id, granted=granted, reason=reason, at=at)

    # --- who, and whether it is still open

    def _active(self, loops: list[UUID], states: set[str]) -> list[Loop]:
        return [one for one in ledger.find_loops(loops).values() if one.state in states]

    def _of(self, unit: int, at: datetime) -> Acting:
        return fresh(self.cast.officers[unit], at)
