"""Every page reachable by links, as every person, in both languages and widths, under axe, tape and dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.conftest import Office, axe, complaints, look, overflow, untranslated

ENOUGH = 2  # pages of one route and one set of parameters are alike


def signature(address: str) -> tuple[str, ...]:
    """Return what makes a page a kind of its own: its route and the names of its parameters."""
    parts = urlsplit(address)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        route = parts.path
    return (route, *sorted({pair.split("=")[0] for pair in parts.query.split("&")}))


def crawl(page: Page, *, start: str = "/") -> Iterator[str]:
    """Go to every kind of page a person can reach, and yield its address; each must answer 200."""
    waiting, seen, visited = [start, "/matters", "/org/", "/observatory/", "/records/"], {}, set()
    while waiting:
        address = waiting.pop(0)
        kind = signature(address)
        if address in visited or seen.get(kind, 0) >= ENOUGH or "form=" in address:
            continue
        visited.add(address)
        seen[kind] = seen.get(kind, 0) + 1
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in ((200,) if address not in waiting[:5] else (200, 403)), (answer.status, address)
        yield address
        links = page.eval_on_selector_all("a[href^='/'], a[href^='?']", "all => all.map(each => each.href)")
        waiting += [short(link) for link in links]


def short(link: str) -> str:
    """Return an address without host and fragment."""
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_page_is_whole(enter: Callable[..., Page], office: Office, lang: str) -> None:
    faults: list[str] = []
    for account in office.accounts:
        page = enter(account, lang=lang)
        for address in crawl(page):
            faults += [f"{address} {account} {each}" for each in check(page, lang)]
    assert not faults, "\n".join(dict.fromkeys(faults))


def check(page: Page, lang: str) -> list[str]:
    """Return what is wrong with the page shown."""
    found = axe(page) + complaints(page)
    if lang == "en":
        found += [f"untranslated: {text}" for text in untranslated(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    found += [f"scrolls sideways by {by} px" for by in [overflow(page)] if by]
    name = "_".join(part for part in signature(short(page.url)) if part).replace("/", "-")[:80] or "home"
    look(page, f"{lang[:2]}-{name}-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    look(page, f"{lang[:2]}-{name}-1280")
    return found
