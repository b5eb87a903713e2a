"""The handful of suggestions of one unit: options of all kinds, their gains, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from yunzhang.governance.observatory.rules.measuring import Measured
from yunzhang.governance.observatory.rules.suggesting.between import agreement_options, channel_options
from yunzhang.governance.observatory.rules.suggesting.departments import leader_options
from yunzhang.governance.observatory.rules.suggesting.levels import level_options
from yunzhang.governance.observatory.rules.suggesting.mending import gains_in_h, gains_in_v, type_gain
from yunzhang.governance.observatory.rules.suggesting.option import Option, Scene, managed_nodes
from yunzhang.governance.observatory.terms import EQUAL, Advice, Basis, Suggestion

SHOWN = 5
OF_A_KIND = {Advice.LEADER: 2, Advice.AGREEMENT: 2, Advice.CHANNEL: 2, Advice.PROGRAMME: 2, Advice.LOAD: 1}
LEVELS = 3
SMALLEST = 0.0005  # a gain that two decimals on a range would not show is no advice
DOMAIN = 0x53554747


def suggest(
    measured: Measured,
    root: int,
    *,
    others: Sequence[Option] = (),
    managed: frozenset[str] = frozenset(),
    sectors: Sequence[frozenset[int]] = (),
    has_h: bool = True,
) -> list[Suggestion]:
    """Return at most five suggestions for a sub-tree, by expected gain, largest first; none from noise.

    `others` are options about programmes and loads; `managed` ids of bodies under vertical management; `sectors` the
    nodes one leader already holds; without `has_h` nothing horizontal is in the log and nothing is said about it.
    """
    scene = scene_of(measured, root)
    seed = (crc32(scene.tree.ids[root].encode(), DOMAIN) + measured.parameters.seed * 0x9E3779B1) % 2**31
    v = _shortlist([*level_options(scene), *others])
    found = _with_gains(measured, v, gains_in_v(scene, v, seed=seed))
    if has_h:
        parts, weights = measured.parameters.parts, measured.parameters.weights or EQUAL
        h = _lateral_options(scene, measured, managed_nodes(scene.tree, managed), sectors, seed)
        gains = gains_in_h(scene, measured.blocks, h, parts=parts, weights=weights, seed=seed)
        found += _with_gains(measured, h, gains)
    return _choose(found)


def scene_of(measured: Measured, root: int) -> Scene:
    """Return the sub-tree of a node as options are made for it."""
    return Scene(measured.tree, measured.charged.lines, root, measured.parameters.tau)


def _shortlist(options: list[Option]) -> list[Option]:
    """The options worth drawing for: the heaviest shortfalls of each kind."""
    ranked = sorted(options, key=lambda option: option.met - option.due)
    return [
        option
        for kind in Advice
        for option in [each for each in ranked if each.advice is kind][: 2 * OF_A_KIND.get(kind, LEVELS)]
    ]


def _lateral_options(
    scene: Scene, measured: Measured, managed: np.ndarray, sectors: Sequence[frozenset[int]], seed: int
) -> list[Option]:
    blocks, pairs = measured.blocks, measured.charged.pairs
    found = leader_options(scene, pairs, blocks, managed=managed, sectors=sectors, seed=seed)
    found += agreement_options(scene, pairs, blocks)
    found += channel_options(scene, blocks)
    return [option for option in found if option.line in measured.parameters.parts]


def _with_gains(measured: Measured, options: Sequence[Option], gains: Sequence[type_gain]) -> list[Suggestion]:
    return [_said(measured, option, gain) for option, gain in zip(options, gains, strict=True)]


def _said(measured: Measured, option: Option, gain: type_gain) -> Suggestion:
    ids = measured.tree.ids

    def named(nodes: Sequence[int]) -> tuple[str, ...]:
        return tuple(ids[node] for node in nodes)

    under = ids[option.under] if option.under >= 0 else ""
    basis = Basis(named(option.debtors), named(option.creditors), option.relations, option.programme, under)
    return Suggestion(
        option.advice, option.figure, option.line, named(option.nodes), *gain, option.met, option.due, basis,
        option.stability, option.details,
    )  # fmt: skip


def _choose(found: list[Suggestion]) -> list[Suggestion]:
    room = dict(OF_A_KIND) | {Advice.LEVEL: LEVELS}
    chosen: list[Suggestion] = []
    for each in sorted(found, key=lambda one: (-one.gain, one.advice, one.line, one.units, one.basis.programme)):
        if each.gain >= SMALLEST and room[each.advice] > 0 and len(chosen) < SHOWN:
            room[each.advice] -= 1
            chosen.append(each)
    return chosen
