"""The log of the demonstration's study: 24 months of matters of an invented city, drawn from a seed; nothing is real.

Planted in it: counties of all four modes (most of them authoritative), horizontal links added half-way in two of them,
one rotten branch, three groups of departments that need each other and have no common chief, absent outsiders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from yunzhang.base.clock import PLACE
from yunzhang.cli.demo import study_place as place
from yunzhang.cli.demo.study_place import COUNTIES, PLAN, ROTTEN, TOWNS, Rates, county_id

MONTHS = 24
HALF = MONTHS // 2
DAY = 86_400_000_000
NAME, TITLE = "lanchuan", "澜川市两年运行记录（模拟）"
# name, weight, campaigns (months from the start), months in which its push halves
PROGRAMMES = (
    ("高效办成一件事", 1.2, (0, 9, 16), 4.0),
    ("数据归集共享", 1.0, (2, 14), 3.0),
    ("营商环境优化", 0.9, (4, 12, 20), 5.0),
    ("基层减负", 0.8, (6,), 3.5),  # begun once and never taken up again
)
# departments that ask each other much and answer little: nobody leads them together
CLUSTERS = (("scj", "rsj", "ybj"), ("zrj", "zjj", "nyj"), ("gaj", "mzj", "wjw", "jyj"))
UNMET = 0.16
TERMS = {"directive": 30, "report": 10, "consultation": 10, "data_request": 10, "agreed_duty": 30, "need": 15}
TERMS |= {"appeal": 15, "contract": 45, "survey": 20}


@dataclass(frozen=True, slots=True)
class Flow:
    """One stream of matters: who asks whom, how many a month, how likely an answer in time; `later` after the links."""

    kind: str
    creditor: str
    debtor: str
    rate: float
    chance: float
    later_rate: float = -1.0
    later: float = -1.0


def make_study(ends: date, seed: int) -> dict[str, pa.Table]:
    """Return the tables units, loops and need of the study, whose 24 whole months end before the month of `ends`."""
    rng = np.random.default_rng([seed, 0x10C])
    flows = list(list_flows())
    starts = month_starts(ends)
    return {"units": place.make_units(), "loops": draw_loops(rng, flows, starts), "need": list_needs()}


def month_starts(ends: date) -> list[int]:
    """Return the first moments of the months, and of the month after them, in microseconds of UTC.

    >>> len(month_starts(date(2026, 11, 22)))
    25
    """
    number = ends.year * 12 + ends.month - 1 - MONTHS
    firsts = [datetime(*year_and_month(number + turn), 1, tzinfo=PLACE) for turn in range(MONTHS + 1)]
    return [int(first.timestamp()) * 1_000_000 for first in firsts]


def year_and_month(number: int) -> tuple[int, int]:
    """Return year and month of a month counted from year 0.

    >>> year_and_month(2026 * 12 + 10)
    (2026, 11)
    """
    year, month = divmod(number, 12)
    return year, month + 1


def list_flows() -> Iterator[Flow]:
    """Yield every stream of the city, in a fixed order."""
    for code, _ in place.CITY_BODIES:
        yield Flow("directive", "lc", f"lc-{code}", 0.9, 0.93)
        yield Flow("report", "lc", f"lc-{code}", 0.5, 0.92)
    yield from _city_wide()
    for number, county in enumerate(PLAN, 1):
        yield from _vertical(county_id(number), county.rates)
        yield from _horizontal(county_id(number), county)
    yield from _branch()


def _vertical(county: str, rates: Rates) -> Iterator[Flow]:
    yield Flow("directive", "lc", county, 1.6, rates.down)
    yield Flow("report", "lc", county, 1.0, rates.up)
    for code, _ in place.BODIES:
        body = f"{county}-{code}"
        yield Flow("directive", county, body, 0.5, rates.down)
        yield Flow("report", county, body, 0.35, rates.up)
        yield Flow("directive", f"lc-{code}", body, 0.45, rates.down * 0.92)
        yield Flow("report", f"lc-{code}", body, 0.3, rates.up * 0.92)
    for town in range(1, TOWNS + 1):
        yield Flow("directive", county, f"{county}-t{town}", 0.6, rates.down)


def _branch() -> Iterator[Flow]:
    county = county_id(place.WITH_PARK + 1)
    park = f"{county}-{ROTTEN}"
    yield Flow("directive", county, park, 1.2, 0.15)
    yield Flow("report", county, park, 0.8, 0.12)
    for town in range(1, 6):
        yield Flow("directive", park, f"{park}-t{town}", 0.7, 0.18)


def _horizontal(county: str, planned: place.County) -> Iterator[Flow]:
    part = list(zip(planned.rates.across, (planned.later or planned.rates).across, strict=True))  # before, after
    more = 2.5 if planned.later else 1.0
    codes = [code for code, _ in place.BODIES]
    ring = [(codes[k], codes[(k + step) % len(codes)]) for k in range(len(codes)) for step in (1, 3)]
    for a, b in ring:
        yield _link("consultation", f"{county}-{a}", f"{county}-{b}", 0.14, chance=part[0], more=more)
    for town in range(1, TOWNS + 1):
        next_town = f"{county}-t{town % TOWNS + 1}"
        yield _link("agreed_duty", f"{county}-t{town}", next_town, 0.16, chance=part[1], more=more)
        if "market" not in planned.absent:
            asker = f"e{town % place.ENTERPRISES + 1}"
            yield _link("need", asker, f"{county}-t{town}", 0.12, chance=part[2], more=more)
        if "society" not in planned.absent:
            yield _link("appeal", "citizens", f"{county}-t{town}", 0.16, chance=part[3], more=more)
    for number in range(3):
        if "market" not in planned.absent:
            yield _link("need", f"e{number + 1}", county, 0.3, chance=part[2], more=more)
        if "society" not in planned.absent:
            yield _link("appeal", f"o{number + 1}" if number else "citizens", county, 0.5, chance=part[3], more=more)


def _link(kind: str, creditor: str, debtor: str, rate: float, *, chance: tuple[float, float], more: float) -> Flow:
    before, later = chance
    return Flow(kind, creditor, debtor, rate, before, rate * more, later)


def _city_wide() -> Iterator[Flow]:
    codes = [code for code, _ in place.CITY_BODIES]
    chiefless = {frozenset((a, b)) for group in CLUSTERS for a in group for b in group if a != b}
    for k, a in enumerate(codes):
        for step in (1, 4):
            b = codes[(k + step) % len(codes)]
            if frozenset((a, b)) not in chiefless:
                yield Flow("data_request", f"lc-{a}", f"lc-{b}", 0.3, 0.42)
    for group in CLUSTERS:
        for a in group:
            for b in group:
                if a != b:
                    yield Flow("data_request", f"lc-{a}", f"lc-{b}", 0.9, UNMET)
    for number in range(1, len(COUNTIES) + 1):
        other = county_id(number % len(COUNTIES) + 1)
        rate = min(PLAN[number - 1].rates.region, 0.45)
        yield Flow("agreed_duty", county_id(number), other, 0.3, rate)
    for number in range(1, len(place.NEIGHBOURS) + 1):
        yield Flow("agreed_duty", f"x{number}", "lc", 0.4, 0.35)
        yield Flow("contract", "lc", f"e{number}", 0.3, 0.35)
        yield Flow("survey", f"o{number}", "lc", 0.4, 0.3)
    yield Flow("appeal", "citizens", "lc", 2.0, 0.35)


def list_needs() -> pa.Table:
    """Return the need table of a year: what departments and outside classes ought to have dealt with."""
    rows = [(f"lc-{a}", f"lc-{b}", 8) for group in CLUSTERS for k, a in enumerate(group) for b in group[:k]]
    places = ["lc", *(county_id(number) for number in range(1, len(PLAN) + 1))]
    rows += [(unit, part, 6) for unit in places for part in ("market", "society")]
    a, b, matters = zip(*rows, strict=True)
    return pa.table({"a": list(a), "b": list(b), "matters": list(matters)})


def push_by_month() -> np.ndarray:
    """Return how hard each programme is pushed in each month, from its campaigns on ever less; mean about 1."""
    months = np.arange(MONTHS)
    pushed = np.empty((len(PROGRAMMES), MONTHS))
    for row, (_, weight, campaigns, halves) in enumerate(PROGRAMMES):
        since = np.min([np.where(months >= first, months - first, np.inf) for first in campaigns], axis=0)
        pushed[row] = weight * np.maximum(2.0 ** (-since / halves), 0.08)
    return np.asarray(pushed / pushed.sum(axis=0).mean())


@dataclass(frozen=True, slots=True)
class Drawn:
    """Columns by matter: its flow, month, opening moment and programme; `ends` is where the log ends."""

    flow: np.ndarray
    month: np.ndarray
    opened: np.ndarray
    programme: np.ndarray
    ends: int


def draw_loops(rng: np.random.Generator, flows: list[Flow], starts: list[int]) -> pa.Table:
    """Return the loop table of the flows: how many a month, of which programme, answered when, if at all."""
    pushed = push_by_month()
    first = np.array([flow.rate for flow in flows])[:, None]
    then = np.array([flow.rate if flow.later_rate < 0 else flow.later_rate for flow in flows])[:, None]
    rate = np.where(np.arange(MONTHS) < HALF, first, then)
    counts = rng.poisson(rate * pushed.sum(axis=0))
    flow, month = (np.repeat(side.ravel(), counts.ravel()) for side in np.indices(counts.shape))
    opened = _openings(rng, np.array(starts), month)
    order = np.lexsort((flow, opened))
    flow, month, opened = flow[order], month[order], opened[order]
    programme = _pick(rng, (pushed / pushed.sum(axis=0))[:, month])
    drawn = Drawn(flow, month, opened, programme, starts[-1])
    return _table(rng, flows, drawn)


def _openings(rng: np.random.Generator, starts: np.ndarray, month: np.ndarray) -> np.ndarray:
    day = rng.integers(0, (starts[month + 1] - starts[month]) // DAY)
    second = rng.integers(9 * 3600, 18 * 3600, len(month))
    return np.asarray(starts[month] + day * DAY + second * 1_000_000)


def _pick(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    return np.asarray((rng.random(shares.shape[1]) > np.cumsum(shares, axis=0)[:-1]).sum(axis=0))


def _chances(rng: np.random.Generator, flows: list[Flow]) -> np.ndarray:
    # every edge and pair has its own reliability about the planted one, before and after the links
    planned = np.array([[flow.chance, flow.chance if flow.later < 0 else flow.later] for flow in flows])
    return np.asarray(rng.beta(20 * planned, 20 * (1 - planned)))


def _table(rng: np.random.Generator, flows: list[Flow], drawn: Drawn) -> pa.Table:
    rows, flow, opened = len(drawn.flow), drawn.flow, drawn.opened
    term = np.array([TERMS[each.kind] for each in flows])[flow] * DAY
    due = (opened // DAY + 1) * DAY + term - 8 * 3600 * 1_000_000
    is_met = rng.random(rows) < _chances(rng, flows)[flow, (drawn.month >= HALF).astype(int)]
    fate = rng.random(rows)  # of those not met: late, refused, never answered
    answered = opened + ((due - opened) * rng.uniform(0.15, 0.97, rows)).astype(np.int64)
    late = due + (rng.exponential(12 * DAY, rows)).astype(np.int64) + DAY // 3
    refused, silent = ~is_met & (fate >= 0.55) & (fate < 0.65), ~is_met & (fate >= 0.65)
    closed = np.where(is_met | refused, answered, late)
    unanswered = silent | (closed >= drawn.ends)
    columns = {
        "loop": [f"L{number:06d}" for number in range(1, rows + 1)],
        "kind": np.array([each.kind for each in flows])[flow],
        "creditor": np.array([each.creditor for each in flows])[flow],
        "debtor": np.array([each.debtor for each in flows])[flow],
        "opened_at": _moments(opened),
        "due_at": _moments(due),
        "closed_at": _moments(closed, unanswered),
        "outcome": np.select([unanswered, refused, is_met], ["open", "refused", "met"], "late"),
        "extended": (rng.random(rows) < 0.07).astype(int),
        "programme": np.array([name for name, *_ in PROGRAMMES])[drawn.programme],
    }
    return pa.table(columns)


def _moments(at: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    return pa.array(at, pa.timestamp("us", "UTC"), mask=missing)
