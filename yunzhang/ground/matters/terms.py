"""Nouns of the matters room: the light, a matter as a list shows it, the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from yunzhang.base.errors import zh

if TYPE_CHECKING:
    from yunzhang.ground.ledger.terms import Loop


class Lamp(StrEnum):
    """What a light says."""

    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    WAITING = "waiting"
    CLOSED = "closed"
    STRUCK_OFF = "struck_off"
    WITHDRAWN = "withdrawn"


LAMP_LABELS = {
    Lamp.ON_TRACK: zh("正常"),
    Lamp.DUE_SOON: zh("临期"),
    Lamp.OVERDUE: zh("超期"),
    Lamp.WAITING: zh("待验收"),
    Lamp.CLOSED: zh("已办结"),
    Lamp.STRUCK_OFF: zh("已销号"),
    Lamp.WITHDRAWN: zh("已撤回"),
}
DECISIONS = ("approval",)  # kinds a leader answers by a decision: neither signed for nor answered by the unit
WORST_FIRST = (Lamp.OVERDUE, Lamp.DUE_SOON, Lamp.ON_TRACK)


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp and its number: working days left, or overdue; None where no day is set or the matter is settled."""

    lamp: Lamp
    days: int | None = None
    is_provisional: bool = False  # the due day lies beyond the published working-day calendar

    @property
    def state(self) -> str:
        """The lamp's name, as the light component reads it."""
        return self.lamp.value


@dataclass(frozen=True, slots=True)
class LightRule:
    """The place's rule: how many working days before the due moment a matter is due soon."""

    soon_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A loop with its title, its parties' names and its light."""

    loop: Loop
    room: str
    title: str
    creditor: str
    debtor: str
    handler: str
    due_on: date | None
    light: Light


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for one post's unit."""

    to_sign: tuple[Matter, ...]
    to_answer: tuple[Matter, ...]
    to_report: tuple[Matter, ...]
    to_accept: tuple[Matter, ...]
    owed_overdue: tuple[Matter, ...]
    to_decide: tuple[Matter, ...]
    asked_up: tuple[Matter, ...]
    counts: dict[str, int]
