"""The light of a matter: pure, the same everywhere. Days are counted by the clock that is handed in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from yunzhang.base import clock
from yunzhang.ground.ledger.terms import State
from yunzhang.ground.matters.terms import WORST_FIRST, Lamp, Light, LightRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from yunzhang.base.clock import Calendar
    from yunzhang.ground.ledger.terms import Loop

SETTLED: Mapping[State, Lamp] = {
    State.ANSWERED: Lamp.WAITING,
    State.CLOSED: Lamp.CLOSED,
    State.STRUCK_OFF: Lamp.STRUCK_OFF,
    State.WITHDRAWN: Lamp.WITHDRAWN,
}


def due_day(loop: Loop) -> date | None:
    """Return the place's day at whose end the loop falls due, or None where no day is set."""
    if loop.due_at is None:
        return None
    return clock.day_of(loop.due_at - timedelta(microseconds=1))


def light(loop: Loop, *, at: datetime, calendar: Calendar, rule: LightRule) -> Light:
    """Return a loop's own light at the moment `at`; `days` are working days left, or overdue, never negative.

    Source: users.md wording 正常 / 临期 / 超期; 三日 warning before due (domain practice, dated in lights.yaml).
    """
    if loop.state in SETTLED:
        return Light(SETTLED[loop.state])
    due = due_day(loop)
    if due is None or loop.due_at is None:
        return Light(Lamp.ON_TRACK)
    today = clock.day_of(at)
    is_provisional = clock.is_provisional(due, calendar)
    if at > loop.due_at:
        return Light(Lamp.OVERDUE, clock.count_working_days(due, today, calendar), is_provisional)
    left = max(0, clock.count_working_days(today, due, calendar))  # 24:00 of the due day is still in time
    lamp = Lamp.DUE_SOON if left <= rule.soon_days else Lamp.ON_TRACK
    return Light(lamp, left, is_provisional)


def worst(own: Light, parts: Iterable[Light]) -> Light:
    """Return the light a split matter shows: the worst of its own and its parts' that are still in 办.

    A settled matter shows its own; a settled part adds nothing.
    """
    if own.lamp not in WORST_FIRST:
        return own
    open_lights = [own, *(one for one in parts if one.lamp in WORST_FIRST)]
    return min(open_lights, key=lambda one: (WORST_FIRST.index(one.lamp), _urgency(one)))


def _urgency(one: Light) -> int:
    days = one.days if one.days is not None else 1_000_000
    return -days if one.lamp is Lamp.OVERDUE else days


def lights(
    loops: Sequence[Loop],
    below: Mapping[UUID, Sequence[Loop]],
    *,
    at: datetime,
    calendar: Calendar,
    rule: LightRule,
) -> dict[UUID, Light]:
    """Return every loop's light, split ones with their parts'; `below` holds the open loops under each loop."""

    def shown(loop: Loop) -> Light:
        own = light(loop, at=at, calendar=calendar, rule=rule)
        return worst(own, (shown(part) for part in below.get(loop.id, ())))

    return {loop.id: shown(loop) for loop in loops}
