"""Template tags `yz`: nouns of the profile, lights, act keys, dates, icons, field errors, addresses of lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yunzhang.kit import wording
from yunzhang.kit.doors import ACT_KEY

register = template.Library()
# light -> (noun or message id, shape drawn in a 12x12 box); the shape alone tells them apart
SHAPES = {
    "on_track": '<circle cx="6" cy="6" r="5"/>',
    "due_soon": '<path d="M6 .8 11.6 11H.4z"/>',
    "overdue": '<path d="M1 1h10v10H1z"/>',
    "waiting": '<path d="M2 1h8L6.6 6 10 11H2l3.4-5z"/>',
    "closed": '<path d="M1.5 6.5 4.5 9.5 10.5 2.5"/>',
    "struck_off": '<path d="M1 6.5 3.5 9 8 3M5.5 8l1 1L11 3"/>',
    "withdrawn": '<path d="M2 2l8 8M10 2l-8 8"/>',
}


@register.simple_tag
def term(name: str, place: str = "") -> str:
    """`{% term 'loop' %}`: the noun in the home's wording and the reader's language; `{% term 'sign' 'first' %}`
    where it begins a line or labels a button."""
    word = wording.term(name)
    return word[:1].upper() + word[1:] if place == "first" else word


@register.filter
def data(text: object) -> str:
    """`{{ unit.name|data }}`: text of the records; marked lang="zh" on an English page."""
    return wording.data("" if text is None else text)


@register.simple_tag
def act_key() -> SafeString:
    """The hidden field that makes two presses of one button one act."""
    return format_html('<input type="hidden" name="{}" value="{}">', ACT_KEY, uuid4())


def place_day(value: date | datetime) -> date:
    """Return the place's date of a day or a moment."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def write_day(value: date | datetime) -> str:
    """Return 2026年11月23日, or 23 Nov 2026 in English."""
    return wording.write_day(place_day(value))


@register.simple_tag
def day(value: date | datetime | None) -> str | SafeString:
    """`{% day loop.due_at %}`: the day, as <time>; a dash when there is none."""
    if value is None:
        return "—"
    return format_html('<time datetime="{}">{}</time>', place_day(value).isoformat(), write_day(value))


@register.simple_tag
def moment(value: datetime | None) -> str | SafeString:
    """`{% moment entry.at %}`: day and minute of the place."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    text = f"{write_day(local)} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), text)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon 'inbox' %}`: a drawing beside a word; without a label it is hidden from screen readers."""
    address = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.simple_tag
def light(state: Any, days: int | None = None) -> SafeString:
    """`{% light 'overdue' 3 %}` or `{% light matter.light %}`: shape, word and number; colour only repeats them.

    States: on_track, due_soon, overdue, waiting, closed, struck_off, withdrawn. Days are working days: left, or over.
    """
    name = str(getattr(state, "state", state))
    number = getattr(state, "days", days)
    if name not in SHAPES:
        return format_html('<span class="light">—</span>')
    is_today = name == "due_soon" and number == 0
    word = wording.term("light_due_today" if is_today else f"light_{name}")
    shape = SafeString(SHAPES[name])
    count = format_html(' <span class="num">{}</span>', number) if number is not None and not is_today else ""
    return format_html(
        '<span class="light light-{}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}{}</span>',
        name,
        shape,
        word,
        count,
    )


@register.simple_tag
def unit_name(unit: Any, *, short: bool = False) -> str:
    """`{% unit_name unit %}`: a unit's name, marked as data."""
    name = getattr(unit, "short_name" if short else "name", "") or getattr(unit, "name", unit)
    return wording.data(name)


@register.inclusion_tag("yz/field_error.html")
def field_error(errors: Any, name: str) -> dict[str, Any]:
    """`{% field_error errors 'due_on' %}`: what is wrong with this field, if anything (`errors` maps field to text)."""
    return {"text": (errors or {}).get(name), "name": name}


@register.simple_tag
def url_with(query: Any, **changes: Any) -> str:
    """`{% url_with query page=2 %}`: this list with something changed; "" removes."""
    return str(query.url(**changes))


@register.filter
def decimals(value: float | None, places: int = 2) -> str:
    """`{{ v|decimals:2 }}`: 0.81, or a dash for what is missing."""
    return "—" if value is None else f"{value:.{int(places)}f}"


@register.filter
def percent(value: float | None) -> str:
    """`{{ share|percent }}`: 97%, or a dash."""
    return "—" if value is None else f"{value * 100:.0f}%"


@register.filter
def thousands(value: int | None) -> str:
    """`{{ count|thousands }}`: 20,480."""
    return "—" if value is None else f"{value:,}"
