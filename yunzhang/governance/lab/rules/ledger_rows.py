"""Rows of a run as a log of design §5: a simulated government is measured exactly as a real one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from yunzhang.governance.lab.rules.composing import Composed
from yunzhang.governance.lab.rules.engine.live import ABOVE, CLOSED, DUE, ENDED, FLOW, OPENED, SERIAL, UNSET
from yunzhang.governance.lab.terms import KIND_OF, RELATIONS
from yunzhang.governance.observatory.rules.moments import DAY

HOUR = DAY // 24
OUTCOMES = pa.array(["open", "met", "late", "refused"])  # in the order of `live.OPEN` and so on
MOMENT = pa.timestamp("us", "UTC")


def make_log(made: Composed, rows: Sequence[np.ndarray], begins: int) -> pa.Table:
    """Return the loops of a run; `begins` is the moment of its first day (microseconds of UTC).

    Opened at nine, answered at five in the afternoon, due when their last day is over; `parent` names the matter one
    was split from.
    """
    table = np.concatenate(rows) if rows else np.zeros((0, 8), np.int32)
    flow = table[:, FLOW]
    ids, kinds = pa.array(made.ids), pa.array([KIND_OF[name] for name in RELATIONS])
    closed = begins + table[:, CLOSED].astype(np.int64) * DAY + 17 * HOUR
    never = table[:, CLOSED] == UNSET
    above = table[:, ABOVE]
    return pa.table({
        "loop": _names(table[:, SERIAL]),
        "parent": _names(above, above == UNSET),
        "kind": kinds.take(pa.array(made.relation[flow])),
        "creditor": ids.take(pa.array(made.flows.creditor[flow])),
        "debtor": ids.take(pa.array(made.flows.debtor[flow])),
        "opened_at": pa.array(begins + table[:, OPENED].astype(np.int64) * DAY + 9 * HOUR, MOMENT),
        "due_at": pa.array(begins + (table[:, DUE].astype(np.int64) + 1) * DAY, MOMENT),
        "closed_at": pa.array(closed, MOMENT, mask=never),
        "outcome": OUTCOMES.take(pa.array(table[:, ENDED])),
    })  # fmt: skip


def _names(serial: np.ndarray, none: np.ndarray | None = None) -> pa.Array:
    text = pa.array(np.char.add("s", serial.astype(str)) if len(serial) else [], pa.string())
    return text if none is None else pa.compute.if_else(pa.array(none), pa.scalar("", pa.string()), text)
