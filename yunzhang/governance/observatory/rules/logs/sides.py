"""Tables beside a log: what ought to be dealt with (lists of joint matters, leading groups), and what was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as Cells
from itertools import combinations
from typing import Any

import pyarrow as pa

from yunzhang.governance.observatory.rules.logs.desk import Aside, Desk
from yunzhang.governance.observatory.rules.logs.spec import Side
from yunzhang.governance.observatory.rules.logs.units import NoUnit
from yunzhang.governance.observatory.terms import PARTS

ALIKE = 0.5  # two groups that share this much of their members are called alike
MOST_GROUPS = 400
type_rows = Iterable[tuple[int, Cells[str, str]]]
type_pairs = Counter[tuple[str, str]]


def read_needs(rows: type_rows, side: Side, desk: Desk, pairs: type_pairs) -> None:
    """Add to `pairs` what the lead of each item ought to deal with every supporting body."""
    for number, cells in rows:
        try:
            lead = desk.units.unit_of(cells.get(side.columns["lead"], ""))
            supports = desk.mapping.split(cells.get(side.columns["support"], ""))
            found = [name if name in PARTS[2:] else desk.units.unit_of(name) for name in supports]
            if not found:
                raise Aside("no_unit")
        except (Aside, NoUnit) as reason:
            desk.tally.put_aside(str(reason), number, cells, table="need")
            continue
        for other in dict.fromkeys(found):
            _add(pairs, lead, other, side.matters)


def _add(pairs: type_pairs, one: str, other: str, matters: float) -> None:
    if one != other and (other, one) in pairs:
        one, other = other, one
    if one != other:
        pairs[one, other] += matters  # type: ignore[assignment]


def read_groups(rows: type_rows, side: Side, desk: Desk, pairs: type_pairs) -> dict[str, Any]:
    """Add to `pairs` what leading groups bind together; return how much the groups overlap."""
    groups: dict[str, dict[str, None]] = {}
    for number, cells in rows:
        name = cells.get(side.columns["group"], "").strip()
        try:
            members = [desk.units.unit_of(each) for each in desk.mapping.split(cells.get(side.columns["member"], ""))]
            lead = [desk.units.unit_of(cells.get(side.columns["lead"], ""))] if "lead" in side.columns else []
            if not name or not members:
                raise Aside("no_unit" if name else "no_id")
        except (Aside, NoUnit) as reason:
            desk.tally.put_aside(str(reason), number, cells, table="groups")
            continue
        groups.setdefault(name, {}).update(dict.fromkeys(lead + members))
    for held in groups.values():
        first, *rest = held
        for other in rest:
            _add(pairs, first, other, side.matters)
    return _overlap(groups)


def _overlap(groups: dict[str, dict[str, None]]) -> dict[str, Any]:
    times = Counter(unit for held in groups.values() for unit in held)
    alike = [
        [one, other]
        for (one, left), (other, right) in combinations(list(groups.items())[:MOST_GROUPS], 2)
        if len(left.keys() & right.keys()) >= ALIKE * len(left.keys() | right.keys())
    ]
    return {
        "groups": len(groups),
        "units": len(times),
        "units_in_several": sum(1 for count in times.values() if count > 1),
        "most_groups_of_one_unit": max(times.values(), default=0),
        "alike": alike[:50],
    }


def need_table(pairs: type_pairs) -> pa.Table | None:
    """Return the need table, or None where nothing was read."""
    if not pairs:
        return None
    a, b = zip(*pairs, strict=True)
    return pa.table({"a": list(a), "b": list(b), "matters": pa.array(list(pairs.values()), pa.float64())})


def read_due(rows: type_rows, side: Side, desk: Desk) -> pa.Table | None:
    """Return the due table with names replaced by ids, or None where no row could be used."""
    found: list[tuple[str, str, str, float]] = []
    for number, cells in rows:
        try:
            parties = desk.parties(cells.get(side.columns["creditor"], ""), cells.get(side.columns["debtor"], ""))
            count = float(cells.get(side.columns["count"], "") or "x")
            found.append((*parties, cells.get(side.columns["kind"], "").strip(), count))
        except (Aside, NoUnit) as reason:
            desk.tally.put_aside(str(reason), number, cells, table="due")
        except ValueError:
            desk.tally.put_aside("bad_number", number, cells, table="due")
    if not found:
        return None
    names = ("creditor", "debtor", "kind", "count")
    return pa.table({name: list(column) for name, column in zip(names, zip(*found, strict=True), strict=True)})
