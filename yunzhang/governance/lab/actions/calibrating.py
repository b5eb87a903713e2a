"""Calibrations: what the record of a unit and all below it says, how well it tells months held out, what it does not.

Kept for pages as findings are, one a unit, and made anew when the ledger grew or the month turned. Losing one costs
computing alone. Nothing of them enters the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from yunzhang.base.clock import day_of
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions.engine import find_engine_digest
from yunzhang.governance.lab.actions.experiments import find_part
from yunzhang.governance.lab.actions.government import Government
from yunzhang.governance.lab.actions.record import find_record
from yunzhang.governance.lab.actions.rights import ASSUMED
from yunzhang.governance.lab.rules.calibration.forecasting import AHEAD
from yunzhang.governance.lab.rules.calibration.simulating import RUNS
from yunzhang.governance.lab.rules.calibration.whole import Calibration, calibrate, judge, no_calibration
from yunzhang.governance.lab.terms import Experiment
from yunzhang.ground.ledger import actions as ledger
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import UnitKind

__all__ = [
    "KeptCalibration",
    "find_calibration",
    "find_calibration_version",
    "find_experiment_score",
    "find_kept_calibration",
    "find_record_score",
    "keep_calibration",
    "list_calibration_scopes",
    "list_due_calibrations",
    "request_of_calibration",
]
PLACE = ZoneInfo("Asia/Shanghai")
NAMED = "calibration "  # of a finding; the unit's number follows


@dataclass(frozen=True, slots=True)
class KeptCalibration:
    """A calibration, when it was made, and whether the record is still the one it was made of."""

    made_at: datetime
    calibration: Calibration
    is_current: bool


def find_calibration(
    government: Government,
    *,
    at: datetime | None,
    ahead: int = AHEAD,
    seed: int = 1,
    runs: int = RUNS,
    tell: Callable[[int], None] = lambda done: None,
) -> Calibration:
    """Return what a government's record says as known at a moment (None: at its end), and how far it can be trusted.

    Estimates by kind and level, the last `ahead` months told by those before and by `runs` runs of the engine, months
    to come, scores, and what is not told with its reason. `tell` is told how many runs are done. Raises BadTable.
    """
    record = find_record(government, at=at)
    if record is None:
        return no_calibration(ahead=ahead, seed=seed, runs=runs)
    return calibrate(record, ahead=ahead, seed=seed, runs=runs, tell=tell)


def find_record_score(government: Government, *, at: datetime | None) -> dict[str, Any]:
    """Return the summary of a government's calibration alone, which is soon made. Raises BadTable."""
    record = find_record(government, at=at)
    return dict(no_calibration().summary) if record is None else judge(record)


def find_experiment_score(experiment: Experiment) -> dict[str, Any]:
    """Return as `calibration` how well the record an experiment stands on tells, as known when it was asked for.

    Nothing where it stands on assumptions.
    """
    if store.find_start(experiment.id)[0]["basis"] == ASSUMED:
        return {}
    at = experiment.asked_at
    return {"calibration": find_record_score(find_part(experiment.unit, at=at), at=at)}


# ---- kept for pages


def find_calibration_version(at: datetime) -> str:
    """Return what calibrations are made from, as a digest: the rules, how far the ledger goes, the month."""
    checkpoint = ledger.find_checkpoint()
    size = 0 if checkpoint is None else checkpoint.size
    return sha256(f"{find_engine_digest()} {size} {at.astimezone(PLACE):%Y-%m}".encode()).hexdigest()


def find_kept_calibration(unit: int, *, at: datetime) -> KeptCalibration | None:
    """Return the calibration of a unit and all below it, or None while there is none."""
    held = store.find_finding(f"{NAMED}{unit}")
    if held is None:
        return None
    return KeptCalibration(held[1], Calibration.unpack(held[2]), held[0] == find_calibration_version(at))


def keep_calibration(unit: int, *, at: datetime) -> bool:
    """Make the calibration of a unit and keep it; return False where it is there already, so that twice is once."""
    version, held = find_calibration_version(at), store.find_finding(f"{NAMED}{unit}")
    if held is not None and held[0] == version:
        return False
    found = find_calibration(find_part(unit, at=at), at=at)
    store.keep_finding(f"{NAMED}{unit}", version, found.pack(), at=at)
    return True


def list_due_calibrations(at: datetime) -> list[int]:
    """Return the units whose calibration is missing or out of date: the places at the top, and what was asked for."""
    version, there, on = find_calibration_version(at), store.find_versions(), day_of(at)
    roots = [unit.id for unit in org.list_roots(on=on) if unit.kind is UnitKind.GOVERNMENT]
    standing = [unit.id for root in roots for unit in org.list_subtree(root, on=on)]
    wanted = [unit for unit in standing if unit in roots or f"{NAMED}{unit}" in there]
    return [unit for unit in wanted if there.get(f"{NAMED}{unit}") != version]


def request_of_calibration(unit: int, version: str) -> UUID:
    """Return the act key of making a calibration once for a state of the record."""
    return uuid5(NAMESPACE_URL, f"lab-calibration/{unit}/{version}")


def list_calibration_scopes(unit: int, *, at: datetime) -> list[tuple[int, str]]:
    """Return the governments at and below a unit that have units below them, in official order: number and name."""
    below = org.list_subtree(unit, on=day_of(at))
    upper = {each.parent for each in below}
    return [(each.id, each.name) for each in below if each.kind is UnitKind.GOVERNMENT and each.id in upper]
