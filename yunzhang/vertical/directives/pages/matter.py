"""The document and the matter: what was asked, the tree it went down, every entry on it, and what may be done now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yunzhang.ground.ledger.terms import Acting, Loop, Subject
from yunzhang.ground.matters import actions as matters
from yunzhang.ground.matters.terms import Matter
from yunzhang.ground.org import actions as org
from yunzhang.kit.doors import DoorRequest, page, render
from yunzhang.vertical.directives import actions
from yunzhang.vertical.directives.pages import may
from yunzhang.vertical.directives.pages.groups import own_groups
from yunzhang.vertical.directives.pages.words import describe
from yunzhang.vertical.directives.terms import REPORT, ROOM, SOURCE_LABELS, URGENCY_LABELS, Branch, Directive

WIDEST = 400  # rows of one document shown on a page; the list of matters holds them all


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row of the tree: a matter, how deep it hangs, and its reports."""

    matter: Matter
    depth: int
    reports: tuple[Matter, ...]


def flatten(branch: Branch, shown: dict[UUID, Matter], depth: int = 0) -> Iterator[TreeRow]:
    """Yield the matters of a branch top down, those the reader may not see left out."""
    matter = shown.get(branch.loop.id)
    if matter is not None:
        yield TreeRow(matter, depth, tuple(shown[one.id] for one in branch.reports if one.id in shown))
        depth += 1
    for part in branch.parts:
        yield from flatten(part, shown, depth)


def facts(directive: Directive, names: dict[int, str]) -> dict[str, Any]:
    """Return what stands at the head of the document."""
    return {
        "directive": directive,
        "name": names.get(directive.in_name_of, ""),
        "handler": names.get(directive.handled_by, ""),
        "source": _(SOURCE_LABELS[directive.source]),
        "urgency": _(URGENCY_LABELS[directive.urgency]),
        "copied_to": [names.get(unit, "") for unit in directive.copied_to],
    }


def find_names(directive: Directive) -> dict[int, str]:
    """Return the names of the units a document mentions."""
    mentioned = {directive.in_name_of, directive.handled_by, *directive.copied_to}
    return {unit.id: unit.name for unit in org.find_units(mentioned).values()}


@page(may=may.see_directive)
def show_directive(request: DoorRequest, by: Acting, directive: UUID) -> HttpResponse:
    """The document and all its matters that the reader may see."""
    paper = actions.find_directive(directive)
    loops = actions.find_siblings(directive)
    seen = matters.list_seen(by, loops, at=request.at)
    shown = show(seen[:WIDEST], loops, paper, request)
    tops = [loop for loop in loops if loop.parent is None]
    rows = [row for top in tops for row in flatten(actions.find_branch(loops, top.id), shown)]
    context = {
        **facts(paper, find_names(paper)),
        "rows": rows,
        "hidden": len(seen) - len(shown),
        "summary": summarise(seen),
        "timeline": describe(actions.list_timeline(directive)),
    }
    return render(request, "directives/directive.html", context)


def show(seen: list[Loop], family: list[Loop], paper: Directive, request: DoorRequest) -> dict[UUID, Matter]:
    """Return matters of one document as lists show them; the family holds all there is to know of their parts."""
    below: dict[UUID, list[Loop]] = {}
    for one in family:
        if one.parent is not None:
            below.setdefault(one.parent, []).append(one)
    about = {paper.id: Subject(paper.id, ROOM, paper.title, paper.programme)}
    return {one.loop.id: one for one in matters.show(seen, at=request.at, below=below, subjects=about)}


def summarise(loops: list[Loop]) -> dict[str, int]:
    """Return how many matters there are, how many are settled, and how many wait for acceptance."""
    own = [loop for loop in loops if loop.kind != REPORT]
    return {
        "total": len(own),
        "settled": sum(loop.state in ("closed", "struck_off") for loop in own),
        "waiting": sum(loop.state == "answered" for loop in own),
        "withdrawn": sum(loop.state == "withdrawn" for loop in own),
    }


@page(may=may.see_matter)
def show_matter(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """One matter: path, facts, acts open to the reader, tree, timeline."""
    found = actions.find_matter(loop)
    paper = actions.find_directive(found.subject)
    loops = actions.find_family(loop)
    branch = actions.find_branch(loops, loop)
    near = [found, *climb(loops, found), *leaves(branch)]
    shown = show(matters.list_seen(by, near, at=request.at)[:WIDEST], loops, paper, request)
    roles = actions.find_roles(by, found, at=request.at)
    timeline = actions.list_timeline(loop)
    held = {row.entry.id: row.texts.get("reason", "") for row in timeline}
    context = {
        **facts(paper, find_names(paper)),
        "matter": shown[loop],
        "path": [shown[one.id] for one in reversed(climb(loops, found)) if one.id in shown],
        "rows": [row for row in flatten(branch, shown) if row.matter.loop.id != loop],
        "reports": [shown[one.id] for one in branch.reports if one.id in shown],
        "roles": roles,
        "asks": [(ask, held.get(ask.entry, "")) for ask in roles.asks],
        "requirement": next((row.texts["requirement"] for row in timeline if "requirement" in row.texts), ""),
        "timeline": describe(timeline),
        "is_report": found.kind == REPORT,
    }
    return render(request, "directives/matter.html", context)


def climb(loops: list[Loop], loop: Loop) -> list[Loop]:
    """Return the matters above one, nearest first."""
    by_id = {one.id: one for one in loops}
    above = []
    while loop.parent is not None and loop.parent in by_id:
        loop = by_id[loop.parent]
        above.append(loop)
    return above


def leaves(branch: Branch) -> list[Loop]:
    """Return every loop below a branch's own."""
    found = list(branch.reports)
    for part in branch.parts:
        found += [part.loop, *leaves(part)]
    return found


@page(may=may.owe)
def show_split(request: DoorRequest, by: Acting, loop: UUID) -> HttpResponse:
    """The form that splits a matter to the debtor's own units."""
    found = actions.find_matter(loop)
    taken = {one.debtor for one in actions.find_family(loop) if one.parent == loop and one.kind != REPORT}
    context = {
        "matter": matters.show([found], at=request.at)[0],
        "groups": own_groups(found.debtor),
        "taken": taken,
    }
    return render(request, "directives/split.html", context)
