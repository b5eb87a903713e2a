"""The facet "suggest": at most five suggestions of every unit with units below, and what adopted ones achieved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from yunzhang.base.clock import day_of, start_of
from yunzhang.governance.observatory.actions.material import Material
from yunzhang.governance.observatory.actions.rhythm import build_rhythm
from yunzhang.governance.observatory.rules import suggesting as rules
from yunzhang.governance.observatory.rules.stalls import share_range
from yunzhang.governance.observatory.rules.tree import GOVERNMENT, Tree
from yunzhang.governance.observatory.store import proposals as store
from yunzhang.governance.observatory.terms import Advice, Basis, Proposal, Step, Suggestion
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import GuidanceKind

__all__ = ["build_suggestions"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMED = 12  # units a suggestion carries by name; the rest are counted
BEFORE = timedelta(days=365)
LIKELY = 0.5  # a meeting or inspection the record does not name counts where it is likelier than not


def build_suggestions(material: Material) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the suggestions of every unit with units below it, where there are any, and what adopted ones achieved."""
    measured, tree = material.measured, material.measured.tree
    if not tree.count:
        return
    rows = rules.read_rows(material.loops, tree, material.parameters)
    has_h = bool(measured.counts["horizontal"][0] > 0) or measured.has_need
    managed = _managed(material) if has_h else frozenset()
    adopted = {} if material.study else _adopted(material)
    paces = find_paces(material)
    for root in tree.inner.tolist():
        scene, unit = rules.scene_of(measured, root), material.number(tree.ids[root])
        sectors = _sectors(material, root) if has_h and tree.kind[root] == GOVERNMENT else []
        others = rules.load_options(scene, rows)
        others += rules.programme_options(scene, rows, paces, now=_micros(material.at))
        found = rules.suggest(measured, root, others=others, managed=managed, sectors=sectors, has_h=has_h)
        settled = [replace(each, basis=_settle(material, rows, each)) for each in found]
        body = {"suggestions": [_body(material, each) for each in settled], "achieved": adopted.pop(unit, {})}
        if any(body.values()):
            yield unit, body | {"has_h": has_h}
    for unit, achieved in adopted.items():
        yield unit, {"suggestions": [], "achieved": achieved, "has_h": has_h}


def find_paces(material: Material) -> dict[str, rules.Pace]:
    """Return the rhythm of each programme of the whole log that is known: when it was taken up, how soon it halves."""
    first = next(build_rhythm(material), None)  # the uppermost unit comes first
    if first is None:
        return {}
    rows = zip(first[1]["programmes"], first[1]["halving"], strict=True)
    return {name: _pace(halving) for name, halving in rows if name and halving["days"] is not None}


def _pace(halving: Mapping[str, Any]) -> rules.Pace:
    days = [day for day, chance, recorded in halving["refreshes"] if recorded or chance >= LIKELY]
    moments = sorted(_micros(start_of(date.fromisoformat(day))) for day in days)
    return rules.Pace(halving["days"], tuple(moments))


def _managed(material: Material) -> frozenset[str]:
    units = material.units
    if material.study:
        return _named(units, "guidance", "vertical")
    guides = org.find_guides([int(unit) for unit in units["id"].to_pylist()], on=day_of(material.at))
    return frozenset(str(each.lower) for each in guides if each.kind is GuidanceKind.VERTICAL)


def _named(units: pa.Table, column: str, value: str) -> frozenset[str]:
    if column not in units.column_names:
        return frozenset()
    rows = zip(units["id"].to_pylist(), units[column].to_pylist(), strict=True)
    return frozenset(str(unit) for unit, cell in rows if cell == value)


def _sectors(material: Material, root: int) -> list[frozenset[int]]:
    """The units one leader already holds together: sectors of the place, or the study's column `sector`."""
    tree = material.measured.tree
    node = {unit: place for place, unit in enumerate(tree.ids)}
    if not material.study:
        held = org.list_sectors(int(tree.ids[root]), on=day_of(material.at))
        return [frozenset(node[str(unit)] for unit in each.units if str(unit) in node) for each in held if each.chief]
    if "sector" not in material.units.column_names:
        return []
    names = {name for name in material.units["sector"].to_pylist() if name}
    return [frozenset(node[unit] for unit in _named(material.units, "sector", name)) for name in sorted(names)]


def _settle(material: Material, rows: rules.Rows, one: Suggestion) -> Basis:
    """The basis with the superiors the rows were owed to, so that it names these rows and no others."""
    basis, ids = one.basis, material.measured.tree.ids
    if one.figure != "V" or not basis.debtors or basis.creditors:
        return basis
    creditors = rules.list_creditors(rows, [ids.index(unit) for unit in basis.debtors], basis.relations)
    return replace(basis, creditors=tuple(ids[node] for node in creditors))


def _body(material: Material, one: Suggestion) -> dict[str, Any]:
    tree, number = material.measured.tree, material.number
    name = dict(zip(one.units, (tree.names[tree.ids.index(unit)] for unit in one.units[:NAMED]), strict=False))
    low, high = share_range(one.met, one.due) if one.due else (0.0, 1.0)
    return {
        "key": key_of(one),
        "advice": one.advice.value,
        "figure": one.figure,
        "line": one.line,
        "units": [[number(unit), name[unit]] for unit in one.units[:NAMED]],
        "count": len(one.units),
        "gain": one.gain,
        "low": one.low,
        "high": one.high,
        "met": one.met,
        "due": one.due,
        "share": [low, high],
        "stability": one.stability,
        "details": one.details,
        "basis": _basis(one.basis, number),
        "rows": _rows(material, one),
    }


def key_of(one: Suggestion) -> str:
    """Return what a suggestion is known by from one refresh to the next: what it proposes, for whom."""
    text = "|".join((one.advice, one.line, one.basis.programme, *sorted(one.units)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _basis(basis: Basis, number: Any) -> dict[str, Any]:
    return {
        "debtors": [number(unit) for unit in basis.debtors],
        "creditors": [number(unit) for unit in basis.creditors],
        "relations": list(basis.relations),
        "programme": basis.programme,
        "under": number(basis.under) if basis.under else None,
    }


def _rows(material: Material, one: Suggestion) -> list[int] | None:
    """How many rows of the list of matters a suggestion rests on, met and in all.

    None for a study, which has no such list; and where what is missing is the point, or lies between whole places.
    """
    if material.study or one.advice in (Advice.CHANNEL, Advice.AGREEMENT):
        return None
    window, below = material.parameters, _below(material.measured.tree, one.basis.under)
    counted = rules.count_basis(material.loops, one.basis, after=window.from_at, until=window.to_at, below=below)
    return list(counted)


def _below(tree: Tree, unit: str) -> list[str]:
    if unit not in tree.ids:
        return []
    node = tree.ids.index(unit)
    return tree.ids[node + 1 : int(tree.end[node])]


def _adopted(material: Material) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for proposal in store.of_units(steps=[Step.ADOPTED]):
        found.setdefault(proposal.unit, {})[str(proposal.id)] = _achieved(material, proposal)
    return found


def _achieved(material: Material, proposal: Proposal) -> dict[str, Any]:
    """The same rows in the year before the decision and since, each as met, due and the range of the share."""
    decided = proposal.decided_at or proposal.drafted_at
    basis = _read_basis(proposal.suggestion["basis"])
    spans = {"before": (decided - BEFORE, decided), "since": (decided, material.at)}
    below = _below(material.measured.tree, basis.under)
    counts = {
        name: rules.count_basis(material.loops, basis, after=_micros(after), until=_micros(until), below=below)
        for name, (after, until) in spans.items()
    }
    return {name: _share(*pair) for name, pair in counts.items()} | {"until": material.at.isoformat()}


def _read_basis(body: Mapping[str, Any]) -> Basis:
    def texts(numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(str(number) for number in numbers)

    relations = tuple(body["relations"])
    under = texts([body["under"]] if body["under"] else [])
    return Basis(texts(body["debtors"]), texts(body["creditors"]), relations, body["programme"], "".join(under))


def _share(met: int, due: int) -> dict[str, Any]:
    low, high = share_range(met, due) if due else (None, None)
    return {"met": met, "due": due, "share": met / due if due else None, "low": low, "high": high}


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
