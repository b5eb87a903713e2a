"""A unit as the observatory's pages show it: of the office or of a study, with its snapshot; and who may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunzhang.base.clock import day_of
from yunzhang.base.ids import path_ids
from yunzhang.governance.observatory.actions.figures import with_what_is_known
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.rules.tree import GOVERNMENT
from yunzhang.governance.observatory.store import facets as store
from yunzhang.governance.observatory.terms import MissingPlace, NotYours, NotYourStudy
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import Duty, Line, Reader, Standing, Unit, UnitKind
from yunzhang.kit.memo import recall

__all__ = [
    "Named",
    "Place",
    "Snapshot",
    "build_units",
    "find_facet",
    "find_facets",
    "find_facets_of",
    "find_names",
    "find_own_unit",
    "find_place",
    "find_snapshot",
    "list_below",
    "list_beside",
    "verify_may_read_study",
    "verify_may_see",
]
PLACES = (UnitKind.GOVERNMENT, UnitKind.TOWN)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was measured, when and how; `has_h` is false while no horizontal matter or need row is in the window.

    A study's has a title and a mark: foreign (a log from elsewhere) or simulated.
    """

    id: int
    study: str
    programme: str
    from_at: datetime | None
    to_at: datetime
    taken_at: datetime
    size: int
    tau: float
    draws: int
    seed: int
    covers: tuple[str, ...]
    has_h: bool
    programmes: tuple[str, ...] = ()
    title: str = ""
    mark: str = ""

    @property
    def has_v(self) -> bool:
        """False where the log covers no line of command: its V is unknown, not 0."""
        return bool(self.covers)


@dataclass(frozen=True, slots=True)
class Named:
    """A unit by its number in facets and its name; `is_place` for governments of a place (甲区), not departments."""

    number: int
    name: str
    short_name: str
    is_place: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One unit of the office (study "") or of a study, the superiors the reader may open, and the newest snapshot."""

    own: Named
    above: tuple[Named, ...]  # the uppermost first
    snapshot: Snapshot | None
    study: str = ""
    programme: str = ""

    @property
    def number(self) -> int:
        """The unit's number in facets; in the office its id."""
        return self.own.number


def build_units(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return for every unit of a study its names and neighbours, so that its pages ask no organisation.

    Of the office nothing: its organisation knows them.
    """
    if not material.study:
        return
    tree, number = material.measured.tree, material.number
    names: list[list[Any]] = [
        [number(tree.ids[node]), tree.names[node], int(tree.kind[node] == GOVERNMENT)] for node in range(tree.count)
    ]
    below: dict[int, list[list[Any]]] = {}
    for node in range(1, tree.count):
        below.setdefault(int(tree.parent[node]), []).append(names[node])
    lines: list[list[int]] = []
    for node in range(tree.count):
        upper = int(tree.parent[node])
        lines.append([] if upper < 0 else [*lines[upper], upper])
        yield (
            names[node][0],
            {"id": tree.ids[node], "own": names[node], "above": [names[each] for each in lines[node]]}
            | {"below": below.get(node, []), "beside": below.get(upper, []) if upper >= 0 else []},
        )


def find_snapshot(study: str = "", programme: str = "") -> Snapshot | None:
    """Return the newest measuring of the office (study "") or a study, whole or of one programme; None before it."""
    return _snapshots(study).get(programme)


def _snapshots(study: str) -> dict[str, Snapshot]:
    return recall(("obs_snapshots", study), lambda: {row.programme: _snapshot(row) for row in store.snapshots(study)})


def _snapshot(row: store.ObsSnapshot) -> Snapshot:
    own = (row.pk, row.study, row.programme, row.from_at, row.to_at, row.taken_at, row.size)
    return Snapshot(*own, **store.facts(row))


def find_place(by: Acting, unit: int, *, study: str = "", programme: str = "", at: datetime) -> Place:
    """Return a unit with its names and newest snapshot. Raises UnknownUnit, MissingPlace for a study without it."""
    snapshot = find_snapshot(study, programme)
    if study:
        return _place_of_study(unit, snapshot, study, programme)
    line = list(path_ids(org.find_lines([unit], on=day_of(at))[unit].path))[:-1]
    own = find_own_unit(by, at=at)
    seen = line[line.index(own) :] if own in line else []
    names = org.find_units([unit, *seen])
    return Place(_named(names[unit]), tuple(_named(names[each]) for each in seen), snapshot, "", programme)


def _place_of_study(unit: int, snapshot: Snapshot | None, study: str, programme: str) -> Place:
    body = _unit(study, unit)
    if snapshot is None or body is None:
        raise MissingPlace
    return Place(_read(body["own"]), tuple(_read(each) for each in body["above"]), snapshot, study, programme)


def _unit(study: str, unit: int) -> dict[str, Any] | None:
    whole = find_snapshot(study)
    if whole is None:
        return None
    return recall(("obs_unit", study, unit), lambda: store.facets(whole.id, "unit", [unit]).get(unit))


def _read(cells: list[Any]) -> Named:
    number, name, is_place = cells
    return Named(number, name, _short(name) if is_place else name, bool(is_place))


def _short(name: str) -> str:
    # what a place is called on a tile or beside a dot
    return name.removesuffix("人民政府") or name


def _named(unit: Unit) -> Named:
    is_place = unit.kind in PLACES
    short = _short(unit.name) if is_place else unit.short_name
    return Named(unit.id, unit.name, short or unit.name, is_place)


def list_below(place: Place) -> list[Named]:
    """Return the units directly below, in official order."""
    if place.study:
        body = _unit(place.study, place.number)
        return [_read(each) for each in body["below"]] if body else []
    return [_named(unit) for unit in _children(place.number).get(place.number, ())]


def _children(unit: int) -> dict[int, list[Unit]]:
    # of the unit and of its superior at once: a page shows those below and those beside
    upper = org.find_unit(unit).parent
    wanted = [unit] if upper is None else [unit, upper]
    return recall(("obs_children", unit), lambda: org.list_children_of(wanted))


def list_beside(place: Place) -> list[Named]:
    """Return the peers of a government of a place, itself not among them, in official order; a body has none here."""
    if not place.own.is_place:
        return []
    if place.study:
        body = _unit(place.study, place.number)
        beside = [_read(each) for each in body["beside"]] if body else []
    else:
        unit = org.find_unit(place.number)
        same = [] if unit.parent is None else _children(place.number)[unit.parent]
        beside = [_named(each) for each in same if each.kind is unit.kind]
    return [each for each in beside if each.is_place and each.number != place.number]


def find_names(place: Place, units: Iterable[int]) -> dict[int, Named]:
    """Return the names of units by number."""
    wanted = list(units)
    if not place.study:
        return {number: _named(unit) for number, unit in org.find_units(wanted).items()} if wanted else {}
    whole = find_snapshot(place.study)
    found = {} if whole is None else store.facets(whole.id, "unit", wanted)
    return {number: _read(body["own"]) for number, body in found.items()}


def find_facet(place: Place, facet: str) -> dict[str, Any] | None:
    """Return what one page needs of the unit, or None where nothing was kept for it."""
    return find_facets(place, facet, [place.number]).get(place.number)


def find_facets_of(place: Place, wanted: Mapping[str, Iterable[int]]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return several facets, each of its own units, in one query: what a page that shows much needs at once."""
    if place.snapshot is None:
        return {facet: {} for facet in wanted}
    found = store.facets_of(place.snapshot.id, wanted)
    if "figures" in found:
        found["figures"] = _known(place.snapshot, found["figures"])
    return found


def find_facets(place: Place, facet: str, units: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the facet of those units that have it; figures lack V or H where the log holds nothing of the kind."""
    if place.snapshot is None:
        return {}
    found = store.facets(place.snapshot.id, facet, units)
    return _known(place.snapshot, found) if facet == "figures" else found


def _known(snapshot: Snapshot, found: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    if snapshot.has_v and snapshot.has_h:
        return found
    sides = {"has_v": snapshot.has_v, "has_h": snapshot.has_h}
    return {unit: with_what_is_known(row, **sides) for unit, row in found.items()}


def find_own_unit(by: Acting, *, at: datetime) -> int:
    """Return the unit whose page opens first: the government whose office one is, else one's own unit."""
    standing = org.find_standing(by, on=day_of(at))
    return standing.office_of or standing.unit


def verify_may_see(by: Acting, unit: int, *, study: str = "", at: datetime) -> None:
    """Return nothing where one may see a unit's placement: itself, its superior lines, the office of its place.

    A unit of a study is seen by whoever may read studies. Raises NotYours, for a peer as for any other, UnknownUnit,
    NotYourStudy.
    """
    if study:
        verify_may_read_study(by, at=at)
        return
    on = day_of(at)
    standing = org.find_standing(by, on=on)
    if not _sees(standing, org.find_lines([unit], on=on)[unit]):
        raise NotYours


def _sees(standing: Standing, line: Line) -> bool:
    if standing.duty is Duty.ADMINISTRATOR:
        return False
    above = {*path_ids(line.path), *(guide for guide, _ in line.guides)}
    mine = {standing.unit} if standing.office_of is None else {standing.unit, standing.office_of}
    return bool(mine & above) or (standing.office_of is not None and standing.office_of == line.jurisdiction)


def verify_may_read_study(by: Acting, *, at: datetime) -> None:
    """Return nothing where one may read studies: office, leaders and auditors of the uppermost place; researchers.

    Raises NotYourStudy.
    """
    standing = org.find_standing(by, on=day_of(at))
    is_leader = standing.duty is Duty.LEADER and standing.unit == standing.jurisdiction
    uppermost = len(list(path_ids(standing.jurisdiction_path))) == 1
    if uppermost and (standing.office_of is not None or is_leader or standing.duty is Duty.AUDITOR):
        return
    if standing.duty is Duty.ADMINISTRATOR or org.find_reader_of(by.person) != Reader.RESEARCH:
        raise NotYourStudy
