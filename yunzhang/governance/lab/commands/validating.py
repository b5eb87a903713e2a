"""`yunzhang lab validate`: each published number beside ours, with its band, and whether it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.lab import actions
from yunzhang.governance.lab.commands.showing import print_table
from yunzhang.governance.lab.commands.starting import check_numbers
from yunzhang.governance.lab.rules.limits.checks import Check
from yunzhang.governance.lab.words.checks import check_words, cited_words, list_differences, say_sources
from yunzhang.kit.busy import counted


def validate(
    limits: Annotated[list[str] | None, typer.Argument(metavar="[nk] [march] [lazer] [dodds]")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="half the runs where bands allow it")] = False,
    seed: int = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Print each published number, ours, its band, and whether it holds; exit status 1 where one does not."""
    check_numbers(1, seed)
    names = limits or list(actions.LIMITS)
    if not {*names} <= {*actions.LIMITS}:
        raise Invalid(field="validate", problem=" | ".join(actions.LIMITS))
    checks = [check for name in names for check in compare(name, quick=quick, seed=seed)]
    if as_json:
        typer.echo(json.dumps([row_of(check) for check in checks], ensure_ascii=False))
    else:
        show(checks)
    return 0 if all(check.passed for check in checks) else 1


def compare(name: str, *, quick: bool, seed: int) -> Sequence[Check]:
    """Return the checks of one limit, its progress shown."""
    with counted(name, 100) as tell:
        found = actions.find_comparison(
            name, quick=quick, seed=seed, tell=lambda done, whole: tell(100 * done // max(whole, 1))
        )
    return found.checks


def row_of(check: Check) -> dict[str, Any]:
    """Return one check as plain values; a bound or a number that does not exist is null."""
    numbers = {name: getattr(check, name) for name in ("expected", "low", "high", "found")}
    told = {name: value if isfinite(value) else None for name, value in numbers.items()}
    return {
        "name": check.name,
        "title": check_words(check.name),
        **told,
        "passed": check.passed,
        "source": check.source,
    }


def show(checks: Sequence[Check]) -> None:
    """Print the checks as a table, and how many hold."""
    words = {True: _("通过"), False: _("未通过")}
    heads = (_("对照项"), _("来源"), _("对照数值"), _("本引擎"), _("允许范围"), _("结果"))
    rows = [
        [check_words(check.name), cited_words(check.source), number(check.expected), number(check.found), band(check),
         words[check.passed]]
        for check in checks
    ]  # fmt: skip
    print_table(heads, rows, left=2)
    models = {check.name.partition("/")[0] for check in checks}
    typer.echo(_("本引擎与文献可能不同之处"))
    for model, told in list_differences(models):
        for said in told:
            typer.echo(f"  {model} · {said}")
    held = sum(check.passed for check in checks)
    typer.echo(say_sources(check.source for check in checks))
    typer.echo(_("%(held)s / %(whole)s 项在允许范围内。") % {"held": held, "whole": len(checks)})


def number(value: float) -> str:
    """Return a number with four digits, "–" where there is none."""
    return f"{value:.4g}" if isfinite(value) else "–"


def band(check: Check) -> str:
    """Return a band as text; an open end is left out.

    >>> band(Check("gap", 0.25, 0.2, 0.3, 0.26)), band(Check("order", float("nan"), 0.1, float("inf"), 0.2))
    ('0.2 – 0.3', '≥ 0.1')
    """
    if not isfinite(check.high):
        return f"≥ {number(check.low)}"
    return f"≤ {number(check.high)}" if not isfinite(check.low) else f"{number(check.low)} – {number(check.high)}"
