"""One suggestion kept by hand, for tests of what persons do with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yunzhang.governance.observatory.store import facets

KEY = "0123456789abcdef"


def suggestion(upper: int, lower: int) -> dict[str, Any]:
    """The edge between these two as the facet carries it."""
    return {
        "key": KEY, "advice": "level", "figure": "V", "line": "territorial",
        "units": [[upper, "江州市人民政府"], [lower, "甲区人民政府"]], "count": 2,
        "gain": 0.031, "low": 0.02, "high": 0.045, "met": 2.0, "due": 10.0, "share": [0.08, 0.45],
        "stability": None, "details": {}, "rows": [2, 10],
        "basis": {
            "debtors": [lower], "creditors": [upper], "relations": ["territorial"], "programme": "", "under": None,
        },
    }  # fmt: skip


def keep_suggestions(upper: int, lower: int, *, at: datetime) -> None:
    """Keep the suggestion as the newest of both units."""
    body = {"suggestions": [suggestion(upper, lower)], "achieved": {}, "has_h": False}
    facts = {"tau": 4, "draws": 200, "seed": 1, "covers": [], "has_h": False, "programmes": []}
    rows = [(unit, "suggest", body) for unit in (upper, lower)]
    moments = {"from_at": at - timedelta(days=365), "to_at": at, "taken_at": at}
    facets.save(facts, rows, study="", programme="", size=0, **moments)


def keep_none(*, at: datetime) -> None:
    """Keep newer figures that suggest nothing."""
    facts = {"tau": 4, "draws": 200, "seed": 1, "covers": [], "has_h": False, "programmes": []}
    facets.save(facts, [], study="", programme="", size=0, from_at=at, to_at=at, taken_at=at)
