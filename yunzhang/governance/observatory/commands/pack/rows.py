"""One flat row a sub-tree: what csv, JSON and Stata hold, with the names the codebook defines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yunzhang.governance.observatory import actions, rules
from yunzhang.governance.observatory.rules.rows import REASONS
from yunzhang.governance.observatory.terms import FIGURES, ROOTS, UNIT_KINDS, Figures, Mode, Parameters

PLACE = ZoneInfo("Asia/Shanghai")
DIGITS = 9  # what the contract promises; further digits would differ from machine to machine
type_row = dict[str, Any]
HORIZONTAL = tuple(name for name in FIGURES if name.startswith("H"))
WITHOUT_H: type_row = {
    **{f"{name}{end}": None for name in HORIZONTAL for end in ("", "_low", "_high", "_raw", "_null")},
    **{"H_excess": None, "weak_parts": "", "silent_blocks": None, "mode": str(Mode.UNDECIDED), "p_mode": None},
    **{f"p_{mode}": None for mode in Mode if mode is not Mode.UNDECIDED},
}

WITHOUT_V: type_row = {
    **{f"{name}{end}": None for name in FIGURES if name.startswith("V") for end in ("", "_low", "_high", "_raw")},
    **{name: value for name, value in WITHOUT_H.items() if name == "mode" or name.startswith("p_")},
}


def has_v(measured: rules.Measured) -> bool:
    """Return whether the log covers any line of command; without one V is not 0 but unknown."""
    return bool(measured.parameters.covers)


def has_h(measured: rules.Measured) -> bool:
    """Return whether the log says anything horizontal: a matter in the window, or a need table.

    Without either H is not low but unknown: rows leave it empty and name no mode, as the pages do.
    """
    return measured.has_need or bool(measured.tree.count and measured.counts["horizontal"][0] > 0)


def list_rows(measured: rules.Measured, found: Iterable[Figures], *, origin: str) -> list[type_row]:
    """Return a row for each of the figures, with every column of the data files and none beside them."""
    number = {name: node for node, name in enumerate(measured.tree.ids[: measured.tree.count])}
    run = _run(measured.parameters, origin)
    blind = ({} if has_v(measured) else WITHOUT_V) | ({} if has_h(measured) else WITHOUT_H)
    return [_ordered(run | _unit(measured, number[each.unit]) | _figures(each) | blind) for each in found]


def list_names(*, masked: bool = False) -> list[str]:
    """Return the columns of the data files, in order."""
    groups = {"run", "unit", "v", "h", "mode", "coverage"} | ({"mask"} if masked else set())
    return [name for name, variable in actions.list_variables().items() if variable.group in groups]


def moment_text(at: int | None) -> str:
    """Return a moment as RFC 3339 text of the place, "" for none.

    >>> moment_text(0)
    '1970-01-01T08:00:00+08:00'
    """
    return "" if at is None else datetime.fromtimestamp(at / 1e6, PLACE).isoformat()


def _run(parameters: Parameters, origin: str) -> type_row:
    window = {"from_at": moment_text(parameters.from_at), "to_at": moment_text(parameters.to_at)}
    return {"origin": origin, "programme": parameters.programme, **window}


def _unit(measured: rules.Measured, node: int) -> type_row:
    tree = measured.tree
    above = int(tree.above[node])
    kind = int(tree.kind[node])
    return {
        "upper": tree.ids[above] if above >= 0 else "",
        "kind": "virtual" if tree.ids[node] == ROOTS or kind < 0 else UNIT_KINDS[kind],
    }


def _figures(figures: Figures) -> type_row:
    row: type_row = {"unit": figures.unit, "name": figures.name, "level": figures.level}
    row |= {"units": figures.units, "loops": figures.loops}
    for name in FIGURES:
        row[name], row[f"{name}_raw"] = figures.values[name], figures.raw[name]
        row[f"{name}_low"], row[f"{name}_high"] = figures.low.get(name), figures.high.get(name)
        row[f"{name}_null"] = figures.null.get(name)
    row |= {"H_excess": figures.excess, "weak_parts": " ".join(figures.weak_parts)}
    row |= {"mode": str(figures.mode), "p_mode": figures.p_mode}
    row |= {f"p_{mode}": chance for mode, chance in figures.chances.items()}
    return row | _coverage(figures.coverage)


def _coverage(coverage: Mapping[str, Any]) -> type_row:
    row = {name: value for name, value in coverage.items() if not isinstance(value, (dict, list, tuple))}
    reasons: Mapping[str, int] = coverage.get("set_aside_reasons", {})
    row |= {f"set_aside_{reason}": reasons.get(reason, 0) for reason in REASONS}
    row |= {"parts": " ".join(coverage["parts"]), "covers": ", ".join(coverage["covers"])}
    return row | {"weights": " ".join(f"{weight:g}" for weight in coverage["weights"]), "need": int(coverage["need"])}


def _ordered(row: type_row) -> type_row:
    return {name: _cell(row.get(name)) for name in list_names()}


def _cell(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
