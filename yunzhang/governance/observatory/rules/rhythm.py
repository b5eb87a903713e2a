"""Programme rhythm 推进节奏 from official acts: who pushes what, month by month, per programme and never per person.

Superiors' acts are: a matter issued or split, an urging, an answer returned, an extension granted or refused, an
answer accepted. What those below do (sign, answer, report, ask) is no push. One act is one act key, however many
matters it touches.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunzhang.governance.observatory.rules.drift import Drift, Workload, find_drift
from yunzhang.governance.observatory.rules.halving import Halving, Prior, fit_halving
from yunzhang.governance.observatory.rules.moments import DAY, ZONE
from yunzhang.governance.observatory.rules.tree import Tree

OPENED = "opened"
PUSHES = (OPENED, "urged", "inspected")
HANDLES = ("returned", "extended", "ask_refused", "accepted")
INSPECTIONS = ("inspected",)
ACTS = (*PUSHES, *HANDLES)
MEETING = "minutes"  # the authority kind of an act agreed at a meeting
OUTSIDE = ("market", "society")
FIRST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Settings:
    """The dated parameters of rhythm: months the drift rule looks back, its level and least gap; refreshes a year."""

    months: int = 12
    drift_months: int = 3
    drift_level: float = 0.05
    drift_gap: float = 0.1
    prior: Prior = field(default_factory=Prior)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts on vertical matters by node of the debtor, in preorder; moments as day and month numbers of the place."""

    programmes: list[str]
    node: np.ndarray
    day: np.ndarray
    month: np.ndarray  # months since 1970
    programme: np.ndarray
    document: np.ndarray
    act: np.ndarray  # number of the act key
    verb: np.ndarray  # place in ACTS
    at_meeting: np.ndarray
    due_month: np.ndarray  # of openings, -1 elsewhere
    outside_node: np.ndarray  # matters opened by enterprises, citizens or the public
    outside_month: np.ndarray
    outside_programme: np.ndarray
    last_day: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm inside one sub-tree; arrays are [programme, month] over `months` (months since 1970)."""

    months: np.ndarray
    acts: np.ndarray
    plan: np.ndarray
    demand: np.ndarray | None
    verbs: dict[str, int]
    entropy: list[float | None]
    halving: tuple[Halving, ...]
    drift: Drift


def read_acts(table: pa.Table, tree: Tree, last_day: int) -> Acts:
    """Return the acts of the look `act_columns` on vertical matters of a programme whose debtor stands in the tree."""
    named = table.filter(pc.fill_null(pc.not_equal(table["programme"], ""), fill_value=False))
    programmes = sorted(name for name in pc.unique(named["programme"]).to_pylist() if name)
    node = tree.look_up(named["debtor"])
    order = np.argsort(node, kind="stable")
    order = order[(node[order] >= 0) & (node[order] < tree.count)]
    rows = named.take(pa.array(order))
    vertical = _flags(pc.equal(rows["axis"], "vertical"))
    outside = _flags(pc.is_in(rows["relation"], value_set=pa.array(OUTSIDE))) & ~vertical
    outside &= _flags(pc.equal(rows["verb"], OPENED))
    day = day_numbers(rows["at"])
    programme = _codes(rows["programme"], programmes)
    due = day_numbers(rows["due_at"], before=True)
    verb = _codes(rows["verb"], list(ACTS))
    kept = vertical & (verb >= 0)
    opened = verb == 0
    return Acts(
        programmes=programmes,
        node=node[order][kept],
        day=day[kept],
        month=month_numbers(day[kept]),
        programme=programme[kept],
        document=_numbers(rows["subject"])[kept],
        act=_numbers(rows["request"])[kept],
        verb=verb[kept],
        at_meeting=_flags(pc.starts_with(pc.fill_null(rows["authority"], ""), MEETING))[kept],
        due_month=np.where(opened & (due >= 0), month_numbers(due), -1)[kept],
        outside_node=node[order][outside],
        outside_month=month_numbers(day[outside]),
        outside_programme=programme[outside],
        last_day=last_day,
    )


def day_numbers(column: pa.ChunkedArray, *, before: bool = False) -> np.ndarray:
    """Return the place's day numbers since 1970 of moments, -1 for none; `before`: of the instant before (due days)."""
    micros = np.asarray(pc.fill_null(column.cast(pa.int64()), -1), np.int64)
    return np.where(micros < 0, -1, (micros + ZONE - int(before)) // DAY)


def month_numbers(days: np.ndarray) -> np.ndarray:
    """Return the months since 1970 of day numbers.

    >>> month_numbers(np.array([0, 31, 365])).tolist()
    [0, 1, 12]
    """
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _flags(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.fill_null(column, fill_value=False), np.bool_)


def _codes(column: pa.ChunkedArray, values: list[str]) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.index_in(column, value_set=pa.array(values, pa.string())), -1), np.int64)


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    coded = pc.dictionary_encode(pc.fill_null(column, "")).combine_chunks()
    return np.asarray(coded.indices, np.int64)


def find_rhythm(
    acts: Acts,
    stop: tuple[int, int],
    *,
    last_month: int,
    working: np.ndarray,
    recorded: dict[str, np.ndarray],
    settings: Settings,
    known: dict[tuple[object, ...], Halving],
) -> Rhythm:
    """Return the rhythm of the matters owed inside one sub-tree (nodes `stop`), up to `last_month`.

    `working` are the working days, `recorded` the certain refresh days by programme ("" for all). `known` keeps fits
    between sub-trees that saw the same acts.
    """
    months = np.arange(last_month - settings.months + 1, last_month + 1)
    here = slice(*np.searchsorted(acts.node, stop))
    first = _once(acts, here)
    shape = (len(acts.programmes), len(months))
    counts = _count(acts.programme[first], acts.month[first], months, shape)
    due = acts.due_month[here]
    planned = np.flatnonzero(due >= 0)
    plan = _count(acts.programme[here][planned], due[planned], months, shape)
    return Rhythm(
        months=months,
        acts=counts,
        plan=plan,
        demand=_demand(acts, stop, months, shape),
        verbs=_verbs(acts, first, months),
        entropy=[entropy(column) for column in counts.T],
        halving=tuple(
            _halving(acts, here, number, working=working, recorded=recorded, prior=settings.prior, known=known)
            for number in range(len(acts.programmes))
        ),
        drift=find_drift(_workload(acts, here, months[-settings.drift_months :]), settings=settings),
    )


def _once(acts: Acts, here: slice) -> np.ndarray:
    # rows that stand for an act: one per act key and programme, the lowest verb first (an issue splits nothing)
    key = acts.act[here] * max(len(acts.programmes), 1) + acts.programme[here]
    _, first = np.unique(key, return_index=True)
    return np.asarray(first + (here.start or 0))


def _count(programme: np.ndarray, month: np.ndarray, months: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    place = month - months[0]
    inside = (place >= 0) & (place < len(months))
    flat = programme[inside] * shape[1] + place[inside]
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


def _demand(acts: Acts, stop: tuple[int, int], months: np.ndarray, shape: tuple[int, int]) -> np.ndarray | None:
    if not len(acts.outside_node):
        return None
    here = slice(*np.searchsorted(acts.outside_node, stop))
    return _count(acts.outside_programme[here], acts.outside_month[here], months, shape)


def _verbs(acts: Acts, first: np.ndarray, months: np.ndarray) -> dict[str, int]:
    inside = acts.month[first] >= months[0]
    inside &= acts.month[first] <= months[-1]
    counts = np.bincount(acts.verb[first][inside], minlength=len(ACTS))
    return {name: int(count) for name, count in zip(ACTS, counts, strict=True) if count}


def entropy(counts: np.ndarray) -> float | None:
    """Return how evenly acts spread over the programmes, 0 (one alone) to 1 (all alike); None without acts.

    The number of programmes is fixed by the log, so months compare. Source: [science 1.3].

    >>> entropy(np.array([5, 5])), entropy(np.array([5, 0])), entropy(np.array([0, 0]))
    (1.0, 0.0, None)
    """
    total = counts.sum()
    if not total or len(counts) < 2:
        return None
    share = counts[counts > 0] / total
    return abs(float(-(share * np.log(share)).sum() / np.log(len(counts))))


def _halving(
    acts: Acts,
    here: slice,
    programme: int,
    *,
    working: np.ndarray,
    recorded: dict[str, np.ndarray],
    prior: Prior,
    known: dict[tuple[object, ...], Halving],
) -> Halving:
    days, meetings, inspected = _push_days(acts, here, programme)
    name = acts.programmes[programme]
    given = [inspected, *(recorded[key] for key in ("", name) if key in recorded)]
    certain = np.unique(np.concatenate(given)).astype(np.int64)
    key = (name, days.tobytes(), meetings.tobytes(), certain.tobytes())
    if key not in known:
        known[key] = fit_halving(days, meetings, working, certain, prior=prior)
    return known[key]


def _push_days(acts: Acts, here: slice, programme: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # a document counts once, on the day it first asked somebody here; splits carry it on and are no new push
    mine = np.flatnonzero(acts.programme[here] == programme) + (here.start or 0)
    opened = mine[acts.verb[mine] == 0]
    order = opened[np.argsort(acts.day[opened], kind="stable")]
    _, first = np.unique(acts.document[order], return_index=True)
    issued = order[first]
    other = mine[(acts.verb[mine] > 0) & (acts.verb[mine] < len(PUSHES))]
    _, once = np.unique(acts.act[other], return_index=True)
    urged = other[once]
    pushes = np.concatenate([issued, urged])
    pushes = pushes[np.argsort(acts.day[pushes], kind="stable")]
    seen = np.isin(acts.verb[urged], [ACTS.index(verb) for verb in INSPECTIONS])
    return acts.day[pushes], acts.at_meeting[pushes] & (acts.verb[pushes] == 0), acts.day[urged][seen]


def _workload(acts: Acts, here: slice, months: np.ndarray) -> Workload:
    # by document: matters falling due, and matters touched by acts, so that one document to many weighs alike in both
    size = int(acts.document.max()) + 1 if len(acts.document) else 0
    due, month, document = acts.due_month[here], acts.month[here], acts.document[here]
    plan = np.bincount(document[(due >= months[0]) & (due <= months[-1])], minlength=size)
    done = np.bincount(document[(month >= months[0]) & (month <= months[-1])], minlength=size)
    programme = np.full(size, -1)
    programme[document] = acts.programme[here]
    seen = np.flatnonzero(plan + done)
    return Workload(programme[seen], plan[seen], done[seen], len(acts.programmes))
