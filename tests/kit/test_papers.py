"""Official papers: the layout of GB/T 9704 in both kinds, the same bytes for the same paper, no font no silence."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pypdfium2
import pytest
from defusedxml import ElementTree
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from yunzhang.kit.papers import (
    Heading,
    NoChineseFont,
    Paper,
    Picture,
    Table,
    Text,
    count_lines,
    has_chinese_font,
    render_png,
    typeset,
    write_docx,
    write_pdf,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text x="2" y="12" font-size="8">江州</text></svg>'
BLOCKS = (
    Heading("一、总体情况"),
    Text("纵向较强、横向偏弱。#strong[不是标记] $x$ \\ <b>", "一是"),
    Table("表 1　数值", ("方面", "数值"), (("纵向贯通度", "0.81"), ("横向协同度", "0.22"))),
    Heading("（一）参考建议", 2),
    Picture(SVG, "图 1　示意", "一张图", (40, 20), 60),
)
PAPER = Paper(
    "江州市运行情况简报",
    BLOCKS,
    "总云长：",
    "平台（系统生成）",
    "2026年11月23日",
    date(2026, 11, 23),
    "说明：供参考。",
    "模拟数据",
)
needs_font = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font on this machine")


def words_of(body: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(body)
    try:
        return [page.get_textpage().get_text_range() for page in pages]
    finally:
        pages.close()


@needs_font
def test_a_pdf_holds_every_word_and_takes_none_for_markup():
    (text,) = words_of(write_pdf(PAPER))
    flat = re.sub(r"\s", "", text)
    for words in (
        "江州市运行情况简报",
        "总云长：",
        "一、总体情况",
        "0.81",
        "图1示意",
        "2026年11月23日",
        "模拟数据",
        "—1—",
    ):
        assert words in flat
    assert "#strong[不是标记]$x$\\<b>" in flat


@needs_font
def test_the_same_paper_gives_the_same_bytes():
    assert write_pdf(PAPER) == write_pdf(PAPER)
    assert write_docx(PAPER) == write_docx(PAPER)
    assert render_png(SVG) == render_png(SVG)
    assert render_png(SVG).startswith(b"\x89PNG")


@needs_font
def test_a_page_holds_22_lines_of_28_characters():
    whole = Text("云" * (28 * 22 - 2))
    paper = Paper("长", [whole])
    lines = words_of(write_pdf(paper))[0].split()
    rows = [line for line in lines if set(line) == {"云"}]
    assert {len(row) for row in rows[1:]} == {28}
    assert len(words_of(write_pdf(Paper("题", [Text("云" * 26)] * 20)))) == 1  # with its title, a page
    assert len(words_of(write_pdf(Paper("题", [Text("云" * 26)] * 22)))) == 2


def test_a_docx_has_the_page_the_grid_the_folio_and_real_headings():
    document = Document(io.BytesIO(write_docx(PAPER)))
    section = document.sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin)
    assert [round(side / Mm(1), 1) for side in sides] == [210, 297, 37, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert grid.get(qn("w:linePitch")) == "579"  # 28.95 points: 22 lines in 225 mm
    assert "PAGE" in section.footer._element.xml
    assert "PAGE" in section.even_page_footer._element.xml
    assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == "模拟数据"
    assert [each.style.name for each in document.paragraphs if each.style.name.startswith("Heading")] == [
        "Heading 1",
        "Heading 2",
    ]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["方面", "数值"],
        ["纵向贯通度", "0.81"],
        ["横向协同度", "0.22"],
    ]


def test_a_docx_names_the_fonts_of_the_standard_and_every_part_is_well_formed():
    body = write_docx(PAPER)
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))
        text, fonts = parts.read("word/document.xml").decode(), parts.read("word/fontTable.xml").decode()
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for font in ("仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"):
        assert f'w:eastAsia="{font}"' in text
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in fonts
    assert 'w:firstLineChars="200"' in text
    assert 'descr="一张图"' in text or not has_chinese_font()


def test_without_a_chinese_font_a_pdf_is_refused_and_a_docx_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(typeset, "find_fonts", dict)
    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        write_pdf(PAPER)
    texts = [each.text for each in Document(io.BytesIO(write_docx(PAPER))).paragraphs]
    assert any("没有中文字体" in text for text in texts)


def test_lines_are_counted_before_a_page_is_full():
    assert count_lines(Paper("题", [])) <= 4
    long = Text("云" * 280)
    assert count_lines(Paper("题", [long])) - count_lines(Paper("题", [])) == 11
