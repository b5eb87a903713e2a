"""A run of the engine: stages of a setting one after the other, the same seed the same bytes.

What happens between two stages is a what-if: arrays of another stage, the same units and flows. Room is made between
days, so that a day is never half done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from yunzhang.base.chance import mixed
from yunzhang.governance.lab.rules.backbone import Backbone
from yunzhang.governance.lab.rules.contents import Contents, no_contents
from yunzhang.governance.lab.rules.engine.days import advance, most_arrivals
from yunzhang.governance.lab.rules.engine.live import (
    ALL,
    ALPHA,
    BUSY,
    HEAD,
    HELD,
    LOW,
    MET,
    RELAYED,
    TAIL,
    WRITTEN,
    grow_pool,
    make_counts,
    make_pool,
    pack_desks,
    pack_flows,
    pack_units,
)
from yunzhang.governance.lab.rules.engine.matters import flush
from yunzhang.governance.lab.rules.engine.parts import (
    DIRECTIVE,
    Flows,
    Leaders,
    Meetings,
    Units,
    Wiring,
    no_leaders,
    no_meetings,
)

CHUNK = 25  # days between two looks at whether to go on
Sink = Callable[[np.ndarray], None]  # gets rows as `live` packs them


@dataclass(frozen=True, slots=True)
class Stage:
    """How the government stands from a day on."""

    day: int
    wiring: Wiring
    flows: Flows
    units: Units
    meetings: Meetings = field(default_factory=no_meetings)
    leaders: Leaders = field(default_factory=no_leaders)


@dataclass(frozen=True, slots=True)
class Setting:
    """What to run: stages (the first on day 0; the same units, flows and links' number in each), for `days` days.

    `span`: days of one window of the tally. `late`, `refused`: shares of what is read and not acted on; the rest is
    never answered. `retries`: how often a holder tries to pass a matter on again, a day later.
    """

    tree: Backbone
    stages: tuple[Stage, ...]
    days: int = 360
    span: int = 30
    late: float = 0.6
    refused: float = 0.05
    retries: int = 0
    contents: Contents = field(default_factory=no_contents)


class Stopped(Exception):  # not an error of the user: somebody asked a run to stop
    """A run was told to stop before its end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `tally` is [window, flow, due | met], by window of the due day; `busy`: matters handled."""

    days: int
    tally: np.ndarray
    busy: np.ndarray
    opened: int
    ended: int
    met: int
    alpha: np.ndarray
    known: np.ndarray  # what beliefs are worth on average after each day; empty where units have none

    @property
    def events(self) -> int:
        """Entries a ledger would hold: one for each matter opened, one for each that ended."""
        return self.opened + self.ended


def run(
    setting: Setting,
    *,
    seed: int,
    number: int = 0,
    sink: Sink | None = None,
    tell: Callable[[int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Return what run `number` of a seed comes to; `sink` gets rows as they end, `tell` the day reached.

    Raises Stopped where `stop` says so. The outcome depends on setting, seed and number alone.
    """
    carried = _Carried(setting, seed, number, sink)
    for place, stage in enumerate(setting.stages):
        ends = setting.stages[place + 1].day if place + 1 < len(setting.stages) else setting.days
        carried.begin(stage)
        day = stage.day
        while day < min(ends, setting.days):
            if stop is not None and stop():
                raise Stopped
            day = carried.go(day, min(day + CHUNK, ends, setting.days), stage)
            if tell is not None:
                tell(day)
    return carried.end()


class _Carried:
    """The state carried from stage to stage; a stage brings its own units and flows, attention and desks go on."""

    def __init__(self, setting: Setting, seed: int, number: int, sink: Sink | None) -> None:
        first, count = setting.stages[0], setting.tree.count
        self.setting, self.sink, self.ended = setting, sink, 0
        self.state = np.array([mixed(seed, number)], np.uint64)
        self.windows = -(-setting.days // setting.span)
        self.tally = np.zeros((self.windows, len(first.flows.rate), 2), np.int32)
        self.units, self.desks = pack_units(first.units), pack_desks(first.units)
        self.counts, self.pool, self.rows = make_counts(), make_pool(0), np.zeros((0, 8), np.int32)
        self.marks, self.followed = np.zeros((3, count), np.uint8), np.zeros(count)
        self.consulted = np.zeros(len(first.wiring.link_to), np.uint8)
        self.push = np.ones(len(first.meetings.push))
        known = setting.contents
        self.contents = known._replace(z=known.z.copy(), reality=known.reality.copy())
        self.known = np.zeros(setting.days if known.z.size else 0)
        self.coming = 0
        none = np.zeros(0)
        self.flows, self.leaders = (none, none, none, none, none), none

    def begin(self, stage: Stage) -> None:
        """Take over the arrays of a stage; attention, queues and counts go on."""
        units, desks = pack_units(stage.units), pack_desks(stage.units)
        units[:, ALPHA] = np.maximum(self.units[:, ALPHA], units[:, LOW])
        for column in (HEAD, TAIL, RELAYED, BUSY):
            desks[:, column] = self.desks[:, column]
        self.units, self.desks = units, desks
        flows, rate = pack_flows(stage.flows), np.asarray(stage.flows.rate, np.float64)
        down, down_start = _downward(stage.flows, len(desks))
        if not (stage.units.relay > 0).any():
            down = down[:0]
        self.coming = most_arrivals(float(rate.sum())) + len(down)
        self.leaders = np.stack([stage.leaders.capacity, stage.leaders.chance], axis=1)
        self.flows = flows, stage.flows.chance, np.cumsum(rate), down, down_start

    def go(self, day: int, ends: int, stage: Stage) -> int:
        """Return the day reached, at most `ends`; at least one day is done."""
        self._make_room()
        at = self.setting
        desks = self.units, self.desks, self.pool, self.rows, self.tally, self.counts
        marks = self.marks, self.consulted, self.followed, self.push
        return int(
            advance(
                day, ends, *self.flows, *desks, *marks, stage.meetings, self.leaders, stage.wiring, self.contents,
                self.known, at.late, at.refused, at.span, at.days, at.retries, self.coming, self.state,
            )
        )  # fmt: skip

    def _make_room(self) -> None:
        held = int(self.counts[HELD])
        if len(self.pool) - held < self.coming:
            self.pool = grow_pool(self.pool, self.counts, max(2 * self.coming, len(self.pool)))
        if self.sink is not None:
            self._drain()
            if len(self.rows) < held + self.coming:
                self.rows = np.zeros((4 * (held + self.coming), 8), np.int32)

    def _drain(self) -> None:
        done = int(self.counts[WRITTEN])
        if self.sink is not None and done and len(self.rows):
            self.sink(self.rows[:done].copy())
            self.ended += done
            self.counts[WRITTEN] = 0

    def end(self) -> Outcome:
        """End what is under way and return what the run came to."""
        self._make_room()
        flush(self.desks, self.pool, self.rows, self.tally, self.counts, self.setting.span)
        self._drain()
        ended = self.ended + int(self.counts[WRITTEN])
        counted = int(self.counts[ALL]), ended, int(self.counts[MET])
        busy, alpha = self.desks[:, BUSY].copy(), self.units[:, ALPHA].copy()
        return Outcome(self.setting.days, self.tally, busy, *counted, alpha, self.known)


def _downward(flows: Flows, units: int) -> tuple[np.ndarray, np.ndarray]:
    # the directive flows of each unit, by creditor
    down = np.flatnonzero((flows.role == DIRECTIVE) & (flows.creditor < units))
    order = down[np.argsort(flows.creditor[down], kind="stable")].astype(np.int64)
    start = np.zeros(units + 1, np.int64)
    np.cumsum(np.bincount(flows.creditor[order], minlength=units), out=start[1:])
    return order, start


__all__ = ["Outcome", "Setting", "Sink", "Stage", "Stopped", "run"]
