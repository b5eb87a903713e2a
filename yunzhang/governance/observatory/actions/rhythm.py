"""The facet "rhythm": programme rhythm of every unit with units below, from the ledger's entries alone.

Never per person: acts are counted by programme, month and sub-tree; no post and no holder is read here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from yunzhang.base.clock import day_of, is_working_day
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.actions.trail import MOST_TRAILS, list_busiest
from yunzhang.governance.observatory.rules import halving, rhythm
from yunzhang.governance.observatory.rules.logged_acts import acts_of_loops
from yunzhang.governance.observatory.rules.moments import DAY, ZONE
from yunzhang.governance.observatory.terms import REPORT, BadTable
from yunzhang.ground.ledger import actions as ledger
from yunzhang.kit import parameters as parameters_of
from yunzhang.kit.calendar import load_calendar
from yunzhang.kit.home import current_home

__all__ = ["build_rhythm", "find_refresh_days", "find_settings", "list_working_days"]
EPOCH = date(1970, 1, 1)
YEARS = 2
EVENTS = "refresh_events.csv"


def build_rhythm(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the rhythm of every unit with units below; nothing where no matter names a programme."""
    tree = material.measured.tree
    if "programme" not in material.loops.column_names or not tree.count:
        return
    last = _last_day(material)
    found = _acts(material, last)
    if not found.programmes:
        return
    settings = find_settings(EPOCH + timedelta(days=last))
    shared: dict[str, Any] = {
        "last_month": _last_month(material, last),
        "working": list_working_days(last),
        "recorded": {} if material.study else find_refresh_days(),
        "settings": settings,
        "known": {},
    }
    for node in list_busiest(material.measured, MOST_TRAILS):
        one = rhythm.find_rhythm(found, (node, int(tree.end[node])), **shared)
        if one.acts.any() or one.plan.any():
            yield material.number(tree.ids[node]), _body(found, one, settings)


def _acts(material: Material, last: int) -> rhythm.Acts:
    tree = material.measured.tree
    if material.study:
        table = acts_of_loops(material.loops, tree)
    else:
        table = ledger.act_columns(rhythm.ACTS, but_kinds=(REPORT,), to=material.at)
    return rhythm.read_acts(table, tree, last)


def _last_day(material: Material) -> int:
    to_at = material.parameters.to_at
    if material.study and to_at is not None:
        return (to_at + ZONE - 1) // DAY
    return (day_of(material.at - timedelta(microseconds=1)) - EPOCH).days


def _last_month(material: Material, last: int) -> int:
    to_at = material.parameters.to_at
    day = last if to_at is None else min(last, (to_at + ZONE - 1) // DAY)
    return int(rhythm.month_numbers(np.array([day]))[0])


def find_settings(on: date) -> rhythm.Settings:
    """Return the dated parameters of rhythm in force on a day."""
    held = parameters_of.load("observatory").on(on)
    prior = halving.Prior(held["refreshes_meeting"], held["refreshes_other"], held["least_acts"])
    return rhythm.Settings(
        drift_months=held["drift_months"], drift_level=held["drift_level"], drift_gap=held["drift_gap"], prior=prior
    )


def list_working_days(last: int) -> np.ndarray:
    """Return the day numbers of the working days of the two years up to `last`, by the calendar in force."""
    calendar = load_calendar()
    span = range(last - 365 * YEARS, last + 1)
    return np.array([day for day in span if is_working_day(EPOCH + timedelta(days=day), calendar)], np.int64)


def find_refresh_days() -> dict[str, np.ndarray]:
    """Return the refreshes the office has written down, as day numbers by programme ("" for all programmes).

    They stand in HOME/refresh_events.csv, columns `on` (2026-03-02) and `programme` (may be empty). Raises BadTable.
    """
    home = current_home()
    file = home.root / EVENTS if home else None
    return _read_events(file) if file is not None and file.exists() else {}


def _read_events(file: Path) -> dict[str, np.ndarray]:
    found: dict[str, list[int]] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                day = (date.fromisoformat((row.get("on") or "").strip()) - EPOCH).days
            except ValueError:
                raise BadTable(table=EVENTS, problem=f"第 {number} 行 on 应为日期，如 2026-03-02") from None
            found.setdefault((row.get("programme") or "").strip(), []).append(day)
    return {name: np.unique(days) for name, days in found.items()}


def _body(acts: rhythm.Acts, one: rhythm.Rhythm, settings: rhythm.Settings) -> dict[str, Any]:
    drift = one.drift
    return {
        "months": [_month(month) for month in one.months.tolist()],
        "programmes": acts.programmes,
        "acts": one.acts.tolist(),
        "plan": one.plan.tolist(),
        "demand": None if one.demand is None else one.demand.tolist(),
        "verbs": one.verbs,
        "entropy": one.entropy,
        "halving": [_halving(each) for each in one.halving],
        "drift": {
            "plan": drift.plan,
            "acts": drift.acts,
            "distance": drift.distance,
            "lagging": drift.lagging,
            "told": drift.is_told,
            "months": settings.drift_months,
            "level": settings.drift_level,
            "gap": settings.drift_gap,
        },
        "to": _day(acts.last_day),
    }


def _halving(one: halving.Halving) -> dict[str, Any]:
    refreshes = [[_day(day), round(chance, 3), recorded] for day, chance, recorded in one.refreshes]
    ends = {"days": one.days, "low": one.low, "high": one.high, "at_least": one.at_least}
    return {"acts": one.acts, "refreshes": refreshes} | ends


def _day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


def _month(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{1970 + year}-{month + 1:02d}"
