"""The brief: everything a leader reads in two minutes, on one page."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from yunzhang.governance.observatory.pages.papers import matter as said
from yunzhang.governance.observatory.pages.papers.advice import list_advice
from yunzhang.governance.observatory.pages.papers.matter import Matter
from yunzhang.kit.papers import Block, Paper, Text, count_pages
from yunzhang.kit.wording import speaks_chinese, term

# suggestions, stalls, change: what is left out first where the page is full
FITS = ((3, 2, True), (2, 2, True), (2, 1, True), (1, 1, True), (1, 1, False), (0, 1, False), (0, 0, False))


def build_brief(matter: Matter) -> Paper:
    """Return the brief with as much as one page holds."""
    papers = (_paper(matter, advice, stalls, change=change) for advice, stalls, change in FITS)
    paper = next(papers)
    for shorter in papers:
        if _fits(paper):
            break
        paper = shorter
    return paper


def _fits(paper: Paper) -> bool:
    # with a line to spare, for Word breaks lines a little differently
    return count_pages(replace(paper, blocks=[*paper.blocks, Text("　")])) == 1


def _paper(matter: Matter, advice: int, stalls: int, *, change: bool) -> Paper:
    number = said.Numbered()
    blocks: list[Block] = [number(_("总体情况")), Text(said.verdict(matter) + said.beside(matter))]
    blocks.append(said.wide_table(matter))
    if change and (moved := said.change(matter)):
        blocks += [Text(moved)]
    if lost := said.stalls(matter, stalls):
        blocks += [number(term("bottleneck")), Text(_("；").join(lost) + _("。"))]
    if proposed := list_advice(matter, advice):
        blocks += [number(_("参考建议")), *proposed]
    return Paper(
        title=said.title(matter, _("运行情况简报")),
        blocks=blocks,
        addressee=said.addressee(matter),
        signed=said.signed(matter),
        dated=said.day(matter.on),
        on=matter.on,
        note=said.note(),
        ribbon=said.ribbon(matter),
        language="zh" if speaks_chinese() else "en",
    )
