"""Small governments with a known behaviour, for the tests of the lab."""

from __future__ import annotations

from yunzhang.governance.lab.terms import ANY_LEVEL, RELATIONS, Behaviour, Pace
from yunzhang.governance.observatory.rules.planted import QUADRANTS
from yunzhang.governance.observatory.terms import Mode

BEGINS = "2027-01-01"


def behaviour_of(mode: Mode = Mode.AUTHORITATIVE, rate: float = 0.5, **more) -> Behaviour:
    """The behaviour of a planted mode: chances of science.md §2.5 by relation, the same rate everywhere."""
    down, up, across = QUADRANTS[mode]
    paces = {}
    for name in RELATIONS:
        chance = up if name.endswith("report") else down if " " in name else across
        paces[name, ANY_LEVEL] = Pace(rate, chance)
    return Behaviour(paces, **more)


def scenario_of(*steps, **more) -> dict:
    """A scenario as a file gives it."""
    return {"title": "试行", "begins": BEGINS, "days": 720, "what_ifs": list(steps)} | more
