"""The working-day calendar in force: the shipped data, with the home's own `calendar.yaml` over it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yunzhang.base.clock import Calendar
from yunzhang.kit.home import current_home
from yunzhang.kit.yaml import BadData, check_keys, read_yaml

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "calendar" / "china.yaml"
OWN = "calendar.yaml"


def load_calendar() -> Calendar:
    """Return the calendar in force; a year given in the home's own file replaces that year of the shipped one."""
    home = current_home()
    own = home.root / OWN if home else None
    return _load(own, own.stat().st_mtime_ns if own and own.exists() else 0)


def read_calendar(*files: Path) -> Calendar:
    """Return the calendar of the given files; in later ones a year replaces the same year before."""
    years: dict[int, tuple[set[date], set[date]]] = {}
    for file in files:
        years.update({year: _year(file, year, facts) for year, facts in read_yaml(file).items()})
    return Calendar(
        holidays=frozenset().union(*(off for off, _ in years.values())),
        workdays=frozenset().union(*(on for _, on in years.values())),
        published_to=max(years, default=0),
    )


@lru_cache(maxsize=8)
def _load(own: Path | None, changed: int) -> Calendar:
    return read_calendar(SHIPPED, *([own] if own and changed else []))


def _year(file: Path, year: Any, facts: Any) -> tuple[set[date], set[date]]:
    if not isinstance(year, int) or not isinstance(facts, dict):
        raise BadData(file=file.name, problem=f"{year} 应为年份，其下为 holidays 与 workdays")
    check_keys(file, facts, must={"holidays", "workdays"})
    off, on = (set(facts[key] or {}) for key in ("holidays", "workdays"))
    wrong = [str(day) for day in off | on if type(day) is not date or day.year != year]
    if wrong:
        raise BadData(file=file.name, problem=f"{year} 年下有不属于该年的日期 {', '.join(wrong)}")
    if off & on:
        raise BadData(file=file.name, problem=f"{min(off & on)} 既是放假日又是上班日")
    return off, on
