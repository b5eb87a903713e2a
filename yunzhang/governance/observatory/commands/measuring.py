"""`yunzhang measure`: V and H of every sub-tree, from the office's own ledger, a study, or from files."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.commands import logs, packing, showing, sources
from yunzhang.governance.observatory.commands.logs import CheckOption, LogOption, MappingOption, RejectsOption
from yunzhang.governance.observatory.commands.pack.rows import has_h
from yunzhang.governance.observatory.commands.packing import Wish
from yunzhang.governance.observatory.terms import BadParameter, Parameters
from yunzhang.kit.busy import busy

FileOption = Annotated[Path | None, typer.Option(metavar="FILE", help=".csv | .parquet | .xlsx")]
FolderOption = Annotated[Path | None, typer.Option(metavar="DIR")]
MomentOption = Annotated[str, typer.Option(metavar="T", help="2026-11-01 | 2026-11-01T08:00:00+08:00")]


def measure(  # noqa: PLR0917 - one argument per option
    units: FileOption = None,
    loops: FileOption = None,
    need: FileOption = None,
    due: FileOption = None,
    study: Annotated[str, typer.Option(metavar="NAME", help="yunzhang study list")] = "",
    log: LogOption = None,
    mapping: MappingOption = None,
    check: CheckOption = False,
    rejects: RejectsOption = None,
    from_: Annotated[str, typer.Option("--from", metavar="T")] = "",
    to: MomentOption = "",
    as_of: MomentOption = "",
    term: Annotated[float, typer.Option(metavar="DAYS")] = 30,
    tau: Annotated[float, typer.Option(metavar="X")] = 4,
    parts: Annotated[str, typer.Option(help="department,region,market,society")] = "",
    weights: Annotated[str, typer.Option(metavar="A,B,C,D", help="department,region,market,society")] = "",
    programme: Annotated[str, typer.Option(metavar="NAME")] = "",
    covers: Annotated[str | None, typer.Option(help="territorial directive,territorial report,…")] = None,
    root: Annotated[str, typer.Option(metavar="ID")] = "",
    state: Annotated[Path | None, typer.Option(metavar="DIR", help="--units, --loops, --to")] = None,
    draws: Annotated[int, typer.Option(help="0: no ranges, no mode")] = 200,
    seed: int = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=".json | .csv | .parquet | .xlsx")] = None,
    report: FolderOption = None,
    bundle: FolderOption = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="theta, tau, weights")] = False,
    mask: Annotated[bool, typer.Option("--mask", help="--report, --bundle")] = False,
    mask_key: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    language: Annotated[str, typer.Option(metavar="zh|en")] = "",
    force: Annotated[bool, typer.Option("--force", help="--report, --bundle")] = False,
    reproduce: FolderOption = None,
) -> int:
    """Print V and H of every unit that has children; --json prints the contract's figures."""
    named = sources.Named(units, loops, need, due, study, log, mapping, state=state)
    if reproduce is not None:
        return packing.reproduce(reproduce, named, mask_key)
    wanted = Parameters(term_days=term, tau=tau, draws=draws, seed=seed, programme=programme.strip())
    if parts:
        wanted = replace(wanted, parts=_words(parts))
    if weights:
        wanted = replace(wanted, weights=_numbers("--weights", weights))
    if covers is not None:
        wanted = replace(wanted, covers=_words(covers))
    wanted = replace(
        wanted,
        from_at=_moment("--from", from_, end=False),
        to_at=_moment("--to", to, end=True),
        as_of=_moment("--as-of", as_of, end=True),
    )
    rules.check_parameters(wanted)
    showing.check_out(out)
    if state is not None:
        gc.freeze()  # what is loaded by now stays to the end: a short day need not look it over again and again
    wish = Wish(report, bundle, sweep, mask, mask_key, language, force)
    packing.check_wish(wish, plain=as_json or out is not None)
    named = replace(named, read=logs.read_log(log, mapping, check=check, rejects=rejects))
    if check:
        return 0
    with busy(_("正在测算")) as tell:
        found = sources.find_log(named, wanted)
        figures = sources.list_chosen(found.measured, root)
        written = packing.write(wish, found, figures, root=root, tell=tell)
    if out is not None or as_json or not written:
        showing.say(figures, found.measured, as_json=as_json, out=out, across=has_h(found.measured))
    packing.say(wish, found, figures, written)
    return 0


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in _words(text))
    except ValueError:
        raise BadParameter(name=name, problem=text) from None


def _moment(name: str, text: str, *, end: bool) -> int | None:
    return rules.moment(text, bare="end" if end else "start", name=name) if text.strip() else None
