"""The handful of suggestions of one unit: options of all kinds, their gains, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from yunzhang.governance.observatory.rules.measuring import Measured
from yunzhang.governance.observatory.rules.suggesting.between import agreement_options, channel_options
from yunzhang.governance.observatory.rules.suggesting.departments import leader_options
from yunzhang.governance.observatory.rules.suggesting.levels import level_options
from yunzhang.governance.observatory.rules.suggesting.mending import gains_in_h, gains_in_v, type_gain
from yunzhang.governance.observatory.rules.suggesting.option import Option, managed_nodes
from yunzhang.governance.observatory.terms import Advice, Basis, Suggestion

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
    tree, charged, parameters = measured.tree, measured.charged, measured.parameters
    seed = (crc32(tree.ids[root].encode(), DOMAIN) + parameters.seed * 0x9E3779B1) % 2**31
    v = _shortlist([*level_options(tree, charged.lines, root), *others])
    found = _with_gains(measured, v, gains_in_v(tree, charged.lines, root, v, tau=parameters.tau, seed=seed))
    if has_h:
        h = _lateral_options(measured, root, managed_nodes(tree, managed), sectors, seed)
        stop, known = int(tree.end[root]), {"parts": parameters.parts, "tau": parameters.tau}
        found += _with_gains(measured, h, gains_in_h(measured.blocks, root, stop, h, seed=seed, **known))  # type: ignore[arg-type]
    return _choose(found)


def _shortlist(options: list[Option]) -> list[Option]:
    """The options worth drawing for: the heaviest shortfalls of each kind."""
    ranked = sorted(options, key=lambda option: option.met - option.due)
    return [
        option
        for kind in Advice
        for option in [each for each in ranked if each.advice is kind][: 2 * OF_A_KIND.get(kind, LEVELS)]
    ]


def _lateral_options(
    measured: Measured, root: int, managed: object, sectors: Sequence[frozenset[int]], seed: int
) -> list[Option]:
    tree, blocks, pairs = measured.tree, measured.blocks, measured.charged.pairs
    tau, parts = measured.parameters.tau, measured.parameters.parts
    found = leader_options(tree, pairs, blocks, root, managed=managed, sectors=sectors, tau=tau, seed=seed)  # type: ignore[arg-type]
    found += agreement_options(tree, pairs, blocks, root, tau=tau)
    found += channel_options(tree, blocks, root)
    return [option for option in found if option.line in parts]


def _with_gains(measured: Measured, options: Sequence[Option], gains: Sequence[type_gain]) -> list[Suggestion]:
    return [_said(measured, option, gain) for option, gain in zip(options, gains, strict=True)]


def _said(measured: Measured, option: Option, gain: type_gain) -> Suggestion:
    ids = measured.tree.ids

    def named(nodes: Sequence[int]) -> tuple[str, ...]:
        return tuple(ids[node] for node in nodes)

    basis = Basis(
        named(option.debtors), named(option.creditors), option.relations, option.programme, either=option.either
    )
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
