"""Every facet with what builds it; and the refresh: measure, build all facets, keep them in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from yunzhang.governance.observatory.actions.figures import build_figures
from yunzhang.governance.observatory.actions.material import Material, list_programmes_of, of_programme
from yunzhang.governance.observatory.actions.measuring import find_material, window_of
from yunzhang.governance.observatory.actions.places import build_units, find_snapshot
from yunzhang.governance.observatory.store import facets as store
from yunzhang.governance.observatory.terms import Parameters
from yunzhang.ground.ledger import actions as ledger

__all__ = ["BUILDERS", "keep_facets", "refresh_figures", "refresh_when_due"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
type_builder = Callable[[Material], Iterable[tuple[int, dict[str, Any]]]]

# A builder returns (number of the unit, what the page needs of it) for every unit that has this facet.
BUILDERS: dict[str, type_builder] = {
    "unit": build_units,
    "figures": build_figures,
}
OF_A_PROGRAMME = ("unit", "figures")  # facets kept for each programme as well


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
    programmes = list_programmes_of(whole)
    about |= {"programmes": programmes}
    written = _keep(whole, BUILDERS, size=size, about=about)
    for programme in programmes:
        part = {name: BUILDERS[name] for name in OF_A_PROGRAMME}
        written += _keep(of_programme(whole, programme), part, size=size, about=about)
    store.drop_others(whole.study, ["", *programmes])
    return written


def _keep(material: Material, builders: dict[str, type_builder], *, size: int, about: dict[str, Any]) -> int:
    rows = [(unit, facet, body) for facet, build in builders.items() for unit, body in build(material)]
    store.save(
        _facts(material) | about,
        rows,
        study=material.study,
        programme=material.programme,
        from_at=_moment(material.parameters.from_at),
        to_at=_moment(material.parameters.to_at) or material.at,
        taken_at=material.at,
        size=size,
    )
    return len(rows)


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
