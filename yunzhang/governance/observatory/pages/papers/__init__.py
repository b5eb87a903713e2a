"""A one-page brief and a full report about one unit, as Word and as PDF, for a leading group; made on the spot."""

from __future__ import annotations

from django.http import HttpResponse

from yunzhang.governance.observatory.pages import frame
from yunzhang.governance.observatory.pages.papers.brief import build_brief
from yunzhang.governance.observatory.pages.papers.matter import Matter, find_matter
from yunzhang.governance.observatory.pages.papers.report import build_report
from yunzhang.governance.observatory.terms import NothingMeasured
from yunzhang.ground.ledger.terms import Acting
from yunzhang.kit.doors import DoorRequest, page
from yunzhang.kit.lists import disposition
from yunzhang.kit.papers import Paper, write_docx, write_pdf

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(may=frame.may_see)
def brief_pdf(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The one-page brief as PDF."""
    return _pdf(build_brief(_matter(request, unit, study)))


@page(may=frame.may_see)
def brief_docx(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The one-page brief for Word."""
    return _docx(build_brief(_matter(request, unit, study)))


@page(may=frame.may_see)
def report_pdf(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The full report as PDF."""
    return _pdf(build_report(_matter(request, unit, study)))


@page(may=frame.may_see)
def report_docx(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The full report for Word."""
    return _docx(build_report(_matter(request, unit, study)))


def _matter(request: DoorRequest, unit: int, study: str) -> Matter:
    place = frame.open_place(request, unit, study)
    found = find_matter(place, at=request.at, research=frame.is_researcher(request))
    if found is None:
        raise NothingMeasured
    return found


def _pdf(paper: Paper) -> HttpResponse:
    headers = {"Content-Disposition": disposition(f"{paper.title}.pdf")}
    return HttpResponse(write_pdf(paper), content_type="application/pdf", headers=headers)


def _docx(paper: Paper) -> HttpResponse:
    headers = {"Content-Disposition": disposition(f"{paper.title}.docx")}
    return HttpResponse(write_docx(paper), content_type=WORD, headers=headers)


urlpatterns = [
    *frame.both("brief.pdf", brief_pdf, "brief_pdf"),
    *frame.both("brief.docx", brief_docx, "brief_docx"),
    *frame.both("report.pdf", report_pdf, "report_pdf"),
    *frame.both("report.docx", report_docx, "report_docx"),
]
