"""What facets are built from: a measured log with its tables, of the office or a study, whole or of a programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.terms import ROOTS, Parameters

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Material", "list_programmes_of", "number_office", "number_study", "of_programme"]


@dataclass(frozen=True, slots=True)
class Material:
    """One measured log. `number` gives a unit's number in facets; `study` is "" for the office's own ledger."""

    measured: rules.Measured
    units: pa.Table
    loops: pa.Table
    at: datetime
    number: Callable[[str], int]
    study: str = ""
    programme: str = ""
    need: pa.Table | None = None
    due: pa.Table | None = None

    @property
    def parameters(self) -> Parameters:
        """The parameters as settled by the measure: window, covers."""
        return self.measured.parameters


def number_office(unit: str) -> int:
    """Return the number of a unit of the office: its id; 0 for the virtual unit over several roots."""
    return 0 if unit == ROOTS else int(unit)


def number_study(ids: list[str]) -> Callable[[str], int]:
    """Return the numbering of a study's units: 1 + place among the sorted ids; 0 for the virtual unit.

    >>> [number_study(["b", "a"])(unit) for unit in ("a", "b", "*")]
    [1, 2, 0]
    """
    numbers = {unit: 1 + place for place, unit in enumerate(sorted(set(ids) - {ROOTS}))} | {ROOTS: 0}
    return numbers.__getitem__


def list_programmes_of(material: Material) -> list[str]:
    """Return the programmes 专项 the log's rows name, in alphabetical order; none where it has no such column."""
    if "programme" not in material.loops.column_names:
        return []
    return sorted(name for name in pc.unique(material.loops["programme"]).to_pylist() if name)


def of_programme(whole: Material, programme: str) -> Material:
    """Return the same log measured for one programme alone, in the same window; need and due tables name none."""
    loops = whole.loops.filter(pc.equal(whole.loops["programme"], programme))
    measured = rules.measure(whole.units, loops, replace(whole.parameters, covers=None))
    return replace(whole, measured=measured, loops=loops, programme=programme, need=None, due=None)
