"""A record judged as a whole: what it says, how well it tells months held out, what comes next, and what is not told.

Plain values throughout, with None for what there is not, so that a page, a file and a terminal show the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import reduce
from math import isfinite
from operator import add
from typing import Any

from yunzhang.governance.lab.rules.calibration.checks import month_name
from yunzhang.governance.lab.rules.calibration.drawing import DUE, MET, Bands
from yunzhang.governance.lab.rules.calibration.estimating import Estimate, estimate
from yunzhang.governance.lab.rules.calibration.forecasting import (
    AHEAD,
    Forecast,
    HeldOut,
    foresee,
    hold_out,
    hold_out_often,
)
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.rules.calibration.scoring import NOTHING, Score
from yunzhang.governance.lab.rules.calibration.simulating import RUNS, add_simulated, simulate_months
from yunzhang.governance.lab.terms import Hindrance, NoForecast, Unforeseen

WHOLE = ("", DUE, MET)  # what is scored: all, numbers due, shares met
BANDS = tuple(field.name for field in fields(Bands))
type_row = Mapping[str, Any]
type_tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a record says of its office, and how far it tells months it was not shown. Ranges and bands are 90 %.

    `months`: the whole months on record ("2026-01"). `observed`: of each kind of matter on each level the numbers due
    and met in these, `first` the place of its first whole month. `held`: forecasts of the last `ahead` months beside
    what came, `coming`: of the months that follow; each by month with its `bands`, `simulated` those of `runs` runs of
    the engine. `unforeseen`: what neither tells, and why. `scores` by who tells (record, engine, and turns: every
    stretch held out in its turn) and what is told ("" both, due, met). `summary`: what one sentence needs.
    """

    ahead: int
    seed: int
    runs: int
    months: Sequence[str]
    estimates: Sequence[type_row]
    observed: Sequence[type_row]
    held: Sequence[type_row]
    coming: Sequence[type_row]
    unforeseen: Mapping[str, Sequence[type_row]]
    scores: Mapping[str, Mapping[str, type_row]]
    turns: Sequence[type_row]
    summary: type_row

    def pack(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def unpack(cls, packed: type_row) -> Calibration:
        """Return what was packed."""
        return cls(**packed)


def calibrate(
    record: Record, *, ahead: int = AHEAD, seed: int = 1, runs: int = RUNS, tell: type_tell = lambda done: None
) -> Calibration:
    """Return a record judged as a whole; `tell` is told how many runs of the engine are done.

    Nothing is raised where nothing can be told: the result says so. Source [S122], [S130], [S141], [S143], [S144].
    """
    held, not_held = _hold(record, ahead, seed)
    if held is not None:
        fitted = estimate(record, stop=held.stop, seed=seed)
        told = simulate_months(record, fitted, stop=held.stop, ahead=ahead, runs=runs, seed=seed, tell=tell)
        held = add_simulated(record, held, told, seed=seed)
    coming, not_coming = _come(record, ahead, seed)
    often = hold_out_often(record, ahead=ahead, seed=seed) if record.count >= ahead else ()
    return Calibration(
        ahead=ahead,
        seed=seed,
        runs=runs,
        months=[month_name(int(month)) for month in record.months],
        estimates=[_estimate_row(one) for one in estimate(record, seed=seed).estimates if one.matters],
        observed=list(_observed(record)),
        held=[] if held is None else [_forecast_row(one) for one in held.forecasts],
        coming=[_forecast_row(one, only_ahead=True) for one in coming],
        unforeseen={"held": _unforeseen_rows(not_held), "coming": _unforeseen_rows(not_coming)},
        scores=_scores(held, often),
        turns=[_turn(record, one) for one in often],
        summary=_sum_up(record, held, not_held, ahead),
    )


def judge(record: Record, *, ahead: int = AHEAD, seed: int = 1) -> dict[str, Any]:
    """Return the summary of a calibration alone, without the engine: a small part of its cost."""
    return _sum_up(record, *_hold(record, ahead, seed), ahead)


def no_calibration(*, ahead: int = AHEAD, seed: int = 1, runs: int = RUNS) -> Calibration:
    """Return what there is to say where there is no record at all."""
    nothing: dict[str, Any] = {"held": [], "coming": []}
    return Calibration(ahead, seed, runs, [], [], [], [], [], nothing, _scores(None, ()), [], _refused([], 0))


def _hold(record: Record, ahead: int, seed: int) -> tuple[HeldOut | None, tuple[Unforeseen, ...]]:
    if record.count < ahead:  # nothing to hold out: what bars the months to come bars these
        return None, _come(record, ahead, seed)[1]
    try:
        held = hold_out(record, ahead=ahead, seed=seed)
    except NoForecast as error:
        return None, _reasons(error)
    return held, held.unforeseen


def _come(record: Record, ahead: int, seed: int) -> tuple[tuple[Forecast, ...], tuple[Unforeseen, ...]]:
    try:
        return foresee(record, ahead=ahead, seed=seed)
    except NoForecast as error:
        return (), _reasons(error)


def _reasons(error: NoForecast) -> tuple[Unforeseen, ...]:
    found = error.params["unforeseen"]
    return found if isinstance(found, tuple) else ()


def _sum_up(record: Record, held: HeldOut | None, unforeseen: Sequence[Unforeseen], ahead: int) -> dict[str, Any]:
    kinds = len(record.cells)
    if held is None:
        return _refused(unforeseen, kinds)
    told = {what: sum(one.what == what for one in held.forecasts) for what in (DUE, MET)}
    months = {"first": month_name(int(record.months[held.stop])), "last": month_name(int(record.months[-1]))}
    return {"is_told": True, "ahead": ahead, "kinds": kinds, **told, **months, "score": _score_row(held.whole[""])}


def _refused(unforeseen: Sequence[Unforeseen], kinds: int) -> dict[str, Any]:
    # the reason that holds most often, as in the refusal of a whole forecast
    reasons = [one.hindrance for one in unforeseen]
    most = max(Hindrance, key=reasons.count)
    reason = next((one for one in unforeseen if one.hindrance == most), None)
    return {"is_told": False, "kinds": kinds, "reason": None if reason is None else _unforeseen_row(reason)}


def _estimate_row(one: Estimate) -> dict[str, Any]:
    course = {"slope": one.course.slope, "trend_chance": one.course.trend_chance}
    own = asdict(one) | course | {"season_chance": one.course.season_chance}
    own |= {name: list(own[name]) for name in ("rate_range", "chance_range", "days_range")}
    own |= {name: _known(own[name]) for name in ("index", "alike")}
    del own["course"]
    return own


def _observed(record: Record) -> Iterator[dict[str, Any]]:
    for place, (relation, level) in enumerate(record.cells):
        counts = {"due": record.due[place].tolist(), "met": record.met[place].tolist()}
        yield {"relation": relation, "level": level, "first": int(record.first[place]), **counts}


def _forecast_row(one: Forecast, *, only_ahead: bool = False) -> dict[str, Any]:
    first = int(one.held.argmax())
    begin = first if only_ahead else 0
    row = {"relation": one.relation, "level": one.level, "what": one.what, "held": first - begin}
    row |= {"months": [month_name(int(month)) for month in one.months[begin:]]}
    row |= {"observed": _plain(one.observed[begin:]), "bands": _bands(one.bands, begin)}
    row |= {"simulated": None if one.simulated is None else _bands(one.simulated)}
    row |= {"score": None if one.score is None else _score_row(one.score)}
    return row | {"simulated_score": None if one.simulated_score is None else _score_row(one.simulated_score)}


def _bands(bands: Bands, begin: int = 0) -> dict[str, list[float | None]]:
    return {name: _plain(getattr(bands, name)[begin:]) for name in BANDS}


def _plain(values: Iterable[float]) -> list[float | None]:
    return [_known(float(value)) for value in values]


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _score_row(score: Score) -> dict[str, Any]:
    names = ("months", "inside", "covered", "crps", "baseline", "skill", "is_unlike")
    return {name: getattr(score, name) for name in names}


def _scores(held: HeldOut | None, often: Sequence[HeldOut]) -> dict[str, dict[str, dict[str, Any]]]:
    found = {
        "record": {what: NOTHING if held is None else held.whole[what] for what in WHOLE},
        "engine": {what: NOTHING if held is None else held.simulated_whole[what] for what in WHOLE},
        "turns": {what: reduce(add, (one.whole[what] for one in often), NOTHING) for what in WHOLE},
    }
    return {who: {what: _score_row(score) for what, score in own.items()} for who, own in found.items()}


def _turn(record: Record, held: HeldOut) -> dict[str, Any]:
    ends = (held.stop, held.stop + held.ahead - 1)
    first, last = (month_name(int(record.months[place])) for place in ends)
    return {"first": first, "last": last, "scores": {what: _score_row(held.whole[what]) for what in WHOLE}}


def _unforeseen_rows(unforeseen: Iterable[Unforeseen]) -> list[dict[str, Any]]:
    return [_unforeseen_row(one) for one in unforeseen]


def _unforeseen_row(one: Unforeseen) -> dict[str, Any]:
    own = {"relation": one.relation, "level": one.level, "what": one.what}
    return own | {"hindrance": str(one.hindrance), "params": dict(one.params)}


def list_forecast_months(forecasts: Iterable[type_row]) -> Iterator[dict[str, Any]]:
    """Yield each month of forecasts as a row of a table: what was observed, the bands, and those of the engine.

    `is_held` marks the months that were told; the engine speaks of these alone.
    """
    for one in forecasts:
        for place, month in enumerate(one["months"]):
            ahead = place - one["held"]
            own = {name: one[name] for name in ("relation", "level", "what")}
            own |= {"month": month, "is_held": ahead >= 0, "observed": one["observed"][place]}
            engine = one["simulated"] if ahead >= 0 else None
            told = {f"engine_{name}": None if engine is None else engine[name][ahead] for name in BANDS}
            yield own | {name: one["bands"][name][place] for name in BANDS} | told


def list_observed_months(calibration: Calibration) -> Iterator[dict[str, Any]]:
    """Yield of every kind of matter on every level the numbers due and met in each of its whole months."""
    for one in calibration.observed:
        for place in range(one["first"], len(calibration.months)):
            own = {"relation": one["relation"], "level": one["level"], "month": calibration.months[place]}
            yield own | {"due": one["due"][place], "met": one["met"][place]}


def list_scores(calibration: Calibration) -> Iterator[dict[str, Any]]:
    """Yield all scores as rows of a table, those of all kinds together first.

    `by`: record, engine, turns (all stretches held out in turn), turn (one of these, `first` to `last`).
    """
    everything: dict[str, Any] = {"relation": "", "level": None}
    for who, own in calibration.scores.items():
        for what, score in own.items():
            yield {"by": who, "first": "", "last": "", **everything, "what": what, **score}
    for turn in calibration.turns:
        for what, score in turn["scores"].items():
            yield {"by": "turn", "first": turn["first"], "last": turn["last"], **everything, "what": what, **score}
    for one in calibration.held:
        kind = {name: one[name] for name in ("relation", "level", "what")}
        for who, score in (("record", one["score"]), ("engine", one["simulated_score"])):
            if score is not None:
                yield {"by": who, "first": "", "last": "", **kind, **score}
