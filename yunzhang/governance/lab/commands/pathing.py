"""`yunzhang lab paths`: the paths between the modes with what they cost and bring, and where the advice fails."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.utils import translation
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.commands import folder, manifest
from yunzhang.governance.lab.commands.report import paths_page
from yunzhang.governance.lab.commands.report.page import list_facts
from yunzhang.governance.lab.commands.showing import print_table
from yunzhang.governance.lab.commands.stamping import parquet_bytes
from yunzhang.governance.lab.commands.starting import check_language, check_numbers
from yunzhang.governance.lab.rules.paths.learning import Work
from yunzhang.governance.lab.words import paths as path_said
from yunzhang.governance.lab.words import worlds
from yunzhang.governance.lab.words.worlds import winner_words
from yunzhang.kit.busy import counted

PLACE = ZoneInfo("Asia/Shanghai")


def paths(  # noqa: PLR0917 - one argument per option
    out: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    with_map: Annotated[bool, typer.Option("--map", help="where the advice fails, over a grid of worlds")] = False,
    runs: int = 10,
    seed: int = 1,
    levels: Annotated[int, typer.Option(help="of the tree, five branches each; 6: 3,906 units")] = 6,
    language: Annotated[str, typer.Option(metavar="zh|en")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print the paths between the four modes: what each step costs and brings; --map: where the advice fails."""
    check_numbers(runs, seed)
    if runs < 2:
        raise Invalid(field="--runs", problem="2–10000")
    if not 2 <= levels <= 7:
        raise Invalid(field="--levels", problem="2–7")
    spoken = check_language(language)
    asked = {"runs": runs, "seed": seed, "levels": levels, "map": with_map}
    told = manifest.describe_paths(asked, spoken)
    if out is not None:
        folder.check(out, told)
    found = find(runs, seed, levels, with_map=with_map)
    if out is not None:
        with translation.override("zh-hans" if spoken == "zh" else "en"):
            write(out, told, found)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        show(found)
    if out is not None and not as_json:
        typer.echo(_("已写入：%(folder)s") % {"folder": out})


def find(runs: int, seed: int, levels: int, *, with_map: bool) -> dict[str, dict[str, Any]]:
    """Return the paths, the comparison where units learn, and the map where it is asked for."""
    on = _today()
    found = {}
    with counted(_("正在比较路径"), runs) as tell:
        found["paths"] = actions.find_paths(on, levels=levels, runs=runs, seed=seed, tell=lambda done, _: tell(done))
    work = Work(runs=max(2 * runs, 2), seed=seed)
    with counted(_("正在比较学习"), work.runs) as tell:
        found["learning"] = actions.find_learning(on, work=work, levels=min(levels, 4), tell=lambda done, _: tell(done))
    if with_map:
        with counted(_("正在绘制路径对照图"), runs) as tell:
            found["map"] = actions.find_map(on, levels=levels, runs=runs, seed=seed, tell=lambda done, _: tell(done))
    return found


def _today() -> date:
    return datetime.now(UTC).astimezone(PLACE).date()


def write(out: Path, told: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> None:
    """Write tables and report into the folder; the same seed and version give the same bytes."""
    files = {f"{name}.parquet": table_bytes(held["rows"], told) for name, held in found.items()}
    files["assumptions.json"] = folder.json_bytes(found["paths"]["assumed"])
    files["report.html"] = paths_page.render_paths(found, list_facts(told))
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    folder.write_all(out, files, {**told, "outputs": dict(sorted(digests.items()))})


def table_bytes(rows: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> bytes:
    """Return rows as a Parquet file; "inf" of the plain values is a number again."""
    import pyarrow as pa

    plain = [{name: inf if value == "inf" else value for name, value in row.items()} for row in rows]
    return parquet_bytes(pa.Table.from_pylist(plain), told)


def show(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the sentences and the tables."""
    walked = found["paths"]
    typer.echo(_("学术情景 · 模拟"))
    typer.echo(path_said.say_paths(walked["rows"]) + _("。"))
    for said in (path_said.say_loads(walked["rows"]), path_said.say_costs(walked["assumed"]), path_said.say_walked()):
        typer.echo(said)
    print_table(*path_said.compare_ends(walked["rows"]), left=2)
    print_table(paths_page.step_heads(), [paths_page.step_cells(row) for row in walked["rows"]], left=1)
    typer.echo(_("工作复杂、单位需要学习时"))
    learnt = ("K", _("每日更替"), _("第几天"), _("保留层级：所知"), _("放弃层级：所知"), _("差值（保留减放弃）"),
             _("较好的一方"))  # fmt: skip
    print_table(learnt, [paths_page.learning_cells(row) for row in found["learning"]["rows"]], left=0)
    if "map" in found:
        show_map(found["map"])


def show_map(found: Mapping[str, Any]) -> None:
    """Print who wins where in the map, and how much of that is chance."""
    typer.echo(worlds.say_map(found) + _("。"))
    for said in (*worlds.say_chance(found), worlds.say_budget(found["assumed"])):
        typer.echo(said)
    print_table(*worlds.count_panels(found), left=1)
    rows = [[axis, value, *map(str, counts)] for axis, value, counts in paths_page.count_by_value(found)]
    print_table(("", "", *winner_words().values()), rows, left=1)
