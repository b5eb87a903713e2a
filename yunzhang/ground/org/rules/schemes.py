"""Pure reading of schemes, and the plan they make of a place: units, posts, sectors.

Files are read by the actions and handed in as plain values.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from yunzhang.base.errors import zh
from yunzhang.ground.org.rules.divisions import INVENTED, LEVEL_ORDER, division_level
from yunzhang.ground.org.terms import (
    TYPICAL,
    BadScheme,
    Body,
    Branch,
    Duty,
    GuidanceKind,
    Level,
    NewPost,
    NewUnit,
    PlacePlan,
    PostRule,
    Scheme,
    SectorRule,
    UnitKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from yunzhang.ground.org.terms import Division

__all__ = ["mark_invented", "parse_scheme", "plan_place", "source_text"]

MUST = {"title", "wording", "from", "place", "depth", "levels", "office", "sources", "bodies", "posts"}
MAY = {"to", "scenario", "note", "sectors"}
MUNICIPALITY = "municipality"  # a province-level place whose name ends in 市
WIDE = (Level.PROVINCE.value, MUNICIPALITY, Level.CITY.value, Level.COUNTY.value)
NAMED = {Level.NATION.value, *WIDE, Level.TOWN.value}
BODY_MAY = {"branch", "guided", "guided_by", "under", "source", "all", *NAMED}
POST_MUST = {"kind", "title", "duty", "at", "unit"}
POST_MAY = {"per_sector", "held_by", "source"}
FIRST_BODY, STRIDE, FIRST_PLACE = 100, 10, 5000
UNIT_GROUPS = {"government", "departments", "bodies", "towns", "office", "every"}


# ---- reading


def parse_scheme(name: str, facts: Mapping[str, Any]) -> Scheme:
    """Return the scheme a file's values say. Raises BadScheme for an unknown key, code, source or level."""
    _keys(name, "", facts, MUST, MAY)
    try:
        scheme = _scheme(name, facts)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadScheme(scheme=name, problem=str(error)) from error
    _check(scheme)
    return scheme


def _keys(name: str, where: str, facts: Mapping[str, Any], must: set[str], may: set[str]) -> None:
    if not isinstance(facts, dict):
        raise BadScheme(scheme=name, problem=f"{where} ?")
    unknown, missing = sorted(set(facts) - must - may), sorted(must - set(facts))
    if unknown or missing:
        problem = "; ".join(
            [*(f"{where} 不认识 {key}" for key in unknown), *(f"{where} 缺少 {key}" for key in missing)]
        )
        raise BadScheme(scheme=name, problem=problem.strip())


def _scheme(name: str, facts: Mapping[str, Any]) -> Scheme:
    sources = {str(key): str(text) for key, text in facts["sources"].items()}
    _keys(name, "office", facts["office"], {"unit", "title"}, set())
    return Scheme(
        name=name,
        title=facts["title"],
        wording=facts["wording"],
        from_on=_day(facts["from"]),
        to_on=_day(facts["to"]) if facts.get("to") else None,
        is_scenario=bool(facts.get("scenario", False)),
        place=str(facts["place"]),
        depth=Level(facts["depth"]),
        levels=tuple(Level(level) for level in facts["levels"]),
        office=facts["office"]["unit"],
        office_title=facts["office"]["title"],
        note=str(facts.get("note", "")).strip(),
        sources=sources,
        bodies=tuple(_body(name, sources, str(code), body) for code, body in facts["bodies"].items()),
        posts=tuple(_post(name, sources, post) for post in facts["posts"]),
        sectors=tuple(_sector(name, sources, str(key), each) for key, each in facts.get("sectors", {}).items()),
    )


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(f"{value} ?")
    return value


def source_text(sources: Mapping[str, str], keys: object) -> str:
    """Return the sources named by keys such as "S4, S5" in full, or `unsourced, typical` where none is named."""
    if not keys:
        return TYPICAL
    return "；".join(sources[key.strip()] for key in str(keys).split(","))


def _body(name: str, sources: Mapping[str, str], code: str, facts: Mapping[str, Any]) -> Body:
    _keys(name, code, facts, set(), BODY_MAY)
    names = {level: _names(text) for level, text in facts.items() if level in NAMED}
    if "all" in facts:
        names = {**dict.fromkeys(WIDE, _names(facts["all"])), **names}
    branch = Branch(facts.get("branch", "government"))
    ruled = facts.get("guided", "guidance" if branch is Branch.GOVERNMENT else "none")
    return Body(
        code=code,
        names=names,
        branch=branch,
        guided=None if ruled == "none" else GuidanceKind(ruled),
        guided_by=facts.get("guided_by", code),
        under=facts.get("under", ""),
        source=source_text(sources, facts.get("source")),
    )


def _names(text: object) -> tuple[str, str]:
    full, short = text if isinstance(text, list) else (text, text)
    return str(full), str(short)


def _post(name: str, sources: Mapping[str, str], facts: Mapping[str, Any]) -> PostRule:
    _keys(name, f"posts {facts.get('title', '')}", facts, POST_MUST, POST_MAY)
    if facts["at"] not in {"top", "below", "all", *LEVEL_ORDER}:
        raise ValueError(f"at: {facts['at']}")
    return PostRule(
        kind=facts["kind"],
        title=facts["title"],
        duty=Duty(facts["duty"]),
        at=facts["at"],
        unit=facts["unit"],
        per_sector=bool(facts.get("per_sector", False)),
        held_by=facts.get("held_by", ""),
        source=source_text(sources, facts.get("source")),
    )


def _sector(name: str, sources: Mapping[str, str], key: str, facts: Mapping[str, Any]) -> SectorRule:
    _keys(name, f"sectors {key}", facts, {"name", "bodies"}, {"source"})
    return SectorRule(key, facts["name"], tuple(facts["bodies"]), source_text(sources, facts.get("source")))


def _check(scheme: Scheme) -> None:
    codes = {body.code for body in scheme.bodies}
    asked = {scheme.office, *(code for sector in scheme.sectors for code in sector.bodies)}
    asked |= {body.guided_by for body in scheme.bodies} | {body.under for body in scheme.bodies if body.under}
    asked |= {post.unit for post in scheme.posts} - UNIT_GROUPS
    if asked - codes:
        raise BadScheme(scheme=scheme.name, problem=f"{', '.join(sorted(asked - codes))} 不在 bodies 之中")


# ---- planning


@dataclass(slots=True)
class _Desk:
    """What the plan knows while it goes down the tree."""

    scheme: Scheme
    next: int
    top: str
    units: list[NewUnit] = field(default_factory=list)
    governments: dict[str, int] = field(default_factory=dict)  # division code -> unit
    bodies: dict[tuple[str, str], int] = field(default_factory=dict)  # (division code, body code) -> unit
    above: dict[str, str] = field(default_factory=dict)  # division code -> the one above
    turns: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, unit: NewUnit) -> int:
        self.units.append(replace(unit, id=self.next))
        self.next += 1
        return self.next - 1


def plan_place(scheme: Scheme, places: Sequence[Division], *, first: int) -> PlacePlan:
    """Return the units, posts and sectors a scheme makes of a place.

    `places` come each after its superior, the place itself first; units are numbered from `first`.
    """
    desk = _Desk(scheme, next=first, top=places[0].code)
    for place in places:
        desk.above[place.code] = place.parent
        _plan_government(desk, place)
        _plan_bodies(desk, place)
    posts = tuple(_plan_posts(scheme, desk.units, top=desk.governments[desk.top]))
    return PlacePlan(tuple(desk.units), posts, _plan_sectors(desk))


MODELLED_ON = zh("结构参照：")


def mark_invented(plan: PlacePlan) -> PlacePlan:
    """Return the plan of an invented place: a source speaks of the structure that was borrowed, not of the unit."""
    units = tuple(replace(unit, source=_borrowed(unit.source)) for unit in plan.units)
    return PlacePlan(units, tuple(replace(post, source=_borrowed(post.source)) for post in plan.posts), plan.sectors)


def _borrowed(source: str) -> str:
    return source if source in (TYPICAL, INVENTED) else MODELLED_ON + source


def _plan_government(desk: _Desk, place: Division) -> None:
    level = division_level(place.code) or Level.TOWN
    is_top = place.code == desk.top
    desk.turns[place.parent] += 1
    kind = UnitKind.TOWN if level is Level.TOWN else UnitKind.GOVERNMENT
    full, short = _government_names(place, level, is_top=is_top)
    desk.governments[place.code] = desk.add(
        NewUnit(
            full, short, kind, Branch.GOVERNMENT, level,
            parent=None if is_top else desk.governments[place.parent],
            official_order=_government_order(desk.scheme, desk.turns[place.parent], is_top=is_top),
            division=place.code, source=place.source,
        )
    )  # fmt: skip


def _government_order(scheme: Scheme, turn: int, *, is_top: bool) -> int:
    if not is_top:
        return FIRST_PLACE + turn  # among its superior's units: after the departments
    return FIRST_BODY + STRIDE * _count_before_government(scheme) - 1  # in its own place: before its departments


def _count_before_government(scheme: Scheme) -> int:
    return next((n for n, body in enumerate(scheme.bodies) if body.branch is Branch.GOVERNMENT), 0)


def _government_names(place: Division, level: Level, *, is_top: bool) -> tuple[str, str]:
    if level is Level.NATION:
        return ("中华人民共和国国务院", "国务院") if place.name == "全国" else (f"{place.name}国务院", "国务院")
    if level is Level.TOWN:
        full = f"{place.name}办事处" if place.name.endswith("街道") else f"{place.name}人民政府"
        return full, place.name
    return f"{place.name}人民政府", f"{_short_place(place, is_top=is_top)}政府"


def _short_place(place: Division, *, is_top: bool) -> str:
    if not is_top:
        return place.name
    return next((end for end in ("自治区", "省", "市", "区", "县", "州", "盟") if place.name.endswith(end)), place.name)


def _plan_bodies(desk: _Desk, place: Division) -> None:
    level = division_level(place.code) or Level.TOWN
    for turn, body in enumerate(desk.scheme.bodies):
        names = _pattern(body, place, level)
        if names is None:
            continue
        full, short = names
        short_place = _short_place(place, is_top=place.code == desk.top)
        upper = _body_above(desk, place.code, body.guided_by)
        guided = ((upper, body.guided),) if upper is not None and body.guided else ()
        desk.bodies[place.code, body.code] = desk.add(
            NewUnit(
                _named(full, place.name, level), _named(short, short_place, level),
                UnitKind.DEPARTMENT, body.branch, level,
                parent=_parent(desk, place.code, body),
                jurisdiction=desk.governments[place.code], official_order=FIRST_BODY + STRIDE * turn,
                code=body.code, source=body.source, guided_by=guided,
            )
        )  # fmt: skip


def _pattern(body: Body, place: Division, level: Level) -> tuple[str, str] | None:
    if level is Level.PROVINCE and place.name.endswith("市"):
        return body.names.get(MUNICIPALITY)
    return body.names.get(level.value)


def _named(pattern: str, place: str, level: Level) -> str:
    if level is Level.NATION:
        return pattern
    return pattern.replace("{place}", place) if "{place}" in pattern else place + pattern


def _body_above(desk: _Desk, code: str, body: str) -> int | None:
    while code != desk.top:
        code = desk.above[code]
        if (code, body) in desk.bodies:
            return desk.bodies[code, body]
    return None


def _parent(desk: _Desk, code: str, body: Body) -> int | None:
    if body.under:
        return desk.bodies.get((code, body.under))
    if body.branch is not Branch.GOVERNMENT or body.guided is GuidanceKind.VERTICAL:
        return _body_above(desk, code, body.code)
    return desk.governments[code]


def _plan_posts(scheme: Scheme, units: Iterable[NewUnit], *, top: int) -> Iterable[NewPost]:
    levels = {unit.id: unit.level for unit in units}
    for unit in units:
        turn = 0
        for rule in scheme.posts:
            if not _stands_in(rule, unit, scheme, levels[top]):
                continue
            sectors = scheme.sectors if rule.per_sector else (None,)
            for sector in sectors:
                turn += 1
                title = rule.title.replace("{sector}", sector.name) if sector else rule.title
                key = sector.key if sector else ""
                yield NewPost(unit.id or 0, rule.kind, title, rule.duty, key, turn, rule.source)


def _stands_in(rule: PostRule, unit: NewUnit, scheme: Scheme, top: Level) -> bool:
    is_top = unit.level is top
    reached = {"top": is_top, "below": not is_top, "all": True}.get(rule.at, unit.level.value == rule.at)
    return reached and _is_of(rule.unit, unit, scheme)


def _is_of(group: str, unit: NewUnit, scheme: Scheme) -> bool:
    return {
        "government": unit.kind is UnitKind.GOVERNMENT,
        "departments": unit.kind is UnitKind.DEPARTMENT and unit.branch is Branch.GOVERNMENT,
        "bodies": unit.kind is UnitKind.DEPARTMENT,
        "towns": unit.kind is UnitKind.TOWN,
        "office": unit.code == scheme.office,
        "every": True,
    }.get(group, unit.code == group)


def _plan_sectors(desk: _Desk) -> dict[str, tuple[str, tuple[int, ...]]]:
    found = {}
    for sector in desk.scheme.sectors:
        units = [desk.bodies[desk.top, code] for code in sector.bodies if (desk.top, code) in desk.bodies]
        found[sector.key] = (sector.name, tuple(units))
    return found
