"""Papers as .docx: real headings, tables, fields, in the layout of GB/T 9704; the same paper gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from yunzhang.base.errors import zh
from yunzhang.kit.papers import layout
from yunzhang.kit.papers.blocks import Block, Heading, Paper, Picture, Table, Text
from yunzhang.kit.papers.typeset import NoChineseFont, render_png

MANY = 6  # with more columns than this the type is smaller
LONG = 3  # a column this wide holds sentences
LATIN = "Times New Roman"
NO_PICTURE = zh("（%(caption)s：服务器没有中文字体，此图从略；数值见表。）")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest moment a zip can hold; no clock enters the file
CENTRE, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


def write_docx(paper: Paper) -> bytes:
    """Return the paper; on a machine without a Chinese font a line says that pictures are missing, and why."""
    document = Document()
    _settle(document, paper)
    _line(document, paper.title, "title", layout.TITLE, align=CENTRE, pitch=33, after=layout.PITCH / 2)
    if paper.addressee:
        _line(document, paper.addressee, "fang", layout.BODY, align=LEFT)
    for block in paper.blocks:
        _block(document, block)
    if paper.signed:
        _signed(document, paper)
    if paper.note:
        _line(document, paper.note, "fang", layout.SMALL, align=LEFT, pitch=18)
    return _pack(document)


def _settle(document: Any, paper: Paper) -> None:
    # page, grid, folio, ribbon, and who says what in the file's own properties
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = (Mm(size) for size in layout.PAGE)
    section.top_margin, section.bottom_margin = Mm(layout.TOP), Mm(layout.BOTTOM)
    section.left_margin, section.right_margin = Mm(layout.LEFT), Mm(layout.RIGHT)
    section.header_distance, section.footer_distance = Mm(22), Mm(layout.BOTTOM - 7 - 5)
    _grid(section)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        _folio(footer, align)
    if paper.ribbon:
        for header in (section.header, section.even_page_header):
            _fill(header.paragraphs[0], paper.ribbon, "hei", layout.SMALL, align=CENTRE)
    style = document.styles["Normal"]
    style.font.size = Pt(layout.BODY)
    _set_fonts(style.element.get_or_add_rPr(), "fang")
    about, made = document.core_properties, datetime(paper.on.year, paper.on.month, paper.on.day)  # noqa: DTZ001
    about.title, about.author, about.comments, about.last_modified_by = paper.title, paper.signed, "", paper.signed
    about.created = about.modified = made
    about.language = "zh-CN" if paper.language == "zh" else "en"
    _alternate_fonts(document)


def _grid(section: Any) -> None:
    # 28 characters by 22 lines, as Word counts: line pitch in twentieths, character space in 4096ths of a point
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(layout.PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round((layout.SIGN - layout.BODY) * 4096)))


def _folio(footer: Any, align: Any) -> None:
    paragraph = footer.paragraphs[0]
    _fill(paragraph, "— ", "song", layout.FOLIO, align=align)
    indent = {RIGHT: "w:rightChars", LEFT: "w:leftChars"}[align]
    _indent(paragraph, indent, 100)
    for kind, words in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = _run(paragraph, "", "song", layout.FOLIO)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._r.append(part)
    _run(paragraph, " —", "song", layout.FOLIO)


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        kind = "hei" if block.level == 1 else "kai"
        paragraph = _line(document, block.text, kind, layout.BODY, indent=True)
        paragraph.style = document.styles[f"Heading {block.level}"]
        _plain_heading(paragraph, kind)
    elif isinstance(block, Text):
        paragraph = _line(document, block.lead, "kai", layout.BODY, indent=True, bold=True)
        _run(paragraph, block.text, "fang", layout.BODY)
    elif isinstance(block, Table):
        _table(document, block)
    else:
        _picture(document, block)


def _plain_heading(paragraph: Any, kind: str) -> None:
    # a real heading for navigation, without the blue and the size that Word's own style brings
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.italic = Pt(layout.BODY), False, False
        run.font.color.rgb = RGBColor(0, 0, 0)
        _set_fonts(run._r.get_or_add_rPr(), kind)


def _table(document: Any, block: Table) -> None:
    if block.caption:
        _line(
            document, block.caption, "hei", layout.SMALL, align=CENTRE, pitch=20
        ).paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.headings))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    size = layout.CELL if len(block.headings) <= MANY else layout.TIGHT
    shares = block.wide or (1.0,) * len(block.headings)
    for number, cells in enumerate((block.headings, *block.rows)):
        row = table.rows[number]
        for at, words in enumerate(cells):
            cell = row.cells[at]
            cell.width = Mm(156 * shares[at] / sum(shares))
            kind = "hei" if number == 0 else "fang"
            _fill(
                cell.paragraphs[0],
                words,
                kind,
                size,
                align=LEFT if at == 0 or (number and shares[at] >= LONG) else CENTRE,
                pitch=16,
            )
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    _line(document, "", "fang", 6, pitch=8)


def _picture(document: Any, block: Picture) -> None:
    try:
        image = render_png(block.svg)
    except NoChineseFont:
        _line(document, gettext(NO_PICTURE) % {"caption": block.caption}, "fang", layout.SMALL, align=CENTRE, pitch=20)
        return
    paragraph = document.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(image), width=Mm(block.wide))
    shape._inline.docPr.set("descr", block.told)
    shape._inline.docPr.set("name", block.caption)
    _line(document, block.caption, "hei", layout.SMALL, align=CENTRE, pitch=20)


def _signed(document: Any, paper: Paper) -> None:
    _line(document, "", "fang", layout.BODY)
    for words in (paper.signed, paper.dated):
        paragraph = _line(document, words, "fang", layout.BODY, align=RIGHT)
        _indent(paragraph, "w:rightChars", 400)


def _line(
    document: Any,
    words: str,
    kind: str,
    size: float,
    *,
    align: Any = None,
    indent: bool = False,
    bold: bool = False,
    pitch: float = layout.PITCH,
    after: float = 0,
) -> Any:
    paragraph = document.add_paragraph()
    _fill(paragraph, words, kind, size, align=align, pitch=pitch, bold=bold)
    paragraph.paragraph_format.space_after = Pt(after)
    if indent:
        _indent(paragraph, "w:firstLineChars", 200)
    return paragraph


def _fill(
    paragraph: Any,
    words: str,
    kind: str,
    size: float,
    *,
    align: Any = None,
    pitch: float = layout.PITCH,
    bold: bool = False,
) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
    spacing = paragraph.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    if words:
        _run(paragraph, words, kind, size, bold=bold)


def _run(paragraph: Any, words: str, kind: str, size: float, *, bold: bool = False) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold or None
    _set_fonts(run._r.get_or_add_rPr(), kind)
    return run


def _set_fonts(properties: Any, kind: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), LATIN)
    fonts.set(qn("w:eastAsia"), layout.WORD[kind][0])
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)


def _indent(paragraph: Any, name: str, hundredths: int) -> None:
    # in characters, as Chinese offices set it; the points beside it are for programs that do not read characters
    properties = paragraph._p.get_or_add_pPr()
    spacing = properties.get_or_add_ind()
    spacing.set(qn(name), str(hundredths))
    spacing.set(qn(name.removesuffix("Chars")), str(round(hundredths / 100 * layout.BODY * 20)))


def _alternate_fonts(document: Any) -> None:
    # what Word takes where a font of the standard is not installed, said in the font table
    parts = (rel.target_part for rel in document.part.rels.values())
    table = next((part for part in parts if str(part.partname).endswith("fontTable.xml")), None)
    if table is None:
        return
    added = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in layout.WORD.values()
    )
    table._blob = table.blob.replace(b"</w:fonts>", added.encode() + b"</w:fonts>")


def _pack(document: Any) -> bytes:
    # the library stamps each part with the present moment: written anew without it
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(part, before.read(name))
    return out.getvalue()
