"""Papers as PDF and pictures as PNG, by typst: no browser, no office program, nothing from outside the machine.

The same paper gives the same bytes. The fonts of the machine are read once in a process.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Literal

import typst

from yunzhang.base.errors import YunzhangError, zh
from yunzhang.kit.papers import layout
from yunzhang.kit.papers.blocks import LINES, Paper, count_lines

Kind = Literal["pdf", "png", "svg"]
TEMPLATE = Path(__file__).with_name("paper.typ")
SHOWN = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 480pt)'


class NoChineseFont(YunzhangError):
    """The machine has no font with Chinese characters: a PDF would show empty boxes."""

    code = "no_chinese_font"
    category = "unavailable"
    what = zh("服务器没有中文字体，无法生成 PDF。")
    why = zh("PDF 要把所用的字嵌入文件；没有中文字体时，全文会变成空方框。")
    do = zh("请管理员安装中文字体（Debian：apt-get install fonts-noto-cjk）并重启服务；其间可导出 Word 文件。")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


@lru_cache(maxsize=1)
def find_fonts() -> dict[str, tuple[str, ...]]:
    """Return which fonts of the machine set each part of a paper; nothing where no Chinese font is installed."""
    there = set(_fonts().families())
    spare = [name for name in layout.ANY if name in there]
    found = {part: tuple(name for name in names if name in there) for part, names in layout.SET.items()}
    return {part: names or tuple(spare) for part, names in found.items()} if spare else {}


def has_chinese_font() -> bool:
    """Return whether the machine can set Chinese."""
    return bool(find_fonts())


def write_pdf(paper: Paper) -> bytes:
    """Return the paper as PDF; raises NoChineseFont."""
    if not has_chinese_font():
        raise NoChineseFont
    return _one(_set(paper, "pdf"))


def _set(paper: Paper, kind: Kind) -> bytes | list[bytes]:
    told = asdict(paper) | {"on": paper.on.isoformat(), "fonts": find_fonts(), "blocks": _blocks(paper)}
    told |= {"year": paper.on.year, "month": paper.on.month, "day": paper.on.day}
    made = datetime(paper.on.year, paper.on.month, paper.on.day, tzinfo=UTC)
    return _compile(TEMPLATE.read_bytes(), kind, {"paper": json.dumps(told, ensure_ascii=False)}, made)


def _blocks(paper: Paper) -> list[dict[str, object]]:
    return [asdict(block) | {"kind": type(block).__name__.lower()} for block in paper.blocks]


def count_pages(paper: Paper) -> int:
    """Return how many pages the paper takes: set where the machine can set Chinese, else estimated from its lines."""
    if not has_chinese_font():
        return ceil(count_lines(paper) / LINES)
    pages = _set(paper, "svg")
    return len(pages) if isinstance(pages, list) else 1


def render_png(svg: str, *, ppi: float = 200) -> bytes:
    """Return a picture as PNG, 480 points wide; raises NoChineseFont, for its words would be empty boxes."""
    if not has_chinese_font():
        raise NoChineseFont
    return _one(_compile(SHOWN, "png", {"svg": svg}, datetime(2000, 1, 1, tzinfo=UTC), ppi=ppi))


def _compile(
    source: bytes, kind: Kind, inputs: dict[str, str], made: datetime, ppi: float | None = None
) -> bytes | list[bytes]:
    compiler = typst.Compiler(font_paths=_fonts(), sys_inputs=inputs)
    found = compiler.compile(input=source, format=kind, ppi=ppi, timestamp=made)
    return found if found is not None else b""


def _one(found: bytes | list[bytes]) -> bytes:
    return found if isinstance(found, bytes) else found[0]
