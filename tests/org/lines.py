"""Lines without a database: a small place by short names, and random places for properties."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from yunzhang.base.ids import path_ids
from yunzhang.ground.org.rules import path_below
from yunzhang.ground.org.terms import Branch, GuidanceKind, Level, Line, UnitKind

Chain = tuple[tuple[int, GuidanceKind], ...]
LEVELS = (Level.NATION, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN)


@dataclass
class World:
    """Lines by name, added superiors first."""

    lines: dict[str, Line]

    def __getitem__(self, name: str) -> Line:
        return self.lines[name]

    def by_id(self, unit: int) -> Line:
        return next(line for line in self.lines.values() if line.unit == unit)

    def add(
        self,
        name: str,
        *,
        kind: UnitKind = UnitKind.DEPARTMENT,
        parent: str | None = None,
        place: str | None = None,
        branch: Branch = Branch.GOVERNMENT,
        guided_by: str | None = None,
        guidance: GuidanceKind = GuidanceKind.GUIDANCE,
        code: str = "",
        level: Level = Level.COUNTY,
    ) -> Line:
        number = len(self.lines) + 1
        path = path_below(self[parent].path if parent else "", number)
        is_place = kind in (UnitKind.GOVERNMENT, UnitKind.TOWN)
        home = self[place or parent or next(iter(self.lines))] if self.lines and not is_place else None
        jurisdiction, jurisdiction_path = (
            (home.jurisdiction, home.jurisdiction_path) if home is not None else (number, path)
        )
        guides = self._chain(guided_by, guidance, path)
        line = Line(number, name, kind, branch, path, guides, jurisdiction, jurisdiction_path, level, code)
        self.lines[name] = line
        return line

    def _chain(self, upper: str | None, kind: GuidanceKind, path: str) -> Chain:
        if upper is None or self[upper].unit in path_ids(path):
            return ()
        return ((self[upper].unit, kind), *self[upper].guides)


def world_of(units: list[dict[str, str]]) -> World:
    """Return the world an official wrote down: one row a unit."""
    world = World({})
    for row in units:
        world.add(
            row["unit"],
            kind=UnitKind(row.get("kind", "department")),
            parent=row.get("parent"),
            place=row.get("place"),
            branch=Branch(row.get("branch", "government")),
            guided_by=row.get("guided_by"),
            guidance=GuidanceKind(row.get("guidance", "guidance")),
            code=row.get("code", ""),
        )
    return world


CODES = ("finance", "big_data", "ecology", "tax")


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 14) -> World:
    """Random places: governments below governments, departments and lines of guidance across them."""
    world = World({})
    world.add("u1", kind=UnitKind.GOVERNMENT, level=Level.PROVINCE)
    for number in range(2, draw(st.integers(3, most)) + 1):
        names = list(world.lines)
        governments = [name for name in names if world[name].kind is UnitKind.GOVERNMENT]
        kind = draw(st.sampled_from([UnitKind.GOVERNMENT, UnitKind.DEPARTMENT, UnitKind.DEPARTMENT, UnitKind.TOWN]))
        inside = kind is UnitKind.DEPARTMENT
        parent = draw(st.sampled_from([*(names if inside else governments), None if inside else "u1"]))
        world.add(
            f"u{number}",
            kind=kind,
            parent=parent,
            place=draw(st.sampled_from(governments)) if inside and parent is None else None,
            guided_by=draw(st.sampled_from([None, *names])) if inside else None,
            guidance=draw(st.sampled_from(list(GuidanceKind))),
            code=draw(st.sampled_from(CODES)) if inside else "",
        )
    return world
