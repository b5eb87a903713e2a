"""What every reader of a log has at hand: the mapping, the units, the loops being made, and the tally of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Cells
from contextlib import contextmanager
from dataclasses import dataclass

from yunzhang.governance.observatory.rules.logs.clock import Unreadable, read_moment
from yunzhang.governance.observatory.rules.logs.spec import Mapping, Source
from yunzhang.governance.observatory.rules.logs.tally import LoopRows, Tally
from yunzhang.governance.observatory.rules.logs.units import Directory, NoUnit

EMPTY = Source()


class Aside(ValueError):
    """A row that cannot be used; its text is the reason."""


@dataclass(slots=True)
class Desk:
    """One log being read."""

    mapping: Mapping
    units: Directory
    loops: LoopRows
    tally: Tally

    @contextmanager
    def row(self, number: int, cells: Cells[str, str], *, uses: bool = True) -> Iterator[None]:
        """Count a row as read; as used unless the block sets it aside, or only later rows will tell (`uses` false)."""
        self.tally.read += 1
        try:
            yield
            self.tally.used += int(uses)
        except (Aside, NoUnit, Unreadable) as reason:
            self.tally.put_aside(str(reason), number, cells)

    def _check(self, cells: Cells[str, str]) -> None:
        if "" in cells:
            raise Aside("too_many_columns")
        for column, match in self.mapping.only:
            if not match.fits(cells.get(column, "").strip()):
                raise Aside("filtered")

    def reader(self, cells: Cells[str, str]) -> Callable[[str], str]:
        """Return what answers for a role with its value in this row.

        Raises Aside for a row the mapping does not ask for, or one with more cells than headings.
        """
        self._check(cells)
        columns = self.mapping.columns
        return lambda role: columns.get(role, EMPTY).read(cells)

    def moment(self, text: str) -> int:
        """Return a moment that must be there."""
        found = read_moment(text, self.mapping.clock)
        if found is None:
            raise Aside("no_moment")
        return found

    def parties(self, creditor: str, debtor: str) -> tuple[str, str]:
        """Return the ids of two different units."""
        found = self.units.unit_of(creditor), self.units.unit_of(debtor)
        if found[0] == found[1]:
            raise Aside("same_unit")
        return found

    def hang(self, cells: Cells[str, str], units: Cells[str, str]) -> None:
        """Put the unit the mapping speaks of under the parent this row names."""
        rules = self.mapping.units
        if rules.parent is not None and rules.parent_of in units:
            self.units.hang(units[rules.parent_of], rules.parent.read(cells))
