"""`yunzhang lab run`: a scenario with its what-ifs and without, many times, on all cores; told, or kept in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from django.utils import translation
from django.utils.translation import gettext as _

from yunzhang.base.compiled import side_by_side
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.commands import folder, manifest, showing
from yunzhang.governance.lab.commands.report.page import Told, list_marks, render_report
from yunzhang.governance.lab.commands.stamping import parquet_bytes
from yunzhang.governance.lab.commands.starting import (
    RECORD,
    Start,
    check_language,
    check_numbers,
    find_start,
    settle_behaviour,
)
from yunzhang.governance.lab.rules.scenarios import write_scenario
from yunzhang.governance.lab.rules.simulating import Prepared, Trace, prepare, simulate, summarise
from yunzhang.governance.lab.terms import Scenario
from yunzhang.governance.lab.words.verdict import mode_shares
from yunzhang.kit.busy import counted

if TYPE_CHECKING:
    import pyarrow as pa

FileOption = Annotated[Path | None, typer.Option(metavar="FILE", help=".csv | .parquet | .xlsx")]
type_keep = Callable[[Sequence[Trace]], None]


def run(  # noqa: PLR0917 - one argument per option
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.yaml")],
    units: FileOption = None,
    loops: FileOption = None,
    runs: int = 40,
    seed: int = 1,
    out: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    language: Annotated[str, typer.Option(metavar="zh|en")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Simulate a scenario: V and H with its what-ifs and without."""
    check_numbers(runs, seed)
    spoken = check_language(language)
    start = find_start(units, loops)
    asked = actions.load_scenario(scenario, start.government)
    behaviour, asks, told = settle_behaviour(start, asked.begins)
    told |= judge_record(start, told["basis"])
    prepared = prepare(start.government.units, behaviour, asked, asks)
    facts = manifest.describe(start, asked, told, runs=runs, seed=seed, language=spoken)
    held = nullcontext() if out is None else folder.opened(out, facts, runs)
    with held as results:
        if results is None:
            found: list[Trace] = []
            play(prepared, range(runs), seed, found.extend)
            traces = sorted(found, key=lambda trace: (trace.number, trace.changed))
        else:
            go_on(results, prepared, seed)
            traces = results.traces()
        summary = summary_of(prepared, traces, seed, facts)
        if results is not None:
            write(results, start, prepared, facts, summary, language=spoken)
    showing.say(summary, asked, as_json=as_json, out=out)
    return 0


def judge_record(start: Start, basis: str) -> dict[str, Any]:
    """Return as `calibration` how well the record tells months held out; nothing where none is used."""
    if basis != RECORD:
        return {}
    return {"calibration": actions.find_record_score(start.government, at=start.at)}


def go_on(results: folder.Results, prepared: Prepared, seed: int) -> None:
    """Make the runs a folder still lacks; where the user stops it, say that they go on later."""
    try:
        play(prepared, results.missing(), seed, results.keep, done=len(results.found))
    except KeyboardInterrupt:
        said = _("已完成 %(done)s / %(whole)s 次运行；重复同一条命令即可接着做。")
        typer.echo(said % {"done": len(results.found), "whole": results.runs}, err=True)
        raise


def play(prepared: Prepared, numbers: Sequence[int], seed: int, keep: type_keep, *, done: int = 0) -> None:
    """Make runs on all cores, each without the what-ifs and with them, and hand each over as it is finished."""
    with counted(_("正在推演"), done + len(numbers)) as tell:
        ready = count(done + 1)

        def go(number: int) -> None:
            before = simulate(prepared, seed=seed, number=number, changed=False)
            same = not prepared.scenario.what_ifs
            after = (
                replace(before, changed=True) if same else simulate(prepared, seed=seed, number=number, changed=True)
            )
            keep((before, after))
            tell(next(ready))

        side_by_side(go, numbers)


def summary_of(prepared: Prepared, traces: Sequence[Trace], seed: int, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the runs came to, with the scenario and the behaviour they stand on."""
    modes = {side: mode_shares(traces, changed=side == "after") for side in ("before", "after")}
    first = {"simulated": True, "scenario": facts["scenario"], "basis": facts["behaviour"]["basis"]}
    first |= {name: facts["behaviour"][name] for name in ("calibration",) if name in facts["behaviour"]}
    return first | summarise(prepared, traces, seed=seed) | {"modes": modes}


def write(
    results: folder.Results,
    start: Start,
    prepared: Prepared,
    facts: Mapping[str, Any],
    summary: Mapping[str, Any],
    *,
    language: str,
) -> None:
    """Write the files of a finished study into its folder; the same inputs and seed give the same bytes."""
    scenario = prepared.scenario
    with translation.override("zh-hans" if language == "zh" else "en"):
        table = start.government.units.to_pydict()
        names = dict(zip(table["id"], table.get("name") or table["id"], strict=True))
        page = render_report(Told(scenario, summary, results.traces(), names, facts, list_marks(scenario)))
    files = {
        folder.TRACES: results.merged(facts),
        "units.parquet": parquet_bytes(units_of(start), facts),
        "scenario.yaml": scenario_bytes(scenario),
        "summary.json": folder.json_bytes(summary),
        "report.html": page,
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    results.close(files, facts, digests)


def scenario_bytes(scenario: Scenario) -> bytes:
    """Return a scenario as YAML with every value written out; it reads back as the same scenario."""
    plain = json.loads(json.dumps(write_scenario(scenario)))
    return str(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)).encode()


def units_of(start: Start) -> pa.Table:
    """Return the units as they were given."""
    from yunzhang.kit.columns import ROW

    table = start.government.units
    return table.drop_columns([ROW]) if ROW in table.column_names else table
