"""What a report tells of its subject beyond one window: month by month, and level by level where directives stall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.commands.pack.rows import DIGITS, has_h, has_v, type_row
from yunzhang.governance.observatory.rules.moments import ZONE
from yunzhang.governance.observatory.rules.stalls import count_levels, share_range
from yunzhang.governance.observatory.rules.trailing import list_windows, measure_windows
from yunzhang.governance.observatory.terms import CLASSES, LINES, ROOTS

DRAWS = 40  # of each month: a shape, no table of its own
FEWEST = 3  # windows of a trail worth drawing


def list_trail(tables: Mapping[str, Any], measured: rules.Measured, node: int) -> list[type_row]:
    """Return V and H of one sub-tree in each trailing window of 12 months, moved monthly, in the tree of the run.

    None where the log was too large to be held whole.
    """
    parameters, threads = measured.parameters, measured.threads
    if tables.get("loops") is None:
        return []
    alive = threads.due[threads.alive]
    if not len(alive) or parameters.to_at is None:
        return []
    windows = list_windows(_month(int(alive.min())), _last_month(parameters.to_at))
    if len(windows) < FEWEST:
        return []
    lighter = replace(parameters, draws=min(DRAWS, parameters.draws))
    claims = {name: tables.get(name) for name in ("need", "due")}
    found = measure_windows(tables["units"], tables["loops"], windows, lighter, **claims)
    rows = []
    for window, each in zip(windows, found, strict=True):
        [figures] = each.figures(np.array([node]))
        row: type_row = {"unit": figures.unit, "name": figures.name, "month": _text(window.month), "held": window.held}
        for name in ("V", "H"):
            row |= {name: figures.values[name], f"{name}_low": figures.low.get(name)}
            row[f"{name}_high"] = figures.high.get(name)
        blind = {} if has_h(each) else dict.fromkeys(("H", "H_low", "H_high"))
        blind |= {} if has_v(each) else dict.fromkeys(("V", "V_low", "V_high"))
        rows.append(_rounded(row | blind | {"loops": figures.loops}))
    return rows


def _rounded(row: type_row) -> type_row:
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in row.items()}


def _month(micros: int) -> int:
    return int(np.datetime64(micros - 1 + ZONE, "us").astype("datetime64[M]").astype(np.int64))


def _last_month(to_at: int) -> int:
    # the last whole month: a window that ends on the 10th does not hold its month
    return int(np.datetime64(to_at + ZONE, "us").astype("datetime64[M]").astype(np.int64)) - 1


def _text(month: int) -> str:
    return str(np.datetime64(month, "M"))


def list_levels(measured: rules.Measured, node: int) -> list[type_row]:
    """Return for each line, class and level below a unit: edges, asked, met, and the share met with its range."""
    return [row for number in range(len(LINES)) for row in _line(measured, node, number)]


def _line(measured: rules.Measured, node: int, number: int) -> Iterator[type_row]:
    tree, line = measured.tree, measured.charged.lines[number]
    counts = count_levels(tree, line).counts[:, :, node]
    for sort, name in enumerate(CLASSES):
        for level in range(counts.shape[2]):
            edges, reached, _answered, asked, met = (int(value) for value in counts[:, sort, level])
            if asked:
                low, high = share_range(met, asked)
                ends = {"share": met / asked, "share_low": low, "share_high": high}
                about = {"unit": tree.ids[node], "name": tree.names[node] or ROOTS, "line": LINES[number], "asks": name}
                tally = {"edges": edges, "reached": reached, "asked": asked, "met": met}
                yield _rounded({**about, "below": level + 1, **tally, **ends})
