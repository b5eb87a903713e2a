"""Where two parties stand to each other on one day: relation and axis, design §1 and §5 "Place".

Kind decides first; then the unit tree, then the chain of guiding bodies, then the jurisdictions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yunzhang.base.ids import path_ids
from yunzhang.ground.org.rules.tree import first_guides
from yunzhang.ground.org.terms import OwedToItself, Placement, Relation, UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yunzhang.ground.org.terms import GuidanceKind, GuidedPair, Line

__all__ = [
    "chain_of",
    "choose_guides",
    "contains_place",
    "guiding_chain",
    "is_above",
    "is_guided_by",
    "is_superior",
    "place_pair",
]

OUTSIDE = (UnitKind.ENTERPRISE, UnitKind.ORGANISATION, UnitKind.CITIZEN, UnitKind.EXTERNAL)
MARKET_KINDS = frozenset({"need", "offer", "contract"})
AXES = {Relation.TERRITORIAL: "vertical", Relation.FUNCTIONAL: "vertical"}


def place_pair(a: Line, b: Line, *, kind: str = "") -> Placement:
    """Return the relation and axis of a pair; the order of the two never matters.

    `kind` is the kind of the loop: an organisation stands in the market in a need, an offer or a contract only.
    Raises OwedToItself where both are the same unit.
    """
    if a.unit == b.unit:
        raise OwedToItself(unit=a.name)
    relation = _outside(a, b, kind) or _on_a_line(a, b) or _across(a, b)
    return Placement(relation, AXES.get(relation, "horizontal"))


def is_above(upper: Line, lower: Line) -> bool:
    """Return whether `upper` is a proper ancestor of `lower` in the unit tree."""
    return upper.path != lower.path and lower.path.startswith(upper.path)


def guiding_chain(line: Line) -> tuple[int, ...]:
    """Return the guiding bodies of a unit, nearest first; guidance by its own ancestor is void and ends the chain."""
    ids = tuple(unit for unit, _ in line.guides)
    return () if ids and ids[0] in path_ids(line.path) else ids


def is_guided_by(lower: Line, upper: Line) -> bool:
    """Return whether `upper` is on the chain of guiding bodies of `lower`; void between ancestor and descendant."""
    return upper.unit in guiding_chain(lower) and not is_above(upper, lower) and not is_above(lower, upper)


def is_superior(upper: Line, lower: Line) -> bool:
    """Return whether `upper` is on a superior line of `lower`, by the tree or by guidance."""
    return is_above(upper, lower) or is_guided_by(lower, upper)


def contains_place(upper: Line, lower: Line) -> bool:
    """Return whether the jurisdiction of `upper` is that of `lower` or contains it."""
    return lower.jurisdiction_path.startswith(upper.jurisdiction_path)


def _outside(a: Line, b: Line, kind: str) -> Relation | None:
    kinds = {a.kind, b.kind}
    outside = next((one for one in OUTSIDE if one in kinds), None)
    if outside is UnitKind.ORGANISATION:
        return Relation.MARKET if kind in MARKET_KINDS else Relation.SOCIETY
    places = {
        UnitKind.ENTERPRISE: Relation.MARKET,
        UnitKind.CITIZEN: Relation.SOCIETY,
        UnitKind.EXTERNAL: Relation.REGION,
    }
    return places[outside] if outside else None


def _on_a_line(a: Line, b: Line) -> Relation | None:
    if is_above(a, b) or is_above(b, a):
        return Relation.TERRITORIAL
    if is_guided_by(a, b) or is_guided_by(b, a):
        return Relation.FUNCTIONAL
    return None


def _across(a: Line, b: Line) -> Relation:
    same = contains_place(a, b) or contains_place(b, a)
    return Relation.DEPARTMENT if same else Relation.REGION


def choose_guides(pairs: Sequence[GuidedPair]) -> dict[int, tuple[int, GuidanceKind]]:
    """Return who guides each unit on the day: the relation that counts, none where that one is void."""
    first = first_guides([each.guidance for each in pairs])
    return {
        each.guidance.lower: (each.guidance.upper, each.guidance.kind)
        for each in pairs
        if first[each.guidance.lower] == each.guidance.upper and not each.is_void
    }


def chain_of(unit: int, guides: Mapping[int, tuple[int, GuidanceKind]]) -> tuple[tuple[int, GuidanceKind], ...]:
    """Return the guiding bodies above a unit, nearest first; a ring is left where it closes."""
    chain: list[tuple[int, GuidanceKind]] = []
    seen = {unit}
    while unit in guides and guides[unit][0] not in seen:
        chain.append(guides[unit])
        unit = guides[unit][0]
        seen.add(unit)
    return tuple(chain)
