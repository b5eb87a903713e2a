"""A log by cell and month: matters due and met of each (relation, level), and the flows they ran through.

Estimates and forecasts start from here; nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.calibration.matters import Matters, moved_units, read_matters
from yunzhang.governance.lab.rules.composing import list_asks
from yunzhang.governance.lab.terms import RELATIONS
from yunzhang.governance.observatory.rules.measuring import check_parameters
from yunzhang.governance.observatory.rules.moments import DAY, NONE
from yunzhang.governance.observatory.rules.trailing import month_start
from yunzhang.governance.observatory.rules.tree import Tree, read_tree
from yunzhang.governance.observatory.terms import Parameters

PARTNERS = 3  # sisters on each side that are expected to deal where the record shows none
SLACK = 3 * DAY  # a month is whole where the record begins, or ends, no further than this inside it
STRAY = 0.002  # share of opening moments that may lie outside the record proper
LONG = 0.95  # share of a cell's matters whose term its first months wait for
type_cells = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Flows:
    """Who asks whom, by number. `expected`: the structure has it; where the debtor stands outside it never does."""

    cell: np.ndarray
    creditor: np.ndarray
    debtor: np.ndarray
    expected: np.ndarray


@dataclass(frozen=True, slots=True)
class Record:
    """A log by cell and month. `due` and `met` are [cell, month]; `first` is each cell's first whole month.

    A cell is a relation and a level of the debtor, in the order of RELATIONS. `cell`, `flow` and `month` are of each
    matter; the month is a place in `months` (since 1970), below 0 before them, and len(months) or more behind.
    """

    units: pa.Table
    tree: Tree
    cells: type_cells
    months: np.ndarray
    days: np.ndarray  # of each month
    opened: np.ndarray  # matters opened in each month, all cells together
    due: np.ndarray
    met: np.ndarray
    first: np.ndarray
    flows: Flows
    matters: Matters
    cell: np.ndarray
    flow: np.ndarray
    month: np.ndarray

    @property
    def count(self) -> int:
        """How many whole months the record holds."""
        return len(self.months)

    def begins(self, place: int) -> int:
        """Return the first moment of the month at a place, which may be the one behind the last."""
        return month_start(int(self.months[0]) + place) if self.count else 0


def read_record(units: pa.Table, loops: pa.Table, parameters: Parameters, *, before: pa.Table | None = None) -> Record:
    """Return the record of the tables `units` and `loops` (design §5), its whole months alone.

    Without `to_at` or `as_of` it ends with the last matter opened. `before`: the unit table of the day it begins, by
    which moved units are known beside the loops' column `relation`. Raises BadTable, BadParameter.
    """
    check_parameters(parameters)
    tree = read_tree(units)
    matters = read_matters(tree, loops, parameters, moved_units(tree, units, before))
    cells, cell, flow, flows = _number(tree, matters)
    months = _whole_months(matters, parameters)
    month = _place(matters.due, months, edge="left")
    opened = _place(matters.opened, months, edge="right")
    size, length = len(cells), len(months)
    inside = (month >= 0) & (month < length)
    at = cell[inside] * length + month[inside]
    return Record(
        units=units,
        tree=tree,
        cells=cells,
        months=months,
        days=np.diff(_starts(months)) / DAY,
        opened=np.bincount(opened[(opened >= 0) & (opened < length)], minlength=length),
        due=np.bincount(at, minlength=size * length).reshape(size, length),
        met=np.bincount(at, matters.met[inside], size * length).astype(np.int64).reshape(size, length),
        first=_first_whole(matters, cell, size, months),
        flows=flows,
        matters=matters,
        cell=cell,
        flow=flow,
        month=month,
    )


def _number(tree: Tree, matters: Matters) -> tuple[type_cells, np.ndarray, np.ndarray, Flows]:
    # cells and flows are those of the matters and those the structure gives; a code holds relation, level, both ends
    depths, size = int(tree.depth.max()) + 1, len(tree.ids)
    asks = list(list_asks(tree, PARTNERS))
    given = [
        np.fromiter(column, np.int64, len(asks))
        for column in (
            (RELATIONS.index(one.relation) for one in asks),
            (one.creditor for one in asks),
            (one.debtor for one in asks),
        )
    ]
    seen = matters.relation * depths + matters.level
    cells = np.concatenate([seen, given[0] * depths + tree.depth[given[2]]])
    creditor, debtor = (np.concatenate(pair) for pair in ((matters.creditor, given[1]), (matters.debtor, given[2])))
    codes, number = np.unique((cells * size + creditor) * size + debtor, return_inverse=True)
    expected = np.zeros(len(codes), np.bool_)
    expected[number[len(seen) :]] = True
    found, cell = np.unique(codes // size // size, return_inverse=True)
    names = tuple((RELATIONS[code // depths], int(code % depths)) for code in found.tolist())
    flow = number[: len(seen)]
    return names, cell[flow], flow, Flows(cell, codes // size % size, codes % size, expected)


def _whole_months(matters: Matters, parameters: Parameters) -> np.ndarray:
    known = matters.opened[matters.opened != NONE]
    seen = known if len(known) else matters.due
    if not len(seen):
        return np.zeros(0, np.int64)
    given = [moment for moment in (parameters.to_at, parameters.as_of) if moment is not None]
    begins = parameters.from_at if parameters.from_at is not None else int(np.quantile(seen, STRAY, method="lower"))
    ends = min(given) if given else int(np.quantile(seen, 1 - STRAY, method="higher"))
    first, last = _month(begins - SLACK - 1) + 1, _month(ends + SLACK) - 1
    return np.arange(first, max(last + 1, first))


def _month(micros: int) -> int:
    # the month in which a moment lies
    month = int(np.datetime64(micros, "us").astype("datetime64[M]").astype(np.int64))
    return month + 1 if month_start(month + 1) <= micros else month


def _starts(months: np.ndarray) -> np.ndarray:
    if not len(months):
        return np.zeros(1, np.int64)
    return np.array([month_start(int(months[0]) + turn) for turn in range(len(months) + 1)], np.int64)


def _place(moments: np.ndarray, months: np.ndarray, *, edge: Literal["left", "right"]) -> np.ndarray:
    # a due moment ends its day at 24:00 and belongs to the month before; an opening one to the month it begins
    return np.asarray(np.searchsorted(_starts(months), moments, edge) - 1)


def _first_whole(matters: Matters, cell: np.ndarray, size: int, months: np.ndarray) -> np.ndarray:
    # what was opened before the record began falls due unseen for as long as a term runs
    first = np.full(size, len(months), np.int64)
    if not len(months):
        return first
    known = matters.opened != NONE
    begins = int(np.quantile(matters.opened[known], STRAY, method="lower")) if known.any() else int(matters.due.min())
    starts = _starts(months)
    for number in range(size):
        own = known & (cell == number)
        term = int(np.quantile(matters.due[own] - matters.opened[own], LONG, method="higher")) if own.any() else 0
        first[number] = min(int(np.searchsorted(starts, begins + term)), len(months))
    return first
