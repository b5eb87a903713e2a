"""How often the shown ranges of V and H hold the planted truth, how wide they are, and how far the points miss.

Nominal 90 %. Beside each the plain ranges: of the contract's draws, and of the bootstrap. Asked for: 85 % from two
events per edge on; plain ones cover far less where edges are thin.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.harness import Bench
from yunzhang.governance.observatory.rules import measure
from yunzhang.governance.observatory.rules.planted import QUADRANTS, Plan, plant, plant_tree, rates_of
from yunzhang.governance.observatory.rules.posterior import make_sampler
from yunzhang.governance.observatory.rules.uncertainty import find_ranges
from yunzhang.governance.observatory.terms import COVERS, FIGURES, Mode, Parameters

SHAPES = {6: (5, 1), 31: (5, 2), 156: (5, 3), 1111: (10, 3)}
EVENTS = (1, 2, 3, 6, 12, 40)
ORGANISATIONS = {6: 200, 31: 100, 156: 60, 1111: 12}
SHOWN = {"V": FIGURES.index("V"), "H": FIGURES.index("H")}
RATES = (*COVERS[:2], "region")  # a bare tree of governments has one line and one part


@dataclass
class Cell:
    """What one size, mode and number of events gave, by organisation."""

    held: list[bool] = field(default_factory=list)
    draws_held: list[bool] = field(default_factory=list)
    bootstrap_held: list[bool] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    error: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Return the cell as a part of a line of the table."""
        held, draws, bootstrap = (100 * np.mean(each) for each in (self.held, self.draws_held, self.bootstrap_held))
        miss = float(np.sqrt(np.mean(np.square(self.error))))
        return f"{held:4.0f} %  ({draws:3.0f} {bootstrap:3.0f})  width {np.mean(self.width):.3f}  rmse {miss:.3f}"


def run(bench: Bench) -> None:
    """Print the table, then the smallest and the mean coverage from two events per edge on."""
    cells: dict[tuple[int, int, str, str], Cell] = {}
    for size, shape in SHAPES.items():
        count = max(8, int(ORGANISATIONS[size] * bench.scale))
        print(f"  {size} units, {count} organisations a line; in brackets: plain draws, plain bootstrap", flush=True)
        for events in EVENTS:
            for mode in QUADRANTS:
                found = try_organisations(shape, mode, events, count)
                cells |= {(size, events, str(mode), name): cell for name, cell in found.items()}
                told = "   ".join(f"{name} {cell.line()}" for name, cell in found.items())
                print(f"    {events:>2} events  {mode:<13}  {told}", flush=True)
    for name in SHOWN:
        enough = [cell for (_, events, _, figure), cell in cells.items() if figure == name and events >= 2]
        bench.figure(f"{name}: mean coverage from two events on", 100 * _mean(enough, "held"), "%", aim="≥ 85")
        bench.figure(f"{name}: lowest of {len(enough)} cells", 100 * min(float(np.mean(c.held)) for c in enough), "%")
        bench.figure(f"{name}: mean coverage of plain draws", 100 * _mean(enough, "draws_held"), "%")
        bench.figure(f"{name}: mean coverage of plain bootstrap", 100 * _mean(enough, "bootstrap_held"), "%")


def _mean(cells: list[Cell], name: str) -> float:
    return float(np.mean([np.mean(getattr(cell, name)) for cell in cells]))


def try_organisations(shape: tuple[int, int], mode: Mode, events: int, count: int, seed: int = 1) -> dict[str, Cell]:
    """Return for V and H what `count` fresh organisations of one mode gave."""
    units, cells = plant_tree(*shape), {name: Cell() for name in SHOWN}
    rates = {name: rate for name, rate in rates_of(mode).items() if name in RATES}
    for number in range(count):
        planted = plant(units, Plan(rates, events=events, seed=seed * 10_000 + number))
        parameters = Parameters(covers=planted.covers, parts=planted.parts, to_at=2**60, seed=number)
        measured = measure(units, planted.loops, parameters)
        charged, root = measured.charged, np.zeros(1, np.int64)
        sampler = make_sampler(
            measured.tree, charged.lines, measured.blocks, pairs=charged.pairs, tau=4, draws=200, seed=number
        )
        found = find_ranges(sampler, root, parts=parameters.parts, weights=measured.parameters.weights)
        for name, row in SHOWN.items():
            true, value = planted.truth["u0"][name], found.values[row, 0]
            cell = cells[name]
            cell.held.append(bool(found.low[row, 0] <= true <= found.high[row, 0]))
            for held, (low, high) in zip(
                (cell.draws_held, cell.bootstrap_held), found.plain[:, :, row, 0], strict=True
            ):
                held.append(bool(low <= true <= high))
            cell.width.append(float(found.high[row, 0] - found.low[row, 0]))
            cell.error.append(float(value - true))
    return cells
