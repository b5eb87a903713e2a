"""What the report of the paths says: steps with what they cost and bring, planes, and where the advice fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yunzhang.governance.lab.commands.report.page import language_code, style
from yunzhang.governance.lab.rules.paths.summary import sum_up_map
from yunzhang.governance.lab.words.paths import SIGNS, axis_words, path_words, say_map, value_word, winner_words
from yunzhang.governance.lab.words.verdict import signed, two
from yunzhang.kit.pictures import draw_lines, draw_plane
from yunzhang.kit.wording import term

TEMPLATE = "lab/file/paths.html"
BLOCKS, ROWS, COLUMNS = ("given_up", "line_upkeep", "links"), ("xi", "vacancy"), ("retries", "spread")
MODES = ("loose", "authoritative", "cooperative", "collaborative")
CURVES = ("keep_line", "give_up_line", "build_line", "both_at_once", "detour")
type_row = Mapping[str, Any]
type_line = tuple[str, list[float], list[float], list[float]]


def render_paths(found: Mapping[str, type_row], facts: Sequence[tuple[str, str]]) -> bytes:
    """Return the whole page; `found` holds `paths`, `learning`, and `map` where it was asked for."""
    rows = found["paths"]["rows"]
    context = {
        "language": language_code(),
        "style": style(),
        "marks": [_("学术情景 · 模拟"), _("学术测量，不代表官方评价")],
        "sentence": say_paths(rows),
        "charts": [chart(rows, "delivered", _("送达比重")), chart(rows, "busiest", _("最忙单位负荷"))],
        "planes": list(list_planes(found["paths"])),
        "steps": [step_cells(row) for row in rows],
        "learning": [learning_cells(row) for row in found["learning"]["rows"]],
        "map": map_context(found["map"]) if "map" in found else None,
        "assumed": list(list_assumed(found["paths"]["assumed"])),
        "facts": facts,
    }
    return render_to_string(TEMPLATE, context).encode()


def _ends(rows: Sequence[type_row], path: str) -> tuple[type_row, type_row]:
    own = [row for row in rows if row["path"] == path]
    return own[0], own[-1]


def say_paths(rows: Sequence[type_row]) -> str:
    """Return in a sentence what keeping the line and giving it up come to."""
    (start, keep), (_start, give_up) = _ends(rows, "keep_line"), _ends(rows, "give_up_line")
    said = _(
        "从权威型出发，保留层级、增加联系后送达由 %(start)s 变为 %(keep)s，最忙单位负荷由 %(before)s 变为 %(after)s；"
        "放弃层级、换取联系后送达为 %(give_up)s"
    )
    told = {"start": two(start["delivered"]), "keep": two(keep["delivered"]), "before": two(start["busiest"])}
    return said % (told | {"after": two(keep["busiest"]), "give_up": two(give_up["delivered"])})


def chart(rows: Sequence[type_row], name: str, title: str) -> dict[str, str]:
    """Return one figure of paths against what was spent so far."""
    words = path_words()
    held = {path: [row for row in rows if row["path"] == path] for path in CURVES}
    lines: list[type_line] = [
        (words[path], [row["cost"] for row in own], [row[name] for row in own], []) for path, own in held.items()
    ]
    return {"title": title, "picture": draw_lines(lines, title, "", "")}


def list_planes(found: type_row) -> Iterator[tuple[str, str]]:
    """Yield each path on the plane: where the runs begin and end, and the steps between."""
    words = {"title": term("mode_plane"), "v": term("v"), "h": term("h"), "before": _("起点"), "after": _("终点")}
    words |= {mode: term(f"mode_{mode}") for mode in MODES}
    for path, name in path_words().items():
        own = [row for row in found["rows"] if row["path"] == path]
        start, end = (_cloud(found, row) for row in (own[0], own[-1]))
        course = [(row["v"], row["h"]) for row in own]
        yield name, draw_plane(start, end, course, words | {"title": name})


def _cloud(found: type_row, row: type_row) -> list[tuple[float, float]]:
    return [(v, h) for v, h in found["clouds"][f"{row['line']:g} {row['links']:g}"]]


def step_cells(row: type_row) -> tuple[str, ...]:
    """Return one step of a path as text: path, step, line, links, cost, delivered, busiest, without top, V, H."""
    delivered = f"{row['delivered']:.3f} ± {row['delivered_se']:.3f}" if row["delivered_se"] is not None else "–"
    numbers = (two(row[name]) for name in ("busiest", "without_top", "v", "h"))
    first = (path_words()[row["path"]], str(row["step"]), two(row["line"]), f"{row['links']:g}", two(row["cost"]))
    return (*first, delivered, *numbers)


def learning_cells(row: type_row) -> tuple[str, ...]:
    """Return one cell of the comparison where units learn."""
    gap = f"{signed(row['difference'])} ± {row['se']:.3f}"
    known = two(row["known_keep"]), two(row["known_give_up"])
    return (str(row["k"]), f"{row['turnover']:g}", str(row["day"]), *known, gap, winner_words()[row["winner"]])


def count_by_value(found: type_row) -> Iterator[tuple[str, str, list[int]]]:
    """Yield for each value of each axis how many worlds go which way, in the order of the winners."""
    where = sum_up_map(found["rows"]).where
    for axis, values in found["axes"].items():
        for value in values:
            yield axis_words()[axis], value_word(value), [where[axis][value][winner] for winner in SIGNS]


def map_context(found: type_row) -> dict[str, Any]:
    """Return the map as blocks of cells: a sign for who delivers more, and the difference."""
    at = {tuple(row[axis] for axis in (*BLOCKS, *ROWS, *COLUMNS)): row for row in found["rows"]}
    axes, words = found["axes"], axis_words()
    columns = list(product(*(axes[name] for name in COLUMNS)))
    blocks = []
    for block in product(*(axes[name] for name in BLOCKS)):
        lines = [
            ([value_word(value) for value in row], [_cell(at[(*block, *row, *column)]) for column in columns])
            for row in product(*(axes[name] for name in ROWS))
        ]
        named = zip(BLOCKS, block, strict=True)
        blocks.append({"name": "；".join(f"{words[axis]} {value_word(value)}" for axis, value in named), "rows": lines})
    return {
        "sentence": say_map(found["rows"]),
        "legend": [(SIGNS[winner], name) for winner, name in winner_words().items()],
        "rows": [words[name] for name in ROWS],
        "columns": [" · ".join(f"{words[axis]} {value_word(v)}" for axis, v in zip(COLUMNS, each, strict=True))
                    for each in columns],
        "blocks": blocks,
        "winners": list(winner_words().values()),
        "counts": list(count_by_value(found)),
    }  # fmt: skip


def _cell(row: type_row) -> str:
    gap = "" if row["difference"] is None else f" {signed(row['difference'])}"
    return SIGNS[row["winner"]] + gap


def list_assumed(assumed: type_row) -> Iterator[tuple[str, str]]:
    """Yield every assumption a path stands on, by its name in the parameters."""
    for name, value in assumed.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", value_word(each)) for key, each in value.items())
        else:
            yield name, value_word(value)
