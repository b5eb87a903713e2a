"""Signing in: plain words, lock-out, the way back, and no hint whether an account exists."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("甲", password="right-password-1")


def sign_in(client: Client, password: str, **more: str) -> tuple[int, str, str]:
    response = client.post("/sign-in", {"name": "甲", "password": password, **more})
    return response.status_code, response.get("Location", ""), response.content.decode()


@pytest.mark.parametrize(
    ("asked", "given"), [("/matters?a=1", "/matters?a=1"), ("https://evil.example/", "/"), ("//evil", "/")]
)
def test_one_comes_back_to_the_page_asked_for_and_nowhere_else(user: User, asked: str, given: str) -> None:
    client = Client()
    assert sign_in(client, "right-password-1", next=asked)[:2] == (303, given)
    assert client.cookies["sessionid"]["httponly"]
    assert "yz_seen" in client.cookies


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(user: User) -> None:
    wrong = sign_in(Client(), "wrong")
    unknown = Client().post("/sign-in", {"name": "乙", "password": "wrong"})
    assert wrong[0] == unknown.status_code == 403
    assert "用户名或密码不正确" in wrong[2]
    assert "用户名或密码不正确" in unknown.content.decode()
    assert 'value="甲"' in wrong[2]


def test_after_several_failures_even_the_right_password_waits(user: User) -> None:
    client = Client()
    for _ in range(12):
        sign_in(client, "wrong")
    status, _, page = sign_in(client, "right-password-1")
    assert status == 403
    assert "分钟后再试" in page


def test_signing_out_ends_the_session(user: User) -> None:
    client = Client()
    sign_in(client, "right-password-1")
    assert client.get("/")["Location"] == "/desk"
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/")["Location"] == "/sign-in"


def test_the_language_switch_stays_on_the_page() -> None:
    client = Client()
    response = client.post("/language", {"language": "en", "next": "/sign-in?next=%2Fdesk"})
    assert response["Location"] == "/sign-in?next=%2Fdesk"
    assert "<h1>Sign in</h1>" in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "xx"})
    assert "<h1>Sign in</h1>" in client.get("/sign-in").content.decode()
