"""Every page reachable by links, as every person, in both languages and widths, under axe, tape and dictionary."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.conftest import Office, axe, complaints, look, overflow, untranslated

ENOUGH = 1  # pages of one route and one set of parameters are alike
STARTS = ("/", "/desk", "/matters", "/org/", "/observatory/", "/lab/", "/records/")
FILE = re.compile(r"form=|/export|\.(xlsx|csv|txt|svg|pdf|docx|yaml)\b|checkpoints/\d")
# a link inside a picture (SVG) holds its address as an object
HREFS = "all => all.map(each => new URL(each.href.baseVal ?? each.href, location).href)"


def signature(address: str) -> tuple[str, bool]:
    """Return what makes a page a kind of its own: its route, and whether conditions are set."""
    parts = urlsplit(address)
    try:
        return resolve(parts.path).route, bool(parts.query)
    except Resolver404:
        return parts.path, bool(parts.query)


def crawl(page: Page, seen: Counter[tuple[str, bool]]) -> Iterator[str]:
    """Go to every kind of page a person can reach and nobody went to before; yield its address."""
    waiting, visited = list(STARTS), set()
    while waiting:
        address = waiting.pop(0)
        kind = signature(address)
        is_start = address in STARTS
        if address in visited or FILE.search(address) or (seen[kind] >= ENOUGH and not is_start):
            continue
        visited.add(address)
        seen[kind] += 1
        answer = page.goto(address)
        assert answer is not None
        # the administrator sees no matters: a start may be refused, a link never leads to a refusal
        assert answer.status in ((200, 403) if is_start else (200,)), (answer.status, address)
        if seen[kind] == 1:
            yield address
        links = page.eval_on_selector_all("a[href^='/'], a[href^='?']", HREFS)
        waiting += [short(link) for link in links]


def short(link: str) -> str:
    """Return an address without host and fragment."""
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_page_is_whole(enter: Callable[..., Page], office: Office, lang: str) -> None:
    faults: list[str] = []
    seen: Counter[tuple[str, bool]] = Counter()
    for account in office.accounts:
        page = enter(account, lang=lang)
        for address in crawl(page, seen):
            faults += [f"{address} {account} {each}" for each in check(page, lang)]
        page.close()
    assert not faults, "\n".join(dict.fromkeys(faults))


def check(page: Page, lang: str) -> list[str]:
    """Return what is wrong with the page shown."""
    found = axe(page) + complaints(page)
    if lang == "en":
        found += [f"untranslated: {text}" for text in untranslated(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    found += [f"scrolls sideways by {by} px" for by in [overflow(page)] if by]
    if os.environ.get("YUNZHANG_LOOKS"):
        take_pictures(page, lang)
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def take_pictures(page: Page, lang: str) -> None:
    """Keep the page as it looks on a phone and on a desk, for people to look at."""
    route, has_conditions = signature(short(page.url))
    name = (route.replace("/", "-") or "home") + ("_filtered" if has_conditions else "")
    look(page, f"{lang[:2]}-{name}-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    look(page, f"{lang[:2]}-{name}-1280")
