"""The frame around every page, read by a stranger."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_stranger_is_led_to_the_sign_in_page() -> None:
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (303, "/sign-in")


def test_sign_in_page_speaks_chinese_whatever_the_browser_prefers() -> None:
    page = Client().get("/sign-in", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="zh-Hans">' in page
    assert "云长制工作平台" in page


def test_simulated_homes_carry_the_ribbon(settings: object) -> None:
    assert "虚构地区" not in Client().get("/sign-in").content.decode()
    settings.YUNZHANG_SIMULATED = True  # type: ignore[attr-defined]
    assert Client().get("/sign-in").content.decode().count("模拟数据 · 虚构地区") == 2


def test_an_unknown_address_gets_our_own_page() -> None:
    response = Client().get("/no-such-page")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()


def test_real_places_with_an_invented_record_say_exactly_that(settings: object) -> None:
    settings.YUNZHANG_SIMULATED = True  # type: ignore[attr-defined]
    settings.YUNZHANG_PLACES = "real"  # type: ignore[attr-defined]
    text = Client().get("/sign-in").content.decode()
    assert "地名真实、记录虚构" in text
    assert "虚构地区" not in text
