"""Findings that need no office: limits, paths, a map; made once for each version of the engine, kept for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from yunzhang.base.clock import day_of
from yunzhang.base.compiled import content_digest
from yunzhang.base.errors import Refused
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions import paths, validating
from yunzhang.governance.lab.rules import sending
from yunzhang.governance.lab.rules.engine.days import advance
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty
from yunzhang.kit import parameters as parameters_of

__all__ = [
    "FINDINGS",
    "Finding",
    "find_finding",
    "find_missing",
    "find_version",
    "keep_finding",
    "request_of",
    "verify_may_read_findings",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result, when it was made, and whether the engine of today made it."""

    name: str
    made_at: datetime
    body: dict[str, Any]
    is_current: bool


def _limit(name: str) -> Callable[[date], dict[str, Any]]:
    def find(_: date) -> dict[str, Any]:
        found = validating.find_comparison(name, quick=True)
        checks = [_plain(asdict(check)) | {"passed": check.passed} for check in found.checks]
        return {"checks": checks, "curves": [_plain(asdict(curve)) for curve in found.curves]}

    return find


FINDINGS: Mapping[str, Callable[[date], dict[str, Any]]] = {
    **{name: _limit(name) for name in validating.LIMITS},
    "paths": paths.find_paths,
    "map": paths.find_map,
    "learning": paths.find_learning,
}


def find_version(on: date) -> str:
    """Return what findings were made from, as a digest: the engine, routing, limits, paths, data and parameters."""
    found = sha256((content_digest(advance) + content_digest(sending._carry)).encode())
    rules = Path(sending.__file__).parent
    for folder, files in ((rules / "limits", "*.py"), (rules / "paths", "*.py"), (validating.FOLDER, "*.yaml")):
        for file in sorted(folder.glob(files)):
            found.update(file.read_bytes())
    found.update(repr(sorted(parameters_of.load("lab").on(on).items())).encode())
    return found.hexdigest()


def find_missing(on: date) -> list[str]:
    """Return the findings that are not there yet, or from another engine, in the order they are made."""
    version, there = find_version(on), store.find_versions()
    return [name for name in FINDINGS if there.get(name) != version]


def find_finding(name: str, *, on: date) -> Finding | None:
    """Return a finding, or None while it is not there; one from an older engine says so (`is_current`)."""
    held = store.find_finding(name)
    return None if held is None else Finding(name, held[1], held[2], is_current=held[0] == find_version(on))


def keep_finding(name: str, *, at: datetime, version: str = "") -> bool:
    """Make a finding and keep it; return False where it was there already, so that twice is once."""
    wanted = find_version(at.date())
    held = store.find_finding(name)
    if name not in FINDINGS or (version and version != wanted) or (held is not None and held[0] == wanted):
        return False
    store.keep_finding(name, wanted, FINDINGS[name](at.date()), at=at)
    return True


def request_of(name: str, version: str) -> UUID:
    """Return the act key of making a finding once for a version of the engine."""
    return uuid5(NAMESPACE_URL, f"lab-finding/{name}/{version}")


def verify_may_read_findings(by: Acting | None, *, at: datetime) -> None:
    """Return nothing for everybody who acts from a post but administrators: no data of any unit. Raises Refused."""
    if by is None or org.find_standing(by, on=day_of(at)).duty is Duty.ADMINISTRATOR:
        raise Refused


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_number(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
