"""Measuring the office's own ledger: its tables of the window, handed to the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.actions.material import Material, number_office
from yunzhang.governance.observatory.terms import PARTS, BadParameter, Parameters
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.kit import parameters as parameters_of

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ZoneInfo("Asia/Shanghai")
MONTHS = 12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
__all__ = ["find_material", "find_measure", "find_weights", "find_window", "window_of"]


def window_of(at: datetime) -> tuple[datetime, datetime]:
    """Return the standard window: the 12 whole months before a moment, (from, to].

    >>> [moment.isoformat() for moment in window_of(datetime(2026, 11, 23, tzinfo=UTC))]
    ['2025-11-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00']
    """
    day = at.astimezone(PLACE)
    return tuple(datetime(year, day.month, 1, tzinfo=PLACE) for year in (day.year - 1, day.year))  # type: ignore[return-value]


def find_window(parameters: Parameters, at: datetime) -> tuple[Parameters, date]:
    """Return the parameters with the standard window where none is given, and the window's last day."""
    begins, ends = (_micros(moment) for moment in window_of(at))
    settled = replace(
        parameters,
        from_at=begins if parameters.from_at is None else parameters.from_at,
        to_at=ends if parameters.to_at is None else parameters.to_at,
    )
    last = EPOCH + timedelta(microseconds=(settled.to_at or 0) - 1)
    return settled, last.astimezone(PLACE).date()


def find_measure(
    parameters: Parameters, *, at: datetime, need: pa.Table | None = None, due: pa.Table | None = None
) -> rules.Measured:
    """Return the office's own ledger measured: the tree of the window's last day, all loops."""
    return find_material(parameters, at=at, need=need, due=due).measured


def find_material(
    parameters: Parameters, *, at: datetime, need: pa.Table | None = None, due: pa.Table | None = None
) -> Material:
    """Return the office's own ledger measured, with the tables it was measured from.

    An office younger than its window had no tree that day; the tree of today then shows that nothing is measured yet.
    """
    settled, last = find_window(parameters, at)
    units = org.unit_columns(last)
    if not units.num_rows:
        units = org.unit_columns(at.astimezone(PLACE).date())
    loops = ledger.loop_columns()
    settled = replace(settled, weights=settled.weights or find_weights(last))
    measured = rules.measure(units, loops, settled, need=need, due=due)
    return Material(measured, units, loops, at, number_office, need=need, due=due)


def find_weights(on: date) -> tuple[float, ...]:
    """Return the weights of the four parts of H in force on a day, in the order of PARTS. Raises BadParameter."""
    weights = parameters_of.load("observatory")["part_weights"].on(on).value
    found = tuple(weights.get(part) for part in PARTS)
    if set(weights) != set(PARTS) or not all(isinstance(weight, (int, float)) for weight in found):
        raise BadParameter(name="part_weights", problem=", ".join(PARTS))
    return tuple(map(float, found))


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
