"""Official papers 公文: one content, written as .docx and as PDF in the layout of GB/T 9704, and pictures as PNG."""

from yunzhang.kit.papers.blocks import Block, Heading, Paper, Picture, Table, Text, count_lines
from yunzhang.kit.papers.typeset import NoChineseFont, count_pages, has_chinese_font, render_png, write_pdf
from yunzhang.kit.papers.word import write_docx

__all__ = [
    "Block",
    "Heading",
    "NoChineseFont",
    "Paper",
    "Picture",
    "Table",
    "Text",
    "count_lines",
    "count_pages",
    "has_chinese_font",
    "render_png",
    "write_docx",
    "write_pdf",
]
