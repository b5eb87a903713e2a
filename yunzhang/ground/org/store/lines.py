"""Lines, standings and scopes in few queries, whatever the number of units. Reads only.

`in_sight` is the query twin of `rules.may_see`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from yunzhang.ground.org.store.sql import day_out, fetch, held, listed, stood
from yunzhang.ground.org.store.units import OrgUnit, below, chunks
from yunzhang.ground.org.terms import Guidance, GuidanceKind, GuidedPair

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from django.db.models import QuerySet

LINES = f"""
SELECT p.unit_id, n.name, u.kind, u.branch, p.path, p.jurisdiction_id, q.path, u.level, u.code
FROM org_placement p
JOIN org_unit u ON u.id = p.unit_id
JOIN org_naming n ON n.unit_id = u.id AND {stood("n", "u")}
JOIN org_unit j ON j.id = p.jurisdiction_id
JOIN org_placement q ON q.unit_id = j.id AND {stood("q", "j")}
WHERE p.unit_id IN (%s) AND {stood("p", "u")}
"""  # noqa: S608 - fixed texts, no value among them

PAIRS = f"""
SELECT g.upper_id, g.lower_id, g.kind, g.from_on, a.path, b.path
FROM org_guidance g
JOIN org_unit u ON u.id = g.upper_id
JOIN org_placement a ON a.unit_id = u.id AND {stood("a", "u")}
JOIN org_unit l ON l.id = g.lower_id
JOIN org_placement b ON b.unit_id = l.id AND {stood("b", "l")}
WHERE {held("g")} AND ({{where}})
ORDER BY g.from_on, g.id
"""  # noqa: S608 - fixed texts, no value among them

UPPER = f"SELECT x.upper_id FROM org_guidance x WHERE {held('x')} AND x.lower_id IN (%s)"  # noqa: S608 - fixed texts
LOWER = f"SELECT y.lower_id FROM org_guidance y WHERE {held('y')} AND y.upper_id IN (%s)"  # noqa: S608 - fixed texts
LOWEST = f"SELECT z.lower_id FROM org_guidance z WHERE {held('z')} AND z.upper_id IN ({LOWER})"  # noqa: S608 - the same
TWO_UP = PAIRS.format(where=f"g.lower_id IN (%s) OR g.lower_id IN ({UPPER})")
TWO_DOWN = PAIRS.format(where=f"g.lower_id IN ({LOWER}) OR g.lower_id IN ({LOWEST})")


def line_rows(units: Sequence[int], day: date) -> list[tuple[Any, ...]]:
    """Return what a line is made of for these units on a day, or as they stood last; unknown ones are left out."""
    return [row for part in chunks(units) for row in _rows(LINES, part, day)]


def guides_of(lower: Collection[int], day: date) -> list[GuidedPair]:
    """Return who guides these units on a day, and who guides those in turn, with both paths, oldest first."""
    return [_pair(row) for part in chunks(list(lower)) for row in _rows(TWO_UP, part, day)]


def guides_of_guided_by(upper: Collection[int], day: date) -> list[GuidedPair]:
    """Return all who guide the units that any of `upper` guides on a day, and those they guide, oldest first."""
    return [_pair(row) for part in chunks(list(upper)) for row in _rows(TWO_DOWN, part, day)]


def _rows(sql: str, ids: Sequence[int], day: date) -> list[tuple[Any, ...]]:
    places, params = listed("id", ids)
    return fetch(sql.replace("%s", places), {**params, "day": day})


def _pair(row: tuple[Any, ...]) -> GuidedPair:
    upper, lower, kind, from_on, above, path = row
    return GuidedPair(Guidance(upper, lower, GuidanceKind(kind), day_out(from_on)), above, path)


def path_of(unit: int) -> str | None:
    """Return the path of a unit today, or its last one."""
    return OrgUnit.objects.filter(id=unit).values_list("path", flat=True).first()


def place_paths(units: Collection[int]) -> set[str]:
    """Return the paths of the places these units belong to."""
    return set(OrgUnit.objects.filter(id__in=units).values_list("jurisdiction__path", flat=True))


def in_sight(paths: Sequence[str], guided: Sequence[int], office_of: int | None = None) -> QuerySet[OrgUnit, int]:
    """Return the ids of sub-trees, of the units guided, and of the bodies of the place whose office it is."""
    where = Q(id__in=guided)
    for path in paths:
        where |= below(path)
    if office_of is not None:
        where |= Q(jurisdiction=office_of)
    return OrgUnit.objects.filter(where).values_list("id", flat=True)


def in_place(path: str) -> QuerySet[OrgUnit, int]:
    """Return the ids of every body whose place is at or below the place at `path`."""
    return OrgUnit.objects.filter(below(path, "jurisdiction__path")).values_list("id", flat=True)
