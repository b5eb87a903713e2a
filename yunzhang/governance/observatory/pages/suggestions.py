"""The suggestions of one unit 参考建议, and the form that turns one into a draft 拟办意见."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yunzhang.base.errors import Invalid, Refused, YunzhangError, zh
from yunzhang.governance.observatory import actions
from yunzhang.governance.observatory.actions import Place
from yunzhang.governance.observatory.pages import advice, frame
from yunzhang.governance.observatory.pages.spans import draw_gain, widest
from yunzhang.governance.observatory.terms import Proposal, Step
from yunzhang.ground.ledger.terms import Acting
from yunzhang.ground.org import actions as org
from yunzhang.ground.org.terms import UnitKind
from yunzhang.kit.doors import STATUS, DoorRequest, change, done, page
from yunzhang.kit.wording import explain, speaks_chinese

FACET = "suggest"
GOVERNMENT = "人民政府"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNDERWAY = (Step.DRAFTED, Step.SUBMITTED)
DECIDED = (Step.ADOPTED, Step.NOT_ADOPTED)


@dataclass(frozen=True, slots=True)
class Card:
    """One suggestion as a page shows it."""

    key: str
    kind: str
    title: SafeString
    ground: str
    figure: str
    is_vertical: bool
    gain: str
    supposed: str
    doubt: str
    picture: SafeString
    rows: int | None
    href: str  # of the matters it rests on, "" where there is no such list
    draft: Proposal | None
    past: tuple[Proposal, str] | None  # the newest draft on it that was decided, and how
    cells: tuple[str | SafeString, ...]


def may_draft(by: Acting, /, *, at: datetime, unit: int, **_: Any) -> None:
    """Leaders of the unit, and the office of that government."""
    actions.verify_may_draft(by, unit, at=at)


@page(may=frame.may_see)
def show_suggestions(request: DoorRequest, by: Acting, unit: int, study: str = "") -> HttpResponse:
    """The handful of suggestions of one unit, and what became of those a person took up."""
    place = frame.open_place(request, unit, study)
    body = actions.find_facet(place, FACET) or {"suggestions": [], "achieved": {}}
    drafts = [] if study else actions.list_proposals(by, unit, at=request.at)
    names = short_names(body["suggestions"], place if study else None)
    shown = list_cards(body["suggestions"], names, drafts, place)
    context = {
        "cards": shown,
        "drafts": [(each, advice.step_of(each.step), body["achieved"].get(str(each.id))) for each in drafts],
        "may_draft": not study and is_let_draft(by, unit, at=request.at),
        "is_part": bool(place.programme),
        "has_h": bool(place.snapshot and place.snapshot.has_h),
    }
    return frame.show(request, place, "suggestions", "observatory/suggestions.html", context)


def is_let_draft(by: Acting, unit: int, *, at: datetime) -> bool:
    """Return whether to offer the draft form."""
    try:
        actions.verify_may_draft(by, unit, at=at)
    except Refused:
        return False
    return True


def short_names(suggestions: Iterable[Mapping[str, Any]], study: Place | None = None) -> dict[int, str]:
    """Return how the units are called in a sentence: 甲区, 市审计局; of a study's unit the place's own name goes."""
    named = {number: name for one in suggestions for number, name in one["units"] if number}
    if study is not None:
        own = study.own.name.removesuffix(GOVERNMENT)
        return {number: name.removesuffix(GOVERNMENT).removeprefix(own) or own for number, name in named.items()}
    return {
        unit.id: unit.name.removesuffix(GOVERNMENT)
        if unit.kind in (UnitKind.GOVERNMENT, UnitKind.TOWN)
        else unit.short_name or unit.name
        for unit in org.find_units(named).values()
    }


def list_cards(
    suggestions: Sequence[Mapping[str, Any]], names: Mapping[int, str], drafts: Sequence[Proposal], place: Place
) -> list[Card]:
    """Return the suggestions ready for the screen, the largest expected gain first as computed."""
    most = widest([one["high"] for one in suggestions])
    return [
        make_card(one, names, most, [each for each in drafts if each.key == one["key"]], place) for one in suggestions
    ]


def make_card(
    one: Mapping[str, Any], names: Mapping[int, str], most: float, drafts: Sequence[Proposal], place: Place | None
) -> Card:
    """Return one suggestion ready for the screen."""
    is_vertical = one["figure"] == "V"
    window = place.snapshot if place else None
    spans = (one["gain"], one["low"], one["high"])
    title = advice.title_html(one, names)
    return Card(
        key=one["key"],
        kind=advice.kind_of(one),
        title=title,
        ground=advice.ground_of(one, names),
        figure=advice.figure_of(one),
        is_vertical=is_vertical,
        gain=advice.gain_text(one),
        supposed=advice.supposed(one),
        doubt=advice.doubt_of(one),
        picture=draw_gain(*spans, most=most, vertical=is_vertical),
        rows=one["rows"][1] if one["rows"] else None,
        href=rows_href(one, window.from_at, window.to_at) if window and one["rows"] else "",
        draft=next((each for each in drafts if each.step in UNDERWAY), None),
        past=next(((each, advice.step_of(each.step)) for each in drafts if each.step in DECIDED), None),
        cells=(title, advice.figure_of(one), *advice.gain_cells(one), *advice.count_cells(one)),
    )


def rows_href(one: Mapping[str, Any], begins: datetime | None, ends: datetime) -> str:
    """Return the list of matters narrowed to exactly the rows of a suggestion; it shows what its reader may see."""
    basis, asked = one["basis"], {}
    parts = [f"{sign}{'.'.join(map(str, basis[name]))}" for sign, name in (("d", "debtors"), ("c", "creditors"))]
    under = f"u{basis['under']}" if basis["under"] is not None else ""
    relation = "rvertical" if len(basis["relations"]) > 1 else f"r{basis['relations'][0]}"
    asked["basis"] = "_".join([*(part for part in parts if len(part) > 1), *([under] if under else []), relation])
    if basis["programme"]:
        asked["programme"] = basis["programme"]
    if begins is not None:
        asked["due_from"] = place_day(begins).isoformat()
    asked["due_to"] = place_day(ends - timedelta(seconds=1)).isoformat()
    return f"{reverse('matters:list')}?{urlencode(asked)}"


def place_day(moment: datetime) -> date:
    """Return the place's day of a moment."""
    return timezone.localtime(moment).date()


def write_day(moment: datetime | None) -> str:
    """Return 2026年11月23日, or 23 Nov 2026."""
    if moment is None:
        return _("有记录之日")
    on = place_day(moment)
    if speaks_chinese():
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


@page(may=may_draft)
def show_advice(request: DoorRequest, by: Acting, unit: int, key: str) -> HttpResponse:
    """The form of a new draft, prefilled with the field's words and the figures of today."""
    return draft_page(request, unit, key, {})


@change(may=may_draft)
def draft(request: DoorRequest, by: Acting, unit: int, key: str) -> HttpResponse:
    """Keep the draft under the person's name; what is wrong is said above the form, and nothing typed is lost."""
    values = {"text": request.POST.get("text", "").strip()}
    try:
        if not values["text"]:
            raise Invalid(field=zh("拟办意见"), problem=zh("不能为空"))
        one = actions.find_suggestion(by, unit, key, at=request.at)
        title = advice.title_of(one, short_names([one]))
        actions.draft_proposal(by, unit, key, title=title, text=values["text"], at=request.at)
    except YunzhangError as error:
        if error.category not in ("invalid", "conflict"):
            raise
        return draft_page(request, unit, key, values, error)
    made = next(each for each in actions.list_proposals(by, unit, at=request.at) if each.key == key)
    said = _("已形成拟办意见，尚未呈批。")
    return done(request, reverse("observatory:subject", args=[made.id]), said)


def draft_page(
    request: DoorRequest, unit: int, key: str, values: Mapping[str, str], error: YunzhangError | None = None
) -> HttpResponse:
    """Return the form of a new draft with what was typed, or prefilled."""
    one = actions.find_suggestion(request.by, unit, key, at=request.at)
    names = short_names([one])
    begins, ends = advice.window_days(one["window"])
    text = advice.draft_of(one, names, begins=write_day(begins), ends=write_day(ends))
    context = {
        "card": make_card(one, names, one["high"], (), None),
        "text": values.get("text", text),
        "unit_number": unit,
        "key": key,
        "error": explain(error) if error else None,
    }
    place = frame.open_place(request, unit)
    found = frame.show(request, place, "suggestions", "observatory/draft.html", context)
    found.status_code = STATUS[error.category] if error else 200
    return found


urlpatterns = [
    *frame.both("suggestions", show_suggestions, "suggestions"),
    path("<int:unit>/suggestions/<slug:key>", show_advice, name="advice"),
    path("<int:unit>/suggestions/<slug:key>/draft", draft, name="draft"),
]
