"""The horizontal half of the page: blocks, pair matrices with their list, classes outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory.pages.curves import draw_length
from yunzhang.governance.observatory.pages.why.reason import class_word
from yunzhang.governance.observatory.pages.why.words import gain_word, line_word, percent, place_word, span
from yunzhang.governance.observatory.rules.stalls import share_range
from yunzhang.kit.lists import Column

MOST = 40  # blocks drawn in one matrix
PAIRS = 10  # pairs listed with it
BESIDE = 16  # up to so many blocks the list stands beside the matrix


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair as list and workbook show it."""

    part: str
    a: str
    b: str
    asked: float
    met: float
    need: float

    @property
    def lacking(self) -> float:
        """How many asked or expected were not met in time."""
        return max(self.need - self.met, 0.0)

    @property
    def state(self) -> str:
        """met | partly | unmet | silent."""
        if self.asked <= 0:
            return "silent"
        return "met" if self.met >= self.need else "partly" if self.met > 0 else "unmet"


COLUMNS: Sequence[Column] = (
    Column("part", gettext_lazy("方面"), lambda row: line_word(row.part)),
    Column("a", gettext_lazy("一方"), lambda row: row.a),
    Column("b", gettext_lazy("另一方"), lambda row: row.b),
    Column("asked", gettext_lazy("提出"), lambda row: shown(row.asked), kind="number"),
    Column("met", gettext_lazy("按期办成"), lambda row: shown(row.met), kind="number"),
    Column("need", gettext_lazy("应有"), lambda row: shown(row.need), kind="number"),
    Column("state", gettext_lazy("情况"), lambda row: state_word(row.state)),
)


def shown(count: float) -> int | float:
    """Return a count as a whole number where it is one."""
    return int(count) if count == int(count) else round(count, 1)


def state_word(state: str) -> str:
    """Return the word of a pair's state."""
    return {
        "met": _("全部按期"),
        "partly": _("部分按期"),
        "unmet": _("均未按期"),
        "silent": _("没有往来"),
    }[state]


def find_across(body: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """Return what the template shows of the horizontal half."""
    return {
        "blocks": [_block(one) for one in body["blocks"]],
        "matrices": [_matrix(one, names, needed=one["part"] in body["blind"]["needed"]) for one in body["matrices"]],
        "columns": [column.heading for column in COLUMNS[3:]],
        "outside": [_outside(one) for one in body["outside"]],
    }


def _block(one: dict[str, Any]) -> dict[str, Any]:
    low, high = share_range(one["met"], one["due"])
    return {
        "name": place_word(one["name"]),
        "part": line_word(one["part"]),
        "met": shown(one["met"]),
        "due": shown(one["due"]),
        "bar": draw_length(min(one["met"] / one["due"], 1.0), low, high, vertical=False),
        "gain": gain_word(one["gain"]),
        "gain_span": f"{one['low']:.3f}–{one['high']:.3f}",
    }


def list_pairs(body: dict[str, Any], names: dict[int, str]) -> list[Pair]:
    """Return all pairs that were asked or expected anything, in official order."""
    return [pair for one in body["matrices"] for pair in _pairs(one, names)]


def _pairs(one: dict[str, Any], names: dict[int, str]) -> list[Pair]:
    words = [_name(block, names) for block in one["blocks"]]
    cells = {(a, b): (asked, met, need) for a, b, asked, met, need, _ought in one["cells"]}
    silent = dict.fromkeys(map(tuple, one["silent"]), (0.0, 0.0, 1.0))
    found = silent | cells
    return [Pair(one["part"], words[a], words[b], *found[a, b]) for a, b in sorted(found)]


def _name(block: list[Any], names: dict[int, str]) -> str:
    number, name, _is_government = block
    return names.get(number) or place_word(name)


def _matrix(one: dict[str, Any], names: dict[int, str], *, needed: bool) -> dict[str, Any]:
    words = [_name(block, names) for block in one["blocks"]]
    pairs = _pairs(one, names)
    short = [pair for pair in pairs if pair.lacking > 0 and (pair.asked > 0 or pair.need > 1 or needed)]
    most = sorted(range(len(short)), key=lambda k: -short[k].lacking)[:PAIRS]
    counts = {state: sum(pair.state == state for pair in pairs) for state in ("met", "partly", "unmet", "silent")}
    return {
        "part": one["part"],
        "word": line_word(one["part"]),
        "head": words[:MOST],
        "rows": _rows(one, words[:MOST]),
        "left_out": max(len(words) - MOST, 0),
        "is_small": len(words) <= BESIDE,
        "blocks": len(words),
        "pairs": one["pairs"],
        "states": [(state, state_word(state), count) for state, count in counts.items()],
        "alone": [words[k] for k in one["alone"]],
        "lacking": [(short[k], [column.value(short[k]) for column in COLUMNS[3:]]) for k in sorted(most)],
        "needed": needed,
    }


def _rows(one: dict[str, Any], words: list[str]) -> list[tuple[str, list[dict[str, Any] | None]]]:
    table: list[list[dict[str, Any] | None]] = [[None] * len(words) for _row in words]
    for a, b, asked, met, need, ought in one["cells"]:
        pair = Pair(one["part"], "", "", asked, met, need)
        _put(
            table,
            a,
            b,
            {
                "state": pair.state if asked or ought else "none",
                "met": shown(met),
                "asked": shown(asked),
                "need": shown(need),
            },
        )
    for a, b in one["silent"]:
        if max(a, b) < len(words) and table[a][b] is None:
            _put(table, a, b, {"state": "silent"})
    for k in range(len(words)):
        table[k][k] = {"state": "self"}
    return list(zip(words, table, strict=True))


def _put(table: list[list[dict[str, Any] | None]], a: int, b: int, cell: dict[str, Any]) -> None:
    if max(a, b) < len(table):
        table[a][b] = table[b][a] = cell


def _outside(one: dict[str, Any]) -> dict[str, Any]:
    asked, met, governments, dealing = one["asked"], one["met"], one["governments"], one["dealing"]
    low, high = share_range(dealing, governments)
    return {
        "word": class_word(one["class"]),
        "is_absent": not asked,
        "asked": f"{asked:,}",
        "met": f"{met:,}",
        "share": percent(met / asked) if asked else "",
        "distinct": f"{one['distinct']:,}",
        "governments": f"{governments:,}",
        "dealing": f"{dealing:,}",
        "without": f"{governments - dealing:,}",
        "bar": draw_length(dealing / governments, low, high, vertical=False),
        "span": span(low, high),
        "missing": [place_word(name) for _number, name, _is_government in one["missing"]],
        "more": one["more"],
    }
