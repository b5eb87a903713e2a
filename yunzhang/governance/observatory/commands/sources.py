"""What `measure` reads: two files, or the office's own ledger; and which of its sub-trees are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yunzhang.base.errors import Invalid
from yunzhang.governance.observatory import rules
from yunzhang.governance.observatory.terms import BadParameter, Figures, Parameters
from yunzhang.kit.columns import read_columns
from yunzhang.kit.home import Home, current_home

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ZoneInfo("Asia/Shanghai")


def read_optional(path: Path | None) -> pa.Table | None:
    """Return the table of a file, or None where none is named."""
    return None if path is None else read_columns(path)


def find_measured(units: Path | None, loops: Path | None, wanted: Parameters, **claims: Any) -> rules.Measured:
    """Return the log of two files, or the office's own, measured; raises Invalid where neither or both are named."""
    home = current_home()
    if home is None and (units is None or loops is None):
        raise Invalid(field="measure", problem="--home DIR | --units FILE --loops FILE")
    if home is not None and (units is not None or loops is not None):
        raise Invalid(field="--home", problem="--units, --loops")
    from yunzhang.governance.observatory import actions

    if units is not None and loops is not None:
        wanted = replace(wanted, weights=wanted.weights or actions.find_weights(_last_day(wanted)))
        return rules.measure(read_columns(units), read_columns(loops), wanted, **claims)
    return actions.find_measure(wanted, at=_now(home), **claims)


def _last_day(wanted: Parameters) -> date:
    ends = datetime.now(UTC) if wanted.to_at is None else datetime.fromtimestamp((wanted.to_at - 1) / 1e6, UTC)
    return ends.astimezone(PLACE).date()


def _now(home: Home | None) -> datetime:
    # the year of a simulated office ends at its --until; its figures are of that day
    if home is not None and home.is_simulated and home.until:
        return datetime.combine(date.fromisoformat(home.until) + timedelta(days=1), datetime.min.time(), PLACE)
    return datetime.now(UTC)


def list_chosen(measured: rules.Measured, root: str) -> list[Figures]:
    """Return the figures of every unit that has children, or of those at and below one; raises BadParameter."""
    if not root:
        return measured.figures()
    tree = measured.tree
    if root not in tree.ids[: tree.count]:
        raise BadParameter(name="--root", problem=root)
    top = tree.ids.index(root)
    inner = tree.inner
    return measured.figures(inner[(inner >= top) & (inner < tree.end[top])])
