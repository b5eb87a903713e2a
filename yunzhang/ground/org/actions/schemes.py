"""What one may ask of schemes: read one, see what it would build, build a place from it.

The files are read through the kit and handed to the rules as values.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from yunzhang.base.ids import uuid7
from yunzhang.ground.ledger.actions import act, record
from yunzhang.ground.ledger.terms import Acting, Draft, Receipt, Subject, type_json
from yunzhang.ground.org import rules
from yunzhang.ground.org.actions.divisions import load_divisions, load_place
from yunzhang.ground.org.actions.posts import add_posts, define_sector, find_next_post
from yunzhang.ground.org.actions.units import add_units, find_next_unit
from yunzhang.ground.org.terms import BadScheme, Division, Level, PlacePlan, Scheme
from yunzhang.kit.yaml import read_yaml

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["build_place", "list_schemes", "load_scheme", "preview_place"]

FOLDER = Path(__file__).resolve().parents[3] / "data" / "schemes"


def list_schemes() -> list[str]:
    """Return the names of the schemes there are: one YAML file each."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


@lru_cache(maxsize=16)
def load_scheme(name: str) -> Scheme:
    """Return a scheme by name. Raises BadScheme where there is none, or its file says something unknown."""
    if name not in list_schemes():
        raise BadScheme(scheme=name, problem=f"{', '.join(list_schemes())} ?")
    return rules.parse_scheme(name, read_yaml(FOLDER / f"{name}.yaml"))


def preview_place(
    scheme: str, *, place: str | None = None, depth: str | None = None, real_names: bool = True, first: int = 1
) -> tuple[PlacePlan, list[Division]]:
    """Return what a scheme would build, and the divisions it stands on; writes nothing.

    Raises BadScheme, UnknownDivision, NoDivisionList.
    """
    chosen = load_scheme(scheme)
    code = rules.place_code(place or chosen.place)
    divisions = load_place(code)
    places = rules.real_places(divisions, code, Level(depth) if depth else chosen.depth)
    if real_names:
        return rules.plan_place(chosen, places, first=first), divisions
    invented = rules.fictional(places, code)
    return rules.mark_invented(rules.plan_place(chosen, invented, first=first)), invented


@act
def build_place(
    by: Acting,
    scheme: str,
    *,
    place: str | None = None,
    depth: str | None = None,
    at: datetime,
    real_names: bool = True,
    fictional: bool = False,
) -> Receipt:
    """Lay the place of a scheme: its divisions, units with their guidance, posts without persons, sectors.

    `place` and `depth` override the scheme's; a depth the place lacks means the next lower one.
    """
    plan, divisions = preview_place(
        scheme, place=place, depth=depth, real_names=real_names and not fictional, first=find_next_unit()
    )
    load_divisions(by, divisions, at=at)
    add_units(by, plan.units, at=at)
    first, top = find_next_post(), plan.units[0]
    posts = [replace(post, id=first + turn) for turn, post in enumerate(plan.posts)]
    add_posts(by, posts, at=at)
    chiefs = {post.sector: post.id for post in posts if post.sector}
    for code, (name, units) in plan.sectors.items():
        define_sector(by, top.id or 0, code, name, units=units, chief=chiefs.get(code), at=at)
    stream = uuid7(at)
    facts: dict[str, type_json] = {
        "scheme": scheme, "unit": top.id, "division": top.division, "units": len(plan.units), "posts": len(posts)
    }  # fmt: skip
    subject = Subject(stream, "org", load_scheme(scheme).title)
    return record(by, [Draft(stream, "place_built", facts, subject=subject)], at=at)
