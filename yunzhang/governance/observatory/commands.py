"""`yunzhang measure`: V and H of every sub-tree, from the office's own ledger or from files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.terms import FIGURES, BadParameter, Figures, Parameters
from yunzhang.kit.busy import busy
from yunzhang.kit.columns import read_columns
from yunzhang.kit.home import Home, current_home
from yunzhang.kit.jobs import timer

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ZoneInfo("Asia/Shanghai")
FileOption = Annotated[Path | None, typer.Option(metavar="FILE", help=".csv | .parquet")]
MomentOption = Annotated[str, typer.Option(metavar="T", help="2026-11-01 | 2026-11-01T08:00:00+08:00")]
SHOWN = ("V", "V_territorial", "V_functional", "H", "H_department", "H_region", "H_market", "H_society")


def measure(  # noqa: PLR0917 - one argument per option
    units: FileOption = None,
    loops: FileOption = None,
    need: FileOption = None,
    due: FileOption = None,
    from_: Annotated[str, typer.Option("--from", metavar="T")] = "",
    to: MomentOption = "",
    as_of: MomentOption = "",
    term: Annotated[float, typer.Option(metavar="DAYS")] = 30,
    tau: Annotated[float, typer.Option(metavar="X")] = 4,
    parts: Annotated[str, typer.Option(help="department,region,market,society")] = "",
    covers: Annotated[str | None, typer.Option(help="territorial directive,territorial report,…")] = None,
    root: Annotated[str, typer.Option(metavar="ID")] = "",
    draws: Annotated[int, typer.Option(help="0: no ranges, no mode")] = 200,
    seed: int = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=".json | .csv | .parquet | .xlsx")] = None,
) -> None:
    """Print V and H of every unit that has children; --json prints the contract's figures."""
    wanted = Parameters(term_days=term, tau=tau, draws=draws, seed=seed)
    if parts:
        wanted = replace(wanted, parts=_words(parts))
    if covers is not None:
        wanted = replace(wanted, covers=_words(covers))
    wanted = replace(
        wanted,
        from_at=_moment("--from", from_, end=False),
        to_at=_moment("--to", to, end=True),
        as_of=_moment("--as-of", as_of, end=True),
    )
    rules.check_parameters(wanted)
    _check_out(out)
    with busy(_("正在测算")):
        measured = _measured(units, loops, wanted, need=_table(need), due=_table(due))
        found = _chosen(measured, root)
    _say(found, measured.parameters, as_json=as_json, out=out)


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _moment(name: str, text: str, *, end: bool) -> int | None:
    return rules.moment(text, bare="end" if end else "start", name=name) if text.strip() else None


def _table(path: Path | None) -> pa.Table | None:
    return None if path is None else read_columns(path)


def _measured(units: Path | None, loops: Path | None, wanted: Parameters, **claims: Any) -> rules.Measured:
    home = current_home()
    if home is None and (units is None or loops is None):
        raise Invalid(field="measure", problem="--home DIR | --units FILE --loops FILE")
    if home is not None and (units is not None or loops is not None):
        raise Invalid(field="--home", problem="--units, --loops")
    if units is not None and loops is not None:
        return rules.measure(read_columns(units), read_columns(loops), wanted, **claims)
    from yunzhang.governance.observatory import actions

    return actions.find_measure(wanted, at=_now(home), **claims)


def _now(home: Home | None) -> datetime:
    # the year of a simulated office ends at its --until; its figures are of that day
    if home is not None and home.is_simulated and home.until:
        return datetime.combine(date.fromisoformat(home.until) + timedelta(days=1), datetime.min.time(), PLACE)
    return datetime.now(UTC)


def _chosen(measured: rules.Measured, root: str) -> list[Figures]:
    if not root:
        return measured.figures()
    tree = measured.tree
    if root not in tree.ids[: tree.count]:
        raise BadParameter(name="--root", problem=root)
    top = tree.ids.index(root)
    inner = tree.inner
    return measured.figures(inner[(inner >= top) & (inner < tree.end[top])])


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
    )


def _ranged(figures: Figures, name: str) -> dict[str, float | None]:
    return {name: figures.values[name], f"{name}_low": figures.low.get(name), f"{name}_high": figures.high.get(name)}


def _check_out(out: Path | None) -> None:
    if out is not None and out.suffix not in (".json", ".csv", ".parquet", ".xlsx"):
        raise Invalid(field="--out", problem=f"{out.name} (.json, .csv, .parquet, .xlsx)")
    if out is not None and not out.parent.is_dir():
        raise Invalid(field="--out", problem=f"{out.parent} ?")


def _say(found: list[Figures], parameters: Parameters, *, as_json: bool, out: Path | None) -> None:
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
        _print(found, parameters)


def _write_table(rows: list[dict[str, Any]], out: Path) -> None:
    import pyarrow as pa

    from yunzhang.kit.lists import ribbon
    from yunzhang.kit.tables import write_columns

    flat = [row | {"coverage": json.dumps(row["coverage"], ensure_ascii=False)} for row in rows]
    columns = {name: [row[name] for row in flat] for name in (flat[0] if flat else ("unit",))}
    write_columns(out, pa.table(columns), ribbon="".join(ribbon()))


def _print(found: list[Figures], parameters: Parameters) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(caption=_caption(parameters), caption_justify="left")
    for heading in (_("单位"), *SHOWN, _("事项"), _("类型"), "P"):
        table.add_column(heading, justify="left" if heading in (_("单位"), _("类型")) else "right", no_wrap=True)
    for figures in found:
        numbers = [_shown(figures.values[name]) for name in SHOWN]
        name = f"{figures.unit} {figures.name}"
        table.add_row(name, *numbers, str(figures.loops), str(figures.mode), _shown(figures.p_mode))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def _caption(parameters: Parameters) -> str:
    window = " – ".join(_day(at) for at in (parameters.from_at, parameters.to_at))
    covers = ", ".join(parameters.covers or ()) or "–"
    return f"({window}]  tau {parameters.tau:g}  covers: {covers}  draws {parameters.draws}, seed {parameters.seed}"


def _day(at: int | None) -> str:
    return "…" if at is None else datetime.fromtimestamp(at / 1e6, PLACE).strftime("%Y-%m-%d %H:%M")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@timer("observatory", every=timedelta(minutes=10))
def refresh(now: datetime) -> None:
    """Keep the figures of the pages ready: measured anew when the ledger grew or the month turned."""
    from yunzhang.governance.observatory import actions

    actions.refresh_when_due(now)
