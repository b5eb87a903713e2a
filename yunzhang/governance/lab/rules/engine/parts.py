"""What the compiled loops of the engine work on: named bundles of arrays. A unit beyond `count` is an outsider.

A flow is one stream of matters of a kind that one asks of another; how many a day follows chance (Poisson).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yunzhang.governance.lab.rules.backbone import NONE, Backbone

DIRECTIVE, REPORT, ACROSS = 0, 1, 2  # what a flow is to the engine: down, back up, across or from outside
UNBOUNDED = 1e9  # a capacity nobody fills


class Wiring(NamedTuple):
    """Who stands where: the backbone, and the links by unit (`link_to[link_start[u]:link_start[u + 1]]`)."""

    parent: np.ndarray
    depth: np.ndarray
    end: np.ndarray
    first: np.ndarray
    kids: np.ndarray
    link_start: np.ndarray
    link_to: np.ndarray


class Flows(NamedTuple):
    """Streams of matters. `rate` a day; `chance` that a debtor with full attention acts on one it reads, 0..1.

    `routed`: goes from hand to hand along backbone and links instead of straight to the debtor.
    `entry`: place of the debtor among the creditor's links (an index of `link_to`), -1 where they are not linked.
    """

    role: np.ndarray  # int8: DIRECTIVE | REPORT | ACROSS
    creditor: np.ndarray  # int32
    debtor: np.ndarray  # int32
    rate: np.ndarray  # float64
    chance: np.ndarray  # float64
    term: np.ndarray  # int32, days
    programme: np.ndarray  # int16, -1: none
    routed: np.ndarray  # uint8
    entry: np.ndarray  # int64


class Units(NamedTuple):
    """What each unit can do.

    `capacity` matters a day at full attention; `low` the attention it never falls under; `keep` what is left of the
    rest after a day; `rho` what a refresh adds; `hop`, `aside`, `relay` the chances that it passes a routed matter
    along the backbone, along a link, a directive down; `vacant` 1: its post is empty; `watch` the leader over it for
    matters across, -1: none; `host` the unit whose capacity following up its directives takes, -1: nobody's.
    """

    capacity: np.ndarray
    low: np.ndarray
    keep: np.ndarray
    rho: np.ndarray
    hop: np.ndarray
    aside: np.ndarray
    relay: np.ndarray
    vacant: np.ndarray  # uint8
    watch: np.ndarray  # int32
    host: np.ndarray  # int32


class Meetings(NamedTuple):
    """Refreshes by the calendar: on every `every`-th day (from `phase`) units from..to gain `gain` of attention.

    Programmes: `push` says how far one is pushed after a refresh, `keep` what is left after a day; `renewed` lists
    which meeting takes a programme up again (-1: none).
    """

    start: np.ndarray  # int32, slice of units
    stop: np.ndarray
    every: np.ndarray  # int32
    phase: np.ndarray
    gain: np.ndarray  # float64
    push: np.ndarray  # float64, by programme
    keep: np.ndarray
    floor: np.ndarray
    renewed: np.ndarray  # int32


class Leaders(NamedTuple):
    """Leaders over departments: how many matters across one follows up a day, and the chance it brings them to."""

    capacity: np.ndarray
    chance: np.ndarray


def wire(tree: Backbone, link_start: np.ndarray | None = None, link_to: np.ndarray | None = None) -> Wiring:
    """Return the wiring of a backbone with these links, or none."""
    start = np.zeros(tree.count + 1, np.int64) if link_start is None else link_start
    to = np.zeros(0, np.int32) if link_to is None else link_to
    return Wiring(tree.parent, tree.depth, tree.end, tree.first, tree.kids, start, to)


def make_units(count: int, **given: float | np.ndarray) -> Units:
    """Return units that forget nothing, pass everything on and are never full, but for what is given by name."""
    plain = {"capacity": UNBOUNDED, "low": 1.0, "keep": 1.0, "rho": 0.0, "hop": 1.0, "aside": 1.0, "relay": 0.0}
    plain |= {"vacant": 0, "watch": NONE, "host": NONE}
    kinds = {"vacant": np.uint8, "watch": np.int32, "host": np.int32}
    made = {
        name: np.array(np.broadcast_to(np.asarray(given.get(name, value), kinds.get(name, np.float64)), count))
        for name, value in plain.items()
    }
    return Units(**made)


def make_flows(
    role: np.ndarray,
    creditor: np.ndarray,
    debtor: np.ndarray,
    **given: float | np.ndarray,
) -> Flows:
    """Return flows between these; what is not given by name: one in ten days, always acted on, 20 days, straight."""
    plain = {"rate": 0.1, "chance": 1.0, "term": 20, "programme": NONE, "routed": 0, "entry": NONE}
    kinds = {"term": np.int32, "programme": np.int16, "routed": np.uint8, "entry": np.int64}
    count = len(role)
    more = {
        name: np.array(np.broadcast_to(np.asarray(given.get(name, value), kinds.get(name, np.float64)), count))
        for name, value in plain.items()
    }
    ends = (np.asarray(each, kind) for each, kind in ((role, np.int8), (creditor, np.int32), (debtor, np.int32)))
    return Flows(*ends, **more)


def no_meetings() -> Meetings:
    """Return no meetings and no programmes."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return Meetings(whole, whole, whole, whole, real, real, real, real, whole)


def no_leaders() -> Leaders:
    """Return no leader."""
    return Leaders(np.zeros(0), np.zeros(0))
