"""The horizontal half of the page: blocks, pair matrices with their list, classes outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunzhang.governance.observatory.pages.curves import draw_length
from yunzhang.governance.observatory.pages.why.reason import class_word
from yunzhang.governance.observatory.pages.why.words import gain_word, line_word, percent, place_word, span
from yunzhang.governance.observatory.rules.stalls import share_range
from yunzhang.kit.lists import Column

MOST = 40  # blocks drawn in one matrix
PAIRS = 10  # pairs listed with it
MARKS = {
    "met": '<circle cx="6" cy="6" r="5"/>',
    "partly": '<circle class="ring" cx="6" cy="6" r="4.8"/><path class="half" d="M6 1.2a4.8 4.8 0 0 0 0 9.6z"/>',
    "unmet": '<circle class="ring" cx="6" cy="6" r="4.8"/>',
    "silent": '<path d="M2.5 5.2h7v1.6h-7z"/>',
}
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
    drawn = _drawn(one)
    return {
        "part": one["part"],
        "word": line_word(one["part"]),
        "head": [words[k] for k in drawn],
        "rows": [(words[k], cells) for k, cells in zip(drawn, _rows(one, drawn), strict=True)],
        "left_out": len(words) - len(drawn),
        "is_small": len(words) <= BESIDE,
        "blocks": len(words),
        "pairs": one["pairs"],
        "states": [
            (draw_mark(state), state_word(state), sum(pair.state == state for pair in pairs)) for state in MARKS
        ],
        "alone": [words[k] for k in one["alone"]],
        "lacking": [(short[k], [column.value(short[k]) for column in COLUMNS[3:]]) for k in sorted(most)],
        "needed": needed,
    }


def _drawn(one: dict[str, Any]) -> list[int]:
    # where there are too many, those that deal with anybody come first; shown in official order all the same
    alone = set(one["alone"])
    return sorted(sorted(range(len(one["blocks"])), key=lambda k: k in alone)[:MOST])


def draw_mark(state: str) -> SafeString:
    """Return the small mark of a pair's state: full, half or empty circle, or a dash."""
    return mark_safe(  # noqa: S308 - constants only
        f'<svg class="pm pm-{state}" viewBox="0 0 12 12" aria-hidden="true">{MARKS[state]}</svg>'
    )


def _rows(one: dict[str, Any], drawn: list[int]) -> list[SafeString]:
    place = {block: k for k, block in enumerate(drawn)}
    table = [["<td></td>"] * len(drawn) for _row in drawn]
    for a, b in one["silent"]:
        _put(table, place.get(a), place.get(b), '<td class="c-silent">–</td>')
    for a, b, asked, met, need, ought in one["cells"]:
        if asked or ought:
            state = Pair("", "", "", asked, met, need).state
            count = f"{draw_mark(state)}{shown(met)}/{shown(asked)}" if asked else f"–/{shown(need)}"
            _put(table, place.get(a), place.get(b), f'<td class="c-{state}">{count}</td>')
    for k in range(len(drawn)):
        table[k][k] = '<td class="c-self"></td>'
    return [mark_safe("".join(row)) for row in table]  # noqa: S308 - numbers only


def _put(table: list[list[str]], a: int | None, b: int | None, cell: str) -> None:
    if a is not None and b is not None:
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
