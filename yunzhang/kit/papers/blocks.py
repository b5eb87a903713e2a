"""What a paper is made of, and how many lines it takes; GB/T 9704—2012 gives 22 lines of 28 characters a page [S61]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

LINES, CHARACTERS = 22, 28
MILLIMETRES = 225 / LINES  # of one line
WIDE = 156  # millimetres of a line
ROW = 6.6  # millimetres of a table's row
HAN_FROM = 0x2E7F


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 一、 in 黑体, level 2 （一） in 楷体; its number is part of the text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `lead` is its first words in bold type."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption above; every cell is text. `wide`: share of each column, equal where empty."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG with its caption below; `told` is what it shows, for those who do not see it."""

    svg: str
    caption: str
    told: str
    size: tuple[float, float]  # of the SVG, in its own units
    wide: float = 120  # millimetres on paper


Block = Heading | Text | Table | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper. `ribbon` stands at the head of every page: simulated data say so on paper too."""

    title: str
    blocks: Sequence[Block]
    addressee: str = ""
    signed: str = ""
    dated: str = ""
    on: date = field(default_factory=lambda: date(2000, 1, 1))
    note: str = ""
    ribbon: str = ""
    language: str = "zh"


def count_lines(paper: Paper) -> int:
    """Return about how many of a page's 22 lines a paper takes."""
    head = 2 * ceil(_width(paper.title) * 22 / 16 / CHARACTERS) + (2 if paper.addressee else 1)
    foot = 3 if paper.signed else 0
    note = ceil(_width(paper.note) * 12 / 16 / CHARACTERS) if paper.note else 0
    return head + sum(_lines(block) for block in paper.blocks) + foot + note


def _lines(block: Block) -> int:
    if isinstance(block, Table):
        return ceil((len(block.rows) + 1) * ROW / MILLIMETRES) + (2 if block.caption else 1)
    if isinstance(block, Picture):
        return ceil(block.wide * block.size[1] / block.size[0] / MILLIMETRES) + 2
    if isinstance(block, Heading):
        return ceil((_width(block.text) + 2) / CHARACTERS)
    return ceil((_width(block.lead + block.text) + 2) / CHARACTERS)


def _width(words: str) -> float:
    return sum(1.0 if ord(sign) > HAN_FROM else 0.52 for sign in words)
