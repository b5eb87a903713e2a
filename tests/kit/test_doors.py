"""Doors: permission first, one act key, errors in plain words, strangers to the sign-in page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from yunzhang.base.errors import Conflict, Invalid, Missing, Refused, YunzhangError
from yunzhang.kit import doors
from yunzhang.kit.doors import DoorRequest, change, done, page, public, signed_in

pytestmark = pytest.mark.django_db
KEY = "0190d7a0-0000-7000-8000-000000000001"
SEEN: list[Any] = []
POSTS = {7, 8}


def resolve_acting(user_id: int, *, post: int | None, request: UUID, at: datetime) -> Any:
    if post is not None and post not in POSTS:
        raise Refused
    return SimpleNamespace(person="p", post=post or 7, unit=1, on_behalf=None, request=request, at=at)


def list_hats(user_id: int, on: Any) -> list[Any]:
    return []


class Away(YunzhangError):
    code = "away"
    category = "unavailable"


ERRORS = {"refused": Refused, "missing": Missing, "conflict": Conflict, "away": Away}


def may_not(by: Any, /, *, at: datetime, **kwargs: Any) -> None:
    raise Refused


@page(may=signed_in)
def show(request: DoorRequest, by: Any) -> HttpResponse:
    SEEN.append(by)
    return HttpResponse("shown")


@page(may=public)
def show_all(request: DoorRequest, by: Any) -> HttpResponse:
    return HttpResponse("open" if by is None else "known")


@page(may=may_not)
def closed(request: DoorRequest, by: Any) -> HttpResponse:
    raise AssertionError("entered")


@change(may=signed_in)
def press(request: DoorRequest, by: Any) -> HttpResponse:
    SEEN.append(by)
    return done(request, "/show", "已办理。")


@change(may=signed_in)
def fail(request: DoorRequest, by: Any, kind: str) -> HttpResponse:
    if kind == "invalid":
        raise Invalid(field="时限", problem="早于今天")
    raise ERRORS[kind]


urlpatterns = [
    path("show", show),
    path("open", show_all),
    path("closed", closed),
    path("press", press),
    path("fail/<str:kind>", fail),
    path("", include("yunzhang.web.urls")),
]


@pytest.fixture(autouse=True)
def _here(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.YUNZHANG_RESOLVER = f"{__name__}.resolve_acting"
    settings.YUNZHANG_HATS = f"{__name__}.list_hats"
    SEEN.clear()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create(username="甲", last_login=datetime.now(UTC)))
    return client


def test_a_stranger_is_sent_to_sign_in_and_comes_back() -> None:
    response = Client().get("/show?a=1")
    assert (response.status_code, response["Location"]) == (302, "/sign-in?next=%2Fshow%3Fa%3D1")


def test_a_partial_request_of_a_stranger_gets_401_and_the_way() -> None:
    response = Client().get("/show", headers={"hx-request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in?next=%2Fshow")


def test_permission_is_asked_before_anything_else(client: Client) -> None:
    response = client.get("/closed")
    assert response.status_code == 403
    assert "您无权" in response.content.decode()


def test_public_pages_know_who_is_signed_in(client: Client) -> None:
    assert Client().get("/open").content == b"open"
    assert client.get("/open").content == b"known"


@pytest.mark.parametrize(("method", "address"), [("post", "/show"), ("get", "/press"), ("put", "/press")])
def test_other_methods_are_refused(client: Client, method: str, address: str) -> None:
    assert getattr(client, method)(address).status_code == 405


def test_the_form_key_becomes_the_request_of_the_act(client: Client) -> None:
    response = client.post("/press", {"act_key": KEY})
    assert (response.status_code, response["Location"]) == (303, "/show")
    assert SEEN[0].request == UUID(KEY)


def test_a_form_without_its_key_changes_nothing(client: Client) -> None:
    response = client.post("/press", {})
    assert response.status_code == 422
    assert "未作任何改动" in response.content.decode()
    assert not SEEN


@pytest.mark.parametrize(("kind", "status"), [("refused", 403), ("missing", 404), ("away", 503)])
def test_errors_have_their_own_pages(client: Client, kind: str, status: int) -> None:
    assert (
        client.post(f"/fail/{kind}", {"act_key": KEY}, headers={"referer": "http://testserver/open"}).status_code
        == status
    )


@pytest.mark.parametrize("kind", ["invalid", "conflict"])
def test_what_can_be_mended_leads_back_with_the_message(client: Client, kind: str) -> None:
    response = client.post(f"/fail/{kind}", {"act_key": KEY}, headers={"referer": "http://testserver/open?x=1"})
    assert (response.status_code, response["Location"]) == (303, "/open?x=1")
    assert "messages" in response.cookies
    assert client.post(f"/fail/{kind}", {"act_key": KEY}).status_code in (409, 422)
    elsewhere = client.post(f"/fail/{kind}", {"act_key": KEY}, headers={"referer": "http://evil.example/x"})
    assert elsewhere.status_code in (409, 422)


def test_one_acts_from_the_chosen_post_until_it_ends(client: Client) -> None:
    client.post("/act-from", {"act_key": uuid4(), "post": "8"})
    client.get("/show")
    assert SEEN[-1].post == 8
    POSTS.discard(8)
    try:
        client.get("/show")
    finally:
        POSTS.add(8)
    assert SEEN[-1].post == 7


def test_one_cannot_choose_a_post_one_does_not_hold(client: Client) -> None:
    assert client.post("/act-from", {"act_key": uuid4(), "post": "99"}).status_code == 403
    assert "yz_post" not in client.cookies


def test_a_cookie_signed_for_another_person_is_ignored(client: Client) -> None:
    client.post("/act-from", {"act_key": uuid4(), "post": "8"})
    other = Client()
    other.force_login(User.objects.create(username="乙"))
    other.cookies["yz_post"] = client.cookies["yz_post"].value
    other.get("/show")
    assert SEEN[-1].post == 7


def test_the_moment_is_the_doors_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=3)
    monkeypatch.setattr(doors, "now", lambda: moment)
    client.get("/show")
    assert SEEN[0].at == moment


def test_idle_people_are_signed_out_and_keep_what_they_typed(client: Client, settings: Settings) -> None:
    assert client.get("/open").status_code == 200
    settings.IDLE_SECONDS = -1
    response = client.post("/press", {"act_key": KEY, "text": "已完成数据归集"})
    page = response.content.decode()
    assert response.status_code == 401
    assert "已完成数据归集" in page
    assert KEY not in page
    assert not SEEN
    settings.IDLE_SECONDS = 1800
    assert client.get("/show").status_code == 302


def test_a_page_view_writes_no_session(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get("/show")
    with django_assert_max_num_queries(2) as caught:
        client.get("/show")
    assert all(query["sql"].startswith("SELECT") for query in caught.captured_queries)
