"""Lists by keyboard, by filter, without JavaScript, as a file: always the same rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import axe, overflow

FOCUSED = "document.activeElement.className + ' ' + document.activeElement.textContent"


def count(page: Page) -> int:
    """Return the number the list says it has."""
    return int(re.sub(r"\D", "", page.locator(".list-count").inner_text()))


def test_j_k_enter_and_slash(enter: Callable[..., Page]) -> None:
    page = enter("office")
    page.goto("/matters")
    rows = page.locator("a.row-link")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jk")
    assert page.input_value("[data-search]") == "jk"
    page.goto("/matters")
    page.keyboard.press("j")
    target = rows.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_a_filter_changes_rows_address_and_is_read_out(enter: Callable[..., Page]) -> None:
    page = enter("office")
    page.goto("/matters")
    everything = count(page)
    page.focus("#f-lamp")
    page.select_option("#f-lamp", "overdue")
    page.wait_for_url("**lamp=overdue**")
    expect(page.locator(".chip")).to_have_count(1)
    overdue = count(page)
    assert 0 < overdue < everything
    assert str(overdue) in page.locator("#status").inner_text().replace(",", "")
    assert "text=" not in page.url
    expect(page.locator("#f-lamp")).to_be_focused()
    assert axe(page) == []
    address = page.url
    page.goto("/desk")
    page.goto(address)
    assert count(page) == overdue


def test_the_same_without_javascript_and_on_a_phone(enter: Callable[..., Page]) -> None:
    page = enter("office", script=False, narrow=True)
    page.goto("/matters")
    page.select_option("#f-lamp", "overdue")
    page.locator(".filters button").click()
    assert "lamp=overdue" in page.url
    assert count(page) > 0
    scripted = enter("office", narrow=True)
    scripted.goto(page.url)
    assert count(scripted) == count(page)
    assert overflow(scripted) == 0
    scripted.locator(".menu summary").click()
    expect(scripted.locator(".menu-sheet")).to_be_visible()
    assert axe(scripted) == []


def test_the_workbook_equals_the_screen(enter: Callable[..., Page]) -> None:
    page = enter("office")
    page.goto("/matters?lamp=overdue")
    answer = page.request.get(page.url + "&form=xlsx")
    sheet = load_workbook(io.BytesIO(answer.body())).active
    assert sheet is not None
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == "模拟数据 · 虚构地区"
    headings = [text.strip() for text in page.locator(".list-table th").all_inner_texts()]
    assert lines[1] == headings
    assert len(lines) - 2 == count(page)
    titles = [link.inner_text() for link in page.locator("a.row-link").all()]
    assert [line[0] for line in lines[2 : 2 + len(titles)]] == titles
