"""Findings that need no office: limits, paths, a map; made once for each version of the engine, kept for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from math import isfinite
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from yunzhang.base.clock import day_of
from yunzhang.base.errors import Refused
from yunzhang.governance.lab import store
from yunzhang.governance.lab.actions import paths, validating
from yunzhang.governance.lab.actions.engine import find_programs_digest
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty

__all__ = [
    "FINDINGS",
    "Finding",
    "Recipe",
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


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a finding is made, and what it depends on: modules of rules with all they import, the action that calls them
    (`asks`), and data of a day."""

    make: Callable[[date], dict[str, Any]]
    rules: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    data: Callable[[date], object] = lambda _: None


RULES = "yunzhang.governance.lab.rules"


def _limit(name: str) -> Recipe:
    def make(_: date) -> dict[str, Any]:
        found = validating.find_comparison(name, quick=True)
        checks = [_plain(asdict(check)) | {"passed": check.passed} for check in found.checks]
        return {"checks": checks, "curves": [_plain(asdict(curve)) for curve in found.curves]}

    def data(_: date) -> object:
        return sorted((key, one) for key, one in validating.find_published().items() if key.startswith(f"{name}_"))

    return Recipe(make, (f"{RULES}.limits.{name}",), (validating.__name__,), data)


def _path(make: Callable[[date], dict[str, Any]], *rules: str) -> Recipe:
    return Recipe(make, tuple(f"{RULES}.paths.{name}" for name in rules), (paths.__name__,), paths.find_assumptions)


FINDINGS: Mapping[str, Recipe] = {
    **{name: _limit(name) for name in validating.LIMITS},
    "paths": _path(paths.find_paths, "walking", "placing"),
    "map": _path(paths.find_map, "mapping"),
    "learning": _path(paths.find_learning, "learning"),
}


def find_version(name: str, on: date) -> str:
    """Return what a finding is made from, as a digest: its programs, however far away, its data and parameters."""
    recipe = FINDINGS[name]
    found = sha256(find_programs_digest(*recipe.rules, alone=recipe.asks).encode())
    found.update(repr(recipe.data(on)).encode())
    return found.hexdigest()


def find_missing(on: date) -> list[str]:
    """Return the findings that are not there yet, or from another engine, in the order they are made."""
    there = store.find_versions()
    return [name for name in FINDINGS if there.get(name) != find_version(name, on)]


def find_finding(name: str, *, on: date) -> Finding | None:
    """Return a finding, or None while it is not there; one from an older engine says so (`is_current`)."""
    held = store.find_finding(name)
    return None if held is None else Finding(name, held[1], held[2], is_current=held[0] == find_version(name, on))


def keep_finding(name: str, *, at: datetime, version: str = "") -> bool:
    """Make a finding and keep it; return False where it was there already, so that twice is once."""
    wanted = find_version(name, at.date()) if name in FINDINGS else ""
    held = store.find_finding(name)
    if not wanted or (version and version != wanted) or (held is not None and held[0] == wanted):
        return False
    store.keep_finding(name, wanted, FINDINGS[name].make(at.date()), at=at)
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
