"""Every facet with what builds it; and the refresh: measure, build all facets, keep them in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from yunzhang.governance.observatory.actions.figures import build_figures
from yunzhang.governance.observatory.actions.material import Material, list_programmes_of, of_programme
from yunzhang.governance.observatory.actions.measuring import find_material, window_of
from yunzhang.governance.observatory.actions.places import build_units, find_snapshot
from yunzhang.governance.observatory.actions.rhythm import build_rhythm
from yunzhang.governance.observatory.actions.suggesting import build_suggestions
from yunzhang.governance.observatory.actions.trail import build_panel, build_trail
from yunzhang.governance.observatory.actions.why import build_why
from yunzhang.governance.observatory.store import facets as store
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.ground.ledger import actions as ledger

__all__ = [
    "BUILDERS",
    "Built",
    "build_facets",
    "drop_other_programmes",
    "keep_built",
    "keep_facets",
    "refresh_figures",
    "refresh_when_due",
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
type_builder = Callable[[Material], Iterable[tuple[int, dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Built:
    """One snapshot built and not yet kept: its facts, its moments, and its rows (unit, facet, body)."""

    programme: str
    facts: dict[str, Any]
    rows: list[tuple[int, str, dict[str, Any]]]
    from_at: datetime | None
    to_at: datetime
    taken_at: datetime


# A builder returns (number of the unit, what the page needs of it) for every unit that has this facet.
BUILDERS: dict[str, type_builder] = {
    "unit": build_units,
    "figures": build_figures,
    "why": build_why,
    "rhythm": build_rhythm,
    "trail": build_trail,
    "panel": build_panel,
    "suggest": build_suggestions,
}
OF_A_PROGRAMME = ("unit", "figures", "why")  # facets kept for each programme as well


def refresh_figures(at: datetime) -> int:
    """Measure the office's ledger in its standard window before `at` and keep all facets; return how many rows."""
    return keep_facets(find_material(Parameters(), at=at), size=_size())


def refresh_when_due(at: datetime) -> int:
    """Measure anew where the ledger grew or the month turned since the last time; return how many rows, or 0."""
    last = find_snapshot()
    if last is not None and last.size == _size() and last.to_at == window_of(at)[1]:
        return 0
    return refresh_figures(at)


def _size() -> int:
    checkpoint = ledger.find_checkpoint()
    return 0 if checkpoint is None else checkpoint.size


def keep_facets(whole: Material, *, size: int, **about: Any) -> int:
    """Build and keep the facets of a log, whole and of each programme; return how many rows were written.

    `about` joins the facts of the snapshot: of a study its title and mark (foreign | simulated).
    """
    written = 0
    for built in build_facets(whole, **about):
        keep_built(whole.study, built, size=size)
        written += len(built.rows)
    drop_other_programmes(whole)
    return written


def build_facets(whole: Material, **about: Any) -> Iterator[Built]:
    """Return the snapshots of a log one by one, whole and of each programme; nothing is kept yet."""
    about |= {"programmes": list_programmes_of(whole)}
    yield _build(whole, BUILDERS, about)
    for programme in about["programmes"]:
        part = {name: BUILDERS[name] for name in OF_A_PROGRAMME}
        yield _build(of_programme(whole, programme), part, about)


def _build(material: Material, builders: dict[str, type_builder], about: dict[str, Any]) -> Built:
    parameters = material.parameters
    return Built(
        programme=material.programme,
        facts=_facts(material) | about,
        rows=[(unit, facet, body) for facet, build in builders.items() for unit, body in build(material)],
        from_at=_moment(parameters.from_at),
        to_at=_moment(parameters.to_at) or material.at,
        taken_at=material.at,
    )


def keep_built(study: str, built: Built, *, size: int) -> None:
    """Keep a snapshot in place of the earlier one of its programme."""
    moments = {"from_at": built.from_at, "to_at": built.to_at, "taken_at": built.taken_at}
    store.save(built.facts, built.rows, study=study, programme=built.programme, size=size, **moments)


def drop_other_programmes(whole: Material) -> None:
    """Drop the snapshots of programmes the log no longer names."""
    store.drop_others(whole.study, ["", *list_programmes_of(whole)])


def _facts(material: Material) -> dict[str, Any]:
    measured = material.measured
    parameters = measured.parameters
    lateral = bool(measured.tree.count and measured.counts["horizontal"][0] > 0)
    return {
        "tau": parameters.tau,
        "draws": parameters.draws,
        "seed": parameters.seed,
        "covers": list(parameters.covers or ()),
        "has_h": lateral or measured.has_need,
    }


def _moment(at: int | None) -> datetime | None:
    return None if at is None else EPOCH + timedelta(microseconds=at)
