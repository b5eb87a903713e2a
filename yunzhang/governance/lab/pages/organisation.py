"""The organisation picture of the scenario builder: one unit with those directly below it, to pick units from.

Drawn on the server as SVG; a script lets one pick its tiles by mouse or keyboard: the same choices as the boxes below
it, which serve where there is no script. Nothing in it stands for a figure: units are in official order, all of one
kind alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from yunzhang.kit.wording import HAN, speaks_chinese

GOVERNMENT = "government"
COLUMNS = {"wide": 6, "narrow": 2}
WIDTH = {"wide": 1080, "narrow": 350}
TALL, GAP, HEAD, LABEL = 38, 8, 46, 26
SIGN, LATIN = 13.0, 7.4  # how wide a sign is in a tile
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
type_row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit: its short and whole name, whether it is a place, is chosen, is under vertical management."""

    id: str
    name: str
    whole: str
    is_place: bool
    is_chosen: bool
    is_vertical: bool
    below: int  # how many units stand directly below it


@dataclass(frozen=True, slots=True)
class View:
    """What the picture shows: the way down from the top, the unit looked at, and those directly below it.

    `beside`: other bodies of a place, whose superior is the same body one level up: branches, vertical management 垂管.
    `elsewhere`: chosen units that are not in the picture.
    """

    way: tuple[Tile, ...]
    head: Tile
    departments: tuple[Tile, ...]
    beside: tuple[Tile, ...]
    places: tuple[Tile, ...]
    elsewhere: tuple[Tile, ...]

    @property
    def groups(self) -> list[tuple[str, tuple[Tile, ...]]]:
        """Departments and places with their headings, those that are there."""
        beside = (_("同级其他机关和垂直管理机构"), self.beside)
        named = [(_("部门"), self.departments), beside, (_("下级地方"), self.places)]
        return [(name, tiles) for name, tiles in named if tiles]

    @property
    def deeper(self) -> list[Tile]:
        """The units one can go down to."""
        return [tile for tile in (*self.departments, *self.beside, *self.places) if tile.below]


def look_at(
    rows: Sequence[type_row], unit: str, chosen: Collection[str], vertical: Collection[str], *, top: str
) -> View:
    """Return the picture of a unit of these rows, of the `top` where it is none of them."""
    held = {str(row["id"]): row for row in rows}
    below: dict[str, list[str]] = {}
    for name, row in held.items():
        below.setdefault(str(row["parent"] or ""), []).append(name)
    at = unit if unit in held else top

    def tile(name: str) -> Tile:
        row = held[name]
        is_place = row["kind"] == GOVERNMENT
        upper = held.get(str(row["parent"] or ""))
        return Tile(
            name, shorten(row["name"], upper["name"] if upper else ""), row["name"], is_place,
            name in chosen, name in vertical, len(below.get(name, ())),
        )  # fmt: skip

    way = [at]
    while (upper := str(held[way[0]]["parent"] or "")) in held:
        way.insert(0, upper)
    if way[0] != top:
        way.insert(0, top)  # a branch of its own: one goes back to the place
    shown = [tile(name) for name in below.get(at, ())]
    beside = [name for name, row in held.items() if name != at and _is_beside(row, at, held)]
    seen = {at, *below.get(at, ()), *beside}
    away = [name for name in held if name in chosen and name not in seen]
    return View(
        tuple(tile(name) for name in way[:-1]),
        tile(at),
        tuple(one for one in shown if not one.is_place),
        tuple(tile(name) for name in beside),
        tuple(one for one in shown if one.is_place),
        tuple(tile(name) for name in away),
    )


def _is_beside(row: type_row, place: str, held: Mapping[str, type_row]) -> bool:
    # of the same place by jurisdiction, and no body of the place above it
    upper = held.get(str(row["parent"] or ""))
    return str(row["jurisdiction"]) == place and (upper is None or str(upper["jurisdiction"]) != place)


def shorten(name: str, upper: str) -> str:
    """Return what a unit is called below its superior.

    >>> [shorten(name, "江州市人民政府") for name in ("江州市财政局", "甲区人民政府", "江州市人民政府办公厅")]
    ['财政局', '甲区', '政府办公厅']
    """
    short = name.removesuffix("人民政府").removesuffix("办事处") or name
    place = upper.removesuffix("人民政府")
    if place and len(short) > len(place) + 1 and short.startswith(place):
        short = short[len(place) :]
    return short.removeprefix("人民") or name


def draw_organisation(view: View, *, width: str) -> SafeString:
    """Return the picture for a wide or a narrow screen; its tiles carry the ids of their units for the script."""
    columns, wide = COLUMNS[width], WIDTH[width]
    side = (wide - GAP * (columns - 1)) / columns
    parts = [*_tile(view.head, ((wide - side * 1.6) / 2, 2, side * 1.6), is_head=True)]
    y = float(HEAD + 14)
    for name, tiles in view.groups:
        parts.append(f'<path d="M{wide / 2:.1f} {y - 12:.1f}v10M1 {y - 2:.1f}H{wide - 1}" class="org-line"/>')
        parts.append(f'<text x="2" y="{y + 16:.1f}" class="org-label">{escape(capfirst(name))} {len(tiles)}</text>')
        y += LABEL
        for place, tile in enumerate(tiles):
            row, column = divmod(place, columns)
            parts += _tile(tile, (column * (side + GAP), y + row * (TALL + GAP), side))
        y += -(-len(tiles) // columns) * (TALL + GAP) + 14
    size = f'viewBox="0 0 {wide} {y - 12:.0f}"'
    drawn = (
        f'<svg class="org-picture" {size} xmlns="http://www.w3.org/2000/svg" aria-hidden="true" font-family="{FONT}">'
    )
    return mark_safe(f'{drawn}{"".join(parts)}<g class="org-links"></g></svg>')  # noqa: S308 - texts went through escape


def _tile(tile: Tile, box: tuple[float, float, float], *, is_head: bool = False) -> Iterator[str]:
    x, y, wide = box
    kinds = ["org-tile", *(name for name, is_so in _marks(tile, is_head=is_head) if is_so)]
    lang = ' lang="zh"' if HAN.search(tile.whole) and not speaks_chinese() else ""
    yield f'<g class="{" ".join(kinds)}" data-unit="{escape(tile.id)}"{lang}>'
    yield f"<title>{escape(_said(tile))}</title>"
    yield f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{wide - 1:.1f}" height="{TALL}" rx="4"/>'
    yield f'<path class="org-tick" d="M{x + wide - 20:.1f} {y + TALL / 2:.1f}l4 5l8 -10"/>'
    tail = f" · {tile.below}" if tile.below and not is_head else ""
    said = escape(_fit(tile.whole if is_head else tile.name, wide - 36 - len(tail) * LATIN))
    more = f'<tspan class="org-count">{tail}</tspan>' if tail else ""
    yield f'<text x="{x + 10:.1f}" y="{y + TALL / 2 + 5:.1f}">{said}{more}</text></g>'


def _said(tile: Tile) -> str:
    # what a tile is called where it is heard or pointed at
    more = [_("垂直管理")] if tile.is_vertical else []
    more += [_("下有 %(count)s 个单位") % {"count": tile.below}] if tile.below else []
    return _("，").join([tile.whole, *more])


def _marks(tile: Tile, *, is_head: bool) -> list[tuple[str, bool]]:
    return [
        ("is-head", is_head),
        ("is-place", tile.is_place),
        ("is-vertical", tile.is_vertical),
        ("is-chosen", tile.is_chosen),
    ]


def _fit(name: str, room: float) -> str:
    used = 0.0
    for place, sign in enumerate(name):
        used += SIGN if HAN.match(sign) else LATIN
        if used > room:
            return name[: max(place - 1, 1)] + "…"
    return name
