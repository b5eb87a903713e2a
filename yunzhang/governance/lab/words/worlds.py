"""What the map of worlds says: its axes, who wins where, and how much of that chance alone would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.rules.paths.summary import WINNERS, MapFacts, is_clear, sum_up_map
from yunzhang.kit.mosaic import Mosaic, Scale

SIGNS = {"keep_line": "■", "give_up_line": "○", "not_distinguishable": "·", "unaffordable": "×"}
DOWN, ACROSS = "vacancy", "line_upkeep"  # the two axes without which giving the line up never wins
ORDER = (
    "retries",
    "xi",
    "links",
    "given_up",
    "spread",
    "vacancy",
    "line_upkeep",
)  # inside a panel, the outermost first
type_row = Mapping[str, Any]


def axis_words() -> dict[str, str]:
    """Return what each axis of the map is called."""
    return {
        "xi": _("需求范围 ξ"),
        "vacancy": _("负责人空缺"),
        "retries": _("重试次数"),
        "spread": _("绕开拥堵"),
        "given_up": _("放弃的层级"),
        "line_upkeep": _("层级年维持成本"),
        "links": _("预算（每单位联系）"),
    }


def short_words() -> dict[str, str]:
    """Return what each axis is called beside a value in a picture."""
    return {
        "xi": "ξ",
        "vacancy": _("空缺"),
        "retries": _("重试"),
        "spread": _("绕堵"),
        "given_up": _("放弃"),
        "line_upkeep": _("维持成本"),
        "links": _("预算"),
    }


def winner_words() -> dict[str, str]:
    """Return what each outcome of a comparison is called."""
    return {
        "keep_line": _("保留层级"),
        "give_up_line": _("放弃层级"),
        "not_distinguishable": _("难分"),
        "unaffordable": _("付不起"),
    }


def say_winner(winner: str) -> str:
    """Return who wins a world, as a shape and a word."""
    return f"{SIGNS[winner]} {winner_words()[winner]}"


def say_value(name: str, value: Any) -> str:
    """Return the value of an axis in words."""
    if name == "spread":
        return _("是") if value else _("否")
    if name in ("vacancy", "given_up"):
        return f"{value:.0%}"
    return "∞" if value in ("inf", float("inf")) else f"{value:g}"


def facts_of(body: type_row) -> MapFacts:
    """Return the facts of a map as the finding holds it."""
    return sum_up_map(body["rows"], runs=int(body["assumed"]["runs"]))


def say_map(body: type_row) -> str:
    """Return in a sentence how many worlds go which way."""
    facts = facts_of(body)
    said = (
        _(
            "同等预算的 %(whole)s 种情形中，保留层级较好的有 %(keep)s 种，放弃层级较好的有 %(give_up)s 种，"
            "难分 %(alike)s 种，付不起 %(not)s 种"
        )
        if facts.won["unaffordable"]
        else _(
            "同等预算的 %(whole)s 种情形中，保留层级较好的有 %(keep)s 种，放弃层级较好的有 %(give_up)s 种，"
            "难分 %(alike)s 种"
        )
    )
    told = {"whole": f"{facts.worlds:,}", "keep": f"{facts.won['keep_line']:,}", "give_up": facts.won["give_up_line"]}
    return said % (told | {"alike": facts.won["not_distinguishable"], "not": facts.won["unaffordable"]})


def say_chance(body: type_row) -> list[str]:
    """Return how each world was decided, and how many chance alone would decide."""
    facts, setting = facts_of(body), body["assumed"]
    told = {"runs": facts.runs, "messages": f"{setting['messages']:,}", "chance": f"{facts.by_chance:.0f}"}
    told |= {"clear": f"{facts.clear_by_chance:.0f}"}
    told |= {"keep": facts.clear["keep_line"], "give_up": facts.clear["give_up_line"]}
    return [
        _(
            "每种情形运行 %(runs)s 次，每次 %(messages)s 件；两条路径用同样的联系、空缺和消息，"
            "相差超过两个标准误才分出高下。"
        )
        % told,
        _(
            "即使两条路径处处一样好，单凭偶然每一方也会在约 %(chance)s 种情形中显得较好；"
            "相差超过四个标准误的，保留层级有 %(keep)s 种，放弃层级有 %(give_up)s 种，"
            "单凭偶然每一方只会有约 %(clear)s 种。"
        )
        % told,
    ]


def say_budget(assumed: type_row) -> str:
    """Return in a sentence what is equal in every world."""
    said = _(
        "每种情形比较的是同等预算：保留层级的一方用预算建立联系；放弃层级的一方先付放弃的成本，再把省下的层级维持成本也用于联系。"
        "维持成本按终点状态计满 %(years)s 年。"
    )
    return said % {"years": f"{assumed['costs']['years']:g}"}


def say_where(body: type_row) -> list[str]:
    """Return for each axis how often the advice fails at each of its values: where it fails, not why."""
    where, told = facts_of(body).where, []
    for name, values in body["axes"].items():
        counts = [(value, where[name][value]) for value in values]
        parts = [f"{say_value(name, value)} → {won['give_up_line']}/{sum(won.values())}" for value, won in counts]
        told.append(axis_words()[name] + _("：") + " · ".join(parts))
    return told


def make_mosaic(body: type_row, down: str = DOWN, across: str = ACROSS) -> Mosaic:
    """Return all worlds as panels of two axes, in each panel a cell for every world of the other axes."""
    axes, facts = body["axes"], facts_of(body)
    rows, columns = _split(axes, down, across)
    at = {tuple(row[name] for name in (down, across, *rows, *columns)): row for row in body["rows"]}
    cells = {
        (y, x): [
            [_cell(at[(axes[down][y], axes[across][x], *line, *column)]) for column in _worlds(axes, columns)]
            for line in _worlds(axes, rows)
        ]
        for y, x in product(range(len(axes[down])), range(len(axes[across])))
    }
    return Mosaic(
        title=_("全部情形中哪条路径较好"),
        down=_scale(down, axes),
        across=_scale(across, axes),
        rows=tuple(_scale(name, axes) for name in rows),
        columns=tuple(_scale(name, axes) for name in columns),
        cells=cells,
        marks=tuple(winner_words()[winner] for winner in WINNERS if winner != WINNERS[-1] or facts.won[winner]),
        small=_("小：相差二至四个标准误"),
        outline=_("粗线：放弃层级较好的范围"),
    )


def say_layout(mosaic: Mosaic, body: type_row, down: str = DOWN, across: str = ACROSS) -> list[str]:
    """Return how the picture is read: what runs down and across, among the panels and in each."""
    rows, columns = _split(body["axes"], down, across)
    among = _("各格：由上到下为%(down)s，由左到右为%(across)s。")
    inside = _("每格之内：由上到下为%(down)s；由左到右为%(across)s。每个符号是一种情形。")
    told = {"down": _run(down, body), "across": _run(across, body)}
    within = {
        name: _("，其中各为").join(_run(each, body) for each in axes)
        for name, axes in (("down", rows), ("across", columns))
    }
    return [among % told, inside % within]


def _run(name: str, body: type_row) -> str:
    return f"{axis_words()[name]} {' / '.join(say_value(name, value) for value in body['axes'][name])}"


def count_panels(body: type_row, down: str = DOWN, across: str = ACROSS) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of how many worlds go which way in each panel of the mosaic."""
    heads = [f"{axis_words()[down]} ╲ {axis_words()[across]}"]
    heads += [say_value(across, value) for value in body["axes"][across]]
    lines = []
    for value in body["axes"][down]:
        own = [row for row in body["rows"] if row[down] == value]
        cells = [_count([row for row in own if row[across] == each]) for each in body["axes"][across]]
        lines.append([say_value(down, value), *cells])
    return heads, lines


def _count(rows: Sequence[type_row]) -> str:
    won = {winner: sum(row["winner"] == winner for row in rows) for winner in WINNERS}
    return "  ".join(f"{SIGNS[name]} {many}" for name, many in won.items() if many or name != WINNERS[-1])


def _cell(row: type_row) -> tuple[int, bool]:
    return WINNERS.index(row["winner"]), is_clear(row)


def _scale(name: str, axes: Mapping[str, Sequence[Any]]) -> Scale:
    return Scale(short_words()[name], tuple(say_value(name, value) for value in axes[name]))


def _worlds(axes: Mapping[str, Sequence[Any]], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return product(*(axes[name] for name in names))


def _split(axes: Mapping[str, Sequence[Any]], down: str, across: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # the other axes among rows and columns so that the whole is about as wide as high
    others = [name for name in ORDER if name not in (down, across)]
    sizes = {name: len(axes[name]) for name in axes}
    best = min(
        (rows for count in range(len(others) + 1) for rows in combinations(others, count)),
        key=lambda rows: abs(
            sizes[down] * prod(sizes[name] for name in rows)
            - sizes[across] * prod(sizes[name] for name in others if name not in rows)
        ),
    )
    return best, tuple(name for name in others if name not in best)
