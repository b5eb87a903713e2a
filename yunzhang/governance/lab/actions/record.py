"""How the units of a government behave by its own record, where it has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from yunzhang.governance.lab.rules.calibration.estimating import Calibrated, estimate
from yunzhang.governance.lab.rules.calibration.record import Record, read_record
from yunzhang.governance.observatory.terms import Parameters

if TYPE_CHECKING:
    from yunzhang.governance.lab.actions.government import Government

__all__ = ["find_calibrated", "find_record"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def find_record(government: Government, *, at: datetime | None = None) -> Record | None:
    """Return the record of a government by kind, level and month, as known at a moment (None: at its end).

    None where there is no matter at all. Raises BadTable.
    """
    if government.loops is None or not government.loops.num_rows:
        return None
    known = None if at is None else (at - EPOCH) // timedelta(microseconds=1)
    return read_record(government.units, government.loops, Parameters(as_of=known))


def find_calibrated(government: Government, *, at: datetime | None = None) -> Calibrated | None:
    """Return what the record says of each kind of matter on each level, as known at a moment (None: at its end).

    None where no whole month or no matter is on record. Raises BadTable.
    """
    record = find_record(government, at=at)
    if record is None or not record.count:
        return None
    found = estimate(record)
    return found if found.behaviour.paces else None
