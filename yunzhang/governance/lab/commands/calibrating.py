"""`yunzhang lab calibrate`: what a record says of its office, how well it tells months held out, what it does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils import translation
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, zh
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.commands import folder, manifest
from yunzhang.governance.lab.commands.report.calibration_page import render_calibration
from yunzhang.governance.lab.commands.showing import print_table
from yunzhang.governance.lab.commands.stamping import parquet_bytes
from yunzhang.governance.lab.commands.starting import Start, check_language, check_numbers, find_start
from yunzhang.governance.lab.rules.calibration import Calibration
from yunzhang.governance.lab.rules.calibration.forecasting import AHEAD
from yunzhang.governance.lab.rules.calibration.simulating import RUNS
from yunzhang.governance.lab.rules.calibration.whole import list_forecast_months, list_observed_months, list_scores
from yunzhang.governance.lab.words import calibration as words
from yunzhang.governance.lab.words.months import list_marks
from yunzhang.kit.busy import counted

MOST_AHEAD = 24
FileOption = Annotated[Path | None, typer.Option(metavar="FILE", help=".csv | .parquet | .xlsx")]


def calibrate(  # noqa: PLR0917 - one argument per option
    units: FileOption = None,
    loops: FileOption = None,
    ahead: Annotated[int, typer.Option(help="months held out, and told beyond the record")] = AHEAD,
    seed: int = 1,
    out: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    language: Annotated[str, typer.Option(metavar="zh|en")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Print what a record says, how well it tells months held out, and what it cannot tell; status 1: nothing."""
    check_numbers(RUNS, seed)
    if not AHEAD <= ahead <= MOST_AHEAD:
        raise Invalid(field="--ahead", problem=f"{AHEAD}–{MOST_AHEAD}")
    spoken = check_language(language)
    start = find_start(units, loops)
    if start.government.loops is None:
        raise Invalid(field="--loops", problem=zh("没有事项日志，无从校准"))
    told = manifest.describe_calibration(start, {"ahead": ahead, "runs": RUNS, "seed": seed}, spoken)
    if out is not None:
        folder.check(out, told)
    found = find(start, ahead=ahead, seed=seed)
    if out is not None:
        with translation.override("zh-hans" if spoken == "zh" else "en"):
            write(out, told, found)
    if as_json:
        typer.echo(json.dumps(found.pack(), ensure_ascii=False, allow_nan=False))
    else:
        show(found)
        if out is not None:
            typer.echo(_("已写入：%(folder)s") % {"folder": out})
    return 0 if found.summary["is_told"] else 1


def find(start: Start, *, ahead: int, seed: int) -> Calibration:
    """Return the calibration, its progress shown."""
    with counted(_("正在校准"), RUNS) as tell:
        return actions.find_calibration(start.government, at=start.at, ahead=ahead, seed=seed, runs=RUNS, tell=tell)


def write(out: Path, told: Mapping[str, Any], found: Calibration) -> None:
    """Write tables and report into the folder; the same record, seed and version give the same bytes."""
    tables: dict[str, Iterable[Mapping[str, Any]]] = {
        "estimates": found.estimates,
        "forecasts": list_forecast_months(found.held),
        "coming": list_forecast_months(found.coming),
        "months": list_observed_months(found),
        "scores": list_scores(found),
        "refusals": list_refusals(found),
    }
    files = {f"{name}.parquet": table_bytes(name, list(rows), told) for name, rows in tables.items()}
    files["calibration.json"] = folder.json_bytes(found.pack())
    files["report.html"] = render_calibration(found, told)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    folder.write_all(out, files, {**told, "outputs": dict(sorted(digests.items()))})


def list_refusals(found: Calibration) -> Iterable[Mapping[str, Any]]:
    """Yield what is not told of the months held out, and of those to come, with its reason."""
    for when, rows in found.unforeseen.items():
        for row in rows:
            own = {name: row[name] for name in ("relation", "level", "what", "hindrance")}
            yield {"when": when, **own, "reason": words.say_reason(row)}


def table_bytes(name: str, rows: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> bytes:
    """Return rows as a Parquet file, with its columns even where there is no row."""
    import pyarrow as pa

    return parquet_bytes(pa.Table.from_pylist(list(rows), schema=schema_of(name)), told)


def schema_of(name: str) -> Any:
    """Return the columns of a table; all its numbers are 64 bits wide."""
    import pyarrow as pa

    kinds = {"s": pa.string(), "i": pa.int64(), "f": pa.float64(), "b": pa.bool_(), "l": pa.list_(pa.float64())}
    return pa.schema([(column, kinds[kind]) for column, kind in (one.split(":") for one in COLUMNS[name].split())])


BANDS = "median:f low50:f high50:f low90:f high90:f"
ENGINE = "engine_median:f engine_low50:f engine_high50:f engine_low90:f engine_high90:f"
FORECAST = f"relation:s level:i what:s month:s is_held:b observed:f {BANDS} {ENGINE}"
COLUMNS = {
    "estimates": "relation:s level:i months:i flows:i matters:i met:i rate:f rate_range:l index:f is_clumped:b chance:f"
    " chance_range:l alike:f days:f days_range:l term:i slope:f trend_chance:f season_chance:f",
    "forecasts": FORECAST,
    "coming": FORECAST,
    "months": "relation:s level:i month:s due:i met:i",
    "scores": "by:s first:s last:s relation:s level:i what:s months:i inside:i covered:f crps:f baseline:f skill:f"
    " is_unlike:b",
    "refusals": "when:s relation:s level:i what:s hindrance:s reason:s",
}


def show(found: Calibration) -> None:
    """Print the sentence, the estimates, the scores in whole, the months to come, and what is not told."""
    typer.echo(" · ".join(list_marks()))
    typer.echo(words.say_calibration(found.summary))
    if found.estimates:
        print_table(words.estimate_heads(), [words.estimate_cells(row) for row in found.estimates], left=1)
    whole = words.list_whole(found)
    if whole:
        print_table(words.score_heads(), [words.score_cells(row) for row in whole], left=2)
    if found.coming:
        typer.echo(_("今后各月（中位，括号内为 90% 区间）"))
        print_table(words.coming_heads(found), [words.coming_cells(row) for row in found.coming], left=2)
    refusals = list(words.list_refusals(found))
    if refusals:
        typer.echo(_("今后不作预测的："))
        print_table(words.refusal_heads(), refusals, left=3)
