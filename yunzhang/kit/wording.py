"""Words on screen: the nouns of a wording profile, and errors explained in the reader's language.

Profiles are YAML files (noun: {zh, en}); a noun absent from a profile is taken from the default one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.functional import lazy
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from yunzhang.base.errors import Sentence, YunzhangError

DEFAULT = "cloud_chief"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error as a reader sees it: what happened, why, and what to do."""

    what: str
    why: str = ""
    do: str = ""

    @property
    def html(self) -> SafeString:
        """The three sentences in a row."""
        return mark_safe(" ".join(conditional_escape(text) for text in (self.what, self.why, self.do) if text))  # noqa: S308


@lru_cache
def read_profile(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """Return one profile's nouns as its file has them."""
    words: dict[str, dict[str, str]] = yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
    return words


def term(name: str) -> str:
    """Return the noun in the home's wording and the reader's language; raises KeyError for a noun nobody defined."""
    if name == "simulated" and getattr(settings, "YUNZHANG_PLACES", "") == "real":
        name = "simulated_real"  # real places, an invented record: the ribbon says exactly that
    folder = Path(settings.YUNZHANG_WORDINGS)
    language = "zh" if speaks_chinese() else "en"
    for profile in (settings.YUNZHANG_WORDING, DEFAULT):
        if word := read_profile(folder, profile).get(name):
            return word[language]
    raise KeyError(name)


term_lazy = lazy(term, str)


def light_text(light: Any) -> str:
    """Return a light in words and its number of working days: 超期 3."""
    if light is None or light == "":
        return ""
    state, days = str(getattr(light, "state", light)), getattr(light, "days", None)
    return term(f"light_{state}") + (f" {days}" if days is not None else "")


def speaks_chinese() -> bool:
    """True when the page is in Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_day(on: date) -> str:
    """Return 2026年11月23日, or 23 Nov 2026 in English."""
    if speaks_chinese():
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def data(text: object) -> SafeString | str:
    """Return text that belongs to the records, not to the interface: on an English page Chinese is marked so.

    Names of units, posts, persons and titles of matters go through here; the language of a page and of what it
    carries then differ openly, for screen readers and for the test that no interface text is left untranslated.
    """
    words = str(text)
    if speaks_chinese() or not HAN.search(words) or isinstance(text, SafeString):
        return conditional_escape(words if not isinstance(text, SafeString) else text)
    return format_html('<span lang="zh">{}</span>', words)


def explain(error: YunzhangError) -> Explanation:
    """Return the error's three sentences in the reader's language."""
    params = {name: say(value) for name, value in error.params.items()}
    return Explanation(*(fill(text, params) for text in (error.what, error.why, error.do)))


def tell(sentence: Sentence) -> SafeString | str:
    """Return a sentence in the reader's language, its places filled."""
    return fill(sentence.text, {name: say(value) for name, value in sentence.params.items()})


def say(value: object) -> object:
    """Translate a parameter that is itself a message; leave data marked as data."""
    if isinstance(value, Sentence):
        return tell(value)
    if not isinstance(value, str) or not value:
        return value
    translated = gettext(value)
    return data(value) if translated == value else translated


def plain(value: object) -> str:
    """Return a message, a sentence or a parameter in the reader's language, as plain text for terminals and files."""
    if isinstance(value, Sentence):
        return gettext(value.text) % {name: plain(each) for name, each in value.params.items()}
    text = str(value)
    return gettext(text) if text else ""


def fill(text: str, params: dict[str, object]) -> SafeString | str:
    """Return one sentence with its places filled."""
    if not text:
        return ""
    escaped = {name: conditional_escape(value) if isinstance(value, str) else value for name, value in params.items()}
    return mark_safe(conditional_escape(gettext(text)) % escaped)  # noqa: S308
