"""A what-if in a real browser: units picked on the picture, a mistake told, runs watched, results read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import axe, complaints, overflow, untranslated

TILE = ".lab-org-wide .org-tile"
PATIENCE = 180_000  # milliseconds: the worker makes a finding first


def whole(page: Page, lang: str = "zh-hans") -> None:
    """Check a page as the crawl does: axe, console, width, language."""
    found = axe(page) + complaints(page) + (untranslated(page) if lang == "en" else [])
    page.set_viewport_size({"width": 390, "height": 844})
    assert found + [f"scrolls by {by}" for by in [overflow(page)] if by] == []
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_pick_run_and_read(enter: Callable[..., Page], lang: str) -> None:
    page = enter("district", lang=lang)
    page.set_default_timeout(PATIENCE)
    page.goto("/lab/new")
    whole(page, lang)
    for place in (2, 4):
        page.click(f"{TILE} >> nth={place}")
    assert page.inner_text("[data-chosen]") == "2"
    assert page.locator(f"{TILE}.is-chosen").count() == 2
    assert page.locator(".lab-org-wide .org-links line").count() == 1
    page.fill("#title", "明确一位负责同志牵头两个部门")
    page.fill("#days", "400")
    page.click("button[value=add]")
    assert page.locator(".lab-steps li").count() == 1
    page.select_option("#do", "vacate_post")
    page.click("button[value=choose]")
    page.click("button[value=add]")  # no unit was picked
    assert page.locator(".lab-wrong [role=alert], [role=alert]").count() >= 1
    assert page.locator("section.lab-wrong").count() == 1
    assert page.locator(".lab-steps li").count() == 1, "what was there stays"
    whole(page, lang)
    page.fill("#runs", "10")
    page.click("button.btn-primary")
    page.wait_for_url("**/lab/*-*")
    page.wait_for_selector("svg.plane, .lab-plane", state="attached")
    whole(page, lang)
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    whole(page, lang)
    page.goto("/lab/")
    assert page.locator("a.row-link").count() >= 1
    whole(page, lang)


def test_the_picture_is_worked_by_keyboard_and_nothing_is_lost(enter: Callable[..., Page]) -> None:
    page = enter("district")
    page.goto("/lab/new")
    page.select_option("#do", "add_links")
    page.click("button[value=choose]")
    tiles = page.locator(TILE)
    names = [tile.get_attribute("data-unit") for tile in tiles.all()[:4]]
    tiles.first.focus()
    focused = "document.activeElement.getAttribute('data-unit')"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == names[1], "in official order"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == names[2]
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.locator(f"{TILE}[aria-pressed=true]").count() == 2
    assert page.locator(".lab-org-wide .org-links line").count() == 1
    edge = "getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth"
    assert page.evaluate(edge) == "3.5px", "the focus is seen"
    whole(page)
    page.fill("#title", "两家直接联系")
    page.reload()
    assert (page.input_value("#title"), page.inner_text("[data-chosen]")) == ("两家直接联系", "2")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="English").click()
    assert page.locator("html[lang=en]").count() == 1
    assert (page.input_value("#title"), page.inner_text("[data-chosen]")) == ("两家直接联系", "2")
    page.locator("button[value=add]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".lab-steps li")
    whole(page, "en")
    page.go_back()
    assert (page.locator(".lab-steps li").count(), page.inner_text("[data-chosen]")) == (0, "2")
    page.go_forward()
    assert page.locator(".lab-steps li").count() == 1


def test_without_a_script_a_switch_of_language_keeps_what_was_typed(enter: Callable[..., Page]) -> None:
    page = enter("district", script=False)
    page.goto("/lab/new")
    page.fill("#title", "没有脚本")
    page.locator(".lab-boxes details input[name=units]").first.check()
    page.locator("details.person summary").click()
    page.get_by_role("button", name="English").click()
    assert page.locator("html[lang=en]").count() == 1
    assert page.input_value("#title") == "没有脚本"
    assert page.locator(".lab-boxes input[name=units]:checked").count() == 1
    page.reload()
    assert page.input_value("#title") == "没有脚本"


def test_without_a_script_boxes_do_the_same(enter: Callable[..., Page]) -> None:
    page = enter("district", script=False)
    page.goto("/lab/new")
    for place in (0, 1):
        page.locator(".lab-boxes details input[name=units]").nth(place).check()
    page.click("button[value=add]")
    assert page.locator(".lab-steps li").count() == 1
    page.fill("#runs", "10")
    page.click("button.btn-primary")
    assert "/lab/" in page.url
    assert page.locator("#progress, .lab-plane").count() == 1


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_calibrate_and_read_why_nothing_is_forecast(enter: Callable[..., Page], lang: str) -> None:
    # a month of record bears no test: the page says so; with a whole year it draws what it tells
    page = enter("office", lang=lang)
    page.set_default_timeout(PATIENCE)
    page.goto("/lab/calibration")
    whole(page, lang)
    if page.locator("form[action$=make] button").count():
        page.click("form[action$=make] button")
        whole(page, lang)
        page.wait_for_selector("form[action$=make], [hx-get*=making]", state="detached")
    drawn = page.locator("svg.months").count()
    assert page.locator("h1").inner_text()
    assert drawn or page.locator(".lab-reasons tbody tr").count()
    assert page.locator(".lab-kind details").count() == drawn
    whole(page, lang)
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    whole(page, lang)
    page.select_option("#unit", index=1)
    page.click(".lab-scope button")
    page.wait_for_url("**/lab/calibration/*")
    whole(page, lang)
