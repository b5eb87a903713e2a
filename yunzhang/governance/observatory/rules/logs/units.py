"""The units of a foreign log: looked up in a table, or derived from the names the log itself gives."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field

import pyarrow as pa

from yunzhang.governance.observatory.rules.logs.spec import UnitRules
from yunzhang.governance.observatory.rules.logs.tally import Tally
from yunzhang.governance.observatory.terms import OUTSIDE_KINDS

COLUMNS = ("id", "parent", "guided_by", "kind", "jurisdiction", "name", "reports")


class NoUnit(ValueError):
    """A name that stands for no unit; its text is the reason."""


@dataclass(slots=True)
class Directory:
    """All units known so far. `found` answers for names that were asked before."""

    rules: UnitRules
    tally: Tally
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)  # name -> id; None where two bear it
    people: dict[str, str] = field(default_factory=dict)
    found: dict[str, str | None] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)  # ids whose parent a table has settled
    hung: set[str] = field(default_factory=set)  # derived ids whose parent a row has named
    above: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, row: Cells[str, str]) -> None:
        """Take one row of a unit table."""
        unit = row.get("id", "").strip()
        self.rows[unit] = {name: row.get(name, "").strip() for name in COLUMNS}
        self.given.add(unit)
        name = self.rows[unit]["name"] or unit
        self.names[name] = None if name in self.names and self.names[name] != unit else unit

    def unit_of(self, text: str) -> str:
        """Return the id a name, a person or an address stands for; a new one where units may be derived.

        Raises NoUnit with no_unit, unknown_unit or several_units.
        """
        key = text.strip()
        if not key:
            raise NoUnit("no_unit")
        if key not in self.found:
            self.found[key] = self._resolve(key)
        unit = self.found[key]
        if unit is None:
            raise NoUnit("several_units" if self._known(key) else "unknown_unit")
        return unit

    def _known(self, key: str) -> bool:
        return self.rules.aliases.get(key, key) in self.names

    def _resolve(self, key: str) -> str | None:
        text = self.people.get(key) or self.people.get(key.lower()) or self._shortened(key)
        text = self.rules.aliases.get(text, text)
        if text in self.rows:
            return text
        if text in self.names:
            return self.names[text]
        return self._derive(text) if self.rules.derive else None

    def _shortened(self, key: str) -> str:
        if self.rules.address == "whole" or "@" not in key:
            return key
        local, _, domain = key.rpartition("@")
        return domain.lower() if self.rules.address == "domain" else local.lower()

    def _derive(self, name: str) -> str:
        kind = next((match.then for match in self.rules.kinds if match.fits(name)), self.rules.default_kind)
        self.rows[name] = dict.fromkeys(COLUMNS, "") | {"id": name, "kind": kind, "name": name}
        if self.rules.root and name != self.rules.root and kind not in OUTSIDE_KINDS:
            self.rows[name]["parent"] = self._root()
        return name

    def _root(self) -> str:
        root = self.rules.root
        if root in self.names and self.names[root] is not None:
            return str(self.names[root])
        if root not in self.rows:
            self.rows[root] = dict.fromkeys(COLUMNS, "") | {"id": root, "kind": "government", "name": root}
        return root

    def hang(self, unit: str, parent: str) -> None:
        """Put a derived unit under another; what a table says, or what came first, stays."""
        row = self.rows[unit]
        if unit in self.given or not parent or parent == unit or row["kind"] in OUTSIDE_KINDS:
            return
        upper = self.unit_of(parent)
        if unit in self.hung:
            self.tally.ambiguous["parent_differs"] += int(row["parent"] != upper)
        elif upper != unit and self.rows[upper]["kind"] not in OUTSIDE_KINDS:
            row["parent"] = upper
            self.hung.add(unit)

    def is_above(self, upper: str, lower: str) -> bool:
        """Return whether one unit stands above another on either line."""
        if lower not in self.above:
            self.above[lower] = frozenset(self._uppers(lower))
        return upper in self.above[lower]

    def _uppers(self, unit: str) -> Iterable[str]:
        for column in ("parent", "guided_by"):
            seen, node = {unit}, self.rows[unit][column]
            while node and node not in seen and node in self.rows:
                seen.add(node)
                yield node
                node = self.rows[node][column]

    def below(self, upper: str) -> list[str]:
        """Return the units directly below one, in the order of the table."""
        return [unit for unit, row in self.rows.items() if row["parent"] == upper]

    def table(self) -> pa.Table:
        """Return the unit table of the measure."""
        rows = list(self.rows.values())
        columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS}
        return pa.table(columns)
