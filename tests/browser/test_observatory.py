"""The overview in a real browser: the keyboard opens a place from the picture, papers are handed out."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

IN_PICTURE = "document.activeElement.closest('svg.plane') !== null"


def test_the_keyboard_opens_a_place_from_the_picture(enter: Callable[..., Page]) -> None:
    page = enter("chief")
    page.goto("/observatory/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(IN_PICTURE):
            break
    assert "纵向贯通度" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(target)


def test_papers_are_handed_out_without_javascript(enter: Callable[..., Page]) -> None:
    page = enter("chief", script=False)
    page.goto("/observatory/")
    page.click(".papers summary")
    with page.expect_download() as handed:
        page.click(".papers-sheet a:has-text('Word') >> nth=0")
    assert handed.value.suggested_filename.endswith(".docx")
