"""`yunzhang lab example`: a scenario to begin with, every value of a what-if written out with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid
from yunzhang.governance.lab.rules.scenarios import FIELDS, HOW_MANY, TITLES, Field
from yunzhang.governance.lab.terms import Do

BEGINS, ON = "2027-01-01", "2027-07-01"


def example(do: Annotated[str, typer.Argument(metavar="[WHAT_IF]")] = "") -> None:
    """Print a scenario with one what-if to fill in; without a name, list them."""
    if not do:
        for each in Do:
            title = _(TITLES[each])
            typer.echo(f"{each:<18} {title}")
        return
    if do not in {*Do}:
        raise Invalid(field="example", problem=" | ".join(Do))
    typer.echo("\n".join(lines_of(Do(do))))


def lines_of(do: Do) -> Iterator[str]:
    """Yield the lines of a scenario with this what-if; what is in capitals is to be filled in."""
    least, most = HOW_MANY[do]
    title = _(TITLES[do])
    yield from (f"title: {title}", f"begins: {BEGINS}", "days: 720")
    if any(field.name == "programme" for field in FIELDS[do]):
        yield from ("programmes:", "  - {name: PROGRAMME, share: 0.3}")
    yield from ("what_ifs:", f"  - do: {do}", f"    on: {ON}")
    if most:
        units = ", ".join(f"UNIT{number}" for number in range(1, max(least, 1) + 1))
        yield f"    units: [{units}]  # {least}–{most}"
    for field in FIELDS[do]:
        label = _(field.label)
        yield f"    {field.name}: {_value(field)}  # {label}{_range(field)}"


def _value(field: Field) -> str:
    if field.kind in ("unit", "text"):
        return {"programme": "PROGRAMME", "superior": "SUPERIOR"}.get(field.name, '""')
    return str(field.default) if isinstance(field.default, str) else f"{field.default:g}"


def _range(field: Field) -> str:
    if field.kind == "choice":
        return f" ({' | '.join(field.choices)})"
    return "" if field.kind in ("unit", "text") else f" ({field.low:g}–{field.high:g})"
