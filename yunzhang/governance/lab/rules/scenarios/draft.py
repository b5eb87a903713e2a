"""A scenario being built: the unit table with every unit that will ever stand, and every flow that will ever run.

What a what-if brings is there from the first day and rests until its own: one run goes through all stages with the
same units and flows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.composing import MONTH, ROLE, Composed
from yunzhang.governance.lab.rules.engine.parts import DIRECTIVE, Units
from yunzhang.governance.lab.terms import RELATIONS, Programme
from yunzhang.governance.observatory.rules.tree import Tree, read_tree

NOBODY = -1
type_stream = tuple[str, str, str, float, float, int]  # relation, creditor, debtor, rate a day, chance, term


@dataclass(slots=True)
class Draft:
    """What grows while what-ifs are read: rows of the unit table, added streams by what-if, links, lives of units."""

    made: Composed
    rows: list[dict[str, str]]
    streams: list[type_stream] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)  # which what-if brought a stream
    links: list[tuple[str, str, int]] = field(default_factory=list)
    born: dict[str, int] = field(default_factory=dict)  # unit -> day it comes to be
    merged: dict[str, tuple[int, str]] = field(default_factory=dict)  # unit -> day, and into which
    split: dict[str, str] = field(default_factory=dict)  # unit -> the one that takes part of its matters
    guided: list[tuple[str, str, int, int]] = field(default_factory=list)  # unit, superior, from, until
    crowned: tuple[str, int, int] = ("", 0, 0)  # a unit set above all roots, from, until

    def add_unit(self, row: dict[str, str], day: int) -> None:
        """Add a unit that comes to be on a day."""
        self.rows.append(row)
        self.born[row["id"]] = day

    def add_stream(self, owner: int, relation: str, ends: tuple[str, str], pace: tuple[float, float, int]) -> None:
        """Add a stream of a what-if: rate a month, chance, term in days."""
        rate, chance, term = pace
        self.streams.append((relation, *ends, rate / MONTH, chance, int(term)))
        self.owner.append(owner)

    def streams_of(self, unit: str) -> list[type_stream]:
        """Return the streams of the structure a unit takes part in."""
        number = self.made.tree.ids.index(unit)
        flows, ids = self.made.flows, self.made.tree.ids
        found = np.flatnonzero((flows.creditor == number) | (flows.debtor == number))
        return [
            (RELATIONS[self.made.relation[k]], ids[flows.creditor[k]], ids[flows.debtor[k]], float(flows.rate[k]),
             float(flows.chance[k]), int(flows.term[k]))
            for k in found
        ]  # fmt: skip


@dataclass(slots=True)
class Arrays:
    """Every flow and unit of a scenario as arrays; what-ifs write in a copy for each stage."""

    tree: Tree
    number: dict[str, int]
    relation: np.ndarray
    creditor: np.ndarray
    debtor: np.ndarray
    rate: np.ndarray
    chance: np.ndarray
    term: np.ndarray
    programme: np.ndarray
    owner: np.ndarray  # the what-if a flow came with, NOBODY for those of the structure
    units: Units
    leaders: list[tuple[float, float]] = field(default_factory=list)
    meetings: list[tuple[int, int, int, int, float, int]] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)
    split: dict[str, str] = field(default_factory=dict)

    def nodes(self, units: tuple[str, ...]) -> np.ndarray:
        """Return the numbers of units."""
        return np.array([self.number[unit] for unit in units], np.int64)

    def copy(self) -> Arrays:
        """Return the same arrays for another stage to write in."""
        units = Units(*(column.copy() for column in self.units))
        return Arrays(
            self.tree, self.number, self.relation, self.creditor, self.debtor, self.rate.copy(), self.chance.copy(),
            self.term, self.programme, self.owner, units, split=self.split,
        )  # fmt: skip


def table_at(draft: Draft, day: int | None) -> pa.Table:
    """Return the unit table as it stands on a day; None: with every unit there ever is."""
    crown, since, until = draft.crowned
    has_crown = bool(crown) and (day is None or since <= day < until)
    guided = {unit: upper for unit, upper, since, until in draft.guided if day is None or since <= day < until}
    rows = []
    for row in draft.rows:
        unit = row["id"]
        if day is not None and (draft.born.get(unit, 0) > day or draft.merged.get(unit, (day + 1, ""))[0] <= day):
            continue
        if unit == crown and not has_crown:
            continue
        is_root = not row["parent"] and row["kind"] in ("government", "department") and unit != crown
        above = {"parent": crown} if has_crown and is_root else {}
        upper = guided.get(unit, row["guided_by"])
        since_day, into = draft.merged.get(upper, (0, upper))
        if day is not None and since_day <= day:  # those a merged body guided are guided by the one it went into
            upper = into
        rows.append(row | above | {"guided_by": upper})
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in draft.rows[0]})


def make_arrays(draft: Draft, programmes: tuple[Programme, ...], units_of: Any) -> Arrays:
    """Return the arrays of a draft: flows of the structure, then those of what-ifs at rest, sorted by debtor."""
    tree = read_tree(table_at(draft, None))
    number = {name: place for place, name in enumerate(tree.ids)}
    made, flows = draft.made, draft.made.flows
    where = np.array([number[name] for name in made.tree.ids if name in number or name != "*"], np.int64)
    if len(where) < len(made.tree.ids):  # the virtual unit over several roots is gone: no flow of it
        where = np.concatenate([[0], where])
    more = draft.streams
    columns: dict[str, np.ndarray] = {
        "relation": np.concatenate([made.relation, [RELATIONS.index(each[0]) for each in more]]).astype(np.int8),
        "creditor": np.concatenate([where[flows.creditor], [number[each[1]] for each in more]]).astype(np.int32),
        "debtor": np.concatenate([where[flows.debtor], [number[each[2]] for each in more]]).astype(np.int32),
        "rate": np.concatenate([flows.rate, [each[3] for each in more]]),
        "chance": np.concatenate([flows.chance, [each[4] for each in more]]),
        "term": np.concatenate([flows.term, [each[5] for each in more]]).astype(np.int32),
        "owner": np.concatenate([np.full(len(flows.rate), NOBODY), draft.owner]).astype(np.int32),
    }
    columns["programme"] = np.full(len(columns["rate"]), NOBODY, np.int16)
    columns = _split(columns, programmes)
    order = np.argsort(columns["debtor"], kind="stable")
    sorted_columns: dict[str, Any] = {name: column[order] for name, column in columns.items()}
    return Arrays(tree, number, units=units_of(tree), split=draft.split, **sorted_columns)


def _split(columns: dict[str, np.ndarray], programmes: tuple[Programme, ...]) -> dict[str, np.ndarray]:
    # the directives of the structure, share by share; what no programme has stays as it is
    if not programmes:
        return columns
    roles = np.array([ROLE[name] for name in RELATIONS])
    down = np.flatnonzero((roles[columns["relation"]] == DIRECTIVE) & (columns["owner"] == NOBODY))
    parts = [columns]
    for place, each in enumerate(programmes):
        part = {name: column[down].copy() for name, column in columns.items()}
        part["rate"] *= each.share
        part["programme"][:] = place
        parts.append(part)
    columns["rate"] = columns["rate"].copy()
    columns["rate"][down] *= max(0.0, 1.0 - sum(each.share for each in programmes))
    return {name: np.concatenate([part[name] for part in parts]) for name in columns}
