"""Signing in and out, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Office, axe, overflow


@pytest.mark.parametrize("script", [True, False])
def test_sign_in_and_out(enter: Callable[..., Page], office: Office, script: bool) -> None:
    page = enter(next(iter(office.accounts)), script=script)
    page.wait_for_url("**/desk")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in")
    page.goto("/desk")
    assert "/sign-in?next=" in page.url


def test_a_wrong_password_keeps_the_name_and_says_so(enter: Callable[..., Page]) -> None:
    page = enter(narrow=True)
    page.goto("/sign-in")
    page.fill("#name", "nobody")
    page.fill("#password", "wrong")
    page.click("main button")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    assert page.input_value("#name") == "nobody"
    assert axe(page) == []
    assert overflow(page) == 0


def test_the_language_is_switched_by_a_button(enter: Callable[..., Page]) -> None:
    page = enter(script=False)
    page.goto("/sign-in")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("登录")
