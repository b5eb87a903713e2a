"""Official acts that may have changed how a place runs: a leader appointed, a sector defined, a unit moved, a
suggestion adopted.

Read from the record; a person is never named, and an appointment is told by its post's unit alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from yunzhang.base.clock import day_of
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.store import proposals
from yunzhang.governance.observatory.terms import DraftNote, Step
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.ledger.terms import Entry
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty

__all__ = ["Intervention", "list_interventions"]
APPOINTED, SECTOR, MOVED, DECIDED = "appointed", "sector_defined", "unit_moved", str(DraftNote.DECIDED)
KINDS = (APPOINTED, SECTOR, MOVED, DECIDED)
ADOPTED = "suggestion_adopted"
SETTLED = 3  # months of the log before anything can be compared; the founding acts fall before them
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One official act: on which day, of what kind, concerning which units."""

    on: date
    kind: str
    units: tuple[int, ...]


def list_interventions(*, first_month: int, last_month: int) -> list[Intervention]:
    """Return the acts of the months in which they can be compared (months since 1970), by day."""
    after, to = (EPOCH + timedelta(microseconds=month_start(month)) for month in (first_month + SETTLED, last_month))
    if after >= to:
        return []
    entries = ledger.list_acts(KINDS, after=after, to=to)
    posts = org.find_posts({int(str(one.data["post"])) for one in entries if one.verb == APPOINTED})
    leaders = {number: post.unit for number, post in posts.items() if post.duty is Duty.LEADER}
    found = (_read(entry, leaders) for entry in entries)
    return sorted((one for one in found if one is not None and one.units), key=lambda one: (one.on, one.kind))


def _read(entry: Entry, leaders: dict[int, int]) -> Intervention | None:
    data: dict[str, Any] = dict(entry.data)
    on = date.fromisoformat(data.get("from_on") or data.get("on") or day_of(entry.at).isoformat())
    if entry.verb == DECIDED:
        return _adopted(entry, on) if data["decision"] == Step.ADOPTED else None
    if entry.verb == APPOINTED:
        unit = leaders.get(int(data["post"]))
        return None if unit is None else Intervention(on, entry.verb, (unit,))
    units = data.get("units") or [data["unit"]] if "units" in data or "unit" in data else []
    return Intervention(on, entry.verb, tuple(int(unit) for unit in units))


def _adopted(entry: Entry, on: date) -> Intervention | None:
    found = proposals.load(entry.loop)
    return None if found is None else Intervention(on, ADOPTED, (found.unit,))
