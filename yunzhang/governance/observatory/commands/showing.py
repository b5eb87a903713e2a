"""How `measure` shows what it found: the contract's JSON, a table on the terminal, a file of rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.observatory.rules import Measured
from yunzhang.governance.observatory.terms import FIGURES, Figures, Mode, Parameters
from yunzhang.kit.wording import plain, term

PLACE = ZoneInfo("Asia/Shanghai")
RANGED = ("V", "H")
SHOWN = ("V", "V_territorial", "V_functional", "H", "H_department", "H_region", "H_market", "H_society")


def row_of(figures: Figures) -> dict[str, Any]:
    """One object of `measure --json`: fields in the order of the contract, null where a part cannot exist."""
    first = {"unit": figures.unit, "name": figures.name, "level": figures.level, "units": figures.units}
    v = {name: figures.values[name] for name in FIGURES[1:3]}
    h = {name: figures.values[name] for name in FIGURES[4:]}
    return (
        first
        | _ranged(figures, "V")
        | v
        | _ranged(figures, "H")
        | h
        | {"mode": str(figures.mode), "p_mode": figures.p_mode, "loops": figures.loops, "coverage": figures.coverage}
        | {f"{name}_raw": figures.raw[name] for name in FIGURES}
        | {"H_null": figures.null.get("H"), "H_excess": figures.excess}
        | {"ranges": _ranges(figures), "p_modes": figures.chances, "weak_parts": list(figures.weak_parts)}
    )


def _ranges(figures: Figures) -> dict[str, list[float | None] | None]:
    # low and high of every figure, null where there is none
    ends = {name: [figures.low.get(name), figures.high.get(name)] for name in FIGURES}
    return {name: None if None in both else both for name, both in ends.items()}


def _ranged(figures: Figures, name: str) -> dict[str, float | None]:
    return {name: figures.values[name], f"{name}_low": figures.low.get(name), f"{name}_high": figures.high.get(name)}


def check_out(out: Path | None) -> None:
    """Return nothing; raises Invalid for an ending we do not write or a folder that is not there."""
    if out is not None and out.suffix not in (".json", ".csv", ".parquet", ".xlsx"):
        raise Invalid(field="--out", problem=f"{out.name} (.json, .csv, .parquet, .xlsx)")
    if out is not None and not out.parent.is_dir():
        raise Invalid(field="--out", problem=f"{out.parent} ?")


def say(found: list[Figures], measured: Measured, *, as_json: bool, out: Path | None, across: bool = True) -> None:
    """Write the rows to a file, or print them as JSON or as a table with the rows it rests on.

    The table leaves out H, or V, and the mode where the log holds nothing horizontal (`across` false), or covers no
    line of command; files and JSON give the contract's figures, in which silence is 0.
    """
    rows = [row_of(figures) for figures in found]
    if out is not None and out.suffix != ".json":
        _write_table(rows, out)
        typer.echo(_("已导出 %(count)s 行：%(file)s") % {"count": len(rows), "file": out})
    elif out is not None:
        out.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        typer.echo(_("已导出 %(count)s 行：%(file)s") % {"count": len(rows), "file": out})
    elif as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        missing = ("" if measured.parameters.covers else "V") + ("" if across else "H")
        _print([_without(each, missing) for each in found], measured.parameters)
        if "V" in missing and found:
            typer.echo(_("日志里没有纵向往来，纵向贯通度暂缺，不判定类型。"))
        if not found:
            typer.echo(_("没有一个单位有下级，纵向贯通度与横向协同度无从测算。"))
        for line in counted_lines(measured):
            typer.echo(line)


def counted_lines(measured: Measured) -> Iterator[str]:
    """Yield how many rows were read, merged and set aside and why, so that no row is left out without a word."""
    from yunzhang.governance.observatory.actions import REASONS

    threads = measured.threads
    reasons = {reason: count for reason, count in threads.set_aside.items() if count}
    aside = sum(reasons.values())
    yield _("事项表 %(rows)s 行，未计入 %(aside)s 行。") % {"rows": f"{threads.rows:,}", "aside": f"{aside:,}"}
    for reason, count in reasons.items():
        yield f"  {plain(REASONS.get(reason, reason))} {count:,}"
    merged = threads.rows - aside - len(threads.kind)
    if len(threads.kind) and merged:  # a log counted piece by piece keeps no threads
        yield _("同一事项、同一双方的多行按一件计：合并 %(count)s 行。") % {"count": f"{merged:,}"}


def _write_table(rows: list[dict[str, Any]], out: Path) -> None:
    import pyarrow as pa

    from yunzhang.kit.lists import ribbon
    from yunzhang.kit.tables import write_columns

    flat = [{name: _flat(value) for name, value in row.items()} for row in rows]
    columns = {name: [row[name] for row in flat] for name in (flat[0] if flat else ("unit",))}
    write_columns(out, pa.table(columns), ribbon="".join(ribbon()))


def _flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _print(found: list[Figures], parameters: Parameters) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(caption=_caption(parameters), caption_justify="left")
    for heading in (_("单位"), *SHOWN, _("计入事项"), _("测量类型"), _("把握")):
        left = heading in (_("单位"), _("测量类型"))
        table.add_column(heading, justify="left" if left else "right", no_wrap=True)
    for figures in found:
        numbers = [_ranged_text(figures, name) for name in SHOWN]
        name = f"{figures.unit} {figures.name}"
        mode = term("undecided") if figures.mode is Mode.UNDECIDED else term(f"mode_{figures.mode}")
        table.add_row(name, *numbers, str(figures.loops), mode, _percent(figures.p_mode))
    console = Console()
    if not console.is_terminal:
        console = Console(width=240)
    console.print(table)


def _without(figures: Figures, sides: str) -> Figures:
    if not sides:
        return figures
    values = {name: None if name[0] in sides else value for name, value in figures.values.items()}
    return replace(figures, values=values, mode=Mode.UNDECIDED, p_mode=None)


def _ranged_text(figures: Figures, name: str) -> str:
    # two digits and, for V and H, the range: a third would promise what no log holds
    value, low, high = figures.values[name], figures.low.get(name), figures.high.get(name)
    if value is None or name not in RANGED or low is None or high is None:
        return _shown(value)
    return f"{value:.2f} ({low:.2f}–{high:.2f})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _caption(parameters: Parameters) -> str:
    window = " – ".join(_day(at) for at in (parameters.from_at, parameters.to_at))
    covers = ", ".join(parameters.covers or ()) or "–"
    return f"({window}]  tau {parameters.tau:g}  covers: {covers}  draws {parameters.draws}, seed {parameters.seed}"


def _day(at: int | None) -> str:
    return "…" if at is None else datetime.fromtimestamp(at / 1e6, PLACE).strftime("%Y-%m-%d %H:%M")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
