"""What the report of the paths says: steps with what they cost and bring, planes, and where the advice fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yunzhang.governance.lab.commands.report.page import language_code, style
from yunzhang.governance.lab.words import paths, worlds
from yunzhang.governance.lab.words.pictures import list_figures, list_planes
from yunzhang.governance.lab.words.verdict import signed
from yunzhang.governance.lab.words.worlds import SIGNS, axis_words, say_value, winner_words
from yunzhang.kit.mosaic import NARROW, draw_mosaic
from yunzhang.kit.pictures import CHART, PLANE

TEMPLATE = "lab/file/paths.html"
BLOCKS, ROWS, COLUMNS = ("given_up", "line_upkeep", "links"), ("xi", "vacancy"), ("retries", "spread")
FIGURES = ("line", "links", "cost", "delivered", "busiest", "without_top", "hops", "v", "h")
type_row = Mapping[str, Any]


def render_paths(found: Mapping[str, type_row], facts: Sequence[tuple[str, str]]) -> bytes:
    """Return the whole page; `found` holds `paths`, `learning`, and `map` where it was asked for."""
    walked = found["paths"]
    rows, heads_and_ends = walked["rows"], paths.compare_ends(walked["rows"])
    context = {
        "language": language_code(),
        "style": style(),
        "marks": [_("学术情景 · 模拟"), _("学术测量，不代表官方评价")],
        "sentence": paths.say_paths(rows),
        "loads": paths.say_loads(rows),
        "priced": [paths.say_costs(walked["assumed"]), paths.say_walked()],
        "ends": dict(zip(("heads", "rows"), heads_and_ends, strict=True)),
        "charts": list(list_figures(walked, CHART)),
        "planes": list(list_planes(walked, PLANE)),
        "heads": step_heads(),
        "steps": [
            (f"{name} · {paths.mode_words(walked['paths'][path])}", [step_cells(row)[1:] for row in own])
            for path, name in paths.path_words().items()
            if (own := paths.rows_of(rows, path))
        ],
        "learning": [learning_cells(row) for row in found["learning"]["rows"]],
        "map": map_context(found["map"]) if "map" in found else None,
        "assumed": list(list_assumed(walked["assumed"])),
        "facts": facts,
    }
    return render_to_string(TEMPLATE, context).encode()


def step_heads() -> list[str]:
    """Return the heads of the steps of paths."""
    words = paths.figure_words()
    return [_("路径"), _("步"), *(words[name] for name in FIGURES)]


def step_cells(row: type_row) -> list[str]:
    """Return one step of a path as text: path, step, and every figure with its error."""
    name = paths.path_words()[row["path"]]
    return [name, str(row["step"]), *(paths.figure(row, each) for each in FIGURES)]


def learning_cells(row: type_row) -> tuple[str, ...]:
    """Return one cell of the comparison where units learn."""
    gap = f"{row['difference']:+.3f} ± {row['se']:.3f}".replace("-", "−")
    known = f"{row['known_keep']:.3f}", f"{row['known_give_up']:.3f}"
    return (str(row["k"]), f"{row['turnover']:g}", str(row["day"]), *known, gap, winner_words()[row["winner"]])


def count_by_value(found: type_row) -> Iterator[tuple[str, str, list[int]]]:
    """Yield for each value of each axis how many worlds go which way, in the order of the winners."""
    where = worlds.facts_of(found).where
    for axis, values in found["axes"].items():
        for value in values:
            yield axis_words()[axis], say_value(axis, value), [where[axis][value][winner] for winner in SIGNS]


def map_context(found: type_row) -> dict[str, Any]:
    """Return the map as a picture with its numbers, and as blocks of cells: who delivers more, and by how much."""
    axes, words, mosaic = found["axes"], axis_words(), worlds.make_mosaic(found)
    columns = list(product(*(axes[name] for name in COLUMNS)))
    return {
        "sentence": worlds.say_map(found),
        "said": [*worlds.say_chance(found), worlds.say_budget(found["assumed"])],
        "pictures": [("wide", draw_mosaic(mosaic)), ("narrow", draw_mosaic(mosaic, width=NARROW))],
        "layout": worlds.say_layout(mosaic, found),
        "panels": dict(zip(("heads", "rows"), worlds.count_panels(found), strict=True)),
        "legend": [(SIGNS[winner], name) for winner, name in winner_words().items()],
        "rows": [words[name] for name in ROWS],
        "columns": [_named(COLUMNS, each, " · ") for each in columns],
        "blocks": list(_blocks(found, columns)),
        "winners": list(winner_words().values()),
        "counts": list(count_by_value(found)),
    }


def _blocks(found: type_row, columns: Sequence[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    at = {tuple(row[axis] for axis in (*BLOCKS, *ROWS, *COLUMNS)): row for row in found["rows"]}
    axes = found["axes"]
    for block in product(*(axes[name] for name in BLOCKS)):
        lines = [
            (
                [say_value(axis, value) for axis, value in zip(ROWS, row, strict=True)],
                [_cell(at[(*block, *row, *column)]) for column in columns],
            )
            for row in product(*(axes[name] for name in ROWS))
        ]
        yield {"name": _named(BLOCKS, block, _("；")), "rows": lines}


def _named(axes: Sequence[str], values: Sequence[Any], between: str) -> str:
    words = axis_words()
    return between.join(f"{words[axis]} {say_value(axis, value)}" for axis, value in zip(axes, values, strict=True))


def _cell(row: type_row) -> str:
    gap = "" if row["difference"] is None else f" {signed(row['difference'])}"
    return SIGNS[row["winner"]] + gap


def list_assumed(assumed: type_row) -> Iterator[tuple[str, str]]:
    """Yield every assumption a path stands on, by its name in the parameters."""
    for name, value in assumed.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", _plain(each)) for key, each in value.items())
        else:
            yield name, _plain(value)


def _plain(value: object) -> str:
    # an assumption as the file of parameters spells it
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "∞" if value == "inf" else f"{value:g}" if isinstance(value, (int, float)) else str(value)
