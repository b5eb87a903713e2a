"""Brief and report: what they say, what they never say, who gets them, one page, the same bytes."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdfium2
import pytest
from docx import Document

from tests.directives.office import NOW, hours, issue, open_office, sign_in
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.pages import frame, papers
from yunzhang.governance.observatory.pages.papers.brief import build_brief
from yunzhang.governance.observatory.pages.papers.matter import find_matter
from yunzhang.kit import doors
from yunzhang.kit.papers import has_chinese_font
from yunzhang.vertical.directives import actions as directives

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70)
TAILS = ("brief.pdf", "brief.docx", "report.pdf", "report.docx")
needs_font = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font on this machine")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(doors, "now", lambda: LATER)


@pytest.fixture
def office():
    found = open_office()
    matter, _ = issue(found, "a", "b")[:2]
    directives.sign_matters(found.by("a"), [matter.id], at=hours(2))
    directives.answer_matter(found.by("a"), matter.id, "已办结", at=hours(3))
    actions.refresh_figures(LATER)
    return found


def text_of(body):
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def fetch(office, name, tail, unit="city"):
    return sign_in(office, name).get(f"/observatory/{office.unit(unit)}/{tail}")


@pytest.mark.parametrize("tail", ["brief.docx", "report.docx"])
def test_a_paper_names_nobody_below_and_no_letters(office, tail):
    answer = fetch(office, "city", tail)
    assert answer.status_code == 200
    text = text_of(answer.content)
    names = [actions_name(office, name) for name in ("a", "b", "a.finance")]
    assert not any(name in text for name in names)
    assert not re.search(r"\b[VH]\b|排名|第\s?\d+\s?名|考核结果", text)
    assert "纵向贯通度" in text
    assert "横向协同度暂缺" in text
    assert "云长制工作平台（系统生成）" in text
    assert "2026年5月11日" in text
    assert "总云长、第一云长：" in text


def actions_name(office, name):
    from yunzhang.ground.org import actions as org

    return org.find_unit(office.unit(name)).short_name or org.find_unit(office.unit(name)).name


@needs_font
@pytest.mark.parametrize("tail", TAILS)
def test_the_same_snapshot_gives_the_same_bytes(office, tail):
    assert fetch(office, "city", tail).content == fetch(office, "office", tail).content


@pytest.mark.parametrize("tail", TAILS)
def test_papers_are_given_to_whom_the_page_is(office, tail):
    assert fetch(office, "a", tail, unit="b").status_code == 403
    assert fetch(office, "administrator", tail).status_code == 403
    assert fetch(office, "a.finance", tail, unit="a.finance").status_code == 409  # nothing below it: nothing to write


@needs_font
def test_a_brief_with_far_too_much_to_say_still_fits_its_page(office):
    request_place = actions.find_place(office.by("city"), office.unit("city"), at=LATER)
    matter = find_matter(request_place, at=LATER, research=False)
    assert matter is not None
    stage = {"line": "territorial", "gain": 0.2, "asked": 1000, "met": 300}
    advice = {"advice": "leader", "figure": "H", "gain": 0.1, "low": 0.0, "high": 0.2, "count": 12}
    advice |= {"units": [[k, "市场监督管理部门"] for k in range(12)]}
    matter.scene.facets["why"] = {"stages": [stage | {"level": level} for level in (1, 2, 3)]}
    matter.scene.facets["suggest"] = {"suggestions": [advice] * 9}
    pages = pypdfium2.PdfDocument(papers.write_pdf(build_brief(matter)))
    assert len(pages) == 1
    pages.close()


def test_links_to_papers_stand_on_the_overview(office):
    place = actions.find_place(office.by("city"), office.unit("city"), at=LATER)
    page = sign_in(office, "city").get("/observatory/").content.decode()
    for tail in ("brief_pdf", "brief_docx", "report_pdf", "report_docx"):
        assert frame.link(place, tail) in page
