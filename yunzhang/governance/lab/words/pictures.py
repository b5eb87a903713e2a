"""Pictures of paths, each with the same numbers as a table: for the page and for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunzhang.governance.lab.words.paths import (
    FIGURES,
    FROM_AUTHORITY,
    FROM_LOOSE,
    figure,
    figure_words,
    mode_names,
    mode_words,
    path_words,
    rows_of,
)
from yunzhang.kit.pictures import draw_lines, draw_plane
from yunzhang.kit.wording import term

type_row = Mapping[str, Any]
type_cloud = list[tuple[float, float]]


def list_planes(body: type_row, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Yield each path on the plane of modes: where its runs begin and end, its steps, and the same as a table."""
    words = {"v": term("v"), "h": term("h"), "before": _("起点"), "after": _("终点")}
    words |= mode_names() | {"authoritative": mode_names()["authority"]}
    for path, modes in body["paths"].items():
        own, title = rows_of(body["rows"], path), path_words()[path]
        before, after = (_cloud(body, own[at]) for at in (0, -1))
        way = [(row["v"], row["h"]) for row in own]
        yield {
            "title": title,
            "said": mode_words(modes),
            "picture": draw_plane(before, after, way, words | {"title": title}, size=size),
            "heads": [_("步"), "V", "H", _("各次运行的 V"), _("各次运行的 H")],
            "rows": list(_plane_rows(own, (before, after))),
        }


def _cloud(body: type_row, row: type_row) -> type_cloud:
    return [(v, h) for v, h in body["clouds"][f"{row['line']:g} {row['links']:g}"]]


def _plane_rows(own: Sequence[type_row], clouds: Sequence[type_cloud]) -> Iterator[list[str]]:
    # the clouds stand at both ends alone
    ends = {0: clouds[0], len(own) - 1: clouds[1]}
    for place, row in enumerate(own):
        spans = [_span([point[at] for point in ends[place]]) if place in ends else "–" for at in (0, 1)]
        yield [str(row["step"]), *(figure(row, name) for name in ("v", "h")), *spans]


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


def list_figures(body: type_row, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Yield each figure along the paths from authority and along those from loose, each with its table.

    What was spent so far runs across, so that what stands above one another has cost the same; cost itself runs along
    the share of the way.
    """
    words = figure_words()
    for name in FIGURES:
        for paths, start in ((FROM_AUTHORITY, _("自权威型")), (FROM_LOOSE, _("自松散型"))):
            title = _("%(figure)s，%(start)s") % {"figure": words[name], "start": start}
            own = {path: rows_of(body["rows"], path) for path in paths if path in body["paths"]}
            lines = [
                (path_words()[path], _along(rows, name), [row[name] for row in rows], ()) for path, rows in own.items()
            ]
            yield {
                "title": title,
                "along": _("走完的比重") if name == "cost" else _("每单位累计成本"),
                "picture": draw_lines(lines, title, "", "", size=size),
                "heads": [_("步"), *([] if name == "cost" else [words["cost"]]), words[name]],
                "groups": [
                    (path_words()[path], [_figure_row(row, name) for row in rows]) for path, rows in own.items()
                ],
            }


def _along(rows: Sequence[type_row], name: str) -> list[float]:
    if name == "cost":
        return [row["step"] / max(len(rows) - 1, 1) for row in rows]
    return [row["cost"] for row in rows]


def _figure_row(row: type_row, name: str) -> list[str]:
    spent = [] if name == "cost" else [figure(row, "cost")]
    return [str(row["step"]), *spent, figure(row, name)]
