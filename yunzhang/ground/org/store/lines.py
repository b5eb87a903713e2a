"""Lines, standings and scopes in few queries, whatever the number of units. Reads only.

`in_sight` is the query twin of `rules.may_see`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from yunzhang.ground.org.store.units import OrgGuidance, OrgPlacement, OrgUnit, below, chunks, on_day
from yunzhang.ground.org.terms import Guidance, GuidanceKind, GuidedPair

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from django.db.models import QuerySet

LINE = ("unit_id", "unit__namings__name", "unit__kind", "unit__branch", "path", "jurisdiction_id",
        "jurisdiction__placements__path", "unit__level", "unit__code")  # fmt: skip


def held_on(day: date, rows: str = "", unit: str = "unit__") -> Q:
    """Return the filter of dated rows that hold on a day; a unit retired by then keeps its last rows."""
    last = Q(**{f"{unit}to_on__lte": day, f"{rows}to_on": F(f"{unit}to_on")})
    return on_day(day, rows) | last


def line_rows(units: Sequence[int], day: date) -> list[tuple[object, ...]]:
    """Return the LINE columns of these units on a day, or as they stood last; unknown ones are left out."""
    when = held_on(day) & held_on(day, "unit__namings__")
    when &= held_on(day, "jurisdiction__placements__", "jurisdiction__")
    rows = OrgPlacement.objects.filter(when).values_list(*LINE)
    return [row for part in chunks(units) for row in rows.filter(unit__in=part)]


GUIDANCE = ("upper_id", "lower_id", "kind", "from_on", "to_on", "upper__placements__path", "lower__placements__path")


def guides_of(lower: Collection[int], day: date) -> list[GuidedPair]:
    """Return who guides these units on a day, and who guides those in turn, with both paths, oldest first."""
    found = []
    for part in chunks(list(lower)):
        above = OrgGuidance.objects.filter(on_day(day), lower__in=part).values("upper")
        found += _pairs(Q(lower__in=part) | Q(lower__in=above), day)
    return found


def guides_of_guided_by(upper: Collection[int], day: date) -> list[GuidedPair]:
    """Return all who guide the units that any of `upper` guides on a day, and those they guide, oldest first."""
    touched = OrgGuidance.objects.filter(on_day(day), upper__in=upper).values("lower")
    further = OrgGuidance.objects.filter(on_day(day), upper__in=touched).values("lower")
    return _pairs(Q(lower__in=touched) | Q(lower__in=further), day)


def _pairs(where: Q, day: date) -> list[GuidedPair]:
    when = on_day(day) & held_on(day, "upper__placements__", "upper__") & held_on(day, "lower__placements__", "lower__")
    rows = OrgGuidance.objects.filter(when & where).order_by("from_on", "id").values_list(*GUIDANCE)
    return [
        GuidedPair(Guidance(upper, lower, GuidanceKind(kind), from_on, to_on), above, path)
        for upper, lower, kind, from_on, to_on, above, path in rows
    ]


def path_of(unit: int) -> str | None:
    """Return the path of a unit today, or its last one."""
    return OrgUnit.objects.filter(id=unit).values_list("path", flat=True).first()


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
