"""The frame in the browser: menus without JavaScript, print, the skip link, another post."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, overflow

PAGES = ("/desk", "/matters", "/directives/new", "/org/", "/org/chiefs", "/observatory/", "/records/")


def test_every_main_page_reads_without_javascript_on_a_phone(enter: Callable[..., Page]) -> None:
    page = enter("office", script=False, narrow=True)
    for address in PAGES:
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        page.locator(".menu summary").click()
        expect(page.locator(".menu-sheet nav a").first).to_be_visible()


def test_print_keeps_the_ribbon_and_leaves_the_menu_out(enter: Callable[..., Page]) -> None:
    page = enter("office")
    page.goto("/matters")
    page.emulate_media(media="print")
    expect(page.locator(".sim-ribbon")).to_be_visible()
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".list-table")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(enter: Callable[..., Page]) -> None:
    page = enter("office")
    page.goto("/desk")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("narrow", [False, True])
def test_menus_open_close_and_pass_axe(enter: Callable[..., Page], narrow: bool) -> None:
    page = enter("office", narrow=narrow)
    page.goto("/desk")
    menu = page.locator("details.menu" if narrow else "details.person")
    menu.locator("summary").click()
    assert axe(page) == []
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_an_address_nobody_serves_is_told_in_both_languages(enter: Callable[..., Page]) -> None:
    for lang, words in (("zh-hans", "没有这个页面"), ("en", "There is no such page")):
        page = enter("office", lang=lang, narrow=True)
        page.goto("/nowhere")
        expect(page.locator("h1")).to_contain_text(words)
        assert axe(page) == []
        assert overflow(page) == 0
