"""Held-out months told from those before them and scored; months to come; or the reasons why nothing is told.

The posterior predictive of `counts` and `shares`; `simulating` adds what the engine makes of the same estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from yunzhang.base.errors import zh
from yunzhang.governance.lab.rules.calibration.checks import LEAST_MONTHS, Stretch, find_hindrances
from yunzhang.governance.lab.rules.calibration.drawing import (
    DUE,
    MET,
    Bands,
    draw_answers,
    draw_baseline,
    draw_due,
    find_bands,
    has_answer,
    share_of,
)
from yunzhang.governance.lab.rules.calibration.record import Record
from yunzhang.governance.lab.rules.calibration.scoring import NOTHING, Score, score
from yunzhang.governance.lab.terms import Hindrance, NoForecast, Unforeseen

DRAWS = 1000
AHEAD = 3  # months


@dataclass(frozen=True, slots=True)
class Forecast:
    """One kind of matter on one level by month, ready for a plot: what was observed, what was told, and how well.

    `what`: due (matters falling due) or met (share of these met in time). `held` marks the months that were told; the
    bands of others are what the estimate says of months like those it was made of. `observed` is NaN for months to
    come. `score` is None there; `simulated` and its score are the engine's, None until it ran.
    """

    relation: str
    level: int
    what: str
    months: np.ndarray  # since 1970
    held: np.ndarray
    observed: np.ndarray
    bands: Bands
    score: Score | None
    simulated: Bands | None = None
    simulated_score: Score | None = None


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well months are told from those before: forecasts by cell, what is not forecast, and scores in whole.

    `whole` by what is told, and for both under ""; `simulated_whole` alike, empty until the engine ran.
    """

    stop: int  # place of the first held-out month in the record
    ahead: int
    forecasts: tuple[Forecast, ...]
    unforeseen: tuple[Unforeseen, ...]
    whole: dict[str, Score]
    simulated_whole: dict[str, Score]


def hold_out(
    record: Record,
    *,
    ahead: int = AHEAD,
    stop: int | None = None,
    seed: int = 1,
    draws: int = DRAWS,
    bold: bool = False,
) -> HeldOut:
    """Return how `ahead` whole months (3 at least; the last, or from place `stop`) are told by those before them.

    Numbers due are drawn from the gamma-Poisson, shares met, given how many fell due, from the beta-binomial. The
    baseline carries the last three fitted months forward, with Poisson and binomial noise. `bold` tells also what
    should not be told, where anything is on record. Raises NoForecast where nothing is left. Source [S122], [S144].
    """
    if ahead < AHEAD:
        raise ValueError(f"fewer than {AHEAD} months")
    stop = record.count - ahead if stop is None else stop
    if stop + ahead > record.count:
        raise ValueError("the record ends before the months that are held out")
    told, kept = _sift(record, stop, ahead, seed, bold=bold)
    forecasts = tuple(_tell(record, span, what, seed=seed, draws=draws) for span, what in told)
    if not forecasts:
        raise refusal(kept)
    return HeldOut(stop, ahead, forecasts, tuple(kept), add_scores(forecasts), {})


def hold_out_often(
    record: Record, *, ahead: int = AHEAD, seed: int = 1, draws: int = DRAWS, least: int = LEAST_MONTHS
) -> tuple[HeldOut, ...]:
    """Return every stretch of `ahead` months held out in turn, from the last back to `least` months after the first.

    One quarter is one throw where all kinds of matters share their moods; several in turn say more. Those of which
    nothing can be told are left out; none may be left.
    """
    found = []
    for stop in range(record.count - ahead, least - 1, -ahead):
        try:
            found.append(hold_out(record, ahead=ahead, stop=stop, seed=seed, draws=draws))
        except NoForecast:
            continue
    return tuple(found[::-1])


def foresee(
    record: Record, *, ahead: int = AHEAD, seed: int = 1, draws: int = DRAWS
) -> tuple[tuple[Forecast, ...], tuple[Unforeseen, ...]]:
    """Return forecasts of the months that follow the record, and what is not forecast. Raises NoForecast."""
    told, kept = _sift(record, record.count, ahead, seed, bold=False)
    if not told:
        raise refusal(kept)
    return tuple(_tell(record, span, what, seed=seed, draws=draws) for span, what in told), tuple(kept)


def _sift(
    record: Record, stop: int, ahead: int, seed: int, *, bold: bool
) -> tuple[list[tuple[Stretch, str]], list[Unforeseen]]:
    told: list[tuple[Stretch, str]] = []
    kept: list[Unforeseen] = []
    for cell in range(len(record.cells)):
        span = Stretch(cell, int(record.first[cell]), stop, ahead)
        found = find_hindrances(record, span, seed=seed)
        kept += found
        barred = {one.what for one in found}
        matters = record.due[cell, span.begin : stop].sum() if span.months else 0
        told += [(span, what) for what in (DUE, MET) if (bold and matters > 0) or not barred & {"", what}]
    return told, kept


def refusal(kept: list[Unforeseen]) -> NoForecast:
    """Return the refusal of a whole forecast: the reason that holds most often, and all of them as `unforeseen`."""
    if not kept:
        return NoForecast(problem=zh("没有可用的事项记录"), unforeseen=())
    reasons = [one.hindrance for one in kept]
    most = max(Hindrance, key=reasons.count)
    return NoForecast(problem=next(one.sentence for one in kept if one.hindrance == most), unforeseen=tuple(kept))


def _tell(record: Record, span: Stretch, what: str, *, seed: int, draws: int) -> Forecast:
    months = np.arange(span.begin, span.stop + span.ahead) + int(record.months[0])
    held = np.arange(len(months)) >= span.months
    due, met = (_known(counts[span.cell], span) for counts in (record.due, record.met))
    drawn = draw_due(record, span, seed=seed, draws=draws)
    if what == DUE:
        bands, observed, target = find_bands(drawn), due, due
    else:
        asked = np.where(np.isnan(due), drawn, due)  # a share is told given how many fell due, where that is known
        drawn = draw_answers(record, span, asked, seed=seed)
        bands, observed, target = find_bands(share_of(drawn, asked)), share_of(met, due), met
    one = Forecast(*record.cells[span.cell], what, months, held, observed, bands, None)
    if np.isnan(target[held]).any():
        return one
    baseline = draw_baseline(record, span, what, seed=seed, draws=draws)
    return replace(one, score=score(drawn[:, held], target[held], baseline, some=has_answer(due[held], what)))


def _known(counts: np.ndarray, span: Stretch) -> np.ndarray:
    # of a stretch, NaN for months behind the record
    seen = counts[span.begin : span.stop + span.ahead].astype(np.float64)
    return np.concatenate([seen, np.full(span.months + span.ahead - len(seen), np.nan)])


def add_scores(forecasts: tuple[Forecast, ...], *, simulated: bool = False) -> dict[str, Score]:
    """Return the scores of all cells together by what is told, and of both under ""."""
    found = {}
    for what in (DUE, MET):
        own = [(one.simulated_score if simulated else one.score) for one in forecasts if one.what == what]
        found[what] = reduce(add, (each for each in own if each is not None), NOTHING)
    return found | {"": found[DUE] + found[MET]}
